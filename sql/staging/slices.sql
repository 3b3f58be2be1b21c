-- The slices in force: one row a feed, region and month (a register: region and year), also where a delivery held no rows.
-- zh: 有效切片:一类材料一地一期一行,零行的报送也在内。
-- grain: feed, slice_region, slice_period
-- kept as: table
--
-- covers_until is the last day that the period covers; periods compare by it.
select
    feed,
    slice_region,
    slice_period,
    cast(cast(concat(slice_period, '-01') as date) + interval '1 month' - interval '1 day' as date) as covers_until,
    source_file,
    rows_loaded
from meta.slices
