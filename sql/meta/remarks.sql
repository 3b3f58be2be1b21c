-- What was repaired, warned of, returned and refused, by kind or reason, of each feed and delivering region.
-- zh: 各类材料各地的修正、提醒、退回和拒收,按种类和原因计数。
-- grain: feed, region_code, kind, what
-- kept as: table
--
-- kind: repair and warning count cells, reject counts rows, refusal counts files. Counted over all files that were read, and
-- over those in force. region_code is the delivering place, the province for files of all regions, unknown where a file's name
-- was not understood.
with
context as (select * from run.context),

deliveries as (select * from meta.deliveries),

notes as (select * from meta.notes where kind in ('repair', 'warning')),

rejects as (select * from meta.rejects),

regions as (select * from policy.regions),

office as (
    select region_code
    from regions
    inner join context
        on regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
    where level = 'province'
),

counted_rejects as (
    select
        feed,
        file,
        sha256,
        reason,
        count(*) as n
    from rejects
    group by
        feed,
        file,
        sha256,
        reason
),

remarks_of_files as (
    select feed, file, sha256, kind, what, "rows" as n from notes
    union all
    select feed, file, sha256, 'reject' as kind, reason as what, n from counted_rejects
    union all
    select feed, file, sha256, 'refusal' as kind, refusal_reason as what, 1 as n from deliveries where outcome = 'refused'
),

-- A remark meets its file, and the one office.
remarks as (
    select
        remarks_of_files.feed,
        case
            when deliveries.period is null then 'unknown'
            when deliveries.region = 'all' then office.region_code
            else deliveries.region
        end as region_code,
        remarks_of_files.kind,
        remarks_of_files.what,
        cast(sum(remarks_of_files.n) as bigint) as n,
        cast(coalesce(sum(remarks_of_files.n) filter (where deliveries.outcome = 'current'), 0) as bigint) as n_in_force,
        count(*) as n_files,
        max(deliveries.arrived_on) as newest_on
    from remarks_of_files
    inner join deliveries
        on remarks_of_files.feed = deliveries.feed
        and remarks_of_files.file = deliveries.file
        and remarks_of_files.sha256 = deliveries.sha256
    cross join office
    group by
        remarks_of_files.feed,
        case
            when deliveries.period is null then 'unknown'
            when deliveries.region = 'all' then office.region_code
            else deliveries.region
        end,
        remarks_of_files.kind,
        remarks_of_files.what
)

select * from remarks
