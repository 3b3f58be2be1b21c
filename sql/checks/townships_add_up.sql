-- A county's townships, with the people who name no village of it, add up to T6's denominator; so do the villages of a township.
-- zh: 各乡镇(含未注明村的人)相加等于全县T6分母,各村相加等于所在乡镇。
-- severity: error
-- grain: parent_code
with
villages as (select * from measures.villages),

progress as (select * from measures.progress where indicator_id = 'T6'),

regions as (select * from policy.regions where level = 'county'),

context as (select * from run.context),

-- A county meets its one T6.
wholes as (
    select
        progress.region_code as parent_code,
        progress.denominator as registered
    from progress
    cross join context
    inner join regions
        on progress.region_code = regions.region_code
        and regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
    where progress.denominator is not null
    union all
    select
        place_code as parent_code,
        registered
    from villages
    where level = 'township'
        and registered is not null
),

sums as (
    select
        parent_code,
        sum(registered) as registered
    from villages
    where registered is not null
    group by parent_code
),

-- A whole meets the sum of its parts, or none.
broken as (
    select
        wholes.parent_code,
        wholes.registered,
        sums.registered as registered_in_parts
    from wholes
    left join sums
        on wholes.parent_code = sums.parent_code
    where coalesce(sums.registered, 0) <> wholes.registered
)

select * from broken
