-- What was done by each day measured, for every region and indicator: the sum of its parts.
-- zh: 各地区各指标各计量日完成数:由各部分相加。
-- grain: region_code, indicator_id, month
-- kept as: table
--
-- A count has the denominator 1. A share keeps both sums: a parent's share is the ratio of its parts' sums.
-- Zero is here what was counted, also where nothing was reported: measures.reporting says which.
with
expected as (select * from measures.expected),

place_counts as (select * from measures.place_counts),

region_parts as (select * from measures.region_parts),

-- A place meets every region that it adds to.
summed as (
    select
        region_parts.region_code,
        place_counts.indicator_id,
        place_counts.month,
        sum(place_counts.numerator) as numerator,
        sum(place_counts.denominator) as denominator
    from place_counts
    inner join region_parts
        on place_counts.part_code = region_parts.part_code
    group by
        region_parts.region_code,
        place_counts.indicator_id,
        place_counts.month
),

-- A region and indicator meet their sum, or nothing was counted.
actuals as (
    select
        expected.region_code,
        expected.indicator_id,
        expected.month,
        coalesce(summed.numerator, 0) as numerator,
        case
            when expected.kind = 'count' then 1
            else coalesce(summed.denominator, 0)
        end as denominator
    from expected
    left join summed
        on expected.region_code = summed.region_code
        and expected.indicator_id = summed.indicator_id
        and expected.month = summed.month
)

select * from actuals
