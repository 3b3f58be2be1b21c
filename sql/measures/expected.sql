-- Each region's task and what is expected of it by each day measured.
-- zh: 各地区各指标的任务及序时进度,各计量日。
-- grain: region_code, indicator_id, month
-- kept as: table
--
-- Counties are judged by the split; units, the province and the poor counties together by the sum of their counties.
-- A share is a level: it never adds up and is never scaled by time. A region without its own has the province's.
-- Expected by the schedule of the year, else a count linear by day (target × day of the year / days of the year, the day
-- itself included) and a share its level. A parent's expected is the sum of its counties', whatever each one's plan. Target and
-- expected are kept as exact ratios in lowest terms.
with
days as (select * from measures.days),

region_parts as (select * from measures.region_parts),

indicators as (select * from policy.indicators),

targets as (select * from policy.targets),

schedules as (select * from policy.schedules),

schedule_steps as (select * from policy.schedule_steps),

monthly_plans as (select * from policy.monthly_plans),

indicators_in_force as (
    select
        days.month,
        indicators.indicator_id,
        indicators.kind
    from days
    inner join indicators
        on indicators.valid_from <= days.on_date
        and (indicators.valid_to is null or indicators.valid_to > days.on_date)
),

targets_in_force as (
    select
        days.month,
        targets.annex,
        targets.region_code,
        targets.indicator_id,
        targets.target,
        targets.is_synthetic
    from days
    inner join targets
        on targets.year = days.year
        and targets.valid_from <= days.on_date
        and (targets.valid_to is null or targets.valid_to > days.on_date)
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

schedules_in_force as (
    select
        days.month,
        schedules.indicator_id,
        schedules.method
    from days
    inner join schedules
        on schedules.year = days.year
        and schedules.valid_from <= days.on_date
        and (schedules.valid_to is null or schedules.valid_to > days.on_date)
),

-- The steps that are due by each month's day, the last of them first.
steps_in_order as (
    select
        days.month,
        schedule_steps.indicator_id,
        schedule_steps.share,
        row_number() over (
            partition by days.month, schedule_steps.indicator_id
            order by schedule_steps.due_on desc
        ) as step_order
    from days
    inner join schedule_steps
        on schedule_steps.year = days.year
        and schedule_steps.due_on <= days.on_date
        and schedule_steps.valid_from <= days.on_date
        and (schedule_steps.valid_to is null or schedule_steps.valid_to > days.on_date)
),

last_steps as (
    select
        month,
        indicator_id,
        share
    from steps_in_order
    where step_order = 1
),

-- A plan of the year meets every month; before its first day nothing is due.
plans_in_order as (
    select
        days.month,
        monthly_plans.region_code,
        monthly_plans.indicator_id,
        case when monthly_plans.due_on <= days.on_date then monthly_plans.amount else 0 end as amount,
        row_number() over (
            partition by days.month, monthly_plans.region_code, monthly_plans.indicator_id
            order by monthly_plans.due_on <= days.on_date desc, monthly_plans.due_on desc
        ) as plan_order
    from days
    inner join monthly_plans
        on monthly_plans.year = days.year
        and monthly_plans.valid_from <= days.on_date
        and (monthly_plans.valid_to is null or monthly_plans.valid_to > days.on_date)
),

last_plans as (
    select
        month,
        region_code,
        indicator_id,
        amount
    from plans_in_order
    where plan_order = 1
),

-- A county's task meets at most one schedule, one step and one plan. Parts of a unit: hundredths of ten thousandths of a day.
county_tasks as (
    select
        targets_in_force.month,
        targets_in_force.region_code,
        targets_in_force.indicator_id,
        targets_in_force.target,
        targets_in_force.is_synthetic,
        case
            when schedules_in_force.method = 'level'
                then cast(targets_in_force.target * 10000 as bigint) * 100 * days.days_of_year
            when schedules_in_force.method = 'steps'
                then cast(targets_in_force.target * 10000 as bigint)
                * cast(coalesce(last_steps.share, 0) * 100 as bigint) * days.days_of_year
            when schedules_in_force.method = 'monthly_plan' and last_plans.amount is not null
                then cast(last_plans.amount * 10000 as bigint) * 100 * days.days_of_year
            else cast(targets_in_force.target * 10000 as bigint) * 100 * days.day_of_year
        end as expected_parts
    from targets_in_force
    inner join days
        on targets_in_force.month = days.month
    left join schedules_in_force
        on targets_in_force.month = schedules_in_force.month
        and targets_in_force.indicator_id = schedules_in_force.indicator_id
    left join last_steps
        on targets_in_force.month = last_steps.month
        and targets_in_force.indicator_id = last_steps.indicator_id
    left join last_plans
        on targets_in_force.month = last_plans.month
        and targets_in_force.region_code = last_plans.region_code
        and targets_in_force.indicator_id = last_plans.indicator_id
    where targets_in_force.annex = 'split'
),

-- A county's task meets every region that the county adds to.
summed as (
    select
        region_parts.region_code,
        county_tasks.indicator_id,
        county_tasks.month,
        sum(county_tasks.target) as target,
        sum(county_tasks.expected_parts) as expected_parts,
        bool_or(county_tasks.is_synthetic) as is_synthetic
    from county_tasks
    inner join region_parts
        on county_tasks.region_code = region_parts.part_code
    group by
        region_parts.region_code,
        county_tasks.indicator_id,
        county_tasks.month
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

-- A region and indicator meet at most one sum, one statement, one provincial row, one schedule and one step.
tasks as (
    select
        region_indicators.region_code,
        region_indicators.indicator_id,
        region_indicators.month,
        region_indicators.kind,
        days.day_of_year,
        days.days_of_year,
        case
            when region_indicators.kind = 'count' then summed.target
            else coalesce(stated.target, provincial.target)
        end as target,
        case
            when region_indicators.kind = 'count' and stated.target = summed.target then stated.is_synthetic
            when region_indicators.kind = 'count' then summed.is_synthetic
            else coalesce(stated.is_synthetic, provincial.is_synthetic)
        end as is_synthetic_target,
        summed.expected_parts,
        last_steps.share,
        coalesce(
            schedules_in_force.method,
            case when region_indicators.kind = 'count' then 'linear_by_day' else 'level' end
        ) as method
    from region_indicators
    inner join days
        on region_indicators.month = days.month
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
    left join schedules_in_force
        on region_indicators.indicator_id = schedules_in_force.indicator_id
        and region_indicators.month = schedules_in_force.month
    left join last_steps
        on region_indicators.indicator_id = last_steps.indicator_id
        and region_indicators.month = last_steps.month
),

-- The target in ten thousandths is whole: policy keeps four decimals. A count's expected is the sum of its counties'.
ratios as (
    select
        *,
        cast(target * 10000 as bigint) as target_numerator,
        cast(10000 as bigint) as target_denominator,
        case
            when kind = 'count' then expected_parts
            when method = 'linear_by_day' then cast(target * 10000 as bigint) * 100 * day_of_year
            when method = 'steps'
                then cast(target * 10000 as bigint) * cast(coalesce(share, 0) * 100 as bigint) * days_of_year
            else cast(target * 10000 as bigint) * 100 * days_of_year
        end as expected_numerator,
        1000000 * days_of_year as expected_denominator
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
