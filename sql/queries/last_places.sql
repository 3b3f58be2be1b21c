-- The counties that stand last even at their best, with what it costs them most
-- zh: 按最好情形仍排在末尾的县，以及失分最多的一项
with
    lost as (
        select
            contributions.region_code,
            contributions.indicator_id,
            contributions.lost,
            row_number() over (
                partition by contributions.region_code order by contributions.lost desc, contributions.indicator_id
            ) as place
        from supervision.contributions
        where contributions.ranking_id = 'counties'
    )

select
    regions.short_name as county,
    ranking.score_lower,
    ranking.score_upper,
    ranking.rank_lower,
    ranking.rank_upper,
    lost.indicator_id as costs_most,
    lost.lost,
    ranking.region_code
from supervision.ranking
-- each row meets one place in force, and one lost part or none
inner join policy.regions on regions.region_code = ranking.region_code
left join lost on lost.region_code = ranking.region_code and lost.place = 1
where ranking.ranking_id = 'counties'
    and regions.valid_from <= (select as_of from run.context)
    and (regions.valid_to is null or regions.valid_to > (select as_of from run.context))
order by ranking.rank_lower desc nulls last, ranking.rank_upper desc, ranking.region_code
limit 15
