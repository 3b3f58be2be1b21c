-- Places with the most broken rules
-- zh: 违反规定最多的地区
select
    regions.short_name as place,
    count(*) as n_breaches,
    max(breaches.days_late) as days_late_most,
    string_agg(distinct breaches.rule_id, ' ' order by breaches.rule_id) as rules,
    breaches.region_code
from supervision.breaches
-- each breach meets one place in force
inner join policy.regions on regions.region_code = breaches.region_code
where regions.valid_from <= (select as_of from run.context)
    and (regions.valid_to is null or regions.valid_to > (select as_of from run.context))
group by breaches.region_code, regions.short_name
order by n_breaches desc, breaches.region_code
limit 20
