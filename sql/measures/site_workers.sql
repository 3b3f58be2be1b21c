-- The poor labourers at work at each site on the as-of date, by its open roster.
-- zh: 截止日各载体在岗的在册贫困劳动力,一处一人一行。
-- grain: region_code, kind, site_id, person_key
-- kept as: table
--
-- is_local: registered in the site's county (a site that stands at a unit: in one of its counties). A blank contract_months is
-- 0: not shown to reach any number of months. Of several open rows of one person at one site the longest contract counts.
with
dates as (select * from measures.dates where is_current),

sites as (select * from measures.sites),

site_rows as (select * from measures.site_rows),

site_roster as (select * from measures.site_roster_in_force),

ledger_persons as (select * from measures.ledger_persons),

matching_places as (select * from measures.matching_places),

region_parts as (select * from measures.region_parts),

-- A site meets each number under which somebody reports it.
site_numbers as (
    select distinct
        sites.region_code,
        sites.kind,
        sites.site_id,
        site_rows.reported_site_id
    from sites
    inner join site_rows
        on sites.region_code = site_rows.region_code
        and sites.kind = site_rows.kind
        and sites.site_id = site_rows.site_id
),

-- One as-of date meets every row.
open_roster as (
    select
        site_roster.region_code,
        site_roster.site_id as reported_site_id,
        site_roster.person_key,
        coalesce(site_roster.contract_months, 0) as contract_months
    from site_roster
    inner join dates
        on site_roster.started_on <= dates.on_date
        and (site_roster.ended_on is null or site_roster.ended_on > dates.on_date)
),

-- A site meets the roster rows under any of its numbers, at places that match its own, of persons in the ledger.
at_work as (
    select
        site_numbers.region_code,
        site_numbers.kind,
        site_numbers.site_id,
        ledger_persons.person_key,
        ledger_persons.region_code as home_code,
        max(open_roster.contract_months) as contract_months
    from site_numbers
    inner join open_roster
        on site_numbers.reported_site_id = open_roster.reported_site_id
    inner join matching_places
        on site_numbers.region_code = matching_places.region_code
        and open_roster.region_code = matching_places.matching_code
    inner join ledger_persons
        on open_roster.person_key = ledger_persons.person_key
    group by
        site_numbers.region_code,
        site_numbers.kind,
        site_numbers.site_id,
        ledger_persons.person_key,
        ledger_persons.region_code
),

-- A home is a part of the site's place, or not.
site_workers as (
    select
        at_work.region_code,
        at_work.kind,
        at_work.site_id,
        at_work.person_key,
        at_work.contract_months,
        region_parts.part_code is not null as is_local
    from at_work
    left join region_parts
        on at_work.region_code = region_parts.region_code
        and at_work.home_code = region_parts.part_code
)

select * from site_workers
