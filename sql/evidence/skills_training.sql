-- The records behind the rules of skills training: which count, which do not, and why.
-- zh: 技能培训各规则的证据行:计入、不计入及原因。
-- grain: rule_id, period, region_code, source, record_key, item
-- kept as: table
--
-- A place is a person in a class that began in the year (measures.training_places); only ledger persons are judged.
-- C1, C2, C3, C5, C7 stand at the county of household registration, C4 and C9 where the place in the course is reported, C8
-- and C10 where the class is.
-- C1 (the plan, part 2 (3) 1): places of those who cannot go out (blank: neither C1 nor C2); practical courses count, whatever
-- the subject: item begins with one of the seven or 其他, of other courses with their type.
-- C2 (2 (3) 1): places of those who can go out; 就业技能培训 and 劳务品牌培训 count.
-- C1, C2: a course of another type is only shown where another sentence of the plan gives it to just this person: a venture
-- course (C3), technical schooling of a 两后生 (C5), a 项目制 class of one of its two types (C8).
-- C3 (2 (3) 1): persons with a venture wish or need (policy.code_sets), any age; a venture course begun in the year and
-- completed by the day counts.
-- C4 (2 (3) 1): completed courses as in T4, but 项目制 (C10), and but those whose subsidy is reported as 0; a blank subsidy does
-- not take a course out. Paid: to the person, or for the class to a body, in the year. Unpaid ones are judged once the time
-- allowed is over. Two payments of one kind to one person for one course are a failure, whichever course; so are payments to
-- a body for more people than the class has.
-- C5 (2 (3) 1): persons who are 两后生; item 入学: in technical schooling at any time of the year; if so, by the newest of these
-- places, 免费: a fee of exactly 0, 订单: the mode, 雨露: paid to the person in the year. A blank proves nothing.
-- C6 (2 (3) 2): units; at least policy's number of lists a quarter by one of the named channels; one day and name is one list.
-- C7 (2 (3) 2): places in courses of mode 订单, 定向, 定岗 (technical schooling is C5's); a need in any month's ledger of the
-- year, and a follow-up after the last day, in the roster or as a service; judged once the time allowed is over, and not of
-- those who broke off.
-- C8 (2 (3) 3): classes; institution recognised and type one of the two. A blank recognition is no proof of a breach: shown.
-- C9 (2 (3) 3): places in 项目制 classes; a fee of exactly 0. A blank fee is no proof of a breach: shown only.
-- C10 (2 (3) 3): classes; a subsidy paid for the class to a body in the year, by the class number at this place, above or
-- below. Unpaid ones are judged once the time allowed is over; a class without an end still runs.
with
rules_in_force as (select * from measures.rules_in_force),

ledger_persons as (select * from measures.ledger_persons),

training_places as (select * from measures.training_places),

training_needs as (select * from measures.training_needs),

project_classes as (select * from measures.project_classes),

course_payments as (select * from measures.course_payments),

payments_in_force as (select * from measures.payments_in_force),

services_in_force as (select * from measures.services_in_force),

events_in_force as (select * from measures.events_in_force),

region_parts as (select * from measures.region_parts),

regions as (select * from policy.regions),

code_sets as (select * from policy.code_sets),

thresholds as (select * from policy.thresholds),

-- A place of a ledger person meets the one person.
ledger_places as (
    select
        training_places.*,
        ledger_persons.region_code as home_code,
        ledger_persons.can_go_out,
        ledger_persons.graduate_kind
    from training_places
    inner join ledger_persons
        on training_places.person_key = ledger_persons.person_key
),

-- A place matches itself and what stands above or below it, so that a unit's payment finds the county's class.
matching_places as (
    select
        region_code as class_place,
        part_code as payment_place
    from region_parts
    union
    select
        part_code as class_place,
        region_code as payment_place
    from region_parts
),

-- C3's people. A person meets at most the one code of each of the two fields.
venturers as (
    select
        ledger_persons.person_key,
        ledger_persons.region_code,
        ledger_persons.source_file,
        ledger_persons.source_row,
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.starts_on,
        rules_in_force.measured_on
    from ledger_persons
    inner join rules_in_force
        on rules_in_force.rule_id = 'C3'
    left join code_sets as wishes
        on wishes.set_name = 'venture_condition'
        and wishes.field = 'work_wish'
        and wishes.in_set
        and wishes.code = ledger_persons.work_wish
        and wishes.valid_from <= rules_in_force.measured_on
        and (wishes.valid_to is null or wishes.valid_to > rules_in_force.measured_on)
    left join code_sets as needs
        on needs.set_name = 'venture_condition'
        and needs.field = 'training_need'
        and needs.in_set
        and needs.code = ledger_persons.training_need
        and needs.valid_from <= rules_in_force.measured_on
        and (needs.valid_to is null or needs.valid_to > rules_in_force.measured_on)
    where wishes.code is not null
        or needs.code is not null
),

group_rules as (
    select *
    from (
        values
            ('C1', false),
            ('C2', true)
    ) as group_rules (rule_id, can_go_out)
),

group_types as (
    select *
    from (
        values
            ('C1', '实用技术培训'),
            ('C2', '就业技能培训'),
            ('C2', '劳务品牌培训')
    ) as group_types (rule_id, type)
),

-- A place meets the one rule of its person's group, at most one type of that group, and its person among C3's, or nobody.
group_places as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        ledger_places.*,
        group_types.type is not null as is_of_group,
        coalesce(ledger_places.type = '创业培训' and venturers.person_key is not null, false)
        or coalesce(ledger_places.type = '技工教育' and ledger_places.graduate_kind = '两后生', false)
        or coalesce(ledger_places.mode = '项目制' and ledger_places.type in ('就业技能培训', '创业培训'), false)
            as is_of_other_rule
    from ledger_places
    inner join group_rules
        on ledger_places.can_go_out = group_rules.can_go_out
    inner join rules_in_force
        on group_rules.rule_id = rules_in_force.rule_id
        and ledger_places.started_on >= rules_in_force.starts_on
        and ledger_places.started_on <= rules_in_force.measured_on
    left join group_types
        on group_rules.rule_id = group_types.rule_id
        and ledger_places.type = group_types.type
    left join venturers
        on ledger_places.person_key = venturers.person_key
),

