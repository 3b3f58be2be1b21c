-- Inspections, findings and the blacklist as delivered: one row an inspection.
-- zh: 用工检查与督查:一次一行。
-- grain: slice_region, slice_period, inspection_id
-- kept as: table
--
-- A blank finding is nothing found; a blank closed_on a finding still open; a blank blacklist_until a listing that lasts.
-- A blank wages_owed is none owed as far as is known.
select
    region_code,
    inspection_id,
    kind,
    employer,
    enterprise_code,
    inspected_on,
    finding,
    severity,
    notified_on,
    due_on,
    closed_on,
    wages_owed,
    wages_recovered,
    workers_affected,
    blacklisted_on,
    blacklist_until,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.inspections
