-- The last of each ranking with the reasons, for the sentence that says who lags and why.
-- zh: 各榜末位及原因。
-- grain: ranking_id, region_code, reason_order
-- kept as: table
--
-- As many places from the end as policy's laggards_shown, with everyone who shares them. Who meets all that was expected, or may
-- meet it once what is not reported is known, is no laggard; who reported nothing is not judged here but named as not reported (supervision.ranking, standing).
-- One row a region and reason. A computation, never a decision.
with
context as (select * from run.context),

ranking as (select * from supervision.ranking),

reasons as (select * from supervision.reasons),

thresholds as (select * from policy.thresholds),

-- One context row meets the one limit in force.
limits as (
    select max(thresholds.value) as laggards_shown
    from thresholds
    inner join context
        on thresholds.valid_from <= context.as_of
        and (thresholds.valid_to is null or thresholds.valid_to > context.as_of)
    where thresholds.name = 'laggards_shown'
),

from_the_end as (
    select
        ranking_id,
        region_code,
        score_lower,
        score_upper,
        rank_lower,
        rank_upper,
        n_ranked,
        is_tie,
        standing,
        position,
        cast(rank() over (partition by ranking_id order by score_lower, score_upper) as bigint) as place_from_end
    from ranking
    where standing = 'ranked'
        and score_upper < 1
),

-- One limit meets everyone; a laggard meets each of its reasons.
laggards as (
    select
        from_the_end.ranking_id,
        from_the_end.region_code,
        reasons.reason_order,
        from_the_end.place_from_end,
        from_the_end.position,
        from_the_end.score_lower,
        from_the_end.score_upper,
        from_the_end.rank_lower,
        from_the_end.rank_upper,
        from_the_end.n_ranked,
        from_the_end.is_tie,
        from_the_end.standing,
        reasons.indicator_id,
        reasons.light,
        reasons.actual,
        reasons.target,
        reasons.expected,
        reasons.gap_pp,
        reasons.gap_points,
        reasons.is_partial
    from from_the_end
    inner join limits
        on from_the_end.place_from_end <= limits.laggards_shown
    inner join reasons
        on from_the_end.region_code = reasons.region_code
)

select * from laggards
