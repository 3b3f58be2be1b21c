-- Who has reported, for every region and indicator, on each day measured; what a parent's figure lacks, with the names.
-- zh: 各地区各指标是否已报;汇总数缺哪些县(各计量日)。
-- grain: region_code, indicator_id, month
-- kept as: table
--
-- A place has reported with an accepted file for its own slice of the indicator's feed (also one without rows), or with a row
-- for it in another place's file. A register is asked for the year of the as-of date, the ledger for any month up to the day.
-- A parent has reported if any part of it has; it lacks the counties that have a task and have not.
with
days as (select * from measures.days),

expected as (select * from measures.expected),

region_parts as (select * from measures.region_parts),

slices_in_force as (select * from measures.slices_in_force),

ledger_slices as (select * from measures.ledger_slices),

ledger_rows as (select * from measures.ledger_rows),

events as (select * from staging.events),

sites as (select * from staging.sites),

training as (select * from staging.training),

brokers as (select * from staging.brokers),

indicators as (select * from policy.indicators),

regions as (select * from policy.regions),

-- Rows that another place's file holds for a place, in the feeds of the counted indicators.
rows_elsewhere as (
    select 'events' as feed, slice_region, slice_period, region_code from events where region_code <> slice_region
    union
    select 'sites' as feed, slice_region, slice_period, region_code from sites where region_code <> slice_region
    union
    select 'training' as feed, slice_region, slice_period, region_code from training where region_code <> slice_region
    union
    select 'brokers' as feed, slice_region, slice_period, region_code from brokers where region_code <> slice_region
),

-- A register slice of the year meets every month of the year.
register_places as (
    select
        days.month,
        slices_in_force.feed,
        slices_in_force.slice_region as part_code
    from slices_in_force
    inner join days
        on slices_in_force.slice_year = days.year
    where slices_in_force.feed <> 'ledger'
    union
    select
        days.month,
        rows_elsewhere.feed,
        rows_elsewhere.region_code as part_code
    from rows_elsewhere
    inner join slices_in_force
        on rows_elsewhere.feed = slices_in_force.feed
        and rows_elsewhere.slice_region = slices_in_force.slice_region
        and rows_elsewhere.slice_period = slices_in_force.slice_period
    inner join days
        on slices_in_force.slice_year = days.year
),

ledger_places as (
    select
        month,
        'ledger' as feed,
        slice_region as part_code
    from ledger_slices
    union
    select
        month,
        'ledger' as feed,
        region_code as part_code
    from ledger_rows
    where region_code <> slice_region
),

reported_places as (
    select * from register_places
    union
    select * from ledger_places
),

-- A region and indicator meet each of their parts, and each part its task and at most one report.
parts as (
    select
        expected.region_code,
        expected.indicator_id,
        expected.month,
        region_parts.part_code,
        part_regions.level = 'county' as is_county,
        part_regions.sort_order,
        part_regions.short_name,
        part_tasks.target > 0 as has_task,
        reported_places.part_code is not null as has_reported
    from expected
    inner join days
        on expected.month = days.month
    inner join indicators
        on expected.indicator_id = indicators.indicator_id
        and indicators.valid_from <= days.on_date
        and (indicators.valid_to is null or indicators.valid_to > days.on_date)
    inner join region_parts
        on expected.region_code = region_parts.region_code
    inner join regions as part_regions
        on region_parts.part_code = part_regions.region_code
        and part_regions.valid_from <= days.as_of
        and (part_regions.valid_to is null or part_regions.valid_to > days.as_of)
    left join expected as part_tasks
        on region_parts.part_code = part_tasks.region_code
        and expected.indicator_id = part_tasks.indicator_id
        and expected.month = part_tasks.month
    left join reported_places
        on region_parts.part_code = reported_places.part_code
        and indicators.feed = reported_places.feed
        and expected.month = reported_places.month
),

reporting as (
    select
        region_code,
        indicator_id,
        month,
        bool_or(has_reported) as has_reported,
        count(*) filter (where is_county) as counties,
        count(*) filter (where is_county and has_task and not has_reported) as counties_missing,
        cast(
            string_agg(short_name, '、' order by sort_order)
                filter (where is_county and has_task and not has_reported)
            as varchar
        ) as missing_regions
    from parts
    group by
        region_code,
        indicator_id,
        month
)

select * from reporting
