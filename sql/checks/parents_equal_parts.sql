-- The province is the sum of its units, and a unit the sum of its counties and of what stands at the unit itself.
-- zh: 全省等于各单位之和,单位等于所属县与单位本级之和。
-- severity: error
-- grain: region_code, indicator_id, month
with
actuals as (select * from measures.actuals),

place_counts as (select * from measures.place_counts),

regions as (select * from policy.regions),

days as (select * from measures.days),

-- Only these have a denominator that adds up.
shares as (select distinct indicator_id from policy.indicators where kind <> 'count'),

-- Each figure meets its region's one row in force.
placed as (
    select
        actuals.region_code,
        actuals.indicator_id,
        actuals.month,
        actuals.numerator,
        actuals.denominator,
        regions.level,
        case regions.level when 'unit' then regions.parent_code when 'county' then regions.unit_code end as sum_code
    from actuals
    inner join days
        on actuals.month = days.month
    inner join regions
        on actuals.region_code = regions.region_code
        and regions.valid_from <= days.as_of
        and (regions.valid_to is null or regions.valid_to > days.as_of)
),

below as (
    select
        sum_code as region_code,
        indicator_id,
        month,
        numerator,
        denominator
    from placed
    where sum_code is not null
    union all
    select
        place_counts.part_code as region_code,
        place_counts.indicator_id,
        place_counts.month,
        place_counts.numerator,
        place_counts.denominator
    from place_counts
    inner join placed
        on place_counts.part_code = placed.region_code
        and place_counts.indicator_id = placed.indicator_id
        and place_counts.month = placed.month
    where placed.level in ('unit', 'province')
),

summed as (
    select
        region_code,
        indicator_id,
        month,
        sum(numerator) as numerator,
        sum(denominator) as denominator
    from below
    group by
        region_code,
        indicator_id,
        month
),

-- The denominator of a count is 1 everywhere; a share's adds up like its numerator.
broken as (
    select
        placed.region_code,
        placed.indicator_id,
        placed.month,
        placed.numerator,
        summed.numerator as parts_numerator,
        placed.denominator,
        summed.denominator as parts_denominator
    from placed
    inner join summed
        on placed.region_code = summed.region_code
        and placed.indicator_id = summed.indicator_id
        and placed.month = summed.month
    left join shares
        on placed.indicator_id = shares.indicator_id
    where placed.level in ('unit', 'province')
        and (
            placed.numerator <> summed.numerator
            or (shares.indicator_id is not null and placed.denominator <> summed.denominator)
        )
)

select * from broken
