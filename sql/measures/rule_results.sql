-- Every rule of the plan at every place and in every period that it speaks of: figures, threshold, state.
-- zh: 84条规则在各地区、各考核期的结果:分子、分母、标准、状态。
-- grain: rule_id, region_code, period
-- kept as: table
--
-- value = numerator / denominator, rounded once; a rule holds where numerator >= threshold * denominator, which is exact.
-- state, exactly one: met, attested (met by papers), not_met, not_yet_due, not_reported, not_applicable (nothing to judge),
-- in_doubt.
-- A parent is the sum of its parts that have reported; is_partial and missing_regions say which have not. A part that has not
-- reported still counts where its evidence already holds. The six targets are judged by measures.progress.
-- days_late: of a rule not met after its day, the longest delay among its records; up to the as-of date where one is still open.
with
rules_in_force as (select * from measures.rules_in_force),

rule_parts as (select * from measures.rule_parts),

rule_counts as (select * from measures.rule_counts),

region_parts as (select * from measures.region_parts),

progress as (select * from measures.progress),

indicators as (select * from policy.indicators),

regions as (select * from policy.regions),

disputes as (select * from policy.disputes),

context as (select * from run.context),

region_names as (
    select
        regions.region_code,
        regions.short_name,
        regions.sort_order
    from regions
    inner join context
        on regions.valid_from <= context.as_of
        and (regions.valid_to is null or regions.valid_to > context.as_of)
),

open_disputes as (
    select distinct
        disputes.region_code,
        disputes.indicator_id as rule_id
    from disputes
    inner join context
        on disputes.valid_from <= context.as_of
        and (disputes.valid_to is null or disputes.valid_to > context.as_of)
),

-- A place in scope meets at most one count; a listed rule speaks of the places that its evidence names.
part_counts as (
    select
        rule_parts.rule_id,
        rule_parts.period,
        rule_parts.part_code,
        rule_parts.has_reported
        or (
            rule_counts.denominator > 0
            and rule_counts.numerator >= rule_counts.denominator
        ) as is_known
    from rule_parts
    inner join rules_in_force
        on rule_parts.rule_id = rules_in_force.rule_id
        and rule_parts.period = rules_in_force.period
    left join rule_counts
        on rule_parts.rule_id = rule_counts.rule_id
        and rule_parts.period = rule_counts.period
        and rule_parts.part_code = rule_counts.part_code
    where rules_in_force.scope <> 'listed'
        or rule_counts.part_code is not null
),

-- A place in scope meets every region that it adds to.
scoped as (
    select
        part_counts.rule_id,
        part_counts.period,
        region_parts.region_code,
        count(*) as n_parts,
        count(*) filter (where not coalesce(part_counts.is_known, false)) as n_parts_missing,
        cast(
            string_agg(region_names.short_name, '、' order by region_names.sort_order)
                filter (where not coalesce(part_counts.is_known, false))
            as varchar
        ) as missing_regions
    from part_counts
    inner join region_parts
        on part_counts.part_code = region_parts.part_code
    inner join region_names
        on part_counts.part_code = region_names.region_code
    group by
        part_counts.rule_id,
        part_counts.period,
        region_parts.region_code
),

-- A count meets every region that it adds to, unless its place is one that has not reported.
summed as (
    select
        rule_counts.rule_id,
        rule_counts.period,
        region_parts.region_code,
        sum(rule_counts.numerator) as numerator,
        sum(rule_counts.denominator) as denominator,
        sum(rule_counts.n_evidence) as n_evidence,
        sum(rule_counts.n_failing) as n_failing,
        max(rule_counts.days_late) as days_late,
        sum(rule_counts.n_open) as n_open,
        min(rule_counts.first_failing_on) as first_failing_on
    from rule_counts
    inner join region_parts
        on rule_counts.part_code = region_parts.part_code
    left join part_counts
        on rule_counts.rule_id = part_counts.rule_id
        and rule_counts.period = part_counts.period
        and rule_counts.part_code = part_counts.part_code
    where part_counts.part_code is null
        or part_counts.is_known
    group by
        rule_counts.rule_id,
        rule_counts.period,
        region_parts.region_code
),

