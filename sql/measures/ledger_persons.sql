-- Everyone in the ledger at the as-of date, placed once, with all that the ledger says of them.
-- zh: 截止日在册贫困劳动力,一人一行,附台账各项。
-- grain: person_key
-- kept as: table
--
-- The persons of measures.persons in the current month, each with the one row that places them. A blank stays a blank. Neither
-- village nor what the clerk typed of sex and age stands here: this table can be asked, and they would name a person.
with
dates as (select * from measures.dates where is_current),

persons as (select * from measures.persons),

ledger_rows as (select * from measures.ledger_rows),

ledger as (select * from staging.ledger),

-- A person meets the rows of the current month that list them at the place where they count.
listed as (
    select
        persons.person_key,
        persons.region_code,
        persons.age,
        persons.is_male,
        persons.is_of_age,
        persons.is_able,
        persons.is_at_school,
        persons.is_employed,
        persons.is_in_denominator,
        ledger_rows.source_file,
        ledger_rows.source_row,
        row_number() over (
            partition by persons.person_key
            order by ledger_rows.updated_on desc nulls last, ledger_rows.source_file, ledger_rows.source_row
        ) as row_order
    from persons
    inner join dates
        on persons.month = dates.month
    inner join ledger_rows
        on persons.month = ledger_rows.month
        and persons.person_key = ledger_rows.person_key
        and persons.region_code = ledger_rows.region_code
),

-- A row of the ledger is itself.
ledger_persons as (
    select
        listed.person_key,
        listed.region_code,
        listed.age,
        listed.is_male,
        listed.is_of_age,
        listed.is_able,
        listed.is_at_school,
        listed.is_employed,
        listed.is_in_denominator,
        ledger.education,
        ledger.skill,
        ledger.status,
        ledger.job_wish,
        ledger.work_wish,
        ledger.training_need,
        ledger.can_go_out,
        ledger.graduate_kind,
        ledger.left_school,
        ledger.survey_method,
        ledger.verified_on,
        ledger.updated_on,
        ledger.source_file,
        ledger.source_row
    from listed
    inner join ledger
        on listed.source_file = ledger.source_file
        and listed.source_row = ledger.source_row
        and listed.person_key = ledger.person_key
    where listed.row_order = 1
)

select * from ledger_persons
