-- Brokers of the slices in force: the register as it stands, every row as it was delivered.
-- zh: 劳务经纪人:有效材料中的全部行。
-- grain: source_file, source_row
-- kept as: view
with
brokers as (select * from staging.brokers),

slices_in_force as (select * from measures.slices_in_force where feed = 'brokers'),

-- A row meets the one slice in force that it came in.
brokers_in_force as (
    select brokers.*
    from brokers
    inner join slices_in_force
        on brokers.slice_region = slices_in_force.slice_region
        and brokers.slice_period = slices_in_force.slice_period
)

select * from brokers_in_force
