-- Which counties and which reporting units lie beside each other.
-- zh: 相邻的县(市、区)和相邻的填报单位。
-- grain: region_code, neighbour_code
-- kept as: table
--
-- Counties as policy.region_neighbours says; units where counties of theirs are. Each pair stands here both ways.
with
context as (select * from run.context),

region_neighbours as (select * from policy.region_neighbours),

regions as (select * from policy.regions),

counties as (
    select
        regions.region_code,
        regions.unit_code
    from regions
    inner join context
        on regions.level = 'county'
        and regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
),

county_pairs as (
    select
        region_neighbours.region_code,
        region_neighbours.neighbour_code
    from region_neighbours
    inner join context
        on region_neighbours.valid_from <= context.as_of
        and (region_neighbours.valid_to is null or region_neighbours.valid_to > context.as_of)
),

-- Each pair meets the two counties, and their units.
neighbours as (
    select
        county_pairs.region_code,
        county_pairs.neighbour_code
    from county_pairs
    inner join counties
        on county_pairs.region_code = counties.region_code
    inner join counties as neighbour_counties
        on county_pairs.neighbour_code = neighbour_counties.region_code
    union
    select
        counties.unit_code as region_code,
        neighbour_counties.unit_code as neighbour_code
    from county_pairs
    inner join counties
        on county_pairs.region_code = counties.region_code
    inner join counties as neighbour_counties
        on county_pairs.neighbour_code = neighbour_counties.region_code
    where counties.unit_code <> neighbour_counties.unit_code
)

select * from neighbours
