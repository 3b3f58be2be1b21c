-- The records behind the rules of labour rights: which count, which do not, and why.
-- zh: 维权保障各规则的证据行:计入、不计入及原因。
-- grain: rule_id, period, region_code, source, record_key, item
-- kept as: table
--
-- A person's job on a day is the spell open on it that began last: an older one without an end has most likely been left. Spells
-- of one first day are one job. Only persons in the ledger, at their county of registration.
-- I1 (the plan, part 2 (8) 1): each person whose kind of work has an employer (policy's set has_employer), three duties each. A
-- blank does not count, and says so; of several reports of one job a stated cell beats a blank, and 否 stands against 是.
-- I2 (2 (8) 2): each county and quarter, at least one 日常巡视 and one 专项检查; both make the duty.
-- I3 (2 (8) 2): each employer of persons who work in the province (sets inspected_employer, in_province), once in each county
-- whose people it employs; inspected by anybody in the year, found by its code or its name. Jobs that name none are shown.
-- I4 (2 (8) 2): each finding notified within policy's days after the inspection, the last day included; not yet due until then.
-- I5 (2 (8) 2): each grave case listed (its own row, or the firm was listed on or after that day); not yet due within policy's
-- days. And each open workshop or base, and each payment, of a firm ever listed: not while it is listed. By code only.
-- I6 (2 (8) 2): yuan recovered of yuan owed, inspection by inspection, up to what is owed; a blank owed is nothing owed.
-- I7 (2 (8) 3): each person whose job on the quarter's last day (or the as-of date) is outside the province (set
-- outside_province, abroad included), with at least one 跟踪回访 in the quarter.
with
rules_in_force as (select * from measures.rules_in_force),

ledger_persons as (select * from measures.ledger_persons),

employment as (select * from measures.employment_in_force),

services as (select * from measures.services_in_force where kind = '跟踪回访'),

inspections as (select * from measures.inspections),

sites as (select * from measures.sites),

payments as (select * from measures.payments_once),

regions as (select * from policy.regions),

code_sets as (select * from policy.code_sets where in_set),

thresholds as (select * from policy.thresholds),

days as (
    select distinct measured_on as on_date
    from rules_in_force
    where rule_id in ('I1', 'I3', 'I7')
),

-- A person meets each of their spells on each day on which it is open.
open_spells as (
    select
        days.on_date,
        ledger_persons.person_key,
        ledger_persons.region_code,
        employment.started_on,
        employment.kind,
        employment.place,
        regexp_replace(upper(employment.employer_code), '\s', '', 'g') as employer_code,
        regexp_replace(translate(lower(employment.employer), '（）', '()'), '\s', '', 'g') as employer,
        employment.contract,
        employment.insured,
        employment.paid_on_time,
        employment.source_file,
        employment.source_row,
        rank() over (
            partition by days.on_date, ledger_persons.person_key
            order by employment.started_on desc
        ) as spell_order
    from employment
    inner join ledger_persons
        on employment.person_key = ledger_persons.person_key
    inner join days
        on employment.started_on <= days.on_date
        and (employment.ended_on is null or employment.ended_on > days.on_date)
),

-- Several rows of one person and day are several reports of one job.
jobs as (
    select * from open_spells
    where spell_order = 1
),

-- A job meets at most one code of the set.
hired as (
    select
        jobs.on_date,
        jobs.region_code,
        jobs.person_key,
        max(jobs.started_on) as started_on,
        bool_and(jobs.contract) as has_contract,
        bool_and(jobs.insured) as is_insured,
        bool_and(jobs.paid_on_time) as is_paid_on_time,
        first_value(jobs.source_file order by jobs.source_file, jobs.source_row) as source_file,
        first_value(jobs.source_row order by jobs.source_file, jobs.source_row) as source_row
    from jobs
    inner join code_sets
        on code_sets.set_name = 'has_employer'
        and code_sets.code = jobs.kind
        and code_sets.valid_from <= jobs.on_date
        and (code_sets.valid_to is null or code_sets.valid_to > jobs.on_date)
    group by
        jobs.on_date,
        jobs.region_code,
        jobs.person_key
),

employer_duties as (
    select *
    from (
        values
            ('劳动合同', 'no_contract', 'contract_not_stated'),
            ('社会保险', 'not_insured', 'insurance_not_stated'),
            ('按时足额发放', 'not_paid_on_time', 'pay_not_stated')
    ) as employer_duties (item, reason_no, reason_blank)
),

