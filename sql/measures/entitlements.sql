-- T7: who in the ledger is shown by the ledger and the registers to qualify for which benefit, and who has had it.
-- zh: T7 台账和登记册可认定符合条件的人与补贴,及是否已享受。
-- grain: person_key, benefit, ground
-- kept as: table
--
-- Only where the records themselves show that a person qualifies; what they cannot show accuses nobody. Four grounds:
-- 毕业年度: a university graduate who leaves school in the year, with a recorded wish (policy: service_wish): 求职创业补贴.
-- 毕业创业: a university graduate whose open spell of 自主创业 began within policy's years of leaving school, the last day
-- included, as E5 has it (a month of leaving is its first day): 社会保险补贴. 灵活就业: of working age with the status 灵活就业:
-- 社会保险补贴.
-- 首次创业: whose first recorded spell of 自主创业 began in the year and is open: 初创企业补贴.
-- Had: a payment of that kind to the person, by whomever; insurance in the year, a benefit given once on any day up to the day.
with
rules_in_force as (select * from measures.rules_in_force where rule_id = 'T7'),

ledger_persons as (select * from measures.ledger_persons),

employment as (select * from measures.employment_in_force where kind = '自主创业'),

payments as (select * from measures.payments_in_force where person_key is not null),

code_sets as (select * from policy.code_sets),

thresholds as (select * from policy.thresholds),

benefits as (
    select *
    from (
        values
        ('毕业年度', '求职创业补贴', true),
        ('毕业创业', '社会保险补贴', false),
        ('灵活就业', '社会保险补贴', false),
        ('首次创业', '初创企业补贴', true)
    ) as benefits (ground, benefit, is_given_once)
),

-- A spell of self-employment meets the day measured; each person's first, and the first that is open.
ventures as (
    select
        employment.person_key,
        min(employment.started_on) as first_on,
        min(
            case
                when employment.ended_on is null or employment.ended_on > rules_in_force.measured_on then employment.started_on
            end
        ) as open_since
    from employment
    inner join rules_in_force
        on employment.started_on <= rules_in_force.measured_on
    group by employment.person_key
),

-- The one day measured meets the one limit in force on it.
days as (
    select
        rules_in_force.period,
        rules_in_force.starts_on,
        rules_in_force.ends_on,
        rules_in_force.measured_on,
        thresholds.value as graduate_years
    from rules_in_force
    inner join thresholds
        on thresholds.name = 'entitled_graduate_years'
        and thresholds.valid_from <= rules_in_force.measured_on
        and (thresholds.valid_to is null or thresholds.valid_to > rules_in_force.measured_on)
),

wishes as (
    select code_sets.code
    from rules_in_force
    inner join code_sets
        on code_sets.set_name = 'service_wish'
        and code_sets.in_set
        and code_sets.valid_from <= rules_in_force.measured_on
        and (code_sets.valid_to is null or code_sets.valid_to > rules_in_force.measured_on)
),

-- The one day meets every person; a person meets their ventures, or none, and at most one code of their wish.
persons as (
    select
        ledger_persons.person_key,
        ledger_persons.region_code,
        ledger_persons.is_of_age,
        ledger_persons.status,
        ledger_persons.graduate_kind,
        ledger_persons.left_school,
        ledger_persons.source_file,
        ledger_persons.source_row,
        ventures.first_on,
        ventures.open_since,
        wishes.code is not null as has_wish,
        days.period,
        days.starts_on,
        days.ends_on,
        days.measured_on,
        days.graduate_years,
        cast(
            date_part('year', ventures.open_since) * 10000
            + date_part('month', ventures.open_since) * 100
            + date_part('day', ventures.open_since)
            as bigint
        ) as open_since_ymd,
        cast(
            date_part('year', ledger_persons.left_school) * 10000
            + date_part('month', ledger_persons.left_school) * 100
            + date_part('day', ledger_persons.left_school)
            as bigint
        ) as left_ymd
    from days
    cross join ledger_persons
    left join wishes
        on wishes.code = coalesce(ledger_persons.work_wish, 'blank')
    left join ventures
        on ledger_persons.person_key = ventures.person_key
),

-- Each ground by itself: a person stands under every ground on which they qualify.
grounds as (
    select persons.*, '毕业年度' as ground
    from persons
    where graduate_kind = '高校'
        and left_school >= starts_on
        and left_school <= ends_on
        and has_wish
    union all
    select persons.*, '毕业创业' as ground
    from persons
    where graduate_kind = '高校'
        and open_since >= left_school
        and open_since_ymd <= left_ymd + graduate_years * 10000
    union all
    select persons.*, '灵活就业' as ground
    from persons
    where status = '灵活就业'
        and is_of_age
    union all
    select persons.*, '首次创业' as ground
    from persons
    where first_on >= starts_on
        and open_since is not null
),

-- A ground is one benefit's.
entitled as (
    select
        grounds.*,
        benefits.benefit,
        benefits.is_given_once
    from grounds
    inner join benefits
        on grounds.ground = benefits.ground
),

-- A payment of a person and kind meets the day measured; the newest is kept.
paid as (
    select
        payments.person_key,
        payments.kind,
        payments.paid_on,
        payments.source_file,
        payments.source_row,
        row_number() over (
            partition by payments.person_key, payments.kind
            order by payments.paid_on desc, payments.source_file, payments.source_row
        ) as row_order
    from payments
    inner join rules_in_force
        on payments.paid_on <= rules_in_force.measured_on
),

-- A ground meets the newest payment of its kind, or none.
entitlements as (
    select
        entitled.period,
        entitled.person_key,
        entitled.region_code,
        entitled.benefit,
        entitled.ground,
        paid.person_key is not null as has_had,
        paid.paid_on,
        case when paid.person_key is null then 'ledger' else 'payments' end as source,
        coalesce(paid.source_file, entitled.source_file) as source_file,
        coalesce(paid.source_row, entitled.source_row) as source_row
    from entitled
    left join paid
        on entitled.person_key = paid.person_key
        and entitled.benefit = paid.kind
        and paid.row_order = 1
        and (entitled.is_given_once or paid.paid_on >= entitled.starts_on)
)

select * from entitlements
