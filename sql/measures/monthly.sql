-- Each region's progress on each indicator, month by month from January: actual, target, expected, gap and light.
-- zh: 各地区各指标逐月进展:完成、任务、序时进度、差距、灯色。
-- grain: region_code, indicator_id, month
-- kept as: table
--
-- The months of measures.day_figures, without the days on which only a report ends.
with
dates as (select * from measures.dates),

day_figures as (select * from measures.day_figures),

monthly as (
    select day_figures.*
    from day_figures
    left semi join dates
        on day_figures.month = dates.month
)

select * from monthly
