-- The last day of quarterly reports is one whole number from 0 to 31 on the first day of every quarter begun.
-- zh: 每季首日,统计报表截止日参数有且仅有一条生效,为0至31的整数。
-- severity: error
-- grain: period
with
rule_periods as (select * from measures.rule_periods where period_kind = 'quarter'),

thresholds as (select * from policy.thresholds where name = 'report_period_last_day'),

-- A quarter meets the rows in force on its first day: it should be one.
counted as (
    select
        rule_periods.period,
        count(thresholds.value) as rows_in_force,
        max(thresholds.value) as last_day
    from rule_periods
    left join thresholds
        on thresholds.valid_from <= rule_periods.starts_on
        and (thresholds.valid_to is null or thresholds.valid_to > rule_periods.starts_on)
    group by rule_periods.period
),

broken as (
    select *
    from counted
    where rows_in_force <> 1
        or last_day < 0
        or last_day > 31
        or last_day <> floor(last_day)
)

select * from broken
