-- The records behind the rules of the ledger and its upkeep: which count, which do not, and why.
-- zh: 动态管理平台各规则的证据行:计入、不计入及原因。
-- grain: rule_id, period, region_code, source, record_key, item
-- kept as: table
--
-- A cell that cannot be read is like a blank one: it proves nothing and improves no share, and its reason says that it may be
-- unreadable. A person counts at the county of household registration, a row of A4 and A6 at the place that delivered it.
-- A1 (the plan, part 2 (1) 1): of each person of the ledger whether a way of survey is stated; and the ledger against the list of
-- the poverty office, both ways, where that list speaks of the county (measures.list_matches).
-- A2 (1): verified by the due day and at most so many days before it. All dates of verification that any month's ledger gave
-- count, so that verifying again takes nothing away. Whoever was added after the due day has so many days from the end of the
-- month that first lists them, and is only shown until then.
-- A3 (2): each person of each place once. A person whom two counties list fails in both, since which is right is theirs to
-- settle; a county and its own unit are no two counties. Rows sent back for their ID number, their name, or as a second row of
-- one person fail where they were delivered.
-- A4 (2): one row a ledger row: of nine fields how many are filled; sex and age only if they agree with the ID number. A person
-- without a wish to work (无意愿) has no kind of work to name. Names are always there: a row without is sent back.
-- A5 (3): the ledger against the national platform, both ways, as in A1.
-- A6 (4): each row of the ledger in force at a month's end was updated in that month, by its own date or by the date that any
-- other month's ledger of the place gives. Rows that were are added up, one row a place and month; those that were not are
-- listed. Of a month that is not over nothing is listed.
-- A7 (4): everyone at work at the quarter's end was followed up in the quarter, by whichever way counts.
-- A8 (4): everyone of T6's denominator who is not at work at the quarter's end had a service of work or venture in the quarter;
-- on_date is the last such service, also of a quarter before. In A7 and A8, whose state changed in the last month of the quarter,
-- or who came to the ledger in it, is only shown unless served.
with
rules_in_force as (select * from measures.rules_in_force),

dates as (select * from measures.dates),

context as (select * from run.context),

ledger_persons as (select * from measures.ledger_persons),

ledger_history as (select * from measures.ledger_history),

ledger_rejects as (select * from measures.ledger_rejects),

ledger_rows as (select * from measures.ledger_rows),

ledger_slices as (select * from measures.ledger_slices),

list_matches as (select * from measures.list_matches),

stale_rows as (select * from measures.stale_rows),

conflicts as (select * from measures.conflicts),

persons as (select * from measures.persons),

services as (select * from measures.services_in_force),

ledger as (select * from staging.ledger),

slices as (select * from staging.slices where feed = 'ledger'),

regions as (select * from policy.regions),

code_sets as (select * from policy.code_sets),

thresholds as (select * from policy.thresholds),

-- A1: one rule and year meets every person.
surveys as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        ledger_persons.region_code,
        'ledger' as source,
        ledger_persons.person_key as record_key,
        '调查方式' as item,
        case when ledger_persons.survey_method is null then 0 else 1 end as numerator,
        1 as denominator,
        case when ledger_persons.survey_method is null then 'survey_missing' else 'counts' end as reason,
        cast(null as date) as on_date,
        cast(null as bigint) as days_late,
        ledger_persons.source_file,
        ledger_persons.source_row
    from ledger_persons
    inner join rules_in_force
        on rules_in_force.rule_id = 'A1'
),

list_rules as (
    select *
    from (
        values
            ('A1', '扶贫办名单', 'not_on_poverty_list', 'only_on_poverty_list'),
            ('A5', '全国平台', 'not_on_platform', 'only_on_platform')
    ) as list_rules (rule_id, list_name, reason_not_listed, reason_only_listed)
),

-- A1 and A5: a match meets the one rule that asks for its list.
lists as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        list_matches.region_code,
        case when list_matches.is_in_ledger then 'ledger' else 'person_lists' end as source,
        list_matches.person_key as record_key,
        list_matches.list_name as item,
        case when list_matches.is_in_ledger and list_matches.is_on_list then 1 else 0 end as numerator,
        1 as denominator,
        case
            when not list_matches.is_in_ledger then list_rules.reason_only_listed
            when not list_matches.is_on_list then list_rules.reason_not_listed
            else 'counts'
        end as reason,
        list_matches.covers_until as on_date,
        cast(null as bigint) as days_late,
        list_matches.source_file,
        list_matches.source_row
    from list_matches
    inner join list_rules
        on list_matches.list_name = list_rules.list_name
    inner join rules_in_force
        on list_rules.rule_id = rules_in_force.rule_id
),