-- A person meets the three duties.
hired_duties as (
    select
        hired.*,
        employer_duties.item,
        employer_duties.reason_no,
        employer_duties.reason_blank,
        case employer_duties.item
            when '劳动合同' then hired.has_contract
            when '社会保险' then hired.is_insured
            else hired.is_paid_on_time
        end as is_done
    from hired
    cross join employer_duties
),

employers_duties_done as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        hired_duties.region_code,
        'employment' as source,
        hired_duties.person_key as record_key,
        hired_duties.item,
        case when hired_duties.is_done then 1 else 0 end as numerator,
        1 as denominator,
        case
            when hired_duties.is_done then 'counts'
            when hired_duties.is_done is null then hired_duties.reason_blank
            else hired_duties.reason_no
        end as reason,
        hired_duties.started_on as on_date,
        cast(null as bigint) as days_late,
        hired_duties.source_file,
        hired_duties.source_row
    from hired_duties
    inner join rules_in_force
        on rules_in_force.rule_id = 'I1'
        and hired_duties.on_date = rules_in_force.measured_on
),

-- An inspection of the period meets the rule that counts its kind.
quarter_inspections as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        inspections.region_code,
        inspections.record_key,
        inspections.kind,
        inspections.inspected_on,
        inspections.source_file,
        inspections.source_row
    from inspections
    inner join rules_in_force
        on rules_in_force.rule_id = 'I2'
        and inspections.inspected_on >= rules_in_force.starts_on
        and inspections.inspected_on <= rules_in_force.measured_on
    where inspections.kind in ('日常巡视', '专项检查')
),

inspections_counted as (
    select
        period,
        region_code,
        min(case when kind = '日常巡视' then inspected_on end) as routine_on,
        min(case when kind = '专项检查' then inspected_on end) as special_on
    from quarter_inspections
    group by
        period,
        region_code
),

-- Every county meets every quarter, and its inspections in it, or none.
inspection_duties as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        regions.region_code,
        'policy' as source,
        regions.region_code as record_key,
        '' as item,
        case when inspections_counted.routine_on is null or inspections_counted.special_on is null then 0 else 1 end as numerator,
        1 as denominator,
        case
            when inspections_counted.routine_on is not null and inspections_counted.special_on is not null then 'counts'
            when not rules_in_force.is_over then 'not_yet_due'
            when inspections_counted.routine_on is not null then 'no_special_inspection'
            when inspections_counted.special_on is not null then 'no_routine_inspection'
            else 'no_inspection'
        end as reason,
        case
            when inspections_counted.routine_on is not null and inspections_counted.special_on is not null
                then greatest(inspections_counted.routine_on, inspections_counted.special_on)
        end as on_date,
        cast(null as bigint) as days_late,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from rules_in_force
    inner join regions
        on rules_in_force.rule_id = 'I2'
        and regions.level = 'county'
        and regions.valid_from <= rules_in_force.as_of
        and (regions.valid_to is null or regions.valid_to > rules_in_force.as_of)
    left join inspections_counted
        on rules_in_force.period = inspections_counted.period
        and regions.region_code = inspections_counted.region_code
),

inspections_behind as (
    select
        rule_id,
        period,
        region_code,
        'inspections' as source,
        record_key,
        kind as item,
        0 as numerator,
        0 as denominator,
        'record' as reason,
        inspected_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from quarter_inspections
),

-- A job meets at most one code of each set.
jobs_in_province as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.starts_on,
        rules_in_force.measured_on,
        rules_in_force.due_on,
        rules_in_force.as_of,
        jobs.region_code,
        jobs.employer_code,
        jobs.employer,
        coalesce(
            jobs.employer_code,
            min(jobs.employer_code) over (partition by jobs.region_code, jobs.employer),
            jobs.employer
        ) as employer_key,
        jobs.source_file,
        jobs.source_row
    from jobs
    inner join rules_in_force
        on rules_in_force.rule_id = 'I3'
        and jobs.on_date = rules_in_force.measured_on
    inner join code_sets as kinds
        on kinds.set_name = 'inspected_employer'
        and kinds.code = jobs.kind
        and kinds.valid_from <= jobs.on_date
        and (kinds.valid_to is null or kinds.valid_to > jobs.on_date)
    inner join code_sets as places
        on places.set_name = 'in_province'
        and places.code = jobs.place
        and places.valid_from <= jobs.on_date
        and (places.valid_to is null or places.valid_to > jobs.on_date)
),

