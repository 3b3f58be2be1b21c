-- The units' tasks in annex 1 add up to the plan's targets, indicator by indicator.
-- zh: 附件1各单位任务之和等于全省目标。
-- severity: error
-- grain: indicator_id
--
-- Rule J4. Shares do not add up and are left out.
with
context as (select * from run.context),

targets as (select * from policy.targets),

indicators as (select * from policy.indicators where kind = 'count'),

-- One context row meets every task in force for its year.
tasks as (
    select
        targets.annex,
        targets.region_code,
        targets.indicator_id,
        targets.target
    from targets
    inner join context
        on targets.year = date_part('year', context.as_of)
        and targets.valid_from <= context.as_of
        and (targets.valid_to is null or targets.valid_to > context.as_of)
),

-- An indicator in force meets its one provincial task and every unit's.
compared as (
    select
        indicators.indicator_id,
        sum(case when tasks.annex = 'plan' then tasks.target end) as province_target,
        sum(case when tasks.annex = 'annex_1' then tasks.target end) as units_target
    from tasks
    cross join context
    inner join indicators
        on tasks.indicator_id = indicators.indicator_id
        and indicators.valid_from <= context.as_of
        and (indicators.valid_to is null or indicators.valid_to > context.as_of)
    group by indicators.indicator_id
),

broken as (
    select * from compared
    where province_target is distinct from units_target
)

select * from broken
