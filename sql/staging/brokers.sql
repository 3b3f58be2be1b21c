-- Rural labour brokers as delivered: one row a person.
-- zh: 劳务经纪人:一人一行。
-- grain: slice_region, slice_period, person_key
-- kept as: table
--
-- A blank withdrawn_on is a broker still active. A month alone was read as its first day.
select
    person_key,
    region_code,
    village_code,
    is_poor,
    trained,
    recognised_on,
    withdrawn_on,
    led_workers,
    led_poor_workers,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.brokers