-- A row without employer and code would otherwise name the employers of all such rows.
employers as (
    select
        rule_id,
        period,
        starts_on,
        measured_on,
        due_on,
        as_of,
        region_code,
        coalesce(employer_code, '') as employer_code,
        coalesce(employer, '') as employer,
        case when employer_code is null and employer is null then null else employer_key end as employer_key,
        first_value(source_file order by source_file, source_row) as source_file,
        first_value(source_row order by source_file, source_row) as source_row
    from jobs_in_province
    group by
        rule_id,
        period,
        starts_on,
        measured_on,
        due_on,
        as_of,
        region_code,
        coalesce(employer_code, ''),
        coalesce(employer, ''),
        case when employer_code is null and employer is null then null else employer_key end
),

inspected_codes as (
    select
        rules_in_force.period,
        inspections.enterprise_code,
        min(inspections.inspected_on) as inspected_on
    from inspections
    inner join rules_in_force
        on rules_in_force.rule_id = 'I3'
        and inspections.inspected_on >= rules_in_force.starts_on
        and inspections.inspected_on <= rules_in_force.measured_on
    where inspections.enterprise_code is not null
    group by
        rules_in_force.period,
        inspections.enterprise_code
),

inspected_names as (
    select
        rules_in_force.period,
        inspections.employer,
        min(inspections.inspected_on) as inspected_on
    from inspections
    inner join rules_in_force
        on rules_in_force.rule_id = 'I3'
        and inspections.inspected_on >= rules_in_force.starts_on
        and inspections.inspected_on <= rules_in_force.measured_on
    where inspections.employer is not null
    group by
        rules_in_force.period,
        inspections.employer
),

-- An employer's code and name each meet at most one first inspection; one employer may stand under several names.
employers_inspected as (
    select
        employers.rule_id,
        employers.period,
        employers.region_code,
        employers.employer_key,
        bool_or(employers.as_of < employers.due_on) as is_early,
        least(min(inspected_codes.inspected_on), min(inspected_names.inspected_on)) as inspected_on,
        first_value(employers.source_file order by employers.source_file, employers.source_row) as source_file,
        first_value(employers.source_row order by employers.source_file, employers.source_row) as source_row
    from employers
    left join inspected_codes
        on employers.period = inspected_codes.period
        and employers.employer_code = inspected_codes.enterprise_code
    left join inspected_names
        on employers.period = inspected_names.period
        and employers.employer = inspected_names.employer
    group by
        employers.rule_id,
        employers.period,
        employers.region_code,
        employers.employer_key
),

employers_judged as (
    select
        rule_id,
        period,
        region_code,
        case when employer_key is null then 'policy' else 'employment' end as source,
        coalesce(employer_key, region_code) as record_key,
        '' as item,
        case when employer_key is not null and inspected_on is not null then 1 else 0 end as numerator,
        case when employer_key is null then 0 else 1 end as denominator,
        case
            when employer_key is null then 'employer_not_named'
            when inspected_on is not null then 'counts'
            when is_early then 'not_yet_due'
            else 'employer_not_inspected'
        end as reason,
        case when employer_key is not null then inspected_on end as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from employers_inspected
),

-- A finding of the year meets the one limit in force on the day of the inspection.
findings as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.as_of,
        inspections.region_code,
        inspections.record_key,
        coalesce(inspections.severity, '') as item,
        inspections.inspected_on,
        case when inspections.notified_on <= rules_in_force.as_of then inspections.notified_on end as notified_on,
        cast(inspections.inspected_on as integer) + cast(thresholds.value as bigint) as last_day,
        inspections.source_file,
        inspections.source_row
    from inspections
    inner join rules_in_force
        on rules_in_force.rule_id = 'I4'
        and inspections.inspected_on >= rules_in_force.starts_on
        and inspections.inspected_on <= rules_in_force.measured_on
    inner join thresholds
        on thresholds.name = 'notice_days_max'
        and thresholds.valid_from <= inspections.inspected_on
        and (thresholds.valid_to is null or thresholds.valid_to > inspections.inspected_on)
    where inspections.is_finding
),

findings_stated as (
    select
        *,
        case
            when notified_on < inspected_on then 'notice_before_inspection'
            when cast(notified_on as integer) <= last_day then 'counts'
            when notified_on is not null then 'notice_late'
            when cast(as_of as integer) <= last_day then 'notice_awaited'
            else 'not_notified'
        end as reason
    from findings
),

findings_judged as (
    select
        rule_id,
        period,
        region_code,
        'inspections' as source,
        record_key,
        item,
        case when reason = 'counts' then 1 else 0 end as numerator,
        case when reason = 'notice_awaited' then 0 else 1 end as denominator,
        reason,
        coalesce(notified_on, inspected_on) as on_date,
        case when reason = 'notice_late' then cast(notified_on as integer) - last_day end as days_late,
        source_file,
        source_row
    from findings_stated
),

