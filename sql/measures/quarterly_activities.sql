-- B6 at both grains: how many fairs and rounds of posts to villages each county and each unit held in each quarter.
-- zh: B6 两种口径:各县、各填报单位每季度专场招聘会和送岗下乡次数,是否至少1次。
-- grain: region_code, period
-- kept as: table
--
-- The county grain is the one judged; the unit grain counts what the unit held itself and what any of its counties held.
-- Each quarter by itself: a surplus never covers another. Every county and unit has a row, held or not.
with
rules_in_force as (select * from measures.rules_in_force where rule_id = 'B6'),

activities as (select * from measures.activities),

region_parts as (select * from measures.region_parts),

regions as (select * from policy.regions),

code_sets as (select * from policy.code_sets),

thresholds as (select * from policy.thresholds),

-- An activity meets the one quarter that it was held in and the one code of its kind.
held as (
    select
        rules_in_force.period,
        activities.region_code,
        count(*) as held
    from activities
    inner join rules_in_force
        on activities.held_on >= rules_in_force.starts_on
        and activities.held_on <= rules_in_force.measured_on
    inner join code_sets
        on code_sets.set_name = 'quarterly_activity'
        and code_sets.in_set
        and code_sets.code = activities.kind
        and code_sets.valid_from <= activities.held_on
        and (code_sets.valid_to is null or code_sets.valid_to > activities.held_on)
    group by
        rules_in_force.period,
        activities.region_code
),

-- A place with activities meets every region that it adds to.
summed as (
    select
        held.period,
        region_parts.region_code,
        sum(held.held) as held
    from held
    inner join region_parts
        on held.region_code = region_parts.part_code
    group by
        held.period,
        region_parts.region_code
),

-- A quarter meets every county and unit, and each its one sum or nothing.
quarterly_activities as (
    select
        regions.region_code,
        rules_in_force.period,
        regions.level,
        coalesce(summed.held, 0) as held,
        coalesce(summed.held, 0) >= thresholds.value as is_done
    from rules_in_force
    inner join regions
        on regions.level in ('county', 'unit')
        and regions.valid_from <= rules_in_force.as_of
        and (regions.valid_to is null or regions.valid_to > rules_in_force.as_of)
    inner join thresholds
        on thresholds.name = 'quarterly_activity_min'
        and thresholds.valid_from <= rules_in_force.measured_on
        and (thresholds.valid_to is null or thresholds.valid_to > rules_in_force.measured_on)
    left join summed
        on regions.region_code = summed.region_code
        and rules_in_force.period = summed.period
)

select * from quarterly_activities
