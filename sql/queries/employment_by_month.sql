-- The province's share in employment, month by month, against the level to be held
-- zh: 全省就业占比：逐月与应达到的比例
select
    monthly.month,
    monthly.actual,
    monthly.expected,
    monthly.numerator as employed,
    monthly.denominator as counted,
    monthly.light
from measures.monthly
where monthly.indicator_id = 'T6' and monthly.region_code = '220000'
order by monthly.month
