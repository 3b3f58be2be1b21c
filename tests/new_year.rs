//! A new year is only rows. What a clerk would add to the policy files for 2019 is added to a copy of the project, and both
//! years come out right: no line of Rust or SQL knows which year it is. Everybody in the deliveries is made up.

use crate::api::{get_well, served_by};
use crate::policy::{BROKERS, EVENTS, LEDGER, Province, ROSTER, SITES, TRAINING, figure, id, person};
use crate::support::{jindu, run};
use chrono::{Datelike, NaiveDate, Weekday};
use jindu::server::router;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const OLD_YEAR_END: &str = "2018-12-31";
const NEW_YEAR: &str = "2019-01-01";
const DAY: &str = "2019-06-30";

/// A poor county and its neighbour, of one unit.
const ZHENLAI: &str = "220821";
const TONGYU: &str = "220822";

// ---- What a clerk adds ----

/// A policy file as a clerk has it open: cells by their header.
struct Sheet {
    path: PathBuf,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

type Cells<'a> = &'a [(&'a str, &'a str)];

impl Sheet {
    fn open(project: &Path, name: &str) -> Sheet {
        let path = project.join(format!("sql/policy/{name}.csv"));
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
        let header = cells(reader.headers().unwrap());
        let rows = reader.records().map(|r| cells(&r.unwrap())).collect();
        Sheet { path, header, rows }
    }

    fn save(self) {
        let mut writer = csv::Writer::from_path(&self.path).unwrap();
        writer.write_record(&self.header).unwrap();
        self.rows.iter().for_each(|row| writer.write_record(row).unwrap());
        writer.flush().unwrap();
    }

    fn at(&self, column: &str) -> usize {
        self.header.iter().position(|name| name == column).unwrap_or_else(|| panic!("{:?} has no {column}", self.path))
    }

    fn set(&self, row: &mut [String], cells: Cells) {
        cells.iter().for_each(|(column, cell)| row[self.at(column)] = (*cell).to_owned());
    }

    /// A row that holds from the new year on.
    fn add(&mut self, cells: Cells) {
        let mut row = vec![String::new(); self.header.len()];
        self.set(&mut row, &[("valid_from", NEW_YEAR), ("reference", "the plan of 2019 (invented for a test)")]);
        self.set(&mut row, cells);
        self.rows.push(row);
    }

