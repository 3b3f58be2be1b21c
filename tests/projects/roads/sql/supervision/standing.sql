-- How each road stands, the one furthest behind first.
-- grain: road
-- kept as: table
with
repaired as (select * from measures.repaired),

answered as (select * from measures.answered),

-- A road meets its complaints, or had none.
standing as (
    select
        repaired.road,
        repaired.metres,
        repaired.expected,
        repaired.goal,
        repaired.metres < repaired.expected as is_behind,
        coalesce(answered.due, 0) as complaints_due,
        coalesce(answered.in_time, 0) as complaints_in_time,
        row_number() over (order by repaired.metres / repaired.goal, repaired.road) as place
    from repaired
    left join answered
        on repaired.road = answered.road
)

select * from standing
