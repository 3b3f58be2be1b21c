-- Papers handed in of the slices in force: the register as it stands, every row as it was delivered.
-- zh: 报送登记:有效材料中的全部行。
-- grain: source_file, source_row
-- kept as: view
with
submissions as (select * from staging.submissions),

slices_in_force as (select * from measures.slices_in_force where feed = 'submissions'),

-- A row meets the one slice in force that it came in.
submissions_in_force as (
    select submissions.*
    from submissions
    inner join slices_in_force
        on submissions.slice_region = slices_in_force.slice_region
        and submissions.slice_period = slices_in_force.slice_period
)

select * from submissions_in_force
