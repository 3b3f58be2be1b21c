-- Every region and indicator has exactly one light, and it is one of the eight.
-- zh: 每个地区每项指标恰有一种灯色。
-- severity: error
-- grain: region_code, indicator_id
with
expected as (select * from measures.expected),

dates as (select * from measures.dates where is_current),

progress as (select * from measures.progress),

-- A region and indicator meet their light; the grain of progress holds that it is one.
broken as (
    select
        expected.region_code,
        expected.indicator_id,
        progress.light
    from expected
    inner join dates
        on expected.month = dates.month
    left join progress
        on expected.region_code = progress.region_code
        and expected.indicator_id = progress.indicator_id
    where progress.light is null
        or progress.light not in ('done', 'green', 'watch', 'yellow', 'red', 'not_reported', 'no_task', 'in_doubt')
)

select * from broken
