-- Complaints of each road that are to be answered by now, and how many were answered in time.
-- grain: road
-- kept as: table
--
-- A complaint is judged by the limit in force on the day on which it was made; one that is open and within it is not judged.
with
context as (select * from run.context),

limits as (select * from policy.limits where name = 'answer'),

complaints as (select * from staging.complaints),

-- A complaint meets the one limit of its day.
judged as (
    select
        complaints.road,
        cast(complaints.closed_on as integer) - cast(complaints.made_on as integer) <= limits.days as is_in_time,
        complaints.closed_on is not null
        or cast(context.as_of as integer) - cast(complaints.made_on as integer) > limits.days as is_due
    from complaints
    inner join limits
        on limits.valid_from <= complaints.made_on
        and (limits.valid_to is null or limits.valid_to > complaints.made_on)
    inner join context
        on complaints.made_on <= context.as_of
),

answered as (
    select
        road,
        count(*) as due,
        count(*) filter (where is_in_time) as in_time
    from judged
    where is_due
    group by road
)

select * from answered
