-- Subsidies and awards, each payment once however many files report it, of this year's registers and of earlier years'.
-- zh: 补贴奖补发放:一笔一行,含以前年度登记册。
-- grain: region_code, kind, payment_key
-- kept as: table
--
-- For rules that ask whether something was paid, and whether it was paid once; not for sums of yuan. Within one register
-- different numbers are different payments, and the same number is one (of several years: as the newest says). A row without a
-- number is the payment with the same person, enterprise, reference, day and amount, if there is one: a copy cannot be told from
-- a second payment, so nobody is accused by it. A row of a unit's file is a county's payment if that county's own file has its
-- number, or the same person, enterprise, reference, day and amount (one of the three named).
-- payment_key: the number; without one, or if others share it, the file and row.
with
context as (select * from run.context),

payments as (select * from staging.payments),

slices as (select * from staging.slices where feed = 'payments'),

region_parts as (select * from measures.region_parts),

-- A payment meets the one slice that it came in; one context row meets every slice.
reported as (
    select
        payments.*,
        slices.covers_until,
        concat_ws(
            '|',
            coalesce(payments.person_key, ''),
            coalesce(payments.enterprise_code, ''),
            coalesce(payments.reference_id, ''),
            cast(payments.amount as varchar),
            cast(payments.paid_on as varchar)
        ) as content,
        coalesce(payments.person_key, payments.enterprise_code, payments.reference_id) is not null as is_named
    from payments
    inner join slices
        on payments.slice_region = slices.slice_region
        and payments.slice_period = slices.slice_period
    inner join context
        on date_part('year', slices.covers_until) <= date_part('year', context.as_of)
),

ordered as (
    select
        *,
        max(payment_id) over (partition by slice_region, region_code, kind, content) as number_of_content,
        row_number() over (
            partition by
                slice_region,
                region_code,
                kind,
                payment_id,
                coalesce(person_key, ''),
                case when payment_id is null then content else '' end
            order by covers_until desc, source_file, source_row
        ) as row_order
    from reported
),

once_in_register as (
    select *
    from ordered
    where row_order = 1
        and (payment_id is not null or number_of_content is null)
),

-- A payment in a county's file meets the unit and the province, whose files may repeat it.
known_below as (
    select
        region_parts.region_code as slice_region,
        once_in_register.region_code,
        once_in_register.kind,
        once_in_register.payment_id,
        once_in_register.person_key,
        once_in_register.content,
        once_in_register.is_named
    from once_in_register
    inner join region_parts
        on once_in_register.slice_region = region_parts.part_code
        and once_in_register.slice_region <> region_parts.region_code
),

not_by_number as (
    select once_in_register.*
    from once_in_register
    left anti join known_below
        on once_in_register.slice_region = known_below.slice_region
        and once_in_register.kind = known_below.kind
        and once_in_register.payment_id = known_below.payment_id
        and (
            once_in_register.region_code = known_below.region_code
            or once_in_register.region_code = known_below.slice_region
        )
        and (
            once_in_register.person_key is null
            or known_below.person_key is null
            or once_in_register.person_key = known_below.person_key
        )
),

not_by_content as (
    select not_by_number.*
    from not_by_number
    left anti join known_below
        on not_by_number.slice_region = known_below.slice_region
        and not_by_number.kind = known_below.kind
        and not_by_number.content = known_below.content
        and not_by_number.is_named
        and (
            not_by_number.region_code = known_below.region_code
            or not_by_number.region_code = known_below.slice_region
        )
),

numbered as (
    select
        *,
        row_number() over (
            partition by region_code, kind, payment_id
            order by slice_region, person_key nulls first, source_file, source_row
        ) as number_order
    from not_by_content
),

payments_once as (
    select
        region_code,
        kind,
        case
            when payment_id is not null and number_order = 1 then payment_id
            else concat(source_file, '#', cast(source_row as varchar))
        end as payment_key,
        person_key,
        enterprise_code,
        reference_id,
        people,
        amount,
        paid_on,
        source_file,
        source_row
    from numbered
)

select * from payments_once
