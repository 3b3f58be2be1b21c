-- Classes bought whole from an institution (项目制), each once, with what the places in it say.
-- zh: 项目制培训班:一班一行。
-- grain: region_code, class_id, year
-- kept as: table
--
-- Whoever sits in it, in the ledger or not. The same number in two counties is two classes; a unit's class of a number that
-- one of its counties reports in the year is that county's. One place that says so proves a recognised institution or a type
-- that the plan names. It has ended when its last place has an end; without any it still runs.
with
training_places as (select * from measures.training_places),

region_parts as (select * from measures.region_parts),

classes as (
    select
        region_code,
        class_id,
        year,
        count(*) as places,
        min(institution) as institution,
        max(case when is_recognised_institution then 1 when not is_recognised_institution then 0 end) as recognised,
        bool_or(type in ('就业技能培训', '创业培训')) as is_of_named_type,
        min(started_on) as started_on,
        max(ended_on) as ended_on,
        first_value(source_file order by source_file, source_row) as source_file,
        first_value(source_row order by source_file, source_row) as source_row
    from training_places
    where mode = '项目制'
    group by
        region_code,
        class_id,
        year
),

-- A class of a county meets the unit and the province above it: the same number there is the same class.
known_below as (
    select distinct
        region_parts.region_code,
        classes.class_id,
        classes.year
    from classes
    inner join region_parts
        on classes.region_code = region_parts.part_code
        and classes.region_code <> region_parts.region_code
),

project_classes as (
    select
        classes.region_code,
        classes.class_id,
        classes.year,
        classes.places,
        classes.institution,
        classes.recognised = 1 as is_recognised_institution,
        classes.is_of_named_type,
        classes.started_on,
        classes.ended_on,
        classes.source_file,
        classes.source_row
    from classes
    left anti join known_below
        on classes.region_code = known_below.region_code
        and classes.class_id = known_below.class_id
        and classes.year = known_below.year
)

select * from project_classes
