-- Lists for matching of the slices in force: the register as it stands, every row as it was delivered.
-- zh: 外部名单:有效材料中的全部行。
-- grain: source_file, source_row
-- kept as: view
with
person_lists as (select * from staging.person_lists),

slices_in_force as (select * from measures.slices_in_force where feed = 'person_lists'),

-- A row meets the one slice in force that it came in.
person_lists_in_force as (
    select person_lists.*
    from person_lists
    inner join slices_in_force
        on person_lists.slice_region = slices_in_force.slice_region
        and person_lists.slice_period = slices_in_force.slice_period
)

select * from person_lists_in_force
