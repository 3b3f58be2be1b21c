-- Who stands on the lists from elsewhere at the as-of date: of each deliverer's lists the newest that is not later.
-- zh: 截止日有效的外部名单:每个报送地区不晚于截止日的最新一份。
-- grain: list_name, region_code, person_key
-- kept as: view
--
-- A list's month counts from its last day. A person that two files put on one list of one county is there once.
with
context as (select * from run.context),

person_lists as (select * from staging.person_lists),

slices as (select * from staging.slices where feed = 'person_lists'),

-- One context row meets every slice.
newest as (
    select
        slices.slice_region,
        max(slices.slice_period) as slice_period,
        max(slices.covers_until) as covers_until
    from slices
    inner join context
        on slices.covers_until <= context.as_of
    group by slices.slice_region
),

-- A row meets the one slice in force that it came in.
rows_in_force as (
    select
        person_lists.list_name,
        person_lists.region_code,
        person_lists.person_key,
        person_lists.slice_region,
        newest.covers_until,
        person_lists.source_file,
        person_lists.source_row,
        row_number() over (
            partition by person_lists.list_name, person_lists.region_code, person_lists.person_key
            order by newest.covers_until desc, person_lists.source_file, person_lists.source_row
        ) as row_order
    from person_lists
    inner join newest
        on person_lists.slice_region = newest.slice_region
        and person_lists.slice_period = newest.slice_period
),

list_rows as (
    select
        list_name,
        region_code,
        person_key,
        slice_region,
        covers_until,
        source_file,
        source_row
    from rows_in_force
    where row_order = 1
)

select * from list_rows
