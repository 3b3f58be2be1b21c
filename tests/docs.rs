//! The documentation of tables: nothing lacks its sentence, and `jindu models` shows it.

use crate::support::{copy_project, jindu, project, published_sample, run, run_well, scratch};
use jindu::dashboards::read_dashboards;
use jindu::load::meta_schemas;
use jindu::models::{Docs, Gap, find_gaps};
use jindu::project::Project;
use serde_json::Value as Json;
use std::path::Path;

/// The documentation of this repository's project.
pub fn docs() -> Docs {
    let project = Project::read(&project()).unwrap();
    let questions = read_dashboards(&project.dir.join("dashboards")).questions();
    Docs::read(&project, &meta_schemas().unwrap(), &questions).unwrap()
}

/// A model that is only begun says so in place of its sentence.
const BEGUN: &str = "TITLE";

#[test]
fn every_table_and_column_has_a_sentence_in_both_languages() {
    let docs = docs();
    let mut gaps = find_gaps(&Project::read(&project()).unwrap(), &docs).unwrap();
    gaps.retain(|gap| !matches!(gap, Gap::Table { table, .. } if docs.get(table).unwrap().sentence.en == BEGUN));
    assert!(gaps.is_empty(), "write them in the model's header or in sql/columns.csv: {gaps:#?}");
}

/// A column means what the column means that it is a copy of, unless its table, layer or name has a row.
#[test]
fn a_word_is_written_once() {
    let docs = docs();
    let of = |table: &str, column: &str| docs.get(table).unwrap().column(column).unwrap().sentence.clone().unwrap().en;
    let contract = of("raw.ledger", "skill");
    assert_eq!(contract, "ability to work; a blank counts as able");
    assert_eq!(of("staging.ledger", "skill"), contract);
    assert_eq!(of("staging.ledger", "age_typed"), of("raw.ledger", "age"));
    assert_ne!(of("measures.rule_parts", "part_code"), of("policy.regions", "region_code"));
    assert_eq!(of("csv.regions", "parent_code"), of("policy.regions", "parent_code"));
}

#[test]
fn check_warns_of_what_has_no_sentence_and_fails_nothing() {
    let dir = scratch();
    copy_project(dir.path());
    let change = |file: &str, from: &str, to: &str| {
        let path = dir.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        std::fs::write(path, text.replace(from, to)).unwrap();
    };
    change("sql/measures/dates.sql", "-- zh:", "-- note:");
    change("sql/columns.csv", "\nmeasures.dates,on_ymd,", "\nmeasures.dates,on_nothing,");
    let out = run(jindu(dir.path(), Path::new("nowhere"), Path::new("nowhere")).arg("check"));
    let said = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(0), "{said}");
    for part in [
        "measures.dates lacks its sentence",
        "sql/measures/dates.sql",
        "columns of measures.dates have no sentence: on_ymd",
        "`measures.dates.on_nothing` holds for no column",
    ] {
        assert!(said.contains(part), "`{part}` is not in:\n{said}");
    }
}

fn models(data: &Path, args: &[&str]) -> String {
    run_well(jindu(&project(), data, Path::new("nowhere")).arg("models").args(args))
}

#[test]
fn models_lists_and_describes_with_and_without_an_edition() {
    let nowhere = Path::new("nowhere");
    let all = models(nowhere, &[]);
    assert!(all.contains("measures.progress") && all.contains("raw.ledger") && !all.contains("pages."), "{all}");
    assert!(models(nowhere, &["pages"]).contains("pages.glance:targets"));
    let layer = models(published_sample(), &["supervision"]);
    assert!(layer.lines().all(|l| !l.contains("measures.")) && layer.contains("weighted capped completion"), "{layer}");
    let one = models(published_sample(), &["measures.progress"]);
    for part in ["rows: 450", "reads: measures.monthly", "shown on: pages.", "pages.glance:", "status (就业失业状况)"]
    {
        assert!(one.contains(part), "`{part}` is not in:\n{one}");
    }
    let json: Json = serde_json::from_str(&models(nowhere, &["staging.ledger", "--format", "json"])).unwrap();
    let column = json["columns"].as_array().unwrap().iter().find(|c| c["column"] == "sex_typed").unwrap();
    assert_eq!((&column["is_copy"], &column["from"][0]["header"]), (&Json::Bool(true), &Json::from("性别")));
    assert_eq!((&json["rows"], json["sentence"]["zh"].is_string()), (&Json::Null, true));
}

#[test]
fn an_unknown_name_gets_the_nearest() {
    for (name, near) in [("measures.progres", "measures.progress"), ("ranking", "supervision.ranking")] {
        let out = run(jindu(&project(), Path::new("nowhere"), Path::new("nowhere")).args(["models", name]));
        let said = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(2), "{said}");
        assert!(said.contains(&format!("nearest name: {near};")), "{said}");
    }
}
