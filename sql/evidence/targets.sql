-- The records behind the targets and the promises of the plan's part 1: which count, which do not, and why.
-- zh: 目标任务各项的证据行:计入、不计入及原因。
-- grain: rule_id, period, region_code, source, record_key, item
-- kept as: table
--
-- T1–T6 are judged by measures.progress; their rows add up to its numerator (checks.evidence_equals_progress). A count's rows
-- are 1 of 0, or 0 of 0 with the reason why the record does not count; a share's are 1 or 0 of 1.
-- T0: the year's records that name a person, by person, feed and place (measures.person_records): in the ledger or not. In the
-- ledger is the newest month; who was in an earlier month of the year is told apart. Brokers need not be poor: not asked.
-- T1: fairs of the year up to the day; one dated later is shown. T2: workshops in force on the day, counted or short of ledger
-- persons; cancelled ones are shown. T3: provincial bases; bases of other levels and cancelled ones of the year are shown.
-- T4: ledger persons who finished a counted course; those with courses of the year that do not count are shown.
-- T5: brokers active on the day; those withdrawn in the year are shown. T6: everyone of the denominator.
-- T7: people and benefits for which the records themselves show that the person qualifies (measures.entitlements).
-- T8: each person with a recorded wish to work or to found (policy: service_wish), at least one service in the year (policy:
-- free_service) with a fee of 0 or a blank one (policy: free_service_fee). A blank wish is nobody's wish.
-- T9: each person with a recorded need (policy: training_wish), at least one course as in T4 with a fee of exactly 0. A blank
-- need is not in the denominator (A4 counts the blanks).
-- T10: unit × eight platforms, at least one record in the year of the unit or its counties (measures.platform_records).
with
rules_in_force as (select * from measures.rules_in_force),

dates as (select * from measures.dates),

fairs as (select * from measures.fairs),

activities as (select * from measures.activities),

sites as (select * from measures.sites),

site_rows as (select * from measures.site_rows),

workshops as (select * from measures.workshops),

bases as (select * from measures.bases),

trained as (select * from measures.trained),

courses as (select * from measures.courses),

brokers as (select * from measures.brokers),

broker_rows as (select * from measures.brokers_in_force),

persons as (select * from measures.persons),

ledger_persons as (select * from measures.ledger_persons),

person_records as (select * from measures.person_records),

services as (select * from measures.services_in_force),

entitlements as (select * from measures.entitlements),

platform_records as (select * from measures.platform_records),

region_parts as (select * from measures.region_parts),

regions as (select * from policy.regions),

code_sets as (select * from policy.code_sets),

-- The month of the as-of date meets the one period of each target.
periods as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.starts_on,
        rules_in_force.ends_on,
        rules_in_force.measured_on,
        dates.month
    from rules_in_force
    inner join dates
        on rules_in_force.as_of = dates.as_of
        and dates.is_current
),

people_of_year as (select distinct person_key from persons),

-- A person of a record meets themselves in the ledger, and in any month of the year, or nobody.
joined_records as (
    select
        periods.rule_id,
        periods.period,
        person_records.region_code,
        person_records.feed as source,
        person_records.person_key as record_key,
        '' as item,
        case when ledger_persons.person_key is null then 0 else person_records.records end as numerator,
        person_records.records as denominator,
        case
            when ledger_persons.person_key is not null then 'counts'
            when people_of_year.person_key is not null then 'left_ledger'
            else 'not_in_ledger'
        end as reason,
        person_records.first_on as on_date,
        person_records.source_file,
        person_records.source_row
    from person_records
    inner join periods
        on periods.rule_id = 'T0'
    left join ledger_persons
        on person_records.person_key = ledger_persons.person_key
    left join people_of_year
        on person_records.person_key = people_of_year.person_key
),

-- A fair is one activity; it meets the year that it is dated in.
fairs_judged as (
    select
        periods.rule_id,
        periods.period,
        fairs.region_code,
        'events' as source,
        concat(cast(fairs.held_on as varchar), ' ', fairs.name) as record_key,
        fairs.kind as item,
        case when fairs.held_on <= periods.measured_on then 1 else 0 end as numerator,
        0 as denominator,
        case when fairs.held_on <= periods.measured_on then 'counts' else 'after_day' end as reason,
        fairs.held_on as on_date,
        activities.source_file,
        activities.source_row
    from fairs
    inner join periods
        on periods.rule_id = 'T1'
        and fairs.held_on >= periods.starts_on
        and fairs.held_on <= periods.ends_on
    left join activities
        on fairs.region_code = activities.region_code
        and fairs.held_on = activities.held_on
        and fairs.kind = activities.kind
        and fairs.name = activities.name
),

