-- The ledger and each list from elsewhere, person by person, both ways.
-- zh: 台账与各外部名单逐人双向比对。
-- grain: list_name, person_key, region_code
-- kept as: view
--
-- A person of the ledger is looked for on the list wherever it puts them, and the other way round. Whoever came to the ledger
-- after the list was made, or has left it since, is not held against the county. A person who is only on the list is shown where
-- the list puts them, if that place has a ledger in force.
with
dates as (select * from measures.dates where is_current),

ledger_persons as (select * from measures.ledger_persons),

ledger_slices as (select * from measures.ledger_slices),

ledger_history as (select * from measures.ledger_history),

list_rows as (select * from measures.list_rows),

list_coverage as (select * from measures.list_coverage),

on_lists as (
    select distinct
        list_name,
        person_key
    from list_rows
),

-- A person of the ledger meets every list that speaks of their county.
ledger_side as (
    select
        list_coverage.list_name,
        ledger_persons.person_key,
        ledger_persons.region_code,
        true as is_in_ledger,
        on_lists.person_key is not null as is_on_list,
        list_coverage.covers_until,
        ledger_persons.source_file,
        ledger_persons.source_row
    from ledger_persons
    inner join list_coverage
        on ledger_persons.region_code = list_coverage.region_code
    inner join ledger_history
        on ledger_persons.person_key = ledger_history.person_key
    left join on_lists
        on list_coverage.list_name = on_lists.list_name
        and ledger_persons.person_key = on_lists.person_key
    where on_lists.person_key is not null
        or not ledger_history.is_added
        or ledger_history.first_listed_on <= list_coverage.covers_until
),

ledger_places as (
    select ledger_slices.slice_region as region_code
    from ledger_slices
    inner join dates
        on ledger_slices.month = dates.month
    union
    select region_code from ledger_persons
),

list_side as (
    select
        list_rows.list_name,
        list_rows.person_key,
        list_rows.region_code,
        false as is_in_ledger,
        true as is_on_list,
        list_rows.covers_until,
        list_rows.source_file,
        list_rows.source_row
    from list_rows
    inner join ledger_places
        on list_rows.region_code = ledger_places.region_code
    left join ledger_history
        on list_rows.person_key = ledger_history.person_key
    left anti join ledger_persons
        on list_rows.person_key = ledger_persons.person_key
    where ledger_history.person_key is null
        or ledger_history.last_listed_on < list_rows.covers_until
),

list_matches as (
    select * from ledger_side
    union all
    select * from list_side
)

select * from list_matches
