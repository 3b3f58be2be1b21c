-- What each place has to reach in the year, by the paper that says so.
-- zh: 各地全年任务,及其出自哪份文件。
-- grain: annex, region_code, indicator_id, year, valid_from
-- kept as: table
--
-- annex: plan = the province (the text); annex_1 = the units; annex_2 = the poor counties; split = the counties, which the units
-- decide themselves. Progress is judged by split; the others are compared with its sums by checks.
-- Only the province's numbers are published. The rest is an invented split (largest remainder on village committees × poverty
-- multiplier) and is called synthetic wherever it is shown; a real split replaces it as rows.
-- T6 is a level: it is the same for every place and never adds up.
select
    annex,
    region_code,
    level,
    indicator_id,
    cast(year as integer) as year,
    cast(target as decimal(18,4)) as target,
    cast(is_synthetic as boolean) as is_synthetic,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.targets
