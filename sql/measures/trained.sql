-- T4: ledger persons who completed a course that began in the year and ended by the day, for each day measured, each once.
-- zh: T4 本年开班、截止日前结业的在册贫困劳动力,一人计一次,各计量日。
-- grain: month, person_key
-- kept as: table
--
-- Persons, not person-times, placed at the county of household registration. A course without an end date has not ended;
-- a blank completed is not completed. policy says which types count.
with
days as (select * from measures.days),

training as (select * from staging.training),

slices_in_force as (select * from measures.slices_in_force where feed = 'training'),

persons as (select * from measures.persons),

code_sets as (select * from policy.code_sets),

-- A course meets every month from its end on, and the one slice in force that it came in.
completed as (
    select
        days.month,
        training.person_key,
        count(*) as courses,
        min(training.ended_on) as first_ended_on
    from training
    inner join slices_in_force
        on training.slice_region = slices_in_force.slice_region
        and training.slice_period = slices_in_force.slice_period
    inner join days
        on training.started_on >= days.year_starts_on
        and training.ended_on <= days.on_date
    inner join code_sets
        on code_sets.set_name = 'training_counted'
        and code_sets.in_set
        and code_sets.code = training.type
        and code_sets.valid_from <= days.on_date
        and (code_sets.valid_to is null or code_sets.valid_to > days.on_date)
    where training.completed
    group by
        days.month,
        training.person_key
),

-- A trained person meets themselves in the ledger of the month, or nobody.
trained as (
    select
        completed.month,
        completed.person_key,
        persons.region_code,
        completed.courses,
        completed.first_ended_on
    from completed
    inner join persons
        on completed.month = persons.month
        and completed.person_key = persons.person_key
)

select * from trained
