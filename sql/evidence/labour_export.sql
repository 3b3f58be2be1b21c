-- The records behind the rules of labour export: which count, which do not, and why.
-- zh: 劳务输出各规则的证据行:计入、不计入及原因。
-- grain: rule_id, period, region_code, source, record_key, item
-- kept as: table
--
-- The plan's part is 2 (7). What is not shown counts as not done.
-- H1 (1): a pair and quarter, at the sending unit, counts if the unit, a county of it or the receiving unit reports a cooperation
-- event of the quarter with the other as partner; if the partner is blank the event's name speaks. Events and the sender's
-- ledger persons whose work by the pair's channel began in the quarter are shown.
-- H2 (2): a unit counts if work of a ledger person registered there began in the year through an office elsewhere.
-- H3 (2): a service subsidy of the year counts if it says organised and outside the county; a blank of either does not.
-- H4 (2): a poor county counts if a brand recognised by the day measured, in any year, has local character; a blank does not.
-- If files differ on one brand, the yes counts.
-- H5 (2): a poor village, at the county that the village register names, counts if an active broker serves it. A broker withdrawn
-- on the day measured no longer does.
with
rules_in_force as (select * from measures.rules_in_force),

ledger_persons as (select * from measures.ledger_persons),

events as (select * from measures.events_in_force),

employment as (select * from measures.employment_in_force),

distinct_payments as (select * from measures.distinct_payments),

brands as (select * from measures.brands_in_force),

villages as (select * from measures.villages_in_force),

brokers as (select * from measures.brokers),

dates as (select * from measures.dates where is_current),

region_parts as (select * from measures.region_parts),

regions as (select * from policy.regions),

labour_pairs as (select * from policy.labour_pairs),

-- H1: a quarter meets every pair in force on the day measured.
pairs as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.starts_on,
        rules_in_force.measured_on,
        labour_pairs.sender_unit,
        labour_pairs.receiver_name,
        labour_pairs.receiver_unit,
        labour_pairs.receiver_word,
        labour_pairs.sender_word,
        labour_pairs.channel
    from rules_in_force
    inner join labour_pairs
        on rules_in_force.rule_id = 'H1'
        and labour_pairs.valid_from <= rules_in_force.measured_on
        and (labour_pairs.valid_to is null or labour_pairs.valid_to > rules_in_force.measured_on)
),

-- Who is named: the partner, or the event's name. A name without 市 is the whole cell.
meetings as (
    select
        *,
        coalesce(partner, name) as partner_text,
        concat(coalesce(partner, name), '市') as partner_city
    from events
    where kind = '劳务协作对接'
),

-- A pair meets the events that the sending side reports with the receiver, where they stand, and those that the receiving side
-- reports with the sender, at the sender.
pair_events as (
    select
        pairs.rule_id,
        pairs.period,
        pairs.sender_unit,
        pairs.receiver_name,
        meetings.region_code,
        meetings.event_id,
        meetings.held_on,
        meetings.source_file,
        meetings.source_row
    from pairs
    inner join region_parts
        on pairs.sender_unit = region_parts.region_code
    inner join meetings
        on region_parts.part_code = meetings.region_code
        and meetings.held_on >= pairs.starts_on
        and meetings.held_on <= pairs.measured_on
        and (strpos(meetings.partner_text, pairs.receiver_word) > 0 or meetings.partner_city = pairs.receiver_word)
    union all
    select
        pairs.rule_id,
        pairs.period,
        pairs.sender_unit,
        pairs.receiver_name,
        pairs.sender_unit as region_code,
        meetings.event_id,
        meetings.held_on,
        meetings.source_file,
        meetings.source_row
    from pairs
    inner join region_parts
        on pairs.receiver_unit = region_parts.region_code
    inner join meetings
        on region_parts.part_code = meetings.region_code
        and meetings.held_on >= pairs.starts_on
        and meetings.held_on <= pairs.measured_on
        and (strpos(meetings.partner_text, pairs.sender_word) > 0 or meetings.partner_city = pairs.sender_word)
),

ordered_events as (
    select
        *,
        row_number() over (
            partition by rule_id, period, receiver_name, region_code, event_id
            order by held_on, source_file, source_row
        ) as row_order
    from pair_events
),

met_pairs as (
    select
        rule_id,
        period,
        sender_unit,
        receiver_name,
        min(held_on) as first_held_on
    from ordered_events
    group by
        rule_id,
        period,
        sender_unit,
        receiver_name
),

