-- The records behind the plan's work requirements: which papers, tasks and events count, which do not, and why.
-- zh: 工作要求各规则的证据行:计入、不计入及原因。
-- grain: rule_id, period, region_code, source, record_key, item
-- kept as: table
--
-- J1, J3, J7, J8 (the plan, part 3): a paper of the unit on the register, its first receipt counts; J1 is due on 31 March, that
-- day included, later is late. A paper of the year may stand under the year or under one of its quarters.
-- J2 (3 (1)): each of the three parts in a plan of the unit, early or late; a blank does not count, and says so.
-- J4 (3 (2)): each task, annex 1 of all units together against the plan, exactly; a share the same for every unit.
-- J5 (3 (2)): each task of a poor county in annex 2 is there and not above its unit's in annex 1.
-- J6 (3 (2)): each task of the units of kind 市(州): every county has one, together at least annex 1; a share at least annex 1
-- in each county. Where annex 1 itself lacks the task there is nothing to hand down. The unit's paper on it is shown.
-- J7 (3 (3)): two things: the paper 领导小组; and a paper 督查自查 or a 自查 in the unit or any of its counties.
-- J9 is decided by people, J10 has no data: no rows.
-- J11 (3 (3)): at least one 省级督查 in the unit or any of its counties.
-- J12 (3 (3)): four papers a unit and quarter, received by the quarter's last day, that day included; later is late. A quarter
-- may be written as its last month, the fourth also as the year if received in it or later.
-- K1 (3 (4)): each of four kinds of media (policy's sets media_…) with at least one 政策宣传. K2: at least one 典型推广.
with
rules_in_force as (select * from measures.rules_in_force),

region_parts as (select * from measures.region_parts),

submissions as (select * from measures.submissions_in_force),

inspections as (select * from measures.inspections),

events as (select * from measures.events_in_force),

regions as (select * from policy.regions),

targets as (select * from policy.targets),

indicators as (select * from policy.indicators),

code_sets as (select * from policy.code_sets where in_set),

context as (select * from run.context),

-- One context row meets every region.
regions_in_force as (
    select
        regions.region_code,
        regions.level,
        regions.kind,
        regions.unit_code,
        regions.is_poor_county
    from regions
    inner join context
        on regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
),

units as (
    select
        region_code as unit_code,
        kind as unit_kind
    from regions_in_force
    where level = 'unit'
),

-- Which papers which rule asks for.
paper_duties as (
    select *
    from (
        values
            ('J1', '工作方案'),
            ('J3', '部门分工'),
            ('J7', '领导小组'),
            ('J8', '考评制度'),
            ('J12', '工作情况'),
            ('J12', '统计报表附件3'),
            ('J12', '统计报表附件4'),
            ('J12', '统计报表附件5')
    ) as paper_duties (rule_id, kind)
),

-- Every unit meets every paper in every period.
papers_asked as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.period_kind,
        rules_in_force.starts_on,
        rules_in_force.ends_on,
        rules_in_force.due_on,
        rules_in_force.as_of,
        units.unit_code,
        paper_duties.kind
    from rules_in_force
    inner join paper_duties
        on rules_in_force.rule_id = paper_duties.rule_id
    cross join units
),

-- A paper asked for meets every row that registers it.
papers_found as (
    select
        papers_asked.rule_id,
        papers_asked.period,
        papers_asked.unit_code,
        papers_asked.kind,
        submissions.received_on,
        submissions.source_file,
        submissions.source_row,
        row_number() over (
            partition by papers_asked.rule_id, papers_asked.period, papers_asked.unit_code, papers_asked.kind
            order by submissions.received_on, submissions.source_file, submissions.source_row
        ) as row_order
    from papers_asked
    inner join submissions
        on papers_asked.unit_code = submissions.unit_code
        and papers_asked.kind = submissions.kind
        and papers_asked.as_of >= submissions.received_on
        and (
            (papers_asked.period_kind = 'year' and substr(submissions.period, 1, 4) = papers_asked.period)
            or submissions.period = papers_asked.period
            or submissions.period = substr(cast(papers_asked.ends_on as varchar), 1, 7)
            or (
                concat(submissions.period, '-12-31') = cast(papers_asked.ends_on as varchar)
                and submissions.received_on >= papers_asked.starts_on
            )
        )
),

