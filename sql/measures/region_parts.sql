-- Which rows' places add to which region: a county to itself, its unit, the province and, if poor, the poor counties together.
-- zh: 汇总关系:县加到县、填报单位、全省,贫困县另加到15县合计。
-- grain: region_code, part_code
-- kept as: table
--
-- Rows of a unit's file without county stand at the unit: they add to the unit and the province, to no county.
-- The tree is the reporting one, as it stands at the as-of date.
with
context as (select * from run.context),

regions as (select * from policy.regions),

regions_in_force as (
    select
        regions.region_code,
        regions.level,
        regions.unit_code,
        regions.is_poor_county
    from regions
    inner join context
        on regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
),

own_parts as (
    select
        region_code,
        region_code as part_code
    from regions_in_force
    where level in ('province', 'unit', 'county')
),

unit_parts as (
    select
        unit_code as region_code,
        region_code as part_code
    from regions_in_force
    where level = 'county'
),

-- One province meets every unit and county.
province_parts as (
    select
        provinces.region_code,
        parts.region_code as part_code
    from regions_in_force as provinces
    cross join regions_in_force as parts
    where provinces.level = 'province'
        and parts.level in ('unit', 'county')
),

-- One group meets every poor county.
group_parts as (
    select
        groups.region_code,
        parts.region_code as part_code
    from regions_in_force as groups
    cross join regions_in_force as parts
    where groups.level = 'group'
        and parts.level = 'county'
        and parts.is_poor_county
),

region_parts as (
    select * from own_parts
    union all
    select * from unit_parts
    union all
    select * from province_parts
    union all
    select * from group_parts
)

select * from region_parts