-- A2: one row a year, with the days in force on its due day.
verification_rules as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.due_on,
        rules_in_force.measured_on,
        cast(max(case when thresholds.name = 'verification_valid_days' then thresholds.value end) as integer) as valid_days,
        cast(max(case when thresholds.name = 'verification_added_days' then thresholds.value end) as integer) as added_days
    from rules_in_force
    inner join thresholds
        on thresholds.valid_from <= rules_in_force.due_on
        and (thresholds.valid_to is null or thresholds.valid_to > rules_in_force.due_on)
    where rules_in_force.rule_id = 'A2'
    group by
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.due_on,
        rules_in_force.measured_on
),

-- One rule and year meets every person.
verifications_due as (
    select
        verification_rules.rule_id,
        verification_rules.period,
        verification_rules.measured_on,
        verification_rules.valid_days,
        ledger_persons.person_key,
        ledger_persons.region_code,
        ledger_persons.source_file,
        ledger_persons.source_row,
        ledger_history.is_added and ledger_history.first_listed_on > verification_rules.due_on as is_added,
        case
            when ledger_history.is_added and ledger_history.first_listed_on > verification_rules.due_on
                then cast(cast(ledger_history.first_listed_on as integer) + verification_rules.added_days as date)
            else verification_rules.due_on
        end as due_on
    from ledger_persons
    inner join ledger_history
        on ledger_persons.person_key = ledger_history.person_key
    cross join verification_rules
),

verification_days as (
    select distinct
        ledger.person_key,
        ledger.verified_on
    from ledger
    inner join slices
        on ledger.slice_region = slices.slice_region
        and ledger.slice_period = slices.slice_period
    inner join context
        on slices.covers_until <= context.as_of
    where ledger.verified_on <= context.as_of
),

-- A person meets every day on which they were ever said to be verified.
verified as (
    select
        verifications_due.rule_id,
        verifications_due.period,
        verifications_due.region_code,
        verifications_due.person_key,
        verifications_due.measured_on,
        verifications_due.due_on,
        verifications_due.is_added,
        verifications_due.source_file,
        verifications_due.source_row,
        min(verification_days.verified_on) filter (
            where verification_days.verified_on <= verifications_due.due_on
                and cast(verification_days.verified_on as integer)
                >= cast(verifications_due.due_on as integer) - verifications_due.valid_days
        ) as verified_on,
        min(verification_days.verified_on) filter (
            where verification_days.verified_on > verifications_due.due_on
        ) as verified_late_on,
        max(verification_days.verified_on) as verified_last_on
    from verifications_due
    left join verification_days
        on verifications_due.person_key = verification_days.person_key
    group by
        verifications_due.rule_id,
        verifications_due.period,
        verifications_due.region_code,
        verifications_due.person_key,
        verifications_due.measured_on,
        verifications_due.due_on,
        verifications_due.is_added,
        verifications_due.source_file,
        verifications_due.source_row
),

verifications as (
    select
        rule_id,
        period,
        region_code,
        'ledger' as source,
        person_key as record_key,
        '' as item,
        case when verified_on is not null then 1 else 0 end as numerator,
        case when verified_on is null and is_added and due_on > measured_on then 0 else 1 end as denominator,
        case
            when verified_on is not null then 'counts'
            when due_on > measured_on then 'not_due_yet'
            when verified_late_on is not null then 'verified_late'
            when verified_last_on is not null then 'verified_long_ago'
            else 'verification_missing'
        end as reason,
        coalesce(verified_on, verified_late_on, verified_last_on) as on_date,
        case
            when verified_on is null
                then cast(cast(verified_late_on as integer) - cast(due_on as integer) as bigint)
        end as days_late,
        source_file,
        source_row
    from verified
),

counties as (
    select regions.region_code
    from regions
    inner join context
        on regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
    where regions.level = 'county'
),