group_courses as (
    select
        rule_id,
        period,
        home_code as region_code,
        'training' as source,
        person_key as record_key,
        case
            when rule_id = 'C2' then class_id
            when not is_of_group then concat(type, ' ', class_id)
            when subject like '%棚膜%' then concat('棚膜蔬菜 ', class_id)
            when subject like '%食用菌%' then concat('食用菌栽植 ', class_id)
            when subject like '%人参%' then concat('人参种植 ', class_id)
            when subject like '%杂粮%' or subject like '%杂豆%' then concat('杂粮杂豆 ', class_id)
            when subject like '%禽畜%' or subject like '%畜禽%' then concat('禽畜养殖 ', class_id)
            when subject like '%品牌%' then concat('品牌培训 ', class_id)
            when subject like '%电商%' then concat('电商孵化 ', class_id)
            else concat('其他 ', class_id)
        end as item,
        cast(case when is_of_group then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(case when is_of_group or not is_of_other_rule then 1 else 0 end as decimal(18, 2)) as denominator,
        case
            when is_of_group then 'counts'
            when is_of_other_rule then 'course_of_other_rule'
            when rule_id = 'C1' then 'course_not_practical'
            else 'course_not_for_going_out'
        end as reason,
        started_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from group_places
),

-- A person meets all their venture courses of the year, which become one row.
venture_courses as (
    select
        venturers.person_key,
        min(training_places.started_on) as first_started_on,
        min(
            case
                when training_places.completed and training_places.ended_on <= venturers.measured_on
                    then training_places.ended_on
            end
        ) as first_completed_on
    from venturers
    inner join training_places
        on venturers.person_key = training_places.person_key
        and training_places.type = '创业培训'
        and training_places.started_on >= venturers.starts_on
        and training_places.started_on <= venturers.measured_on
    group by venturers.person_key
),

venture_training as (
    select
        venturers.rule_id,
        venturers.period,
        venturers.region_code,
        'ledger' as source,
        venturers.person_key as record_key,
        '' as item,
        cast(case when venture_courses.first_completed_on is not null then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(1 as decimal(18, 2)) as denominator,
        case
            when venture_courses.first_completed_on is not null then 'counts'
            when venture_courses.first_started_on is not null then 'course_not_completed'
            else 'venture_course_missing'
        end as reason,
        coalesce(venture_courses.first_completed_on, venture_courses.first_started_on) as on_date,
        cast(null as bigint) as days_late,
        venturers.source_file,
        venturers.source_row
    from venturers
    left join venture_courses
        on venturers.person_key = venture_courses.person_key
),

-- A payment for a course meets its kind, if the kind is a subsidy of training in force on its day.
subsidies as (
    select course_payments.*
    from course_payments
    inner join code_sets
        on code_sets.set_name = 'course_subsidy'
        and code_sets.in_set
        and code_sets.code = course_payments.kind
        and code_sets.valid_from <= course_payments.first_paid_on
        and (code_sets.valid_to is null or code_sets.valid_to > course_payments.first_paid_on)
),

person_subsidies as (
    select
        person_key,
        class_id,
        min(first_paid_on) as paid_on
    from subsidies
    where person_key <> 'body'
    group by
        person_key,
        class_id
),

-- A payment to a body meets every place that it may speak for. 项目制培训补贴 goes to a body, whoever's number stands with it.
class_subsidies as (
    select
        matching_places.class_place,
        subsidies.class_id,
        min(subsidies.first_paid_on) as paid_on
    from subsidies
    inner join matching_places
        on subsidies.region_code = matching_places.payment_place
    where subsidies.person_key = 'body'
        or subsidies.kind = '项目制培训补贴'
    group by
        matching_places.class_place,
        subsidies.class_id
),

-- A completed course meets its one type that counts, the time allowed on its last day, and at most one payment of each way.
subsidy_places as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        ledger_places.region_code,
        ledger_places.person_key,
        ledger_places.class_id,
        ledger_places.ended_on,
        ledger_places.source_file,
        ledger_places.source_row,
        cast(rules_in_force.measured_on as integer) as measured_day,
        cast(ledger_places.ended_on as integer) + cast(thresholds.value as integer) as due_day,
        least(
            coalesce(person_subsidies.paid_on, class_subsidies.paid_on),
            coalesce(class_subsidies.paid_on, person_subsidies.paid_on)
        ) as paid_on
    from ledger_places
    inner join rules_in_force
        on rules_in_force.rule_id = 'C4'
        and ledger_places.started_on >= rules_in_force.starts_on
        and ledger_places.ended_on <= rules_in_force.measured_on
    inner join code_sets
        on code_sets.set_name = 'training_counted'
        and code_sets.in_set
        and code_sets.code = ledger_places.type
        and code_sets.valid_from <= ledger_places.ended_on
        and (code_sets.valid_to is null or code_sets.valid_to > ledger_places.ended_on)
    inner join thresholds
        on thresholds.name = 'course_subsidy_days'
        and thresholds.valid_from <= ledger_places.ended_on
        and (thresholds.valid_to is null or thresholds.valid_to > ledger_places.ended_on)
    left join person_subsidies
        on ledger_places.person_key = person_subsidies.person_key
        and ledger_places.class_id = person_subsidies.class_id
    left join class_subsidies
        on ledger_places.region_code = class_subsidies.class_place
        and ledger_places.class_id = class_subsidies.class_id
    where ledger_places.completed
        and coalesce(ledger_places.mode, '') <> '项目制'
        and (ledger_places.subsidy is null or ledger_places.subsidy > 0)
),

paid_twice as (
    select
        course_payments.person_key,
        course_payments.class_id,
        course_payments.kind,
        min(course_payments.region_code) as region_code,
        max(course_payments.last_paid_on) as last_paid_on,
        first_value(
            course_payments.source_file order by course_payments.source_file, course_payments.source_row
        ) as source_file,
        first_value(
            course_payments.source_row order by course_payments.source_file, course_payments.source_row
        ) as source_row
    from course_payments
    inner join ledger_persons
        on course_payments.person_key = ledger_persons.person_key
    where course_payments.times > 1
    group by
        course_payments.person_key,
        course_payments.class_id,
        course_payments.kind
),

pairs_paid_twice as (
    select distinct
        person_key,
        class_id
    from paid_twice
),

-- A course meets whether its person was paid twice for it.
course_subsidies as (
    select
        subsidy_places.rule_id,
        subsidy_places.period,
        subsidy_places.region_code,
        'training' as source,
        subsidy_places.person_key as record_key,
        subsidy_places.class_id as item,
        cast(
            case when subsidy_places.paid_on is not null and pairs_paid_twice.person_key is null then 1 else 0 end
            as decimal(18, 2)
        ) as numerator,
        cast(
            case
                when subsidy_places.paid_on is null
                    and pairs_paid_twice.person_key is null
                    and subsidy_places.measured_day < subsidy_places.due_day
                    then 0
                else 1
            end
            as decimal(18, 2)
        ) as denominator,
        case
            when pairs_paid_twice.person_key is not null then 'course_paid_twice'
            when subsidy_places.paid_on is not null then 'counts'
            when subsidy_places.measured_day < subsidy_places.due_day then 'course_subsidy_not_due'
            else 'course_subsidy_missing'
        end as reason,
        coalesce(subsidy_places.paid_on, subsidy_places.ended_on) as on_date,
        case
            when cast(subsidy_places.paid_on as integer) > subsidy_places.due_day
                then cast(cast(subsidy_places.paid_on as integer) - subsidy_places.due_day as bigint)
        end as days_late,
        subsidy_places.source_file,
        subsidy_places.source_row
    from subsidy_places
    left join pairs_paid_twice
        on subsidy_places.person_key = pairs_paid_twice.person_key
        and subsidy_places.class_id = pairs_paid_twice.class_id
),

-- Those paid twice for a course that was not due: not completed, of another year, or not in the register.
other_paid_twice as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        paid_twice.region_code,
        'payments' as source,
        paid_twice.person_key as record_key,
        concat(paid_twice.kind, ' ', paid_twice.class_id) as item,
        cast(0 as decimal(18, 2)) as numerator,
        cast(1 as decimal(18, 2)) as denominator,
        'course_paid_twice' as reason,
        paid_twice.last_paid_on as on_date,
        cast(null as bigint) as days_late,
        paid_twice.source_file,
        paid_twice.source_row
    from paid_twice
    inner join rules_in_force
        on rules_in_force.rule_id = 'C4'
    left anti join subsidy_places
        on paid_twice.person_key = subsidy_places.person_key
        and paid_twice.class_id = subsidy_places.class_id
),

