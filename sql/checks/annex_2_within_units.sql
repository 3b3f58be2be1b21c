-- The poor counties' tasks in annex 2 fit into their unit's task in annex 1, each and together.
-- zh: 附件2贫困县任务不超过所属单位附件1的任务。
-- severity: warning
-- grain: unit_code, indicator_id
--
-- Rule J5. A warning: an over-allotted county is a finding about the papers, and progress is judged by the split.
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

-- A county's task meets the one unit that it belongs to, and its one indicator in force.
poor_counties as (
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
    inner join indicators
        on tasks.indicator_id = indicators.indicator_id
        and indicators.valid_from <= context.as_of
        and (indicators.valid_to is null or indicators.valid_to > context.as_of)
    where tasks.annex = 'annex_2'
    group by
        regions.unit_code,
        tasks.indicator_id
),

-- A unit and indicator meet their one row of annex 1, or none.
broken as (
    select
        poor_counties.unit_code,
        poor_counties.indicator_id,
        poor_counties.counties_target,
        tasks.target as unit_target
    from poor_counties
    left join tasks
        on poor_counties.unit_code = tasks.region_code
        and poor_counties.indicator_id = tasks.indicator_id
        and tasks.annex = 'annex_1'
    where tasks.target is null
        or poor_counties.counties_target > tasks.target
)

select * from broken
