-- Loans of the slices in force: the register as it stands, every row as it was delivered.
-- zh: 创业担保贷款:有效材料中的全部行。
-- grain: source_file, source_row
-- kept as: view
with
loans as (select * from staging.loans),

slices_in_force as (select * from measures.slices_in_force where feed = 'loans'),

-- A row meets the one slice in force that it came in.
loans_in_force as (
    select loans.*
    from loans
    inner join slices_in_force
        on loans.slice_region = slices_in_force.slice_region
        and loans.slice_period = slices_in_force.slice_period
)

select * from loans_in_force
