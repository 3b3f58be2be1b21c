-- Repairs as delivered.
-- grain: slice_region, slice_period, repair
-- kept as: view
select
    repair,
    road,
    kind,
    repaired_on,
    metres,
    slice_region,
    slice_period
from raw.repairs
