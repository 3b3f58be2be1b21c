//! The rules of the plan, case by case: `tests/rules/*.txt` hold deliveries and what each rule must say of them. Everybody
//! in them is made up: `@7` in a cell is the ID number of the seventh person, `@7:20010930` of one born that day.

use crate::policy::{id, person};
use crate::support::{copy_project, jindu, project, run_well, scratch};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// One file of cases: what is delivered, further policy rows, the day, and what must come out.
struct Cases {
    name: String,
    day: String,
    files: Vec<(String, Vec<String>)>,
    policy: Vec<(String, Vec<String>)>,
    /// Changes of policy files: file, a text in it, what stands there instead.
    edits: Vec<[String; 3]>,
    expect: Vec<String>,
    reasons: Vec<String>,
    /// Questions, each with all its rows in order.
    asked: Vec<(String, Vec<String>)>,
}

fn read_cases(path: &Path) -> Cases {
    let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
    let mut cases = Cases {
        name,
        day: String::new(),
        files: vec![],
        policy: vec![],
        edits: vec![],
        expect: vec![],
        reasons: vec![],
        asked: vec![],
    };
    let text = std::fs::read_to_string(path).unwrap();
    let mut part = "";
    for line in text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        if let Some(day) = line.strip_prefix("day ") {
            cases.day = day.to_owned();
        } else if let Some(file) = line.strip_prefix("file ") {
            part = "file";
            cases.files.push((file.to_owned(), vec![]));
        } else if let Some(table) = line.strip_prefix("policy ") {
            part = "policy";
            cases.policy.push((table.to_owned(), vec![]));
        } else if let Some(edit) = line.strip_prefix("edit ") {
            let parts: Vec<String> = edit.split('|').map(str::to_owned).collect();
            cases.edits.push(parts.try_into().unwrap_or_else(|p| panic!("edit FILE|OLD|NEW: {p:?}")));
        } else if let Some(sql) = line.strip_prefix("ask ") {
            part = "ask";
            cases.asked.push((sql.to_owned(), vec![]));
        } else if line == "expect" || line == "reasons" {
            part = if line == "expect" { "expect" } else { "reasons" };
        } else {
            let into = match part {
                "file" => &mut cases.files.last_mut().unwrap().1,
                "policy" => &mut cases.policy.last_mut().unwrap().1,
                "ask" => &mut cases.asked.last_mut().unwrap().1,
                "expect" => &mut cases.expect,
                "reasons" => &mut cases.reasons,
                _ => panic!("{}: `{line}` stands under no heading", path.display()),
            };
            into.push(line.to_owned());
        }
    }
    let is_empty = cases.expect.is_empty() && cases.asked.is_empty();
    assert!(!cases.day.is_empty() && !is_empty, "{}: no day or nothing expected", path.display());
    cases
}

fn with_ids(line: &str) -> String {
    let cells = line.split(',').map(|cell| match cell.strip_prefix('@') {
        None => cell.to_owned(),
        Some(who) => match who.split_once(':') {
            None => person(who.parse().unwrap()),
            Some((number, born)) => id(born, number.parse().unwrap()),
        },
    });
    cells.collect::<Vec<_>>().join(",")
}

/// Delivers, runs one night, and asks.
struct Judged {
    dir: tempfile::TempDir,
}

