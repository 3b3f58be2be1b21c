//! `jindu explain`: what it prints is what the tables hold, and what it cannot find it says with the nearest.

use crate::policy::person;
use crate::support::{SAMPLE_DAY, ask, folder_of_this_process, jindu, night, project, published_sample, run, run_well};
use serde_json::Value as Json;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Loans of three counties of one unit, published once: 220821 keeps the cap of personal loans, the others do not.
pub fn published_loans() -> &'static Path {
    static DATA: OnceLock<PathBuf> = OnceLock::new();
    DATA.get_or_init(|| {
        let dir = folder_of_this_process("published-loans-");
        let loans = dir.join("inbox/loans");
        std::fs::create_dir_all(&loans).unwrap();
        let header = "合同编号,借款人身份证号,借款人,贷款类型,贷款金额(元),放款日期";
        let write = |county: &str, amounts: &[&str]| {
            let lines = amounts.iter().enumerate().map(|(i, amount)| {
                format!("{county}-{i},{},测试,个人,{amount},2018-03-0{}", person(i as u32 + 1), i + 1)
            });
            let text = std::iter::once(header.to_owned()).chain(lines).collect::<Vec<_>>().join("\n");
            std::fs::write(loans.join(format!("{county}_2018-09.csv")), text + "\n").unwrap();
        };
        write("220821", &["200000"]);
        write("220822", &["100000", "200000.01", "150000"]);
        write("220881", &["200000.01", "300000"]);
        let data = dir.join("data");
        night(&data, &dir.join("inbox"), SAMPLE_DAY);
        data
    })
}

fn explain(data: &Path, args: &[&str]) -> String {
    run_well(jindu(&project(), data, Path::new(".")).arg("explain").args(args))
}

/// The exit code and what stands on stderr.
fn fails(args: &[&str]) -> (i32, String) {
    let out = run(jindu(&project(), published_sample(), Path::new(".")).arg("explain").args(args));
    assert!(out.stdout.is_empty(), "an error prints no figures");
    (out.status.code().unwrap(), String::from_utf8(out.stderr).unwrap())
}

fn json(data: &Path, args: &[&str]) -> Json {
    let args: Vec<&str> = args.iter().copied().chain(["--format", "json"]).collect();
    serde_json::from_str(&explain(data, &args)).unwrap()
}

#[test]
fn a_table_says_the_rule_the_figures_and_the_failing_records_first() {
    let text = explain(published_loans(), &["e6", "220822"]);
    for words in [
        "E6 Cap of personal loans\n",
        "220822 Tongyu County \u{b7} edition 1 \u{b7} as of 30 September 2018",
        "个人创业者贷款额度最高为20万元",
        "personal loans within the cap ÷ personal loans",
        "at least 100.00% (counted in loans)",
        "judged on any day",
        "the plan, part 2 (5)",
        "Records: 3, failing: 1",
    ] {
        assert!(text.contains(words), "`{words}` is not in\n{text}");
    }
    let line = |start: &str| text.lines().find(|l| l.starts_with(start)).unwrap_or_else(|| panic!("{start}\n{text}"));
    let figures: Vec<&str> = line("2018 ").split_whitespace().collect();
    assert_eq!(figures[..7], ["2018", "2", "3", "66.67%", "100.00%", "not", "met"]);
    let records: Vec<&str> = text.lines().filter(|l| l.starts_with("Tongyu County")).collect();
    assert_eq!(records.len(), 3);
    assert!(records[0].contains("220822-1") && records[0].contains("0/1"), "{}", records[0]);
    assert!(records[0].contains("the loan is above its cap") && records[0].contains("2018-03-02"));
    assert!(records[0].ends_with("loans/220822_2018-09.csv  3"), "{}", records[0]);
    assert!(records[1].contains("220822-0") && records[1].contains("1/1") && records[1].contains("counts"));
}

#[test]
fn the_same_in_chinese_which_is_the_language_unless_told() {
    let mut command = jindu(&project(), published_loans(), Path::new("."));
    let text = run_well(command.env_remove("JINDU_LANG").args(["explain", "个人贷款", "通榆", "--most", "1"]));
    for words in [
        "E6 个人贷款额度\n220822 通榆县",
        "方案原文：个人创业者贷款额度最高为20万元",
        "计算方法：不超过最高额度的个人贷款笔数÷个人贷款笔数",
        "不低于100.00%（以笔计）",
        "未达到",
        "贷款超过最高额度",
        "记录3条，其中不合要求1条",
    ] {
        assert!(text.contains(words), "`{words}` is not in\n{text}");
    }
    assert!(!text.contains("计入  "), "one record was asked for\n{text}");
}

