-- No share counts more than its whole, and no count is negative.
-- zh: 占比分子不超过分母,计数不为负。
-- severity: error
-- grain: region_code, indicator_id, month
with
expected as (select * from measures.expected),

actuals as (select * from measures.actuals),

-- One row on either side.
broken as (
    select actuals.*
    from actuals
    inner join expected
        on actuals.region_code = expected.region_code
        and actuals.indicator_id = expected.indicator_id
        and actuals.month = expected.month
    where actuals.numerator < 0
        or (expected.kind <> 'count' and actuals.numerator > actuals.denominator)
)

select * from broken
