-- The records behind the rules of the venture services: which count, which do not, and why.
-- zh: 创业服务各规则的证据行:计入、不计入及原因。
-- grain: rule_id, period, region_code, source, record_key, item
-- kept as: table
--
-- E1 (the plan, part 2 (5) 1): everyone in the ledger with a wish to found a venture, of any age, by an offer of a project
-- (项目推介) in the year at a fee of exactly 0. A blank fee does not show that it was free.
-- E2 (1): no feed holds the mentors; no rows.
-- E3 (1): the same people, by guidance for founders (创业指导) in the year. Mentors' names are personal and hidden from models:
-- whether it is one mentor for each is not judged.
-- E4 (2): start-up subsidies paid in the year, each the first of its person in any county and any year. A payment that names no
-- person is shown and not judged. Nor is it judged whether the venture is the first: no feed holds that.
-- E5 (2): university graduates in the ledger with a venture of their own, open on the day, that began from the month of leaving
-- to three years later, by an insurance subsidy paid to them in the year after it began. Without a day of leaving or of
-- beginning nobody is in the denominator.
-- E6, E7, E8, E10 (3): loans lent in the year within the cap of their kind, whoever borrows; exactly the cap is within. A loan is
-- judged by the cap in force on the day it was lent.
-- E9 (3): loans lent in the year, by an interest subsidy above 0 on the loan, or one paid that names it, or that names no loan
-- but its borrower. A known borrower who is not in the ledger is shown and not counted; an unknown one counts.
with
rules_in_force as (select * from measures.rules_in_force),

ledger_persons as (select * from measures.ledger_persons),

services as (select * from measures.services_in_force),

employment as (select * from measures.employment_in_force),

payments as (select * from measures.payments_once),

loans as (select * from measures.loans_once),

matching_places as (select * from measures.matching_places),

thresholds as (select * from policy.thresholds),

wishers as (
    select *
    from ledger_persons
    where work_wish = '有创业意愿'
),

-- Which rule asks for which kind of service.
service_rules as (
    select *
    from (values ('E1', '项目推介'), ('E3', '创业指导')) as service_rules (rule_id, kind)
),

-- A service of the period meets the one rule that asks for its kind.
services_had as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        services.person_key,
        min(services.served_on) as first_served_on,
        min(services.served_on) filter (where services.fee = 0) as first_free_on,
        max(services.fee) as highest_fee
    from services
    inner join service_rules
        on services.kind = service_rules.kind
    inner join rules_in_force
        on service_rules.rule_id = rules_in_force.rule_id
        and services.served_on >= rules_in_force.starts_on
        and services.served_on <= rules_in_force.measured_on
    group by
        rules_in_force.rule_id,
        rules_in_force.period,
        services.person_key
),

-- A wisher meets both rules, and what they had of each, if anything.
served_wishers as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        wishers.region_code,
        wishers.person_key,
        case
            when rules_in_force.rule_id = 'E3' and services_had.person_key is not null then 'counts'
            when rules_in_force.rule_id = 'E3' then 'no_venture_guidance'
            when services_had.first_free_on is not null then 'counts'
            when services_had.highest_fee > 0 then 'project_not_free'
            when services_had.person_key is not null then 'project_fee_unknown'
            else 'no_project_offered'
        end as reason,
        case
            when rules_in_force.rule_id = 'E1' then coalesce(services_had.first_free_on, services_had.first_served_on)
            else services_had.first_served_on
        end as on_date,
        wishers.source_file,
        wishers.source_row
    from wishers
    inner join rules_in_force
        on rules_in_force.rule_id in ('E1', 'E3')
    left join services_had
        on rules_in_force.rule_id = services_had.rule_id
        and rules_in_force.period = services_had.period
        and wishers.person_key = services_had.person_key
),

wisher_rows as (
    select
        rule_id,
        period,
        region_code,
        'ledger' as source,
        person_key as record_key,
        '' as item,
        case when reason = 'counts' then 1 else 0 end as numerator,
        1 as denominator,
        reason,
        on_date,
        source_file,
        source_row
    from served_wishers
),

start_up_subsidies as (
    select
        *,
        row_number() over (
            partition by person_key
            order by paid_on, region_code, payment_key
        ) as payment_order
    from payments
    where kind = '初创企业补贴'
),

