-- What each unit reports in its quarterly forms, beside what its own records add up to.
-- zh: 统计报表附件3、4、5:上报数与按记录计算数对照。
-- grain: unit_code, period, indicator
-- kept as: table
--
-- Quarters that have begun, each with its report period. Computed: the unit's figure of measures.day_figures on the period's
-- last day, or at the as-of date if that is earlier: from today's registers. Of two rows for one item the last in file order
-- counts. is_different: further apart than policy's report_difference_max; unknown where either is.
with
context as (select * from run.context),

stat_reports as (select * from measures.stat_reports_in_force),

report_items as (select * from policy.report_items),

report_periods as (select * from measures.report_periods),

day_figures as (select * from measures.day_figures),

regions as (select * from policy.regions where level = 'unit'),

thresholds as (select * from policy.thresholds where name = 'report_difference_max'),

-- One context row meets the one limit in force.
limits as (
    select max(thresholds.value) as report_difference_max
    from thresholds
    inner join context
        on thresholds.valid_from <= context.as_of
        and (thresholds.valid_to is null or thresholds.valid_to > context.as_of)
),

-- A unit meets every item of every report period.
asked as (
    select
        regions.region_code as unit_code,
        report_periods.period,
        report_periods.starts_on,
        report_periods.ends_on,
        report_periods.measured_on,
        report_periods.is_over,
        report_items.form,
        report_items.indicator,
        report_items.indicator_id,
        report_items.figure,
        report_items.sort_order
    from report_periods
    inner join regions
        on regions.valid_from <= report_periods.as_of
        and (regions.valid_to is null or regions.valid_to > report_periods.as_of)
    inner join report_items
        on report_items.valid_from <= report_periods.as_of
        and (report_items.valid_to is null or report_items.valid_to > report_periods.as_of)
),

reported_rows as (
    select
        unit_code,
        period,
        indicator,
        planned,
        actual,
        form as form_number,
        issued_on,
        source_file,
        source_row,
        row_number() over (
            partition by unit_code, period, indicator
            order by source_file desc, source_row desc
        ) as row_order
    from stat_reports
),

-- A day's figure as the forms have it.
figures as (
    select
        day_figures.region_code,
        day_figures.indicator_id,
        day_figures.on_date,
        day_figures.numerator,
        day_figures.denominator,
        day_figures.actual,
        day_figures.target,
        day_figures.is_partial
    from day_figures
),

-- An item meets its one figure on the day, its indicator, and at most one reported row; one limit meets all.
compared as (
    select
        asked.unit_code,
        asked.period,
        asked.form,
        asked.indicator,
        asked.sort_order,
        asked.indicator_id,
        asked.starts_on,
        asked.ends_on,
        asked.is_over,
        asked.measured_on,
        cast(reported_rows.planned as decimal(18, 6)) as planned,
        cast(reported_rows.actual as decimal(18, 6)) as reported,
        cast(
            case asked.figure
                when 'denominator' then cast(figures.denominator as decimal(18, 6))
                when 'numerator' then cast(figures.numerator as decimal(18, 6))
                when 'percent' then figures.actual
                else cast(figures.numerator as decimal(18, 6))
            end
            as decimal(18, 6)
        ) as computed,
        cast(case when asked.figure in ('count', 'percent') then figures.target end as decimal(18, 6)) as target,
        coalesce(figures.is_partial, false) as is_partial,
        limits.report_difference_max,
        reported_rows.form_number,
        reported_rows.issued_on,
        reported_rows.source_file,
        reported_rows.source_row
    from asked
    left join figures
        on asked.unit_code = figures.region_code
        and asked.indicator_id = figures.indicator_id
        and asked.measured_on = figures.on_date
    left join reported_rows
        on asked.unit_code = reported_rows.unit_code
        and asked.period = reported_rows.period
        and asked.indicator = reported_rows.indicator
        and reported_rows.row_order = 1
    cross join limits
),

-- A division keeps four decimals more than its numerator has: 13 here, which the cast to 6 rounds half up.
reported_figures as (
    select
        unit_code,
        period,
        form,
        indicator,
        sort_order,
        indicator_id,
        starts_on,
        ends_on,
        is_over,
        measured_on,
        target,
        planned,
        reported,
        computed,
        reported - computed as difference,
        cast(
            cast(100 * (reported - computed) as decimal(31, 9)) / cast(nullif(computed, 0) as decimal(15, 6))
            as decimal(18, 6)
        ) as difference_pct,
        abs(reported - computed) > report_difference_max as is_different,
        is_partial,
        form_number,
        issued_on,
        source_file,
        source_row
    from compared
)

select * from reported_figures
