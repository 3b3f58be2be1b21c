//! Tests of the plan's rules at their bounds (DOMAIN.md §2), through the whole program: deliveries written here, one
//! night, the light that comes out. Everybody in them is made up.

use crate::support::{copy_project, jindu, project, run_well, scratch};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const DAY: &str = "2018-09-30";

/// Three counties of one unit: the lower code, the middle, the higher.
const ZHENLAI: &str = "220821";
const TONGYU: &str = "220822";
const TAONAN: &str = "220881";

/// A made-up ID number (GB 11643): region, day of birth as YYYYMMDD, a sequence whose last digit is odd for men.
pub fn id(born: &str, sequence: u32) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK_DIGITS: &[u8] = b"10X98765432";
    let body = format!("220821{born}{sequence:03}");
    assert_eq!(body.len(), 17, "{body}");
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{body}{}", char::from(CHECK_DIGITS[(sum % 11) as usize]))
}

/// Somebody of working age.
pub fn person(number: u32) -> String {
    id(&format!("1980{:02}{:02}", 1 + number / 900 % 12, 1 + number / 10800), number % 900)
}

#[test]
fn a_check_digit_is_that_of_the_standard() {
    // The example of GB 11643-1999.
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = "11010519491231002".bytes().zip(WEIGHTS).map(|(d, w)| u32::from(d - b'0') * w).sum();
    assert_eq!(b"10X98765432"[(sum % 11) as usize], b'X');
    assert!(id("19800101", 1).ends_with(|c: char| c.is_ascii_digit() || c == 'X'));
    let many: BTreeSet<String> = (0..26_000).map(person).collect();
    assert_eq!(many.len(), 26_000);
}

/// A province's deliveries in a scratch folder, its own copy of the project, and a warehouse.
pub struct Province {
    dir: TempDir,
}

impl Province {
    pub fn new() -> Province {
        let province = Province { dir: scratch() };
        copy_project(&province.at("project"));
        province
    }

    pub fn at(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// One file of one feed: `REGION_PERIOD`, the header, the rows.
    pub fn deliver(&self, feed: &str, name: &str, header: &str, rows: &[String]) {
        let folder = self.at("inbox").join(feed);
        std::fs::create_dir_all(&folder).unwrap();
        let text: String =
            std::iter::once(header).chain(rows.iter().map(String::as_str)).map(|l| format!("{l}\n")).collect();
        std::fs::write(folder.join(format!("{name}.csv")), text).unwrap();
    }

    fn ledger(&self, name: &str, rows: &[Labourer]) {
        self.deliver("ledger", name, LEDGER, &rows.iter().map(Labourer::row).collect::<Vec<_>>());
    }

    /// A county's task, instead of the one in the split.
    fn set_task(&self, region: &str, indicator: &str, task: &str) {
        let path = self.at("project/sql/policy/targets.csv");
        let text = std::fs::read_to_string(&path).unwrap();
        let start = format!("split,{region},county,{indicator},2018,");
        let changed: Vec<String> = text
            .lines()
            .map(|line| match line.strip_prefix(&start).and_then(|rest| rest.split_once(',')) {
                Some((_, rest)) => format!("{start}{task},{rest}"),
                None => line.to_owned(),
            })
            .collect();
        let changed = changed.join("\n") + "\n";
        assert!(changed.contains(&format!("{start}{task},")), "no task of {region} {indicator}");
        std::fs::write(path, changed).unwrap();
    }

    /// Further rows of a policy file.
    fn add_policy(&self, name: &str, rows: &str) {
        let path = self.at("project/sql/policy").join(format!("{name}.csv"));
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, format!("{}\n{rows}", text.trim_end())).unwrap();
    }

    pub fn night(&self, as_of: &str) {
        std::fs::create_dir_all(self.at("inbox")).unwrap();
        run_well(jindu(&self.at("project"), &self.at("data"), &self.at("inbox")).args(["night", "--as-of", as_of]));
        let rejects = self.ask("select file, row_number, field, reason from meta.rejects");
        assert_eq!(rejects, Vec::<Json>::new(), "a test's rows are meant to be accepted");
        let refused =
            self.ask("select file, refusal_reason, refusal_detail from meta.deliveries where outcome = 'refused'");
        assert_eq!(refused, Vec::<Json>::new(), "a test's files are meant to be accepted");
    }

    pub fn ask(&self, sql: &str) -> Vec<Json> {
        let command = &mut jindu(&self.at("project"), &self.at("data"), Path::new("."));
        serde_json::from_str(&run_well(command.args(["query", sql, "--format", "json"]))).unwrap()
    }

    pub fn progress(&self) -> BTreeMap<(String, String), Json> {
        let text = |row: &Json, name: &str| row[name].as_str().unwrap().to_owned();
        let rows = self.ask("select * from measures.progress");
        let progress: BTreeMap<_, _> =
            rows.into_iter().map(|r| ((text(&r, "region_code"), text(&r, "indicator_id")), r)).collect();
        assert_eq!(progress.len(), 75 * 6, "one row a region and indicator");
        const LIGHTS: [&str; 8] = ["done", "green", "watch", "yellow", "red", "not_reported", "no_task", "in_doubt"];
        assert!(progress.values().all(|r| LIGHTS.contains(&r["light"].as_str().unwrap_or("none"))));
        progress
    }
}

