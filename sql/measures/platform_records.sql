-- T10: which of the eight platforms each place has records of in the year, and in which feeds.
-- zh: T10 各地本年八个平台的记录数,按数据源。
-- grain: platform, feed, region_code
-- kept as: table
--
-- Every kind of record belongs to one platform. What happens on a day counts on its day; what lasts (sites, rosters, posts,
-- brokers, spells of work, courses) if it was open on any day of the year up to the as-of date; a brand once it is made.
-- Spells of work and the ledger are what 动态管理 keeps. The office's own inspections (自查, 省级督查), publicity and good
-- examples are of the plan's part 3, of no platform.
with
dates as (select * from measures.dates where is_current),

ledger_persons as (select * from measures.ledger_persons),

employment as (select * from measures.employment_in_force),

services as (select * from measures.services_in_force),

training as (select * from measures.training_in_force),

events as (select * from measures.events_in_force),

sites as (select * from measures.sites),

site_roster as (select * from measures.site_roster_in_force),

brokers as (select * from measures.brokers_in_force),

brands as (select * from measures.brands_in_force),

payments as (select * from measures.payments_in_force),

loans as (select * from measures.loans_in_force),

posts as (select * from measures.posts_in_force),

inspections as (select * from measures.inspections_in_force),

record_platforms as (
    select *
    from (
        values
        ('ledger', '', '动态管理'),
        ('employment', '', '动态管理'),
        ('services', '摸底核实', '动态管理'),
        ('services', '跟踪回访', '动态管理'),
        ('services', '岗位推荐', '用工对接'),
        ('services', '职业指导', '用工对接'),
        ('services', '政策咨询', '用工对接'),
        ('services', '创业指导', '创业服务'),
        ('services', '项目推介', '创业服务'),
        ('events', '专场招聘会', '用工对接'),
        ('events', '送岗下乡', '用工对接'),
        ('events', '就业援助月', '用工对接'),
        ('events', '春风行动', '用工对接'),
        ('events', '民营企业招聘周', '用工对接'),
        ('events', '高校毕业生就业服务月', '用工对接'),
        ('events', '岗位采集', '用工对接'),
        ('events', '紧缺工种目录发布', '技能培训'),
        ('events', '劳务协作对接', '劳务输出'),
        ('training', '', '技能培训'),
        ('sites', '人力资源市场', '用工对接'),
        ('sites', '就业扶贫车间', '帮扶吸纳'),
        ('sites', '返乡创业基地', '帮扶吸纳'),
        ('sites', '就业帮扶基地', '帮扶吸纳'),
        ('site_roster', '', '帮扶吸纳'),
        ('loans', '', '创业服务'),
        ('posts', '', '公益岗位'),
        ('brokers', '', '劳务输出'),
        ('brands', '', '劳务输出'),
        ('inspections', '日常巡视', '维权保障'),
        ('inspections', '专项检查', '维权保障'),
        ('payments', '职业培训补贴', '技能培训'),
        ('payments', '职业技能鉴定补贴', '技能培训'),
        ('payments', '雨露计划补助', '技能培训'),
        ('payments', '项目制培训补贴', '技能培训'),
        ('payments', '车间奖补', '帮扶吸纳'),
        ('payments', '基地补助', '帮扶吸纳'),
        ('payments', '初创企业补贴', '创业服务'),
        ('payments', '创业担保贷款贴息', '创业服务'),
        ('payments', '社会保险补贴', '公益岗位'),
        ('payments', '求职创业补贴', '公益岗位'),
        ('payments', '就业见习补贴', '公益岗位'),
        ('payments', '岗位补贴', '公益岗位'),
        ('payments', '就业创业服务补贴', '劳务输出')
    ) as record_platforms (feed, kind, platform)
),

-- What happens on one day ends on it; who is in the ledger is there on the day measured.
records as (
    select 'ledger' as feed, '' as kind, region_code, cast(null as date) as started_on, cast(null as date) as ended_on
    from ledger_persons
    union all
    select 'employment' as feed, '' as kind, region_code, started_on, ended_on from employment
    union all
    select 'services' as feed, kind, region_code, served_on as started_on, served_on as ended_on from services
    union all
    select 'events' as feed, kind, region_code, held_on as started_on, held_on as ended_on from events
    union all
    select 'training' as feed, '' as kind, region_code, started_on, ended_on from training
    union all
    select 'sites' as feed, kind, region_code, recognised_on as started_on, cancelled_on as ended_on from sites
    union all
    select 'site_roster' as feed, '' as kind, region_code, started_on, ended_on from site_roster
    union all
    select 'loans' as feed, '' as kind, region_code, lent_on as started_on, lent_on as ended_on from loans
    union all
    select 'posts' as feed, '' as kind, region_code, started_on, ended_on from posts
    union all
    select 'brokers' as feed, '' as kind, region_code, recognised_on as started_on, withdrawn_on as ended_on from brokers
    union all
    select 'brands' as feed, '' as kind, region_code, recognised_on as started_on, cast(null as date) as ended_on from brands
    union all
    select 'inspections' as feed, kind, region_code, inspected_on as started_on, inspected_on as ended_on from inspections
    union all
    select 'payments' as feed, kind, region_code, paid_on as started_on, paid_on as ended_on from payments
),

-- A record meets the one day measured and the one platform of its kind.
platform_records as (
    select
        record_platforms.platform,
        records.feed,
        records.region_code,
        count(*) as records,
        max(records.started_on) as newest_on
    from records
    inner join dates
        on (records.started_on is null or records.started_on <= dates.on_date)
        and (
            records.started_on >= dates.year_starts_on
            or records.ended_on is null
            or records.ended_on > dates.year_starts_on
        )
    inner join record_platforms
        on records.feed = record_platforms.feed
        and records.kind = record_platforms.kind
    group by
        record_platforms.platform,
        records.feed,
        records.region_code
)

select * from platform_records