-- A paper asked for meets its first receipt, or none.
papers_received as (
    select
        papers_asked.rule_id,
        papers_asked.period,
        papers_asked.unit_code,
        papers_asked.kind,
        papers_asked.due_on,
        papers_asked.as_of,
        papers_found.received_on,
        papers_found.source_file,
        papers_found.source_row
    from papers_asked
    left join papers_found
        on papers_asked.rule_id = papers_found.rule_id
        and papers_asked.period = papers_found.period
        and papers_asked.unit_code = papers_found.unit_code
        and papers_asked.kind = papers_found.kind
        and papers_found.row_order = 1
),

papers_judged as (
    select
        rule_id,
        period,
        unit_code as region_code,
        case when received_on is null then 'policy' else 'submissions' end as source,
        unit_code as record_key,
        kind as item,
        case when received_on <= due_on then 1 else 0 end as numerator,
        1 as denominator,
        case
            when received_on <= due_on then 'counts'
            when received_on is not null then 'paper_late'
            when as_of < due_on then 'not_yet_due'
            else 'paper_missing'
        end as reason,
        received_on as on_date,
        case when received_on > due_on then cast(received_on as integer) - cast(due_on as integer) end as days_late,
        source_file,
        source_row
    from papers_received
),

-- Every plan of a unit for the year counts, a corrected one too.
plan_parts as (
    select
        rules_in_force.period,
        submissions.unit_code,
        bool_or(submissions.has_targets) as has_targets,
        bool_or(submissions.has_support) as has_support,
        bool_or(submissions.has_guarantee) as has_guarantee,
        min(submissions.received_on) as received_on,
        first_value(submissions.source_file order by submissions.source_file, submissions.source_row) as source_file,
        first_value(submissions.source_row order by submissions.source_file, submissions.source_row) as source_row
    from submissions
    inner join rules_in_force
        on rules_in_force.rule_id = 'J2'
        and substr(submissions.period, 1, 4) = rules_in_force.period
        and submissions.received_on <= rules_in_force.as_of
    where submissions.kind = '工作方案'
    group by
        rules_in_force.period,
        submissions.unit_code
),

part_names as (
    select *
    from (values ('目标任务'), ('政策支持'), ('保障措施')) as part_names (item)
),

-- Every unit meets three parts, and its plans, or none.
parts_stated as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.due_on,
        rules_in_force.as_of,
        units.unit_code,
        part_names.item,
        case part_names.item
            when '目标任务' then plan_parts.has_targets
            when '政策支持' then plan_parts.has_support
            else plan_parts.has_guarantee
        end as has_part,
        plan_parts.received_on,
        plan_parts.source_file,
        plan_parts.source_row
    from rules_in_force
    cross join units
    cross join part_names
    left join plan_parts
        on rules_in_force.period = plan_parts.period
        and units.unit_code = plan_parts.unit_code
    where rules_in_force.rule_id = 'J2'
),

parts_judged as (
    select
        rule_id,
        period,
        unit_code as region_code,
        case when received_on is null then 'policy' else 'submissions' end as source,
        unit_code as record_key,
        item,
        case when has_part then 1 else 0 end as numerator,
        1 as denominator,
        case
            when has_part then 'counts'
            when received_on is null and as_of < due_on then 'not_yet_due'
            when received_on is null then 'paper_missing'
            when has_part is null then 'part_not_stated'
            else 'part_missing'
        end as reason,
        received_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from parts_stated
),

-- A rule of tasks meets each indicator in force and the tasks of its year.
rule_indicators as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        rules_in_force.as_of,
        indicators.indicator_id,
        indicators.kind
    from rules_in_force
    inner join indicators
        on rules_in_force.rule_id in ('J4', 'J5', 'J6')
        and indicators.valid_from <= rules_in_force.as_of
        and (indicators.valid_to is null or indicators.valid_to > rules_in_force.as_of)
),

-- One context row meets every task.
tasks as (
    select
        targets.annex,
        targets.region_code,
        targets.indicator_id,
        max(targets.target) as target
    from targets
    inner join context
        on targets.year = date_part('year', context.as_of)
        and targets.valid_from <= context.as_of
        and (targets.valid_to is null or targets.valid_to > context.as_of)
    group by
        targets.annex,
        targets.region_code,
        targets.indicator_id
),

plan_tasks as (
    select
        indicator_id,
        max(target) as target
    from tasks
    where annex = 'plan'
    group by indicator_id
),