rosters as (
    select
        region_code,
        class_id,
        count(*) as places
    from training_places
    group by
        region_code,
        class_id
),

-- Several payments to a body for a class meet the rosters that may be of that class, which become one number.
bodies_paid_twice as (
    select
        course_payments.region_code,
        course_payments.kind,
        course_payments.class_id,
        course_payments.people,
        course_payments.last_paid_on,
        course_payments.source_file,
        course_payments.source_row,
        sum(rosters.places) as places
    from course_payments
    inner join matching_places
        on course_payments.region_code = matching_places.payment_place
    inner join rosters
        on matching_places.class_place = rosters.region_code
        and course_payments.class_id = rosters.class_id
    where course_payments.person_key = 'body'
        and course_payments.times > 1
    group by
        course_payments.region_code,
        course_payments.kind,
        course_payments.class_id,
        course_payments.people,
        course_payments.last_paid_on,
        course_payments.source_file,
        course_payments.source_row
),

over_roster as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        bodies_paid_twice.region_code,
        'payments' as source,
        bodies_paid_twice.class_id as record_key,
        bodies_paid_twice.kind as item,
        cast(0 as decimal(18, 2)) as numerator,
        cast(1 as decimal(18, 2)) as denominator,
        'course_paid_over_roster' as reason,
        bodies_paid_twice.last_paid_on as on_date,
        cast(null as bigint) as days_late,
        bodies_paid_twice.source_file,
        bodies_paid_twice.source_row
    from bodies_paid_twice
    inner join rules_in_force
        on rules_in_force.rule_id = 'C4'
    where bodies_paid_twice.people > bodies_paid_twice.places
),

