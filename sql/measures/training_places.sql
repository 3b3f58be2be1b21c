-- Places in courses: a person in a class counts once, however many rows report it.
-- zh: 培训人次:一人一班(按开班年度)计一次,市县重复填报的合并。
-- grain: person_key, class_id, year
-- kept as: table
--
-- A class number may come again in another year, so the year that the course began in tells them apart. A county's row comes
-- before its unit's, then by file and row; what it leaves blank is taken from the others (of fees the largest). Where rows
-- differ, the largest subsidy and the last follow-up count, and any row that says so proves a completion or a recognised
-- institution.
with
training_in_force as (select * from measures.training_in_force),

regions as (select * from policy.regions),

context as (select * from run.context),

counties as (
    select regions.region_code
    from regions
    inner join context
        on regions.level = 'county'
        and regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
),

-- A row meets its county, or none if it stands at a unit.
ordered as (
    select
        training_in_force.*,
        cast(date_part('year', training_in_force.started_on) as integer) as year,
        row_number() over (
            partition by
                training_in_force.person_key,
                training_in_force.class_id,
                date_part('year', training_in_force.started_on)
            order by
                case when counties.region_code is null then 1 else 0 end,
                training_in_force.source_file,
                training_in_force.source_row
        ) as row_order
    from training_in_force
    left join counties
        on training_in_force.region_code = counties.region_code
),

merged as (
    select
        person_key,
        class_id,
        year,
        count(*) as rows_merged,
        min(subject) as subject,
        min(mode) as mode,
        max(case when is_recognised_institution then 1 when not is_recognised_institution then 0 end) as recognised,
        max(case when completed then 1 when not completed then 0 end) as completed,
        max(ended_on) as ended_on,
        max(fee) as fee,
        max(subsidy) as subsidy,
        max(followed_up_on) as followed_up_on
    from ordered
    group by
        person_key,
        class_id,
        year
),

training_places as (
    select
        ordered.person_key,
        ordered.class_id,
        ordered.year,
        ordered.region_code,
        ordered.type,
        coalesce(ordered.subject, merged.subject) as subject,
        coalesce(ordered.mode, merged.mode) as mode,
        ordered.institution,
        merged.recognised = 1 as is_recognised_institution,
        ordered.started_on,
        coalesce(ordered.ended_on, merged.ended_on) as ended_on,
        merged.completed = 1 as completed,
        coalesce(ordered.fee, merged.fee) as fee,
        merged.subsidy,
        merged.followed_up_on,
        merged.rows_merged,
        ordered.source_file,
        ordered.source_row
    from ordered
    inner join merged
        on ordered.person_key = merged.person_key
        and ordered.class_id = merged.class_id
        and ordered.year = merged.year
    where ordered.row_order = 1
)

select * from training_places
