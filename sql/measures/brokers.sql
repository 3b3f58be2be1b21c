-- T5: active labour brokers, whenever recognised, on each day measured, each placed once.
-- zh: T5 在岗农村劳务经纪人(不论何时认定),一人一地,各计量日。
-- grain: month, person_key
-- kept as: table
--
-- A broker active in two places counts where recognised last, then at the lower code. On the day of withdrawal it is over.
with
days as (select * from measures.days),

brokers as (select * from staging.brokers),

slices_in_force as (select * from measures.slices_in_force where feed = 'brokers'),

-- A broker meets every month in which they are active, once for each place that lists them.
active as (
    select
        days.month,
        brokers.person_key,
        brokers.region_code,
        brokers.village_code,
        brokers.recognised_on,
        row_number() over (
            partition by days.month, brokers.person_key
            order by brokers.recognised_on desc, brokers.region_code, brokers.source_file, brokers.source_row
        ) as place_order
    from brokers
    inner join slices_in_force
        on brokers.slice_region = slices_in_force.slice_region
        and brokers.slice_period = slices_in_force.slice_period
    inner join days
        on brokers.recognised_on <= days.on_date
        and (brokers.withdrawn_on is null or brokers.withdrawn_on > days.on_date)
),

placed as (
    select
        month,
        person_key,
        region_code,
        village_code,
        recognised_on
    from active
    where place_order = 1
)

select * from placed