impl Judged {
    fn new(cases: &Cases) -> Judged {
        let dir = scratch();
        let at = |path: &str| dir.path().join(path);
        copy_project(&at("project"));
        for [table, old, new] in &cases.edits {
            let path = at("project/sql/policy").join(format!("{table}.csv"));
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(text.matches(old.as_str()).count(), 1, "{}: `{old}` in {table}", cases.name);
            std::fs::write(path, text.replacen(old.as_str(), new, 1)).unwrap();
        }
        for (table, rows) in &cases.policy {
            let path = at("project/sql/policy").join(format!("{table}.csv"));
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(path, format!("{}\n{}\n", text.trim_end(), rows.join("\n"))).unwrap();
        }
        for (file, lines) in &cases.files {
            let path = at("inbox").join(format!("{file}.csv"));
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let text: String = lines.iter().map(|l| format!("{}\n", with_ids(l))).collect();
            std::fs::write(path, text).unwrap();
        }
        std::fs::create_dir_all(at("inbox")).unwrap();
        let mut night = jindu(&at("project"), &at("data"), &at("inbox"));
        run_well(night.args(["night", "--as-of", &cases.day]));
        let judged = Judged { dir };
        let rejects = judged.ask("select file, row_number, field, reason from meta.rejects");
        assert_eq!(rejects, Vec::<Json>::new(), "{}: a case's rows are meant to be accepted", cases.name);
        let refused = judged.ask("select file, refusal_reason from meta.deliveries where outcome = 'refused'");
        assert_eq!(refused, Vec::<Json>::new(), "{}: a case's files are meant to be accepted", cases.name);
        judged
    }

    fn ask(&self, sql: &str) -> Vec<Json> {
        let at = |path: &str| -> PathBuf { self.dir.path().join(path) };
        let mut command = jindu(&at("project"), &at("data"), Path::new("."));
        serde_json::from_str(&run_well(command.args(["query", sql, "--format", "json"]))).unwrap()
    }
}

/// A decimal as people write it: without the zeros behind the point that mean nothing.
fn plain(value: &Json) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match text.split_once('.') {
        _ if value.is_null() => String::new(),
        Some((whole, part)) if part.bytes().all(|b| b == b'0') => whole.to_owned(),
        Some(_) => text.trim_end_matches('0').to_owned(),
        None => text,
    }
}

fn check(path: &Path) -> Vec<String> {
    let cases = read_cases(path);
    let judged = Judged::new(&cases);
    let mut wrong = Vec::new();
    let mut compare = |rows: Vec<Json>, columns: &[&str], keys: usize, expected: &[String]| {
        let found: BTreeMap<String, String> = rows
            .iter()
            .map(|row| {
                let cells: Vec<String> = columns.iter().map(|c| plain(&row[*c])).collect();
                (cells[..keys].join(","), cells.join(","))
            })
            .collect();
        for line in expected {
            let key: Vec<&str> = line.split(',').take(keys).collect();
            let is = found.get(&key.join(",")).map_or("nothing", String::as_str);
            if is != line {
                wrong.push(format!("{}: expected {line}\n    is       {is}", cases.name));
            }
        }
    };
    let results =
        judged.ask("select rule_id, region_code, period, numerator, denominator, state from measures.rule_results");
    compare(results, &["rule_id", "region_code", "period", "numerator", "denominator", "state"], 3, &cases.expect);
    if !cases.reasons.is_empty() {
        let tables = crate::rules::evidence_tables();
        let union: Vec<String> =
            tables.iter().map(|t| format!("select rule_id, region_code, period, reason from {t}")).collect();
        let sql = format!(
            "select rule_id, region_code, period, reason, count(*) as n from ({}) group by 1, 2, 3, 4",
            union.join(" union all ")
        );
        compare(judged.ask(&sql), &["rule_id", "region_code", "period", "reason", "n"], 4, &cases.reasons);
    }
    for (sql, expected) in &cases.asked {
        let found: Vec<String> = judged
            .ask(sql)
            .iter()
            .map(|row| row.as_object().unwrap().values().map(plain).collect::<Vec<_>>().join(","))
            .collect();
        if found != *expected {
            wrong.push(format!("{}: {sql}\n    expected {expected:#?}\n    is       {found:#?}", cases.name));
        }
    }
    wrong
}

/// The evidence tables, by the models that make them.
pub fn evidence_tables() -> Vec<String> {
    let folder = std::fs::read_dir(project().join("sql/evidence")).unwrap();
    let mut names: Vec<String> =
        folder.map(|e| format!("evidence.{}", e.unwrap().path().file_stem().unwrap().to_str().unwrap())).collect();
    names.sort();
    names
}

