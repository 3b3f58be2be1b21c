-- Every delivery that is asked for up to the as-of date: who, which period, by when, and whether it came.
-- zh: 截至日应报送的每一份:谁、哪一期、最迟哪天、到了没有。
-- grain: feed, region_code, period
-- kept as: table
--
-- status: on_time, late (came after due_on), missing (due by the as-of date and nothing accepted), awaited (not yet due).
-- It came with the first accepted file that speaks for the place: its own, or a unit's or the province's with a row of it that
-- was loaded (the plan's rules, 2.17). A month asks for that month; a register for any file of the year that reaches the
-- period's end, for a register says up to when it is complete. A refused file is no delivery; the newest one is named.
with
context as (select * from run.context),

rules as (select * from policy.deliveries_due),

regions as (select * from policy.regions),

accepted as (select * from meta.accepted),

file_regions as (select * from meta.file_regions where rows_loaded > 0),

refused as (select * from meta.deliveries where outcome = 'refused' and period is not null),

digits as (
    select *
    from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as digits (digit)
),

month_numbers as (
    select *
    from (values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)) as month_numbers (month_number)
),

begin_year as (
    select cast(date_part('year', min(valid_from)) as bigint) as first_year
    from rules
),

-- The first year meets a hundred numbers, of which the years up to the as-of date's stay.
years as (
    select begin_year.first_year + 10 * tens.digit + ones.digit as year
    from begin_year
    cross join digits as tens
    cross join digits as ones
    inner join context
        on begin_year.first_year + 10 * tens.digit + ones.digit <= date_part('year', context.as_of)
),

-- A year meets its twelve months.
months as (
    select
        cast(years.year as integer) as year,
        cast(month_numbers.month_number as integer) as month,
        make_date(cast(years.year as integer), cast(month_numbers.month_number as integer), 1) as starts_on
    from years
    cross join month_numbers
),

periods as (
    select
        year,
        month,
        cast(starts_on + interval '1 month' - interval '1 day' as date) as period_end,
        month in (3, 6, 9, 12) as is_quarter_end,
        substr(cast(starts_on as varchar), 1, 7) as period
    from months
),

-- A rule meets every period of its length that ends while it is in force.
asked as (
    select
        rules.feed,
        rules.who,
        rules.slice,
        periods.period,
        periods.period_end,
        case
            when rules.counted_from = 'period_end' then periods.period_end
            when rules.slice = 'year' then make_date(periods.year, 1, 1)
            when rules.slice = 'quarter' then make_date(periods.year, periods.month - 2, 1)
            else make_date(periods.year, periods.month, 1)
        end as counted_on,
        rules.due_days
    from rules
    inner join periods
        on rules.valid_from <= periods.period_end
        and (rules.valid_to is null or rules.valid_to > periods.period_end)
        and (
            rules.slice = 'month'
            or (rules.slice = 'quarter' and periods.is_quarter_end)
            or (rules.slice = 'year' and periods.month = 12)
        )
),

-- A question meets every place that it is put to.
asked_of as (
    select
        asked.feed,
        asked.slice,
        asked.period,
        asked.period_end,
        cast(cast(asked.counted_on as integer) + asked.due_days as date) as due_on,
        context.as_of,
        regions.region_code,
        asked.who
    from asked
    cross join context
    inner join regions
        on asked.who = regions.level
        and regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
    where asked.counted_on <= context.as_of
),

-- The provincial office delivers the files of all regions.
office as (
    select region_code
    from regions
    inner join context
        on regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
    where level = 'province'
),

-- For whom a file speaks: whoever its name names, and every place that it holds rows of.
spoken_for as (
    select
        accepted.feed,
        accepted.arrival,
        accepted.slice,
        accepted.period,
        accepted.slice_part,
        accepted.region as region_code
    from accepted
    where accepted.region <> 'all'
    union
    select
        accepted.feed,
        accepted.arrival,
        accepted.slice,
        accepted.period,
        accepted.slice_part,
        file_regions.region_code
    from accepted
    inner join file_regions
        on accepted.feed = file_regions.feed
        and accepted.file = file_regions.file
        and accepted.sha256 = file_regions.sha256
    union
    select
        accepted.feed,
        accepted.arrival,
        accepted.slice,
        accepted.period,
        accepted.slice_part,
        office.region_code
    from accepted
    cross join office
    where accepted.region = 'all'
),

-- A question meets every file that answers it, or none; the first to arrive counts.
answered as (
    select
        asked_of.feed,
        asked_of.region_code,
        asked_of.period,
        min(spoken_for.arrival) as first_arrival
    from asked_of
    inner join spoken_for
        on asked_of.feed = spoken_for.feed
        and asked_of.region_code = spoken_for.region_code
        and (
            (spoken_for.slice = 'month' and spoken_for.period = asked_of.period)
            or (
                spoken_for.slice = 'year'
                and spoken_for.period >= asked_of.period
                and spoken_for.slice_part = substr(asked_of.period, 1, 4)
            )
        )
    group by
        asked_of.feed,
        asked_of.region_code,
        asked_of.period
),

-- The newest refused file of the place for the period.
turned_away as (
    select
        feed,
        region,
        period,
        max(arrival) as last_arrival
    from refused
    group by
        feed,
        region,
        period
),

-- A question meets at most one first file and at most one refused one.
due as (
    select
        asked_of.feed,
        asked_of.region_code,
        asked_of.period,
        asked_of.who,
        asked_of.slice,
        asked_of.period_end,
        asked_of.due_on,
        case
            when first_files.arrived_on <= asked_of.due_on then 'on_time'
            when answered.first_arrival is not null then 'late'
            when asked_of.due_on <= asked_of.as_of then 'missing'
            else 'awaited'
        end as status,
        first_files.file as first_file,
        first_files.arrived_on,
        case
            when first_files.arrived_on > asked_of.due_on
                then cast(first_files.arrived_on as integer) - cast(asked_of.due_on as integer)
            when answered.first_arrival is null and asked_of.due_on <= asked_of.as_of
                then cast(asked_of.as_of as integer) - cast(asked_of.due_on as integer)
        end as days_late,
        refused.file as refused_file,
        refused.refusal_reason
    from asked_of
    left join answered
        on asked_of.feed = answered.feed
        and asked_of.region_code = answered.region_code
        and asked_of.period = answered.period
    left join accepted as first_files
        on answered.first_arrival = first_files.arrival
    left join turned_away
        on asked_of.feed = turned_away.feed
        and asked_of.region_code = turned_away.region
        and asked_of.period = turned_away.period
        and answered.first_arrival is null
    left join refused
        on turned_away.last_arrival = refused.arrival
)

select * from due
