-- Each region's task and what is expected of it by each month.
-- zh: 各地区各指标的任务及序时进度,逐月。
-- grain: region_code, indicator_id, month
-- kept as: table
--
-- Counties are judged by the split; units, the province and the poor counties together by the sum of their counties.
-- A share is a level: it never adds up and is never scaled by time. A region without its own has the province's.
-- Expected by the schedule of the year, else a count linear by day (target × day of the year / days of the year, the day
-- itself included) and a share its level. Target and expected are kept as exact ratios in lowest terms.
with
dates as (select * from measures.dates),

region_parts as (select * from measures.region_parts),

indicators as (select * from policy.indicators),

targets as (select * from policy.targets),

schedules as (select * from policy.schedules),

indicators_in_force as (
    select
        dates.month,
        indicators.indicator_id,
        indicators.kind
    from dates
    inner join indicators
        on indicators.valid_from <= dates.on_date
        and (indicators.valid_to is null or indicators.valid_to > dates.on_date)
),

targets_in_force as (
    select
        dates.month,
        targets.annex,
        targets.region_code,
        targets.indicator_id,
        targets.target,
        targets.is_synthetic
    from dates
    inner join targets
        on targets.year = dates.year
        and targets.valid_from <= dates.on_date
        and (targets.valid_to is null or targets.valid_to > dates.on_date)
),

-- Every region meets every indicator in force.
region_indicators as (
    select
        indicators_in_force.month,
        indicators_in_force.indicator_id,
        indicators_in_force.kind,
        regions.region_code
    from indicators_in_force
    cross join (select distinct region_code from region_parts) as regions
),

-- A county's task meets every region that the county adds to.
summed as (
    select
        region_parts.region_code,
        targets_in_force.indicator_id,
        targets_in_force.month,
        sum(targets_in_force.target) as target,
        bool_or(targets_in_force.is_synthetic) as is_synthetic
    from targets_in_force
    inner join region_parts
        on targets_in_force.region_code = region_parts.part_code
    where targets_in_force.annex = 'split'
    group by
        region_parts.region_code,
        targets_in_force.indicator_id,
        targets_in_force.month
),

-- What a paper says of the region itself: the split before the annex before the plan.
stated_in_order as (
    select
        *,
        row_number() over (
            partition by month, region_code, indicator_id
            order by case annex when 'split' then 1 when 'annex_1' then 2 when 'annex_2' then 3 else 4 end, annex
        ) as paper_order
    from targets_in_force
),

stated as (
    select
        month,
        region_code,
        indicator_id,
        target,
        is_synthetic
    from stated_in_order
    where paper_order = 1
),

provincial as (
    select
        month,
        indicator_id,
        target,
        is_synthetic
    from targets_in_force
    where annex = 'plan'
),

-- A region and indicator meet at most one sum, one statement, one provincial row and one schedule.
tasks as (
    select
        region_indicators.region_code,
        region_indicators.indicator_id,
        region_indicators.month,
        region_indicators.kind,
        dates.day_of_year,
        dates.days_of_year,
        case
            when region_indicators.kind = 'count' then summed.target
            else coalesce(stated.target, provincial.target)
        end as target,
        case
            when region_indicators.kind = 'count' and stated.target = summed.target then stated.is_synthetic
            when region_indicators.kind = 'count' then summed.is_synthetic
            else coalesce(stated.is_synthetic, provincial.is_synthetic)
        end as is_synthetic_target,
        coalesce(
            schedules.method,
            case when region_indicators.kind = 'count' then 'linear_by_day' else 'level' end
        ) as method
    from region_indicators
    inner join dates
        on region_indicators.month = dates.month
    left join summed
        on region_indicators.region_code = summed.region_code
        and region_indicators.indicator_id = summed.indicator_id
        and region_indicators.month = summed.month
    left join stated
        on region_indicators.region_code = stated.region_code
        and region_indicators.indicator_id = stated.indicator_id
        and region_indicators.month = stated.month
    left join provincial
        on region_indicators.indicator_id = provincial.indicator_id
        and region_indicators.month = provincial.month
    left join schedules
        on region_indicators.indicator_id = schedules.indicator_id
        and dates.year = schedules.year
        and schedules.valid_from <= dates.on_date
        and (schedules.valid_to is null or schedules.valid_to > dates.on_date)
),

-- The target in ten thousandths is whole: policy keeps four decimals.
ratios as (
    select
        *,
        cast(target * 10000 as bigint) as target_numerator,
        cast(10000 as bigint) as target_denominator,
        case method
            when 'linear_by_day' then cast(target * 10000 as bigint) * day_of_year
            when 'level' then cast(target * 10000 as bigint)
        end as expected_numerator,
        case method
            when 'linear_by_day' then 10000 * days_of_year
            when 'level' then cast(10000 as bigint)
        end as expected_denominator
    from tasks
),

expected as (
    select
        region_code,
        indicator_id,
        month,
        kind,
        method,
        cast(target as decimal(18, 4)) as target,
        is_synthetic_target,
        target_numerator / gcd(target_numerator, target_denominator) as target_numerator,
        target_denominator / gcd(target_numerator, target_denominator) as target_denominator,
        expected_numerator / gcd(expected_numerator, expected_denominator) as expected_numerator,
        expected_denominator / gcd(expected_numerator, expected_denominator) as expected_denominator
    from ratios
)

select * from expected