/// Every file of cases; `JINDU_RULES=name` in the environment runs one alone.
#[test]
fn every_rule_judges_its_cases() {
    let only = std::env::var("JINDU_RULES").ok();
    let folder = std::fs::read_dir(project().join("tests/rules")).unwrap();
    let mut paths: Vec<PathBuf> = folder.map(|e| e.unwrap().path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "txt"));
    paths.retain(|p| only.as_ref().is_none_or(|name| p.file_stem().is_some_and(|s| s == name.as_str())));
    paths.sort();
    assert!(!paths.is_empty());
    let wrong: Vec<String> = paths.iter().flat_map(|path| check(path)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The ids that `measures.rule_results` has on the sample are those of the plan: T0–T10, A1–A8, …, K2, 84 in all.
#[test]
fn the_sample_has_every_rule_and_no_other() {
    const LAST: [(&str, u32, u32); 11] = [
        ("T", 0, 10),
        ("A", 1, 8),
        ("B", 1, 6),
        ("C", 1, 10),
        ("D", 1, 6),
        ("E", 1, 10),
        ("G", 1, 7),
        ("H", 1, 5),
        ("I", 1, 7),
        ("J", 1, 12),
        ("K", 1, 2),
    ];
    let ids: BTreeSet<String> =
        LAST.iter().flat_map(|(letter, first, last)| (*first..=*last).map(move |n| format!("{letter}{n}"))).collect();
    assert_eq!(ids.len(), 84);
    let rows =
        crate::support::ask(crate::support::published_sample(), "select distinct rule_id from measures.rule_results");
    let found: BTreeSet<String> = rows.iter().map(|r| r["rule_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(found, ids);
}

/// What a file of cases expects of a rule at `REGION/PERIOD`; `NAME:REGION/PERIOD` is in another file.
fn expected_state(cases_file: &str, rule: &str, place: &str) -> String {
    let (name, place) = place.split_once(':').unwrap_or((cases_file, place));
    let path = project().join("tests/rules").join(format!("{name}.txt"));
    let (region, period) = place.split_once('/').unwrap_or_else(|| panic!("{rule}: REGION/PERIOD, not `{place}`"));
    let start = format!("{rule},{region},{period},");
    let line = read_cases(&path).expect.into_iter().find(|line| line.starts_with(&start));
    let line = line.unwrap_or_else(|| panic!("{name}.txt expects nothing of `{start}`"));
    line.rsplit(',').next().unwrap_or_default().to_owned()
}

/// `tests/rules/boundaries.csv` names for every rule that a feed can answer the case exactly on its edge, which holds,
/// and the one just beyond, which does not.
#[test]
fn every_rule_is_judged_on_its_edge_and_just_beyond() {
    let rows = |path: &str| -> Vec<BTreeMap<String, String>> {
        let text = std::fs::read_to_string(project().join(path)).unwrap();
        csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
    };
    let mut edges = BTreeSet::new();
    for row in rows("tests/rules/boundaries.csv") {
        let rule = &row["rule_id"];
        assert!(edges.insert(rule.clone()), "{rule} stands there twice");
        assert!(row["boundary"].len() > 20, "{rule}: what is the boundary?");
        let within = expected_state(&row["cases_file"], rule, &row["within"]);
        assert!(["met", "attested"].contains(&within.as_str()), "{rule} within: {within}");
        let beyond = expected_state(&row["cases_file"], rule, &row["beyond"]);
        assert!(["not_met", "not_yet_due"].contains(&beyond.as_str()), "{rule} beyond: {beyond}");
    }
    let answered = rows("sql/policy/rules.csv")
        .into_iter()
        .filter(|row| ["records", "attestation"].contains(&row["proof"].as_str()))
        .map(|row| row["rule_id"].clone());
    assert_eq!(edges, answered.collect::<BTreeSet<String>>());
}
