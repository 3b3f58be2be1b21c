-- The records behind the rules of matching people with work: which count, which do not, and why.
-- zh: 用工对接各规则的证据行:计入、不计入及原因。
-- grain: rule_id, period, region_code, source, record_key, item
-- kept as: table
--
-- B1 (the plan, part 2 (2) 1): each county, each quarter, at least policy's number of 岗位采集. A unit's own collection is shown
-- at the unit and is no county's.
-- B2 (2): each person with a recorded wish to work (policy: referral_wish), at least one 岗位推荐 in the year, by whomever. A blank
-- wish is nobody's wish: not in the denominator (A4 counts the blanks). A person of any age or status who wishes is in it.
-- B3 (2): each county, in the year, at least policy's number of posts at collections, fairs and rounds of posts to villages
-- (policy: suitable_posts): no feed marks a post as suitable. An activity that states no number is shown, and proves none.
-- B4 (3): each poor county, at least policy's number of markets open on the day, whenever recognised, in a town, village,
-- industrial area or labour hub (policy: market_area). A blank area is not held against the county.
-- B5 (4): each unit, each of the four campaigns, at least one in the year, held by the unit or by any of its counties.
-- B6 (5): each county, each quarter, at least one fair or round of posts to villages (measures.quarterly_activities). The unit
-- grain stands beside it as rows of the item 填报单位口径 at the unit, 0 of 0: shown, in no sum.
-- Activities are counted once however many files report them, on their day, never after the day measured.
with
rules_in_force as (select * from measures.rules_in_force),

activities as (select * from measures.activities),

quarterly_activities as (select * from measures.quarterly_activities),

sites as (select * from measures.sites),

site_rows as (select * from measures.site_rows),

ledger_persons as (select * from measures.ledger_persons),

services as (select * from measures.services_in_force),

region_parts as (select * from measures.region_parts),

regions as (select * from policy.regions),

code_sets as (select * from policy.code_sets),

thresholds as (select * from policy.thresholds),

-- Which kinds of activity each rule asks for, which number it asks, and what is said where there are too few.
activity_rules as (
    select *
    from (
        values
        ('B1', 'post_collection', 'post_collection_min', 'no_collection'),
        ('B3', 'suitable_posts', 'suitable_posts_min', 'no_posts'),
        ('B5', 'campaign', 'campaign_min', 'no_campaign'),
        ('B6', 'quarterly_activity', 'quarterly_activity_min', 'no_activity')
    ) as activity_rules (rule_id, set_name, threshold_name, reason)
),

-- An activity meets every rule and period that asks for its kind at its day.
activity_records as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        activities.region_code,
        activities.held_on,
        activities.kind,
        activities.name,
        activities.posts,
        activities.source_file,
        activities.source_row
    from activities
    inner join code_sets
        on activities.kind = code_sets.code
        and code_sets.in_set
        and code_sets.valid_from <= activities.held_on
        and (code_sets.valid_to is null or code_sets.valid_to > activities.held_on)
    inner join activity_rules
        on code_sets.set_name = activity_rules.set_name
    inner join rules_in_force
        on activity_rules.rule_id = rules_in_force.rule_id
        and activities.held_on >= rules_in_force.starts_on
        and activities.held_on <= rules_in_force.measured_on
),

shown_activities as (
    select
        rule_id,
        period,
        region_code,
        'events' as source,
        concat(cast(held_on as varchar), ' ', name) as record_key,
        kind as item,
        cast(0 as decimal(18, 2)) as numerator,
        cast(0 as decimal(18, 2)) as denominator,
        case when rule_id = 'B3' and posts is null then 'posts_not_stated' else 'record' end as reason,
        held_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from activity_records
),

-- One row a rule and period: the number in force on the day measured.
minimums as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.scope,
        rules_in_force.as_of,
        thresholds.value as minimum,
        activity_rules.reason
    from rules_in_force
    inner join activity_rules
        on rules_in_force.rule_id = activity_rules.rule_id
    inner join thresholds
        on activity_rules.threshold_name = thresholds.name
        and thresholds.valid_from <= rules_in_force.measured_on
        and (thresholds.valid_to is null or thresholds.valid_to > rules_in_force.measured_on)
),

-- B1 and B3 count what stands at the county itself: activities, or the posts that they state.
county_counts as (
    select
        rule_id,
        period,
        region_code,
        case when rule_id = 'B3' then coalesce(sum(posts), 0) else count(*) end as done
    from activity_records
    where rule_id in ('B1', 'B3')
    group by
        rule_id,
        period,
        region_code
),