-- A3: a unit's row of a person is no second county's.
in_two_counties as (
    select conflicts.person_key
    from conflicts
    inner join counties
        on conflicts.region_code = counties.region_code
    group by conflicts.person_key
    having count(*) > 1
),

listed_persons as (
    select
        ledger_rows.region_code,
        ledger_rows.person_key,
        max(ledger_rows.updated_on) as updated_on,
        first_value(ledger_rows.source_file order by ledger_rows.source_file, ledger_rows.source_row) as source_file,
        first_value(ledger_rows.source_row order by ledger_rows.source_file, ledger_rows.source_row) as source_row
    from ledger_rows
    inner join dates
        on ledger_rows.month = dates.month
        and dates.is_current
    group by
        ledger_rows.region_code,
        ledger_rows.person_key
),

-- One rule and year meets every person of every place; a person is in two counties or not.
real_names as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        listed_persons.region_code,
        'ledger' as source,
        listed_persons.person_key as record_key,
        '' as item,
        case when in_two_counties.person_key is null or counties.region_code is null then 1 else 0 end as numerator,
        1 as denominator,
        case
            when in_two_counties.person_key is null or counties.region_code is null then 'counts'
            else 'in_two_ledgers'
        end as reason,
        listed_persons.updated_on as on_date,
        cast(null as bigint) as days_late,
        listed_persons.source_file,
        listed_persons.source_row
    from listed_persons
    inner join rules_in_force
        on rules_in_force.rule_id = 'A3'
    left join in_two_counties
        on listed_persons.person_key = in_two_counties.person_key
    left join counties
        on listed_persons.region_code = counties.region_code
),

-- One rule and year meets every row sent back.
sent_back as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        ledger_rejects.region_code,
        'ledger' as source,
        concat(ledger_rejects.source_file, '#', ledger_rejects.sheet, '#', cast(ledger_rejects.source_row as varchar))
            as record_key,
        '' as item,
        0 as numerator,
        1 as denominator,
        ledger_rejects.reason,
        cast(null as date) as on_date,
        cast(null as bigint) as days_late,
        ledger_rejects.source_file,
        cast(ledger_rejects.source_row as bigint) as source_row
    from ledger_rejects
    inner join rules_in_force
        on rules_in_force.rule_id = 'A3'
),

-- A4: a row of the ledger in force meets its one slice. The name is the ninth field.
rows_with_fields as (
    select
        ledger.slice_region,
        ledger.person_key,
        ledger.sex_typed is not null as has_sex,
        ledger.age_typed is not null as has_age,
        coalesce(ledger.warnings, '') like '%sex\_differs\_from\_id%' as is_sex_wrong,
        coalesce(ledger.warnings, '') like '%age\_differs\_from\_id%' as is_age_wrong,
        ledger.education is not null as has_education,
        ledger.skill is not null as has_skill,
        ledger.status is not null as has_status,
        ledger.job_wish is not null or coalesce(ledger.work_wish = '无意愿', false) as has_job_wish,
        ledger.work_wish is not null as has_work_wish,
        ledger.training_need is not null as has_training_need,
        ledger.updated_on,
        ledger.source_file,
        ledger.source_row
    from ledger
    inner join ledger_slices
        on ledger.slice_region = ledger_slices.slice_region
        and ledger.slice_period = ledger_slices.slice_period
    inner join dates
        on ledger_slices.month = dates.month
        and dates.is_current
),

