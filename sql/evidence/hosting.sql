-- The records behind the rules of workshops and bases: which count, which do not, and why.
-- zh: 帮扶吸纳各规则的证据行:计入、不计入及原因。
-- grain: rule_id, period, region_code, source, record_key, item
-- kept as: table
--
-- D1 (the plan, part 2 (4) 1): workshops recognised in the year and not cancelled. One stands in a township or village by its
-- digits (GB/T 10114): 7 to 9 of a town or township, or 10 to 12 of a village, also of one under a street; without them by its
-- kind of place. It does not with a street's digits, or where the kind of place is 城区. Where neither tells, the workshop is
-- shown and not judged.
-- D2 (1): the same workshops, by the poor labourers registered in the workshop's own county on its open roster that day; how
-- many, and with how long a contract, are the thresholds of T2. Who comes from another county counts for T2, not here.
-- D3 (1): awards paid in the year, within the least of the cap and so much a person concerned (without a number of people: the
-- cap alone), and no second one for the same enterprise and workshop in any year. An enterprise left blank is the workshop's. An
-- award that names no workshop cannot be told from a second one: within the cap it is shown and not judged.
-- D4 (2): each poor county has a base of any level and year in force, with a poor labourer of that county on its open roster.
-- D5 (2): grants to bases paid in the year, by the level of the site whose number they name. A number that is blank or unknown,
-- or a site without a level, proves nothing: the grant is shown and not judged.
-- D6 (3): each unit has a helping enterprise (就业帮扶基地) in force with poor labourers on its open roster: who could be
-- recommended. Each candidate is a record; its item is the number of its poor labourers.
with
dates as (select * from measures.dates where is_current),

rules_in_force as (select * from measures.rules_in_force),

workshops as (select * from measures.workshops),

sites as (select * from measures.sites),

site_rows as (select * from measures.site_rows),

site_workers as (select * from measures.site_workers),

payments as (select * from measures.payments_once),

matching_places as (select * from measures.matching_places),

region_parts as (select * from measures.region_parts),

regions as (select * from policy.regions),

thresholds as (select * from policy.thresholds),

code_sets as (select * from policy.code_sets),

-- One row: the thresholds in force on the as-of date.
limits as (
    select
        max(case when thresholds.name = 'street_digits_max' then thresholds.value end) as street_digits_max,
        max(case when thresholds.name = 'township_digits_max' then thresholds.value end) as township_digits_max,
        max(case when thresholds.name = 'village_digits_min' then thresholds.value end) as village_digits_min,
        max(case when thresholds.name = 'village_digits_max' then thresholds.value end) as village_digits_max,
        max(case when thresholds.name = 'workshop_min_roster' then thresholds.value end) as workshop_min_roster,
        max(case when thresholds.name = 'workshop_min_contract_months' then thresholds.value end) as workshop_min_months,
        max(case when thresholds.name = 'base_min_roster' then thresholds.value end) as base_min_roster,
        max(case when thresholds.name = 'helper_min_roster' then thresholds.value end) as helper_min_roster
    from thresholds
    inner join dates
        on thresholds.valid_from <= dates.on_date
        and (thresholds.valid_to is null or thresholds.valid_to > dates.on_date)
),

-- The row that describes a site, as measures.sites takes it.
first_rows as (
    select
        region_code,
        kind,
        site_id,
        source_file,
        source_row,
        row_number() over (
            partition by region_code, kind, site_id
            order by recognised_on, source_file, source_row
        ) as row_order
    from site_rows
),

-- A site meets the one row that describes it. Digits that are none, or 000, tell nothing.
described as (
    select
        sites.region_code,
        sites.kind,
        sites.site_id,
        sites.level,
        sites.enterprise_code,
        sites.site_area,
        nullif(try_cast(substr(sites.village_code, 7, 3) as bigint), 0) as township_digits,
        nullif(try_cast(substr(sites.village_code, 10, 3) as bigint), 0) as village_digits,
        sites.recognised_on,
        sites.cancelled_on,
        first_rows.source_file,
        first_rows.source_row
    from sites
    inner join first_rows
        on sites.region_code = first_rows.region_code
        and sites.kind = first_rows.kind
        and sites.site_id = first_rows.site_id
        and first_rows.row_order = 1
),

workers as (
    select
        region_code,
        kind,
        site_id,
        count(*) as poor_labourers,
        count(*) filter (where is_local) as local_labourers
    from site_workers
    group by
        region_code,
        kind,
        site_id
),

