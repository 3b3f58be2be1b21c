-- Every unit, county and poor county stands in its ranking once, at a place that can be.
-- zh: 三个榜不缺不重,名次区间成立。
-- severity: error
-- grain: ranking_id, region_code
with
ranking as (select * from supervision.ranking),

broken as (
    select
        ranking_id,
        region_code,
        rank_lower,
        rank_upper,
        n_ranked
    from ranking
    where (standing = 'no_task') <> (rank_lower is null)
        or rank_lower > rank_upper
        or rank_upper > n_ranked
        or rank_lower < 1
        or score_lower > score_upper
)

select * from broken
