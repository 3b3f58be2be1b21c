-- Who carries out the duties of the plan and who does not: units, counties and poor counties, each among themselves.
-- zh: 履职排名:到期规则的加权落实程度,填报单位、县(市、区)、贫困县分别排。
-- grain: ranking_id, region_code
-- kept as: table
--
-- The score is Σ weight × min(1, done / due) / Σ weight over the rules of the trigger duty that are due by the as-of date, each
-- period by itself, so that a surplus in one covers no other. The weight is policy's, by severity. A rule not reported counts 0
-- in score_lower and 1 in score_upper; one in doubt, and one with nothing to judge, is left out.
-- Equal scores share a place (is_tie). A region with nothing due has no score and no place.
with
ranking as (select * from supervision.ranking),

rule_results as (select * from measures.rule_results),

thresholds as (select * from policy.thresholds),

-- The rankings have the same members as those by progress.
members as (
    select
        ranking_id,
        region_code
    from ranking
),

-- A due rule meets the one weight of its severity.
weighted as (
    select
        rule_results.region_code,
        rule_results.state,
        rule_results.is_partial,
        rule_results.state = 'not_reported' as is_unknown,
        cast(100 * rule_results.numerator as bigint) as numerator,
        cast(100 * rule_results.denominator as bigint) as denominator,
        cast(thresholds.value as bigint) as weight
    from rule_results
    inner join thresholds
        on thresholds.name = concat('duty_weight_', rule_results.severity)
        and thresholds.valid_from <= rule_results.as_of
        and (thresholds.valid_to is null or thresholds.valid_to > rule_results.as_of)
    where rule_results."trigger" = 'duty'
        and rule_results.is_due
        and rule_results.state in ('met', 'attested', 'not_met', 'not_reported')
        and rule_results.proof <> 'lacks'
),

bounded as (
    select
        region_code,
        state,
        is_partial,
        weight,
        case when is_unknown then 0 else numerator end as numerator_lower,
        case when is_unknown then 1 else numerator end as numerator_upper,
        case when is_unknown then 1 else denominator end as denominator
    from weighted
),

scored as (
    select
        region_code,
        weighted_completion(numerator_lower, denominator, weight) as score_lower,
        weighted_completion(numerator_upper, denominator, weight) as score_upper,
        count(*) as n_due,
        count(*) filter (where state in ('met', 'attested')) as n_met,
        count(*) filter (where state = 'not_met') as n_not_met,
        count(*) filter (where state = 'not_reported') as n_not_reported,
        count(*) filter (where is_partial) as n_partial
    from bounded
    group by region_code
),

-- A member meets its one score, or none if nothing is due.
standings as (
    select
        members.ranking_id,
        members.region_code,
        scored.score_lower,
        scored.score_upper,
        coalesce(scored.n_due, 0) as n_due,
        coalesce(scored.n_met, 0) as n_met,
        coalesce(scored.n_not_met, 0) as n_not_met,
        coalesce(scored.n_not_reported, 0) as n_not_reported,
        coalesce(scored.n_partial, 0) as n_partial,
        case
            when scored.score_lower is null then 'nothing_due'
            when scored.n_not_reported = scored.n_due then 'not_reported'
            else 'ranked'
        end as standing
    from members
    left join scored
        on members.region_code = scored.region_code
),

placed as (
    select
        ranking_id,
        region_code,
        rank_lower(score_lower, score_upper) over (partition by ranking_id) as rank_lower,
        rank_upper(score_lower, score_upper) over (partition by ranking_id) as rank_upper,
        count(*) over (partition by ranking_id, score_lower, score_upper) > 1 as is_tie,
        count(*) over (partition by ranking_id) as n_ranked
    from standings
    where score_lower is not null
),

-- A standing meets its one place, or none.
duties as (
    select
        standings.ranking_id,
        standings.region_code,
        standings.score_lower,
        standings.score_upper,
        placed.rank_lower,
        placed.rank_upper,
        placed.n_ranked,
        coalesce(placed.is_tie, false) as is_tie,
        standings.standing,
        cast(
            row_number() over (
                partition by standings.ranking_id
                order by
                    standings.score_lower desc nulls last,
                    standings.score_upper desc nulls last,
                    standings.region_code
            )
            as bigint
        ) as position,
        standings.n_due,
        standings.n_met,
        standings.n_not_met,
        standings.n_not_reported,
        standings.n_partial
    from standings
    left join placed
        on standings.ranking_id = placed.ranking_id
        and standings.region_code = placed.region_code
)

select * from duties