-- One row of limits meets every worker.
workers_long_enough as (
    select
        site_workers.region_code,
        site_workers.kind,
        site_workers.site_id,
        count(*) as local_labourers
    from site_workers
    inner join limits
        on site_workers.contract_months >= limits.workshop_min_months
    where site_workers.is_local
    group by
        site_workers.region_code,
        site_workers.kind,
        site_workers.site_id
),

-- A workshop of the year meets its description and its workers, if it has any; one row of limits meets every workshop.
workshops_today as (
    select
        described.*,
        limits.*,
        coalesce(workers.poor_labourers, 0) as poor_labourers,
        coalesce(workers.local_labourers, 0) as local_labourers,
        coalesce(workers_long_enough.local_labourers, 0) as local_long_enough
    from workshops
    inner join dates
        on workshops.month = dates.month
    inner join code_sets
        on code_sets.set_name = 'workshop'
        and code_sets.in_set
        and code_sets.valid_from <= dates.on_date
        and (code_sets.valid_to is null or code_sets.valid_to > dates.on_date)
    inner join described
        on workshops.region_code = described.region_code
        and workshops.site_id = described.site_id
        and code_sets.code = described.kind
    left join workers
        on described.region_code = workers.region_code
        and described.kind = workers.kind
        and described.site_id = workers.site_id
    left join workers_long_enough
        on described.region_code = workers_long_enough.region_code
        and described.kind = workers_long_enough.kind
        and described.site_id = workers_long_enough.site_id
    cross join limits
),

judged_workshops as (
    select
        *,
        case
            when site_area = '城区' then 'workshop_in_urban_area'
            when village_digits between village_digits_min and village_digits_max then 'counts'
            when township_digits > street_digits_max and township_digits <= township_digits_max then 'counts'
            when township_digits <= street_digits_max and village_digits is null and site_area = '行政村' then 'counts'
            when township_digits <= street_digits_max then 'workshop_in_street'
            when site_area in ('乡镇', '行政村') then 'counts'
            else 'workshop_place_unknown'
        end as place_reason,
        case
            when local_long_enough >= workshop_min_roster then 'counts'
            when poor_labourers = 0 then 'site_without_poor_labourers'
            when local_labourers = 0 then 'poor_labourers_from_elsewhere'
            when local_labourers >= workshop_min_roster then 'contracts_too_short'
            else 'too_few_poor_labourers'
        end as workers_reason
    from workshops_today
),

workshop_places as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        judged_workshops.region_code,
        'sites' as source,
        judged_workshops.site_id as record_key,
        '' as item,
        case when judged_workshops.place_reason = 'counts' then 1 else 0 end as numerator,
        case when judged_workshops.place_reason = 'workshop_place_unknown' then 0 else 1 end as denominator,
        judged_workshops.place_reason as reason,
        judged_workshops.recognised_on as on_date,
        judged_workshops.source_file,
        judged_workshops.source_row
    from judged_workshops
    inner join rules_in_force
        on rules_in_force.rule_id = 'D1'
),

workshop_workers as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        judged_workshops.region_code,
        'sites' as source,
        judged_workshops.site_id as record_key,
        '' as item,
        case when judged_workshops.workers_reason = 'counts' then 1 else 0 end as numerator,
        1 as denominator,
        judged_workshops.workers_reason as reason,
        judged_workshops.recognised_on as on_date,
        judged_workshops.source_file,
        judged_workshops.source_row
    from judged_workshops
    inner join rules_in_force
        on rules_in_force.rule_id = 'D2'
),

site_numbers as (
    select distinct
        region_code,
        kind,
        site_id,
        reported_site_id
    from site_rows
),

-- A payment meets the sites of its number at places that match its own: of several the one at its own place first, then one of
-- the kind that is paid for, then one of the highest level asked.
payment_sites as (
    select
        payments.region_code,
        payments.kind,
        payments.payment_key,
        described.region_code as site_region_code,
        described.site_id,
        described.level,
        described.enterprise_code,
        row_number() over (
            partition by payments.region_code, payments.kind, payments.payment_key
            order by
                case when described.region_code = payments.region_code then 0 else 1 end,
                case
                    when payments.kind = '车间奖补' and described.kind = '就业扶贫车间' then 0
                    when payments.kind = '基地补助' and described.kind = '返乡创业基地' then 0
                    else 1
                end,
                case when described.level = '省级' then 0 else 1 end,
                described.region_code,
                described.kind,
                described.site_id
        ) as site_order
    from payments
    inner join site_numbers
        on payments.reference_id = site_numbers.reported_site_id
    inner join matching_places
        on payments.region_code = matching_places.region_code
        and site_numbers.region_code = matching_places.matching_code
    inner join described
        on site_numbers.region_code = described.region_code
        and site_numbers.kind = described.kind
        and site_numbers.site_id = described.site_id
    where payments.kind in ('车间奖补', '基地补助')
),

