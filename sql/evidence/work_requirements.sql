-- TITLE
-- grain: rule_id, period, region_code, source, record_key, item
-- kept as: table
with
rules_in_force as (select * from measures.rules_in_force),

nothing as (
    select
        rule_id,
        period,
        cast('' as varchar) as region_code,
        cast('' as varchar) as source,
        cast('' as varchar) as record_key,
        cast('' as varchar) as item,
        cast(0 as decimal(18, 2)) as numerator,
        cast(0 as decimal(18, 2)) as denominator,
        cast('' as varchar) as reason,
        cast(null as date) as on_date,
        cast(null as bigint) as days_late,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from rules_in_force
    where false
)

select * from nothing
