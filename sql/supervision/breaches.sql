-- Dated, evidenced failures of hard rules, each at the place that it happened at.
-- zh: 触线:硬性规则在所在地未达标,附日期和证据行数。
-- grain: rule_id, region_code, period
-- kept as: table
--
-- Judged where the records stand (county, or unit for what only the unit reports): a parent has no breach of its own by theirs.
-- Not a breach: what is not yet due, in doubt, or not reported. A breach stands by itself: no good figure elsewhere outweighs it.
-- breached_on: the day it was due; of a rule that is judged on any day, that of the first failing record; else the as-of date.
with
rule_counts as (select * from measures.rule_counts),

rule_parts as (select * from measures.rule_parts),

rules_in_force as (select * from measures.rules_in_force),

rule_results as (select * from measures.rule_results),

-- A count meets its rule and its place's result, and its place in scope or none (rows of a unit without county).
counted as (
    select
        rule_counts.rule_id,
        rule_counts.part_code as region_code,
        rule_counts.period,
        rule_counts.numerator,
        rule_counts.denominator,
        rules_in_force.threshold,
        rules_in_force."trigger",
        rules_in_force.due_on,
        rule_counts.first_failing_on,
        rule_counts.n_failing,
        rule_counts.n_evidence,
        rule_results.days_late,
        rules_in_force.as_of
    from rule_counts
    inner join rules_in_force
        on rule_counts.rule_id = rules_in_force.rule_id
        and rule_counts.period = rules_in_force.period
        and rules_in_force.severity = 'hard'
        and rules_in_force.threshold is not null
    inner join rule_results
        on rule_counts.rule_id = rule_results.rule_id
        and rule_counts.period = rule_results.period
        and rule_counts.part_code = rule_results.region_code
        and rule_results.state = 'not_met'
    left join rule_parts
        on rule_counts.rule_id = rule_parts.rule_id
        and rule_counts.period = rule_parts.period
        and rule_counts.part_code = rule_parts.part_code
    where coalesce(rule_parts.has_reported, true)
        and rule_counts.denominator > 0
        and rule_counts.numerator < rules_in_force.threshold * rule_counts.denominator
),

-- A target that was not reached by its day; a county's place in scope meets its one result.
targets_missed as (
    select
        rule_results.rule_id,
        rule_results.region_code,
        rule_results.period,
        rule_results.numerator,
        rule_results.denominator,
        rule_results.threshold,
        rule_results."trigger",
        rule_results.due_on,
        cast(null as date) as first_failing_on,
        rule_results.n_failing,
        rule_results.n_evidence,
        rule_results.days_late,
        rule_results.as_of
    from rule_results
    inner join rule_parts
        on rule_results.rule_id = rule_parts.rule_id
        and rule_results.period = rule_parts.period
        and rule_results.region_code = rule_parts.part_code
    where rule_results."trigger" = 'slow'
        and rule_results.severity = 'hard'
        and rule_results.state = 'not_met'
),

breaches as (
    select * from counted
    union all
    select * from targets_missed
),

dated as (
    select
        rule_id,
        region_code,
        period,
        numerator,
        denominator,
        threshold,
        "trigger",
        due_on,
        coalesce(due_on, first_failing_on, as_of) as breached_on,
        days_late,
        n_failing,
        n_evidence
    from breaches
)

select * from dated