-- A firm meets each time that it was listed.
listings as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        inspections.enterprise_code,
        inspections.employer,
        inspections.blacklisted_on,
        inspections.blacklist_until
    from inspections
    inner join rules_in_force
        on rules_in_force.rule_id = 'I5'
        and inspections.blacklisted_on <= rules_in_force.as_of
        and (inspections.blacklist_until is null or inspections.blacklist_until > inspections.blacklisted_on)
),

-- A listing is known under its firm's code and under its name.
listed_firms as (
    select
        enterprise_code as firm,
        blacklist_until
    from listings
    where enterprise_code is not null
    union all
    select
        employer as firm,
        blacklist_until
    from listings
    where employer is not null
),

-- A listing without end is the longest.
listed_longest as (
    select
        firm,
        max(coalesce(blacklist_until, make_date(9999, 12, 31))) as listed_until
    from listed_firms
    group by firm
),

-- A grave case of the year meets the one limit in force on its day, and at most one listing of its firm by its code and one by its name.
grave_cases as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        inspections.region_code,
        inspections.record_key,
        inspections.inspected_on,
        case when inspections.blacklisted_on <= rules_in_force.as_of then inspections.blacklisted_on end as blacklisted_on,
        coalesce(inspections.blacklisted_on <= rules_in_force.as_of, false)
        or coalesce(by_code.listed_until > inspections.inspected_on, false)
        or coalesce(by_name.listed_until > inspections.inspected_on, false) as is_listed,
        cast(rules_in_force.as_of as integer) - cast(inspections.inspected_on as integer) <= thresholds.value as is_early,
        inspections.source_file,
        inspections.source_row
    from inspections
    inner join rules_in_force
        on rules_in_force.rule_id = 'I5'
        and inspections.inspected_on >= rules_in_force.starts_on
        and inspections.inspected_on <= rules_in_force.measured_on
    inner join thresholds
        on thresholds.name = 'blacklist_days_max'
        and thresholds.valid_from <= inspections.inspected_on
        and (thresholds.valid_to is null or thresholds.valid_to > inspections.inspected_on)
    left join listed_longest as by_code
        on inspections.enterprise_code = by_code.firm
    left join listed_longest as by_name
        on inspections.employer = by_name.firm
    where inspections.severity = '严重'
),

grave_cases_judged as (
    select
        rule_id,
        period,
        region_code,
        'inspections' as source,
        record_key,
        '严重' as item,
        case when is_listed then 1 else 0 end as numerator,
        case when is_early and not is_listed then 0 else 1 end as denominator,
        case
            when is_listed then 'counts'
            when is_early then 'blacklist_awaited'
            else 'not_blacklisted'
        end as reason,
        coalesce(blacklisted_on, inspected_on) as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from grave_cases
),

-- A site open on the day meets every listing of its firm.
listed_sites as (
    select
        listings.rule_id,
        listings.period,
        sites.region_code,
        'sites' as source,
        sites.site_id as record_key,
        sites.kind as item,
        max(sites.recognised_on) as on_date,
        bool_or(
            listings.blacklisted_on <= rules_in_force.measured_on
            and (listings.blacklist_until is null or listings.blacklist_until > rules_in_force.measured_on)
        ) as is_listed
    from sites
    inner join listings
        on regexp_replace(upper(sites.enterprise_code), '\s', '', 'g') = listings.enterprise_code
    inner join rules_in_force
        on listings.rule_id = rules_in_force.rule_id
        and listings.period = rules_in_force.period
        and sites.recognised_on <= rules_in_force.measured_on
        and (sites.cancelled_on is null or sites.cancelled_on > rules_in_force.measured_on)
    where sites.kind in ('就业扶贫车间', '返乡创业基地', '就业帮扶基地')
    group by
        listings.rule_id,
        listings.period,
        sites.region_code,
        sites.site_id,
        sites.kind
),

listed_sites_judged as (
    select
        rule_id,
        period,
        region_code,
        source,
        record_key,
        item,
        case when is_listed then 0 else 1 end as numerator,
        1 as denominator,
        case when is_listed then 'blacklisted_site' else 'counts' end as reason,
        on_date,
        cast(null as bigint) as days_late,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from listed_sites
),

