-- Every county has a task for every indicator, if only a task of 0.
-- zh: 每个县每项指标都有任务(可以为0)。
-- severity: warning
-- grain: region_code, indicator_id
--
-- Rule J6. A county without a row is shown as having no task.
with
expected as (select * from measures.expected),

dates as (select * from measures.dates where is_current),

regions as (select * from policy.regions where level = 'county'),

-- A county and indicator meet the one month measured last.
broken as (
    select distinct
        expected.region_code,
        expected.indicator_id
    from expected
    inner join dates
        on expected.month = dates.month
    inner join regions
        on expected.region_code = regions.region_code
    where expected.target is null
)

select * from broken
