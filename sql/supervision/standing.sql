-- Where every region stands by each of the two triggers: slow progress, and duties not carried out.
-- zh: 两类触发条件下各地的名次:进展缓慢、落实不到位;并列、未报和极小任务均注明。
-- grain: trigger, ranking_id, region_code
-- kept as: table
--
-- rank_lower is the place if everything not reported were at its best, rank_upper if at its worst; equal where all is known.
-- standing: ranked, not_reported, no_task (slow) or nothing_due (duty). is_certainly_last: among policy's candidate_places from
-- the end even in the best case, with nothing in doubt and no part silent. n_tiny_tasks: tasks so small that one unit moves them by half or more.
with
context as (select * from run.context),

ranking as (select * from supervision.ranking),

duties as (select * from supervision.duties),

contributions as (select * from supervision.contributions),

thresholds as (select * from policy.thresholds),

-- One context row meets the one limit in force.
limits as (
    select cast(max(thresholds.value) as bigint) as places
    from thresholds
    inner join context
        on thresholds.valid_from <= context.as_of
        and (thresholds.valid_to is null or thresholds.valid_to > context.as_of)
    where thresholds.name = 'candidate_places'
),

tiny as (
    select
        ranking_id,
        region_code,
        count(*) filter (where is_tiny_task) as n_tiny_tasks
    from contributions
    group by
        ranking_id,
        region_code
),

-- A member meets its tiny tasks, or has no task at all.
slow as (
    select
        'slow' as "trigger",
        ranking.ranking_id,
        ranking.region_code,
        ranking.score_lower,
        ranking.score_upper,
        ranking.rank_lower,
        ranking.rank_upper,
        ranking.n_ranked,
        ranking.is_tie,
        ranking.standing,
        ranking.position,
        ranking.n_tasks as n_judged,
        ranking.n_not_reported,
        ranking.n_in_doubt,
        ranking.n_partial,
        coalesce(tiny.n_tiny_tasks, 0) as n_tiny_tasks
    from ranking
    left join tiny
        on ranking.ranking_id = tiny.ranking_id
        and ranking.region_code = tiny.region_code
),

duty as (
    select
        'duty' as "trigger",
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
        n_due as n_judged,
        n_not_reported,
        cast(0 as bigint) as n_in_doubt,
        n_partial,
        cast(0 as bigint) as n_tiny_tasks
    from duties
),

both as (
    select * from slow
    union all
    select * from duty
),

-- One limit meets every standing.
standing as (
    select
        both.*,
        both.standing = 'ranked'
        and both.n_in_doubt = 0
        and both.n_partial = 0
        and both.score_upper < 1
        and both.n_ranked > limits.places
        and both.rank_lower > both.n_ranked - limits.places as is_certainly_last
    from both
    cross join limits
)

select * from standing