#[test]
fn a_parents_records_are_those_of_all_its_parts() {
    let data = published_loans();
    for region in ["U08", "220000"] {
        let found = json(data, &["E6", region]);
        let keys: Vec<&str> =
            found["evidence"].as_array().unwrap().iter().map(|r| r["record_key"].as_str().unwrap()).collect();
        assert_eq!(keys, ["220822-1", "220881-0", "220881-1", "220821-0", "220822-0", "220822-2"], "{region}");
        assert_eq!((found["evidence_rows"].as_i64(), found["evidence_failing"].as_i64()), (Some(6), Some(3)));
        let figures = &found["figures"][0];
        assert_eq!((figures["numerator"].as_i64(), figures["denominator"].as_i64()), (Some(3), Some(6)));
        assert_eq!((figures["state"].as_str(), figures["is_partial"].as_bool()), (Some("not_met"), Some(true)));
    }
    let text = explain(data, &["E6", "U08"]);
    assert!(text.contains("50.00%") && text.contains("incomplete, without Taobei District, Da'an"), "{text}");
}

#[test]
fn json_and_csv_hold_what_the_tables_hold() {
    let data = published_sample();
    for (rule, region) in [("E6", "220000"), ("E10", "U01"), ("T1", "U09"), ("T6", "220821"), ("B6", "220822")] {
        let found = json(data, &[rule, region]);
        let sql = format!(
            "select period, numerator, denominator, value, threshold, state, due_on, days_late, missing_regions
            from measures.rule_results where rule_id = '{rule}' and region_code = '{region}' order by period"
        );
        let wanted = ask(data, &sql);
        let figures = found["figures"].as_array().unwrap();
        assert!(!wanted.is_empty() && figures.len() == wanted.len(), "{rule} {region}");
        for (figure, wanted) in figures.iter().zip(&wanted) {
            for (name, value) in wanted.as_object().unwrap() {
                assert_eq!(&figure[name], value, "{rule} {region} {name}");
            }
        }
        let each = crate::rules::evidence_tables();
        let each: Vec<String> = each.iter().map(|t| format!("select rule_id, region_code from {t}")).collect();
        let sql = format!(
            "select count(*) as n from ({}) as e where rule_id = '{rule}' and region_code in
                (select part_code from measures.region_parts where region_code = '{region}')",
            each.join(" union all ")
        );
        let n = ask(data, &sql)[0]["n"].as_u64().unwrap() as usize;
        assert_eq!(found["evidence"].as_array().unwrap().len(), n, "{rule} {region}: all records");
        let csv = explain(data, &[rule, region, "--format", "csv"]);
        assert_eq!(csv::Reader::from_reader(csv.as_bytes()).records().count(), n, "{rule} {region}: csv");
    }
    assert!(json(data, &["E6", "220000"])["evidence"].as_array().unwrap().len() > 40, "the sample has loans");
}

#[test]
fn people_may_write_names_in_every_way_that_is_not_ambiguous() {
    let data = published_loans();
    let wanted = explain(data, &["E6", "220821"]);
    for region in ["镇赉县", "镇赉", "zhenlai county", "白城市镇赉县", "Zhenlai"] {
        assert_eq!(explain(data, &["E6", region]), wanted, "{region}");
    }
    for rule in ["e6", " E6", "cap of personal loans", "personal LOANS", "个人贷款"] {
        assert_eq!(explain(data, &[rule, "220821"]), wanted, "{rule}");
    }
    // A unit and a county of one name: the rule judges units.
    assert!(explain(data, &["J1", "梅河口市"]).contains("U11 Meihekou"));
    assert_eq!(explain(data, &["E6", "220821", "--edition", "1", "--period", "2018"]), wanted);
}

#[test]
fn what_is_not_there_or_is_several_is_told_with_the_nearest() {
    let check = |args: &[&str], key: &str, words: &[&str]| {
        let (code, stderr) = fails(args);
        assert_eq!(code, 2, "{args:?}: {stderr}");
        for words in [&[key], words].concat() {
            assert!(stderr.contains(words), "{args:?}: `{words}` is not in\n{stderr}");
        }
    };
    check(&["loans", "220821"], "explain_rule_several", &["E6 Cap of personal", "E7 ", "E8 ", "E10 "]);
    check(&["E66", "220821"], "explain_rule_unknown", &["E6 Cap of personal loans"]);
    check(&["", "220821"], "explain_rule_unknown", &["policy.rules"]);
    check(&["E6", "吉林"], "explain_region_several", &["220000 Jilin Province", "U02 Jilin"]);
    check(&["E6", "梅河口"], "explain_region_several", &["U11", "220581"]);
    check(&["E6", "Zhenlay County"], "explain_region_unknown", &["220821 Zhenlai County"]);
    check(&["E6", "220821", "--period", "2017"], "explain_period", &["one of: 2018"]);
    check(&["J1", "220821"], "explain_scope", &["reporting units", "U08", "220000"]);
    check(&["E6", "220821", "--edition", "99"], "edition_unknown", &["the newest is 1"]);
}

/// A page cannot ask an edition which tables it has: its query must name them all.
#[test]
fn the_rules_page_reads_every_evidence_table() {
    let page = std::fs::read_to_string(project().join("dashboards/rule.toml")).unwrap();
    for table in crate::rules::evidence_tables() {
        assert!(page.contains(&format!("from {table} ")), "dashboards/rule.toml does not read {table}");
    }
}
