-- Papers that the units sent, as the provincial office registered them: one row a unit, kind and period.
-- zh: 报送登记:一单位一材料一期一行。
-- grain: slice_region, slice_period, unit_code, kind, period
-- kept as: table
--
-- A paper that is not here has not been received. A blank has_… is unknown.
select
    region_code,
    unit as unit_code,
    kind,
    period,
    received_on,
    has_targets,
    has_support,
    has_guarantee,
    document,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.submissions
