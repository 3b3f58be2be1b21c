//! `jindu check`: every mistake of a project at once, each with its file and its line.

use crate::support::{copy_project, jindu, run, scratch};
use std::path::Path;

/// A copy of the project with texts replaced (once each) and lines added; what `check` says of it on stderr.
fn check(changes: &[(&str, &str, &str)]) -> Vec<String> {
    let dir = scratch();
    copy_project(dir.path());
    for (file, old, new) in changes {
        let path = dir.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let changed = if old.is_empty() { format!("{text}{new}\n") } else { text.replacen(old, new, 1) };
        assert_ne!(text, changed, "{file} has no `{old}`");
        std::fs::write(&path, changed).unwrap();
    }
    let out = run(jindu(dir.path(), Path::new("nowhere"), Path::new("nowhere")).arg("check"));
    let said = String::from_utf8(out.stderr).unwrap();
    assert_eq!(out.status.code(), Some(if changes.is_empty() { 0 } else { 2 }), "{said}");
    said.lines().filter(|line| line.starts_with("error[")).map(str::to_owned).collect()
}

#[test]
fn a_whole_project_has_no_mistake() {
    assert_eq!(check(&[]), Vec::<String>::new());
}

#[test]
fn policy_rows_are_typed_and_their_keys_are_unique() {
    let targets = "sql/policy/targets.csv";
    let said = check(&[
        (targets, "T2,2018,38,", "T2,2018,abc,"),
        (targets, "T1,2018,400,false,2018-01-01", "T1,2018,400,false,2018-02-30"),
        (targets, "", "plan,220000,province,T3,2018,31,false,2018-01-01,,twice"),
        ("sql/policy/thresholds.csv", "\nlight_green_min,", "\n,"),
    ]);
    let lines: Vec<&str> = said.iter().map(|s| s.split(": ").next().unwrap()).collect();
    let last = std::fs::read_to_string(crate::support::project().join(targets)).unwrap().lines().count() + 1;
    assert_eq!(lines, ["error[policy_row]", "error[policy_row]", "error[policy_key_twice]", "error[policy_key_blank]"]);
    assert!(said[0].contains("targets.csv line 2: ") && said[0].contains("'2018-02-30'"), "{said:#?}");
    assert!(said[1].contains("targets.csv line 3: ") && said[1].contains("'abc'"), "{said:#?}");
    assert!(said[2].contains(&format!("targets.csv line {last}: ")) && said[2].ends_with("in line 4 already"));
    assert!(said[3].contains("thresholds.csv line 2: name is"), "{said:#?}");
}

#[test]
fn a_name_of_no_region_is_told() {
    let said = check(&[
        ("sql/policy/region_aliases.csv", "220102", "229999"),
        ("sql/policy/special_townships.csv", "X22CBS", "X22XXX"),
    ]);
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].ends_with("region_aliases.csv line 2: there is no region 229999"), "{said:#?}");
    assert!(said[1].ends_with("special_townships.csv line 2: there is no region X22XXX"), "{said:#?}");
}

#[test]
fn one_kind_of_mistake_hides_no_other() {
    let said = check(&[
        ("jobs/feeds/loans.toml", "", "x = ["),
        ("sql/policy/targets.csv", "T2,2018,38,", "T2,2018,abc,"),
        ("sql/measures/brokers.sql", "from staging.brokers", "from staging.brokerz"),
        ("sql/measures/fairs.sql", "", "where"),
        ("dashboards/help.toml", "order =", "ordre ="),
    ]);
    let keys: Vec<&str> = said.iter().map(|s| s.split([']', '[']).nth(1).unwrap()).collect();
    assert_eq!(keys, ["project_toml", "dashboard_shape", "model_sql", "policy_row"], "{said:#?}");
    // Without the broken feed, the table that no model makes is a mistake of its own.
    let said = check(&[
        ("sql/measures/brokers.sql", "from staging.brokers", "from staging.brokerz"),
        ("sql/policy/targets.csv", "T2,2018,38,", "T2,2018,abc,"),
    ]);
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].contains("[model_table_unknown]") && said[0].contains("staging.brokerz"), "{said:#?}");
    assert!(said[1].contains("[policy_row]"), "{said:#?}");
}

#[test]
fn a_panels_query_is_judged_at_its_line() {
    let file = "dashboards/ranking.toml";
    let text = std::fs::read_to_string(crate::support::project().join(file)).unwrap();
    let line = text.lines().position(|l| l.contains("from supervision.ranking")).unwrap() + 1;
    let said = check(&[(file, "from supervision.ranking", "from supervision.rankings")]);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].starts_with("error[dashboard_query]: dashboards/ranking.toml line "), "{said:#?}");
    let told: usize = said[0].split("line ").nth(1).unwrap().split(':').next().unwrap().parse().unwrap();
    assert!(told <= line && line - told < 30 && said[0].contains("supervision.rankings"), "{line}: {said:#?}");
}

#[test]
fn a_saved_query_is_judged_at_its_line() {
    let file = "sql/queries/breaches_by_rule.sql";
    let said = check(&[(file, "breaches.days_late)", "breaches.days_lat)")]);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].starts_with(&format!("error[query_saved]: {file} line 7: ")), "{said:#?}");
    let said = check(&[(file, "from supervision.breaches", "from staging.ledger as breaches")]);
    assert!(said.len() == 1 && said[0].contains("staging.ledger"), "{said:#?}");
    let said = check(&[(file, "-- zh:", "--")]);
    assert!(
        said.len() == 1 && said[0].starts_with(&format!("error[query_saved_header]: {file} line 1: ")),
        "{said:#?}"
    );
    let said = check(&[("dashboards/site.toml", "address = \"/sql\"", "address = \"/sqll\"")]);
    assert!(
        said.len() == 1 && said[0].starts_with("error[dashboard_own_page]: dashboards/site.toml line "),
        "{said:#?}"
    );
}

#[test]
fn a_chart_of_places_that_names_no_column_of_its_query_is_told() {
    let file = "dashboards/ranking.toml";
    let said = check(&[(
        file,
        "column = { zh = \"indicator\", en = \"indicator_en\" }\nlight = \"light\"\n",
        "light = \"lights\"\n",
    )]);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].starts_with("error[dashboard_part_missing]: dashboards/ranking.toml line "), "{said:#?}");
    assert!(said[0].contains("roles.column"), "{said:#?}");
    let said =
        check(&[(file, "light = \"light\"\ngap = \"gap_pp\"\nlink", "light = \"lights\"\ngap = \"gap_pp\"\nlink")]);
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].contains("dashboards/ranking.toml line ") && said[0].contains("lights"), "{said:#?}");
    let said = check(&[("sql/policy/region_tiles.csv", "220102,4,", "220102,four,")]);
    assert!(said[0].contains("region_tiles.csv line 2: "), "{said:#?}");
}
