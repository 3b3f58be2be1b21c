-- Which codes of a field count for what.
-- zh: 字段的哪些代码算什么。
-- grain: set_name, code, valid_from
-- kept as: table
--
-- The code `blank` says what a blank cell counts as.
select
    set_name,
    feed,
    field,
    code,
    cast(in_set as boolean) as in_set,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.code_sets
