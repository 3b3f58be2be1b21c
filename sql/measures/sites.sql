-- Workshops, bases and markets, each once, however many rows report it.
-- zh: 就业扶贫载体:一处一行。
-- grain: region_code, kind, site_id
-- kept as: table
--
-- What describes the site is taken from the row recognised first; a cancellation that any row states holds. A row of a unit's
-- file without county stands at the unit, unless a county of the unit reports the same kind and number.
with
site_rows as (select * from measures.site_rows),

region_parts as (select * from measures.region_parts),

ordered as (
    select
        *,
        row_number() over (
            partition by region_code, kind, site_id
            order by recognised_on, source_file, source_row
        ) as row_order
    from site_rows
),

merged as (
    select
        region_code,
        kind,
        site_id,
        max(case when row_order = 1 then name end) as name,
        max(case when row_order = 1 then level end) as level,
        max(case when row_order = 1 then enterprise_code end) as enterprise_code,
        max(case when row_order = 1 then village_code end) as village_code,
        max(case when row_order = 1 then site_area end) as site_area,
        min(recognised_on) as recognised_on,
        min(cancelled_on) as cancelled_on,
        count(*) as rows_merged
    from ordered
    group by
        region_code,
        kind,
        site_id
),

-- A site of a county meets the unit and the province above it: rows that stand there under its number are the same site.
known_below as (
    select distinct
        region_parts.region_code,
        merged.kind,
        merged.site_id
    from merged
    inner join region_parts
        on merged.region_code = region_parts.part_code
        and merged.region_code <> region_parts.region_code
),

sites as (
    select merged.*
    from merged
    left anti join known_below
        on merged.region_code = known_below.region_code
        and merged.kind = known_below.kind
        and merged.site_id = known_below.site_id
)

select * from sites