    /// The row that holds until now ends, and one that differs in these cells begins.
    fn change(&mut self, which: Cells, cells: Cells) {
        let is_it = |row: &Vec<String>| which.iter().all(|(column, cell)| row[self.at(column)] == *cell);
        let found: Vec<usize> = (0..self.rows.len()).filter(|i| is_it(&self.rows[*i])).collect();
        let [at] = found[..] else { panic!("{} rows of {:?} are {which:?}", found.len(), self.path) };
        let mut row = self.rows[at].clone();
        self.set(&mut row, &[("valid_from", NEW_YEAR), ("reference", "the plan of 2019 (invented for a test)")]);
        self.set(&mut row, cells);
        let valid_to = self.at("valid_to");
        self.rows[at][valid_to] = NEW_YEAR.to_owned();
        self.rows.push(row);
    }
}

/// The tasks of 2019: every county's own, from which units, province and annex 2 follow. Of 2018's: a fair more, a workshop
/// more, twice the bases, 20 people more to train, 10 brokers more; 65 % at work instead of 60 %.
fn add_targets(project: &Path) {
    let mut sheet = Sheet::open(project, "targets");
    let regions = Sheet::open(project, "regions");
    let unit_of: BTreeMap<&str, &str> =
        regions.rows.iter().map(|r| (r[0].as_str(), r[regions.at("unit_code")].as_str())).collect();
    let of_2018: Vec<Vec<String>> = sheet.rows.clone();
    let task = |row: &[String]| -> u64 {
        let old: u64 = row[5].parse().unwrap();
        match row[3].as_str() {
            "T1" | "T2" => old + 1,
            "T3" => 2 * old,
            "T4" => old + 20,
            "T5" => old + 10,
            _ => 65,
        }
    };
    let sum = |indicator: &str, is_part: &dyn Fn(&str) -> bool| -> u64 {
        let parts = of_2018.iter().filter(|r| r[0] == "split" && r[3] == indicator && is_part(&r[1]));
        parts.map(|r| task(r)).sum()
    };
    for row in &of_2018 {
        let [annex, region, level, indicator] = [0, 1, 2, 3].map(|i| row[i].as_str());
        let target = match annex {
            _ if indicator == "T6" => 65,
            "plan" => sum(indicator, &|_| true),
            "annex_1" => sum(indicator, &|county| unit_of.get(county) == Some(&region)),
            _ => sum(indicator, &|county| county == region),
        };
        sheet.add(&[
            ("annex", annex),
            ("region_code", region),
            ("level", level),
            ("indicator_id", indicator),
            ("year", "2019"),
            ("target", &target.to_string()),
            ("is_synthetic", "true"),
        ]);
    }
    sheet.save();
}

/// Training goes by steps in 2019; the others as before.
fn add_schedules(project: &Path) {
    let mut sheet = Sheet::open(project, "schedules");
    for (indicator, method) in [
        ("T1", "linear_by_day"),
        ("T2", "linear_by_day"),
        ("T3", "linear_by_day"),
        ("T4", "steps"),
        ("T5", "linear_by_day"),
        ("T6", "level"),
    ] {
        sheet.add(&[("indicator_id", indicator), ("year", "2019"), ("method", method)]);
    }
    sheet.save();
    let mut steps = Sheet::open(project, "schedule_steps");
    for (due_on, share) in [("2019-03-31", "0.2"), ("2019-06-30", "0.5"), ("2019-12-31", "1")] {
        let year = ("year", "2019");
        let set = [("set_by", "方案"), ("set_on", NEW_YEAR)];
        steps.add(&[("indicator_id", "T4"), year, ("due_on", due_on), ("share", share), set[0], set[1]]);
    }
    steps.save();
}

/// The days of 2019, offices closed at weekends and on two holidays.
fn add_calendar(project: &Path) {
    let mut sheet = Sheet::open(project, "calendar");
    let first: NaiveDate = NEW_YEAR.parse().unwrap();
    for day in first.iter_days().take_while(|day| day.year() == 2019) {
        let next = day.succ_opt().unwrap();
        let holiday = match (day.month(), day.day()) {
            (1, 1) => "元旦",
            (10, 1) => "国庆节",
            _ => "",
        };
        let is_weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let is_month_end = next.month() != day.month();
        sheet.add(&[
            ("day", &day.to_string()),
            ("year", "2019"),
            ("quarter", &day.quarter().to_string()),
            ("month", &day.month().to_string()),
            ("day_of_year", &day.ordinal().to_string()),
            ("days_in_year", "365"),
            ("is_working_day", &(holiday.is_empty() && !is_weekend).to_string()),
            ("is_month_end", &is_month_end.to_string()),
            ("is_quarter_end", &(is_month_end && day.month() % 3 == 0).to_string()),
            ("holiday", holiday),
        ]);
    }
    sheet.save();
}

/// Everything that the plan of 2019 asks of the policy files.
fn add_2019(project: &Path) {
    add_targets(project);
    add_schedules(project);
    add_calendar(project);

    // Numbers: up to 300,000 yuan for one person's venture, two people in a workshop, nobody below 18.
    let mut thresholds = Sheet::open(project, "thresholds");
    thresholds.change(&[("name", "loan_cap_person")], &[("value", "300000"), ("set_on", NEW_YEAR)]);
    thresholds.change(&[("name", "workshop_min_roster")], &[("value", "2"), ("set_on", NEW_YEAR)]);
    thresholds.change(&[("name", "age_min")], &[("value", "18"), ("set_on", NEW_YEAR)]);
    thresholds.save();

    // Venture courses count no more.
    let mut code_sets = Sheet::open(project, "code_sets");
    code_sets.change(&[("set_name", "training_counted"), ("code", "创业培训")], &[("in_set", "false")]);
    code_sets.save();

    // The sentences that hold the targets' numbers, and half of the loans subsidised is enough.
    let mut indicators = Sheet::open(project, "indicators");
    let mut rules = Sheet::open(project, "rules");
    for (id, quote) in [
        ("T1", "全年举办就业扶贫专场招聘会461场"),
        ("T4", "技能培训贫困劳动力6220人"),
        ("T6", "全省实现就业贫困劳动力占贫困劳动力总数的65%以上"),
    ] {
        indicators.change(&[("indicator_id", id)], &[("quote", quote)]);
        rules.change(&[("rule_id", id)], &[("quote", quote)]);
    }
    rules.change(&[("rule_id", "E9")], &[("threshold", "0.5")]);
    indicators.save();
    rules.save();

    // Ten days for the register of events instead of five.
    let mut due = Sheet::open(project, "deliveries_due");
    due.change(&[("feed", "events")], &[("due_days", "10"), ("set_on", NEW_YEAR)]);
    due.save();
}

// ---- What the counties deliver ----

const PAYMENTS: &str = "流水号,补贴类型,领取人身份证号,领取人,关联编号,金额(元),发放日期";
const LOANS: &str = "合同编号,借款人身份证号,借款人,贷款类型,贷款金额(元),放款日期,贴息金额(元)";

/// Zhenlai's files up to a month: the registers of its year, and the ledger of the month.
fn deliver(province: &Province, month: &str, registers: &[(&str, &str, Vec<String>)]) {
    // At 16 somebody counts in 2018 and not in 2019.
    let people = [(person(1), "转移就业"), (person(2), "未就业"), (id("20020901", 1), "转移就业")];
    let ledger: Vec<String> = people
        .iter()
        .map(|(id, status)| format!("{id},测试,,初中,普通劳动力,否,{status},建筑,有就业意愿,无,{month}-10"))
        .collect();
    province.deliver("ledger", &format!("{ZHENLAI}_{month}"), LEDGER, &ledger);
    // Nothing was paid.
    province.deliver("payments", &format!("{ZHENLAI}_{month}"), PAYMENTS, &[]);
    for (feed, header, rows) in registers {
        province.deliver(feed, &format!("{ZHENLAI}_{month}"), header, rows);
    }
}

fn rows(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|l| (*l).to_owned()).collect()
}