-- A rule and period meet every county, and each its one count or nothing.
county_duties as (
    select
        minimums.rule_id,
        minimums.period,
        regions.region_code,
        'policy' as source,
        regions.region_code as record_key,
        '' as item,
        coalesce(county_counts.done, 0) >= minimums.minimum as is_done,
        minimums.reason
    from minimums
    inner join regions
        on minimums.scope = regions.level
        and regions.valid_from <= minimums.as_of
        and (regions.valid_to is null or regions.valid_to > minimums.as_of)
    left join county_counts
        on minimums.rule_id = county_counts.rule_id
        and minimums.period = county_counts.period
        and regions.region_code = county_counts.region_code
    where minimums.rule_id in ('B1', 'B3')
),

-- An activity of a county meets the unit above it, one of the unit itself the unit.
campaign_counts as (
    select
        activity_records.rule_id,
        activity_records.period,
        region_parts.region_code,
        activity_records.kind,
        count(*) as done
    from activity_records
    inner join region_parts
        on activity_records.region_code = region_parts.part_code
    where activity_records.rule_id = 'B5'
    group by
        activity_records.rule_id,
        activity_records.period,
        region_parts.region_code,
        activity_records.kind
),

-- A unit meets each campaign, and each its one count or nothing.
campaign_duties as (
    select
        minimums.rule_id,
        minimums.period,
        regions.region_code,
        'policy' as source,
        regions.region_code as record_key,
        code_sets.code as item,
        coalesce(campaign_counts.done, 0) >= minimums.minimum as is_done,
        minimums.reason
    from minimums
    inner join regions
        on minimums.scope = regions.level
        and regions.valid_from <= minimums.as_of
        and (regions.valid_to is null or regions.valid_to > minimums.as_of)
    inner join code_sets
        on code_sets.set_name = 'campaign'
        and code_sets.in_set
        and code_sets.valid_from <= minimums.as_of
        and (code_sets.valid_to is null or code_sets.valid_to > minimums.as_of)
    left join campaign_counts
        on minimums.rule_id = campaign_counts.rule_id
        and minimums.period = campaign_counts.period
        and regions.region_code = campaign_counts.region_code
        and code_sets.code = campaign_counts.kind
    where minimums.rule_id = 'B5'
),

-- A county and quarter meet the rule's one row of the quarter.
quarterly_duties as (
    select
        minimums.rule_id,
        minimums.period,
        quarterly_activities.region_code,
        'policy' as source,
        quarterly_activities.region_code as record_key,
        '' as item,
        quarterly_activities.is_done,
        minimums.reason
    from quarterly_activities
    inner join minimums
        on minimums.rule_id = 'B6'
        and quarterly_activities.period = minimums.period
        and quarterly_activities.level = minimums.scope
),

quarterly_units as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        quarterly_activities.region_code,
        'policy' as source,
        quarterly_activities.region_code as record_key,
        '填报单位口径' as item,
        cast(0 as decimal(18, 2)) as numerator,
        cast(0 as decimal(18, 2)) as denominator,
        case when quarterly_activities.is_done then 'unit_held' else 'unit_not_held' end as reason,
        cast(null as date) as on_date,
        cast(null as bigint) as days_late,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from quarterly_activities
    inner join rules_in_force
        on rules_in_force.rule_id = 'B6'
        and quarterly_activities.period = rules_in_force.period
    where quarterly_activities.level = 'unit'
),

-- The row under which each site is known, one a site.
site_sources as (
    select
        region_code,
        kind,
        site_id,
        source_file,
        source_row,
        row_number() over (
            partition by region_code, kind, site_id
            order by recognised_on, source_file, source_row
        ) as row_order
    from site_rows
),

-- A market of a poor county meets its one area's code and its one first row.
markets as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        sites.region_code,
        sites.site_id,
        coalesce(sites.site_area, '未填') as area,
        sites.recognised_on,
        sites.cancelled_on,
        sites.cancelled_on <= rules_in_force.measured_on as is_cancelled,
        code_sets.in_set as is_in_area,
        site_sources.source_file,
        site_sources.source_row
    from sites
    inner join rules_in_force
        on rules_in_force.rule_id = 'B4'
        and sites.recognised_on <= rules_in_force.measured_on
        and (sites.cancelled_on is null or sites.cancelled_on > rules_in_force.starts_on)
    inner join regions
        on sites.region_code = regions.region_code
        and regions.level = 'county'
        and regions.is_poor_county
        and regions.valid_from <= rules_in_force.as_of
        and (regions.valid_to is null or regions.valid_to > rules_in_force.as_of)
    inner join code_sets
        on code_sets.set_name = 'market_area'
        and code_sets.code = coalesce(sites.site_area, 'blank')
        and code_sets.valid_from <= rules_in_force.measured_on
        and (code_sets.valid_to is null or code_sets.valid_to > rules_in_force.measured_on)
    left join site_sources
        on sites.region_code = site_sources.region_code
        and sites.kind = site_sources.kind
        and sites.site_id = site_sources.site_id
        and site_sources.row_order = 1
    where sites.kind = '人力资源市场'
),

