-- T2: workshops recognised in the year and in force, on each day measured, with the ledger persons at work there.
-- zh: T2 本年认定且未注销的就业扶贫车间,各计量日在岗贫困劳动力人数,是否计入。
-- grain: month, region_code, site_id
-- kept as: table
--
-- Counted: recognised from 1 January to the day, not cancelled by the day, and at least policy's number of ledger persons on
-- the open roster with at least policy's months of contract. On its end date a thing is over.
with
days as (select * from measures.days),

sites as (select * from measures.sites),

site_rows as (select * from measures.site_rows),

site_roster as (select * from staging.site_roster),

slices_in_force as (select * from measures.slices_in_force where feed = 'site_roster'),

persons as (select * from measures.persons),

region_parts as (select * from measures.region_parts),

code_sets as (select * from policy.code_sets),

thresholds as (select * from policy.thresholds),

-- One row a month: each threshold meets the months in which it is in force.
limits as (
    select
        days.month,
        max(case when thresholds.name = 'workshop_min_roster' then thresholds.value end) as min_roster,
        max(case when thresholds.name = 'workshop_min_contract_months' then thresholds.value end) as min_contract_months
    from days
    inner join thresholds
        on thresholds.valid_from <= days.on_date
        and (thresholds.valid_to is null or thresholds.valid_to > days.on_date)
    group by days.month
),

-- A workshop meets every month from its recognition on in which it is in force.
workshops_open as (
    select
        days.month,
        days.on_date,
        sites.region_code,
        sites.kind,
        sites.site_id,
        sites.name,
        sites.recognised_on,
        sites.cancelled_on,
        limits.min_roster,
        limits.min_contract_months
    from days
    inner join limits
        on days.month = limits.month
    inner join sites
        on sites.recognised_on >= days.year_starts_on
        and sites.recognised_on <= days.on_date
        and (sites.cancelled_on is null or sites.cancelled_on > days.on_date)
    inner join code_sets
        on code_sets.set_name = 'workshop'
        and code_sets.in_set
        and code_sets.code = sites.kind
        and code_sets.valid_from <= days.on_date
        and (code_sets.valid_to is null or code_sets.valid_to > days.on_date)
),

-- A site meets each number under which somebody reports it.
site_numbers as (
    select distinct
        region_code,
        kind,
        site_id,
        reported_site_id
    from site_rows
),

-- A roster row meets the one slice in force that it came in.
roster_in_force as (
    select
        site_roster.region_code,
        site_roster.site_id as reported_site_id,
        site_roster.person_key,
        site_roster.started_on,
        site_roster.ended_on,
        coalesce(site_roster.contract_months, 0) as contract_months
    from site_roster
    inner join slices_in_force
        on site_roster.slice_region = slices_in_force.slice_region
        and site_roster.slice_period = slices_in_force.slice_period
),

-- A place matches itself and what stands above or below it, so that a roster kept by the unit finds the county's site.
matching_places as (
    select
        region_code as site_region_code,
        part_code as roster_region_code
    from region_parts
    union
    select
        part_code as site_region_code,
        region_code as roster_region_code
    from region_parts
),

-- A workshop meets the roster rows open on the day, of persons in the ledger of the month, wherever they are registered.
at_work as (
    select
        workshops_open.month,
        workshops_open.region_code,
        workshops_open.site_id,
        count(distinct roster_in_force.person_key) as ledger_persons
    from workshops_open
    inner join site_numbers
        on workshops_open.region_code = site_numbers.region_code
        and workshops_open.kind = site_numbers.kind
        and workshops_open.site_id = site_numbers.site_id
    inner join roster_in_force
        on site_numbers.reported_site_id = roster_in_force.reported_site_id
        and roster_in_force.started_on <= workshops_open.on_date
        and (roster_in_force.ended_on is null or roster_in_force.ended_on > workshops_open.on_date)
        and roster_in_force.contract_months >= workshops_open.min_contract_months
    inner join matching_places
        on workshops_open.region_code = matching_places.site_region_code
        and roster_in_force.region_code = matching_places.roster_region_code
    inner join persons
        on workshops_open.month = persons.month
        and roster_in_force.person_key = persons.person_key
    group by
        workshops_open.month,
        workshops_open.region_code,
        workshops_open.site_id
),

workshops as (
    select
        workshops_open.month,
        workshops_open.region_code,
        workshops_open.site_id,
        workshops_open.name,
        workshops_open.recognised_on,
        workshops_open.cancelled_on,
        coalesce(at_work.ledger_persons, 0) as ledger_persons,
        coalesce(at_work.ledger_persons, 0) >= workshops_open.min_roster as is_counted
    from workshops_open
    left join at_work
        on workshops_open.month = at_work.month
        and workshops_open.region_code = at_work.region_code
        and workshops_open.site_id = at_work.site_id
)

select * from workshops