-- A region in scope meets its sum, or nothing was found; of the six targets also their progress.
joined as (
    select
        scoped.rule_id,
        scoped.region_code,
        scoped.period,
        rules_in_force.platform,
        rules_in_force.scope,
        rules_in_force.severity,
        rules_in_force."trigger",
        rules_in_force.proof,
        rules_in_force.period_kind,
        rules_in_force.due_on,
        rules_in_force.is_over,
        rules_in_force.as_of,
        scoped.n_parts,
        case
            when progress.region_code is null then scoped.n_parts_missing
            else coalesce(progress.counties_missing, 0)
        end as n_parts_missing,
        case when progress.region_code is null then scoped.missing_regions else progress.missing_regions end as missing_regions,
        open_disputes.rule_id is not null as is_disputed,
        progress.light,
        case
            when progress.region_code is null then rules_in_force.threshold
            when indicators.kind = 'share' then cast(progress.target / 100 as decimal(18, 6))
            else cast(progress.target as decimal(18, 6))
        end as threshold,
        cast(
            case
                when progress.region_code is null then coalesce(summed.numerator, 0)
                else progress.numerator
            end
            as decimal(18, 2)
        ) as numerator,
        cast(
            case
                when progress.region_code is null then coalesce(summed.denominator, 0)
                else progress.denominator
            end
            as decimal(18, 2)
        ) as denominator,
        coalesce(summed.n_evidence, 0) as n_evidence,
        coalesce(summed.n_failing, 0) as n_failing,
        summed.days_late,
        summed.n_open,
        summed.first_failing_on
    from scoped
    inner join rules_in_force
        on scoped.rule_id = rules_in_force.rule_id
        and scoped.period = rules_in_force.period
    left join summed
        on scoped.rule_id = summed.rule_id
        and scoped.period = summed.period
        and scoped.region_code = summed.region_code
    left join progress
        on scoped.rule_id = progress.indicator_id
        and scoped.region_code = progress.region_code
    left join indicators
        on scoped.rule_id = indicators.indicator_id
        and indicators.valid_from <= rules_in_force.as_of
        and (indicators.valid_to is null or indicators.valid_to > rules_in_force.as_of)
    left join open_disputes
        on scoped.rule_id = open_disputes.rule_id
        and scoped.region_code = open_disputes.region_code
),

held as (
    select
        *,
        numerator >= threshold * denominator as holds,
        due_on is null or as_of >= due_on as is_due
    from joined
),

stated as (
    select
        *,
        case
            when proof = 'lacks' then 'not_reported'
            when proof = 'elsewhere' then 'not_applicable'
            when light = 'not_reported' then 'not_reported'
            when light is null and n_parts = n_parts_missing and denominator = 0 then 'not_reported'
            when light = 'no_task' then 'not_applicable'
            when is_disputed or light = 'in_doubt' then 'in_doubt'
            when light = 'done' then 'met'
            when light is not null and not is_due then 'not_yet_due'
            when denominator = 0 then 'not_applicable'
            when not is_due and (not holds or period_kind <> 'year') then 'not_yet_due'
            when holds and proof = 'attestation' then 'attested'
            when holds then 'met'
            else 'not_met'
        end as state
    from held
),

-- A division keeps four decimals more than its numerator has: 13 here, which the cast to 6 rounds half up.
rule_results as (
    select
        rule_id,
        region_code,
        period,
        platform,
        severity,
        "trigger",
        proof,
        case when state <> 'not_reported' then numerator end as numerator,
        case when state <> 'not_reported' then denominator end as denominator,
        case
            when state <> 'not_reported' then cast(
                cast(numerator as decimal(31, 9)) / cast(nullif(denominator, 0) as decimal(17, 2)) as decimal(18, 6)
            )
        end as value,
        threshold,
        state,
        is_due,
        due_on,
        case
            when state <> 'not_met' then null
            when n_open = 0 then days_late
            else greatest(cast(as_of as integer) - cast(due_on as integer), days_late)
        end as days_late,
        case when state = 'not_met' then first_failing_on end as first_failing_on,
        n_evidence,
        n_failing,
        n_parts,
        n_parts_missing,
        n_parts_missing > 0 and n_parts_missing < n_parts as is_partial,
        missing_regions,
        as_of
    from stated
)

select * from rule_results
