-- The six measured targets of the plan, in its words.
-- zh: 方案的六项可计量目标。
-- grain: indicator_id, valid_from
-- kept as: table
--
-- feed: the feed whose accepted slice decides whether a region has reported. kind: a count adds up; a share is a level and never does.
-- platform: the part of the plan that it belongs to; a blank is the whole plan.
select
    indicator_id,
    name,
    name_en,
    short_name,
    short_name_en,
    unit,
    unit_en,
    feed,
    kind,
    quote,
    platform,
    cast(higher_is_better as boolean) as higher_is_better,
    cast(sort_order as integer) as sort_order,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.indicators
