-- Subsidies and awards as delivered: one row a payment.
-- zh: 补贴奖补发放:一笔一行。
-- grain: source_file, source_row
-- kept as: table
--
-- A blank payment_id is a payment without a number: it cannot be told from another, so the row itself is the grain.
-- A blank person_key is a payment to a body, not to a person.
select
    person_key,
    region_code,
    payment_id,
    kind,
    enterprise_code,
    reference_id,
    people,
    amount,
    paid_on,
    organised,
    outside_county,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.payments
