-- Who leads and who lags: units, counties and poor counties, each among themselves, by weighted capped completion.
-- zh: 排名:填报单位、县(市、区)、贫困县三个榜分别排,按加权封顶的序时完成率。
-- grain: ranking_id, region_code
-- kept as: table
--
-- The score is Σ weight × min(1, actual / expected) / Σ weight over the indicators that have a task. An indicator not reported
-- counts 0 in score_lower and 1 in score_upper, so a place is an interval: rank_lower if it were best, rank_upper if worst.
-- Equal scores share a place (is_tie). A region without any task has no score and no place and stands last; one that
-- reported nothing may stand anywhere. position is the order in which to show them, no judgement.
with
context as (select * from run.context),

progress as (select * from measures.progress),

regions as (select * from policy.regions),

thresholds as (select * from policy.thresholds),

reasons as (select * from supervision.reasons where reason_order = 1),

-- One context row meets every region in force.
regions_in_force as (
    select
        regions.region_code,
        regions.level,
        regions.is_poor_county
    from regions
    inner join context
        on regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
),

members as (
    select 'units' as ranking_id, region_code from regions_in_force where level = 'unit'
    union all
    select 'counties' as ranking_id, region_code from regions_in_force where level = 'county'
    union all
    select 'poor_counties' as ranking_id, region_code from regions_in_force where level = 'county' and is_poor_county
),

-- A weight meets its indicator by its name; a check holds that weights are whole numbers.
weighted as (
    select
        progress.region_code,
        progress.indicator_id,
        progress.light,
        progress.is_partial,
        case when progress.light = 'not_reported' then 0 else progress.pace_numerator end as numerator_lower,
        case when progress.light = 'not_reported' then 1 else progress.pace_numerator end as numerator_upper,
        case when progress.light = 'not_reported' then 1 else progress.pace_denominator end as denominator,
        cast(thresholds.value as bigint) as weight
    from progress
    inner join thresholds
        on thresholds.name = concat('weight_', progress.indicator_id)
        and thresholds.valid_from <= progress.as_of
        and (thresholds.valid_to is null or thresholds.valid_to > progress.as_of)
    where progress.light <> 'no_task'
),

scored as (
    select
        region_code,
        weighted_completion(numerator_lower, denominator, weight) as score_lower,
        weighted_completion(numerator_upper, denominator, weight) as score_upper,
        count(*) as n_tasks,
        count(*) filter (where light = 'not_reported') as n_not_reported,
        count(*) filter (where light = 'in_doubt') as n_in_doubt,
        count(*) filter (where is_partial) as n_partial
    from weighted
    group by region_code
),

-- A member meets its one score, or none if it has no task.
standings as (
    select
        members.ranking_id,
        members.region_code,
        scored.score_lower,
        scored.score_upper,
        coalesce(scored.n_tasks, 0) as n_tasks,
        coalesce(scored.n_not_reported, 0) as n_not_reported,
        coalesce(scored.n_in_doubt, 0) as n_in_doubt,
        coalesce(scored.n_partial, 0) as n_partial,
        case
            when scored.score_lower is null then 'no_task'
            when scored.n_not_reported = scored.n_tasks then 'not_reported'
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

-- A standing meets its one place, or none, and its first reason, or none.
ranking as (
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
        standings.n_tasks,
        standings.n_not_reported,
        standings.n_in_doubt,
        standings.n_partial,
        reasons.indicator_id as worst_indicator_id,
        reasons.light as worst_light,
        reasons.gap_pp as worst_gap_pp
    from standings
    left join placed
        on standings.ranking_id = placed.ranking_id
        and standings.region_code = placed.region_code
    left join reasons
        on standings.region_code = reasons.region_code
)

select * from ranking
