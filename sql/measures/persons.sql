-- Everyone in the ledger on each day measured, placed once, and whether they count in T6's denominator and numerator.
-- zh: 各计量日在册贫困劳动力,一人一地;是否计入T6分母、分子。
-- grain: month, person_key
-- kept as: table
--
-- A person in two ledgers counts where the newer updated_on is; ties: the lower code. An unknown updated_on is the oldest.
-- The denominator: of age on the day (sex by the ID number), able (a blank skill is), not at school (a blank is not).
-- The numerator: of those, a status that counts as employed (a blank does not).
with
days as (select * from measures.days),

ledger_rows as (select * from measures.ledger_rows),

code_sets as (select * from policy.code_sets),

thresholds as (select * from policy.thresholds),

-- One row a month: each threshold meets the months in which it is in force.
age_limits as (
    select
        days.month,
        days.on_ymd,
        max(case when thresholds.name = 'age_min' then thresholds.value end) as age_min,
        max(case when thresholds.name = 'age_max' then thresholds.value end) as age_max,
        max(case when thresholds.name = 'age_max_women' then thresholds.value end) as age_max_women
    from days
    inner join thresholds
        on thresholds.valid_from <= days.on_date
        and (thresholds.valid_to is null or thresholds.valid_to > days.on_date)
    group by
        days.month,
        days.on_ymd
),

able_skills as (
    select
        days.month,
        code_sets.code as skill
    from days
    inner join code_sets
        on code_sets.set_name = 'able'
        and code_sets.in_set
        and code_sets.valid_from <= days.on_date
        and (code_sets.valid_to is null or code_sets.valid_to > days.on_date)
),

employed_statuses as (
    select
        days.month,
        code_sets.code as status
    from days
    inner join code_sets
        on code_sets.set_name = 'employed'
        and code_sets.in_set
        and code_sets.valid_from <= days.on_date
        and (code_sets.valid_to is null or code_sets.valid_to > days.on_date)
),

listed_twice as (
    select
        month,
        person_key
    from ledger_rows
    group by
        month,
        person_key
    having count(*) > 1
),

-- Nearly everyone is listed once: only the others are put in order.
listed_once as (
    select ledger_rows.*
    from ledger_rows
    left anti join listed_twice
        on ledger_rows.month = listed_twice.month
        and ledger_rows.person_key = listed_twice.person_key
),

-- A person listed twice meets each of their rows.
ordered as (
    select
        ledger_rows.*,
        row_number() over (
            partition by ledger_rows.month, ledger_rows.person_key
            order by
                ledger_rows.updated_on desc nulls last,
                ledger_rows.region_code,
                ledger_rows.source_file,
                ledger_rows.source_row
        ) as place_order
    from ledger_rows
    inner join listed_twice
        on ledger_rows.month = listed_twice.month
        and ledger_rows.person_key = listed_twice.person_key
),

placed_rows as (
    select
        month,
        person_key,
        region_code,
        person_born_on,
        person_is_male,
        skill,
        in_school,
        status
    from listed_once
    union all
    select
        month,
        person_key,
        region_code,
        person_born_on,
        person_is_male,
        skill,
        in_school,
        status
    from ordered
    where place_order = 1
),

placed as (
    select
        month,
        person_key,
        region_code,
        person_is_male,
        cast(
            date_part('year', person_born_on) * 10000
            + date_part('month', person_born_on) * 100
            + date_part('day', person_born_on)
            as bigint
        ) as born_ymd,
        coalesce(skill, 'blank') as skill,
        coalesce(in_school, false) as is_at_school,
        coalesce(status, 'blank') as status
    from placed_rows
),

-- A person meets the one row of the month's limits, and at most one able skill and one employed status.
tested as (
    select
        placed.month,
        placed.person_key,
        placed.region_code,
        (age_limits.on_ymd - placed.born_ymd) / 10000 as age,
        placed.person_is_male as is_male,
        placed.status,
        (age_limits.on_ymd - placed.born_ymd) / 10000 >= age_limits.age_min
        and (age_limits.on_ymd - placed.born_ymd) / 10000
        < case when placed.person_is_male then age_limits.age_max else age_limits.age_max_women end as is_of_age,
        able_skills.skill is not null as is_able,
        placed.is_at_school,
        employed_statuses.status is not null as is_employed
    from placed
    inner join age_limits
        on placed.month = age_limits.month
    left join able_skills
        on placed.month = able_skills.month
        and placed.skill = able_skills.skill
    left join employed_statuses
        on placed.month = employed_statuses.month
        and placed.status = employed_statuses.status
),

persons as (
    select
        month,
        person_key,
        region_code,
        age,
        is_male,
        is_of_age,
        is_able,
        is_at_school,
        is_employed,
        is_of_age and is_able and not is_at_school as is_in_denominator,
        is_of_age and is_able and not is_at_school and is_employed as is_in_numerator
    from tested
)

select * from persons
