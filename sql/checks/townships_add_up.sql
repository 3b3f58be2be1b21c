-- A county's townships, with the people who name no village of it, add up to T6's denominator, and the villages of a township to
-- the township, where all are told.
-- zh: 各乡镇(含未注明村的人)相加等于全县T6分母,各村相加等于所在乡镇;有不列人数的,不比。
-- severity: error
-- grain: region_code, parent_code
with
villages as (select * from measures.villages),

progress as (select * from measures.progress where indicator_id = 'T6'),

townships as (select * from villages where level = 'township'),

-- A place with parts meets the one T6 of its county.
wholes as (
    select
        progress.region_code,
        progress.region_code as parent_code,
        progress.denominator as registered
    from progress
    union all
    select
        region_code,
        place_code as parent_code,
        registered
    from townships
),

sums as (
    select
        region_code,
        parent_code,
        sum(registered) as registered
    from villages
    group by
        region_code,
        parent_code
    having not bool_or(is_small)
),

-- A sum meets its one whole.
broken as (
    select
        sums.region_code,
        sums.parent_code,
        wholes.registered,
        sums.registered as registered_in_parts
    from sums
    inner join wholes
        on sums.region_code = wholes.region_code
        and sums.parent_code = wholes.parent_code
    where sums.registered <> wholes.registered
)

select * from broken
