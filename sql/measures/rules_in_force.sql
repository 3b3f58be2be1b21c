-- The rules in force at the as-of date, in each period that they are judged over, with the day they are due.
-- zh: 截止日有效的规则及其各考核期、限期。
-- grain: rule_id, period
-- kept as: table
--
-- due_on: blank for a rule that is judged on any day. A rule that is due on a day of the year holds early if it holds already;
-- one that is due at the end of a month or quarter is not yet due until that day.
with
rules as (select * from policy.rules),

rule_periods as (select * from measures.rule_periods),

-- A rule meets each period of its kind.
rules_in_force as (
    select
        rules.rule_id,
        rule_periods.period,
        rules.sort_order,
        rules.platform,
        rules.scope,
        rules.period_kind,
        rules.proof,
        rules.threshold,
        rules.due,
        rules.severity,
        rules."trigger",
        rule_periods.starts_on,
        rule_periods.ends_on,
        rule_periods.measured_on,
        rule_periods.is_over,
        rule_periods.as_of,
        case
            when rules.due = 'always' then cast(null as date)
            when rules.due = 'period_end' then rule_periods.ends_on
            else cast(concat(substr(rule_periods.period, 1, 4), '-', rules.due) as date)
        end as due_on
    from rules
    inner join rule_periods
        on rules.period_kind = rule_periods.period_kind
        and rules.valid_from <= rule_periods.as_of
        and (rules.valid_to is null or rules.valid_to > rule_periods.as_of)
)

select * from rules_in_force
