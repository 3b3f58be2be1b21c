-- The year's records that name a person, counted once each, by person and place: what T0 asks to join with the ledger.
-- zh: 本年各类记录中的人次(按人、按地):用于与台账核对。
-- grain: feed, region_code, person_key
-- kept as: table
--
-- Courses, spells of work, places on a roster and public posts that were open on any day of the year up to the as-of date;
-- services, payments and loans of the year. A record that two files report for one place is one. records: how many.
with
dates as (select * from measures.dates where is_current),

training as (select * from measures.training_in_force),

employment as (select * from measures.employment_in_force),

site_roster as (select * from measures.site_roster_in_force),

services as (select * from measures.services_in_force),

payments as (select * from measures.payments_in_force where person_key is not null),

loans as (select * from measures.loans_in_force where person_key is not null),

posts as (select * from measures.posts_in_force where person_key is not null),

-- What happens on one day ends on it.
records as (
    select
        'training' as feed,
        region_code,
        person_key,
        class_id as record,
        started_on,
        ended_on,
        source_file,
        source_row
    from training
    union all
    select
        'employment' as feed,
        region_code,
        person_key,
        cast(started_on as varchar) as record,
        started_on,
        ended_on,
        source_file,
        source_row
    from employment
    union all
    select
        'site_roster' as feed,
        region_code,
        person_key,
        concat(cast(started_on as varchar), ' ', site_id) as record,
        started_on,
        ended_on,
        source_file,
        source_row
    from site_roster
    union all
    select
        'services' as feed,
        region_code,
        person_key,
        concat(cast(served_on as varchar), ' ', kind) as record,
        served_on as started_on,
        served_on as ended_on,
        source_file,
        source_row
    from services
    union all
    select
        'payments' as feed,
        region_code,
        person_key,
        concat(cast(paid_on as varchar), ' ', kind, ' ', coalesce(payment_id, '')) as record,
        paid_on as started_on,
        paid_on as ended_on,
        source_file,
        source_row
    from payments
    union all
    select
        'loans' as feed,
        region_code,
        person_key,
        loan_id as record,
        lent_on as started_on,
        lent_on as ended_on,
        source_file,
        source_row
    from loans
    union all
    select
        'posts' as feed,
        region_code,
        person_key,
        post_id as record,
        started_on,
        ended_on,
        source_file,
        source_row
    from posts
),

-- A record meets the one day measured.
records_of_year as (
    select
        records.feed,
        records.region_code,
        records.person_key,
        records.record,
        records.started_on,
        records.source_file,
        records.source_row
    from records
    inner join dates
        on records.started_on <= dates.on_date
        and (
            records.started_on >= dates.year_starts_on
            or records.ended_on is null
            or records.ended_on > dates.year_starts_on
        )
),

ordered as (
    select
        *,
        row_number() over (
            partition by feed, region_code, person_key
            order by started_on, source_file, source_row
        ) as row_order
    from records_of_year
),

person_records as (
    select
        feed,
        region_code,
        person_key,
        count(distinct record) as records,
        min(started_on) as first_on,
        max(case when row_order = 1 then source_file end) as source_file,
        max(case when row_order = 1 then source_row end) as source_row
    from ordered
    group by
        feed,
        region_code,
        person_key
)

select * from person_records
