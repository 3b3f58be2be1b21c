-- Each region's progress on each indicator on each day measured: actual, target, expected, gap and light.
-- zh: 各地区各指标各计量日进展:完成、任务、序时进度、差距、灯色。
-- grain: region_code, indicator_id, month
-- kept as: table
--
-- A past day is computed from today's registers and, for T6, from the ledger of then. What was known then is in the edition
-- of then. Every comparison is between exact ratios of whole numbers; the decimals beside them are rounded once, half up.
-- gap_pp = 100 × (actual − expected) / target; gap_points = actual − expected, for a share only.
-- pace = actual / expected, completion = actual / target.
with
days as (select * from measures.days),

expected as (select * from measures.expected),

actuals as (select * from measures.actuals),

reporting as (select * from measures.reporting),

thresholds as (select * from policy.thresholds),

disputes as (select * from policy.disputes),

-- One row a day: each threshold meets the days on which it is in force.
limits as (
    select
        days.month,
        max(case when thresholds.name = 'light_green_min' then thresholds.value end) as green_min,
        max(case when thresholds.name = 'light_watch_min' then thresholds.value end) as watch_min,
        max(case when thresholds.name = 'light_yellow_min' then thresholds.value end) as yellow_min
    from days
    inner join thresholds
        on thresholds.valid_from <= days.on_date
        and (thresholds.valid_to is null or thresholds.valid_to > days.on_date)
    group by days.month
),

open_disputes as (
    select distinct
        disputes.region_code,
        disputes.indicator_id,
        days.month
    from disputes
    inner join days
        on disputes.valid_from <= days.on_date
        and (disputes.valid_to is null or disputes.valid_to > days.on_date)
),

-- One row a region, indicator and day on every side; a dispute is there or is not.
joined as (
    select
        expected.region_code,
        expected.indicator_id,
        expected.month,
        expected.kind,
        expected.target,
        expected.is_synthetic_target,
        expected.target_numerator,
        expected.target_denominator,
        expected.expected_numerator,
        expected.expected_denominator,
        days.on_date,
        days.as_of,
        days.is_current,
        days.on_date >= days.year_ends_on as is_year_over,
        limits.green_min,
        limits.watch_min,
        limits.yellow_min,
        reporting.has_reported,
        reporting.counties_missing,
        reporting.missing_regions,
        open_disputes.region_code is not null as is_disputed,
        case when reporting.has_reported or actuals.numerator > 0 then actuals.numerator end as numerator,
        case when reporting.has_reported or actuals.numerator > 0 then actuals.denominator end as denominator
    from expected
    inner join days
        on expected.month = days.month
    inner join limits
        on expected.month = limits.month
    inner join actuals
        on expected.region_code = actuals.region_code
        and expected.indicator_id = actuals.indicator_id
        and expected.month = actuals.month
    inner join reporting
        on expected.region_code = reporting.region_code
        and expected.indicator_id = reporting.indicator_id
        and expected.month = reporting.month
    left join open_disputes
        on expected.region_code = open_disputes.region_code
        and expected.indicator_id = open_disputes.indicator_id
        and expected.month = open_disputes.month
),

-- The actual as a ratio: a count over 1, a share in percent over its denominator; unknown over nobody.
actual_ratios as (
    select
        *,
        case when kind = 'count' then numerator else 100 * numerator end as actual_numerator,
        nullif(denominator, 0) as actual_denominator
    from joined
),

ratios as (
    select
        *,
        100 * target_denominator
        * (actual_numerator * expected_denominator - expected_numerator * actual_denominator) as gap_numerator,
        nullif(actual_denominator * expected_denominator * target_numerator, 0) as gap_denominator,
        actual_numerator * expected_denominator - expected_numerator * actual_denominator as points_numerator,
        actual_denominator * expected_denominator as points_denominator,
        100 * actual_numerator * target_denominator as completion_numerator,
        nullif(actual_denominator * target_numerator, 0) as completion_denominator,
        actual_numerator * expected_denominator as pace_numerator,
        nullif(actual_denominator * expected_numerator, 0) as pace_denominator
    from actual_ratios
),

lit as (
    select
        *,
        case
            when target is null or target_numerator = 0 then 'no_task'
            when not has_reported then 'not_reported'
            when actual_denominator is null then 'no_task'
            when is_disputed then 'in_doubt'
            when completion_numerator >= 100 * completion_denominator and (kind = 'count' or is_year_over) then 'done'
            when gap_numerator >= green_min * gap_denominator then 'green'
            when gap_numerator >= watch_min * gap_denominator then 'watch'
            when gap_numerator >= yellow_min * gap_denominator then 'yellow'
            when gap_numerator < yellow_min * gap_denominator then 'red'
        end as light
    from ratios
),

-- A division keeps four decimals more than its numerator has: 13 here, which the cast to 6 rounds half up.
day_figures as (
    select
        region_code,
        indicator_id,
        month,
        on_date,
        is_current,
        as_of,
        numerator,
        denominator,
        cast(
            cast(actual_numerator as decimal(31, 9)) / cast(actual_denominator as decimal(15, 0)) as decimal(18, 6)
        ) as actual,
        target,
        is_synthetic_target,
        cast(
            cast(expected_numerator as decimal(31, 9)) / cast(expected_denominator as decimal(15, 0)) as decimal(18, 6)
        ) as expected,
        expected_numerator,
        expected_denominator,
        cast(
            cast(gap_numerator as decimal(31, 9)) / cast(gap_denominator as decimal(15, 0)) as decimal(18, 6)
        ) as gap_pp,
        case
            when kind <> 'count' then cast(
                cast(points_numerator as decimal(31, 9)) / cast(points_denominator as decimal(15, 0)) as decimal(18, 6)
            )
        end as gap_points,
        cast(
            cast(completion_numerator as decimal(31, 9)) / cast(completion_denominator as decimal(15, 0)) as decimal(18, 6)
        ) as completion_pct,
        pace_numerator / gcd(pace_numerator, pace_denominator) as pace_numerator,
        pace_denominator / gcd(pace_numerator, pace_denominator) as pace_denominator,
        light,
        has_reported,
        has_reported and counties_missing > 0 as is_partial,
        counties_missing,
        missing_regions
    from lit
)

select * from day_figures
