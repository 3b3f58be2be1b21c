-- Figures as the units report them in annexes 3 to 5: one row a unit, period and indicator.
-- zh: 统计报表附件3、4、5:一单位一期一指标一行。
-- grain: slice_region, slice_period, unit_code, period, indicator
-- kept as: table
--
-- These are claims to compare with what the warehouse computes, never a source of progress. A blank planned is a plan not typed.
select
    region_code,
    unit as unit_code,
    period,
    indicator,
    planned,
    actual,
    form,
    issued_on,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.stat_reports