/// A figure of the progress, as text; `null` where it is unknown.
pub fn figure(progress: &BTreeMap<(String, String), Json>, region: &str, indicator: &str, column: &str) -> String {
    match &progress[&(region.to_owned(), indicator.to_owned())][column] {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn counted(progress: &BTreeMap<(String, String), Json>, indicator: &str, expected: &[(&str, &str)]) {
    for (region, number) in expected {
        assert_eq!(figure(progress, region, indicator, "numerator"), *number, "{region} {indicator}");
    }
}

pub const LEDGER: &str =
    "身份证号,姓名,性别,文化程度,技能水平,是否在校生,就业失业状况,求职意向,就业创业意愿,培训需求,更新日期";

/// A row of the ledger.
#[derive(Clone)]
struct Labourer {
    id: String,
    skill: &'static str,
    at_school: &'static str,
    status: &'static str,
    updated_on: &'static str,
}

impl Labourer {
    fn new(id: String, status: &'static str) -> Labourer {
        Labourer { id, skill: "普通劳动力", at_school: "否", status, updated_on: "2018-09-10" }
    }

    fn row(&self) -> String {
        let Labourer { id, skill, at_school, status, updated_on } = self;
        format!("{id},测试,,初中,{skill},{at_school},{status},建筑,有就业意愿,无,{updated_on}")
    }
}

pub const EVENTS: &str = "活动编号,县(市、区),活动类型,活动名称,举办日期,举办地点";
pub const SITES: &str = "编号,载体类型,级别,名称,认定时间,注销时间";
pub const ROSTER: &str = "身份证号,载体编号,上岗时间,离职时间";
pub const TRAINING: &str = "身份证号,班次编号,培训类型,培训机构,开班日期,结业日期,是否结业";
pub const BROKERS: &str = "身份证号,姓名,服务村代码,认定时间,撤销时间";

fn rows(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|l| (*l).to_owned()).collect()
}

/// Fairs (T1): only dedicated fairs of the year up to the day, each once however many rows report it.
#[test]
fn a_fair_counts_once_and_up_to_the_day() {
    let province = Province::new();
    let county = [
        "a1,,专场招聘会,最后一天招聘会,2018-09-30,广场",
        "a2,,专场招聘会,次日招聘会,2018-10-01,广场",
        "a3,,专场招聘会,元旦招聘会,2018-01-01,广场",
        "a4,,专场招聘会,去年招聘会,2017-12-31,广场",
        "a5,,送岗下乡,送岗,2018-05-01,广场",
        // One fair split into rows, and the same name on another day.
        "a6,,专场招聘会,春风(镇赉),2018-03-05,东门",
        "a7,,专场招聘会,春风（镇赉）,2018-03-05,西门",
        "a8,,专场招聘会,春 风(镇赉),2018-03-05,南门",
        "a9,,专场招聘会,春风(镇赉),2018-03-06,东门",
    ];
    province.deliver("events", &format!("{ZHENLAI}_2018-09"), EVENTS, &rows(&county));
    let unit = [
        // The county's fairs again: once with the county, once without.
        "u1,镇赉县,专场招聘会,春风(镇赉),2018-03-05,东门",
        "u2,,专场招聘会,最后一天招聘会,2018-09-30,广场",
        // A fair of the unit alone, and one that only the unit reports of a county.
        "u3,,专场招聘会,白城招聘会,2018-06-01,体育馆",
        "u4,通榆县,专场招聘会,通榆招聘会,2018-06-02,广场",
        // Same day and name, another county: another fair.
        "u5,洮南市,专场招聘会,春风(镇赉),2018-03-05,东门",
    ];
    province.deliver("events", "U08_2018-09", EVENTS, &rows(&unit));
    province.night(DAY);
    let progress = province.progress();
    counted(
        &progress,
        "T1",
        &[(ZHENLAI, "4"), (TONGYU, "1"), (TAONAN, "1"), ("U08", "7"), ("220000", "7"), ("POOR15", "6")],
    );
    // Tongyu delivered nothing itself, but the unit's file has a row for it.
    assert_eq!(figure(&progress, TONGYU, "T1", "has_reported"), "true");
    assert_eq!(figure(&progress, "220802", "T1", "light"), "not_reported");
}

/// Workshops (T2) and bases (T3): recognised in the year up to the day, not cancelled by it; a workshop with somebody of
/// the ledger at work in it.
#[test]
fn a_site_counts_from_its_recognition_until_its_cancellation() {
    let province = Province::new();
    let (worker, old, elsewhere, stranger) = (person(1), id("19500101", 1), person(2), person(3));
    province.ledger(
        &format!("{ZHENLAI}_2018-09"),
        &[Labourer::new(worker.clone(), "转移就业"), Labourer::new(old.clone(), "未就业")],
    );
    province.ledger(&format!("{TONGYU}_2018-09"), &[Labourer::new(elsewhere.clone(), "转移就业")]);
    let sites = [
        "W01,就业扶贫车间,,一月一日,2018-01-01,",
        "W02,就业扶贫车间,,去年,2017-12-31,",
        "W03,就业扶贫车间,,当日注销,2018-02-01,2018-09-30",
        "W04,就业扶贫车间,,次日注销,2018-02-01,2018-10-01",
        "W05,就业扶贫车间,,台账外的人,2018-02-01,",
        "W06,就业扶贫车间,,无人,2018-02-01,",
        "W07,就业扶贫车间,,当日离职,2018-02-01,",
        "W08,就业扶贫车间,,当日认定,2018-09-30,",
        "W09,就业扶贫车间,,次日认定,2018-10-01,",
        "W10,就业扶贫车间,,老人,2018-02-01,",
        "W11,就业扶贫车间,,外县的人,2018-02-01,",
        "W12,就业帮扶基地,,不是车间,2018-02-01,",
        "B01,返乡创业基地,省级,一月一日基地,2018-01-01,",
        "B02,返乡创业基地,省级,去年基地,2017-12-31,",
        "B03,返乡创业基地,省级,当日注销基地,2018-02-01,2018-09-30",
        "B04,返乡创业基地,省级,次日注销基地,2018-02-01,2018-10-01",
        "B05,返乡创业基地,市级,市级基地,2018-02-01,",
        "B06,返乡创业基地,国家级,国家级基地,2018-02-01,",
        "B07,返乡创业基地,,无级别基地,2018-02-01,",
        "B08,返乡创业基地,省级,当日认定基地,2018-09-30,",
        "B09,返乡创业基地,省级,次日认定基地,2018-10-01,",
    ];
    province.deliver("sites", &format!("{ZHENLAI}_2018-09"), SITES, &rows(&sites));
    let at = |person: &str, site: &str, from: &str, until: &str| format!("{person},{site},{from},{until}");
    let mut roster: Vec<String> =
        ["W01", "W02", "W03", "W04", "W09", "W12"].iter().map(|site| at(&worker, site, "2018-03-01", "")).collect();
    roster.push(at(&stranger, "W05", "2018-03-01", ""));
    roster.push(at(&worker, "W07", "2018-03-01", "2018-09-30"));
    roster.push(at(&worker, "W08", "2018-09-30", ""));
    roster.push(at(&old, "W10", "2018-03-01", "2018-10-01"));
    roster.push(at(&elsewhere, "W11", "2018-03-01", ""));
    province.deliver("site_roster", &format!("{ZHENLAI}_2018-09"), ROSTER, &roster);
    province.night(DAY);
    let progress = province.progress();
    let open = province.ask(
        "select site_id, ledger_persons, is_counted from measures.workshops
        where month = date '2018-09-30' order by site_id",
    );
    let open: Vec<(&str, i64, bool)> = open
        .iter()
        .map(|r| {
            (r["site_id"].as_str().unwrap(), r["ledger_persons"].as_i64().unwrap(), r["is_counted"].as_bool().unwrap())
        })
        .collect();
    let counts = [("W01", 1, true), ("W04", 1, true), ("W05", 0, false), ("W06", 0, false), ("W07", 0, false)];
    assert_eq!(open[..5], counts);
    assert_eq!(open[5..], [("W08", 1, true), ("W10", 1, true), ("W11", 1, true)]);
    counted(&progress, "T2", &[(ZHENLAI, "5"), ("U08", "5"), ("220000", "5")]);
    counted(&progress, "T3", &[(ZHENLAI, "3"), ("U08", "3"), ("220000", "3")]);
    // The day after, what was cancelled or ended on it is over, and what was recognised on it counts.
    province.night("2018-10-01");
    let progress = province.progress();
    counted(&progress, "T2", &[(ZHENLAI, "4")]);
    counted(&progress, "T3", &[(ZHENLAI, "3")]);
}

/// Training (T4): persons of the ledger, not person-times; a counted course begun in the year and ended by the day.
#[test]
fn a_trained_person_counts_once_where_the_ledger_has_them() {
    let province = Province::new();
    let here: Vec<String> = (10..21).map(person).collect();
    let (there, stranger) = (person(30), person(31));
    let ledger: Vec<Labourer> = here.iter().map(|id| Labourer::new(id.clone(), "未就业")).collect();
    province.ledger(&format!("{ZHENLAI}_2018-09"), &ledger);
    province.ledger(&format!("{TONGYU}_2018-09"), &[Labourer::new(there.clone(), "未就业")]);
    let course = |person: &str, class: &str, kind: &str, from: &str, until: &str, completed: &str| {
        format!("{person},{class},{kind},某学校,{from},{until},{completed}")
    };
    let training = [
        course(&here[0], "c1", "就业技能培训", "2018-01-01", "2018-03-31", "是"),
        course(&here[0], "c2", "劳务品牌培训", "2018-04-01", "2018-05-31", "是"),
        course(&here[1], "c3", "技工教育", "2018-03-01", "2018-06-30", "是"),
        course(&here[2], "c4", "创业培训", "2018-03-01", "2018-06-30", "是"),
        course(&here[3], "c5", "就业技能培训", "2017-12-31", "2018-02-28", "是"),
        course(&here[4], "c6", "实用技术培训", "2018-09-01", "2018-09-30", "是"),
        course(&here[5], "c7", "就业技能培训", "2018-09-01", "2018-10-01", "是"),
        course(&here[6], "c8", "就业技能培训", "2018-03-01", "2018-06-30", "否"),
        course(&here[7], "c9", "就业技能培训", "2018-03-01", "2018-06-30", ""),
        course(&here[8], "c10", "就业技能培训", "2018-03-01", "", "是"),
        // The shorter of two courses is complete.
        course(&here[9], "c11", "技工教育", "2018-03-01", "2018-08-31", "是"),
        course(&here[9], "c12", "就业技能培训", "2018-09-30", "2018-09-30", "是"),
        course(&there, "c1", "就业技能培训", "2018-01-01", "2018-03-31", "是"),
        course(&stranger, "c1", "就业技能培训", "2018-01-01", "2018-03-31", "是"),
    ];
    province.deliver("training", &format!("{ZHENLAI}_2018-09"), TRAINING, &training);
    province.night(DAY);
    let progress = province.progress();
    counted(&progress, "T4", &[(ZHENLAI, "4"), (TONGYU, "1"), ("U08", "5"), ("220000", "5"), ("POOR15", "5")]);
    // Tongyu's person was trained elsewhere; of itself it has delivered no training.
    assert_eq!(figure(&progress, TONGYU, "T4", "light"), "not_reported");
}

/// Brokers (T5): active on the day, whenever recognised; in two counties, where recognised last, then the lower code.
#[test]
fn a_broker_withdrawn_on_the_day_counts_no_more() {
    let province = Province::new();
    let broker =
        |number: u32, from: &str, until: &str| format!("{},测试,{ZHENLAI}100201,{from},{until}", person(number));
    let (moved, tied) = (90, 91);
    let here = [
        broker(1, "2015-06-01", ""),
        broker(2, "2018-01-01", "2018-09-30"),
        broker(3, "2018-01-01", "2018-10-01"),
        broker(4, "2018-09-30", ""),
        broker(5, "2018-10-01", ""),
        broker(6, "2018年3月", "至今"),
        broker(moved, "2018-01-01", ""),
        broker(tied, "2018-02-01", ""),
    ];
    province.deliver("brokers", &format!("{ZHENLAI}_2018-09"), BROKERS, &here);
    let there = [broker(moved, "2018-05-01", ""), broker(tied, "2018-02-01", "")];
    province.deliver("brokers", &format!("{TONGYU}_2018-09"), BROKERS, &there);
    province.night(DAY);
    counted(&province.progress(), "T5", &[(ZHENLAI, "5"), (TONGYU, "1"), ("U08", "6"), ("220000", "6")]);
    province.night("2018-09-29");
    counted(&province.progress(), "T5", &[(ZHENLAI, "5"), (TONGYU, "1"), ("U08", "6")]);
    province.night("2018-10-01");
    counted(&province.progress(), "T5", &[(ZHENLAI, "5"), (TONGYU, "1"), ("U08", "6")]);
    let active = province.ask("select count(*) as n from measures.brokers where month = date '2018-10-31'");
    assert_eq!(active[0]["n"], 6);
}

/// The share at work (T6): of whom, and who of them.
#[test]
fn the_denominator_is_of_age_able_and_not_at_school() {
    let province = Province::new();
    let with = |id: String, skill, at_school, status| Labourer { skill, at_school, ..Labourer::new(id, status) };
    let of = |born: &str, status| Labourer::new(id(born, 1), status);
    let people = [
        // Age on the day: 16 is in, 60 is out, for women too.
        (of("20020930", "转移就业"), Some(true)),
        (of("20021001", "转移就业"), None),
        (of("19580930", "转移就业"), None),
        (of("19581001", "转移就业"), Some(true)),
        (Labourer::new(id("19581001", 2), "转移就业"), Some(true)),
        // Skill: a blank is able.
        (with(person(1), "", "否", "转移就业"), Some(true)),
        (with(person(2), "技能劳动力", "否", "转移就业"), Some(true)),
        (with(person(3), "弱劳动力或半劳动力", "否", "转移就业"), None),
        (with(person(4), "丧失劳动力", "否", "转移就业"), None),
        (with(person(5), "无劳动力", "否", "转移就业"), None),
        // At school: a blank is not.
        (with(person(6), "普通劳动力", "是", "转移就业"), None),
        (with(person(7), "普通劳动力", "", "转移就业"), Some(true)),
        // Status: four count, farm work and a blank do not.
        (Labourer::new(person(8), "自主创业"), Some(true)),
        (Labourer::new(person(9), "公益性岗位"), Some(true)),
        (Labourer::new(person(10), "灵活就业"), Some(true)),
        (Labourer::new(person(11), "农业就业"), Some(false)),
        (Labourer::new(person(12), "未就业"), Some(false)),
        (Labourer::new(person(13), ""), Some(false)),
    ];
    let ledger: Vec<Labourer> = people.iter().map(|(l, _)| l.clone()).collect();
    province.ledger(&format!("{TAONAN}_2018-09"), &ledger);
    province.night(DAY);
    let progress = province.progress();
    let denominator = people.iter().filter(|(_, is)| is.is_some()).count().to_string();
    let numerator = people.iter().filter(|(_, is)| *is == Some(true)).count().to_string();
    assert_eq!((numerator.as_str(), denominator.as_str()), ("9", "12"));
    for region in [TAONAN, "U08", "POOR15", "220000"] {
        assert_eq!(figure(&progress, region, "T6", "numerator"), numerator, "{region}");
        assert_eq!(figure(&progress, region, "T6", "denominator"), denominator, "{region}");
        assert_eq!(figure(&progress, region, "T6", "actual"), "75", "{region}");
    }
    // The day after, the first is still 16 and the third still 60; those born on 1 October have changed sides.
    province.night("2018-10-01");
    let progress = province.progress();
    assert_eq!(figure(&progress, TAONAN, "T6", "denominator"), "11");
}

/// A person in two counties' ledgers counts once: where the newer updated_on is; ties at the lower code.
#[test]
fn a_person_in_two_ledgers_counts_once() {
    let province = Province::new();
    let on = |number: u32, updated_on, status| Labourer { updated_on, ..Labourer::new(person(number), status) };
    let (newer_there, newer_here, tied, blank_here, both_blank) = (1, 2, 3, 4, 5);
    province.ledger(
        &format!("{TONGYU}_2018-09"),
        &[
            on(newer_there, "2018-09-01", "转移就业"),
            on(newer_here, "2018-09-02", "转移就业"),
            on(tied, "2018-09-01", "转移就业"),
            on(blank_here, "", "转移就业"),
            on(both_blank, "", "转移就业"),
        ],
    );
    province.ledger(
        &format!("{TAONAN}_2018-09"),
        &[
            on(newer_there, "2018-09-02", "未就业"),
            on(newer_here, "2018-09-01", "未就业"),
            on(tied, "2018-09-01", "未就业"),
            on(blank_here, "2018-01-01", "未就业"),
            on(both_blank, "", "未就业"),
        ],
    );
    province.night(DAY);
    let progress = province.progress();
    let share =
        |region: &str| (figure(&progress, region, "T6", "numerator"), figure(&progress, region, "T6", "denominator"));
    let of = |n: &str, d: &str| (n.to_owned(), d.to_owned());
    assert_eq!(share(TONGYU), of("3", "3"));
    assert_eq!(share(TAONAN), of("0", "2"));
    assert_eq!(share("U08"), of("3", "5"));
    assert_eq!(share("220000"), of("3", "5"));
    let conflicts = province.ask("select person_key, region_code, is_placed from measures.conflicts");
    assert_eq!(conflicts.len(), 10, "five people, both places of each");
    assert_eq!(conflicts.iter().filter(|c| c["is_placed"] == true).count(), 5);
}

/// The ledger is the newest month of each county that is not after the day.
#[test]
fn a_county_that_skips_a_month_stays_in_the_denominator() {
    let province = Province::new();
    province.ledger(&format!("{TONGYU}_2018-07"), &[Labourer::new(person(1), "转移就业")]);
    province.ledger(&format!("{TAONAN}_2018-07"), &[Labourer::new(person(2), "转移就业")]);
    province.ledger(
        &format!("{TAONAN}_2018-08"),
        &[Labourer::new(person(2), "未就业"), Labourer::new(person(3), "未就业")],
    );
    province.ledger(&format!("{TAONAN}_2018-10"), &[]);
    province.night(DAY);
    let progress = province.progress();
    counted(&progress, "T6", &[(TONGYU, "1"), (TAONAN, "0"), ("U08", "1")]);
    assert_eq!(figure(&progress, "U08", "T6", "denominator"), "3");
    let months = province.ask(
        "select month, numerator, denominator from measures.monthly
        where region_code = 'U08' and indicator_id = 'T6' and month >= date '2018-06-30' order by month",
    );
    let months: Vec<String> =
        months.iter().map(|m| format!("{} {}/{}", m["month"], m["numerator"], m["denominator"])).collect();
    let wanted = ["\"2018-06-30\" null/null", "\"2018-07-31\" 2/2", "\"2018-08-31\" 1/3", "\"2018-09-30\" 1/3"];
    assert_eq!(months, wanted);
    // A ledger of nobody is a delivery: of an empty whole there is no share.
    province.night("2018-10-31");
    let progress = province.progress();
    assert_eq!(figure(&progress, TAONAN, "T6", "denominator"), "0");
    assert_eq!(figure(&progress, TAONAN, "T6", "actual"), "null");
    assert_eq!(figure(&progress, TAONAN, "T6", "has_reported"), "true");
    assert_eq!(figure(&progress, "U08", "T6", "denominator"), "1");
}

/// 59.996 % is not 60 %; a share is done only when the year is over.
#[test]
fn a_share_is_compared_as_an_exact_ratio() {
    let province = Province::new();
    let ledger = |employed: usize, all: usize, from: u32| -> Vec<Labourer> {
        let status = |i: usize| if i < employed { "转移就业" } else { "未就业" };
        (0..all).map(|i| Labourer::new(person(from + i as u32), status(i))).collect()
    };
    province.ledger(&format!("{ZHENLAI}_2018-09"), &ledger(14_999, 25_000, 0));
    province.ledger(&format!("{TONGYU}_2018-09"), &ledger(3, 5, 25_000));
    // The bounds of the lights: 54 % is a gap of exactly -10, 42 % of exactly -30.
    province.ledger(&format!("{TAONAN}_2018-09"), &ledger(27, 50, 25_100));
    province.ledger("220882_2018-09", &ledger(21, 50, 25_200));
    province.ledger("220802_2018-09", &ledger(26, 50, 25_300));
    province.ledger("222401_2018-09", &ledger(20, 50, 25_400));
    province.night(DAY);
    let progress = province.progress();
    let said = |region: &str| {
        let of = |column| figure(&progress, region, "T6", column);
        format!("{} {} {}", of("actual"), of("gap_pp"), of("light"))
    };
    assert_eq!(said(ZHENLAI), "59.996 -0.006667 watch");
    assert_eq!(said(TONGYU), "60 0 green");
    assert_eq!(said(TAONAN), "54 -10 watch");
    assert_eq!(said("220882"), "42 -30 yellow");
    assert_eq!(said("220802"), "52 -13.333333 yellow");
    assert_eq!(said("222401"), "40 -33.333333 red");
    // The ledger of September is still the newest on the last day of the year; only then 60 % is done.
    province.night("2018-12-31");
    let progress = province.progress();
    assert_eq!(figure(&progress, ZHENLAI, "T6", "light"), "watch");
    assert_eq!(figure(&progress, TONGYU, "T6", "light"), "done");
    province.night("2018-12-30");
    assert_eq!(figure(&province.progress(), TONGYU, "T6", "light"), "green");
}

/// The bounds of the lights of a count, on day 146 of 365: two fifths of the year.
#[test]
fn the_bounds_of_a_light_belong_to_the_better_one() {
    let province = Province::new();
    let fairs = |n: usize| (0..n).map(|i| format!("f{i},,专场招聘会,第{i}场,2018-02-01,广场")).collect::<Vec<_>>();
    // (county, task, fairs held, gap, light)
    let cases = [
        ("220102", "10", 4, "0", "green"),
        ("220103", "10.0001", 4, "-0.0004", "watch"),
        ("220104", "10", 3, "-10", "watch"),
        ("220105", "10.0001", 3, "-10.0003", "yellow"),
        ("220106", "10", 1, "-30", "yellow"),
        ("220112", "10.0001", 1, "-30.0001", "red"),
        ("220113", "10", 0, "-40", "red"),
        ("220122", "10", 10, "60", "done"),
        ("220182", "10.0001", 10, "59.999", "green"),
        ("220183", "0", 2, "null", "no_task"),
    ];
    for (county, task, n, ..) in cases {
        province.set_task(county, "T1", task);
        province.deliver("events", &format!("{county}_2018-05"), EVENTS, &fairs(n));
    }
    province.night("2018-05-26");
    let progress = province.progress();
    for (county, task, n, gap, light) in cases {
        let of = |column| figure(&progress, county, "T1", column);
        let said = (of("target"), of("actual"), of("gap_pp"), of("light"));
        let wanted = (task.to_owned(), n.to_string(), gap.to_owned(), light.to_owned());
        assert_eq!(said, wanted, "{county}");
    }
    // Work without a task is shown and adds to the parent.
    counted(&progress, "T1", &[("220183", "2"), ("U01", "38"), ("220000", "38")]);
    assert_eq!(figure(&progress, "U01", "T1", "target"), "90.0004");
}

/// Who delivered nothing is not reported, never zero; a parent says whom it lacks.
#[test]
fn not_reported_is_a_state_and_a_parent_names_whom_it_lacks() {
    let province = Province::new();
    province.night(DAY);
    let progress = province.progress();
    for ((region, indicator), row) in &progress {
        let wanted = if row["target"] == 0 || row["target"] == "0" { "no_task" } else { "not_reported" };
        assert_eq!(row["light"], wanted, "{region} {indicator}");
        assert!(
            row["actual"].is_null() && row["gap_pp"].is_null() && row["is_partial"] == false,
            "{region} {indicator}"
        );
    }
    let ranked = province.ask("select distinct standing from supervision.ranking");
    assert_eq!(ranked, [serde_json::json!({ "standing": "not_reported" })]);

    // One county reports a fair, another an empty register; the unit's other counties are missing.
    province.set_task("220802", "T1", "0");
    province.deliver("events", &format!("{ZHENLAI}_2018-09"), EVENTS, &rows(&["a,,专场招聘会,一场,2018-02-01,广场"]));
    province.deliver("events", &format!("{TONGYU}_2018-09"), EVENTS, &[]);
    province.night(DAY);
    let progress = province.progress();
    let of = |region: &str, column: &str| figure(&progress, region, "T1", column);
    assert_eq!((of(TONGYU, "actual").as_str(), of(TONGYU, "light").as_str()), ("0", "red"));
    assert_eq!((of(TAONAN, "actual").as_str(), of(TAONAN, "light").as_str()), ("null", "not_reported"));
    assert_eq!(of("220802", "light"), "no_task", "no task comes before not reported");
    assert_eq!((of("U08", "actual").as_str(), of("U08", "is_partial").as_str()), ("1", "true"));
    assert_eq!(of("U08", "missing_regions"), "洮南、大安", "who has no task is not missing");
    assert_eq!(of("U01", "light"), "not_reported", "all its parts are");
    assert_eq!(of("U01", "is_partial"), "false");
    assert_eq!(of("220000", "counties_missing"), "58");
    assert_eq!(of("220000", "is_partial"), "true");
}

/// An open dispute or verification makes the figure's light doubtful, until the day it is closed.
#[test]
fn an_open_dispute_puts_the_light_in_doubt() {
    let province = Province::new();
    province.add_policy(
        "disputes",
        "220821,T1,dispute,2018-09-30,,a test
220822,T1,verification,2018-09-01,2018-09-30,a test
220881,T1,dispute,2018-10-01,,a test
220882,T1,dispute,2018-09-01,,a test
220802,T1,dispute,2018-09-01,2018-10-01,a test
",
    );
    province.set_task("220802", "T1", "0");
    for county in ["220821", "220822", "220881", "220802"] {
        province.deliver("events", &format!("{county}_2018-09"), EVENTS, &[]);
    }
    province.night(DAY);
    let progress = province.progress();
    let lights: Vec<String> =
        ["220821", "220822", "220881", "220882", "220802"].map(|c| figure(&progress, c, "T1", "light")).to_vec();
    assert_eq!(lights, ["in_doubt", "red", "red", "not_reported", "no_task"]);
    assert_eq!(figure(&progress, "220821", "T2", "light"), "not_reported", "only the disputed figure");
}

/// The same deliveries in another order of files and rows give the same edition, table by table.
#[test]
fn the_order_of_files_and_rows_does_not_matter() {
    let (one, other) = (Province::new(), Province::new());
    // The same key, so that the same people have the same pseudonyms.
    for province in [&one, &other] {
        std::fs::create_dir_all(province.at("data")).unwrap();
        std::fs::write(province.at("data/pseudonym.key"), [7; 32]).unwrap();
    }
    let brokers = |from: u32| {
        (from..from + 20)
            .map(|n| format!("{},测试,{ZHENLAI}100201,2018-0{}-01,", person(n), 1 + n % 8))
            .collect::<Vec<_>>()
    };
    let labourers = |from: u32, updated_on: &'static str| -> Vec<String> {
        let status = |n: u32| if n.is_multiple_of(3) { "转移就业" } else { "未就业" };
        (from..from + 40).map(|n| Labourer { updated_on, ..Labourer::new(person(n), status(n)) }.row()).collect()
    };
    let fairs = |names: &[&str]| {
        let row = |(i, name): (usize, &&str)| format!("{i},,专场招聘会,{name},2018-03-0{},广场", 1 + i % 3);
        names.iter().enumerate().map(row).collect::<Vec<_>>()
    };
    let files: Vec<(&str, String, &str, Vec<String>)> = vec![
        ("ledger", format!("{ZHENLAI}_2018-09"), LEDGER, labourers(0, "2018-09-01")),
        ("ledger", format!("{TONGYU}_2018-09"), LEDGER, labourers(20, "2018-09-01")),
        ("ledger", format!("{TAONAN}_2018-08"), LEDGER, labourers(50, "2018-09-02")),
        ("brokers", format!("{ZHENLAI}_2018-09"), BROKERS, brokers(0)),
        ("brokers", format!("{TONGYU}_2018-09"), BROKERS, brokers(10)),
        ("events", format!("{ZHENLAI}_2018-09"), EVENTS, fairs(&["甲", "乙", "丙", "丁"])),
        ("events", "U08_2018-09".to_owned(), EVENTS, fairs(&["甲", "乙", "戊"])),
    ];
    for (feed, name, header, rows) in &files {
        one.deliver(feed, name, header, rows);
    }
    for (feed, name, header, rows) in files.iter().rev() {
        let mut rows = rows.clone();
        rows.reverse();
        other.deliver(feed, &format!("{name}_again"), header, &rows);
    }
    one.night(DAY);
    other.night(DAY);
    let contents = |province: &Province| -> BTreeMap<String, String> {
        let edition: Json =
            serde_json::from_slice(&std::fs::read(province.at("data/editions/000001.json")).unwrap()).unwrap();
        let tables = edition["tables"].as_object().unwrap().iter();
        // Rows as delivered say in which row of which file they stood.
        let is_result = |name: &str| !["raw.", "meta.", "staging."].iter().any(|layer| name.starts_with(layer));
        tables.filter(|(n, _)| is_result(n)).map(|(n, t)| (n.clone(), t["content"].to_string())).collect()
    };
    let (one_contents, other_contents) = (contents(&one), contents(&other));
    assert!(one_contents.len() > 30);
    // Where a row says which file and line it came from, it may say so otherwise, and nothing else.
    let rows_of = |province: &Province, table: &str| -> BTreeSet<String> {
        let mut rows = province.ask(&format!("select * from {table}"));
        for row in &mut rows {
            row.as_object_mut().unwrap().retain(|column, _| column != "source_file" && column != "source_row");
        }
        rows.iter().map(Json::to_string).collect()
    };
    let differ: Vec<&String> = one_contents
        .iter()
        .filter(|(n, c)| other_contents.get(*n) != Some(c) && rows_of(&one, n) != rows_of(&other, n))
        .map(|(n, _)| n)
        .collect();
    assert_eq!(differ, Vec::<&String>::new());
    assert_eq!(one_contents.len(), other_contents.len());
    let counted_fairs = one.ask("select count(*) as n from measures.fairs");
    assert_eq!(counted_fairs[0]["n"], 5);
}

