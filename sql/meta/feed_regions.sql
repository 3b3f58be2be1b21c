-- What each place delivered of each feed, and what of it was loaded, returned, late, missing or out of shape.
-- zh: 各地各类材料的报送情况:份数、行数、修正、提醒、退回、迟报、缺报、变样。
-- grain: feed, region_code
-- kept as: table
--
-- One row also for a place that is asked for a feed and has delivered none. Rows are counted over the files in force, files over
-- all that came. region_code is the delivering place: the province for files of all regions, unknown for names not understood.
with
context as (select * from run.context),

deliveries as (select * from meta.deliveries),

remarks as (select * from meta.remarks),

due as (select * from meta.due),

drift as (select * from meta.drift where outcome = 'current'),

jumps as (select * from meta.jumps where outcome = 'current'),

regions as (select * from policy.regions),

office as (
    select region_code
    from regions
    inner join context
        on regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
    where level = 'province'
),

-- Every delivery meets the one office.
delivered as (
    select
        deliveries.feed,
        case
            when deliveries.period is null then 'unknown'
            when deliveries.region = 'all' then office.region_code
            else deliveries.region
        end as region_code,
        count(*) as n_files,
        count(*) filter (where deliveries.outcome = 'current') as n_in_force,
        count(*) filter (where deliveries.outcome = 'refused') as n_refused,
        count(*) filter (where deliveries.outcome in ('superseded', 'stale', 'identical')) as n_replaced,
        cast(coalesce(sum(deliveries.rows_delivered) filter (where deliveries.outcome = 'current'), 0) as bigint) as rows_delivered,
        cast(coalesce(sum(deliveries.rows_loaded) filter (where deliveries.outcome = 'current'), 0) as bigint) as rows_loaded,
        cast(coalesce(sum(deliveries.rows_dropped) filter (where deliveries.outcome = 'current'), 0) as bigint) as rows_dropped,
        cast(coalesce(sum(deliveries.rows_rejected) filter (where deliveries.outcome = 'current'), 0) as bigint) as rows_rejected,
        max(deliveries.arrived_on) as newest_on
    from deliveries
    cross join office
    group by
        deliveries.feed,
        case
            when deliveries.period is null then 'unknown'
            when deliveries.region = 'all' then office.region_code
            else deliveries.region
        end
),

remarked as (
    select
        feed,
        region_code,
        cast(coalesce(sum(n_in_force) filter (where kind = 'repair'), 0) as bigint) as cells_repaired,
        cast(coalesce(sum(n_in_force) filter (where kind = 'warning'), 0) as bigint) as cells_warned
    from remarks
    group by
        feed,
        region_code
),

asked as (
    select
        feed,
        region_code,
        count(*) filter (where status <> 'awaited') as n_due,
        count(*) filter (where status = 'on_time') as n_on_time,
        count(*) filter (where status = 'late') as n_late,
        count(*) filter (where status = 'missing') as n_missing,
        count(*) filter (where status = 'awaited') as n_awaited
    from due
    group by
        feed,
        region_code
),

drifted as (
    select
        drift.feed,
        case when drift.region = 'all' then office.region_code else drift.region end as region_code,
        count(distinct drift.file) as n_drifted
    from drift
    cross join office
    group by
        drift.feed,
        case when drift.region = 'all' then office.region_code else drift.region end
),

jumped as (
    select
        jumps.feed,
        case when jumps.region = 'all' then office.region_code else jumps.region end as region_code,
        count(*) as n_jumps
    from jumps
    cross join office
    group by
        jumps.feed,
        case when jumps.region = 'all' then office.region_code else jumps.region end
),

places as (
    select feed, region_code from delivered
    union
    select feed, region_code from asked
),

-- A place meets at most one row of each.
feed_regions as (
    select
        places.feed,
        places.region_code,
        coalesce(delivered.n_files, 0) as n_files,
        coalesce(delivered.n_in_force, 0) as n_in_force,
        coalesce(delivered.n_replaced, 0) as n_replaced,
        coalesce(delivered.n_refused, 0) as n_refused,
        coalesce(delivered.rows_delivered, 0) as rows_delivered,
        coalesce(delivered.rows_loaded, 0) as rows_loaded,
        coalesce(delivered.rows_dropped, 0) as rows_dropped,
        coalesce(delivered.rows_rejected, 0) as rows_rejected,
        coalesce(remarked.cells_repaired, 0) as cells_repaired,
        coalesce(remarked.cells_warned, 0) as cells_warned,
        coalesce(asked.n_due, 0) as n_due,
        coalesce(asked.n_on_time, 0) as n_on_time,
        coalesce(asked.n_late, 0) as n_late,
        coalesce(asked.n_missing, 0) as n_missing,
        coalesce(asked.n_awaited, 0) as n_awaited,
        coalesce(drifted.n_drifted, 0) as n_drifted,
        coalesce(jumped.n_jumps, 0) as n_jumps,
        delivered.newest_on
    from places
    left join delivered
        on places.feed = delivered.feed
        and places.region_code = delivered.region_code
    left join remarked
        on places.feed = remarked.feed
        and places.region_code = remarked.region_code
    left join asked
        on places.feed = asked.feed
        and places.region_code = asked.region_code
    left join drifted
        on places.feed = drifted.feed
        and places.region_code = drifted.region_code
    left join jumped
        on places.feed = jumped.feed
        and places.region_code = jumped.region_code
)

select * from feed_regions
