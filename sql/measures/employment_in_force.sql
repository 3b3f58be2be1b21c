-- Spells of work of the slices in force: the register as it stands, every row as it was delivered.
-- zh: 就业记录:有效材料中的全部行。
-- grain: source_file, source_row
-- kept as: view
with
employment as (select * from staging.employment),

slices_in_force as (select * from measures.slices_in_force where feed = 'employment'),

-- A row meets the one slice in force that it came in.
employment_in_force as (
    select employment.*
    from employment
    inner join slices_in_force
        on employment.slice_region = slices_in_force.slice_region
        and employment.slice_period = slices_in_force.slice_period
)

select * from employment_in_force
