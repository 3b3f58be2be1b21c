-- Why a region lags: the indicators furthest behind, and those not reported, in the order in which to name them.
-- zh: 落后原因:差距最大的指标,以及未报的指标。
-- grain: region_code, reason_order
-- kept as: table
--
-- Behind comes before not reported, the larger gap first. How many are named is policy's reasons_shown.
with
context as (select * from run.context),

progress as (select * from measures.progress),

indicators as (select * from policy.indicators),

thresholds as (select * from policy.thresholds),

-- One context row meets the one limit in force.
limits as (
    select max(thresholds.value) as reasons_shown
    from thresholds
    inner join context
        on thresholds.valid_from <= context.as_of
        and (thresholds.valid_to is null or thresholds.valid_to > context.as_of)
    where thresholds.name = 'reasons_shown'
),

-- An indicator meets its one row in force.
behind as (
    select
        progress.region_code,
        progress.indicator_id,
        progress.light,
        progress.actual,
        progress.target,
        progress.expected,
        progress.gap_pp,
        progress.gap_points,
        progress.is_partial,
        cast(
            row_number() over (
                partition by progress.region_code
                order by progress.light = 'not_reported', progress.gap_pp, indicators.sort_order
            )
            as bigint
        ) as reason_order
    from progress
    inner join indicators
        on progress.indicator_id = indicators.indicator_id
        and indicators.valid_from <= progress.as_of
        and (indicators.valid_to is null or indicators.valid_to > progress.as_of)
    where progress.light = 'not_reported'
        or (progress.light not in ('no_task', 'done') and progress.gap_pp < 0)
),

-- One limit meets every reason.
reasons as (
    select behind.*
    from behind
    inner join limits
        on behind.reason_order <= limits.reasons_shown
)

select * from reasons
