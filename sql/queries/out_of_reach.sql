-- Tasks whose target the forecast does not reach, the largest shortfall first
-- zh: 预计完不成的任务：缺口占任务比例最大的在前
with
    regions as (
        select regions.*
        from policy.regions
        inner join run.context as context
            on regions.valid_from <= context.as_of
            and (regions.valid_to is null or regions.valid_to > context.as_of)
    ),

    indicators as (
        select indicators.*
        from policy.indicators
        inner join run.context as context
            on indicators.valid_from <= context.as_of
            and (indicators.valid_to is null or indicators.valid_to > context.as_of)
    )

select
    regions.short_name || ' · ' || indicators.name as task,
    round(100.0 * (forecasts.target - forecasts.forecast) / nullif(forecasts.target, 0), 2) as shortfall_pct,
    forecasts.actual,
    forecasts.forecast,
    forecasts.target,
    forecasts.days_left,
    forecasts.region_code,
    forecasts.indicator_id
from measures.forecasts
-- each row meets one place and one indicator
inner join regions on regions.region_code = forecasts.region_code
inner join indicators on indicators.indicator_id = forecasts.indicator_id
where forecasts.outlook = 'out_of_reach'
order by shortfall_pct desc, forecasts.region_code, forecasts.indicator_id
limit 40
