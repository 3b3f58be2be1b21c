-- Columns that appeared, vanished, got another header or stand in another order than in the delivery before.
-- zh: 与上一份相比新增、消失、改名或换了次序的列。
-- grain: feed, file, sha256, change, is_known, what
-- kept as: table
--
-- Columns are matched by meaning: those of one field are one column whatever their header. what = the field (and value of a
-- wide form), or the header of a column that no contract knows; for a changed order, the number of columns out of place.
-- Order is compared among the columns that both files have, so that a new column in front moves nothing.
with
predecessors as (select * from meta.predecessors where before_file is not null),

found as (select * from meta.columns),

-- A header twice in a file is one unknown column.
named_columns as (
    select
        feed,
        file,
        sha256,
        case
            when value is not null then concat(field, ' = ', value)
            when field is not null then field
            else header
        end as what,
        field is not null as is_known,
        min(position) as position,
        min(header) as header
    from found
    group by
        feed,
        file,
        sha256,
        case
            when value is not null then concat(field, ' = ', value)
            when field is not null then field
            else header
        end,
        field is not null
),

now_columns as (
    select
        predecessors.arrival,
        named_columns.what,
        named_columns.is_known,
        named_columns.position,
        named_columns.header
    from predecessors
    inner join named_columns
        on predecessors.feed = named_columns.feed
        and predecessors.file = named_columns.file
        and predecessors.sha256 = named_columns.sha256
),

before_columns as (
    select
        predecessors.arrival,
        named_columns.what,
        named_columns.is_known,
        named_columns.position,
        named_columns.header
    from predecessors
    inner join named_columns
        on predecessors.feed = named_columns.feed
        and predecessors.before_file = named_columns.file
        and predecessors.before_sha256 = named_columns.sha256
),

-- A column meets itself in the other file, or none.
compared as (
    select
        coalesce(now_columns.arrival, before_columns.arrival) as arrival,
        coalesce(now_columns.what, before_columns.what) as what,
        coalesce(now_columns.is_known, before_columns.is_known) as is_known,
        now_columns.header as header_now,
        before_columns.header as header_before,
        now_columns.position as position_now,
        before_columns.position as position_before
    from now_columns
    full join before_columns
        on now_columns.arrival = before_columns.arrival
        and now_columns.what = before_columns.what
        and now_columns.is_known = before_columns.is_known
),

placed as (
    select
        arrival,
        row_number() over (partition by arrival order by position_now) as place_now,
        row_number() over (partition by arrival order by position_before) as place_before
    from compared
    where position_now is not null
        and position_before is not null
),

reordered as (
    select
        arrival,
        count(*) as n_moved
    from placed
    where place_now <> place_before
    group by arrival
),

changed as (
    select
        arrival,
        case
            when position_before is null then 'appeared'
            when position_now is null then 'vanished'
            else 'header'
        end as change,
        what,
        is_known,
        header_before,
        header_now
    from compared
    where position_before is null
        or position_now is null
        or header_now <> header_before
    union all
    select
        arrival,
        'order' as change,
        cast(n_moved as varchar) as what,
        true as is_known,
        cast(null as varchar) as header_before,
        cast(null as varchar) as header_now
    from reordered
),

-- A change meets its delivery.
drift as (
    select
        predecessors.feed,
        predecessors.file,
        predecessors.sha256,
        changed.change,
        changed.what,
        changed.is_known,
        changed.header_before,
        changed.header_now,
        predecessors.region,
        predecessors.period,
        predecessors.arrived_on,
        predecessors.outcome,
        predecessors.before_file,
        predecessors.before_period
    from changed
    inner join predecessors
        on changed.arrival = predecessors.arrival
)

select * from drift