-- A 两后生 meets their terms of technical schooling in the year, of which the newest counts.
school_places as (
    select
        training_places.*,
        row_number() over (
            partition by training_places.person_key
            order by training_places.started_on desc, training_places.class_id
        ) as place_order
    from training_places
    inner join rules_in_force
        on rules_in_force.rule_id = 'C5'
        and training_places.started_on <= rules_in_force.measured_on
        and (training_places.ended_on is null or training_places.ended_on >= rules_in_force.starts_on)
    where training_places.type = '技工教育'
),

-- One row of the rule meets every payment.
school_grants as (
    select
        payments_in_force.person_key,
        min(payments_in_force.paid_on) as paid_on
    from payments_in_force
    inner join rules_in_force
        on rules_in_force.rule_id = 'C5'
        and payments_in_force.paid_on >= rules_in_force.starts_on
        and payments_in_force.paid_on <= rules_in_force.measured_on
    where payments_in_force.kind = '雨露计划补助'
        and payments_in_force.person_key is not null
        and payments_in_force.amount > 0
    group by payments_in_force.person_key
),

graduates as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        ledger_persons.region_code,
        ledger_persons.person_key,
        ledger_persons.source_file as ledger_file,
        ledger_persons.source_row as ledger_row,
        school_places.person_key is not null as is_enrolled,
        school_places.started_on,
        school_places.mode,
        school_places.fee,
        school_places.source_file,
        school_places.source_row,
        school_grants.paid_on
    from ledger_persons
    inner join rules_in_force
        on rules_in_force.rule_id = 'C5'
    left join school_places
        on ledger_persons.person_key = school_places.person_key
        and school_places.place_order = 1
    left join school_grants
        on ledger_persons.person_key = school_grants.person_key
    where ledger_persons.graduate_kind = '两后生'
),

