-- Persons in classes as delivered: one row a person and class.
-- zh: 培训名册:一人一班一行。
-- grain: slice_region, slice_period, person_key, class_id
-- kept as: table
--
-- A blank ended_on is a course that has not ended, a blank completed one not completed; a blank fee is unknown, not free.
select
    person_key,
    region_code,
    class_id,
    type,
    subject,
    mode,
    institution,
    recognised as is_recognised_institution,
    started_on,
    ended_on,
    completed,
    fee,
    subsidy,
    followed_up_on,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.training
