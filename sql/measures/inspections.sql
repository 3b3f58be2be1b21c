-- Inspections, each once, however many rows report it.
-- zh: 检查:同地、同编号、同日为一次,一次一行。
-- grain: region_code, record_key
-- kept as: table
--
-- Rows of one place, number and day are one inspection, for a county and its unit may both report it: the graver severity, the
-- first notice, the first listing and its last end, the largest wages owed and recovered count. A row of a unit's file without
-- county stands at the unit, unless a county of the unit reports the same number and day.
-- A finding: severity 一般 or 严重, or words in its cell other than those that policy lists as nothing found.
-- record_key is the number; where a place uses one number on several days, the number and the day. An ideographic space parts
-- them: no delivered cell holds one, so no two keys are alike.
with
inspection_rows as (select * from measures.inspections_in_force),

region_parts as (select * from measures.region_parts),

code_sets as (select * from policy.code_sets),

cleaned as (
    select
        region_code,
        inspection_id,
        inspected_on,
        kind,
        employer,
        enterprise_code,
        regexp_replace(finding, '[\s。.]', '', 'g') as finding,
        severity,
        notified_on,
        wages_owed,
        wages_recovered,
        blacklisted_on,
        blacklist_until,
        source_file,
        source_row
    from inspection_rows
),

-- A row meets at most one word for nothing found.
judged as (
    select
        cleaned.*,
        coalesce(cleaned.severity in ('一般', '严重'), false)
        or (cleaned.finding is not null and cleaned.finding <> '' and code_sets.code is null) as is_finding,
        row_number() over (
            partition by cleaned.region_code, cleaned.inspection_id, cleaned.inspected_on
            order by cleaned.source_file, cleaned.source_row
        ) as row_order
    from cleaned
    left join code_sets
        on code_sets.set_name = 'no_finding'
        and code_sets.in_set
        and code_sets.code = cleaned.finding
        and code_sets.valid_from <= cleaned.inspected_on
        and (code_sets.valid_to is null or code_sets.valid_to > cleaned.inspected_on)
),

merged as (
    select
        region_code,
        inspection_id,
        inspected_on,
        max(case when row_order = 1 then kind end) as kind,
        regexp_replace(translate(lower(max(employer)), '（）', '()'), '\s', '', 'g') as employer,
        regexp_replace(upper(max(enterprise_code)), '\s', '', 'g') as enterprise_code,
        bool_or(is_finding) as is_finding,
        case
            when bool_or(severity = '严重') then '严重'
            when bool_or(severity = '一般') then '一般'
            else max(severity)
        end as severity,
        min(notified_on) as notified_on,
        greatest(coalesce(max(wages_owed), 0), 0) as wages_owed,
        greatest(coalesce(max(wages_recovered), 0), 0) as wages_recovered,
        min(blacklisted_on) as blacklisted_on,
        max(blacklist_until) as blacklist_until,
        max(case when row_order = 1 then source_file end) as source_file,
        max(case when row_order = 1 then source_row end) as source_row
    from judged
    group by
        region_code,
        inspection_id,
        inspected_on
),

-- An inspection of a county meets the unit and the province above it: rows there under its number and day are the same.
known_below as (
    select distinct
        region_parts.region_code,
        merged.inspection_id,
        merged.inspected_on
    from merged
    inner join region_parts
        on merged.region_code = region_parts.part_code
        and merged.region_code <> region_parts.region_code
),

once as (
    select merged.*
    from merged
    left anti join known_below
        on merged.region_code = known_below.region_code
        and merged.inspection_id = known_below.inspection_id
        and merged.inspected_on = known_below.inspected_on
),

inspections as (
    select
        region_code,
        case
            when count(*) over (partition by region_code, inspection_id) = 1 then inspection_id
            else concat(inspection_id, chr(12288), cast(inspected_on as varchar))
        end as record_key,
        inspected_on,
        kind,
        employer,
        enterprise_code,
        is_finding,
        severity,
        notified_on,
        wages_owed,
        wages_recovered,
        blacklisted_on,
        blacklist_until,
        source_file,
        source_row
    from once
)

select * from inspections
