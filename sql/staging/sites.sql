-- Workshops, bases and markets as delivered: one row a site as somebody reported it.
-- zh: 就业扶贫载体:一处(各自填报)一行。
-- grain: slice_region, slice_period, site_id
-- kept as: table
--
-- A blank cancelled_on is a site still in force. workers and poor_workers are as typed; the roster is what counts.
select
    region_code,
    site_id,
    kind,
    level,
    name,
    enterprise_code,
    village_code,
    site_area,
    recognised_on,
    cancelled_on,
    workers as workers_typed,
    poor_workers as poor_workers_typed,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.sites