-- A pair meets at most one sum of its events.
pair_duties as (
    select
        pairs.rule_id,
        pairs.period,
        pairs.sender_unit as region_code,
        'policy' as source,
        pairs.sender_unit as record_key,
        pairs.receiver_name as item,
        cast(case when met_pairs.sender_unit is not null then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(1 as decimal(18, 2)) as denominator,
        case when met_pairs.sender_unit is not null then 'counts' else 'pair_without_event' end as reason,
        met_pairs.first_held_on as on_date,
        cast(null as bigint) as days_late,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from pairs
    left join met_pairs
        on pairs.rule_id = met_pairs.rule_id
        and pairs.period = met_pairs.period
        and pairs.sender_unit = met_pairs.sender_unit
        and pairs.receiver_name = met_pairs.receiver_name
),

pair_event_records as (
    select
        rule_id,
        period,
        region_code,
        'events' as source,
        event_id as record_key,
        receiver_name as item,
        cast(0 as decimal(18, 2)) as numerator,
        cast(0 as decimal(18, 2)) as denominator,
        'record' as reason,
        held_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from ordered_events
    where row_order = 1
),

-- A spell meets its person in the ledger, at most once.
placements as (
    select
        ledger_persons.region_code,
        employment.person_key,
        employment.channel,
        employment.started_on,
        employment.source_file,
        employment.source_row
    from employment
    inner join ledger_persons
        on employment.person_key = ledger_persons.person_key
    where employment.channel is not null
),

-- A pair meets the placements of its channel at the sender's places.
ordered_pair_placements as (
    select
        pairs.rule_id,
        pairs.period,
        pairs.receiver_name,
        placements.region_code,
        placements.person_key,
        placements.started_on,
        placements.source_file,
        placements.source_row,
        row_number() over (
            partition by pairs.rule_id, pairs.period, pairs.receiver_name, placements.person_key
            order by placements.started_on, placements.source_file, placements.source_row
        ) as row_order
    from pairs
    inner join region_parts
        on pairs.sender_unit = region_parts.region_code
    inner join placements
        on region_parts.part_code = placements.region_code
        and pairs.channel = placements.channel
        and placements.started_on >= pairs.starts_on
        and placements.started_on <= pairs.measured_on
),

pair_placement_records as (
    select
        rule_id,
        period,
        region_code,
        'employment' as source,
        person_key as record_key,
        receiver_name as item,
        cast(0 as decimal(18, 2)) as numerator,
        cast(0 as decimal(18, 2)) as denominator,
        'record' as reason,
        started_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from ordered_pair_placements
    where row_order = 1
),

-- H2: the year meets the placements by offices elsewhere that began in it.
ordered_office_placements as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        placements.region_code,
        placements.person_key,
        placements.started_on,
        placements.source_file,
        placements.source_row,
        row_number() over (
            partition by rules_in_force.rule_id, rules_in_force.period, placements.person_key
            order by placements.started_on, placements.source_file, placements.source_row
        ) as row_order
    from placements
    inner join rules_in_force
        on rules_in_force.rule_id = 'H2'
        and placements.started_on >= rules_in_force.starts_on
        and placements.started_on <= rules_in_force.measured_on
    where placements.channel = '驻外劳务机构'
),

-- A placement meets every region that it adds to.
office_units as (
    select
        ordered_office_placements.rule_id,
        ordered_office_placements.period,
        region_parts.region_code,
        min(ordered_office_placements.started_on) as first_started_on
    from ordered_office_placements
    inner join region_parts
        on ordered_office_placements.region_code = region_parts.part_code
    group by
        ordered_office_placements.rule_id,
        ordered_office_placements.period,
        region_parts.region_code
),

-- Every unit meets at most one sum of its placements.
office_duties as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        regions.region_code,
        'policy' as source,
        regions.region_code as record_key,
        '' as item,
        cast(case when office_units.region_code is not null then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(1 as decimal(18, 2)) as denominator,
        case when office_units.region_code is not null then 'counts' else 'no_placement_by_office' end as reason,
        office_units.first_started_on as on_date,
        cast(null as bigint) as days_late,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from rules_in_force
    inner join regions
        on rules_in_force.rule_id = 'H2'
        and regions.level = 'unit'
        and regions.valid_from <= rules_in_force.as_of
        and (regions.valid_to is null or regions.valid_to > rules_in_force.as_of)
    left join office_units
        on rules_in_force.rule_id = office_units.rule_id
        and rules_in_force.period = office_units.period
        and regions.region_code = office_units.region_code
),

office_records as (
    select
        rule_id,
        period,
        region_code,
        'employment' as source,
        person_key as record_key,
        '' as item,
        cast(0 as decimal(18, 2)) as numerator,
        cast(0 as decimal(18, 2)) as denominator,
        'record' as reason,
        started_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from ordered_office_placements
    where row_order = 1
),

-- H3: a service subsidy paid in the year.
reasoned_exports as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        distinct_payments.region_code,
        distinct_payments.payment_key,
        distinct_payments.payee_key,
        distinct_payments.paid_on,
        distinct_payments.source_file,
        distinct_payments.source_row,
        case
            when distinct_payments.organised and distinct_payments.outside_county then 'counts'
            when not distinct_payments.organised then 'export_not_organised'
            when not distinct_payments.outside_county then 'export_within_county'
            else 'export_cells_blank'
        end as reason
    from distinct_payments
    inner join rules_in_force
        on rules_in_force.rule_id = 'H3'
        and distinct_payments.paid_on >= rules_in_force.starts_on
        and distinct_payments.paid_on <= rules_in_force.measured_on
    where distinct_payments.kind = '就业创业服务补贴'
),

