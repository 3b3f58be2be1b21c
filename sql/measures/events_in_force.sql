-- Events of the slices in force: the register as it stands, every row as it was delivered.
-- zh: 活动:有效材料中的全部行。
-- grain: source_file, source_row
-- kept as: view
with
events as (select * from staging.events),

slices_in_force as (select * from measures.slices_in_force where feed = 'events'),

-- A row meets the one slice in force that it came in.
events_in_force as (
    select events.*
    from events
    inner join slices_in_force
        on events.slice_region = slices_in_force.slice_region
        and events.slice_period = slices_in_force.slice_period
)

select * from events_in_force