-- One rule and year meets every row.
nine_fields as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rows_with_fields.slice_region as region_code,
        'ledger' as source,
        rows_with_fields.person_key as record_key,
        '' as item,
        1
        + case when rows_with_fields.has_sex and not rows_with_fields.is_sex_wrong then 1 else 0 end
        + case when rows_with_fields.has_age and not rows_with_fields.is_age_wrong then 1 else 0 end
        + case when rows_with_fields.has_education then 1 else 0 end
        + case when rows_with_fields.has_skill then 1 else 0 end
        + case when rows_with_fields.has_status then 1 else 0 end
        + case when rows_with_fields.has_job_wish then 1 else 0 end
        + case when rows_with_fields.has_work_wish then 1 else 0 end
        + case when rows_with_fields.has_training_need then 1 else 0 end as numerator,
        9 as denominator,
        case
            when not rows_with_fields.has_sex then 'sex_missing'
            when rows_with_fields.is_sex_wrong then 'sex_differs'
            when not rows_with_fields.has_age then 'age_missing'
            when rows_with_fields.is_age_wrong then 'age_differs'
            when not rows_with_fields.has_education then 'education_missing'
            when not rows_with_fields.has_skill then 'skill_missing'
            when not rows_with_fields.has_status then 'status_missing'
            when not rows_with_fields.has_job_wish then 'job_wish_missing'
            when not rows_with_fields.has_work_wish then 'work_wish_missing'
            when not rows_with_fields.has_training_need then 'training_need_missing'
            else 'counts'
        end as reason,
        rows_with_fields.updated_on as on_date,
        cast(null as bigint) as days_late,
        rows_with_fields.source_file,
        rows_with_fields.source_row
    from rows_with_fields
    inner join rules_in_force
        on rules_in_force.rule_id = 'A4'
),

-- A6: a row meets each month at whose end it is in force.
rows_of_months as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.is_over,
        ledger_rows.slice_region,
        count(*) as n_rows,
        count(*) filter (
            where ledger_rows.updated_on >= rules_in_force.starts_on
                and ledger_rows.updated_on <= rules_in_force.measured_on
        ) as n_updated
    from ledger_rows
    inner join rules_in_force
        on rules_in_force.rule_id = 'A6'
        and ledger_rows.month = rules_in_force.ends_on
    group by
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.is_over,
        ledger_rows.slice_region
),

proved_elsewhere as (
    select
        period,
        slice_region,
        count(*) as n_updated
    from stale_rows
    where is_updated
    group by
        period,
        slice_region
),

-- A place and month meets what other ledgers prove of it, or nothing.
updates_of_months as (
    select
        rows_of_months.rule_id,
        rows_of_months.period,
        rows_of_months.slice_region,
        rows_of_months.is_over,
        rows_of_months.n_rows,
        rows_of_months.n_updated + coalesce(proved_elsewhere.n_updated, 0) as n_updated
    from rows_of_months
    left join proved_elsewhere
        on rows_of_months.period = proved_elsewhere.period
        and rows_of_months.slice_region = proved_elsewhere.slice_region
),

-- What counts, and what waits for the month's end.
added_up as (
    select rule_id, period, slice_region, 'counts' as reason, n_updated as numerator, n_updated as denominator
    from updates_of_months
    where n_updated > 0
    union all
    select rule_id, period, slice_region, 'not_due_yet' as reason, 0 as numerator, n_rows - n_updated as denominator
    from updates_of_months
    where not is_over
        and n_rows > n_updated
),

-- A row that was not updated meets the one rule of its month.
updates as (
    select
        rule_id,
        period,
        slice_region as region_code,
        'ledger' as source,
        slice_region as record_key,
        reason as item,
        numerator,
        denominator,
        reason,
        cast(null as date) as on_date,
        cast(null as bigint) as days_late,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from added_up
    union all
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        stale_rows.slice_region as region_code,
        'ledger' as source,
        stale_rows.person_key as record_key,
        '' as item,
        0 as numerator,
        1 as denominator,
        case
            when stale_rows.updated_late_on is not null then 'updated_late'
            when stale_rows.updated_on is null then 'update_missing'
            else 'not_updated'
        end as reason,
        coalesce(stale_rows.updated_late_on, stale_rows.updated_on) as on_date,
        cast(cast(stale_rows.updated_late_on as integer) - cast(stale_rows.ends_on as integer) as bigint) as days_late,
        stale_rows.source_file,
        stale_rows.source_row
    from stale_rows
    inner join rules_in_force
        on rules_in_force.rule_id = 'A6'
        and stale_rows.period = rules_in_force.period
    where not stale_rows.is_updated
),

-- A quarter meets the month of its last measured day, and the month before that.
quarters as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.starts_on,
        rules_in_force.measured_on,
        rules_in_force.is_over,
        rules_in_force.as_of,
        dates.month,
        cast(cast(date_trunc('month', dates.month) as date) - interval '1 day' as date) as month_before
    from rules_in_force
    inner join dates
        on rules_in_force.measured_on = dates.on_date
    where rules_in_force.rule_id in ('A7', 'A8')
),

