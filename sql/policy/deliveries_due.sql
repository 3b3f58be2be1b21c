-- Who must deliver which feed for which periods, and by which day.
-- zh: 哪类材料由谁按什么周期报送,最迟哪天。
-- grain: feed, who, valid_from
-- kept as: table
--
-- who: county = every county, unit = every reporting unit, province = the provincial office (files of all regions).
-- slice: month, quarter or year; due_days are counted from the last day of the period, or from its first where counted_from
-- says so, and that day itself is still in time. A row holds for periods that end while it is in force.
select
    feed,
    who,
    slice,
    counted_from,
    cast(due_days as integer) as due_days,
    set_by,
    cast(set_on as date) as set_on,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.deliveries_due