-- A unit meets its one task of annex 1 for an indicator.
unit_tasks as (
    select
        units.unit_code,
        units.unit_kind,
        tasks.indicator_id,
        tasks.target
    from units
    inner join tasks
        on units.unit_code = tasks.region_code
        and tasks.annex = 'annex_1'
),

annex_1_sums as (
    select
        indicator_id,
        sum(target) as units_target,
        min(target) as least_target,
        max(target) as most_target,
        count(*) as n_tasks
    from unit_tasks
    group by indicator_id
),

units_counted as (
    select count(*) as n_units
    from units
),

-- An indicator meets its one provincial task and its one sum of annex 1, or none; all meet the number of units.
annex_1_compared as (
    select
        rule_indicators.rule_id,
        rule_indicators.period,
        rule_indicators.indicator_id,
        coalesce(
            case
                when rule_indicators.kind = 'count' then annex_1_sums.units_target = plan_tasks.target
                else annex_1_sums.least_target = plan_tasks.target
                    and annex_1_sums.most_target = plan_tasks.target
                    and annex_1_sums.n_tasks = units_counted.n_units
            end,
            false
        ) as is_equal
    from rule_indicators
    cross join units_counted
    left join plan_tasks
        on rule_indicators.indicator_id = plan_tasks.indicator_id
    left join annex_1_sums
        on rule_indicators.indicator_id = annex_1_sums.indicator_id
    where rule_indicators.rule_id = 'J4'
),

-- The province meets each comparison.
annex_1_judged as (
    select
        annex_1_compared.rule_id,
        annex_1_compared.period,
        regions_in_force.region_code,
        'policy' as source,
        regions_in_force.region_code as record_key,
        annex_1_compared.indicator_id as item,
        case when annex_1_compared.is_equal then 1 else 0 end as numerator,
        1 as denominator,
        case when annex_1_compared.is_equal then 'counts' else 'annex_1_differs' end as reason,
        cast(null as date) as on_date,
        cast(null as bigint) as days_late,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from annex_1_compared
    inner join regions_in_force
        on regions_in_force.level = 'province'
),

-- A poor county meets every indicator, and for each its task in annex 2 and its unit's in annex 1, or none.
annex_2_compared as (
    select
        rule_indicators.rule_id,
        rule_indicators.period,
        regions_in_force.region_code,
        rule_indicators.indicator_id,
        tasks.target as county_target,
        unit_tasks.target as unit_target
    from rule_indicators
    inner join regions_in_force
        on rule_indicators.rule_id = 'J5'
        and regions_in_force.level = 'county'
        and regions_in_force.is_poor_county
    left join tasks
        on tasks.annex = 'annex_2'
        and regions_in_force.region_code = tasks.region_code
        and rule_indicators.indicator_id = tasks.indicator_id
    left join unit_tasks
        on regions_in_force.unit_code = unit_tasks.unit_code
        and rule_indicators.indicator_id = unit_tasks.indicator_id
),

annex_2_judged as (
    select
        rule_id,
        period,
        region_code,
        'policy' as source,
        region_code as record_key,
        indicator_id as item,
        case when county_target <= unit_target then 1 else 0 end as numerator,
        case when county_target is not null and unit_target is null then 0 else 1 end as denominator,
        case
            when county_target <= unit_target then 'counts'
            when county_target is null then 'annex_2_missing'
            when unit_target is null then 'annex_1_missing'
            else 'annex_2_above_annex_1'
        end as reason,
        cast(null as date) as on_date,
        cast(null as bigint) as days_late,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from annex_2_compared
),

-- A county of such a unit meets every indicator, and for each its task of the split, or none.
split_sums as (
    select
        rule_indicators.rule_id,
        rule_indicators.period,
        rule_indicators.indicator_id,
        rule_indicators.kind,
        units.unit_code,
        count(*) as n_counties,
        count(tasks.target) as n_tasks,
        sum(tasks.target) as counties_target,
        min(tasks.target) as least_target
    from rule_indicators
    inner join units
        on rule_indicators.rule_id = 'J6'
        and units.unit_kind = '市(州)'
    inner join regions_in_force
        on regions_in_force.level = 'county'
        and units.unit_code = regions_in_force.unit_code
    left join tasks
        on tasks.annex = 'split'
        and regions_in_force.region_code = tasks.region_code
        and rule_indicators.indicator_id = tasks.indicator_id
    group by
        rule_indicators.rule_id,
        rule_indicators.period,
        rule_indicators.indicator_id,
        rule_indicators.kind,
        units.unit_code
),