fn deliver_2018(province: &Province) {
    let (one, two) = (person(1), person(2));
    deliver(
        province,
        "2018-12",
        &[
            (
                "events",
                EVENTS,
                rows(&[
                    "a1,,专场招聘会,春季招聘会,2018-03-05,广场",
                    "a2,,专场招聘会,秋季招聘会,2018-09-05,广场",
                    "a3,,专场招聘会,年末招聘会,2018-12-31,广场",
                ]),
            ),
            (
                "sites",
                SITES,
                rows(&["W01,就业扶贫车间,,一号车间,2018-03-01,", "B01,返乡创业基地,省级,一号基地,2018-05-01,"]),
            ),
            ("site_roster", ROSTER, vec![format!("{one},W01,2018-03-01,")]),
            (
                "training",
                TRAINING,
                vec![
                    format!("{one},c1,就业技能培训,某学校,2018-03-01,2018-05-31,是"),
                    format!("{two},c2,创业培训,某学校,2018-06-01,2018-06-30,是"),
                ],
            ),
            ("brokers", BROKERS, (3..6).map(|n| broker(n, "2018-02-01", "")).collect()),
            (
                "loans",
                LOANS,
                vec![
                    format!("L1,{one},测试,个人,250000,2018-06-01,100"),
                    format!("L2,{two},测试,个人,200000,2018-12-31,"),
                ],
            ),
        ],
    );
}

fn broker(number: u32, from: &str, until: &str) -> String {
    format!("{},测试,{ZHENLAI}100201,{from},{until}", person(number))
}

/// The registers of 2019 repeat what still stands of 2018.
fn deliver_2019(province: &Province) {
    let (one, two) = (person(1), person(2));
    deliver(
        province,
        "2019-06",
        &[
            (
                "events",
                EVENTS,
                rows(&["a1,,专场招聘会,元旦招聘会,2019-01-01,广场", "a2,,专场招聘会,夏季招聘会,2019-06-30,广场"]),
            ),
            (
                "sites",
                SITES,
                rows(&[
                    "W01,就业扶贫车间,,一号车间,2018-03-01,",
                    "W02,就业扶贫车间,,一人车间,2019-02-01,",
                    "W03,就业扶贫车间,,二人车间,2019-03-01,",
                    "B01,返乡创业基地,省级,一号基地,2018-05-01,",
                    "B02,返乡创业基地,省级,二号基地,2019-01-01,",
                    "B03,返乡创业基地,省级,三号基地,2019-06-30,",
                ]),
            ),
            (
                "site_roster",
                ROSTER,
                vec![
                    format!("{one},W01,2018-03-01,"),
                    format!("{two},W02,2019-02-01,"),
                    format!("{one},W03,2019-03-01,"),
                    format!("{two},W03,2019-03-01,"),
                ],
            ),
            (
                "training",
                TRAINING,
                vec![
                    format!("{one},c3,就业技能培训,某学校,2019-01-01,2019-05-31,是"),
                    format!("{two},c4,创业培训,某学校,2019-03-01,2019-06-30,是"),
                ],
            ),
            (
                "brokers",
                BROKERS,
                vec![
                    broker(3, "2018-02-01", "2019-06-30"),
                    broker(4, "2018-02-01", ""),
                    broker(5, "2018-02-01", ""),
                    broker(6, "2019-01-15", ""),
                ],
            ),
            (
                "loans",
                LOANS,
                vec![
                    format!("L3,{one},测试,个人,250000,2019-01-01,100"),
                    format!("L4,{two},测试,个人,300000,2019-03-01,"),
                ],
            ),
        ],
    );
    let over = vec![format!("L1,{},测试,个人,300000.01,2019-03-01,", person(9))];
    province.deliver("loans", &format!("{TONGYU}_2019-06"), LOANS, &over);
}

