-- Which feeds a place must have delivered before a rule can be judged there.
-- zh: 判断一条规则前,该地必须已报的数据源。
-- grain: rule_id, feed, valid_from
-- kept as: table
--
-- reported_by: own = the place's own file, or a row for it in another's; any = any file of the feed (the provincial office's).
select
    rule_id,
    feed,
    reported_by,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    reference
from csv.rule_feeds