/// The same bytes under many names, as when every county sends an empty form, are as many deliveries.
#[test]
fn counties_that_deliver_the_same_bytes_do_not_disturb_each_other() {
    let province = Province::new();
    let regions = std::fs::read_to_string(province.at("project/sql/policy/regions.csv")).unwrap();
    let counties: Vec<&str> =
        regions.lines().filter(|l| l.contains(",county,")).filter_map(|l| l.split(',').next()).collect();
    assert_eq!(counties.len(), 61);
    for county in &counties {
        province.deliver(
            "events",
            &format!("{county}_2018-09"),
            EVENTS,
            &rows(&["a,,专场招聘会,一场,2018-02-01,广场"]),
        );
        province.deliver("sites", &format!("{county}_2018-09"), SITES, &[]);
    }
    province.night(DAY);
    let progress = province.progress();
    counted(&progress, "T1", &[("220000", "61"), ("POOR15", "15"), (TONGYU, "1")]);
    counted(&progress, "T2", &[("220000", "0"), (TONGYU, "0")]);
}

/// Nothing in this file may depend on the repository's own data folder.
#[test]
fn the_project_itself_is_never_written() {
    assert!(project().join("sql/policy/targets.csv").is_file());
    let province = Province::new();
    province.set_task(ZHENLAI, "T1", "77");
    let own = std::fs::read_to_string(project().join("sql/policy/targets.csv")).unwrap();
    assert!(!own.contains(&format!("split,{ZHENLAI},county,T1,2018,77,")));
}

