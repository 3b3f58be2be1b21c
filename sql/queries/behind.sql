-- Tasks that are behind: places with a yellow or red light, the widest gap first
-- zh: 落后的任务：亮黄灯、红灯的地区，差距最大的在前
select
    regions.short_name || ' · ' || indicators.name as task,
    -progress.gap_pp as behind_pp,
    progress.light,
    progress.actual,
    progress.expected,
    progress.target,
    progress.is_partial,
    progress.region_code,
    progress.indicator_id
from measures.progress
-- each row meets one place and one indicator in force
inner join policy.regions on regions.region_code = progress.region_code
inner join policy.indicators on indicators.indicator_id = progress.indicator_id
where progress.light in ('yellow', 'red')
    and regions.valid_from <= (select as_of from run.context)
    and (regions.valid_to is null or regions.valid_to > (select as_of from run.context))
    and indicators.valid_from <= (select as_of from run.context)
    and (indicators.valid_to is null or indicators.valid_to > (select as_of from run.context))
order by progress.gap_pp, progress.region_code, progress.indicator_id
