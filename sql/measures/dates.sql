-- The months measured, each on its day: each month's end from January, and the as-of date for its own month.
-- zh: 计量日:一月起各月末,本月取截止日。
-- grain: month
-- kept as: table
--
-- month names the month by its last day, on_date is the day measured: they differ only for an as-of date inside a month.
-- A past day is computed from today's registers and from the policy that was in force on it.
-- on_ymd is the day as a number (20180930): an age in whole years is (on_ymd - born_ymd) / 10000, by calendar and exactly.
with
context as (select * from run.context),

month_numbers as (
    select *
    from (values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12)) as month_numbers (month_number)
),

-- One context row meets twelve months.
months as (
    select
        as_of,
        cast(date_part('year', as_of) as integer) as year,
        make_date(cast(date_part('year', as_of) as integer), cast(month_number as integer), 1) as month_starts_on
    from context
    cross join month_numbers
),

begun as (
    select
        as_of,
        year,
        cast(month_starts_on + interval '1 month' - interval '1 day' as date) as month,
        make_date(year, 1, 1) as year_starts_on,
        make_date(year, 12, 31) as year_ends_on
    from months
    where month_starts_on <= as_of
),

measured as (
    select
        month,
        least(month, as_of) as on_date,
        as_of,
        year,
        year_starts_on,
        year_ends_on,
        cast(date_part('doy', least(month, as_of)) as bigint) as day_of_year,
        cast(date_part('doy', year_ends_on) as bigint) as days_of_year,
        cast(
            date_part('year', least(month, as_of)) * 10000
            + date_part('month', least(month, as_of)) * 100
            + date_part('day', least(month, as_of))
            as bigint
        ) as on_ymd,
        month >= as_of as is_current
    from begun
)

select * from measured
