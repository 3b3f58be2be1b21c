-- The records shown for each of the six targets add up to the figure that is judged, in every region.
-- zh: 六项目标所列证据之和等于所评的完成数。
-- severity: error
-- grain: region_code, indicator_id
with
progress as (select * from measures.progress),

rules_in_force as (select * from measures.rules_in_force),

targets as (select * from evidence.targets),

region_parts as (select * from measures.region_parts),

indicators as (select * from policy.indicators),

-- A place's evidence meets every region that the place adds to.
summed as (
    select
        region_parts.region_code,
        targets.rule_id,
        targets.period,
        sum(targets.numerator) as numerator,
        sum(targets.denominator) as denominator
    from targets
    inner join region_parts
        on targets.region_code = region_parts.part_code
    group by
        region_parts.region_code,
        targets.rule_id,
        targets.period
),

-- A figure meets the one period of its rule, its sum or nothing, and the one row of its indicator. A figure that is blank, as
-- nobody reported it, has no evidence; the denominator of a count is 1 and says nothing.
compared as (
    select
        progress.region_code,
        progress.indicator_id,
        coalesce(progress.numerator, 0) as numerator,
        coalesce(summed.numerator, 0) as evidence_numerator,
        case when indicators.kind = 'share' then coalesce(progress.denominator, 0) else 0 end as denominator,
        coalesce(summed.denominator, 0) as evidence_denominator
    from progress
    inner join rules_in_force
        on progress.indicator_id = rules_in_force.rule_id
    inner join indicators
        on progress.indicator_id = indicators.indicator_id
        and indicators.valid_from <= progress.as_of
        and (indicators.valid_to is null or indicators.valid_to > progress.as_of)
    left join summed
        on progress.region_code = summed.region_code
        and progress.indicator_id = summed.rule_id
        and rules_in_force.period = summed.period
),

broken as (
    select *
    from compared
    where numerator <> evidence_numerator
        or denominator <> evidence_denominator
)

select * from broken
