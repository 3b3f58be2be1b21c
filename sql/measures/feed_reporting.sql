-- Up to which day each place has reported each feed.
-- zh: 各地各数据源报到哪一天。
-- grain: feed, part_code
-- kept as: table
--
-- A place has reported with an accepted file for its own slice of the feed, also one without rows, or with a row for it in
-- another place's file; up to the last day of the file's period. Files of the year of the as-of date count; of the
-- ledger any month that ended by it.
with
context as (select * from run.context),

slices as (select * from staging.slices),

brands as (select * from staging.brands),

brokers as (select * from staging.brokers),

employment as (select * from staging.employment),

events as (select * from staging.events),

inspections as (select * from staging.inspections),

loans as (select * from staging.loans),

payments as (select * from staging.payments),

person_lists as (select * from staging.person_lists),

posts as (select * from staging.posts),

services as (select * from staging.services),

site_roster as (select * from staging.site_roster),

sites as (select * from staging.sites),

submissions as (select * from staging.submissions),

training as (select * from staging.training),

villages as (select * from staging.villages),

ledger as (select * from staging.ledger),

rows_elsewhere as (
    select 'brands' as feed, slice_region, slice_period, region_code from brands where region_code <> slice_region
    union all
    select 'brokers' as feed, slice_region, slice_period, region_code from brokers where region_code <> slice_region
    union all
    select 'employment' as feed, slice_region, slice_period, region_code from employment where region_code <> slice_region
    union all
    select 'events' as feed, slice_region, slice_period, region_code from events where region_code <> slice_region
    union all
    select 'inspections' as feed, slice_region, slice_period, region_code from inspections where region_code <> slice_region
    union all
    select 'loans' as feed, slice_region, slice_period, region_code from loans where region_code <> slice_region
    union all
    select 'payments' as feed, slice_region, slice_period, region_code from payments where region_code <> slice_region
    union all
    select 'person_lists' as feed, slice_region, slice_period, region_code from person_lists where region_code <> slice_region
    union all
    select 'posts' as feed, slice_region, slice_period, region_code from posts where region_code <> slice_region
    union all
    select 'services' as feed, slice_region, slice_period, region_code from services where region_code <> slice_region
    union all
    select 'site_roster' as feed, slice_region, slice_period, region_code from site_roster where region_code <> slice_region
    union all
    select 'sites' as feed, slice_region, slice_period, region_code from sites where region_code <> slice_region
    union all
    select 'submissions' as feed, slice_region, slice_period, region_code from submissions where region_code <> slice_region
    union all
    select 'training' as feed, slice_region, slice_period, region_code from training where region_code <> slice_region
    union all
    select 'villages' as feed, slice_region, slice_period, region_code from villages where region_code <> slice_region
    union all
    select 'ledger' as feed, slice_region, slice_period, region_code from ledger where region_code <> slice_region
),

places_elsewhere as (
    select distinct
        feed,
        slice_region,
        slice_period,
        region_code
    from rows_elsewhere
),

-- A slice speaks for its own place, and for each place that it has a row of.
reported as (
    select
        feed,
        slice_region as part_code,
        covers_until
    from slices
    union all
    select
        slices.feed,
        places_elsewhere.region_code as part_code,
        slices.covers_until
    from slices
    inner join places_elsewhere
        on slices.feed = places_elsewhere.feed
        and slices.slice_region = places_elsewhere.slice_region
        and slices.slice_period = places_elsewhere.slice_period
),

-- One context row meets every slice.
feed_reporting as (
    select
        reported.feed,
        reported.part_code,
        max(reported.covers_until) as covers_until
    from reported
    inner join context
        on (reported.feed <> 'ledger' and date_part('year', reported.covers_until) = date_part('year', context.as_of))
        or (reported.feed = 'ledger' and reported.covers_until <= context.as_of)
    group by
        reported.feed,
        reported.part_code
)

select * from feed_reporting
