-- Townships and villages: what stands there, and how many of the poor labourers registered there are at work.
-- zh: 各县的乡镇和行政村:有没有经纪人、有没有载体,登记了多少贫困劳动力、多少人已就业。
-- grain: region_code, level, place_code
-- kept as: table
--
-- The places are those of the village register: a village once, at the county that names it, poor if any row calls it so (as in
-- H5). registered and employed are T6's denominator and numerator, each person at the village that their ledger row names; who
-- names none of the register's villages of the county stands in the county's row of level unknown, so that the townships and that row
-- add up to the county. brokers: active on the day, serving the village, whoever lists them. sites: workshops, bases and
-- markets recognised and not cancelled. Blank, not zero, where the county has not reported the feed.
-- Where fewer than policy's small_group_min are registered, but not none, registered and employed stay blank (is_small): they would
-- tell of single people. Where such places of one parent have together fewer than that, the next smallest stays blank too, and
-- with a township all its villages, so that no such count is what is left when the others are taken from the whole. This keeps the
-- pages from pointing at people. It hides nothing from who reads the evidence, which names each person's file and row, and
-- a place of five of whom all or none are employed tells of each of them.
with
context as (select * from run.context),

dates as (select * from measures.dates where is_current),

villages_in_force as (select * from measures.villages_in_force),

ledger_persons as (select * from measures.ledger_persons where is_in_denominator),

ledger as (select * from staging.ledger),

brokers as (select * from measures.brokers),

sites as (select * from measures.sites),

feed_reporting as (select * from measures.feed_reporting),

regions as (select * from policy.regions),

thresholds as (select * from policy.thresholds),

-- One row: the smallest group of which a count may be told.
limits as (
    select max(thresholds.value) as small_group_min
    from thresholds
    inner join context
        on thresholds.name = 'small_group_min'
        and thresholds.valid_from <= context.as_of
        and (thresholds.valid_to is null or thresholds.valid_to > context.as_of)
),

counties as (
    select regions.region_code
    from regions
    inner join context
        on regions.level = 'county'
        and regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
),

ordered_villages as (
    select
        region_code,
        village_code,
        substr(village_code, 1, 9) as township_code,
        township,
        name,
        is_poor_village,
        row_number() over (
            partition by village_code
            order by coalesce(is_poor_village, false) desc, source_file, source_row
        ) as row_order
    from villages_in_force
),

register as (
    select
        region_code,
        village_code,
        township_code,
        township,
        name,
        is_poor_village
    from ordered_villages
    where row_order = 1
),

-- A person meets the one row that places them, and the one village of the register that it names, or none.
placed as (
    select
        ledger_persons.region_code,
        register.village_code,
        ledger_persons.is_employed
    from ledger_persons
    inner join ledger
        on ledger_persons.source_file = ledger.source_file
        and ledger_persons.source_row = ledger.source_row
        and ledger_persons.person_key = ledger.person_key
    left join register
        on ledger.village_code = register.village_code
        and ledger_persons.region_code = register.region_code
),

village_people as (
    select
        region_code,
        village_code,
        count(*) as registered,
        count(*) filter (where is_employed) as employed
    from placed
    group by
        region_code,
        village_code
),

village_brokers as (
    select
        brokers.village_code,
        count(*) as brokers
    from brokers
    inner join dates
        on brokers.month = dates.month
    group by brokers.village_code
),

village_sites as (
    select
        sites.village_code,
        count(*) as sites
    from sites
    inner join dates
        on sites.recognised_on <= dates.on_date
        and (sites.cancelled_on is null or sites.cancelled_on > dates.on_date)
    group by sites.village_code
),

reported as (
    select
        part_code,
        bool_or(feed = 'ledger') as has_ledger,
        bool_or(feed = 'brokers') as has_brokers,
        bool_or(feed = 'sites') as has_sites
    from feed_reporting
    group by part_code
),

