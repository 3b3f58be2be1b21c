-- Guaranteed start-up loans, each once however many files report it.
-- zh: 创业担保贷款:一笔一行。
-- grain: region_code, loan_id
-- kept as: table
--
-- Of a place's loan that several files report, the place's own file says the kind, the borrower and the day, and the largest
-- amount counts, with the row that states it. A row of a unit's file without county stands at the unit, unless a county of the
-- unit reports the same number: then it is that county's loan.
with
loans as (select * from measures.loans_in_force),

region_parts as (select * from measures.region_parts),

ordered as (
    select
        *,
        row_number() over (
            partition by region_code, loan_id
            order by case when slice_region = region_code then 0 else 1 end, source_file, source_row
        ) as own_order,
        row_number() over (
            partition by region_code, loan_id
            order by amount desc, case when slice_region = region_code then 0 else 1 end, source_file, source_row
        ) as amount_order
    from loans
),

merged as (
    select
        region_code,
        loan_id,
        max(case when own_order = 1 then kind end) as kind,
        max(case when own_order = 1 then lent_on end) as lent_on,
        coalesce(max(case when own_order = 1 then person_key end), min(person_key)) as person_key,
        max(amount) as amount,
        coalesce(max(interest_subsidy), 0) as interest_subsidy,
        max(case when amount_order = 1 then source_file end) as source_file,
        max(case when amount_order = 1 then source_row end) as source_row
    from ordered
    group by
        region_code,
        loan_id
),

-- A loan of a county meets the unit and the province above it: rows that stand there under its number are the same loan.
known_below as (
    select distinct
        region_parts.region_code,
        merged.loan_id
    from merged
    inner join region_parts
        on merged.region_code = region_parts.part_code
        and merged.region_code <> region_parts.region_code
),

loans_once as (
    select merged.*
    from merged
    left anti join known_below
        on merged.region_code = known_below.region_code
        and merged.loan_id = known_below.loan_id
)

select * from loans_once