-- The row under which each site is known, one a site.
ordered_site_rows as (
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

-- A site of the year meets the code sets of both targets, and its one first row.
sites_of_year as (
    select
        periods.rule_id,
        periods.period,
        periods.month,
        sites.region_code,
        sites.kind,
        sites.site_id,
        sites.level,
        sites.recognised_on,
        sites.cancelled_on,
        coalesce(sites.cancelled_on <= periods.measured_on, false) as is_cancelled,
        ordered_site_rows.source_file,
        ordered_site_rows.source_row
    from sites
    inner join periods
        on periods.rule_id in ('T2', 'T3')
        and sites.recognised_on >= periods.starts_on
        and sites.recognised_on <= periods.measured_on
    inner join code_sets
        on code_sets.set_name = case periods.rule_id when 'T2' then 'workshop' else 'base' end
        and code_sets.in_set
        and code_sets.code = sites.kind
        and code_sets.valid_from <= periods.measured_on
        and (code_sets.valid_to is null or code_sets.valid_to > periods.measured_on)
    left join ordered_site_rows
        on sites.region_code = ordered_site_rows.region_code
        and sites.kind = ordered_site_rows.kind
        and sites.site_id = ordered_site_rows.site_id
        and ordered_site_rows.row_order = 1
),

-- A site meets itself among the workshops or the bases in force, or nothing.
sites_judged as (
    select
        sites_of_year.rule_id,
        sites_of_year.period,
        sites_of_year.region_code,
        'sites' as source,
        sites_of_year.site_id as record_key,
        sites_of_year.kind as item,
        case when workshops.is_counted or bases.site_id is not null then 1 else 0 end as numerator,
        0 as denominator,
        case
            when workshops.is_counted or bases.site_id is not null then 'counts'
            when sites_of_year.is_cancelled then 'site_cancelled'
            when sites_of_year.rule_id = 'T2' then 'workshop_roster_short'
            else 'base_level_lower'
        end as reason,
        coalesce(
            case when sites_of_year.is_cancelled then sites_of_year.cancelled_on end,
            sites_of_year.recognised_on
        ) as on_date,
        sites_of_year.source_file,
        sites_of_year.source_row
    from sites_of_year
    left join workshops
        on sites_of_year.rule_id = 'T2'
        and sites_of_year.month = workshops.month
        and sites_of_year.region_code = workshops.region_code
        and sites_of_year.site_id = workshops.site_id
    left join bases
        on sites_of_year.rule_id = 'T3'
        and sites_of_year.month = bases.month
        and sites_of_year.region_code = bases.region_code
        and sites_of_year.site_id = bases.site_id
),

-- Each person's courses of the year, the one that speaks best for them first.
ordered_courses as (
    select
        *,
        row_number() over (
            partition by person_key
            order by
                (is_counted_type and is_finished) desc,
                is_finished desc,
                is_counted_type desc,
                coalesce(ended_on, started_on),
                source_file,
                source_row
        ) as row_order
    from courses
),

best_courses as (select * from ordered_courses where row_order = 1),

-- A ledger person with a course of the year meets themselves among the trained, or nobody.
trained_judged as (
    select
        periods.rule_id,
        periods.period,
        ledger_persons.region_code,
        'training' as source,
        best_courses.person_key as record_key,
        '' as item,
        case when trained.person_key is null then 0 else 1 end as numerator,
        0 as denominator,
        case
            when trained.person_key is not null then 'counts'
            when best_courses.is_finished then 'course_type_not_counted'
            else 'course_not_finished'
        end as reason,
        coalesce(trained.first_ended_on, best_courses.started_on) as on_date,
        best_courses.source_file,
        best_courses.source_row
    from best_courses
    inner join ledger_persons
        on best_courses.person_key = ledger_persons.person_key
    inner join periods
        on periods.rule_id = 'T4'
    left join trained
        on best_courses.person_key = trained.person_key
        and periods.month = trained.month
),

active_brokers as (
    select
        periods.rule_id,
        periods.period,
        brokers.person_key,
        brokers.region_code,
        brokers.recognised_on
    from brokers
    inner join periods
        on periods.rule_id = 'T5'
        and brokers.month = periods.month
),

-- A broker meets each row that names them at the place where they count; the first is kept.
broker_sources as (
    select
        active_brokers.rule_id,
        active_brokers.period,
        active_brokers.person_key,
        active_brokers.region_code,
        active_brokers.recognised_on,
        broker_rows.source_file,
        broker_rows.source_row,
        row_number() over (
            partition by active_brokers.person_key
            order by broker_rows.source_file, broker_rows.source_row
        ) as row_order
    from active_brokers
    left join broker_rows
        on active_brokers.person_key = broker_rows.person_key
        and active_brokers.region_code = broker_rows.region_code
        and active_brokers.recognised_on = broker_rows.recognised_on
),

-- Withdrawn in the year and active nowhere; the row recognised last is kept.
withdrawn_brokers as (
    select
        periods.rule_id,
        periods.period,
        broker_rows.person_key,
        broker_rows.region_code,
        broker_rows.withdrawn_on,
        broker_rows.source_file,
        broker_rows.source_row,
        row_number() over (
            partition by broker_rows.person_key
            order by broker_rows.recognised_on desc, broker_rows.region_code, broker_rows.source_file, broker_rows.source_row
        ) as row_order
    from broker_rows
    inner join periods
        on periods.rule_id = 'T5'
        and broker_rows.recognised_on <= periods.measured_on
        and broker_rows.withdrawn_on >= periods.starts_on
        and broker_rows.withdrawn_on <= periods.measured_on
    left anti join active_brokers
        on broker_rows.person_key = active_brokers.person_key
),

brokers_judged as (
    select
        rule_id,
        period,
        region_code,
        'brokers' as source,
        person_key as record_key,
        '' as item,
        1 as numerator,
        0 as denominator,
        'counts' as reason,
        recognised_on as on_date,
        source_file,
        source_row
    from broker_sources
    where row_order = 1
    union all
    select
        rule_id,
        period,
        region_code,
        'brokers' as source,
        person_key as record_key,
        '' as item,
        0 as numerator,
        0 as denominator,
        'broker_withdrawn' as reason,
        withdrawn_on as on_date,
        source_file,
        source_row
    from withdrawn_brokers
    where row_order = 1
),

employed_judged as (
    select
        periods.rule_id,
        periods.period,
        ledger_persons.region_code,
        'ledger' as source,
        ledger_persons.person_key as record_key,
        '' as item,
        case when ledger_persons.is_employed then 1 else 0 end as numerator,
        1 as denominator,
        case
            when ledger_persons.is_employed then 'counts'
            when ledger_persons.status is null then 'status_blank'
            when ledger_persons.status = '未就业' then 'not_employed'
            else 'status_not_counted'
        end as reason,
        ledger_persons.updated_on as on_date,
        ledger_persons.source_file,
        ledger_persons.source_row
    from ledger_persons
    inner join periods
        on periods.rule_id = 'T6'
    where ledger_persons.is_in_denominator
),

entitled_judged as (
    select
        'T7' as rule_id,
        period,
        region_code,
        source,
        person_key as record_key,
        concat(benefit, ' ', ground) as item,
        case when has_had then 1 else 0 end as numerator,
        1 as denominator,
        case when has_had then 'counts' else 'benefit_not_paid' end as reason,
        paid_on as on_date,
        source_file,
        source_row
    from entitlements
),

-- A service of the year meets the one code of its kind and the one of its fee; each person's first free one comes first.
ordered_services as (
    select
        services.person_key,
        services.served_on,
        services.source_file,
        services.source_row,
        fees.in_set as is_free,
        row_number() over (
            partition by services.person_key
            order by fees.in_set desc, services.served_on, services.source_file, services.source_row
        ) as row_order
    from services
    inner join periods
        on periods.rule_id = 'T8'
        and services.served_on >= periods.starts_on
        and services.served_on <= periods.measured_on
    inner join code_sets as kinds
        on kinds.set_name = 'free_service'
        and kinds.in_set
        and kinds.code = services.kind
        and kinds.valid_from <= periods.measured_on
        and (kinds.valid_to is null or kinds.valid_to > periods.measured_on)
    inner join code_sets as fees
        on fees.set_name = 'free_service_fee'
        and fees.code = case when services.fee is null then 'blank' when services.fee = 0 then 'zero' else 'charged' end
        and fees.valid_from <= periods.measured_on
        and (fees.valid_to is null or fees.valid_to > periods.measured_on)
),

-- A person meets the one code of their wish, and their best service or none.
served_judged as (
    select
        periods.rule_id,
        periods.period,
        ledger_persons.region_code,
        case when ordered_services.person_key is null then 'ledger' else 'services' end as source,
        ledger_persons.person_key as record_key,
        '' as item,
        case when ordered_services.is_free then 1 else 0 end as numerator,
        1 as denominator,
        case
            when ordered_services.is_free then 'counts'
            when ordered_services.person_key is null then 'no_service_in_year'
            else 'service_charged'
        end as reason,
        ordered_services.served_on as on_date,
        coalesce(ordered_services.source_file, ledger_persons.source_file) as source_file,
        coalesce(ordered_services.source_row, ledger_persons.source_row) as source_row
    from ledger_persons
    inner join periods
        on periods.rule_id = 'T8'
    inner join code_sets
        on code_sets.set_name = 'service_wish'
        and code_sets.in_set
        and code_sets.code = coalesce(ledger_persons.work_wish, 'blank')
        and code_sets.valid_from <= periods.measured_on
        and (code_sets.valid_to is null or code_sets.valid_to > periods.measured_on)
    left join ordered_services
        on ledger_persons.person_key = ordered_services.person_key
        and ordered_services.row_order = 1
),

-- Each person's courses of the counted types, a finished and free one first.
ordered_free_courses as (
    select
        *,
        row_number() over (
            partition by person_key
            order by (is_finished and is_free) desc, is_finished desc, coalesce(ended_on, started_on), source_file, source_row
        ) as row_order
    from courses
    where is_counted_type
),

-- A person meets the one code of their need, and their best course or none.
taught_judged as (
    select
        periods.rule_id,
        periods.period,
        ledger_persons.region_code,
        case when ordered_free_courses.person_key is null then 'ledger' else 'training' end as source,
        ledger_persons.person_key as record_key,
        '' as item,
        case when ordered_free_courses.is_finished and ordered_free_courses.is_free then 1 else 0 end as numerator,
        1 as denominator,
        case
            when ordered_free_courses.is_finished and ordered_free_courses.is_free then 'counts'
            when ordered_free_courses.is_finished then 'course_not_free'
            when ordered_free_courses.person_key is not null then 'course_not_finished'
            else 'no_course'
        end as reason,
        coalesce(ordered_free_courses.ended_on, ordered_free_courses.started_on) as on_date,
        coalesce(ordered_free_courses.source_file, ledger_persons.source_file) as source_file,
        coalesce(ordered_free_courses.source_row, ledger_persons.source_row) as source_row
    from ledger_persons
    inner join periods
        on periods.rule_id = 'T9'
    inner join code_sets
        on code_sets.set_name = 'training_wish'
        and code_sets.in_set
        and code_sets.code = coalesce(ledger_persons.training_need, 'blank')
        and code_sets.valid_from <= periods.measured_on
        and (code_sets.valid_to is null or code_sets.valid_to > periods.measured_on)
    left join ordered_free_courses
        on ledger_persons.person_key = ordered_free_courses.person_key
        and ordered_free_courses.row_order = 1
),

-- The records of a county meet its unit, those of a unit itself the unit.
unit_platforms as (
    select
        regions.region_code,
        platform_records.platform,
        platform_records.feed,
        max(platform_records.newest_on) as newest_on
    from platform_records
    inner join region_parts
        on platform_records.region_code = region_parts.part_code
    inner join periods
        on periods.rule_id = 'T10'
    inner join regions
        on region_parts.region_code = regions.region_code
        and regions.level = 'unit'
        and regions.valid_from <= periods.measured_on
        and (regions.valid_to is null or regions.valid_to > periods.measured_on)
    group by
        regions.region_code,
        platform_records.platform,
        platform_records.feed
),

platforms as (
    select *
    from (
        values
        ('动态管理'), ('用工对接'), ('技能培训'), ('帮扶吸纳'), ('创业服务'), ('公益岗位'), ('劳务输出'), ('维权保障')
    ) as platforms (platform)
),

filled_platforms as (
    select distinct
        region_code,
        platform
    from unit_platforms
),

-- Every unit meets every platform, and each whether there is a record of it.
platforms_judged as (
    select
        periods.rule_id,
        periods.period,
        regions.region_code,
        'policy' as source,
        regions.region_code as record_key,
        platforms.platform as item,
        case when filled_platforms.platform is null then 0 else 1 end as numerator,
        1 as denominator,
        case when filled_platforms.platform is null then 'platform_empty' else 'counts' end as reason,
        cast(null as date) as on_date,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from periods
    inner join regions
        on regions.level = 'unit'
        and regions.valid_from <= periods.measured_on
        and (regions.valid_to is null or regions.valid_to > periods.measured_on)
    cross join platforms
    left join filled_platforms
        on regions.region_code = filled_platforms.region_code
        and platforms.platform = filled_platforms.platform
    where periods.rule_id = 'T10'
),

-- Of each feed that speaks for a platform one row, dated by its newest record.
platforms_shown as (
    select
        periods.rule_id,
        periods.period,
        unit_platforms.region_code,
        unit_platforms.feed as source,
        unit_platforms.region_code as record_key,
        unit_platforms.platform as item,
        0 as numerator,
        0 as denominator,
        'record' as reason,
        unit_platforms.newest_on as on_date,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from unit_platforms
    inner join periods
        on periods.rule_id = 'T10'
),

judged as (
    select * from joined_records
    union all
    select * from fairs_judged
    union all
    select * from sites_judged
    union all
    select * from trained_judged
    union all
    select * from brokers_judged
    union all
    select * from employed_judged
    union all
    select * from entitled_judged
    union all
    select * from served_judged
    union all
    select * from taught_judged
    union all
    select * from platforms_judged
    union all
    select * from platforms_shown
),

targets as (
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
    from judged
)

select * from targets
