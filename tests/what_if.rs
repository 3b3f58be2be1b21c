//! `jindu what-if`: another split is checked and compared, and nothing is published.

use crate::support::{ask, jindu, project, published_sample, run, run_well, scratch};
use serde_json::Value as Json;
use std::path::Path;

fn try_rows(rows: &str) -> Json {
    let dir = scratch();
    let file = dir.path().join("targets.csv");
    std::fs::write(&file, rows).unwrap();
    let mut command = jindu(&project(), published_sample(), Path::new("."));
    serde_json::from_str(&run_well(command.arg("what-if").arg(&file).args(["--format", "json"]))).unwrap()
}

fn wrong(rows: &str) -> String {
    let dir = scratch();
    let file = dir.path().join("targets.csv");
    std::fs::write(&file, rows).unwrap();
    let out = run(jindu(&project(), published_sample(), Path::new(".")).arg("what-if").arg(&file));
    assert_eq!(out.status.code(), Some(2));
    String::from_utf8(out.stderr).unwrap()
}

const HEADER: &str = "annex,region_code,indicator_id,year,target\n";

#[test]
fn moving_a_task_between_counties_changes_them_and_no_parent() {
    let editions = || run_well(jindu(&project(), published_sample(), Path::new(".")).arg("editions"));
    let before = editions();
    let sql = "select region_code, target from measures.progress
        where indicator_id = 'T1' and region_code in ('220821', '220822') order by 1";
    let now: Vec<i64> = ask(published_sample(), sql).iter().map(|r| r["target"].as_i64().unwrap()).collect();
    let (less, more) = (now[0] - 1, now[1] + 1);
    let said = try_rows(&format!("{HEADER}split,220821,T1,2018,{less}\nsplit,220822,T1,2018,{more}\n"));
    assert_eq!([&said["rows_replaced"], &said["rows_added"]], [2, 0]);
    let figures = said["differences"]["measures.progress"].as_array().unwrap();
    let changed: Vec<(&str, i64)> = figures
        .iter()
        .map(|row| (row["region_code"].as_str().unwrap(), row["target_after"].as_i64().unwrap()))
        .collect();
    assert_eq!(changed, [("220821", less), ("220822", more)], "the unit and the province keep their sum");
    assert!(said["checks"].as_array().unwrap().iter().all(|c| c["rows_after"] == 0), "{said:#}");
    assert_eq!(editions(), before, "nothing is published");
}

#[test]
fn a_split_that_no_longer_adds_up_fails_its_check() {
    let said = try_rows(&format!("{HEADER}split,220821,T1,2018,1\n"));
    let failing: Vec<&str> = said["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["rows_after"].as_i64() > Some(0))
        .map(|c| c["check"].as_str().unwrap())
        .collect();
    assert!(failing.contains(&"checks.counties_cover_units"), "{said:#}");
}

#[test]
fn rows_that_change_nothing_change_nothing() {
    let sql = "select target from measures.progress where indicator_id = 'T1' and region_code = '220821'";
    let target = ask(published_sample(), sql)[0]["target"].to_string();
    let said = try_rows(&format!("{HEADER}split,220821,T1,2018,{target}\n"));
    assert_eq!([&said["rows_replaced"], &said["rows_same"]], [0, 1]);
    assert_eq!(said["differences"]["measures.progress"], Json::Array(vec![]));
}

#[test]
fn what_cannot_be_tried_is_told_with_its_line() {
    let said = wrong(&format!("{HEADER}split,229999,T1,2018,8\n"));
    assert!(
        said.contains("line 2") && said.contains("split, 229999, T1, 2018") && said.contains("valid_from"),
        "{said}"
    );
    let said = wrong(&format!("{HEADER}split,220821,T1,2018,many\n"));
    assert!(said.contains("'many'"), "{said}");
    let said = wrong("annex,region,target\nsplit,220821,8\n");
    assert!(said.contains("`region`") && said.contains("region_code"), "{said}");
}
