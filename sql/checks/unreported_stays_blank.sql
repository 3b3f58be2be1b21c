-- A figure that nobody reported is blank: never zero, never a good light.
-- zh: 未报即空白,不记零、不亮绿灯。
-- severity: error
-- grain: region_code, indicator_id, month
with
day_figures as (select * from measures.day_figures),

broken as (
    select
        region_code,
        indicator_id,
        month,
        actual,
        light
    from day_figures
    where not has_reported
        and (actual = 0 or light not in ('not_reported', 'no_task'))
)

select * from broken
