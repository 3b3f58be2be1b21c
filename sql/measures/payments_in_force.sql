-- Payments of the slices in force: the register as it stands, every row as it was delivered.
-- zh: 补贴奖补发放:有效材料中的全部行。
-- grain: source_file, source_row
-- kept as: view
with
payments as (select * from staging.payments),

slices_in_force as (select * from measures.slices_in_force where feed = 'payments'),

-- A row meets the one slice in force that it came in.
payments_in_force as (
    select payments.*
    from payments
    inner join slices_in_force
        on payments.slice_region = slices_in_force.slice_region
        and payments.slice_period = slices_in_force.slice_period
)

select * from payments_in_force
