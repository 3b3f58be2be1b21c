-- Places in courses that began in the year, each with what T4 and T9 ask of it.
-- zh: 本年开班的培训人次:类型是否计入、是否已结业、是否免费。
-- grain: source_file, source_row
-- kept as: view
--
-- Finished as in measures.trained: ended by the as-of date and marked as completed; a blank end or mark is not finished.
-- Free is a fee of exactly 0: a blank fee is unknown, not free.
with
dates as (select * from measures.dates where is_current),

training as (select * from measures.training_in_force),

code_sets as (select * from policy.code_sets),

-- A course meets the one code of its type, or none.
courses as (
    select
        training.person_key,
        training.region_code,
        training.class_id,
        training.started_on,
        training.ended_on,
        coalesce(code_sets.in_set, false) as is_counted_type,
        coalesce(training.completed and training.ended_on <= dates.on_date, false) as is_finished,
        coalesce(training.fee = 0, false) as is_free,
        training.source_file,
        training.source_row
    from training
    inner join dates
        on training.started_on >= dates.year_starts_on
        and training.started_on <= dates.on_date
    left join code_sets
        on code_sets.set_name = 'training_counted'
        and code_sets.code = training.type
        and code_sets.valid_from <= dates.on_date
        and (code_sets.valid_to is null or code_sets.valid_to > dates.on_date)
)

select * from courses
