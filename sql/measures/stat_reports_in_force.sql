-- Reported figures of the slices in force: the register as it stands, every row as it was delivered.
-- zh: 统计报表:有效材料中的全部行。
-- grain: source_file, source_row, unit_code, period, indicator
-- kept as: view
with
stat_reports as (select * from staging.stat_reports),

slices_in_force as (select * from measures.slices_in_force where feed = 'stat_reports'),

-- A row meets the one slice in force that it came in.
stat_reports_in_force as (
    select stat_reports.*
    from stat_reports
    inner join slices_in_force
        on stat_reports.slice_region = slices_in_force.slice_region
        and stat_reports.slice_period = slices_in_force.slice_period
)

select * from stat_reports_in_force
