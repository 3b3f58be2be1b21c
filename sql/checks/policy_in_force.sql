-- Every number that the measures ask for is in force on every day measured, once; weights are whole numbers.
-- zh: 各计量日所需参数都有且仅有一条生效;权重为整数。
-- severity: error
-- grain: name, month
with
days as (select * from measures.days),

indicators as (select * from policy.indicators),

thresholds as (select * from policy.thresholds),

needed_names as (
    select *
    from (
        values
        ('light_green_min'),
        ('light_watch_min'),
        ('light_yellow_min'),
        ('age_min'),
        ('age_max'),
        ('age_max_women'),
        ('workshop_min_roster'),
        ('workshop_min_contract_months'),
        ('reasons_shown'),
        ('laggards_shown'),
        ('small_group_min'),
        ('rows_fall_pct'),
        ('rows_rise_pct'),
        ('rows_jump_min'),
        ('report_difference_max'),
        ('report_period_last_day'),
        ('loan_cap_person'),
        ('loan_cap_partnership'),
        ('loan_cap_company'),
        ('loan_cap_shop'),
        ('duty_weight_hard'),
        ('duty_weight_duty'),
        ('duty_weight_soft'),
        ('tiny_task_max'),
        ('candidate_red_min'),
        ('candidate_places'),
        ('candidate_breaches_min'),
        ('scarce_trades_lists_min'),
        ('course_follow_up_days'),
        ('course_subsidy_days'),
        ('traineeship_years_max'),
        ('public_posts_per_100_max'),
        ('verification_valid_days'),
        ('verification_added_days'),
        ('street_digits_max'),
        ('township_digits_max'),
        ('village_digits_min'),
        ('village_digits_max'),
        ('workshop_award_cap'),
        ('workshop_award_a_person'),
        ('base_min_roster'),
        ('helper_min_roster'),
        ('graduate_venture_years'),
        ('forecast_points_min'),
        ('forecast_months')
    ) as needed_names (name)
),

-- Every needed name meets every month; an indicator needs its weight in the months in which it is in force.
needed as (
    select
        needed_names.name,
        days.month,
        days.on_date
    from needed_names
    cross join days
    union
    select
        concat('weight_', indicators.indicator_id) as name,
        days.month,
        days.on_date
    from days
    inner join indicators
        on indicators.valid_from <= days.on_date
        and (indicators.valid_to is null or indicators.valid_to > days.on_date)
),

-- A name and month meet the rows in force: one, if all is well.
counted as (
    select
        needed.name,
        needed.month,
        count(thresholds.name) as rows_in_force,
        max(case when needed.name like 'weight\_%' and thresholds.value <> floor(thresholds.value) then 1 else 0 end) as broken_weights
    from needed
    left join thresholds
        on needed.name = thresholds.name
        and thresholds.valid_from <= needed.on_date
        and (thresholds.valid_to is null or thresholds.valid_to > needed.on_date)
    group by
        needed.name,
        needed.month
),

broken as (
    select * from counted
    where rows_in_force <> 1
        or broken_weights > 0
)

select * from broken
