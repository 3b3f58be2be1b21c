-- What the evidence of each rule adds up to at each place of the rows themselves.
-- zh: 各规则证据在行所在地的合计(未汇总)。
-- grain: rule_id, period, part_code
-- kept as: table
with
targets as (select * from evidence.targets),

dynamic_management as (select * from evidence.dynamic_management),

job_matching as (select * from evidence.job_matching),

skills_training as (select * from evidence.skills_training),

hosting as (select * from evidence.hosting),

entrepreneurship as (select * from evidence.entrepreneurship),

public_posts as (select * from evidence.public_posts),

labour_export as (select * from evidence.labour_export),

rights as (select * from evidence.rights),

work_requirements as (select * from evidence.work_requirements),

evidence as (
    select rule_id, period, region_code, numerator, denominator, on_date, days_late from targets
    union all
    select rule_id, period, region_code, numerator, denominator, on_date, days_late from dynamic_management
    union all
    select rule_id, period, region_code, numerator, denominator, on_date, days_late from job_matching
    union all
    select rule_id, period, region_code, numerator, denominator, on_date, days_late from skills_training
    union all
    select rule_id, period, region_code, numerator, denominator, on_date, days_late from hosting
    union all
    select rule_id, period, region_code, numerator, denominator, on_date, days_late from entrepreneurship
    union all
    select rule_id, period, region_code, numerator, denominator, on_date, days_late from public_posts
    union all
    select rule_id, period, region_code, numerator, denominator, on_date, days_late from labour_export
    union all
    select rule_id, period, region_code, numerator, denominator, on_date, days_late from rights
    union all
    select rule_id, period, region_code, numerator, denominator, on_date, days_late from work_requirements
),

rule_counts as (
    select
        rule_id,
        period,
        region_code as part_code,
        cast(sum(numerator) as decimal(18, 2)) as numerator,
        cast(sum(denominator) as decimal(18, 2)) as denominator,
        count(*) as n_evidence,
        count(*) filter (where numerator < denominator) as n_failing,
        max(days_late) as days_late,
        count(*) filter (where numerator < denominator and days_late is null) as n_open,
        min(on_date) filter (where numerator < denominator) as first_failing_on
    from evidence
    group by
        rule_id,
        period,
        region_code
)

select * from rule_counts
