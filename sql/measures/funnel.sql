-- How many poor labourers have come to each step towards work at the as-of date, and of how many.
-- zh: 贫困劳动力就业漏斗:登记、有意愿、培训、推荐、就业、稳定就业各有多少人。
-- grain: region_code, step
-- kept as: table
--
-- Persons, never records, each at the county where the newest ledger month places them. registered: T6's denominator. willing: of
-- the registered, who wish to work or to found a venture (policy: service_wish, as in T8); a blank wish is none. trained: of
-- the willing, who count in T4. referred: of the willing, with a 岗位推荐 of the year up to the day, by whomever (B2). employed: of
-- the willing, who count in T6's numerator. steady: of the employed, with a spell of work (policy: employed_spell) that is open
-- on the day and began at least policy's steady_months before; a change of jobs begins anew.
-- The steps trained, referred and employed are counted side by side, each of the willing and not of one another: base_step
-- names the whole. A place without a report of the ledger or of the step's feed is left out of persons and of base_persons alike,
-- so that a share is over those who can be known; it is blank, not zero, where nobody has reported. counties_missing and
-- missing_regions say who is left out.
with
context as (select * from run.context),

dates as (select * from measures.dates where is_current),

ledger_persons as (select * from measures.ledger_persons where is_in_denominator),

trained as (select * from measures.trained),

services as (select * from measures.services_in_force),

employment as (select * from measures.employment_in_force),

feed_reporting as (select * from measures.feed_reporting),

region_parts as (select * from measures.region_parts),

regions as (select * from policy.regions),

code_sets as (select * from policy.code_sets),

thresholds as (select * from policy.thresholds),

funnel_steps as (select * from policy.funnel_steps),

-- One current day meets every step in force.
steps as (
    select
        funnel_steps.step_order,
        funnel_steps.step,
        funnel_steps.base_step,
        funnel_steps.feed
    from funnel_steps
    inner join dates
        on funnel_steps.valid_from <= dates.on_date
        and (funnel_steps.valid_to is null or funnel_steps.valid_to > dates.on_date)
),

-- The current day meets the one length in force: the last day on which steady work began.
steady_day as (
    select
        dates.on_date,
        cast(
            dates.on_date - cast(concat(cast(cast(thresholds.value as bigint) as varchar), ' months') as interval)
            as date
        ) as steady_since
    from dates
    inner join thresholds
        on thresholds.name = 'steady_months'
        and thresholds.valid_from <= dates.on_date
        and (thresholds.valid_to is null or thresholds.valid_to > dates.on_date)
),

trained_persons as (
    select trained.person_key
    from trained
    inner join dates
        on trained.month = dates.month
),

referred_persons as (
    select distinct services.person_key
    from services
    inner join dates
        on services.served_on >= dates.year_starts_on
        and services.served_on <= dates.on_date
    where services.kind = '岗位推荐'
),

-- Several spells of one person are one person at work.
steady_persons as (
    select distinct employment.person_key
    from employment
    inner join steady_day
        on employment.started_on <= steady_day.steady_since
        and (employment.ended_on is null or employment.ended_on > steady_day.on_date)
    inner join code_sets
        on code_sets.set_name = 'employed_spell'
        and code_sets.in_set
        and code_sets.code = employment.kind
        and code_sets.valid_from <= steady_day.on_date
        and (code_sets.valid_to is null or code_sets.valid_to > steady_day.on_date)
),

wishes as (
    select code_sets.code as work_wish
    from code_sets
    inner join dates
        on code_sets.valid_from <= dates.on_date
        and (code_sets.valid_to is null or code_sets.valid_to > dates.on_date)
    where code_sets.set_name = 'service_wish'
        and code_sets.in_set
),

-- A person meets at most one wish that counts, and themselves on each list, or nobody.
judged as (
    select
        ledger_persons.region_code,
        wishes.work_wish is not null as is_willing,
        trained_persons.person_key is not null as is_trained,
        referred_persons.person_key is not null as is_referred,
        ledger_persons.is_employed,
        steady_persons.person_key is not null as is_steady
    from ledger_persons
    left join wishes
        on coalesce(ledger_persons.work_wish, 'blank') = wishes.work_wish
    left join trained_persons
        on ledger_persons.person_key = trained_persons.person_key
    left join referred_persons
        on ledger_persons.person_key = referred_persons.person_key
    left join steady_persons
        on ledger_persons.person_key = steady_persons.person_key
),

counted as (
    select
        region_code,
        count(*) as n_registered,
        count(*) filter (where is_willing) as n_willing,
        count(*) filter (where is_willing and is_trained) as n_trained,
        count(*) filter (where is_willing and is_referred) as n_referred,
        count(*) filter (where is_willing and is_employed) as n_employed,
        count(*) filter (where is_willing and is_employed and is_steady) as n_steady
    from judged
    group by region_code
),

ledger_reports as (select part_code from feed_reporting where feed = 'ledger'),

-- A region's part meets every step, its one count or none, and at most one report of the ledger and of the step's feed.
parts as (
    select
        region_parts.region_code,
        steps.step_order,
        steps.step,
        steps.base_step,
        part_regions.level = 'county' as is_county,
        part_regions.short_name,
        part_regions.name_en,
        part_regions.sort_order,
        ledger_reports.part_code is not null and feed_reporting.part_code is not null as has_reported,
        case steps.step
            when 'registered' then counted.n_registered
            when 'willing' then counted.n_willing
            when 'trained' then counted.n_trained
            when 'referred' then counted.n_referred
            when 'employed' then counted.n_employed
            when 'steady' then counted.n_steady
        end as persons,
        case steps.base_step
            when 'registered' then counted.n_registered
            when 'willing' then counted.n_willing
            when 'employed' then counted.n_employed
        end as base_persons
    from region_parts
    inner join context
        on true
    inner join regions as part_regions
        on region_parts.part_code = part_regions.region_code
        and part_regions.valid_from <= context.as_of
        and (part_regions.valid_to is null or part_regions.valid_to > context.as_of)
    cross join steps
    left join counted
        on region_parts.part_code = counted.region_code
    left join ledger_reports
        on region_parts.part_code = ledger_reports.part_code
    left join feed_reporting
        on region_parts.part_code = feed_reporting.part_code
        and steps.feed = feed_reporting.feed
),

summed as (
    select
        region_code,
        step_order,
        step,
        base_step,
        cast(sum(case when has_reported then coalesce(persons, 0) end) as bigint) as persons,
        cast(sum(case when has_reported then coalesce(base_persons, 0) end) as bigint) as base_persons,
        count(*) filter (where is_county and not has_reported) as counties_missing,
        cast(
            string_agg(short_name, '、' order by sort_order) filter (where is_county and not has_reported) as varchar
        ) as missing_regions,
        cast(
            string_agg(name_en, ', ' order by sort_order) filter (where is_county and not has_reported) as varchar
        ) as missing_regions_en
    from parts
    group by
        region_code,
        step_order,
        step,
        base_step
),

funnel as (
    select
        region_code,
        step,
        step_order,
        base_step,
        persons,
        base_persons,
        cast(
            cast(100 * persons as decimal(24, 8)) / nullif(cast(base_persons as decimal(12, 0)), 0)
            as decimal(18, 6)
        ) as share_pct,
        counties_missing,
        missing_regions,
        missing_regions_en
    from summed
)

select * from funnel
