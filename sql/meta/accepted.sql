-- Every delivery that was accepted, in force or not, with the days of its period and the slice that it claims.
-- zh: 每份已接收的报送(含已被替代的),附所属期起止日。
-- grain: feed, file, sha256
-- kept as: view
--
-- Refused files and repeats of the same bytes are no deliveries here. region is that of the file's name: all = all regions.
with
deliveries as (select * from meta.deliveries where outcome in ('current', 'superseded', 'stale')),

feeds as (select * from meta.feeds),

-- A delivery meets its feed.
accepted as (
    select
        deliveries.feed,
        deliveries.file,
        deliveries.sha256,
        deliveries.arrival,
        deliveries.arrived_on,
        deliveries.region,
        deliveries.period,
        cast(cast(concat(deliveries.period, '-01') as date) + interval '1 month' - interval '1 day' as date) as covers_until,
        deliveries.outcome,
        feeds.slice,
        case when feeds.slice = 'month' then deliveries.period else substr(deliveries.period, 1, 4) end as slice_part,
        deliveries.rows_delivered,
        deliveries.rows_loaded
    from deliveries
    inner join feeds
        on deliveries.feed = feeds.feed
)

select * from accepted
