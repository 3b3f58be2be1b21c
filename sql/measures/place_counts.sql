-- What is counted at each place of the rows themselves, before anything is added up: the indicators' one meeting point.
-- zh: 各行所在地的六项计数(未汇总)。
-- grain: month, part_code, indicator_id
-- kept as: table
with
days as (select * from measures.days),

fairs as (select * from measures.fairs),

workshops as (select * from measures.workshops),

bases as (select * from measures.bases),

trained as (select * from measures.trained),

brokers as (select * from measures.brokers),

persons as (select * from measures.persons),

-- A fair meets every month from its day on.
fair_counts as (
    select
        days.month,
        fairs.region_code as part_code,
        'T1' as indicator_id,
        count(*) as numerator,
        cast(1 as bigint) as denominator
    from fairs
    inner join days
        on fairs.held_on >= days.year_starts_on
        and fairs.held_on <= days.on_date
    group by
        days.month,
        fairs.region_code
),

workshop_counts as (
    select
        month,
        region_code as part_code,
        'T2' as indicator_id,
        count(*) as numerator,
        cast(1 as bigint) as denominator
    from workshops
    where is_counted
    group by
        month,
        region_code
),

base_counts as (
    select
        month,
        region_code as part_code,
        'T3' as indicator_id,
        count(*) as numerator,
        cast(1 as bigint) as denominator
    from bases
    group by
        month,
        region_code
),

trained_counts as (
    select
        month,
        region_code as part_code,
        'T4' as indicator_id,
        count(*) as numerator,
        cast(1 as bigint) as denominator
    from trained
    group by
        month,
        region_code
),

broker_counts as (
    select
        month,
        region_code as part_code,
        'T5' as indicator_id,
        count(*) as numerator,
        cast(1 as bigint) as denominator
    from brokers
    group by
        month,
        region_code
),

employed_counts as (
    select
        month,
        region_code as part_code,
        'T6' as indicator_id,
        sum(case when is_in_numerator then 1 else 0 end) as numerator,
        sum(case when is_in_denominator then 1 else 0 end) as denominator
    from persons
    group by
        month,
        region_code
),

place_counts as (
    select * from fair_counts
    union all
    select * from workshop_counts
    union all
    select * from base_counts
    union all
    select * from trained_counts
    union all
    select * from broker_counts
    union all
    select * from employed_counts
)

select * from place_counts
