-- Annex 2: the year's tasks of the poor counties.
-- zh: 附件2:贫困县就业扶贫重点工作任务分解表。
-- grain: region_code
-- kept as: table
--
-- One row a poor county, as the annex states them: whether they fit into their unit's tasks is checked, not assumed.
-- A blank is a task that the annex does not state, which is not a task of 0.
with
context as (select * from run.context),

targets as (select * from policy.targets where annex = 'annex_2'),

regions as (select * from policy.regions),

-- One context row meets every task in force for its year.
tasks as (
    select
        targets.region_code,
        targets.indicator_id,
        targets.target,
        targets.is_synthetic,
        context.as_of,
        targets.year
    from targets
    inner join context
        on targets.year = date_part('year', context.as_of)
        and targets.valid_from <= context.as_of
        and (targets.valid_to is null or targets.valid_to > context.as_of)
),

-- A region's tasks meet its one row in force.
annex_2 as (
    select
        tasks.region_code,
        regions.name,
        regions.unit_code,
        regions.sort_order,
        tasks.year,
        max(case when tasks.indicator_id = 'T1' then tasks.target end) as fairs,
        max(case when tasks.indicator_id = 'T2' then tasks.target end) as workshops,
        max(case when tasks.indicator_id = 'T3' then tasks.target end) as bases,
        max(case when tasks.indicator_id = 'T4' then tasks.target end) as people_trained,
        max(case when tasks.indicator_id = 'T5' then tasks.target end) as brokers,
        max(case when tasks.indicator_id = 'T6' then tasks.target end) as employed_pct,
        bool_or(tasks.is_synthetic) as is_synthetic
    from tasks
    inner join regions
        on tasks.region_code = regions.region_code
        and regions.valid_from <= tasks.as_of
        and (regions.valid_to is null or regions.valid_to > tasks.as_of)
    group by
        tasks.region_code,
        regions.name,
        regions.unit_code,
        regions.sort_order,
        tasks.year
)

select * from annex_2
