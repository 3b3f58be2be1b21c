-- Rules that are broken most: places in breach and days late
-- zh: 违反最多的规定：违反地区数与逾期天数
select
    rules.rule_id || ' ' || rules.name as rule,
    count(*) as n_breaches,
    count(distinct breaches.region_code) as n_places,
    max(breaches.days_late) as days_late_most,
    sum(breaches.n_failing) as n_failing
from supervision.breaches
-- each breach meets one rule in force
inner join policy.rules on rules.rule_id = breaches.rule_id
where rules.valid_from <= (select as_of from run.context)
    and (rules.valid_to is null or rules.valid_to > (select as_of from run.context))
group by rules.rule_id, rules.name
order by n_breaches desc, rules.rule_id
