-- Places with the most broken rules
-- zh: 违反规定最多的地区
with
    regions as (
        select regions.*
        from policy.regions
        inner join run.context as context
            on regions.valid_from <= context.as_of
            and (regions.valid_to is null or regions.valid_to > context.as_of)
    )

select
    regions.short_name as place,
    count(*) as n_breaches,
    max(breaches.days_late) as days_late_most,
    string_agg(distinct breaches.rule_id, ' ' order by breaches.rule_id) as rules,
    breaches.region_code
from supervision.breaches
-- each breach meets one place
inner join regions on regions.region_code = breaches.region_code
group by breaches.region_code, regions.short_name
order by n_breaches desc, breaches.region_code
limit 20