-- A7 asks for those at work, A8 for labourers who are not: a person meets at most one of the two a quarter.
asked_for as (
    select
        quarters.rule_id,
        quarters.period,
        quarters.starts_on,
        quarters.measured_on,
        quarters.is_over,
        quarters.month,
        quarters.month_before,
        persons.person_key,
        persons.region_code
    from quarters
    inner join persons
        on quarters.month = persons.month
        and (
            (quarters.rule_id = 'A7' and persons.is_employed)
            or (quarters.rule_id = 'A8' and persons.is_in_denominator and not persons.is_employed)
        )
),

-- A quarter meets the codes that count on its last measured day; a blank way is the code `blank`.
codes_counted as (
    select
        quarters.rule_id,
        quarters.period,
        code_sets.set_name,
        code_sets.code
    from quarters
    inner join code_sets
        on code_sets.in_set
        and code_sets.set_name in ('follow_up', 'follow_up_channel', 'work_service')
        and code_sets.valid_from <= quarters.measured_on
        and (code_sets.valid_to is null or code_sets.valid_to > quarters.measured_on)
),

-- A service meets the quarters that it is not after, and in each the one code of its kind and of its way.
services_counted as (
    select
        quarters.rule_id,
        quarters.period,
        services.person_key,
        services.served_on,
        services.source_file,
        services.source_row
    from services
    inner join quarters
        on services.served_on <= quarters.measured_on
    inner join codes_counted as kinds
        on quarters.rule_id = kinds.rule_id
        and quarters.period = kinds.period
        and kinds.set_name = case when quarters.rule_id = 'A7' then 'follow_up' else 'work_service' end
        and services.kind = kinds.code
    left join codes_counted as channels
        on quarters.rule_id = channels.rule_id
        and quarters.period = channels.period
        and channels.set_name = 'follow_up_channel'
        and coalesce(services.channel, 'blank') = channels.code
    where quarters.rule_id = 'A8'
        or channels.code is not null
),

served as (
    select
        rule_id,
        period,
        person_key,
        max(served_on) as served_on,
        first_value(source_file order by served_on desc, source_file, source_row) as source_file,
        first_value(source_row order by served_on desc, source_file, source_row) as source_row
    from services_counted
    group by
        rule_id,
        period,
        person_key
),

-- A person of a quarter meets their services, and their state a month before, if they were listed then.
cared_for as (
    select
        asked_for.rule_id,
        asked_for.period,
        asked_for.region_code,
        asked_for.person_key,
        asked_for.is_over,
        coalesce(served.served_on >= asked_for.starts_on, false) as is_served,
        served.served_on,
        served.source_file,
        served.source_row,
        coalesce(ledger_history.is_added and ledger_history.first_listed_on >= asked_for.month, false)
        or coalesce(
            case
                when asked_for.rule_id = 'A7' then not before.is_employed
                else before.is_employed or not before.is_in_denominator
            end,
            false
        ) as is_new
    from asked_for
    left join served
        on asked_for.rule_id = served.rule_id
        and asked_for.period = served.period
        and asked_for.person_key = served.person_key
    left join persons as before
        on asked_for.month_before = before.month
        and asked_for.person_key = before.person_key
    left join ledger_history
        on asked_for.person_key = ledger_history.person_key
),

care as (
    select
        rule_id,
        period,
        region_code,
        case when is_served then 'services' else 'ledger' end as source,
        person_key as record_key,
        '' as item,
        case when is_served then 1 else 0 end as numerator,
        case when is_new and not is_served then 0 else 1 end as denominator,
        case
            when is_served then 'counts'
            when is_new then 'state_is_new'
            when not is_over then 'not_due_yet'
            when rule_id = 'A7' then 'no_follow_up'
            else 'no_service'
        end as reason,
        served_on as on_date,
        cast(null as bigint) as days_late,
        case when is_served then source_file end as source_file,
        case when is_served then source_row end as source_row
    from cared_for
),

dynamic_management as (
    select * from surveys
    union all
    select * from lists
    union all
    select * from verifications
    union all
    select * from real_names
    union all
    select * from sent_back
    union all
    select * from nine_fields
    union all
    select * from updates
    union all
    select * from care
),

typed as (
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
        days_late,
        source_file,
        source_row
    from dynamic_management
)

select * from typed