-- A payment belongs to the year that it was paid in.
judged_subsidies as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        start_up_subsidies.*,
        case
            when start_up_subsidies.person_key is null then 'payment_person_unknown'
            when start_up_subsidies.payment_order > 1 then 'start_up_subsidy_repeated'
            else 'counts'
        end as reason
    from start_up_subsidies
    inner join rules_in_force
        on rules_in_force.rule_id = 'E4'
        and start_up_subsidies.paid_on >= rules_in_force.starts_on
        and start_up_subsidies.paid_on <= rules_in_force.measured_on
),

subsidy_rows as (
    select
        rule_id,
        period,
        region_code,
        'payments' as source,
        payment_key as record_key,
        coalesce(person_key, '') as item,
        case when reason = 'counts' then 1 else 0 end as numerator,
        case when reason = 'payment_person_unknown' then 0 else 1 end as denominator,
        reason,
        paid_on as on_date,
        source_file,
        source_row
    from judged_subsidies
),

graduates as (
    select
        person_key,
        region_code,
        left_school,
        cast(
            date_part('year', left_school) * 10000
            + date_part('month', left_school) * 100
            + date_part('day', left_school)
            as bigint
        ) as left_ymd
    from ledger_persons
    where graduate_kind = '高校'
        and left_school is not null
),

ventures as (
    select
        *,
        cast(
            date_part('year', started_on) * 10000
            + date_part('month', started_on) * 100
            + date_part('day', started_on)
            as bigint
        ) as started_ymd
    from employment
    where kind = '自主创业'
),

-- A graduate meets each venture open on the day that began in time; of several the first counts.
ventures_in_time as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.starts_on,
        rules_in_force.measured_on,
        graduates.person_key,
        graduates.region_code,
        ventures.started_on,
        ventures.source_file,
        ventures.source_row,
        row_number() over (
            partition by rules_in_force.period, graduates.person_key
            order by ventures.started_on, ventures.source_file, ventures.source_row
        ) as venture_order
    from graduates
    inner join ventures
        on graduates.person_key = ventures.person_key
        and graduates.left_school <= ventures.started_on
    inner join rules_in_force
        on rules_in_force.rule_id = 'E5'
        and ventures.started_on <= rules_in_force.measured_on
        and (ventures.ended_on is null or ventures.ended_on > rules_in_force.measured_on)
    inner join thresholds
        on thresholds.name = 'graduate_venture_years'
        and thresholds.valid_from <= rules_in_force.measured_on
        and (thresholds.valid_to is null or thresholds.valid_to > rules_in_force.measured_on)
        and ventures.started_ymd <= graduates.left_ymd + thresholds.value * 10000
),

-- A graduate meets each insurance subsidy paid to them in the period since the venture began.
insured as (
    select
        ventures_in_time.period,
        ventures_in_time.person_key,
        min(payments.paid_on) as first_paid_on
    from ventures_in_time
    inner join payments
        on ventures_in_time.person_key = payments.person_key
        and payments.paid_on >= ventures_in_time.starts_on
        and payments.paid_on <= ventures_in_time.measured_on
        and payments.paid_on >= ventures_in_time.started_on
    where ventures_in_time.venture_order = 1
        and payments.kind = '社会保险补贴'
        and payments.amount > 0
    group by
        ventures_in_time.period,
        ventures_in_time.person_key
),

-- A graduate meets their subsidy, or none.
graduate_rows as (
    select
        ventures_in_time.rule_id,
        ventures_in_time.period,
        ventures_in_time.region_code,
        'employment' as source,
        ventures_in_time.person_key as record_key,
        '' as item,
        case when insured.person_key is not null then 1 else 0 end as numerator,
        1 as denominator,
        case when insured.person_key is not null then 'counts' else 'no_insurance_subsidy' end as reason,
        coalesce(insured.first_paid_on, ventures_in_time.started_on) as on_date,
        ventures_in_time.source_file,
        ventures_in_time.source_row
    from ventures_in_time
    left join insured
        on ventures_in_time.period = insured.period
        and ventures_in_time.person_key = insured.person_key
    where ventures_in_time.venture_order = 1
),