-- A village meets its people, brokers and sites once each, and what its county reported.
counted as (
    select
        register.region_code,
        register.village_code,
        register.township_code,
        register.township,
        register.name,
        register.is_poor_village,
        case when reported.has_ledger then coalesce(village_people.registered, 0) end as registered,
        case when reported.has_ledger then coalesce(village_people.employed, 0) end as employed,
        case
            when reported.has_brokers or village_brokers.brokers > 0 then coalesce(village_brokers.brokers, 0)
        end as brokers,
        case when reported.has_sites or village_sites.sites > 0 then coalesce(village_sites.sites, 0) end as sites
    from register
    left join village_people
        on register.region_code = village_people.region_code
        and register.village_code = village_people.village_code
    left join village_brokers
        on register.village_code = village_brokers.village_code
    left join village_sites
        on register.village_code = village_sites.village_code
    left join reported
        on register.region_code = reported.part_code
),

places as (
    select
        region_code,
        'village' as level,
        village_code as place_code,
        township_code as parent_code,
        name,
        township,
        is_poor_village,
        cast(1 as bigint) as villages,
        cast(case when is_poor_village then 1 else 0 end as bigint) as poor_villages,
        cast(
            case when brokers is not null then case when is_poor_village and brokers > 0 then 1 else 0 end end as bigint
        ) as poor_villages_served,
        brokers,
        sites,
        registered,
        employed
    from counted
    union all
    select
        region_code,
        'township' as level,
        township_code as place_code,
        region_code as parent_code,
        min(township) as name,
        min(township) as township,
        cast(null as boolean) as is_poor_village,
        count(*) as villages,
        count(*) filter (where is_poor_village) as poor_villages,
        case
            when count(brokers) = count(*) then count(*) filter (where is_poor_village and brokers > 0)
        end as poor_villages_served,
        case when count(brokers) = count(*) then sum(brokers) end as brokers,
        case when count(sites) = count(*) then sum(sites) end as sites,
        sum(registered) as registered,
        sum(employed) as employed
    from counted
    group by
        region_code,
        township_code
    union all
    select
        village_people.region_code,
        'unknown' as level,
        '' as place_code,
        village_people.region_code as parent_code,
        cast(null as varchar) as name,
        cast(null as varchar) as township,
        cast(null as boolean) as is_poor_village,
        cast(null as bigint) as villages,
        cast(null as bigint) as poor_villages,
        cast(null as bigint) as poor_villages_served,
        cast(null as bigint) as brokers,
        cast(null as bigint) as sites,
        village_people.registered,
        village_people.employed
    from village_people
    inner join counties
        on village_people.region_code = counties.region_code
    where village_people.village_code is null
),

-- Every place meets the one limit; without one all are small.
sized as (
    select
        places.*,
        limits.small_group_min,
        coalesce(places.registered > 0, false)
        and not coalesce(places.registered >= limits.small_group_min, false) as is_tiny
    from places
    cross join limits
),

ranked as (
    select
        *,
        sum(case when is_tiny then registered end) over (partition by region_code, parent_code) as tiny_registered,
        row_number() over (
            partition by region_code, parent_code
            order by is_tiny, registered = 0, registered, place_code
        ) as size_order
    from sized
),

guarded as (
    select
        *,
        is_tiny
        or coalesce(tiny_registered < small_group_min and size_order = 1 and registered > 0, false) as is_guarded
    from ranked
),

guarded_townships as (
    select
        region_code,
        place_code
    from guarded
    where level = 'township'
        and is_guarded
),

-- A village meets its township if that one is guarded.
villages as (
    select
        guarded.region_code,
        guarded.level,
        guarded.place_code,
        guarded.parent_code,
        guarded.name,
        guarded.township,
        guarded.is_poor_village,
        guarded.villages,
        guarded.poor_villages,
        guarded.poor_villages_served,
        guarded.brokers,
        guarded.sites,
        guarded.registered,
        guarded.is_guarded
        or (guarded_townships.place_code is not null and coalesce(guarded.registered > 0, false)) as is_small,
        guarded.employed
    from guarded
    left join guarded_townships
        on guarded.region_code = guarded_townships.region_code
        and guarded.parent_code = guarded_townships.place_code
)

select
    region_code,
    level,
    place_code,
    parent_code,
    name,
    township,
    is_poor_village,
    villages,
    poor_villages,
    poor_villages_served,
    brokers,
    sites,
    case when not is_small then registered end as registered,
    case when not is_small then employed end as employed,
    case
        when not is_small
            then cast(
                cast(100 * employed as decimal(24, 8)) / nullif(cast(registered as decimal(12, 0)), 0)
                as decimal(18, 6)
            )
    end as share_pct,
    is_small
from villages
