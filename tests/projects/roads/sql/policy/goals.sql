-- How many metres of each road are to be repaired in a year.
-- grain: road, year, valid_from
-- kept as: table
select
    road,
    cast(year as integer) as year,
    cast(metres as bigint) as metres,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.goals
