-- Rosters of sites of the slices in force: the register as it stands, every row as it was delivered.
-- zh: 载体用工名册:有效材料中的全部行。
-- grain: source_file, source_row
-- kept as: view
with
site_roster as (select * from staging.site_roster),

slices_in_force as (select * from measures.slices_in_force where feed = 'site_roster'),

-- A row meets the one slice in force that it came in.
site_roster_in_force as (
    select site_roster.*
    from site_roster
    inner join slices_in_force
        on site_roster.slice_region = slices_in_force.slice_region
        and site_roster.slice_period = slices_in_force.slice_period
)

select * from site_roster_in_force
