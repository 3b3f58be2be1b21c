-- Public-welfare posts and who holds them, as delivered: one row a post.
-- zh: 公益性岗位:一岗一行。
-- grain: slice_region, slice_period, post_id
-- kept as: table
--
-- A blank person_key is a post nobody holds, a blank ended_on one that lasts, a blank part_time unknown.
select
    person_key,
    region_code,
    post_id,
    kind,
    employer,
    part_time,
    started_on,
    ended_on,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.posts
