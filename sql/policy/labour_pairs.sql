-- The pairs of labour cooperation that the plan names: who sends, who receives, and the words that show it.
-- zh: 扶贫劳务协作结对:输出方、接收方及其识别用词。
-- grain: sender_unit, receiver_name, valid_from
-- kept as: table
--
-- receiver_unit is blank for a receiver outside the province. An event is the pair's if its partner names receiver_word (reported
-- by the sender) or sender_word (by the receiver). channel: how a person placed by the pair stands in the employment feed.
select
    sender_unit,
    receiver_name,
    receiver_unit,
    receiver_word,
    sender_word,
    channel,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.labour_pairs
