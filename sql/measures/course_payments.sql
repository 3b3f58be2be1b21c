-- Subsidies paid for a course: to whom, and how often for the same.
-- zh: 培训补贴发放:同一对象、同一班次的发放次数。
-- grain: region_code, kind, class_id, person_key
-- kept as: table
--
-- person_key is 'body' where no person is named. A payment is told from another by its number; one without a number is a
-- numbered one of the same receiver, day and amount, or else is told by day and amount. A payment of 0 yuan is none.
-- times: payments of the kind to a person for the course, at one place or, where several places report it, at all of them.
-- people: those concerned, blank if one of the payments leaves it blank.
with
rules_in_force as (select * from measures.rules_in_force where rule_id = 'C4'),

payments_in_force as (select * from measures.payments_in_force),

-- One row of the rule, its year, meets every payment.
course_rows as (
    select
        payments_in_force.region_code,
        payments_in_force.kind,
        payments_in_force.reference_id as class_id,
        coalesce(payments_in_force.person_key, 'body') as person_key,
        payments_in_force.payment_id,
        concat(cast(payments_in_force.paid_on as varchar), ' ', cast(payments_in_force.amount as varchar)) as day_and_amount,
        payments_in_force.people,
        payments_in_force.paid_on,
        payments_in_force.source_file,
        payments_in_force.source_row
    from payments_in_force
    inner join rules_in_force
        on payments_in_force.paid_on >= rules_in_force.starts_on
        and payments_in_force.paid_on <= rules_in_force.measured_on
    where payments_in_force.kind in ('职业培训补贴', '职业技能鉴定补贴', '项目制培训补贴')
        and payments_in_force.reference_id is not null
        and payments_in_force.amount > 0
),

numbered as (
    select
        *,
        coalesce(
            payment_id,
            max(payment_id) over (partition by region_code, kind, class_id, person_key, day_and_amount),
            day_and_amount
        ) as payment
    from course_rows
),

payments_once as (
    select
        region_code,
        kind,
        class_id,
        person_key,
        payment,
        max(people) as people,
        min(day_and_amount) as day_and_amount,
        min(paid_on) as paid_on,
        first_value(source_file order by source_file, source_row) as source_file,
        first_value(source_row order by source_file, source_row) as source_row
    from numbered
    group by
        region_code,
        kind,
        class_id,
        person_key,
        payment
),

-- Across places, payments that share a number, or day and amount, may be one payment reported twice.
paid_anywhere as (
    select
        kind,
        class_id,
        person_key,
        least(count(distinct payment), count(distinct day_and_amount)) as times
    from payments_once
    where person_key <> 'body'
    group by
        kind,
        class_id,
        person_key
),

paid_here as (
    select
        region_code,
        kind,
        class_id,
        person_key,
        count(*) as times,
        case when count(*) = count(people) then sum(people) end as people,
        min(paid_on) as first_paid_on,
        max(paid_on) as last_paid_on,
        first_value(source_file order by source_file, source_row) as source_file,
        first_value(source_row order by source_file, source_row) as source_row
    from payments_once
    group by
        region_code,
        kind,
        class_id,
        person_key
),

course_payments as (
    select
        paid_here.region_code,
        paid_here.kind,
        paid_here.class_id,
        paid_here.person_key,
        greatest(paid_here.times, coalesce(paid_anywhere.times, 0)) as times,
        paid_here.people,
        paid_here.first_paid_on,
        paid_here.last_paid_on,
        paid_here.source_file,
        paid_here.source_row
    from paid_here
    left join paid_anywhere
        on paid_here.kind = paid_anywhere.kind
        and paid_here.class_id = paid_anywhere.class_id
        and paid_here.person_key = paid_anywhere.person_key
)

select * from course_payments
