-- Every rule of who must deliver what names a feed, a deliverer, a slice and a day that there are, and rules do not overlap.
-- zh: 报送要求所列材料、报送方、周期都存在,且同时只有一条生效。
-- severity: error
-- grain: feed, who, valid_from
with
rules as (select * from policy.deliveries_due),

feeds as (select * from meta.feeds),

-- A rule meets its feed, or none.
known as (
    select
        rules.*,
        feeds.slice as feed_slice
    from rules
    left join feeds
        on rules.feed = feeds.feed
),

-- A rule meets the rules of its feed and deliverers that begin later and overlap it.
overlapped as (
    select distinct
        rules.feed,
        rules.who,
        rules.valid_from
    from rules
    inner join rules as later
        on rules.feed = later.feed
        and rules.who = later.who
        and rules.valid_from < later.valid_from
        and (rules.valid_to is null or rules.valid_to > later.valid_from)
),

broken as (
    select
        known.feed,
        known.who,
        known.valid_from
    from known
    left join overlapped
        on known.feed = overlapped.feed
        and known.who = overlapped.who
        and known.valid_from = overlapped.valid_from
    where known.feed_slice is null
        or known.who not in ('county', 'unit', 'province')
        or known.slice not in ('month', 'quarter', 'year')
        or known.counted_from not in ('period_start', 'period_end')
        or known.due_days is null
        or overlapped.feed is not null
)

select * from broken
