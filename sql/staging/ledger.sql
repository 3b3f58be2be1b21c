-- The ledger as delivered: one row a poor labourer and month, by the county of household registration.
-- zh: 贫困劳动力台账:一人一月一行。
-- grain: slice_region, slice_period, person_key
-- kept as: table
--
-- A blank is never filled here: a blank skill counts as able and a blank status as not employed (policy.code_sets);
-- a blank in_school is not at school; a blank work_wish or training_need is a wish not recorded, which is not the wish for none.
-- Age and sex are those of the ID number (person_born_on, person_is_male); age and sex as typed stand beside them.
select
    person_key,
    person_born_on,
    person_is_male,
    region_code,
    sex as sex_typed,
    age as age_typed,
    ethnicity,
    village_code,
    township,
    village,
    education,
    skill,
    in_school,
    status,
    job_wish,
    work_wish,
    training_need,
    can_go_out,
    graduate_kind,
    left_school,
    poverty_exit,
    survey_method,
    verified_on,
    updated_on,
    slice_region,
    slice_period,
    warnings,
    source_file,
    source_row
from raw.ledger
