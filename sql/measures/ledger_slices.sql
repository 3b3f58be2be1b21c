-- For each day measured, the newest ledger month of each delivering region that is not after it.
-- zh: 每个计量日,每个报送地区不晚于该日的最新台账月份。
-- grain: month, slice_region
-- kept as: table
--
-- A ledger month counts from its last day. A county that skips a month is measured by the month before; a ledger delivered
-- without rows is a ledger of nobody.
with
days as (select * from measures.days),

slices as (select * from staging.slices where feed = 'ledger'),

-- A slice meets every month measured from its own on.
newest as (
    select
        days.month,
        slices.slice_region,
        max(slices.slice_period) as slice_period
    from days
    inner join slices
        on slices.covers_until <= days.on_date
    group by
        days.month,
        slices.slice_region
)

select * from newest
