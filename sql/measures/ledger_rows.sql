-- The ledger rows in force on each day measured, before a person in two ledgers is placed in one.
-- zh: 各计量日有效台账行(同一人两地在册尚未归并)。
-- grain: month, slice_region, person_key
-- kept as: view
with
ledger as (select * from staging.ledger),

ledger_slices as (select * from measures.ledger_slices),

-- A row meets every month that its slice serves: mostly one, more where the county skipped months.
ledger_rows as (
    select
        ledger_slices.month,
        ledger.person_key,
        ledger.person_born_on,
        ledger.person_is_male,
        ledger.region_code,
        ledger.skill,
        ledger.in_school,
        ledger.status,
        ledger.updated_on,
        ledger.slice_region,
        ledger.slice_period,
        ledger.source_file,
        ledger.source_row
    from ledger
    inner join ledger_slices
        on ledger.slice_region = ledger_slices.slice_region
        and ledger.slice_period = ledger_slices.slice_period
)

select * from ledger_rows
