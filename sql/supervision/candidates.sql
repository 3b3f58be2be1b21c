-- Regions for which a veto could be considered, with every reason: a computation, never a decision.
-- zh: 可考虑“一票否决”的地区及全部理由:只是计算结果,由人决定。
-- grain: trigger, region_code, reason, detail
-- kept as: table
--
-- Trigger slow: certainly among the last of a ranking (policy's candidate_places) and with at least candidate_red_min red
-- indicators, of which those with a tiny task are named and not counted; a target missed belongs here alone. Trigger duty: at least candidate_breaches_min breaches
-- of hard rules, or certainly among the last of the ranking of duties with at least one breach. Nothing in doubt or not
-- reported makes a candidate. One row a reason: last_of_ranking (detail = the ranking), red_indicator (the indicator), breach
-- (rule and period).
with
context as (select * from run.context),

standing as (select * from supervision.standing),

progress as (select * from measures.progress),

breaches as (select * from supervision.breaches where "trigger" = 'duty'),

contributions as (select * from supervision.contributions where ranking_id <> 'poor_counties'),

thresholds as (select * from policy.thresholds),

-- One context row meets the limits in force.
limits as (
    select
        max(case when thresholds.name = 'candidate_red_min' then thresholds.value end) as red_min,
        max(case when thresholds.name = 'candidate_breaches_min' then thresholds.value end) as breaches_min
    from thresholds
    inner join context
        on thresholds.valid_from <= context.as_of
        and (thresholds.valid_to is null or thresholds.valid_to > context.as_of)
),

last_places as (
    select
        "trigger",
        region_code,
        'last_of_ranking' as reason,
        ranking_id as detail,
        cast(null as varchar) as rule_id,
        cast(null as date) as since,
        false as is_tiny_task
    from standing
    where is_certainly_last
),

-- A red indicator is one row of the region's contributions.
red_indicators as (
    select
        'slow' as "trigger",
        progress.region_code,
        'red_indicator' as reason,
        progress.indicator_id as detail,
        progress.indicator_id as rule_id,
        cast(null as date) as since,
        contributions.is_tiny_task
    from progress
    inner join contributions
        on progress.region_code = contributions.region_code
        and progress.indicator_id = contributions.indicator_id
    where progress.light = 'red'
        and not progress.is_partial
),

breached as (
    select
        'duty' as "trigger",
        region_code,
        'breach' as reason,
        concat(rule_id, ' ', period) as detail,
        rule_id,
        breached_on as since,
        false as is_tiny_task
    from breaches
),

reasons as (
    select * from last_places
    union all
    select * from red_indicators
    union all
    select * from breached
),

counted as (
    select
        "trigger",
        region_code,
        count(*) filter (where reason = 'last_of_ranking') as n_last,
        count(*) filter (where reason = 'red_indicator' and not is_tiny_task) as n_red,
        count(*) filter (where reason = 'breach') as n_breaches
    from reasons
    group by
        "trigger",
        region_code
),

-- One limit meets every region.
considered as (
    select
        counted."trigger",
        counted.region_code
    from counted
    cross join limits
    where (counted."trigger" = 'slow' and counted.n_last > 0 and counted.n_red >= limits.red_min)
        or (
            counted."trigger" = 'duty'
            and (counted.n_breaches >= limits.breaches_min or (counted.n_last > 0 and counted.n_breaches > 0))
        )
),

-- A region meets each of its reasons under the trigger.
candidates as (
    select
        reasons."trigger",
        reasons.region_code,
        reasons.reason,
        reasons.detail,
        reasons.rule_id,
        reasons.since,
        reasons.is_tiny_task
    from reasons
    inner join considered
        on reasons."trigger" = considered."trigger"
        and reasons.region_code = considered.region_code
)

select * from candidates
