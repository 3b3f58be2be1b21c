-- Places whose rows may speak of the same thing: a place and itself, and a place and what stands above or below it.
-- zh: 可相互对应的地区:本地、其上级、其下级。
-- grain: region_code, matching_code
-- kept as: view
--
-- A roster or a payment kept by the unit finds the county's site or loan, and the other way round.
with
region_parts as (select * from measures.region_parts),

-- A pair of places meets itself both ways; a place is a part of itself, so it matches itself once.
matching_places as (
    select
        region_code,
        part_code as matching_code
    from region_parts
    union
    select
        part_code as region_code,
        region_code as matching_code
    from region_parts
)

select * from matching_places
