-- The report periods of the quarterly forms: from the day after one cut-off to the next, kept apart from the quarters of rules.
-- zh: 季度统计报表的报告期:自上一截止日次日至本截止日,与规则考核所用的自然季度分开。
-- grain: period
-- kept as: table
--
-- Quarters that have begun, each with the one report named after it. policy's report_period_last_day as in force on the
-- quarter's first day: 20 ends a report on the 20th of the quarter's last month, and the next begins on the 21st; 0, or a day
-- that the month does not have, is the month's last day. Figures are the year's up to the last day: what a year's first report
-- spans of the year before adds nothing. measured_on: the last day, or the as-of date if that is earlier.
with
context as (select * from run.context),

rule_periods as (select * from measures.rule_periods where period_kind = 'quarter'),

thresholds as (select * from policy.thresholds where name = 'report_period_last_day'),

-- A quarter meets the one cut-off in force on its first day.
quarters as (
    select
        rule_periods.period,
        rule_periods.starts_on as quarter_starts_on,
        rule_periods.ends_on as quarter_ends_on,
        rule_periods.as_of,
        cast(coalesce(max(thresholds.value), 0) as integer) as last_day
    from rule_periods
    left join thresholds
        on thresholds.valid_from <= rule_periods.starts_on
        and (thresholds.valid_to is null or thresholds.valid_to > rule_periods.starts_on)
    group by
        rule_periods.period,
        rule_periods.starts_on,
        rule_periods.ends_on,
        rule_periods.as_of
),

-- The last months of this quarter and of the one before, and how many days they have.
months as (
    select
        period,
        as_of,
        last_day,
        quarter_ends_on,
        cast(quarter_starts_on - interval '1 day' as date) as before_ends_on
    from quarters
),

cut as (
    select
        period,
        as_of,
        case
            when last_day < 1 or last_day > date_part('day', quarter_ends_on) then quarter_ends_on
            else make_date(
                cast(date_part('year', quarter_ends_on) as integer),
                cast(date_part('month', quarter_ends_on) as integer),
                last_day
            )
        end as ends_on,
        case
            when last_day < 1 or last_day > date_part('day', before_ends_on) then before_ends_on
            else make_date(
                cast(date_part('year', before_ends_on) as integer),
                cast(date_part('month', before_ends_on) as integer),
                last_day
            )
        end as own_before_ends_on
    from months
),

-- A report begins where the one before ended, also in the quarter in which the cut-off changes.
following as (
    select
        period,
        as_of,
        ends_on,
        coalesce(lag(ends_on) over (order by period), own_before_ends_on) as before_ends_on
    from cut
),

report_periods as (
    select
        period,
        cast(before_ends_on + interval '1 day' as date) as starts_on,
        ends_on,
        least(ends_on, as_of) as measured_on,
        as_of >= ends_on as is_over,
        as_of
    from following
)

select * from report_periods
