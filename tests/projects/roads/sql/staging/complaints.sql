-- Complaints as delivered.
-- grain: slice_region, slice_period, complaint
-- kept as: view
select
    complaint,
    road,
    made_on,
    closed_on,
    slice_region,
    slice_period
from raw.complaints