-- Which rule judges which kind of loan, by which cap.
loan_rules as (
    select *
    from (
        values
            ('E6', '个人', 'loan_cap_person'),
            ('E7', '合伙', 'loan_cap_partnership'),
            ('E8', '企业', 'loan_cap_company'),
            ('E10', '网店', 'loan_cap_shop')
    ) as loan_rules (rule_id, kind, cap_name)
),

-- A loan of the year meets the one rule of its kind and the one cap in force on its day.
capped_loans as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        loans.region_code,
        'loans' as source,
        loans.loan_id as record_key,
        loans.kind as item,
        case when loans.amount <= thresholds.value then 1 else 0 end as numerator,
        1 as denominator,
        case when loans.amount <= thresholds.value then 'counts' else 'loan_over_cap' end as reason,
        loans.lent_on as on_date,
        loans.source_file,
        loans.source_row
    from loans
    inner join loan_rules
        on loans.kind = loan_rules.kind
    inner join rules_in_force
        on loan_rules.rule_id = rules_in_force.rule_id
        and loans.lent_on >= rules_in_force.starts_on
        and loans.lent_on <= rules_in_force.measured_on
    inner join thresholds
        on loan_rules.cap_name = thresholds.name
        and thresholds.valid_from <= loans.lent_on
        and (thresholds.valid_to is null or thresholds.valid_to > loans.lent_on)
),

-- A loan of the year belongs to one period.
loans_of_year as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.measured_on,
        loans.*
    from loans
    inner join rules_in_force
        on rules_in_force.rule_id = 'E9'
        and loans.lent_on >= rules_in_force.starts_on
        and loans.lent_on <= rules_in_force.measured_on
),

interest_payments as (
    select *
    from payments
    where kind = '创业担保贷款贴息'
        and amount > 0
),

-- A loan meets the payments that name its number, at places that match its own.
subsidised_by_number as (
    select
        loans_of_year.period,
        loans_of_year.region_code,
        loans_of_year.loan_id
    from loans_of_year
    inner join interest_payments
        on loans_of_year.loan_id = interest_payments.reference_id
        and interest_payments.paid_on <= loans_of_year.measured_on
    inner join matching_places
        on loans_of_year.region_code = matching_places.region_code
        and interest_payments.region_code = matching_places.matching_code
    group by
        loans_of_year.period,
        loans_of_year.region_code,
        loans_of_year.loan_id
),

-- A loan meets the payments that name its borrower and no loan.
subsidised_by_borrower as (
    select
        loans_of_year.period,
        loans_of_year.region_code,
        loans_of_year.loan_id
    from loans_of_year
    inner join interest_payments
        on loans_of_year.person_key = interest_payments.person_key
        and interest_payments.reference_id is null
        and interest_payments.paid_on >= loans_of_year.lent_on
        and interest_payments.paid_on <= loans_of_year.measured_on
    group by
        loans_of_year.period,
        loans_of_year.region_code,
        loans_of_year.loan_id
),

subsidised as (
    select * from subsidised_by_number
    union
    select * from subsidised_by_borrower
),

-- A loan meets its borrower in the ledger and what was paid for it, or neither.
judged_loans as (
    select
        loans_of_year.*,
        case
            when loans_of_year.person_key is not null and ledger_persons.person_key is null then 'borrower_not_in_ledger'
            when loans_of_year.interest_subsidy > 0 or subsidised.loan_id is not null then 'counts'
            else 'no_interest_subsidy'
        end as reason
    from loans_of_year
    left join ledger_persons
        on loans_of_year.person_key = ledger_persons.person_key
    left join subsidised
        on loans_of_year.period = subsidised.period
        and loans_of_year.region_code = subsidised.region_code
        and loans_of_year.loan_id = subsidised.loan_id
),

interest_rows as (
    select
        rule_id,
        period,
        region_code,
        'loans' as source,
        loan_id as record_key,
        kind as item,
        case when reason = 'counts' then 1 else 0 end as numerator,
        case when reason = 'borrower_not_in_ledger' then 0 else 1 end as denominator,
        reason,
        lent_on as on_date,
        source_file,
        source_row
    from judged_loans
),

evidence as (
    select * from wisher_rows
    union all
    select * from subsidy_rows
    union all
    select * from graduate_rows
    union all
    select * from capped_loans
    union all
    select * from interest_rows
),

entrepreneurship as (
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

select * from entrepreneurship
