-- Which figure of which indicator each item of the quarterly forms is.
-- zh: 统计报表附件3、4、5的各项指标对应哪个计算数。
-- grain: form, indicator, valid_from
-- kept as: table
--
-- figure: count = the indicator's number; numerator, denominator, percent = those of a share.
select
    form,
    indicator,
    indicator_id,
    figure,
    cast(sort_order as integer) as sort_order,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.report_items
