-- Numbers that the plan leaves open, each with who set it and when.
-- zh: 方案没有写明的数值,由谁何时设定。
-- grain: name, valid_from
-- kept as: table
--
-- A new number is a new row with its own valid_from, and the old one gets a valid_to: never an edit.
select
    name,
    cast(value as decimal(18,6)) as value,
    unit,
    set_by,
    cast(set_on as date) as set_on,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.thresholds
