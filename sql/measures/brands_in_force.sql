-- Brands of the slices in force: the register as it stands, every row as it was delivered.
-- zh: 劳务品牌:有效材料中的全部行。
-- grain: source_file, source_row
-- kept as: view
with
brands as (select * from staging.brands),

slices_in_force as (select * from measures.slices_in_force where feed = 'brands'),

-- A row meets the one slice in force that it came in.
brands_in_force as (
    select brands.*
    from brands
    inner join slices_in_force
        on brands.slice_region = slices_in_force.slice_region
        and brands.slice_period = slices_in_force.slice_period
)

select * from brands_in_force
