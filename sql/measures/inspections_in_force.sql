-- Inspections of the slices in force: the register as it stands, every row as it was delivered.
-- zh: 检查:有效材料中的全部行。
-- grain: source_file, source_row
-- kept as: view
with
inspections as (select * from staging.inspections),

slices_in_force as (select * from measures.slices_in_force where feed = 'inspections'),

-- A row meets the one slice in force that it came in.
inspections_in_force as (
    select inspections.*
    from inspections
    inner join slices_in_force
        on inspections.slice_region = slices_in_force.slice_region
        and inspections.slice_period = slices_in_force.slice_period
)

select * from inspections_in_force
