-- Which share of the year's target is expected by which day, for indicators whose schedule is steps.
-- zh: 按节点的序时要求:到哪一天应完成年度任务的多少。
-- grain: indicator_id, year, due_on, valid_from
-- kept as: table
--
-- share: of one, in hundredths; it holds from due_on until the next step, and before the first nothing is expected.
select
    indicator_id,
    cast(year as integer) as year,
    cast(due_on as date) as due_on,
    cast(share as decimal(5,2)) as share,
    set_by,
    cast(set_on as date) as set_on,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.schedule_steps
