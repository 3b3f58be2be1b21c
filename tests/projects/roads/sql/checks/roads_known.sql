-- Every repaired road has a goal.
-- severity: warning
-- grain: road
with
repairs as (select * from staging.repairs),

goals as (select * from policy.goals),

without_goal as (
    select distinct repairs.road
    from repairs
    left anti join goals
        on repairs.road = goals.road
)

select * from without_goal
