-- Since when and until when each person has been in a ledger, of all ledger months up to the as-of date.
-- zh: 每个人最早、最近一次在册的台账月份,以及是否为后来新增。
-- grain: person_key
-- kept as: table
--
-- A ledger month counts from its last day. is_added: the place that listed the person first had delivered a ledger without them
-- before; whoever stands in a place's first known ledger may have been there always.
with
context as (select * from run.context),

ledger as (select * from staging.ledger),

slices as (select * from staging.slices where feed = 'ledger'),

-- One context row meets every slice.
known_slices as (
    select
        slices.slice_region,
        slices.slice_period,
        slices.covers_until
    from slices
    inner join context
        on slices.covers_until <= context.as_of
),

first_slices as (
    select
        slice_region,
        min(covers_until) as first_covers_until
    from known_slices
    group by slice_region
),

-- A row meets the one slice that it came in.
listings as (
    select
        ledger.person_key,
        ledger.slice_region,
        min(known_slices.covers_until) as first_listed_on,
        max(known_slices.covers_until) as last_listed_on
    from ledger
    inner join known_slices
        on ledger.slice_region = known_slices.slice_region
        and ledger.slice_period = known_slices.slice_period
    group by
        ledger.person_key,
        ledger.slice_region
),

-- A person meets the places that ever listed them.
person_listings as (
    select
        listings.person_key,
        min(listings.first_listed_on) as first_listed_on,
        max(listings.last_listed_on) as last_listed_on,
        min(listings.first_listed_on) filter (
            where listings.first_listed_on = first_slices.first_covers_until
        ) as first_ledger_on
    from listings
    inner join first_slices
        on listings.slice_region = first_slices.slice_region
    group by listings.person_key
),

ledger_history as (
    select
        person_key,
        first_listed_on,
        last_listed_on,
        first_ledger_on is null or first_ledger_on > first_listed_on as is_added
    from person_listings
)

select * from ledger_history
