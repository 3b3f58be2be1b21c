-- The records behind the rules of public posts and employment assistance: which count, which do not, and why.
-- zh: 公益岗位(就业援助)各规则的证据行:计入、不计入及原因。
-- grain: rule_id, period, region_code, source, record_key, item
-- kept as: table
--
-- A blank cell: a hard rule (G3) is broken only by what is shown, so a payment that cannot be judged is shown as 0/0; a duty
-- (G2, G4, G6, G7) is not done by what is not shown. The plan's part is 2 (6).
-- G1 (1): a firm, at the county where ledger persons live whom it employed near home in the year (policy: places, kinds, with
-- contract, insured), counts if a social insurance subsidy was paid to its code in the year, anywhere. A spell without the
-- firm's code names no firm, a blank contract or insured proves nothing due: no row.
-- G2 (2): a ledger person in flexible work (work at home is read as that) counts if the subsidy was paid to them in the year.
-- G3 (3): a job-seeking subsidy of the year counts if it is the person's first ever, and the ledger says graduate of a college
-- who left school in that year, with a wish. No person named, or a blank of the ledger: 0/0.
-- G4 (3): a traineeship subsidy of the year counts if the trainee is in the ledger as graduate of a college or a vocational
-- school, paid no later than policy's years after the month of leaving. No trainee named (it goes to the unit): 0/0.
-- G5 (4): a county counts if its posts in force are at most policy's number for every 100 persons of its ledger. Who has not
-- reported posts or ledger has not shown that, though no post is known: nothing of nothing must not hold.
-- G6 (4): three items of each post in force: a kind that policy lists, part-time, its holder in the ledger of any county. A post
-- that nobody holds is not asked for its holder.
-- G7 (4): a post held on any day of the year counts if both subsidies were paid in the year, by the post's number at the same
-- place (or its unit) or to the holder. A post that nobody holds is 0/0.
-- A post that several files report is one: the file of its own place counts. On the day it ends it is over.
with
rules_in_force as (select * from measures.rules_in_force),

ledger_persons as (select * from measures.ledger_persons),

employment as (select * from measures.employment_in_force),

payments as (select * from measures.payments_in_force),

distinct_payments as (select * from measures.distinct_payments),

posts as (select * from measures.posts_in_force),

feed_reporting as (select * from measures.feed_reporting),

region_parts as (select * from measures.region_parts),

regions as (select * from policy.regions),

thresholds as (select * from policy.thresholds),

code_sets as (select * from policy.code_sets),

-- A rule's period meets each number in force on the day measured.
limits as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        max(case when thresholds.name = 'traineeship_years_max' then thresholds.value end) as traineeship_years_max,
        max(case when thresholds.name = 'public_posts_per_100_max' then thresholds.value end) as posts_per_100_max
    from rules_in_force
    inner join thresholds
        on thresholds.valid_from <= rules_in_force.measured_on
        and (thresholds.valid_to is null or thresholds.valid_to > rules_in_force.measured_on)
    where rules_in_force.rule_id in ('G4', 'G5')
    group by
        rules_in_force.rule_id,
        rules_in_force.period
),

-- A rule's period meets each code in force on the day measured.
codes as (
    select distinct
        rules_in_force.rule_id,
        rules_in_force.period,
        code_sets.set_name,
        code_sets.code
    from rules_in_force
    inner join code_sets
        on code_sets.in_set
        and code_sets.valid_from <= rules_in_force.measured_on
        and (code_sets.valid_to is null or code_sets.valid_to > rules_in_force.measured_on)
    where rules_in_force.rule_id in ('G1', 'G6')
),

