-- Towns whose code lies in one county and whose people belong to another region.
-- zh: 代码在一县、人归另一地的乡镇。
-- grain: prefix, valid_from
-- kept as: table
--
-- A code of 9 or 12 digits that begins with the prefix belongs to region_code, not to county_code.
select
    prefix,
    name,
    region_code,
    county_code,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.special_townships