-- A payment for a site meets that site, or none is known.
site_payments as (
    select
        payments.region_code,
        payments.kind,
        payments.payment_key,
        payments.reference_id,
        coalesce(payment_sites.site_region_code, payments.region_code) as site_region_code,
        coalesce(payment_sites.site_id, payments.reference_id) as site_id,
        payment_sites.level,
        coalesce(payments.enterprise_code, payment_sites.enterprise_code, '') as enterprise_code,
        payments.people,
        payments.amount,
        payments.paid_on,
        payments.source_file,
        payments.source_row
    from payments
    left join payment_sites
        on payments.region_code = payment_sites.region_code
        and payments.kind = payment_sites.kind
        and payments.payment_key = payment_sites.payment_key
        and payment_sites.site_order = 1
    where payments.kind in ('车间奖补', '基地补助')
),

ordered_awards as (
    select
        *,
        row_number() over (
            partition by site_region_code, site_id, enterprise_code
            order by paid_on, region_code, payment_key
        ) as award_order
    from site_payments
    where kind = '车间奖补'
),

-- An award of the year meets the two limits in force on its day.
capped_awards as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        ordered_awards.*,
        ordered_awards.amount > least(
            caps.value,
            coalesce(a_person.value * ordered_awards.people, caps.value)
        ) as is_over_cap
    from ordered_awards
    inner join rules_in_force
        on rules_in_force.rule_id = 'D3'
        and ordered_awards.paid_on >= rules_in_force.starts_on
        and ordered_awards.paid_on <= rules_in_force.measured_on
    inner join thresholds as caps
        on caps.name = 'workshop_award_cap'
        and caps.valid_from <= ordered_awards.paid_on
        and (caps.valid_to is null or caps.valid_to > ordered_awards.paid_on)
    inner join thresholds as a_person
        on a_person.name = 'workshop_award_a_person'
        and a_person.valid_from <= ordered_awards.paid_on
        and (a_person.valid_to is null or a_person.valid_to > ordered_awards.paid_on)
),

judged_awards as (
    select
        *,
        case
            when is_over_cap then 'award_over_cap'
            when site_id is null then 'award_without_workshop'
            when award_order > 1 then 'award_repeated'
            else 'counts'
        end as award_reason
    from capped_awards
),

awards as (
    select
        rule_id,
        period,
        region_code,
        'payments' as source,
        payment_key as record_key,
        coalesce(reference_id, '') as item,
        case when award_reason = 'counts' then 1 else 0 end as numerator,
        case when award_reason = 'award_without_workshop' then 0 else 1 end as denominator,
        award_reason as reason,
        paid_on as on_date,
        source_file,
        source_row
    from judged_awards
),

-- A grant of the year meets the level of its base in the code set in force on its day, or no level is known.
judged_grants as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        site_payments.*,
        case
            when code_sets.in_set then 'counts'
            when site_payments.level is null then 'grant_base_unknown'
            else 'grant_not_provincial'
        end as grant_reason
    from site_payments
    inner join rules_in_force
        on rules_in_force.rule_id = 'D5'
        and site_payments.paid_on >= rules_in_force.starts_on
        and site_payments.paid_on <= rules_in_force.measured_on
    left join code_sets
        on code_sets.set_name = 'grant_level'
        and code_sets.code = site_payments.level
        and code_sets.valid_from <= site_payments.paid_on
        and (code_sets.valid_to is null or code_sets.valid_to > site_payments.paid_on)
    where site_payments.kind = '基地补助'
),

grants as (
    select
        rule_id,
        period,
        region_code,
        'payments' as source,
        payment_key as record_key,
        coalesce(reference_id, '') as item,
        case when grant_reason = 'counts' then 1 else 0 end as numerator,
        case when grant_reason = 'grant_base_unknown' then 0 else 1 end as denominator,
        grant_reason as reason,
        paid_on as on_date,
        source_file,
        source_row
    from judged_grants
),

-- A site in force on the day meets its workers, if it has any; one row of limits meets every site.
sites_today as (
    select
        described.*,
        coalesce(workers.poor_labourers, 0) as poor_labourers,
        coalesce(workers.local_labourers, 0) as local_labourers,
        limits.base_min_roster,
        limits.helper_min_roster
    from described
    inner join dates
        on described.recognised_on <= dates.on_date
        and (described.cancelled_on is null or described.cancelled_on > dates.on_date)
    left join workers
        on described.region_code = workers.region_code
        and described.kind = workers.kind
        and described.site_id = workers.site_id
    cross join limits
),

