-- The counties' tasks of the split reach their unit's task in annex 1, indicator by indicator.
-- zh: 各县分解任务之和不少于所属单位附件1的任务。
-- severity: warning
-- grain: unit_code, indicator_id
--
-- Rule J6. A warning: an under-allotted unit is a finding about its papers, not a fault of the data.
with
context as (select * from run.context),

targets as (select * from policy.targets),

indicators as (select * from policy.indicators where kind = 'count'),

regions as (select * from policy.regions),

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

-- A county's task meets the one unit that it belongs to.
counties as (
    select
        regions.unit_code,
        tasks.indicator_id,
        sum(tasks.target) as counties_target
    from tasks
    cross join context
    inner join regions
        on tasks.region_code = regions.region_code
        and regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
    where tasks.annex = 'split'
    group by
        regions.unit_code,
        tasks.indicator_id
),

-- A unit's task meets its one indicator in force, and the sum of its counties, or none.
broken as (
    select
        tasks.region_code as unit_code,
        tasks.indicator_id,
        tasks.target as unit_target,
        counties.counties_target
    from tasks
    cross join context
    inner join indicators
        on tasks.indicator_id = indicators.indicator_id
        and indicators.valid_from <= context.as_of
        and (indicators.valid_to is null or indicators.valid_to > context.as_of)
    left join counties
        on tasks.region_code = counties.unit_code
        and tasks.indicator_id = counties.indicator_id
    where tasks.annex = 'annex_1'
        and coalesce(counties.counties_target, 0) < tasks.target
)

select * from broken