shown_markets as (
    select
        rule_id,
        period,
        region_code,
        'sites' as source,
        site_id as record_key,
        area as item,
        cast(0 as decimal(18, 2)) as numerator,
        cast(0 as decimal(18, 2)) as denominator,
        case
            when is_cancelled then 'site_cancelled'
            when not is_in_area then 'market_elsewhere'
            else 'record'
        end as reason,
        coalesce(case when is_cancelled then cancelled_on end, recognised_on) as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from markets
),

market_counts as (
    select
        region_code,
        period,
        count(*) as done
    from markets
    where is_in_area
        and not coalesce(is_cancelled, false)
    group by
        region_code,
        period
),

-- A poor county meets its one count of markets, or nothing.
market_duties as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        regions.region_code,
        'policy' as source,
        regions.region_code as record_key,
        '' as item,
        coalesce(market_counts.done, 0) >= thresholds.value as is_done,
        'no_market' as reason
    from rules_in_force
    inner join regions
        on regions.level = 'county'
        and regions.is_poor_county
        and regions.valid_from <= rules_in_force.as_of
        and (regions.valid_to is null or regions.valid_to > rules_in_force.as_of)
    inner join thresholds
        on thresholds.name = 'market_min'
        and thresholds.valid_from <= rules_in_force.measured_on
        and (thresholds.valid_to is null or thresholds.valid_to > rules_in_force.measured_on)
    left join market_counts
        on regions.region_code = market_counts.region_code
        and rules_in_force.period = market_counts.period
    where rules_in_force.rule_id = 'B4'
),

duties as (
    select * from county_duties
    union all
    select * from market_duties
    union all
    select * from campaign_duties
    union all
    select * from quarterly_duties
),

judged_duties as (
    select
        rule_id,
        period,
        region_code,
        source,
        record_key,
        item,
        cast(case when is_done then 1 else 0 end as decimal(18, 2)) as numerator,
        cast(1 as decimal(18, 2)) as denominator,
        case when is_done then 'counts' else reason end as reason,
        cast(null as date) as on_date,
        cast(null as bigint) as days_late,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from duties
),

-- A referral meets the year that it was made in; each person's first is kept.
referrals as (
    select
        services.person_key,
        services.served_on,
        services.source_file,
        services.source_row,
        row_number() over (
            partition by services.person_key
            order by services.served_on, services.source_file, services.source_row
        ) as row_order
    from services
    inner join rules_in_force
        on rules_in_force.rule_id = 'B2'
        and services.served_on >= rules_in_force.starts_on
        and services.served_on <= rules_in_force.measured_on
    where services.kind = '岗位推荐'
),

-- A person meets the one code of their wish, and their first referral or none.
judged_referrals as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        ledger_persons.region_code,
        case when referrals.person_key is null then 'ledger' else 'services' end as source,
        ledger_persons.person_key as record_key,
        '' as item,
        cast(case when referrals.person_key is null then 0 else 1 end as decimal(18, 2)) as numerator,
        cast(1 as decimal(18, 2)) as denominator,
        case when referrals.person_key is null then 'no_referral' else 'counts' end as reason,
        referrals.served_on as on_date,
        cast(null as bigint) as days_late,
        coalesce(referrals.source_file, ledger_persons.source_file) as source_file,
        coalesce(referrals.source_row, ledger_persons.source_row) as source_row
    from ledger_persons
    inner join rules_in_force
        on rules_in_force.rule_id = 'B2'
    inner join code_sets
        on code_sets.set_name = 'referral_wish'
        and code_sets.in_set
        and code_sets.code = coalesce(ledger_persons.work_wish, 'blank')
        and code_sets.valid_from <= rules_in_force.measured_on
        and (code_sets.valid_to is null or code_sets.valid_to > rules_in_force.measured_on)
    left join referrals
        on ledger_persons.person_key = referrals.person_key
        and referrals.row_order = 1
),

job_matching as (
    select * from judged_duties
    union all
    select * from shown_activities
    union all
    select * from shown_markets
    union all
    select * from quarterly_units
    union all
    select * from judged_referrals
)

select * from job_matching
