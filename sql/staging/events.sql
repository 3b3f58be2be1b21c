-- Fairs, campaigns and other activities as delivered: one row an event as somebody reported it.
-- zh: 活动:一次活动(各自填报)一行。
-- grain: slice_region, slice_period, event_id
-- kept as: table
--
-- One event may be here several times, from the county, the unit or split into rows: measures.fairs makes them one.
-- A blank head count is unknown, not zero.
select
    region_code,
    event_id,
    kind,
    name,
    held_on,
    place,
    host,
    media,
    partner,
    enterprises,
    posts,
    attendees,
    poor_attendees,
    intents,
    poor_intents,
    poor_hired,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.events
