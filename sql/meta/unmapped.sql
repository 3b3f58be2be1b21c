-- Texts that no code list and no region alias knows, with the row that would map them.
-- zh: 代码表和地区别名都不认识的写法,以及登记对应关系要加的那一行。
-- grain: feed, field, kind, text
-- kept as: table
--
-- A code: complete add_row with one of choices and add it to add_to; from the next night on the files concerned are read again.
-- A region: the same, with the region's code; within is the delivering place where only one writes so. Masked or cut texts cannot
-- be mapped: add_row is blank there, and the cell itself must be corrected. Texts of files that were replaced count in n_rows only.
with
accepted as (select * from meta.accepted),

notes as (select * from meta.notes where kind = 'unmapped_value'),

rejects as (select * from meta.rejects where reason = 'region_unknown'),

fields as (select * from meta.fields),

texts as (
    select feed, file, sha256, 'code' as kind, field, what as text, "rows" as n from notes
    union all
    select feed, file, sha256, 'region' as kind, field, raw_value as text, count(*) as n
    from rejects
    where raw_value <> ''
    group by feed, file, sha256, field, raw_value
),

-- A text meets the file that holds it.
seen as (
    select
        texts.feed,
        texts.field,
        texts.kind,
        texts.text,
        cast(sum(texts.n) as bigint) as n_rows,
        cast(coalesce(sum(texts.n) filter (where accepted.outcome = 'current'), 0) as bigint) as n_rows_in_force,
        count(*) as n_files,
        min(accepted.arrival) as first_arrival,
        max(accepted.arrival) as last_arrival,
        min(accepted.period) as first_period,
        min(accepted.region) as first_region,
        max(accepted.region) as last_region
    from texts
    inner join accepted
        on texts.feed = accepted.feed
        and texts.file = accepted.file
        and texts.sha256 = accepted.sha256
    group by
        texts.feed,
        texts.field,
        texts.kind,
        texts.text
),

worded as (
    select
        *,
        case
            when strpos(text, ',') > 0 or strpos(text, '"') > 0 then concat('"', replace(text, '"', '""'), '"')
            else text
        end as cell,
        case when first_region = last_region and first_region <> 'all' then first_region else '' end as within_region,
        strpos(text, '*') > 0 or strpos(text, '…') > 0 or character_length(text) >= 40 as is_cut
    from seen
),

-- A text meets its field, its first file and its last.
unmapped as (
    select
        worded.feed,
        worded.field,
        worded.kind,
        worded.text,
        fields.header,
        worded.n_rows,
        worded.n_rows_in_force,
        worded.n_files,
        first_files.file as first_file,
        first_files.arrived_on as first_arrived_on,
        last_files.file as last_file,
        last_files.arrived_on as last_arrived_on,
        fields.codes as choices,
        case when worded.kind = 'code' then 'sql/policy/code_aliases.csv' else 'sql/policy/region_aliases.csv' end as add_to,
        case
            when worded.is_cut then null
            when worded.kind = 'code'
                then concat(worded.feed, ',', worded.field, ',', worded.cell, ',<code>,', worded.first_period, '-01,,<why>,<who>,<date>')
            else concat(
                worded.cell, ',<region_code>,', worded.within_region, ',learned,',
                case when fields.type = 'unit' then 'unit' else 'region' end, ',', worded.first_period, '-01,,<why>'
            )
        end as add_row,
        concat('jobs/feeds/', worded.feed, '.toml') as contract
    from worded
    inner join fields
        on worded.feed = fields.feed
        and worded.field = fields.field
    inner join accepted as first_files
        on worded.first_arrival = first_files.arrival
    inner join accepted as last_files
        on worded.last_arrival = last_files.arrival
)

select * from unmapped
