-- Everything counted stands at a place that adds to the province: nothing falls out of a sum.
-- zh: 所有计数都落在可汇总的地区。
-- severity: error
-- grain: part_code, indicator_id, month
with
place_counts as (select * from measures.place_counts),

region_parts as (select * from measures.region_parts),

regions as (select * from policy.regions where level = 'province'),

provincial_parts as (
    select distinct region_parts.part_code
    from region_parts
    inner join regions
        on region_parts.region_code = regions.region_code
),

broken as (
    select place_counts.*
    from place_counts
    left anti join provincial_parts
        on place_counts.part_code = provincial_parts.part_code
)

select * from broken
