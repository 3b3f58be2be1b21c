-- The year of the as-of date has targets of the province in force: without them nothing can be judged.
-- zh: 截至日所在年度有全省目标生效;没有目标就无从评判。
-- severity: error
-- grain: year
with
context as (
    select
        as_of,
        cast(date_part('year', as_of) as integer) as year
    from run.context
),

targets as (select * from policy.targets where level = 'province'),

-- The one context row meets the province's targets of its year.
counted as (
    select
        context.year,
        count(targets.indicator_id) as n_targets
    from context
    left join targets
        on targets.year = context.year
        and targets.valid_from <= context.as_of
        and (targets.valid_to is null or targets.valid_to > context.as_of)
    group by context.year
),

without_targets as (select year from counted where n_targets = 0)

select * from without_targets
