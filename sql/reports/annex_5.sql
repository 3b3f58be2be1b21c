-- Annex 5: poor labourers and those in employment by quarter, as each unit reports them and as its records add up.
-- zh: 附件5:贫困劳动力就业情况季度统计,上报数与计算数对照。
-- grain: period, unit_code
-- kept as: table
--
-- The forms of the plan are not public: this layout is the project's. Every quarter that has begun, with the dates of its report
-- period; a period that is not over is computed up to the as-of date. A blank is what was not reported, or cannot be computed: never
-- zero.
with
context as (select * from run.context),

figures as (select * from measures.reported_figures where form = 'annex_5'),

regions as (select * from policy.regions),

-- A unit's figures meet its one row in force.
annex_5 as (
    select
        figures.unit_code,
        figures.period,
        regions.name,
        regions.name_en,
        regions.sort_order,
        min(figures.starts_on) as starts_on,
        max(figures.ends_on) as ends_on,
        bool_and(figures.is_over) as is_over,
        cast(max(case when figures.indicator = '贫困劳动力总数' then figures.reported end) as decimal(18, 6)) as labourers_reported,
        cast(max(case when figures.indicator = '贫困劳动力总数' then figures.computed end) as bigint) as labourers_computed,
        cast(max(case when figures.indicator = '贫困劳动力总数' then figures.difference end) as decimal(18, 6)) as labourers_difference,
        cast(max(case when figures.indicator = '就业贫困劳动力' then figures.reported end) as decimal(18, 6)) as employed_reported,
        cast(max(case when figures.indicator = '就业贫困劳动力' then figures.computed end) as bigint) as employed_computed,
        cast(max(case when figures.indicator = '就业贫困劳动力' then figures.difference end) as decimal(18, 6)) as employed_difference,
        cast(max(case when figures.indicator = '就业比例' then figures.target end) as decimal(18, 6)) as employed_pct_target,
        cast(max(case when figures.indicator = '就业比例' then figures.reported end) as decimal(18, 6)) as employed_pct_reported,
        cast(max(case when figures.indicator = '就业比例' then figures.computed end) as decimal(18, 6)) as employed_pct_computed,
        cast(max(case when figures.indicator = '就业比例' then figures.difference end) as decimal(18, 6)) as employed_pct_difference,
        bool_or(figures.is_different) as is_different,
        bool_or(figures.is_partial) as is_partial,
        max(figures.issued_on) as issued_on
    from figures
    inner join regions
        on figures.unit_code = regions.region_code
    inner join context
        on regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
    group by
        figures.unit_code,
        figures.period,
        regions.name,
        regions.name_en,
        regions.sort_order
)

select * from annex_5
