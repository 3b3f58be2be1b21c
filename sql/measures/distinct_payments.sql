-- Each payment once, however many files report it and however their cells differ.
-- zh: 补贴发放去重:同一笔只留一行。
-- grain: region_code, kind, payment_key, payee_key
-- kept as: table
--
-- Two rows of a place are one payment if kind, number and person agree; a blank person agrees with any. A unit's row without
-- county is left out where one of its counties reports the same. A payment to a person without a number is told by its day and
-- amount, also from one with a number; any other payment without a number is the row itself. Of differing cells the filled
-- one, the larger amount, the earlier day and the yes counts.
with
payments as (select * from measures.payments_in_force),

regions as (select * from policy.regions),

dates as (select * from measures.dates where is_current),

units as (
    select
        regions.region_code,
        regions.unit_code,
        regions.level = 'unit' as is_unit
    from regions
    inner join dates
        on regions.valid_from <= dates.as_of
        and (regions.valid_to is null or regions.valid_to > dates.as_of)
),

-- A payment meets the one region that it stands at.
keyed as (
    select
        payments.region_code,
        units.unit_code,
        coalesce(units.is_unit, false) as is_unit,
        payments.kind,
        case
            when payments.payment_id is not null then payments.payment_id
            when payments.person_key is not null then concat(payments.paid_on, ' ', payments.amount)
            else concat(payments.source_file, ' ', payments.source_row)
        end as payment_key,
        coalesce(payments.person_key, '') as payee_key,
        payments.payment_id is not null as has_number,
        payments.enterprise_code,
        payments.reference_id,
        payments.amount,
        payments.paid_on,
        payments.organised,
        payments.outside_county,
        payments.source_file,
        payments.source_row
    from payments
    left join units
        on payments.region_code = units.region_code
),

ordered as (
    select
        *,
        row_number() over (
            partition by region_code, kind, payment_key, payee_key
            order by source_file, source_row
        ) as row_order
    from keyed
),

once_a_place as (
    select
        region_code,
        kind,
        payment_key,
        payee_key,
        max(unit_code) as unit_code,
        bool_or(is_unit) as is_unit,
        bool_or(has_number) as has_number,
        max(enterprise_code) as enterprise_code,
        max(reference_id) as reference_id,
        max(amount) as amount,
        min(paid_on) as paid_on,
        bool_or(organised) as organised,
        bool_or(outside_county) as outside_county,
        max(case when row_order = 1 then source_file end) as source_file,
        max(case when row_order = 1 then source_row end) as source_row
    from ordered
    group by
        region_code,
        kind,
        payment_key,
        payee_key
),

-- A row without a person is left out if one with a person has its number.
named as (
    select rows_left.*
    from once_a_place as rows_left
    left anti join once_a_place as others
        on rows_left.payee_key = ''
        and others.payee_key <> ''
        and rows_left.region_code = others.region_code
        and rows_left.kind = others.kind
        and rows_left.payment_key = others.payment_key
),

-- A unit's row is left out if a county of the unit reports it: the same number, or one of them without a number.
once_a_unit as (
    select rows_left.*
    from named as rows_left
    left anti join named as others
        on rows_left.is_unit
        and not others.is_unit
        and rows_left.unit_code = others.unit_code
        and rows_left.kind = others.kind
        and (
            (
                rows_left.payment_key = others.payment_key
                and (rows_left.payee_key = others.payee_key or rows_left.payee_key = '' or others.payee_key = '')
            )
            or (
                not (rows_left.has_number and others.has_number)
                and rows_left.payee_key <> ''
                and rows_left.payee_key = others.payee_key
                and rows_left.paid_on = others.paid_on
                and rows_left.amount = others.amount
            )
        )
),

-- A row without a number is left out if one with a number has its person, day and amount.
distinct_payments as (
    select
        rows_left.region_code,
        rows_left.kind,
        rows_left.payment_key,
        rows_left.payee_key,
        nullif(rows_left.payee_key, '') as person_key,
        rows_left.enterprise_code,
        rows_left.reference_id,
        rows_left.amount,
        rows_left.paid_on,
        rows_left.organised,
        rows_left.outside_county,
        rows_left.source_file,
        rows_left.source_row
    from once_a_unit as rows_left
    left anti join once_a_unit as others
        on not rows_left.has_number
        and others.has_number
        and rows_left.payee_key <> ''
        and rows_left.kind = others.kind
        and rows_left.payee_key = others.payee_key
        and rows_left.paid_on = others.paid_on
        and rows_left.amount = others.amount
)

select * from distinct_payments
