-- How much of a year's target is expected by a date.
-- zh: 到某日应完成全年目标的多少。
-- grain: indicator_id, year, valid_from
-- kept as: table
--
-- method: linear_by_day = target × day of the year / days of the year; level = the target itself on every day; steps = target ×
-- the share that policy.schedule_steps asks for by the day; monthly_plan = the amount that the region itself signed for by the
-- day (policy.monthly_plans), linear where it signed none.
select
    indicator_id,
    cast(year as integer) as year,
    method,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.schedules
