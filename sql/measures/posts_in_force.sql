-- Public posts of the slices in force: the register as it stands, every row as it was delivered.
-- zh: 公益性岗位:有效材料中的全部行。
-- grain: source_file, source_row
-- kept as: view
with
posts as (select * from staging.posts),

slices_in_force as (select * from measures.slices_in_force where feed = 'posts'),

-- A row meets the one slice in force that it came in.
posts_in_force as (
    select posts.*
    from posts
    inner join slices_in_force
        on posts.slice_region = slices_in_force.slice_region
        and posts.slice_period = slices_in_force.slice_period
)

select * from posts_in_force
