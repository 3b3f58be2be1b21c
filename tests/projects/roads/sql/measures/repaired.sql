-- Metres repaired of each road with a goal, in the year up to the as-of date, and what was expected by then.
-- grain: road
-- kept as: table
--
-- Expected is linear by day, the day itself included.
with
context as (select * from run.context),

goals as (select * from policy.goals),

repairs as (select * from staging.repairs),

-- One context row meets every repair of its year.
of_the_year as (
    select
        repairs.road,
        sum(repairs.metres) as metres
    from repairs
    inner join context
        on repairs.repaired_on <= context.as_of
        and date_part('year', repairs.repaired_on) = date_part('year', context.as_of)
    group by repairs.road
),

-- A goal in force meets its road's one sum, or nothing was repaired.
repaired as (
    select
        goals.road,
        cast(coalesce(of_the_year.metres, 0) as decimal(18, 2)) as metres,
        goals.metres as goal,
        cast(
            1.0 * goals.metres * date_part('doy', context.as_of)
            / date_part('doy', make_date(goals.year, 12, 31))
            as decimal(18, 2)
        ) as expected
    from goals
    inner join context
        on goals.year = date_part('year', context.as_of)
        and goals.valid_from <= context.as_of
        and (goals.valid_to is null or goals.valid_to > context.as_of)
    left join of_the_year
        on goals.road = of_the_year.road
)

select * from repaired
