-- The steps from registration to steady work that the funnel counts, and the whole that each is a part of.
-- zh: 就业漏斗的各步骤,以及每步是哪个整体的一部分。
-- grain: step, valid_from
-- kept as: table
--
-- feed: whose report a step needs beside the ledger. What a step counts is said in measures.funnel.
select
    step,
    cast(step_order as integer) as step_order,
    base_step,
    feed,
    name,
    name_en,
    whole,
    whole_en,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.funnel_steps