-- G1: a spell meets the period if it was open on any day of it, at most one code of each set, and at most one ledger person.
near_home as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        ledger_persons.region_code,
        upper(employment.employer_code) as employer_code,
        employment.started_on,
        employment.source_file,
        employment.source_row,
        row_number() over (
            partition by
                rules_in_force.rule_id,
                rules_in_force.period,
                ledger_persons.region_code,
                upper(employment.employer_code)
            order by employment.started_on, employment.source_file, employment.source_row
        ) as row_order
    from employment
    inner join rules_in_force
        on rules_in_force.rule_id = 'G1'
        and employment.started_on <= rules_in_force.measured_on
        and (employment.ended_on is null or employment.ended_on > rules_in_force.starts_on)
    inner join codes as kinds
        on kinds.set_name = 'firm_insurance_kind'
        and rules_in_force.rule_id = kinds.rule_id
        and rules_in_force.period = kinds.period
        and employment.kind = kinds.code
    inner join codes as places
        on places.set_name = 'near_home'
        and rules_in_force.rule_id = places.rule_id
        and rules_in_force.period = places.period
        and employment.place = places.code
    inner join codes as contracts
        on contracts.set_name = 'firm_insurance_contract'
        and rules_in_force.rule_id = contracts.rule_id
        and rules_in_force.period = contracts.period
        and coalesce(cast(employment.contract as varchar), 'blank') = contracts.code
    inner join codes as insurances
        on insurances.set_name = 'firm_insurance_insured'
        and rules_in_force.rule_id = insurances.rule_id
        and rules_in_force.period = insurances.period
        and coalesce(cast(employment.insured as varchar), 'blank') = insurances.code
    inner join ledger_persons
        on employment.person_key = ledger_persons.person_key
    where coalesce(employment.employer_code, '') <> ''
),

insured_firms as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        upper(payments.enterprise_code) as employer_code,
        min(payments.paid_on) as paid_on
    from payments
    inner join rules_in_force
        on rules_in_force.rule_id = 'G1'
        and payments.paid_on >= rules_in_force.starts_on
        and payments.paid_on <= rules_in_force.measured_on
    where payments.kind = '社会保险补贴'
        and coalesce(payments.enterprise_code, '') <> ''
    group by
        rules_in_force.rule_id,
        rules_in_force.period,
        upper(payments.enterprise_code)
),

-- A firm and county meets at most one sum of its payments.
judged_firms as (
    select
        near_home.rule_id,
        near_home.period,
        near_home.region_code,
        'employment' as source,
        near_home.employer_code as record_key,
        '' as item,
        cast(case when insured_firms.employer_code is not null then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(1 as decimal(18, 2)) as denominator,
        case when insured_firms.employer_code is not null then 'counts' else 'firm_insurance_subsidy_missing' end as reason,
        coalesce(insured_firms.paid_on, near_home.started_on) as on_date,
        cast(null as bigint) as days_late,
        near_home.source_file,
        near_home.source_row
    from near_home
    left join insured_firms
        on near_home.rule_id = insured_firms.rule_id
        and near_home.period = insured_firms.period
        and near_home.employer_code = insured_firms.employer_code
    where near_home.row_order = 1
),

insured_persons as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        payments.person_key,
        min(payments.paid_on) as paid_on
    from payments
    inner join rules_in_force
        on rules_in_force.rule_id = 'G2'
        and payments.paid_on >= rules_in_force.starts_on
        and payments.paid_on <= rules_in_force.measured_on
    where payments.kind = '社会保险补贴'
        and payments.person_key is not null
    group by
        rules_in_force.rule_id,
        rules_in_force.period,
        payments.person_key
),

-- G2: a person in flexible work meets at most one sum of their payments.
judged_flexible as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        ledger_persons.region_code,
        'ledger' as source,
        ledger_persons.person_key as record_key,
        '' as item,
        cast(case when insured_persons.person_key is not null then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(1 as decimal(18, 2)) as denominator,
        case when insured_persons.person_key is not null then 'counts' else 'person_insurance_subsidy_missing' end as reason,
        insured_persons.paid_on as on_date,
        cast(null as bigint) as days_late,
        ledger_persons.source_file,
        ledger_persons.source_row
    from ledger_persons
    inner join rules_in_force
        on rules_in_force.rule_id = 'G2'
    left join insured_persons
        on rules_in_force.rule_id = insured_persons.rule_id
        and rules_in_force.period = insured_persons.period
        and ledger_persons.person_key = insured_persons.person_key
    where ledger_persons.status = '灵活就业'
),

-- G3: which payment of the kind is a person's first ever, also of another place.
seeking_payments as (
    select
        *,
        row_number() over (
            partition by payee_key
            order by paid_on, payment_key, region_code
        ) as payment_order
    from distinct_payments
    where kind = '求职创业补贴'
),

