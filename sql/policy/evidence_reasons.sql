-- Why a record counts for a rule or does not, in words that the county it concerns understands.
-- zh: 证据行“计入/不计入”的原因用语。
-- grain: reason, valid_from
-- kept as: table
select
    reason,
    sentence,
    sentence_en,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.evidence_reasons