judged_exports as (
    select
        rule_id,
        period,
        region_code,
        'payments' as source,
        payment_key as record_key,
        payee_key as item,
        cast(case when reason = 'counts' then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(1 as decimal(18, 2)) as denominator,
        reason,
        paid_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from reasoned_exports
),

-- H4: every poor county.
poor_counties as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.measured_on,
        regions.region_code
    from rules_in_force
    inner join regions
        on rules_in_force.rule_id = 'H4'
        and regions.level = 'county'
        and regions.is_poor_county
        and regions.valid_from <= rules_in_force.as_of
        and (regions.valid_to is null or regions.valid_to > rules_in_force.as_of)
),

ordered_brands as (
    select
        *,
        row_number() over (
            partition by region_code, name
            order by source_file, source_row
        ) as row_order
    from brands
),

brands_once as (
    select
        region_code,
        name,
        min(recognised_on) as recognised_on,
        bool_or(has_local_character) as has_local_character,
        max(case when row_order = 1 then source_file end) as source_file,
        max(case when row_order = 1 then source_row end) as source_row
    from ordered_brands
    group by
        region_code,
        name
),

-- A poor county meets each of its brands recognised by the day.
county_brands as (
    select
        poor_counties.rule_id,
        poor_counties.period,
        poor_counties.region_code,
        brands_once.name,
        brands_once.recognised_on,
        brands_once.has_local_character,
        brands_once.source_file,
        brands_once.source_row
    from poor_counties
    inner join brands_once
        on poor_counties.region_code = brands_once.region_code
        and brands_once.recognised_on <= poor_counties.measured_on
),

branded as (
    select
        rule_id,
        period,
        region_code,
        min(recognised_on) as first_recognised_on
    from county_brands
    where has_local_character
    group by
        rule_id,
        period,
        region_code
),

-- A poor county meets at most one sum of its brands.
brand_duties as (
    select
        poor_counties.rule_id,
        poor_counties.period,
        poor_counties.region_code,
        'policy' as source,
        poor_counties.region_code as record_key,
        '' as item,
        cast(case when branded.region_code is not null then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(1 as decimal(18, 2)) as denominator,
        case when branded.region_code is not null then 'counts' else 'no_local_brand' end as reason,
        branded.first_recognised_on as on_date,
        cast(null as bigint) as days_late,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from poor_counties
    left join branded
        on poor_counties.rule_id = branded.rule_id
        and poor_counties.period = branded.period
        and poor_counties.region_code = branded.region_code
),

brand_records as (
    select
        rule_id,
        period,
        region_code,
        'brands' as source,
        name as record_key,
        '' as item,
        cast(0 as decimal(18, 2)) as numerator,
        cast(0 as decimal(18, 2)) as denominator,
        case
            when has_local_character then 'record'
            when has_local_character is null then 'brand_character_blank'
            else 'brand_without_local_character'
        end as reason,
        recognised_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from county_brands
),

-- H5: of the rows of one village, the first that calls it poor.
ordered_villages as (
    select
        region_code,
        village_code,
        source_file,
        source_row,
        row_number() over (
            partition by village_code
            order by source_file, source_row
        ) as row_order
    from villages
    where is_poor_village
),

-- The active brokers of today, by the village they serve.
serving as (
    select
        brokers.person_key,
        brokers.village_code,
        brokers.recognised_on
    from brokers
    inner join dates
        on brokers.month = dates.month
    where brokers.village_code is not null
),

served_villages as (
    select
        village_code,
        min(recognised_on) as first_recognised_on
    from serving
    group by village_code
),

-- A poor village meets at most one sum of its brokers.
judged_villages as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        ordered_villages.region_code,
        'villages' as source,
        ordered_villages.village_code as record_key,
        '' as item,
        cast(case when served_villages.village_code is not null then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(1 as decimal(18, 2)) as denominator,
        case when served_villages.village_code is not null then 'counts' else 'village_without_broker' end as reason,
        served_villages.first_recognised_on as on_date,
        cast(null as bigint) as days_late,
        ordered_villages.source_file,
        ordered_villages.source_row
    from ordered_villages
    inner join rules_in_force
        on rules_in_force.rule_id = 'H5'
    left join served_villages
        on ordered_villages.village_code = served_villages.village_code
    where ordered_villages.row_order = 1
),

-- A poor village meets each of its brokers; a broker serves one village.
broker_records as (
    select
        judged_villages.rule_id,
        judged_villages.period,
        judged_villages.region_code,
        'brokers' as source,
        serving.person_key as record_key,
        serving.village_code as item,
        cast(0 as decimal(18, 2)) as numerator,
        cast(0 as decimal(18, 2)) as denominator,
        'record' as reason,
        serving.recognised_on as on_date,
        cast(null as bigint) as days_late,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from judged_villages
    inner join serving
        on judged_villages.record_key = serving.village_code
),

labour_export as (
    select * from pair_duties
    union all
    select * from pair_event_records
    union all
    select * from pair_placement_records
    union all
    select * from office_duties
    union all
    select * from office_records
    union all
    select * from judged_exports
    union all
    select * from brand_duties
    union all
    select * from brand_records
    union all
    select * from judged_villages
    union all
    select * from broker_records
)

select * from labour_export