-- A unit's sum meets its one task of annex 1, or none.
split_stated as (
    select
        split_sums.rule_id,
        split_sums.period,
        split_sums.unit_code,
        split_sums.indicator_id,
        case
            when unit_tasks.target is null then 'annex_1_missing'
            when split_sums.n_tasks < split_sums.n_counties then 'county_without_task'
            when split_sums.kind = 'count' and split_sums.counties_target < unit_tasks.target then 'split_below_annex_1'
            when split_sums.kind <> 'count' and split_sums.least_target < unit_tasks.target then 'level_below_annex_1'
            else 'counts'
        end as reason
    from split_sums
    left join unit_tasks
        on split_sums.unit_code = unit_tasks.unit_code
        and split_sums.indicator_id = unit_tasks.indicator_id
),

split_judged as (
    select
        rule_id,
        period,
        unit_code as region_code,
        'policy' as source,
        unit_code as record_key,
        indicator_id as item,
        case when reason = 'counts' then 1 else 0 end as numerator,
        case when reason = 'annex_1_missing' then 0 else 1 end as denominator,
        reason,
        cast(null as date) as on_date,
        cast(null as bigint) as days_late,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from split_stated
),

-- Papers that are shown, and for J7 stand for an inspection of one's own.
papers_shown as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        submissions.unit_code,
        submissions.kind,
        min(submissions.received_on) as received_on,
        first_value(submissions.source_file order by submissions.source_file, submissions.source_row) as source_file,
        first_value(submissions.source_row order by submissions.source_file, submissions.source_row) as source_row
    from submissions
    inner join rules_in_force
        on substr(submissions.period, 1, 4) = rules_in_force.period
        and submissions.received_on <= rules_in_force.as_of
        and (
            (rules_in_force.rule_id = 'J6' and submissions.kind = '任务细化分解')
            or (rules_in_force.rule_id = 'J7' and submissions.kind = '督查自查')
        )
    group by
        rules_in_force.rule_id,
        rules_in_force.period,
        submissions.unit_code,
        submissions.kind
),

-- An inspection of the year meets the one rule that counts its kind.
inspections_shown as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        inspections.region_code,
        inspections.record_key,
        inspections.kind,
        inspections.inspected_on,
        inspections.source_file,
        inspections.source_row
    from inspections
    inner join rules_in_force
        on inspections.inspected_on >= rules_in_force.starts_on
        and inspections.inspected_on <= rules_in_force.measured_on
        and (
            (rules_in_force.rule_id = 'J7' and inspections.kind = '自查')
            or (rules_in_force.rule_id = 'J11' and inspections.kind = '省级督查')
        )
),

-- An event of the year meets the one rule that counts its kind. Rows of one number at one place are one event.
events_shown as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        events.region_code,
        events.event_id,
        case when rules_in_force.rule_id = 'K1' then coalesce(events.media, '') else '' end as media,
        min(events.held_on) as held_on,
        first_value(events.source_file order by events.source_file, events.source_row) as source_file,
        first_value(events.source_row order by events.source_file, events.source_row) as source_row
    from events
    inner join rules_in_force
        on events.held_on >= rules_in_force.starts_on
        and events.held_on <= rules_in_force.measured_on
        and (
            (rules_in_force.rule_id = 'K1' and events.kind = '政策宣传')
            or (rules_in_force.rule_id = 'K2' and events.kind = '典型推广')
        )
    group by
        rules_in_force.rule_id,
        rules_in_force.period,
        events.region_code,
        events.event_id,
        case when rules_in_force.rule_id = 'K1' then coalesce(events.media, '') else '' end
),

records_shown as (
    select
        rule_id,
        period,
        unit_code as region_code,
        'submissions' as source,
        unit_code as record_key,
        kind as item,
        0 as numerator,
        0 as denominator,
        'record' as reason,
        received_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from papers_shown
    union all
    select
        rule_id,
        period,
        region_code,
        'inspections' as source,
        record_key,
        kind as item,
        0 as numerator,
        0 as denominator,
        'record' as reason,
        inspected_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from inspections_shown
    union all
    select
        rule_id,
        period,
        region_code,
        'events' as source,
        event_id as record_key,
        media as item,
        0 as numerator,
        0 as denominator,
        case when rule_id = 'K1' and media = '' then 'medium_not_stated' else 'record' end as reason,
        held_on as on_date,
        cast(null as bigint) as days_late,
        source_file,
        source_row
    from events_shown
),