graduate_items as (
    select
        *,
        '入学' as item,
        case when is_enrolled then 'counts' else 'school_missing' end as reason,
        started_on as on_date
    from graduates
    union all
    select
        *,
        '免费' as item,
        case when fee = 0 then 'counts' when fee > 0 then 'course_fee_charged' else 'course_fee_blank' end as reason,
        started_on as on_date
    from graduates
    where is_enrolled
    union all
    select
        *,
        '订单' as item,
        case when mode = '订单' then 'counts' else 'course_not_to_order' end as reason,
        started_on as on_date
    from graduates
    where is_enrolled
    union all
    select
        *,
        '雨露' as item,
        case when paid_on is not null then 'counts' else 'school_grant_missing' end as reason,
        paid_on as on_date
    from graduates
    where is_enrolled
),

schooling as (
    select
        rule_id,
        period,
        region_code,
        'ledger' as source,
        person_key as record_key,
        item,
        cast(case when reason = 'counts' then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(1 as decimal(18, 2)) as denominator,
        reason,
        on_date,
        cast(null as bigint) as days_late,
        coalesce(source_file, ledger_file) as source_file,
        coalesce(source_row, ledger_row) as source_row
    from graduate_items
),

-- A list published meets the quarter of its day, its place and the channel, which counts or does not; a blank is 'blank'.
lists as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        events_in_force.region_code,
        regions.unit_code,
        events_in_force.event_id,
        coalesce(events_in_force.media, '') as media,
        events_in_force.held_on,
        regexp_replace(translate(lower(events_in_force.name), '（）“”"', '()'), '\s', '', 'g') as name,
        code_sets.code is not null as is_of_channel,
        events_in_force.source_file,
        events_in_force.source_row
    from events_in_force
    inner join rules_in_force
        on rules_in_force.rule_id = 'C6'
        and events_in_force.held_on >= rules_in_force.starts_on
        and events_in_force.held_on <= rules_in_force.measured_on
    inner join regions
        on events_in_force.region_code = regions.region_code
        and regions.valid_from <= rules_in_force.measured_on
        and (regions.valid_to is null or regions.valid_to > rules_in_force.measured_on)
    left join code_sets
        on code_sets.set_name = 'scarce_trades_channel'
        and code_sets.in_set
        and code_sets.code = coalesce(events_in_force.media, 'blank')
        and code_sets.valid_from <= events_in_force.held_on
        and (code_sets.valid_to is null or code_sets.valid_to > events_in_force.held_on)
    where events_in_force.kind = '紧缺工种目录发布'
),

lists_shown as (
    select
        rule_id,
        period,
        region_code,
        'events' as source,
        event_id as record_key,
        media as item,
        cast(0 as decimal(18, 2)) as numerator,
        cast(0 as decimal(18, 2)) as denominator,
        case when bool_or(is_of_channel) then 'record' else 'list_by_other_channel' end as reason,
        min(held_on) as on_date,
        cast(null as bigint) as days_late,
        first_value(source_file order by source_file, source_row) as source_file,
        first_value(source_row order by source_file, source_row) as source_row
    from lists
    group by
        rule_id,
        period,
        region_code,
        event_id,
        media
),

