-- Within how many days a complaint is to be closed, by the day on which it was made.
-- grain: name, valid_from
-- kept as: table
select
    name,
    cast(days as bigint) as days,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.limits
