-- Tasks whose target the forecast does not reach, the largest shortfall first
-- zh: 预计完不成的任务：缺口占任务比例最大的在前
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
-- each row meets one place and one indicator in force
inner join policy.regions on regions.region_code = forecasts.region_code
inner join policy.indicators on indicators.indicator_id = forecasts.indicator_id
where forecasts.outlook = 'out_of_reach'
    and regions.valid_from <= (select as_of from run.context)
    and (regions.valid_to is null or regions.valid_to > (select as_of from run.context))
    and indicators.valid_from <= (select as_of from run.context)
    and (indicators.valid_to is null or indicators.valid_to > (select as_of from run.context))
order by shortfall_pct desc, forecasts.region_code, forecasts.indicator_id
limit 40
