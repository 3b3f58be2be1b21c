-- Which counties each list from elsewhere speaks of, and up to which day.
-- zh: 各外部名单涉及哪些县(市、区)、截至哪一天。
-- grain: list_name, region_code
-- kept as: table
--
-- A list speaks of every county that it has a row of; in a unit's file of all the unit's counties, and in a file of all regions
-- of every county: one that it has no row of has nobody on it. Of whom no list speaks, nothing can be said.
with
context as (select * from run.context),

list_rows as (select * from measures.list_rows),

deliveries as (select * from meta.deliveries where feed = 'person_lists' and region = 'all'),

regions as (select * from policy.regions),

regions_in_force as (
    select
        regions.region_code,
        regions.level,
        regions.unit_code
    from regions
    inner join context
        on regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
),

lists as (
    select
        list_name,
        region_code,
        slice_region,
        source_file,
        max(covers_until) as covers_until
    from list_rows
    group by
        list_name,
        region_code,
        slice_region,
        source_file
),

files_of_all as (select distinct file from deliveries),

-- A file of all regions meets every county, a unit's file the counties of the unit.
spoken_of as (
    select list_name, region_code, covers_until from lists
    union all
    select
        lists.list_name,
        regions_in_force.region_code,
        lists.covers_until
    from lists
    inner join regions_in_force
        on lists.slice_region = regions_in_force.unit_code
        and regions_in_force.level = 'county'
    union all
    select
        lists.list_name,
        regions_in_force.region_code,
        lists.covers_until
    from lists
    inner join files_of_all
        on lists.source_file = files_of_all.file
    inner join regions_in_force
        on regions_in_force.level = 'county'
),

list_coverage as (
    select
        list_name,
        region_code,
        max(covers_until) as covers_until
    from spoken_of
    group by
        list_name,
        region_code
)

select * from list_coverage
