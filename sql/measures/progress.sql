-- Each region's progress on each indicator at the as-of date, against what was expected by then.
-- zh: 截止日各地区各指标进展:完成、任务、序时进度、差距、灯色。
-- grain: region_code, indicator_id
-- kept as: table
--
-- The last month of measures.monthly (measures.day_figures has the rules). numerator / denominator is the actual: a count over 1, a share's two
-- sums. A figure nobody reported is blank, never zero; is_partial and missing_regions say what a parent's figure lacks.
with
monthly as (select * from measures.monthly),

progress as (
    select
        region_code,
        indicator_id,
        as_of,
        numerator,
        denominator,
        actual,
        target,
        expected,
        gap_pp,
        gap_points,
        completion_pct,
        light,
        expected_numerator,
        expected_denominator,
        pace_numerator,
        pace_denominator,
        has_reported,
        is_partial,
        counties_missing,
        missing_regions,
        is_synthetic_target
    from monthly
    where is_current
)

select * from progress
