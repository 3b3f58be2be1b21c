-- Who works at which site, as delivered: one row a person, site and first day.
-- zh: 载体用工名册:一人一处一段一行。
-- grain: slice_region, slice_period, person_key, site_id, started_on
-- kept as: table
--
-- A blank ended_on is work that lasts. A month alone was read as its first day. A blank contract_months is unknown.
select
    person_key,
    region_code,
    site_id,
    started_on,
    ended_on,
    contract_months,
    monthly_wage,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.site_roster