#[test]
fn neighbours_are_read_off_the_outlines_and_each_pair_stands_both_ways() {
    let rows = |name: &str| -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_path(project().join(format!("sql/policy/{name}.csv"))).unwrap();
        reader.deserialize().map(|row| row.unwrap()).collect()
    };
    let mut shared: BTreeMap<(String, String), usize> = BTreeMap::new();
    let outlines: Vec<(String, BTreeSet<String>)> = rows("region_outlines")
        .into_iter()
        .map(|row| {
            let points = row["outline"].replace(';', " ");
            (row["region_code"].clone(), points.split_whitespace().map(str::to_owned).collect())
        })
        .collect();
    for (one, points) in &outlines {
        for (other, others) in outlines.iter().filter(|(other, _)| other != one) {
            shared.insert((one.clone(), other.clone()), points.intersection(others).count());
        }
    }
    let mut wanted: BTreeSet<(String, String)> =
        shared.into_iter().filter(|(_, points)| *points >= 2).map(|(pair, _)| pair).collect();
    for row in rows("special_townships") {
        let pair = (row["region_code"].clone(), row["county_code"].clone());
        wanted.insert((pair.1.clone(), pair.0.clone()));
        wanted.insert(pair);
    }
    let found = rows("region_neighbours").into_iter();
    let found: BTreeSet<_> = found.map(|row| (row["region_code"].clone(), row["neighbour_code"].clone())).collect();
    assert!(found.iter().all(|(one, other)| found.contains(&(other.clone(), one.clone()))));
    assert_eq!(found, wanted);
}
