-- Tasks that are behind: places with a yellow or red light, the widest gap first
-- zh: 落后的任务：亮黄灯、红灯的地区，差距最大的在前
with
    regions as (
        select regions.*
        from policy.regions
        inner join run.context as context
            on regions.valid_from <= context.as_of
            and (regions.valid_to is null or regions.valid_to > context.as_of)
    ),

    indicators as (
        select indicators.*
        from policy.indicators
        inner join run.context as context
            on indicators.valid_from <= context.as_of
            and (indicators.valid_to is null or indicators.valid_to > context.as_of)
    )

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
-- each row meets one place and one indicator
inner join regions on regions.region_code = progress.region_code
inner join indicators on indicators.indicator_id = progress.indicator_id
where progress.light in ('yellow', 'red')
order by progress.gap_pp, progress.region_code, progress.indicator_id