-- A payment of the year meets its person in the ledger, or nobody.
reasoned_seeking as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        seeking_payments.region_code,
        seeking_payments.payment_key,
        seeking_payments.payee_key,
        seeking_payments.paid_on,
        seeking_payments.source_file,
        seeking_payments.source_row,
        case
            when seeking_payments.person_key is null then 'payee_not_named'
            when seeking_payments.payment_order > 1 then 'job_seeking_paid_before'
            when ledger_persons.person_key is null then 'payee_not_in_ledger'
            when ledger_persons.graduate_kind <> '高校' then 'payee_no_college_graduate'
            when ledger_persons.left_school < rules_in_force.starts_on
                or ledger_persons.left_school > rules_in_force.ends_on then 'payee_not_graduate_of_year'
            when ledger_persons.work_wish not in ('有就业意愿', '有创业意愿') then 'payee_without_wish'
            when ledger_persons.graduate_kind is null
                or ledger_persons.left_school is null
                or ledger_persons.work_wish is null then 'payee_ledger_blank'
            else 'counts'
        end as reason
    from seeking_payments
    inner join rules_in_force
        on rules_in_force.rule_id = 'G3'
        and seeking_payments.paid_on >= rules_in_force.starts_on
        and seeking_payments.paid_on <= rules_in_force.measured_on
    left join ledger_persons
        on seeking_payments.person_key = ledger_persons.person_key
),

judged_seeking as (
    select
        rule_id,
        period,
        region_code,
        'payments' as source,
        payment_key as record_key,
        payee_key as item,
        cast(case when reason = 'counts' then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(
            case when reason in ('payee_not_named', 'payee_not_in_ledger', 'payee_ledger_blank') then 0 else 1 end
            as decimal(18, 2)
        ) as denominator,
        reason,
        paid_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from reasoned_seeking
),

-- G4: months from leaving school to the payment. A payment of the year meets its trainee in the ledger, or nobody.
trainees as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        distinct_payments.region_code,
        distinct_payments.payment_key,
        distinct_payments.payee_key,
        distinct_payments.person_key,
        distinct_payments.paid_on,
        distinct_payments.source_file,
        distinct_payments.source_row,
        ledger_persons.person_key is not null as is_in_ledger,
        ledger_persons.graduate_kind,
        ledger_persons.left_school,
        (date_part('year', distinct_payments.paid_on) - date_part('year', ledger_persons.left_school)) * 12
        + date_part('month', distinct_payments.paid_on) - date_part('month', ledger_persons.left_school) as months_since,
        limits.traineeship_years_max * 12 as months_max
    from distinct_payments
    inner join rules_in_force
        on rules_in_force.rule_id = 'G4'
        and distinct_payments.paid_on >= rules_in_force.starts_on
        and distinct_payments.paid_on <= rules_in_force.measured_on
    inner join limits
        on rules_in_force.rule_id = limits.rule_id
        and rules_in_force.period = limits.period
    left join ledger_persons
        on distinct_payments.person_key = ledger_persons.person_key
    where distinct_payments.kind = '就业见习补贴'
),

reasoned_trainees as (
    select
        *,
        case
            when person_key is null then 'trainee_not_named'
            when not is_in_ledger then 'payee_not_in_ledger'
            when graduate_kind not in ('高校', '中职') then 'trainee_no_graduate'
            when months_since > months_max then 'trainee_left_school_long_ago'
            when graduate_kind is null or left_school is null then 'payee_ledger_blank'
            else 'counts'
        end as reason
    from trainees
),

