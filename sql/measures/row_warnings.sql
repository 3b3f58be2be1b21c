-- Warnings that take more than one feed to see: a person in no ledger, a head count that the roster does not bear out.
-- zh: 要对照别的材料才看得出的提醒:此人不在任何台账中,填写人数与用工名册不符。
-- grain: feed, slice_region, source_file, source_row, reason
-- kept as: table
--
-- Of a register's years only the newest is looked at. The row stays in force; a warning asks for a look. person_not_in_ledger: in no ledger month in force, whoever's
-- (FEEDS.md); of brokers only those delivered as poor labourers. roster_differs: the poor labourers typed on a site against
-- the persons on its open roster, both from the same deliverer, on the last day that both deliveries cover (at most the as-of
-- date). A site that types no head count, or has no roster in force, is not compared.
with
context as (select * from run.context),

ledger as (select * from staging.ledger),

employment as (select * from staging.employment),

services as (select * from staging.services),

training as (select * from staging.training),

site_roster as (select * from staging.site_roster),

sites as (select * from staging.sites),

brokers as (select * from staging.brokers where is_poor),

payments as (select * from staging.payments where person_key is not null),

loans as (select * from staging.loans where person_key is not null),

posts as (select * from staging.posts where person_key is not null),

slices as (select * from staging.slices),

slices_in_force as (select * from measures.slices_in_force),

people_named as (
    select 'employment' as feed, slice_region, slice_period, source_file, source_row, person_key from employment
    union all
    select 'services' as feed, slice_region, slice_period, source_file, source_row, person_key from services
    union all
    select 'training' as feed, slice_region, slice_period, source_file, source_row, person_key from training
    union all
    select 'site_roster' as feed, slice_region, slice_period, source_file, source_row, person_key from site_roster
    union all
    select 'brokers' as feed, slice_region, slice_period, source_file, source_row, person_key from brokers
    union all
    select 'payments' as feed, slice_region, slice_period, source_file, source_row, person_key from payments
    union all
    select 'loans' as feed, slice_region, slice_period, source_file, source_row, person_key from loans
    union all
    select 'posts' as feed, slice_region, slice_period, source_file, source_row, person_key from posts
),

ledger_people as (select distinct person_key from ledger),

not_in_ledger as (
    select
        people_named.feed,
        people_named.slice_region,
        people_named.source_file,
        people_named.source_row,
        'person_not_in_ledger' as reason,
        cast(null as bigint) as typed,
        cast(null as bigint) as counted
    from people_named
    inner join slices_in_force
        on people_named.feed = slices_in_force.feed
        and people_named.slice_region = slices_in_force.slice_region
        and people_named.slice_period = slices_in_force.slice_period
    left anti join ledger_people
        on people_named.person_key = ledger_people.person_key
),

-- The newest slices of sites and of rosters with the last day that they cover: one a deliverer.
newest as (
    select
        slices.feed,
        slices.slice_region,
        slices.slice_period,
        slices.covers_until
    from slices
    inner join slices_in_force
        on slices.feed = slices_in_force.feed
        and slices.slice_region = slices_in_force.slice_region
        and slices.slice_period = slices_in_force.slice_period
),

roster_slices as (select * from newest where feed = 'site_roster'),

site_slices as (select * from newest where feed = 'sites'),

-- A site meets its own slice and its deliverer's newest roster, if there is one.
sites_typed as (
    select
        sites.slice_region,
        sites.slice_period,
        sites.site_id,
        sites.source_file,
        sites.source_row,
        sites.poor_workers_typed,
        roster_slices.slice_period as roster_period,
        least(context.as_of, site_slices.covers_until, roster_slices.covers_until) as on_date
    from sites
    inner join site_slices
        on sites.slice_region = site_slices.slice_region
        and sites.slice_period = site_slices.slice_period
    inner join roster_slices
        on sites.slice_region = roster_slices.slice_region
    cross join context
    where sites.poor_workers_typed is not null
),

-- A site meets the rows of its own roster that are open on the day.
counted as (
    select
        sites_typed.slice_region,
        sites_typed.slice_period,
        sites_typed.site_id,
        sites_typed.source_file,
        sites_typed.source_row,
        sites_typed.poor_workers_typed as typed,
        count(distinct site_roster.person_key) as counted
    from sites_typed
    left join site_roster
        on sites_typed.slice_region = site_roster.slice_region
        and sites_typed.roster_period = site_roster.slice_period
        and sites_typed.site_id = site_roster.site_id
        and site_roster.started_on <= sites_typed.on_date
        and (site_roster.ended_on is null or site_roster.ended_on > sites_typed.on_date)
    group by
        sites_typed.slice_region,
        sites_typed.slice_period,
        sites_typed.site_id,
        sites_typed.source_file,
        sites_typed.source_row,
        sites_typed.poor_workers_typed
),

rosters_differ as (
    select
        'sites' as feed,
        slice_region,
        source_file,
        source_row,
        'roster_differs' as reason,
        typed,
        counted
    from counted
    where typed <> counted
),

row_warnings as (
    select * from not_in_ledger
    union all
    select * from rosters_differ
)

select * from row_warnings
