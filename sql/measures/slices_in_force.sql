-- The newest register slice of each feed and region up to the as-of date's year: what a register says today.
-- zh: 截至本年度,每类登记册每地最新的一份。
-- grain: feed, slice_region
-- kept as: table
--
-- A register repeats itself from year to year, so of several years only the newest counts. Monthly feeds: see ledger_slices.
with
context as (select * from run.context),

slices as (select * from staging.slices),

-- One context row meets every slice.
newest as (
    select
        slices.feed,
        slices.slice_region,
        max(slices.slice_period) as slice_period,
        cast(max(date_part('year', slices.covers_until)) as integer) as slice_year
    from slices
    inner join context
        on date_part('year', slices.covers_until) <= date_part('year', context.as_of)
    group by
        slices.feed,
        slices.slice_region
)

select * from newest
