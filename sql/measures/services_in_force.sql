-- Services of the slices in force: the register as it stands, every row as it was delivered.
-- zh: 服务记录:有效材料中的全部行。
-- grain: source_file, source_row
-- kept as: view
with
services as (select * from staging.services),

slices_in_force as (select * from measures.slices_in_force where feed = 'services'),

-- A row meets the one slice in force that it came in.
services_in_force as (
    select services.*
    from services
    inner join slices_in_force
        on services.slice_region = slices_in_force.slice_region
        and services.slice_period = slices_in_force.slice_period
)

select * from services_in_force
