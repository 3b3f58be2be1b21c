-- Annex 4: people trained and labour brokers by quarter, as each unit reports them and as its records add up.
-- zh: 附件4:技能培训、劳务经纪人季度统计,上报数与计算数对照。
-- grain: period, unit_code
-- kept as: table
--
-- The forms of the plan are not public: this layout is the project's. Every quarter that has begun, with the dates of its report
-- period; a period that is not over is computed up to the as-of date. A blank is what was not reported, or cannot be computed: never
-- zero.
with
context as (select * from run.context),

figures as (select * from measures.reported_figures where form = 'annex_4'),

regions as (select * from policy.regions),

-- A unit's figures meet its one row in force.
annex_4 as (
    select
        figures.unit_code,
        figures.period,
        regions.name,
        regions.name_en,
        regions.sort_order,
        min(figures.starts_on) as starts_on,
        max(figures.ends_on) as ends_on,
        bool_and(figures.is_over) as is_over,
        cast(max(case when figures.indicator = '技能培训人数' then figures.target end) as bigint) as people_trained_target,
        cast(max(case when figures.indicator = '技能培训人数' then figures.reported end) as decimal(18, 6)) as people_trained_reported,
        cast(max(case when figures.indicator = '技能培训人数' then figures.computed end) as bigint) as people_trained_computed,
        cast(max(case when figures.indicator = '技能培训人数' then figures.difference end) as decimal(18, 6)) as people_trained_difference,
        cast(max(case when figures.indicator = '劳务经纪人' then figures.target end) as bigint) as brokers_target,
        cast(max(case when figures.indicator = '劳务经纪人' then figures.reported end) as decimal(18, 6)) as brokers_reported,
        cast(max(case when figures.indicator = '劳务经纪人' then figures.computed end) as bigint) as brokers_computed,
        cast(max(case when figures.indicator = '劳务经纪人' then figures.difference end) as decimal(18, 6)) as brokers_difference,
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

select * from annex_4