-- What a county and its unit both report under one day and name is one list.
lists_counted as (
    select
        period,
        unit_code,
        count(distinct concat(cast(held_on as varchar), ' ', name)) as lists,
        min(held_on) as first_held_on
    from lists
    where is_of_channel
    group by
        period,
        unit_code
),

-- Every unit meets every quarter, the one number asked for, and what was counted, or nothing.
lists_due as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        regions.region_code,
        'policy' as source,
        regions.region_code as record_key,
        '' as item,
        cast(
            case when coalesce(lists_counted.lists, 0) >= thresholds.value then 1 else 0 end as decimal(18, 2)
        ) as numerator,
        cast(1 as decimal(18, 2)) as denominator,
        case
            when coalesce(lists_counted.lists, 0) >= thresholds.value then 'counts'
            else 'list_not_published'
        end as reason,
        lists_counted.first_held_on as on_date,
        cast(null as bigint) as days_late,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from rules_in_force
    inner join regions
        on regions.level = 'unit'
        and regions.valid_from <= rules_in_force.measured_on
        and (regions.valid_to is null or regions.valid_to > rules_in_force.measured_on)
    inner join thresholds
        on thresholds.name = 'scarce_trades_lists_min'
        and thresholds.valid_from <= rules_in_force.measured_on
        and (thresholds.valid_to is null or thresholds.valid_to > rules_in_force.measured_on)
    left join lists_counted
        on rules_in_force.period = lists_counted.period
        and regions.region_code = lists_counted.unit_code
    where rules_in_force.rule_id = 'C6'
),

-- One row of the rule meets every service.
service_follow_ups as (
    select
        services_in_force.person_key,
        max(services_in_force.served_on) as served_on
    from services_in_force
    inner join rules_in_force
        on rules_in_force.rule_id = 'C7'
        and services_in_force.served_on <= rules_in_force.measured_on
    where services_in_force.kind = '跟踪回访'
    group by services_in_force.person_key
),

-- A place in a course to order meets the need of its person and their last follow-up, or none, and the time allowed.
ordered_places as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        ledger_places.*,
        training_needs.person_key is not null as has_need,
        ledger_places.ended_on <= rules_in_force.measured_on as is_over,
        coalesce(
            case
                when ledger_places.followed_up_on > ledger_places.ended_on
                    and ledger_places.followed_up_on <= rules_in_force.measured_on
                    then ledger_places.followed_up_on
            end,
            case when service_follow_ups.served_on > ledger_places.ended_on then service_follow_ups.served_on end
        ) as followed_on,
        cast(rules_in_force.measured_on as integer) as measured_day,
        cast(ledger_places.ended_on as integer) + cast(thresholds.value as integer) as due_day
    from ledger_places
    inner join rules_in_force
        on rules_in_force.rule_id = 'C7'
        and ledger_places.started_on >= rules_in_force.starts_on
        and ledger_places.started_on <= rules_in_force.measured_on
    inner join thresholds
        on thresholds.name = 'course_follow_up_days'
        and thresholds.valid_from <= rules_in_force.measured_on
        and (thresholds.valid_to is null or thresholds.valid_to > rules_in_force.measured_on)
    left join training_needs
        on ledger_places.person_key = training_needs.person_key
    left join service_follow_ups
        on ledger_places.person_key = service_follow_ups.person_key
    where ledger_places.mode in ('订单', '定向', '定岗')
        and ledger_places.type <> '技工教育'
),

ordered_judged as (
    select
        *,
        case
            when not has_need then 'course_need_missing'
            when not coalesce(is_over, false) then 'course_running'
            when not coalesce(completed, true) then 'course_broken_off'
            when followed_on is not null then 'counts'
            when measured_day < due_day then 'course_follow_up_not_due'
            else 'course_follow_up_missing'
        end as reason
    from ordered_places
),

