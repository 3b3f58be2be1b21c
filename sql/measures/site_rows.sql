-- The site rows in force, each with the number under which its site is counted once.
-- zh: 有效载体行及其归并后的编号。
-- grain: source_file, source_row
-- kept as: view
--
-- Rows are one site if region, kind and number agree, or region, kind, name and day of recognition: a site without a number
-- has one made from its name. site_id is the lowest of its numbers.
with
sites as (select * from staging.sites),

slices_in_force as (select * from measures.slices_in_force where feed = 'sites'),

-- A site row meets the one slice in force that it came in.
sites_in_force as (
    select
        sites.region_code,
        sites.kind,
        sites.site_id as reported_site_id,
        regexp_replace(translate(lower(sites.name), '（）', '()'), '\s', '', 'g') as name,
        sites.level,
        sites.enterprise_code,
        sites.village_code,
        sites.site_area,
        sites.recognised_on,
        sites.cancelled_on,
        sites.source_file,
        sites.source_row
    from sites
    inner join slices_in_force
        on sites.slice_region = slices_in_force.slice_region
        and sites.slice_period = slices_in_force.slice_period
),

same_name as (
    select
        *,
        min(reported_site_id) over (
            partition by region_code, kind, name, recognised_on
        ) as name_site_id
    from sites_in_force
),

same_number as (
    select
        region_code,
        kind,
        min(name_site_id) over (
            partition by region_code, kind, reported_site_id
        ) as site_id,
        reported_site_id,
        name,
        level,
        enterprise_code,
        village_code,
        site_area,
        recognised_on,
        cancelled_on,
        source_file,
        source_row
    from same_name
)

select * from same_number
