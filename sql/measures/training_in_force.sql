-- Places in courses of the slices in force: the register as it stands, every row as it was delivered.
-- zh: 培训名册:有效材料中的全部行。
-- grain: source_file, source_row
-- kept as: view
with
training as (select * from staging.training),

slices_in_force as (select * from measures.slices_in_force where feed = 'training'),

-- A row meets the one slice in force that it came in.
training_in_force as (
    select training.*
    from training
    inner join slices_in_force
        on training.slice_region = slices_in_force.slice_region
        and training.slice_period = slices_in_force.slice_period
)

select * from training_in_force
