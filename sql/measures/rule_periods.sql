-- The months, quarters and the year of the as-of date that have begun: what the rules are judged over.
-- zh: 本年度已开始的月、季、年:规则的考核期。
-- grain: period_kind, period
-- kept as: table
--
-- measured_on: the period's last day, or the as-of date if that is earlier. A period is over on its last day itself.
with
dates as (select * from measures.dates),

months as (
    select
        'month' as period_kind,
        concat(cast(year as varchar), '-', lpad(cast(date_part('month', month) as varchar), 2, '0')) as period,
        make_date(year, cast(date_part('month', month) as integer), 1) as starts_on,
        month as ends_on,
        as_of
    from dates
),

quarters as (
    select
        'quarter' as period_kind,
        concat(cast(year as varchar), 'Q', cast(date_part('quarter', month) as varchar)) as period,
        min(make_date(year, cast(date_part('quarter', month) as integer) * 3 - 2, 1)) as starts_on,
        as_of
    from dates
    group by
        concat(cast(year as varchar), 'Q', cast(date_part('quarter', month) as varchar)),
        as_of
),

ended_quarters as (
    select
        period_kind,
        period,
        starts_on,
        cast(starts_on + interval '3 months' - interval '1 day' as date) as ends_on,
        as_of
    from quarters
),

years as (
    select
        'year' as period_kind,
        cast(year as varchar) as period,
        year_starts_on as starts_on,
        year_ends_on as ends_on,
        as_of
    from dates
    where is_current
),

periods as (
    select * from months
    union all
    select * from ended_quarters
    union all
    select * from years
),

rule_periods as (
    select
        period_kind,
        period,
        starts_on,
        ends_on,
        least(ends_on, as_of) as measured_on,
        as_of >= ends_on as is_over,
        as_of
    from periods
)

select * from rule_periods