// ---- What comes out ----

/// `numerator target expected light` of a place, by indicator.
fn standing(province: &Province, region: &str) -> Vec<String> {
    let progress = province.progress();
    let of = |indicator: &str| {
        let cell = |column| figure(&progress, region, indicator, column);
        format!("{indicator} {} {} {} {}", cell("numerator"), cell("target"), cell("expected"), cell("light"))
    };
    ["T1", "T2", "T3", "T4", "T5", "T6"].map(of).to_vec()
}

/// `numerator/denominator threshold state` of the rules about loans at a place.
fn loan_rules(province: &Province, region: &str) -> Vec<String> {
    let sql = format!(
        "select concat(rule_id, ' ', period, ' ', cast(numerator as integer), '/', cast(denominator as integer), ' ',
            cast(threshold as double), ' ', state) as line
        from measures.rule_results where region_code = '{region}' and rule_id in ('E6', 'E9') order by 1"
    );
    province.ask(&sql).iter().map(|r| r["line"].as_str().unwrap().to_owned()).collect()
}

fn breaches(province: &Province) -> Vec<String> {
    let sql = "select concat(region_code, ' ', cast(breached_on as varchar)) as line
        from supervision.breaches where rule_id = 'E6' order by 1";
    province.ask(sql).iter().map(|r| r["line"].as_str().unwrap().to_owned()).collect()
}

/// The contents of an edition's tables that the models make of deliveries, by name.
fn contents(province: &Province, edition: u64) -> BTreeMap<String, String> {
    let path = province.at(&format!("data/editions/{edition:06}.json"));
    let edition: Json = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let tables = edition["tables"].as_object().unwrap().iter();
    let is_result = |name: &str| {
        ["measures.", "evidence.", "supervision.", "reports.", "checks."].iter().any(|layer| name.starts_with(layer))
    };
    tables.filter(|(n, _)| is_result(n)).map(|(n, t)| (n.clone(), t["content"].to_string())).collect()
}

fn assert_same<T: PartialEq>(before: &BTreeMap<String, T>, after: &BTreeMap<String, T>) {
    assert!(before.len() > 20, "only {} are compared", before.len());
    assert!(before.keys().eq(after.keys()));
    let differ: Vec<&String> = before.iter().filter(|(n, said)| after[*n] != **said).map(|(n, _)| n).collect();
    assert_eq!(differ, Vec::<&String>::new(), "what was said of 2018 is otherwise now");
}

/// The rows of every panel of the pages that show results, in an edition, and of every saved query in the newest, which it is.
async fn pages(province: &Province, edition: u64) -> BTreeMap<String, Json> {
    let routes = router(served_by(&province.at("project"), &province.at("data")));
    let mut out = BTreeMap::new();
    for entry in std::fs::read_dir(province.at("project/sql/queries")).unwrap() {
        let path = entry.unwrap().path();
        let sql = std::fs::read_to_string(&path).unwrap();
        out.insert(path.display().to_string(), Json::Array(province.ask(&sql)));
    }
    for page in ["glance", "ranking", "supervision", "reports", "region", "indicator", "compare"] {
        let region = if ["region", "compare"].contains(&page) { "&region=220821" } else { "" };
        let text = get_well(&routes, &format!("/api/pages/{page}?edition={edition}{region}")).await;
        let answer: Json = serde_json::from_str(&text).unwrap();
        for panel in answer["panels"].as_array().unwrap() {
            out.insert(format!("{page}/{}", panel["panel"].as_str().unwrap()), panel["rows"].clone());
        }
    }
    out
}

