-- The first letters of each place's short name in pinyin, by which people type it.
-- zh: 地区简称的拼音首字母,供检索。
-- grain: region_code, valid_from
-- kept as: table
select
    region_code,
    initials,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.region_initials
