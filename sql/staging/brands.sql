-- Labour brands as delivered: one row a brand.
-- zh: 劳务品牌:一个品牌一行。
-- grain: slice_region, slice_period, name
-- kept as: table
--
-- A blank has_local_character is unknown, not no.
select
    region_code,
    name,
    recognised_on,
    subject,
    has_local_character,
    exported,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.brands