judged_trainees as (
    select
        rule_id,
        period,
        region_code,
        'payments' as source,
        payment_key as record_key,
        payee_key as item,
        cast(case when reason = 'counts' then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(case when reason = 'trainee_not_named' then 0 else 1 end as decimal(18, 2)) as denominator,
        reason,
        paid_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from reasoned_trainees
),

-- Of the rows of one post, that of the place's own file.
ordered_posts as (
    select
        *,
        row_number() over (
            partition by region_code, post_id
            order by
                case when slice_region = region_code then 0 else 1 end,
                started_on desc,
                source_file,
                source_row
        ) as row_order
    from posts
),

-- A post meets every region that it adds to: itself, its unit, the province.
reported_above as (
    select distinct
        region_parts.region_code,
        ordered_posts.post_id
    from ordered_posts
    inner join region_parts
        on ordered_posts.region_code = region_parts.part_code
        and region_parts.region_code <> region_parts.part_code
),

-- A unit's row without county is left out if one of its counties reports the post.
posts_once as (
    select ordered_posts.*
    from ordered_posts
    left anti join reported_above
        on ordered_posts.region_code = reported_above.region_code
        and ordered_posts.post_id = reported_above.post_id
    where ordered_posts.row_order = 1
),

-- A post in force on the day measured meets G5 and G6.
posts_open as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        posts_once.*
    from posts_once
    inner join rules_in_force
        on rules_in_force.rule_id in ('G5', 'G6')
        and posts_once.started_on <= rules_in_force.measured_on
        and (posts_once.ended_on is null or posts_once.ended_on > rules_in_force.measured_on)
),

posts_counted as (
    select
        rule_id,
        period,
        region_code,
        count(*) as n_posts
    from posts_open
    group by
        rule_id,
        period,
        region_code
),

persons_counted as (
    select
        region_code,
        count(*) as n_persons
    from ledger_persons
    group by region_code
),

reported_both as (
    select part_code
    from feed_reporting
    where feed in ('posts', 'ledger')
    group by part_code
    having count(distinct feed) = 2
),

-- G5: every county meets at most one count of its posts and one of its ledger.
judged_counties as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        regions.region_code,
        coalesce(posts_counted.n_posts, 0) * 100
        <= limits.posts_per_100_max * coalesce(persons_counted.n_persons, 0) as is_within,
        reported_both.part_code is not null as is_reported,
        rules_in_force.measured_on
    from rules_in_force
    inner join regions
        on rules_in_force.rule_id = 'G5'
        and regions.level = 'county'
        and regions.valid_from <= rules_in_force.as_of
        and (regions.valid_to is null or regions.valid_to > rules_in_force.as_of)
    inner join limits
        on rules_in_force.rule_id = limits.rule_id
        and rules_in_force.period = limits.period
    left join posts_counted
        on rules_in_force.rule_id = posts_counted.rule_id
        and rules_in_force.period = posts_counted.period
        and regions.region_code = posts_counted.region_code
    left join persons_counted
        on regions.region_code = persons_counted.region_code
    left join reported_both
        on regions.region_code = reported_both.part_code
),

