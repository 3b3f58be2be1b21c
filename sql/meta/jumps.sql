-- Deliveries with suddenly fewer or more rows than the one before them.
-- zh: 行数比上一份突然减少或增加的报送。
-- grain: feed, file, sha256
-- kept as: table
--
-- The bounds are thresholds in force on the last day of the delivery's period; a change exactly at a bound is one. Counts of
-- which neither reaches the least number are not compared: two rows more than two are no sudden rise.
with
predecessors as (select * from meta.predecessors where rows_before is not null),

thresholds as (select * from policy.thresholds),

-- A delivery meets one row of each threshold in force.
bounded as (
    select
        predecessors.*,
        falls.value as fall_pct,
        rises.value as rise_pct
    from predecessors
    inner join thresholds as falls
        on falls.name = 'rows_fall_pct'
        and falls.valid_from <= predecessors.covers_until
        and (falls.valid_to is null or falls.valid_to > predecessors.covers_until)
    inner join thresholds as rises
        on rises.name = 'rows_rise_pct'
        and rises.valid_from <= predecessors.covers_until
        and (rises.valid_to is null or rises.valid_to > predecessors.covers_until)
    inner join thresholds as least_rows
        on least_rows.name = 'rows_jump_min'
        and least_rows.valid_from <= predecessors.covers_until
        and (least_rows.valid_to is null or least_rows.valid_to > predecessors.covers_until)
    where greatest(predecessors.rows_now, predecessors.rows_before) >= least_rows.value
),

judged as (
    select
        feed,
        file,
        sha256,
        region,
        period,
        arrived_on,
        outcome,
        before_file,
        before_period,
        rows_before,
        rows_now,
        100.0 * (rows_now - rows_before) / nullif(rows_before, 0) as change_pct,
        case
            when rows_now < rows_before and 100 * (rows_before - rows_now) >= fall_pct * rows_before then 'fall'
            when rows_now > rows_before and 100 * (rows_now - rows_before) >= rise_pct * rows_before then 'rise'
        end as jump
    from bounded
),

jumps as (
    select * from judged
    where jump is not null
)

select * from jumps
