-- Every activity of the register, of whatever kind, each once, however many rows report it.
-- zh: 全部活动:同类、同日、同地、同名(清洗后)为一次。
-- grain: region_code, held_on, kind, name
-- kept as: table
--
-- measures.fairs is the same for the kinds of T1. A row of a unit's file without county stands at the unit, unless a county of
-- the unit reports the same kind, day and name. posts is the largest that any row states; blank if none states it.
with
events as (select * from measures.events_in_force),

region_parts as (select * from measures.region_parts),

named as (
    select
        region_code,
        held_on,
        kind,
        regexp_replace(translate(lower(name), '（）“”"', '()'), '\s', '', 'g') as name,
        posts,
        source_file,
        source_row
    from events
),

ordered as (
    select
        *,
        row_number() over (
            partition by region_code, held_on, kind, name
            order by source_file, source_row
        ) as row_order
    from named
),

merged as (
    select
        region_code,
        held_on,
        kind,
        name,
        max(posts) as posts,
        max(case when row_order = 1 then source_file end) as source_file,
        max(case when row_order = 1 then source_row end) as source_row
    from ordered
    group by
        region_code,
        held_on,
        kind,
        name
),

-- An activity of a county meets the unit and the province above it: rows that stand there under its name are the same.
known_below as (
    select distinct
        region_parts.region_code,
        merged.held_on,
        merged.kind,
        merged.name
    from merged
    inner join region_parts
        on merged.region_code = region_parts.part_code
        and merged.region_code <> region_parts.region_code
),

activities as (
    select merged.*
    from merged
    left anti join known_below
        on merged.region_code = known_below.region_code
        and merged.held_on = known_below.held_on
        and merged.kind = known_below.kind
        and merged.name = known_below.name
)

select * from activities