county_duties as (
    select
        rule_id,
        period,
        region_code,
        'policy' as source,
        region_code as record_key,
        '' as item,
        cast(case when is_within and is_reported then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(1 as decimal(18, 2)) as denominator,
        case
            when not is_reported then 'posts_or_ledger_not_reported'
            when is_within then 'counts'
            else 'posts_over_cap'
        end as reason,
        measured_on as on_date,
        cast(null as bigint) as days_late,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from judged_counties
),

county_records as (
    select
        rule_id,
        period,
        region_code,
        'posts' as source,
        post_id as record_key,
        '' as item,
        cast(0 as decimal(18, 2)) as numerator,
        cast(0 as decimal(18, 2)) as denominator,
        'record' as reason,
        started_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from posts_open
    where rule_id = 'G5'
),

-- G6: a post in force meets at most one listed kind and one ledger person.
tested_posts as (
    select
        posts_open.rule_id,
        posts_open.period,
        posts_open.region_code,
        posts_open.post_id,
        posts_open.started_on,
        posts_open.source_file,
        posts_open.source_row,
        case when codes.code is not null then 'counts' else 'post_kind_not_listed' end as kind_reason,
        case
            when posts_open.part_time then 'counts'
            when posts_open.part_time is null then 'post_part_time_blank'
            else 'post_full_time'
        end as part_time_reason,
        case
            when posts_open.person_key is null then 'post_vacant'
            when ledger_persons.person_key is not null then 'counts'
            else 'holder_not_in_ledger'
        end as holder_reason
    from posts_open
    left join codes
        on codes.set_name = 'public_post_kind'
        and posts_open.rule_id = codes.rule_id
        and posts_open.period = codes.period
        and posts_open.kind = codes.code
    left join ledger_persons
        on posts_open.person_key = ledger_persons.person_key
    where posts_open.rule_id = 'G6'
),

post_items as (
    select '岗位类型' as item, kind_reason as reason, * from tested_posts
    union all
    select '非全日制' as item, part_time_reason as reason, * from tested_posts
    union all
    select '在岗人员' as item, holder_reason as reason, * from tested_posts
),

judged_posts as (
    select
        rule_id,
        period,
        region_code,
        'posts' as source,
        post_id as record_key,
        item,
        cast(case when reason = 'counts' then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(case when reason = 'post_vacant' then 0 else 1 end as decimal(18, 2)) as denominator,
        reason,
        started_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from post_items
),

-- G7: a post open on any day of the period.
posts_of_period as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.starts_on,
        rules_in_force.measured_on,
        posts_once.*
    from posts_once
    inner join rules_in_force
        on rules_in_force.rule_id = 'G7'
        and posts_once.started_on <= rules_in_force.measured_on
        and (posts_once.ended_on is null or posts_once.ended_on > rules_in_force.starts_on)
),

-- A place matches itself and what stands above or below it, so that the unit's payment finds the county's post.
matching_places as (
    select
        region_code as post_region_code,
        part_code as payment_region_code
    from region_parts
    union
    select
        part_code as post_region_code,
        region_code as payment_region_code
    from region_parts
),

-- A post meets each payment with its number at a matching place, and each payment to its holder.
post_payments as (
    select
        posts_of_period.rule_id,
        posts_of_period.period,
        posts_of_period.region_code,
        posts_of_period.post_id,
        payments.kind
    from posts_of_period
    inner join payments
        on posts_of_period.post_id = payments.reference_id
        and payments.paid_on >= posts_of_period.starts_on
        and payments.paid_on <= posts_of_period.measured_on
    inner join matching_places
        on posts_of_period.region_code = matching_places.post_region_code
        and payments.region_code = matching_places.payment_region_code
    where payments.kind in ('岗位补贴', '社会保险补贴')
    union all
    select
        posts_of_period.rule_id,
        posts_of_period.period,
        posts_of_period.region_code,
        posts_of_period.post_id,
        payments.kind
    from posts_of_period
    inner join payments
        on posts_of_period.person_key = payments.person_key
        and payments.paid_on >= posts_of_period.starts_on
        and payments.paid_on <= posts_of_period.measured_on
    where payments.kind in ('岗位补贴', '社会保险补贴')
),

paid_posts as (
    select
        rule_id,
        period,
        region_code,
        post_id,
        bool_or(kind = '岗位补贴') as has_post_subsidy,
        bool_or(kind = '社会保险补贴') as has_insurance_subsidy
    from post_payments
    group by
        rule_id,
        period,
        region_code,
        post_id
),

-- A post meets at most one sum of its payments.
reasoned_subsidies as (
    select
        posts_of_period.rule_id,
        posts_of_period.period,
        posts_of_period.region_code,
        posts_of_period.post_id,
        posts_of_period.started_on,
        posts_of_period.source_file,
        posts_of_period.source_row,
        case
            when paid_posts.has_post_subsidy and paid_posts.has_insurance_subsidy then 'counts'
            when posts_of_period.person_key is null then 'post_vacant'
            when paid_posts.has_post_subsidy then 'post_insurance_subsidy_missing'
            when paid_posts.has_insurance_subsidy then 'post_subsidy_missing'
            else 'post_both_subsidies_missing'
        end as reason
    from posts_of_period
    left join paid_posts
        on posts_of_period.rule_id = paid_posts.rule_id
        and posts_of_period.period = paid_posts.period
        and posts_of_period.region_code = paid_posts.region_code
        and posts_of_period.post_id = paid_posts.post_id
),

judged_subsidies as (
    select
        rule_id,
        period,
        region_code,
        'posts' as source,
        post_id as record_key,
        '' as item,
        cast(case when reason = 'counts' then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(case when reason = 'post_vacant' then 0 else 1 end as decimal(18, 2)) as denominator,
        reason,
        started_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from reasoned_subsidies
),

public_posts as (
    select * from judged_firms
    union all
    select * from judged_flexible
    union all
    select * from judged_seeking
    union all
    select * from judged_trainees
    union all
    select * from county_duties
    union all
    select * from county_records
    union all
    select * from judged_posts
    union all
    select * from judged_subsidies
)

select * from public_posts