ordered_courses as (
    select
        rule_id,
        period,
        home_code as region_code,
        'training' as source,
        person_key as record_key,
        class_id as item,
        cast(case when reason = 'counts' then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(
            case when reason in ('counts', 'course_need_missing', 'course_follow_up_missing') then 1 else 0 end
            as decimal(18, 2)
        ) as denominator,
        reason,
        coalesce(followed_on, ended_on, started_on) as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from ordered_judged
),

institutions_judged as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        project_classes.*,
        case
            when not project_classes.is_of_named_type then 'class_of_other_type'
            when project_classes.is_recognised_institution then 'counts'
            when not project_classes.is_recognised_institution then 'institution_not_recognised'
            else 'institution_blank'
        end as reason
    from project_classes
    inner join rules_in_force
        on rules_in_force.rule_id = 'C8'
        and project_classes.started_on >= rules_in_force.starts_on
        and project_classes.started_on <= rules_in_force.measured_on
),

institutions as (
    select
        rule_id,
        period,
        region_code,
        'training' as source,
        class_id as record_key,
        '' as item,
        cast(case when reason = 'counts' then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(case when reason = 'institution_blank' then 0 else 1 end as decimal(18, 2)) as denominator,
        reason,
        started_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from institutions_judged
),

project_fees as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        ledger_places.region_code,
        'training' as source,
        ledger_places.person_key as record_key,
        ledger_places.class_id as item,
        cast(case when ledger_places.fee = 0 then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(case when ledger_places.fee is null then 0 else 1 end as decimal(18, 2)) as denominator,
        case
            when ledger_places.fee is null then 'course_fee_blank'
            when ledger_places.fee = 0 then 'counts'
            else 'course_fee_charged'
        end as reason,
        ledger_places.started_on as on_date,
        cast(null as bigint) as days_late,
        ledger_places.source_file,
        ledger_places.source_row
    from ledger_places
    inner join rules_in_force
        on rules_in_force.rule_id = 'C9'
        and ledger_places.started_on >= rules_in_force.starts_on
        and ledger_places.started_on <= rules_in_force.measured_on
    where ledger_places.mode = '项目制'
),

-- A class meets the first payment to a body for it, or none, and the time allowed.
project_subsidy_classes as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        project_classes.*,
        class_subsidies.paid_on,
        project_classes.ended_on <= rules_in_force.measured_on as is_over,
        cast(rules_in_force.measured_on as integer) as measured_day,
        cast(project_classes.ended_on as integer) + cast(thresholds.value as integer) as due_day
    from project_classes
    inner join rules_in_force
        on rules_in_force.rule_id = 'C10'
        and project_classes.started_on >= rules_in_force.starts_on
        and project_classes.started_on <= rules_in_force.measured_on
    inner join thresholds
        on thresholds.name = 'course_subsidy_days'
        and thresholds.valid_from <= rules_in_force.measured_on
        and (thresholds.valid_to is null or thresholds.valid_to > rules_in_force.measured_on)
    left join class_subsidies
        on project_classes.region_code = class_subsidies.class_place
        and project_classes.class_id = class_subsidies.class_id
),

project_subsidies_judged as (
    select
        *,
        case
            when paid_on is not null then 'counts'
            when not coalesce(is_over, false) then 'course_running'
            when measured_day < due_day then 'course_subsidy_not_due'
            else 'course_subsidy_missing'
        end as reason
    from project_subsidy_classes
),

project_subsidies as (
    select
        rule_id,
        period,
        region_code,
        'training' as source,
        class_id as record_key,
        '' as item,
        cast(case when reason = 'counts' then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(case when reason in ('counts', 'course_subsidy_missing') then 1 else 0 end as decimal(18, 2)) as denominator,
        reason,
        coalesce(paid_on, ended_on, started_on) as on_date,
        case when cast(paid_on as integer) > due_day then cast(cast(paid_on as integer) - due_day as bigint) end as days_late,
        source_file,
        source_row
    from project_subsidies_judged
),

skills_training as (
    select * from group_courses
    union all
    select * from venture_training
    union all
    select * from course_subsidies
    union all
    select * from other_paid_twice
    union all
    select * from over_roster
    union all
    select * from schooling
    union all
    select * from lists_due
    union all
    select * from lists_shown
    union all
    select * from ordered_courses
    union all
    select * from institutions
    union all
    select * from project_fees
    union all
    select * from project_subsidies
)

select * from skills_training
