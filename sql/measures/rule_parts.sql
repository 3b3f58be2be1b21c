-- The places that each rule speaks of in each period, and whether they have reported what it is judged by.
-- zh: 每条规则各考核期涉及的地区,及其是否已报所需数据。
-- grain: rule_id, period, part_code
-- kept as: table
--
-- A month or quarter that is over must have been reported to its end, and a rule that is due on a day before the year's last to
-- that day; the year, and what still runs, by any file of the year. A rule that needs several feeds needs them all. A unit has reported with a file of its own or of any of its counties.
with
rules_in_force as (select * from measures.rules_in_force),

rule_feeds as (select * from policy.rule_feeds),

feed_reporting as (select * from measures.feed_reporting),

region_parts as (select * from measures.region_parts),

regions as (select * from policy.regions),

-- A rule meets every place of its scope.
places as (
    select
        rules_in_force.rule_id,
        rules_in_force.period,
        regions.region_code as part_code,
        case
            when rules_in_force.period_kind <> 'year' and rules_in_force.is_over then rules_in_force.ends_on
            when rules_in_force.due_on < rules_in_force.ends_on and rules_in_force.due_on <= rules_in_force.as_of
                then rules_in_force.due_on
        end as needed_until,
        rules_in_force.as_of
    from rules_in_force
    inner join regions
        on regions.valid_from <= rules_in_force.as_of
        and (regions.valid_to is null or regions.valid_to > rules_in_force.as_of)
        and (
            (rules_in_force.scope = 'county' and regions.level = 'county')
            or (rules_in_force.scope = 'poor_county' and regions.level = 'county' and regions.is_poor_county)
            or (rules_in_force.scope in ('unit', 'listed') and regions.level = 'unit')
            or (rules_in_force.scope = 'province' and regions.level = 'province')
        )
),

-- A place meets the feeds that its rule needs, or none.
needed as (
    select
        places.rule_id,
        places.period,
        places.part_code,
        places.needed_until,
        rule_feeds.feed,
        rule_feeds.reported_by
    from places
    left join rule_feeds
        on places.rule_id = rule_feeds.rule_id
        and rule_feeds.valid_from <= places.as_of
        and (rule_feeds.valid_to is null or rule_feeds.valid_to > places.as_of)
),

-- A unit's file, and its counties', speak for the unit.
reported_until as (
    select
        feed_reporting.feed,
        region_parts.region_code as part_code,
        max(feed_reporting.covers_until) as covers_until
    from feed_reporting
    inner join region_parts
        on feed_reporting.part_code = region_parts.part_code
    group by
        feed_reporting.feed,
        region_parts.region_code
),

anybody_until as (
    select
        feed,
        max(covers_until) as covers_until
    from feed_reporting
    group by feed
),

-- A needed feed meets at most one report of the place, and one of anybody.
answered as (
    select
        needed.rule_id,
        needed.period,
        needed.part_code,
        needed.feed is null
        or (
            needed.reported_by = 'any'
            and anybody_until.covers_until is not null
            and (needed.needed_until is null or anybody_until.covers_until >= needed.needed_until)
        )
        or (
            needed.reported_by = 'own'
            and reported_until.covers_until is not null
            and (needed.needed_until is null or reported_until.covers_until >= needed.needed_until)
        ) as is_answered
    from needed
    left join reported_until
        on needed.feed = reported_until.feed
        and needed.part_code = reported_until.part_code
    left join anybody_until
        on needed.feed = anybody_until.feed
),

rule_parts as (
    select
        rule_id,
        period,
        part_code,
        bool_and(is_answered) as has_reported
    from answered
    group by
        rule_id,
        period,
        part_code
)

select * from rule_parts
