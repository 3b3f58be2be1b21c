-- Rows of the ledgers in force that were not taken in because they do not name one person once.
-- zh: 有效台账中因身份证号、姓名或重复而未入库的行。
-- grain: source_file, sheet, source_row
-- kept as: table
--
-- Of a file of all regions the row's county is not known: it stands at the province. The cells stay in quarantine.
with
context as (select * from run.context),

dates as (select * from measures.dates where is_current),

ledger_slices as (select * from measures.ledger_slices),

slices as (select * from meta.slices where feed = 'ledger'),

deliveries as (select * from meta.deliveries where feed = 'ledger'),

rejects as (select * from meta.rejects where feed = 'ledger'),

regions as (select * from policy.regions),

office as (
    select regions.region_code
    from regions
    inner join context
        on regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
    where regions.level = 'province'
),

-- A file of all regions is behind many slices.
files_in_force as (
    select distinct
        slices.source_file,
        slices.source_sha256
    from ledger_slices
    inner join dates
        on ledger_slices.month = dates.month
    inner join slices
        on ledger_slices.slice_region = slices.slice_region
        and ledger_slices.slice_period = slices.slice_period
),

-- A rejected row meets its file, and the one office.
placed as (
    select
        rejects.file as source_file,
        rejects.sheet,
        rejects.row_number as source_row,
        case when deliveries.region = 'all' then office.region_code else deliveries.region end as region_code,
        case
            when rejects.reason = 'duplicate_in_file' then 'duplicate_row'
            when rejects.reason like 'id\_%' then 'id_not_valid'
            else 'name_blank'
        end as reason
    from rejects
    inner join files_in_force
        on rejects.file = files_in_force.source_file
        and rejects.sha256 = files_in_force.source_sha256
    inner join deliveries
        on rejects.file = deliveries.file
        and rejects.sha256 = deliveries.sha256
    cross join office
    where rejects.reason = 'duplicate_in_file'
        or rejects.reason like 'id\_%'
        or (rejects.reason = 'required_blank' and rejects.field = 'name')
),

ledger_rejects as (
    select
        source_file,
        coalesce(sheet, '') as sheet,
        source_row,
        min(region_code) as region_code,
        min(reason) as reason
    from placed
    group by
        source_file,
        coalesce(sheet, ''),
        source_row
)

select * from ledger_rejects
