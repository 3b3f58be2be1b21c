-- T3: provincial bases recognised in the year and in force, on each day measured.
-- zh: T3 本年认定且未注销的省级返乡创业基地,各计量日。
-- grain: month, region_code, site_id
-- kept as: table
with
days as (select * from measures.days),

sites as (select * from measures.sites),

code_sets as (select * from policy.code_sets),

-- A base meets every month from its recognition on in which it is in force, and one code of each set.
bases as (
    select
        days.month,
        sites.region_code,
        sites.site_id,
        sites.name,
        sites.recognised_on,
        sites.cancelled_on
    from days
    inner join sites
        on sites.recognised_on >= days.year_starts_on
        and sites.recognised_on <= days.on_date
        and (sites.cancelled_on is null or sites.cancelled_on > days.on_date)
    inner join code_sets as kinds
        on kinds.set_name = 'base'
        and kinds.in_set
        and kinds.code = sites.kind
        and kinds.valid_from <= days.on_date
        and (kinds.valid_to is null or kinds.valid_to > days.on_date)
    inner join code_sets as levels
        on levels.set_name = 'base_level'
        and levels.in_set
        and levels.code = coalesce(sites.level, 'blank')
        and levels.valid_from <= days.on_date
        and (levels.valid_to is null or levels.valid_to > days.on_date)
)

select * from bases
