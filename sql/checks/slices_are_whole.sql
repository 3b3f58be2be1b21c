-- Each slice in force holds the rows that the loader says it loaded, no more and no fewer.
-- zh: 每个有效切片的行数与装载记录一致。
-- severity: error
-- grain: feed, slice_region, slice_period
with
slices as (select * from staging.slices),

delivered as (
    select 'brands' as feed, slice_region, slice_period from staging.brands
    union all
    select 'brokers' as feed, slice_region, slice_period from staging.brokers
    union all
    select 'employment' as feed, slice_region, slice_period from staging.employment
    union all
    select 'events' as feed, slice_region, slice_period from staging.events
    union all
    select 'inspections' as feed, slice_region, slice_period from staging.inspections
    union all
    select 'ledger' as feed, slice_region, slice_period from staging.ledger
    union all
    select 'loans' as feed, slice_region, slice_period from staging.loans
    union all
    select 'payments' as feed, slice_region, slice_period from staging.payments
    union all
    select 'person_lists' as feed, slice_region, slice_period from staging.person_lists
    union all
    select 'posts' as feed, slice_region, slice_period from staging.posts
    union all
    select 'services' as feed, slice_region, slice_period from staging.services
    union all
    select 'site_roster' as feed, slice_region, slice_period from staging.site_roster
    union all
    select 'sites' as feed, slice_region, slice_period from staging.sites
    union all
    select 'stat_reports' as feed, slice_region, slice_period from staging.stat_reports
    union all
    select 'submissions' as feed, slice_region, slice_period from staging.submissions
    union all
    select 'training' as feed, slice_region, slice_period from staging.training
    union all
    select 'villages' as feed, slice_region, slice_period from staging.villages
),

found as (
    select
        feed,
        slice_region,
        slice_period,
        count(*) as rows_found
    from delivered
    group by
        feed,
        slice_region,
        slice_period
),

-- A slice meets its rows, or none; rows meet their slice, or none.
broken as (
    select
        coalesce(slices.feed, found.feed) as feed,
        coalesce(slices.slice_region, found.slice_region) as slice_region,
        coalesce(slices.slice_period, found.slice_period) as slice_period,
        slices.rows_loaded,
        coalesce(found.rows_found, 0) as rows_found
    from slices
    full join found
        on slices.feed = found.feed
        and slices.slice_region = found.slice_region
        and slices.slice_period = found.slice_period
    where slices.feed is null
        or slices.rows_loaded <> coalesce(found.rows_found, 0)
)

select * from broken
