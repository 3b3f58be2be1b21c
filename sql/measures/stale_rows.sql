-- Rows of the ledgers in force at the end of a month that do not give a day of update in it, and what other ledgers say of them.
-- zh: 月末有效台账中更新日期不在当月的行,以及其他月份台账给出的更新日期。
-- grain: period, slice_region, person_key
-- kept as: table
--
-- Months that are over. is_updated: another month's ledger of the same place gives a day of update in the month, which a later
-- update or an older file hid. updated_late_on: the first update known after the month.
with
context as (select * from run.context),

months as (select * from measures.rule_periods where period_kind = 'month' and is_over),

ledger_rows as (select * from measures.ledger_rows),

ledger as (select * from staging.ledger),

slices as (select * from staging.slices where feed = 'ledger'),

-- A row meets each month at whose end it is in force.
not_by_own_date as (
    select
        months.period,
        months.starts_on,
        months.ends_on,
        ledger_rows.slice_region,
        ledger_rows.person_key,
        ledger_rows.updated_on,
        ledger_rows.source_file,
        ledger_rows.source_row
    from ledger_rows
    inner join months
        on ledger_rows.month = months.ends_on
    where ledger_rows.updated_on is null
        or ledger_rows.updated_on < months.starts_on
        or ledger_rows.updated_on > months.ends_on
),

-- A row meets the one slice that it came in.
update_days as (
    select distinct
        ledger.slice_region,
        ledger.person_key,
        ledger.updated_on
    from ledger
    inner join slices
        on ledger.slice_region = slices.slice_region
        and ledger.slice_period = slices.slice_period
    inner join context
        on slices.covers_until <= context.as_of
    where ledger.updated_on <= context.as_of
),

-- A row meets every update known of its person at its place.
stale_rows as (
    select
        not_by_own_date.period,
        not_by_own_date.ends_on,
        not_by_own_date.slice_region,
        not_by_own_date.person_key,
        not_by_own_date.updated_on,
        not_by_own_date.source_file,
        not_by_own_date.source_row,
        count(*) filter (
            where update_days.updated_on >= not_by_own_date.starts_on
                and update_days.updated_on <= not_by_own_date.ends_on
        ) > 0 as is_updated,
        min(update_days.updated_on) filter (where update_days.updated_on > not_by_own_date.ends_on) as updated_late_on
    from not_by_own_date
    left join update_days
        on not_by_own_date.slice_region = update_days.slice_region
        and not_by_own_date.person_key = update_days.person_key
    group by
        not_by_own_date.period,
        not_by_own_date.ends_on,
        not_by_own_date.slice_region,
        not_by_own_date.person_key,
        not_by_own_date.updated_on,
        not_by_own_date.source_file,
        not_by_own_date.source_row
)

select * from stale_rows
