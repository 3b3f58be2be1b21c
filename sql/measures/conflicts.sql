-- Persons whom the ledgers of two places list at the as-of date: every place that lists them, and the one where they count.
-- zh: 两地台账同时在册的人:各在册地及计入地。
-- grain: person_key, region_code
-- kept as: table
with
dates as (select * from measures.dates where is_current),

ledger_rows as (select * from measures.ledger_rows),

persons as (select * from measures.persons),

listed as (
    select
        ledger_rows.month,
        ledger_rows.person_key,
        ledger_rows.region_code,
        max(ledger_rows.updated_on) as updated_on
    from ledger_rows
    inner join dates
        on ledger_rows.month = dates.month
    group by
        ledger_rows.month,
        ledger_rows.person_key,
        ledger_rows.region_code
),

listed_twice as (
    select person_key
    from listed
    group by person_key
    having count(*) > 1
),

-- A person listed twice meets each place that lists them and the one place where they count.
conflicts as (
    select
        listed.person_key,
        listed.region_code,
        listed.updated_on,
        persons.region_code as placed_region_code,
        persons.region_code = listed.region_code as is_placed
    from listed
    inner join listed_twice
        on listed.person_key = listed_twice.person_key
    inner join persons
        on listed.month = persons.month
        and listed.person_key = persons.person_key
)

select * from conflicts