-- A payment of the year meets every listing of its payee; a payment that several files report is one.
listed_payments as (
    select
        listings.rule_id,
        listings.period,
        payments.region_code,
        payments.payment_key as record_key,
        payments.kind as item,
        min(payments.paid_on) as on_date,
        bool_or(
            listings.blacklisted_on <= payments.paid_on
            and (listings.blacklist_until is null or listings.blacklist_until > payments.paid_on)
        ) as is_listed,
        first_value(payments.source_file order by payments.source_file, payments.source_row) as source_file,
        first_value(payments.source_row order by payments.source_file, payments.source_row) as source_row
    from payments
    inner join listings
        on regexp_replace(upper(payments.enterprise_code), '\s', '', 'g') = listings.enterprise_code
    inner join rules_in_force
        on listings.rule_id = rules_in_force.rule_id
        and listings.period = rules_in_force.period
        and payments.paid_on >= rules_in_force.starts_on
        and payments.paid_on <= rules_in_force.measured_on
    group by
        listings.rule_id,
        listings.period,
        payments.region_code,
        payments.payment_key,
        payments.kind
),

listed_payments_judged as (
    select
        rule_id,
        period,
        region_code,
        'payments' as source,
        record_key,
        item,
        case when is_listed then 0 else 1 end as numerator,
        1 as denominator,
        case when is_listed then 'blacklisted_payee' else 'counts' end as reason,
        on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from listed_payments
),

wages_judged as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        inspections.region_code,
        'inspections' as source,
        inspections.record_key,
        '' as item,
        least(inspections.wages_recovered, inspections.wages_owed) as numerator,
        inspections.wages_owed as denominator,
        case when inspections.wages_recovered >= inspections.wages_owed then 'counts' else 'wages_unpaid' end as reason,
        inspections.inspected_on as on_date,
        cast(null as bigint) as days_late,
        inspections.source_file,
        inspections.source_row
    from inspections
    inner join rules_in_force
        on rules_in_force.rule_id = 'I6'
        and inspections.inspected_on >= rules_in_force.starts_on
        and inspections.inspected_on <= rules_in_force.measured_on
    where inspections.wages_owed > 0
),

-- A job meets at most one code of each set.
jobs_outside as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.starts_on,
        rules_in_force.measured_on,
        rules_in_force.is_over,
        jobs.region_code,
        jobs.person_key,
        first_value(jobs.source_file order by jobs.source_file, jobs.source_row) as source_file,
        first_value(jobs.source_row order by jobs.source_file, jobs.source_row) as source_row
    from jobs
    inner join rules_in_force
        on rules_in_force.rule_id = 'I7'
        and jobs.on_date = rules_in_force.measured_on
    inner join code_sets as kinds
        on kinds.set_name = 'employed_spell'
        and kinds.code = jobs.kind
        and kinds.valid_from <= jobs.on_date
        and (kinds.valid_to is null or kinds.valid_to > jobs.on_date)
    inner join code_sets as places
        on places.set_name = 'outside_province'
        and places.code = jobs.place
        and places.valid_from <= jobs.on_date
        and (places.valid_to is null or places.valid_to > jobs.on_date)
    group by
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.starts_on,
        rules_in_force.measured_on,
        rules_in_force.is_over,
        jobs.region_code,
        jobs.person_key
),

-- A follow-up meets the one quarter that it falls into.
follow_ups as (
    select
        rules_in_force.period,
        services.person_key,
        max(services.served_on) as served_on
    from services
    inner join rules_in_force
        on rules_in_force.rule_id = 'I7'
        and services.served_on >= rules_in_force.starts_on
        and services.served_on <= rules_in_force.measured_on
    group by
        rules_in_force.period,
        services.person_key
),

-- A person and quarter meet their last follow-up, or none.
followed_up as (
    select
        jobs_outside.rule_id,
        jobs_outside.period,
        jobs_outside.region_code,
        'employment' as source,
        jobs_outside.person_key as record_key,
        '' as item,
        case when follow_ups.served_on is null then 0 else 1 end as numerator,
        1 as denominator,
        case
            when follow_ups.served_on is not null then 'counts'
            when not jobs_outside.is_over then 'not_yet_due'
            else 'no_follow_up'
        end as reason,
        follow_ups.served_on as on_date,
        cast(null as bigint) as days_late,
        jobs_outside.source_file,
        jobs_outside.source_row
    from jobs_outside
    left join follow_ups
        on jobs_outside.period = follow_ups.period
        and jobs_outside.person_key = follow_ups.person_key
),

together as (
    select * from employers_duties_done
    union all
    select * from inspection_duties
    union all
    select * from inspections_behind
    union all
    select * from employers_judged
    union all
    select * from findings_judged
    union all
    select * from grave_cases_judged
    union all
    select * from listed_sites_judged
    union all
    select * from listed_payments_judged
    union all
    select * from wages_judged
    union all
    select * from followed_up
),

rights as (
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
        cast(days_late as bigint) as days_late,
        source_file,
        source_row
    from together
)

select * from rights
