-- T6 twice at the as-of date: employed by the ledger, and employed by an open spell of work, over the same denominator.
-- zh: 就业占比的两种口径:台账状况与就业记录,分母相同。
-- grain: region_code
-- kept as: table
--
-- gap_points = ledger share − spells share: an indicator of its own, on how far the ledger agrees with the records of work.
-- Where nobody delivered records of work, the second truth is unknown, not zero; counties_without_spells says what a parent lacks.
with
dates as (select * from measures.dates where is_current),

persons as (select * from measures.persons),

region_parts as (select * from measures.region_parts),

slices_in_force as (select * from measures.slices_in_force where feed = 'employment'),

employment as (select * from staging.employment),

regions as (select * from policy.regions),

code_sets as (select * from policy.code_sets),

-- A spell meets the one slice in force that it came in.
spells_in_force as (
    select
        employment.person_key,
        employment.region_code,
        employment.kind,
        employment.started_on,
        employment.ended_on
    from employment
    inner join slices_in_force
        on employment.slice_region = slices_in_force.slice_region
        and employment.slice_period = slices_in_force.slice_period
),

spell_places as (
    select slice_region as part_code from slices_in_force
    union
    select region_code as part_code from spells_in_force
),

-- Several open spells of one person are one person at work.
at_work as (
    select distinct spells_in_force.person_key
    from spells_in_force
    inner join dates
        on spells_in_force.started_on <= dates.on_date
        and (spells_in_force.ended_on is null or spells_in_force.ended_on > dates.on_date)
    inner join code_sets
        on code_sets.set_name = 'employed_spell'
        and code_sets.in_set
        and code_sets.code = spells_in_force.kind
        and code_sets.valid_from <= dates.on_date
        and (code_sets.valid_to is null or code_sets.valid_to > dates.on_date)
),

place_counts as (
    select
        persons.region_code as part_code,
        count(*) as denominator,
        count(*) filter (where persons.is_employed) as ledger_numerator,
        count(*) filter (where at_work.person_key is not null) as spells_numerator
    from persons
    inner join dates
        on persons.month = dates.month
    left join at_work
        on persons.person_key = at_work.person_key
    where persons.is_in_denominator
    group by persons.region_code
),

-- A region meets each of its parts, and each part its one count and whether it delivered, or nothing.
summed as (
    select
        region_parts.region_code,
        coalesce(sum(place_counts.denominator), 0) as denominator,
        coalesce(sum(place_counts.ledger_numerator), 0) as ledger_numerator,
        coalesce(sum(place_counts.spells_numerator), 0) as all_spells_numerator,
        bool_or(spell_places.part_code is not null) as has_spells,
        count(*) filter (where regions.level = 'county' and spell_places.part_code is null) as counties_without_spells
    from region_parts
    cross join dates
    inner join regions
        on region_parts.part_code = regions.region_code
        and regions.valid_from <= dates.on_date
        and (regions.valid_to is null or regions.valid_to > dates.on_date)
    left join place_counts
        on region_parts.part_code = place_counts.part_code
    left join spell_places
        on region_parts.part_code = spell_places.part_code
    group by region_parts.region_code
),

known as (
    select
        *,
        case when has_spells then all_spells_numerator end as spells_numerator
    from summed
),

two_truths as (
    select
        region_code,
        denominator,
        ledger_numerator,
        spells_numerator,
        cast(
            cast(100 * ledger_numerator as decimal(31, 9)) / cast(nullif(denominator, 0) as decimal(15, 0))
            as decimal(18, 6)
        ) as ledger_pct,
        cast(
            cast(100 * spells_numerator as decimal(31, 9)) / cast(nullif(denominator, 0) as decimal(15, 0))
            as decimal(18, 6)
        ) as spells_pct,
        cast(
            cast(100 * (ledger_numerator - spells_numerator) as decimal(31, 9))
            / cast(nullif(denominator, 0) as decimal(15, 0))
            as decimal(18, 6)
        ) as gap_points,
        has_spells,
        counties_without_spells
    from known
)

select * from two_truths
