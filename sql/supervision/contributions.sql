-- What each indicator gives a region's score and what it costs it, and the least that would lift it out of the last places.
-- zh: 各指标对得分的贡献、失分,以及单靠该指标离开末位至少还需完成多少。
-- grain: ranking_id, region_code, indicator_id
-- kept as: table
--
-- contribution + lost = the indicator's share of the weights. An indicator not reported gives nothing here (the worst case).
-- to_expected: how many more are needed to reach what was expected by the as-of date (people for a share of people).
-- to_leave: how many more in this one indicator lift the score above the score at the border of the last places
-- (policy's candidate_places), everybody else standing still; blank where the region is not among the last, or where this
-- indicator alone cannot do it. Rounded up to whole units: never too little.
with
context as (select * from run.context),

ranking as (select * from supervision.ranking),

progress as (select * from measures.progress),

indicators as (select * from policy.indicators),

thresholds as (select * from policy.thresholds),

-- One context row meets the one limit in force.
limits as (
    select
        cast(max(case when thresholds.name = 'candidate_places' then thresholds.value end) as bigint) as places,
        max(case when thresholds.name = 'tiny_task_max' then thresholds.value end) as tiny_task_max
    from thresholds
    inner join context
        on thresholds.valid_from <= context.as_of
        and (thresholds.valid_to is null or thresholds.valid_to > context.as_of)
),

from_the_end as (
    select
        ranking_id,
        region_code,
        score_lower,
        cast(rank() over (partition by ranking_id order by score_lower) as bigint) as place_from_end
    from ranking
    where score_lower is not null
),

-- One limit meets everyone: the lowest score that is not among the last places.
borders as (
    select
        from_the_end.ranking_id,
        min(from_the_end.score_lower) as score_border
    from from_the_end
    inner join limits
        on from_the_end.place_from_end > limits.places
    group by from_the_end.ranking_id
),

-- A member meets each indicator that it has a task for, the one weight, and the one limit.
weighted as (
    select
        from_the_end.ranking_id,
        from_the_end.region_code,
        progress.indicator_id,
        progress.light,
        indicators.kind,
        progress.numerator,
        progress.denominator,
        progress.target,
        progress.expected,
        progress.target <= limits.tiny_task_max and indicators.kind = 'count' as is_tiny_task,
        thresholds.value as weight,
        cast(
            case
                when progress.light = 'not_reported' then 0
                when progress.pace_numerator >= progress.pace_denominator then 1
                else cast(progress.pace_numerator as decimal(25, 9)) / cast(progress.pace_denominator as decimal(19, 0))
            end
            as decimal(18, 12)
        ) as pace,
        from_the_end.place_from_end <= limits.places as is_among_last,
        from_the_end.score_lower
    from from_the_end
    inner join progress
        on from_the_end.region_code = progress.region_code
        and progress.light <> 'no_task'
    inner join indicators
        on progress.indicator_id = indicators.indicator_id
        and indicators.valid_from <= progress.as_of
        and (indicators.valid_to is null or indicators.valid_to > progress.as_of)
    inner join thresholds
        on thresholds.name = concat('weight_', progress.indicator_id)
        and thresholds.valid_from <= progress.as_of
        and (thresholds.valid_to is null or thresholds.valid_to > progress.as_of)
    cross join limits
),

-- What is expected in whole units: a count itself, a share of its people.
shared as (
    select
        *,
        cast(
            cast(weight as decimal(25, 9))
            / cast(sum(weight) over (partition by ranking_id, region_code) as decimal(19, 0))
            as decimal(18, 12)
        ) as weight_share,
        case
            when kind = 'count' then cast(expected as decimal(24, 9))
            else cast(expected * denominator / 100 as decimal(24, 9))
        end as expected_units
    from weighted
),

-- A member meets the border of its ranking, or none where all are last.
bordered as (
    select
        shared.*,
        borders.score_border
    from shared
    left join borders
        on shared.ranking_id = borders.ranking_id
),

contributions as (
    select
        ranking_id,
        region_code,
        indicator_id,
        light,
        weight_share,
        cast(pace * weight_share as decimal(18, 12)) as contribution,
        cast((1 - pace) * weight_share as decimal(18, 12)) as lost,
        is_tiny_task,
        case
            when light <> 'not_reported' then cast(greatest(ceil(expected_units - numerator), 0) as bigint)
        end as to_expected,
        case
            when is_among_last
                and light <> 'not_reported'
                and score_border > score_lower
                and (1 - pace) * weight_share > score_border - score_lower
                then cast(
                    floor(
                        cast((score_border - score_lower) * expected_units as decimal(27, 9))
                        / cast(weight_share as decimal(18, 12))
                    ) + 1
                    as bigint
                )
        end as to_leave,
        score_border
    from bordered
)

select * from contributions
