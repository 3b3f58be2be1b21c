-- Villages of the slices in force: the register as it stands, every row as it was delivered.
-- zh: 行政村名册:有效材料中的全部行。
-- grain: source_file, source_row
-- kept as: view
with
villages as (select * from staging.villages),

slices_in_force as (select * from measures.slices_in_force where feed = 'villages'),

-- A row meets the one slice in force that it came in.
villages_in_force as (
    select villages.*
    from villages
    inner join slices_in_force
        on villages.slice_region = slices_in_force.slice_region
        and villages.slice_period = slices_in_force.slice_period
)

select * from villages_in_force
