-- T1: dedicated job fairs, each once, however many rows report it.
-- zh: T1 专场招聘会:同类、同日、同县、同名(清洗后)为一场。
-- grain: region_code, held_on, kind, name
-- kept as: table
--
-- County and unit rows of one event are one. A row of a unit's file without county stands at the unit, unless a county of the
-- unit reports the same kind, day and name: then it is that county's fair.
-- Head counts are the largest that any row states: rows of one event repeat it.
with
events as (select * from staging.events),

slices_in_force as (select * from measures.slices_in_force where feed = 'events'),

region_parts as (select * from measures.region_parts),

code_sets as (select * from policy.code_sets),

-- An event row meets the one slice in force that it came in.
events_in_force as (
    select
        events.region_code,
        events.held_on,
        events.kind,
        regexp_replace(translate(lower(events.name), '（）“”"', '()'), '\s', '', 'g') as name,
        events.enterprises,
        events.posts,
        events.attendees,
        events.poor_attendees
    from events
    inner join slices_in_force
        on events.slice_region = slices_in_force.slice_region
        and events.slice_period = slices_in_force.slice_period
),

-- A kind is judged by the code set in force on the day of the fair.
fair_rows as (
    select events_in_force.*
    from events_in_force
    inner join code_sets
        on code_sets.set_name = 'fair'
        and code_sets.in_set
        and code_sets.code = events_in_force.kind
        and code_sets.valid_from <= events_in_force.held_on
        and (code_sets.valid_to is null or code_sets.valid_to > events_in_force.held_on)
),

merged as (
    select
        region_code,
        held_on,
        kind,
        name,
        count(*) as rows_merged,
        max(enterprises) as enterprises,
        max(posts) as posts,
        max(attendees) as attendees,
        max(poor_attendees) as poor_attendees
    from fair_rows
    group by
        region_code,
        held_on,
        kind,
        name
),

-- A fair of a county meets the unit and the province above it: rows that stand there under its name are the same fair.
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

fairs as (
    select merged.*
    from merged
    left anti join known_below
        on merged.region_code = known_below.region_code
        and merged.held_on = known_below.held_on
        and merged.kind = known_below.kind
        and merged.name = known_below.name
)

select * from fairs
