-- Texts that were learned to mean a code after the contract was written.
-- zh: 合同代码表之外,后来认定的写法与代码的对应。
-- grain: feed, field, text, valid_from
-- kept as: table
--
-- The loader reads these rows beside the contract's own aliases, for deliveries whose period ends while a row is in force.
-- meta.unmapped lists the texts that still mean nothing, each with a row ready to be completed and added here.
select
    feed,
    field,
    text,
    code,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference,
    set_by,
    cast(set_on as date) as set_on
from csv.code_aliases
