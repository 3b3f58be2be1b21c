-- The 84 checkable rules of the plan, each with its sentence and how it is judged.
-- zh: 方案的84条可核查规则:原文、口径、限期、标准。
-- grain: rule_id, valid_from
-- kept as: table
--
-- class: N number, C completeness, D date, E eligibility, S soft. scope: the places that the rule speaks of (county, unit,
-- poor_county, province, listed). period_kind: month, quarter or year. due: always = judged on any day; period_end; or MM-DD of
-- the year, included. proof: records, attestation (papers), lacks (no feed can answer: lacks says what is missing), elsewhere.
-- A rule holds where numerator >= threshold * denominator. threshold is blank for the six targets: theirs is in policy.targets.
-- How hard: severity hard (a breach stands by itself), duty, soft. trigger: slow, duty or none (the plan, part 3 (3)).
select
    rule_id,
    cast(sort_order as integer) as sort_order,
    platform,
    class,
    name,
    name_en,
    quote,
    scope,
    period_kind,
    proof,
    unit,
    unit_en,
    cast(threshold as decimal(18,6)) as threshold,
    due,
    severity,
    "trigger",
    formula,
    formula_en,
    lacks,
    lacks_en,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference,
    reference_en
from csv.rules
