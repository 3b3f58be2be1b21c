-- Every day on which figures are computed: those of measures.dates, and the last day of each report that is no end of a month.
-- zh: 全部计量日:各月计量日,以及不在月末的报告期截止日。
-- grain: month
-- kept as: table
--
-- month names a month by its last day; the last day of a report inside a month names itself, and is never the current day.
-- Only the forms read figures of such days: a month's figures are those of measures.dates.
with
dates as (select * from measures.dates),

report_periods as (select * from measures.report_periods where is_over),

-- A report's last day is a day measured already, or not.
report_days as (
    select
        report_periods.ends_on,
        report_periods.as_of
    from report_periods
    left anti join dates
        on report_periods.ends_on = dates.on_date
),

-- The year's bounds are those of the as-of date.
year as (
    select
        year,
        year_starts_on,
        year_ends_on,
        days_of_year
    from dates
    where is_current
),

-- One year meets every report's last day.
reported as (
    select
        report_days.ends_on as month,
        report_days.ends_on as on_date,
        report_days.as_of,
        year.year,
        year.year_starts_on,
        year.year_ends_on,
        cast(date_part('doy', report_days.ends_on) as bigint) as day_of_year,
        year.days_of_year,
        cast(
            date_part('year', report_days.ends_on) * 10000
            + date_part('month', report_days.ends_on) * 100
            + date_part('day', report_days.ends_on)
            as bigint
        ) as on_ymd,
        false as is_current
    from report_days
    cross join year
),

days as (
    select * from dates
    union all
    select * from reported
)

select * from days
