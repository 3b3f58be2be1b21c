-- The report periods of the quarterly forms: from the day after one cut-off to the next, kept apart from the quarters of rules.
-- zh: 季度统计报表的报告期:自上一截止日次日至本截止日,与规则考核所用的自然季度分开。
-- grain: period
-- kept as: table
--
-- Quarters that have begun, each with the one report named after it (the next one is listed from its quarter's first day). policy's report_period_last_day as in force on the
-- quarter's first day (checks.report_cut_offs: one whole number): 20 ends a report on the 20th of the quarter's last month; 0, or a
-- day that the month does not have, is the month's last day. A report begins on the day after the one before ended. Figures are
-- the year's up to the last day: what a year's first report spans of the year before adds nothing, and what lies behind its last
-- report is in no form. measured_on: the last day, or the as-of date if that is earlier.
with
rule_periods as (select * from measures.rule_periods where period_kind = 'quarter'),

thresholds as (select * from policy.thresholds where name = 'report_period_last_day'),

-- A quarter begun, and the one before it.
quarters as (
    select
        period,
        starts_on,
        ends_on,
        cast(starts_on - interval '3 months' as date) as before_starts_on,
        cast(starts_on - interval '1 day' as date) as before_ends_on,
        as_of
    from rule_periods
),

-- A quarter meets the cut-off in force on its own first day, and on that of the quarter before.
cut_offs as (
    select
        quarters.period,
        quarters.ends_on,
        quarters.before_ends_on,
        quarters.as_of,
        cast(least(greatest(max(own.value), 0), 32) as integer) as last_day,
        cast(least(greatest(coalesce(max(earlier.value), max(own.value)), 0), 32) as integer) as before_last_day
    from quarters
    left join thresholds as own
        on own.valid_from <= quarters.starts_on
        and (own.valid_to is null or own.valid_to > quarters.starts_on)
    left join thresholds as earlier
        on earlier.valid_from <= quarters.before_starts_on
        and (earlier.valid_to is null or earlier.valid_to > quarters.before_starts_on)
    group by
        quarters.period,
        quarters.ends_on,
        quarters.before_ends_on,
        quarters.as_of
),

cut as (
    select
        period,
        as_of,
        case
            when last_day < 1 or last_day > date_part('day', ends_on) then ends_on
            else make_date(
                cast(date_part('year', ends_on) as integer),
                cast(date_part('month', ends_on) as integer),
                last_day
            )
        end as ends_on,
        case
            when before_last_day < 1 or before_last_day > date_part('day', before_ends_on) then before_ends_on
            else make_date(
                cast(date_part('year', before_ends_on) as integer),
                cast(date_part('month', before_ends_on) as integer),
                before_last_day
            )
        end as before_ends_on
    from cut_offs
),

report_periods as (
    select
        period,
        cast(before_ends_on + interval '1 day' as date) as starts_on,
        ends_on,
        least(ends_on, as_of) as measured_on,
        as_of >= ends_on as is_over,
        as_of
    from cut
)

select * from report_periods
