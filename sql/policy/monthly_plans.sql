-- What a county signed to have reached by which day, for indicators whose schedule is the monthly plan.
-- zh: 各县签订的月度计划:到哪一天累计应完成多少。
-- grain: region_code, indicator_id, year, due_on, valid_from
-- kept as: table
--
-- amount: cumulative from 1 January; it holds from due_on until the next row. A parent's plan is the sum of its counties'.
select
    region_code,
    indicator_id,
    cast(year as integer) as year,
    cast(due_on as date) as due_on,
    cast(amount as decimal(18,4)) as amount,
    set_by,
    cast(set_on as date) as set_on,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.monthly_plans
