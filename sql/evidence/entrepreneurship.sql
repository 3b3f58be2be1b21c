-- The records behind the rules of the venture services: which count, which do not, and why.
-- zh: 创业服务各规则的证据行:计入、不计入及原因。
-- grain: rule_id, period, region_code, source, record_key, item
-- kept as: table
--
-- E6, E7, E8, E10 (the plan, part 2 (5) 3): a loan within the cap of its kind; exactly the cap is within. A loan that several
-- files report is one: the largest amount counts. A loan is judged by the cap in force on the day it was lent.
with
rules_in_force as (select * from measures.rules_in_force),

loans as (select * from measures.loans_in_force),

thresholds as (select * from policy.thresholds),

loans_once as (
    select
        region_code,
        loan_id,
        kind,
        max(amount) as amount,
        min(lent_on) as lent_on,
        min(source_file) as source_file,
        min(source_row) as source_row
    from loans
    group by
        region_code,
        loan_id,
        kind
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
judged_loans as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        loans_once.region_code,
        'loans' as source,
        loans_once.loan_id as record_key,
        loans_once.kind as item,
        cast(case when loans_once.amount <= thresholds.value then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(1 as decimal(18, 2)) as denominator,
        case when loans_once.amount <= thresholds.value then 'counts' else 'loan_over_cap' end as reason,
        loans_once.lent_on as on_date,
        cast(null as bigint) as days_late,
        loans_once.source_file,
        loans_once.source_row
    from loans_once
    inner join loan_rules
        on loans_once.kind = loan_rules.kind
    inner join rules_in_force
        on loan_rules.rule_id = rules_in_force.rule_id
        and loans_once.lent_on >= rules_in_force.starts_on
        and loans_once.lent_on <= rules_in_force.measured_on
    inner join thresholds
        on loan_rules.cap_name = thresholds.name
        and thresholds.valid_from <= loans_once.lent_on
        and (thresholds.valid_to is null or thresholds.valid_to > loans_once.lent_on)
)

select * from judged_loans
