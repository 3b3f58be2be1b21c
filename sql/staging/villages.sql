-- The province's villages as delivered: one row a village.
-- zh: 行政村名册:一村一行。
-- grain: slice_region, slice_period, village_code
-- kept as: table
--
-- A blank is_poor_village is unknown and does not make the village a poor one.
select
    region_code,
    village_code,
    name,
    township,
    is_poor_village,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.villages
