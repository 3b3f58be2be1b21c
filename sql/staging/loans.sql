-- Guaranteed start-up loans as delivered: one row a loan, in yuan.
-- zh: 创业担保贷款:一笔一行,单位元。
-- grain: slice_region, slice_period, loan_id
-- kept as: table
--
-- A blank person_key is a borrower that is no person. A blank interest_subsidy is none recorded.
select
    person_key,
    region_code,
    loan_id,
    kind,
    amount,
    lent_on,
    interest_subsidy,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.loans
