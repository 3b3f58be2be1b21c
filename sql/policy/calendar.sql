-- The days of the year, with those on which offices work.
-- zh: 日历:每一天属于哪年哪季哪月,是否工作日。
-- grain: day, valid_from
-- kept as: table
--
-- Deadlines are calendar dates and never move; the last working day before one is a hint.
-- Source: the State Council's notices on the holidays of 2018 and of New Year 2019.
select
    cast(day as date) as day,
    cast(year as integer) as year,
    cast(quarter as integer) as quarter,
    cast(month as integer) as month,
    cast(day_of_year as integer) as day_of_year,
    cast(days_in_year as integer) as days_in_year,
    cast(is_working_day as boolean) as is_working_day,
    cast(is_month_end as boolean) as is_month_end,
    cast(is_quarter_end as boolean) as is_quarter_end,
    holiday,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.calendar
