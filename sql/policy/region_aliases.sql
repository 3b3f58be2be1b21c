-- What people write for a place, and the place of 2018 that it means.
-- zh: 人们对地方的写法,与2018年地区的对应。
-- grain: alias, applies_to, within_code, valid_from
-- kept as: table
--
-- applies_to: region = a county column, unit = a column for reporting units.
-- within: a blank holds anywhere in the province; else only inside a file delivered by that county or unit. Names shared with
-- other provinces (朝阳区, 铁西区, 铁东区, 西安区), bare district names, and units in a county column are scoped so.
-- A code of 2018 itself needs no row. Every former code is its own row to its place of 2018: the history has loops and splits,
-- so no chain is followed. Left out because their area was split between counties, or is no county: 220111, 222101, 222102,
-- 222201, 222202, 222302, 222303, 222321, 222322, 222324, and the codes of whole prefectures.
-- Development zones other than 长白山 lie across several districts and are left out: such a row is refused, not guessed.
-- Source: areacodes (CC0).
select
    alias,
    region_code,
    coalesce("within", '220000') as within_code,
    kind,
    applies_to,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.region_aliases
