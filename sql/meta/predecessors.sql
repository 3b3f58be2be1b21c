-- Every accepted delivery beside the one before it of the same feed and region.
-- zh: 每份已接收的报送与同类同地上一份的对照。
-- grain: feed, file, sha256
-- kept as: table
--
-- Before means: of an earlier period, or of the same period and earlier in arrival. A late file of an old period is compared
-- with the period before it, not with what happened to arrive last. Row counts of registers are compared within one year only:
-- a new year's register begins anew.
with
accepted as (select * from meta.accepted),

in_line as (
    select
        *,
        lag(arrival) over (partition by feed, region order by period, arrival) as before_arrival
    from accepted
),

-- A delivery meets the one before it, or none.
predecessors as (
    select
        in_line.feed,
        in_line.file,
        in_line.sha256,
        in_line.region,
        in_line.period,
        in_line.covers_until,
        in_line.arrived_on,
        in_line.arrival,
        in_line.outcome,
        earlier.file as before_file,
        earlier.sha256 as before_sha256,
        earlier.period as before_period,
        earlier.arrived_on as before_arrived_on,
        in_line.rows_delivered as rows_now,
        case
            when in_line.slice = 'month' or earlier.slice_part = in_line.slice_part then earlier.rows_delivered
        end as rows_before
    from in_line
    left join accepted as earlier
        on in_line.before_arrival = earlier.arrival
)

select * from predecessors