#[tokio::test]
async fn a_new_year_is_only_rows() {
    let province = Province::new();
    deliver_2018(&province);
    province.night(OLD_YEAR_END);
    let in_2018 =
        ["T1 3 9 9 red", "T2 1 2 2 red", "T3 1 1 1 done", "T4 2 168 168 red", "T5 3 218 218 red", "T6 2 60 60 done"];
    let loans_in_2018 = ["E6 2018 1/2 1.0 not_met", "E9 2018 1/2 1.0 not_met"];
    assert_eq!(standing(&province, ZHENLAI), in_2018);
    assert_eq!(loan_rules(&province, ZHENLAI), loans_in_2018);
    assert_eq!(breaches(&province), ["220821 2018-06-01"]);
    let (tables, shown) = (contents(&province, 1), pages(&province, 1).await);

    // Without the year's targets nothing is said of it.
    let mut too_early = jindu(&province.at("project"), &province.at("data"), &province.at("inbox"));
    let refused = run(too_early.args(["night", "--as-of", DAY]));
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("check checks.year_has_targets failed"));

    // The rows come, and say nothing else of 2018.
    add_2019(&province.at("project"));
    province.night(OLD_YEAR_END);
    assert_same(&tables, &contents(&province, 2));
    assert_same(&shown, &pages(&province, 2).await);

    // 181 of 365 days, but half of the task for training; the register of 2018 is no report of 2019.
    province.night(DAY);
    let of = |indicator: &str, column: &str| figure(&province.progress(), ZHENLAI, indicator, column);
    assert_eq!((of("T1", "light"), of("T1", "actual")), ("not_reported".to_owned(), "null".to_owned()));
    deliver_2019(&province);
    province.night(DAY);
    let in_2019 = [
        "T1 2 10 4.958904 yellow",
        "T2 1 3 1.487671 yellow",
        "T3 2 2 0.991781 done",
        "T4 1 188 94 red",
        "T5 3 228 113.063014 red",
        "T6 1 65 65 yellow",
    ];
    assert_eq!(standing(&province, ZHENLAI), in_2019);
    assert_eq!(figure(&province.progress(), ZHENLAI, "T6", "denominator"), "2");
    let province_targets: Vec<String> =
        ["T1", "T3", "T4", "T6"].map(|t| figure(&province.progress(), "220000", t, "target")).to_vec();
    assert_eq!(province_targets, ["461", "60", "6220", "65"]);
    assert_eq!(loan_rules(&province, ZHENLAI), ["E6 2019 2/2 1.0 met", "E9 2019 1/2 0.5 met"]);
    assert_eq!(breaches(&province), ["220822 2019-03-01"], "above the new cap, in the other county");
    check_the_year(&province).await;

    // Asked again for 2018, all is as it was.
    province.night(OLD_YEAR_END);
    assert_eq!(standing(&province, ZHENLAI), in_2018);
    assert_eq!(loan_rules(&province, ZHENLAI), loans_in_2018);
    let newest = jindu::warehouse::Warehouse::open_existing(&province.at("data")).unwrap().edition(None).unwrap();
    assert_same(&tables, &contents(&province, newest.edition));
    assert_same(&shown, &pages(&province, newest.edition).await);
}

/// Periods, dates and words of the new year.
async fn check_the_year(province: &Province) {
    let periods = province.ask("select distinct substr(period, 1, 4) as year from measures.rule_results");
    assert_eq!(periods, [serde_json::json!({ "year": "2019" })]);
    let due = province.ask(&format!(
        "select period, due_on from meta.due where feed = 'events' and region_code = '{ZHENLAI}' order by period"
    ));
    let due: Vec<String> =
        due.iter().map(|d| format!("{} {}", d["period"].as_str().unwrap(), d["due_on"].as_str().unwrap())).collect();
    let wanted = ["2018-09 2018-10-05", "2018-12 2019-01-05", "2019-03 2019-04-10", "2019-06 2019-07-10"];
    assert_eq!(due, wanted, "five days in 2018, ten in 2019");
    let routes = router(served_by(&province.at("project"), &province.at("data")));
    let deadlines: Json = serde_json::from_str(&get_well(&routes, "/api/pages/glance/deadlines").await).unwrap();
    let hints: Vec<&Json> = deadlines["rows"].as_array().unwrap().iter().map(|r| &r["hint"]).collect();
    assert_eq!(hints, [&Json::from("2019-03-29"), &Json::from("2019-06-28"), &Json::Null, &Json::Null]);
    let rows = get_well(&routes, "/?lang=zh").await;
    assert!(!rows.contains("5000人"), "a sentence of 2018 stands on a page of 2019");
}