poor_counties as (
    select regions.region_code
    from regions
    inner join dates
        on regions.valid_from <= dates.on_date
        and (regions.valid_to is null or regions.valid_to > dates.on_date)
    where regions.level = 'county'
        and regions.is_poor_county
),

-- A base in force meets its poor county, and the code set in force on the day.
poor_county_bases as (
    select
        sites_today.*,
        sites_today.local_labourers >= sites_today.base_min_roster as is_done
    from sites_today
    inner join poor_counties
        on sites_today.region_code = poor_counties.region_code
    inner join dates
        on sites_today.recognised_on <= dates.on_date
    inner join code_sets
        on code_sets.set_name = 'base'
        and code_sets.in_set
        and code_sets.code = sites_today.kind
        and code_sets.valid_from <= dates.on_date
        and (code_sets.valid_to is null or code_sets.valid_to > dates.on_date)
),

bases_of_county as (
    select
        region_code,
        count(*) as bases,
        count(*) filter (where is_done) as bases_done,
        min(recognised_on) filter (where is_done) as first_done_on
    from poor_county_bases
    group by region_code
),

-- A poor county meets its bases, if it has any.
base_duties as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        poor_counties.region_code,
        'policy' as source,
        poor_counties.region_code as record_key,
        '' as item,
        case when coalesce(bases_of_county.bases_done, 0) > 0 then 1 else 0 end as numerator,
        1 as denominator,
        case
            when bases_of_county.bases_done > 0 then 'counts'
            when bases_of_county.bases > 0 then 'base_without_local_labourers'
            else 'no_base'
        end as reason,
        bases_of_county.first_done_on as on_date,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from poor_counties
    inner join rules_in_force
        on rules_in_force.rule_id = 'D4'
    left join bases_of_county
        on poor_counties.region_code = bases_of_county.region_code
),

base_records as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        poor_county_bases.region_code,
        'sites' as source,
        poor_county_bases.site_id as record_key,
        poor_county_bases.kind as item,
        0 as numerator,
        0 as denominator,
        case when poor_county_bases.is_done then 'record' else 'base_without_local_labourers' end as reason,
        poor_county_bases.recognised_on as on_date,
        poor_county_bases.source_file,
        poor_county_bases.source_row
    from poor_county_bases
    inner join rules_in_force
        on rules_in_force.rule_id = 'D4'
),

helpers as (
    select
        *,
        poor_labourers >= helper_min_roster as is_candidate
    from sites_today
    where kind = '就业帮扶基地'
),

-- A helper adds to its unit, wherever in it it stands.
helpers_of_unit as (
    select
        region_parts.region_code,
        count(*) as helpers,
        count(*) filter (where helpers.is_candidate) as candidates
    from helpers
    inner join region_parts
        on helpers.region_code = region_parts.part_code
    group by region_parts.region_code
),

-- A unit meets its helpers, if it has any.
helper_duties as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        regions.region_code,
        'policy' as source,
        regions.region_code as record_key,
        '' as item,
        case when coalesce(helpers_of_unit.candidates, 0) > 0 then 1 else 0 end as numerator,
        1 as denominator,
        case
            when helpers_of_unit.candidates > 0 then 'counts'
            when helpers_of_unit.helpers > 0 then 'helper_without_poor_labourers'
            else 'no_helper'
        end as reason,
        cast(null as date) as on_date,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from regions
    inner join rules_in_force
        on rules_in_force.rule_id = 'D6'
        and regions.level = 'unit'
        and regions.valid_from <= rules_in_force.as_of
        and (regions.valid_to is null or regions.valid_to > rules_in_force.as_of)
    left join helpers_of_unit
        on regions.region_code = helpers_of_unit.region_code
),

helper_records as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        helpers.region_code,
        'sites' as source,
        helpers.site_id as record_key,
        cast(helpers.poor_labourers as varchar) as item,
        0 as numerator,
        0 as denominator,
        case when helpers.is_candidate then 'record' else 'helper_without_poor_labourers' end as reason,
        helpers.recognised_on as on_date,
        helpers.source_file,
        helpers.source_row
    from helpers
    inner join rules_in_force
        on rules_in_force.rule_id = 'D6'
),

evidence as (
    select * from workshop_places
    union all
    select * from workshop_workers
    union all
    select * from awards
    union all
    select * from base_duties
    union all
    select * from base_records
    union all
    select * from grants
    union all
    select * from helper_duties
    union all
    select * from helper_records
),

hosting as (
    select
        rule_id,
        period,
        region_code,
        source,
        record_key,
        item,
        cast(numerator as decimal(18, 2)) as numerator,
        cast(denominator as decimal(18, 2)) as denominator,
        reason,
        on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from evidence
)

select * from hosting
