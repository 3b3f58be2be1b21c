-- Contacts with a person as delivered: one row a person, day and kind of service.
-- zh: 服务记录:一人一日一类一行。
-- grain: slice_region, slice_period, person_key, served_on, kind
-- kept as: table
--
-- A blank fee is unknown, not free.
select
    person_key,
    region_code,
    served_on,
    kind,
    channel,
    fee,
    result,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.services
