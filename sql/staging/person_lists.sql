-- Lists from other systems as delivered, for matching with the ledger: one row a list and person.
-- zh: 外部名单:一名单一人一行。
-- grain: slice_region, slice_period, list_name, person_key
-- kept as: table
--
-- A blank status is a status that the other system does not give.
select
    person_key,
    region_code,
    list as list_name,
    status,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.person_lists