-- Which kinds of media there are.
media_kinds as (
    select *
    from (
        values
            ('报刊', 'media_press'),
            ('电视', 'media_television'),
            ('电台', 'media_radio'),
            ('互联网', 'media_internet')
    ) as media_kinds (item, set_name)
),

-- What was done at a place, by the name of the duty that it fulfils; an event meets at most one kind of media.
done_at_places as (
    select
        rule_id,
        period,
        unit_code as region_code,
        '督促检查' as item,
        received_on as done_on
    from papers_shown
    where rule_id = 'J7'
    union all
    select
        rule_id,
        period,
        region_code,
        case when rule_id = 'J7' then '督促检查' else '省级督查' end as item,
        inspected_on as done_on
    from inspections_shown
    union all
    select
        events_shown.rule_id,
        events_shown.period,
        events_shown.region_code,
        media_kinds.item,
        events_shown.held_on as done_on
    from events_shown
    inner join code_sets
        on events_shown.media = code_sets.code
        and code_sets.valid_from <= events_shown.held_on
        and (code_sets.valid_to is null or code_sets.valid_to > events_shown.held_on)
    inner join media_kinds
        on code_sets.set_name = media_kinds.set_name
    where events_shown.rule_id = 'K1'
    union all
    select
        rule_id,
        period,
        region_code,
        '典型推广' as item,
        held_on as done_on
    from events_shown
    where rule_id = 'K2'
),

-- A place's work meets the regions that it adds to: of these the unit counts.
done_in_units as (
    select
        done_at_places.rule_id,
        done_at_places.period,
        units.unit_code,
        done_at_places.item,
        min(done_at_places.done_on) as done_on
    from done_at_places
    inner join region_parts
        on done_at_places.region_code = region_parts.part_code
    inner join units
        on region_parts.region_code = units.unit_code
    group by
        done_at_places.rule_id,
        done_at_places.period,
        units.unit_code,
        done_at_places.item
),

work_duties as (
    select
        'K1' as rule_id,
        item,
        'no_publicity' as reason_missing
    from media_kinds
    union all
    select *
    from (
        values
            ('J7', '督促检查', 'no_own_inspection'),
            ('J11', '省级督查', 'no_provincial_inspection'),
            ('K2', '典型推广', 'no_good_example')
    ) as work_duties (rule_id, item, reason_missing)
),

-- Every unit meets every such duty, and the first day on which it was done, or none.
work_judged as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        units.unit_code as region_code,
        'policy' as source,
        units.unit_code as record_key,
        work_duties.item,
        case when done_in_units.done_on is null then 0 else 1 end as numerator,
        1 as denominator,
        case
            when done_in_units.done_on is not null then 'counts'
            when rules_in_force.as_of < rules_in_force.due_on then 'not_yet_due'
            else work_duties.reason_missing
        end as reason,
        done_in_units.done_on as on_date,
        cast(null as bigint) as days_late,
        cast(null as varchar) as source_file,
        cast(null as bigint) as source_row
    from rules_in_force
    inner join work_duties
        on rules_in_force.rule_id = work_duties.rule_id
    cross join units
    left join done_in_units
        on rules_in_force.rule_id = done_in_units.rule_id
        and rules_in_force.period = done_in_units.period
        and units.unit_code = done_in_units.unit_code
        and work_duties.item = done_in_units.item
),

together as (
    select * from papers_judged
    union all
    select * from parts_judged
    union all
    select * from annex_1_judged
    union all
    select * from annex_2_judged
    union all
    select * from split_judged
    union all
    select * from records_shown
    union all
    select * from work_judged
),

work_requirements as (
    select
        rule_id,
        period,
        region_code,
        source,
        record_key,
        item,
        cast(numerator as decimal(18, 2)) as numerator,
        cast(denominator as decimal(18, 2)) as denominator,
        reason,
        on_date,
        cast(days_late as bigint) as days_late,
        source_file,
        source_row
    from together
)

select * from work_requirements
