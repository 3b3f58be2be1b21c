-- Where each figure would stand at the year's end if it went on at its recent pace, with the range of its months.
-- zh: 按近期进度推算的年底数及区间。
-- grain: region_code, indicator_id
-- kept as: table
--
-- Pace: what was added a day over the last months (policy's forecast_months) that have a figure. forecast = actual + pace × days
-- left; forecast_lower and forecast_upper go on at the slowest and at the fastest of those months. It is a ruler laid on the
-- last months, no statistical model: batches in autumn are not foreseen. Hidden (blank, n_points says why) with fewer months than
-- policy's forecast_points_min, where there is no task, and at the year's end. A count stays at 0 or more, a share within 0 to
-- 100.
-- outlook: on_course (even the slowest month's pace reaches the target), possible, out_of_reach (not even the fastest), unknown
-- (also where a part has not reported).
with
dates as (select * from measures.dates),

monthly as (select * from measures.monthly),

indicators as (select * from policy.indicators),

thresholds as (select * from policy.thresholds),

current_day as (
    select
        on_date,
        as_of,
        year_ends_on,
        cast(year_ends_on as integer) - cast(on_date as integer) as days_left
    from dates
    where is_current
),

-- One current day meets the limits in force.
limits as (
    select
        current_day.on_date,
        current_day.days_left,
        cast(max(case when thresholds.name = 'forecast_points_min' then thresholds.value end) as bigint) as points_min,
        cast(max(case when thresholds.name = 'forecast_months' then thresholds.value end) as bigint) as months
    from current_day
    inner join thresholds
        on thresholds.valid_from <= current_day.as_of
        and (thresholds.valid_to is null or thresholds.valid_to > current_day.as_of)
    group by
        current_day.on_date,
        current_day.days_left
),

points as (
    select
        region_code,
        indicator_id,
        on_date,
        actual,
        lag(actual) over (partition by region_code, indicator_id order by on_date) as actual_before,
        lag(on_date) over (partition by region_code, indicator_id order by on_date) as date_before,
        row_number() over (partition by region_code, indicator_id order by on_date desc) as point_order,
        count(*) over (partition by region_code, indicator_id) as n_points
    from monthly
    where actual is not null
),

-- What was added a day from each point to the next, of the recent ones. One limit meets every point.
paces as (
    select
        points.region_code,
        points.indicator_id,
        points.n_points,
        points.actual - points.actual_before as added,
        cast(points.on_date as integer) - cast(points.date_before as integer) as days,
        cast(
            cast(points.actual - points.actual_before as decimal(24, 9))
            / cast(cast(points.on_date as integer) - cast(points.date_before as integer) as decimal(10, 0))
            as decimal(24, 12)
        ) as pace
    from points
    cross join limits
    where points.point_order <= limits.months
        and points.date_before is not null
),

recent as (
    select
        region_code,
        indicator_id,
        max(n_points) as n_points,
        cast(
            cast(sum(added) as decimal(24, 9)) / cast(sum(days) as decimal(10, 0))
            as decimal(24, 12)
        ) as pace,
        min(pace) as pace_lower,
        max(pace) as pace_upper
    from paces
    group by
        region_code,
        indicator_id
),

-- A figure meets its indicator, its recent pace, or none, and the one limit.
paced as (
    select
        monthly.region_code,
        monthly.indicator_id,
        indicators.kind,
        monthly.light,
        monthly.is_partial,
        monthly.actual,
        monthly.target,
        limits.days_left,
        coalesce(recent.n_points, 0) as n_points,
        recent.n_points >= limits.points_min
        and limits.days_left > 0
        and monthly.actual is not null
        and monthly.light not in ('no_task', 'not_reported') as is_shown,
        recent.pace,
        recent.pace_lower,
        recent.pace_upper
    from monthly
    inner join indicators
        on monthly.indicator_id = indicators.indicator_id
        and indicators.valid_from <= monthly.as_of
        and (indicators.valid_to is null or indicators.valid_to > monthly.as_of)
    left join recent
        on monthly.region_code = recent.region_code
        and monthly.indicator_id = recent.indicator_id
    cross join limits
    where monthly.is_current
),

bounded as (
    select
        *,
        cast(case when kind = 'share' then 100 else 1000000000 end as decimal(18, 6)) as most
    from paced
),

forecast as (
    select
        region_code,
        indicator_id,
        is_partial,
        actual,
        target,
        days_left,
        n_points,
        case
            when is_shown then cast(least(greatest(actual + pace * days_left, 0), most) as decimal(18, 6))
        end as forecast,
        case
            when is_shown then cast(least(greatest(actual + pace_lower * days_left, 0), most) as decimal(18, 6))
        end as forecast_lower,
        case
            when is_shown then cast(least(greatest(actual + pace_upper * days_left, 0), most) as decimal(18, 6))
        end as forecast_upper
    from bounded
),

forecasts as (
    select
        *,
        case
            when forecast is null or is_partial then 'unknown'
            when forecast_lower >= target then 'on_course'
            when forecast_upper < target then 'out_of_reach'
            else 'possible'
        end as outlook
    from forecast
)

select * from forecasts
