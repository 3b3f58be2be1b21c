-- Spells of work as delivered: one row a person and first day.
-- zh: 就业记录:一人一段一行。
-- grain: slice_region, slice_period, person_key, started_on
-- kept as: table
--
-- A blank ended_on is a spell that lasts. A blank contract, insured or paid_on_time is unknown: neither yes nor no.
select
    person_key,
    region_code,
    started_on,
    ended_on,
    kind,
    place,
    channel,
    employer,
    employer_code,
    monthly_wage,
    contract,
    insured,
    paid_on_time,
    to_region,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.employment
