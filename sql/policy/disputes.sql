-- Open disputes and verification tasks on a figure: while one is open, the figure's light is in doubt.
-- zh: 对数据的异议和核查:未了结前,灯色为“存疑”。
-- grain: region_code, indicator_id, valid_from
-- kept as: table
--
-- kind: dispute or verification. valid_from is the day it was opened, valid_to the day it was closed: on that day it is over.
select
    region_code,
    indicator_id,
    kind,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.disputes
