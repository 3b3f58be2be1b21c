//! The whole shared delivery: a night over it gives exactly what `expected_totals.json` says.

use crate::support::{ask, night, project, scratch};
use serde_json::{Map, Value as Json, json};
use std::path::PathBuf;

/// The delivery lies beside the repository, where CI has it.
fn delivery() -> Option<PathBuf> {
    let path = project().join("../shared/extracts");
    if path.join("inbox").is_dir() {
        return Some(path);
    }
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{} is missing in CI", path.display());
    eprintln!("SKIPPED: {} is not there; the whole delivery was not loaded", path.display());
    None
}

/// `{key: number}` from rows of two columns.
fn counts(rows: &[Json], key: &str, value: &str) -> Json {
    Json::Object(rows.iter().map(|r| (r[key].as_str().unwrap().to_owned(), r[value].clone())).collect::<Map<_, _>>())
}

/// Leaves out what is zero: a reason that does not occur is not counted.
fn sorted(json: &Json) -> Vec<(String, u64)> {
    let mut out: Vec<_> = json
        .as_object()
        .unwrap()
        .iter()
        .map(|(k, v)| (k.clone(), v.as_u64().unwrap()))
        .filter(|(_, n)| *n > 0)
        .collect();
    out.sort();
    out
}

#[test]
fn the_whole_delivery_gives_the_expected_totals() {
    let Some(extracts) = delivery() else { return };
    let text = std::fs::read_to_string(extracts.join("expected_totals.json")).unwrap();
    let expected: Json = serde_json::from_str(&text).unwrap();
    let data = scratch();
    night(data.path(), &extracts.join("inbox"), expected["as_of"].as_str().unwrap());

    let files = ask(data.path(), "select outcome, count(*) as n from meta.deliveries group by outcome");
    assert_eq!(sorted(&counts(&files, "outcome", "n")), sorted(&expected["files"]), "files by outcome");
    let refused = ask(
        data.path(),
        "select refusal_reason, count(*) as n from meta.deliveries where outcome = 'refused' group by refusal_reason",
    );
    assert_eq!(sorted(&counts(&refused, "refusal_reason", "n")), sorted(&expected["refused_by_reason"]), "refusals");

    let feeds = ask(
        data.path(),
        "select feed, count(*) as files, sum(rows_delivered) as delivered, sum(rows_loaded) as loaded, \
        sum(rows_rejected) as rejected, sum(rows_dropped) as equal_dropped from meta.deliveries where outcome = 'current' group by feed",
    );
    let reasons = ask(
        data.path(),
        "select r.feed, r.reason, count(*) as n from meta.rejects r join meta.deliveries d \
        on d.feed = r.feed and d.file = r.file and d.sha256 = r.sha256 where d.outcome = 'current' group by r.feed, r.reason",
    );
    assert_eq!(feeds.len(), expected["in_force"].as_object().unwrap().len());
    for feed in &feeds {
        let name = feed["feed"].as_str().unwrap();
        let wanted = &expected["in_force"][name];
        for column in ["files", "delivered", "loaded", "rejected", "equal_dropped"] {
            assert_eq!(feed[column], wanted[column], "{name}: {column}");
        }
        let own: Vec<Json> = reasons.iter().filter(|r| r["feed"] == name).cloned().collect();
        assert_eq!(
            sorted(&counts(&own, "reason", "n")),
            sorted(&wanted["rejected_by_reason"]),
            "{name}: rejected by reason"
        );
    }
    let in_force = ask(data.path(), "select feed, sum(rows_loaded) as n from meta.slices group by feed");
    assert_eq!(sorted(&counts(&in_force, "feed", "n")), sorted(&expected["rows_in_force"]), "rows in force");

    let said = crate::recompute::recomputed(data.path(), &crate::recompute::TOLD);
    assert!(said.ends_with(" 0 differences"), "{said}");

    crate::reports::compare_due(&extracts, data.path());

    let province = ask(
        data.path(),
        "select indicator_id, actual, numerator, denominator, light from measures.progress where region_code = '220000' order by indicator_id",
    );
    assert_eq!(province.len(), 6);
    for row in &province {
        let wanted = &expected["province"][row["indicator_id"].as_str().unwrap()];
        assert_eq!(row["light"], wanted["light"], "{row}");
        if row["indicator_id"] == "T6" {
            assert_eq!(
                json!([row["numerator"], row["denominator"]]),
                json!([wanted["numerator"], wanted["denominator"]])
            );
        } else {
            let actual = row["actual"].as_f64().or_else(|| row["actual"].as_str()?.parse().ok()).unwrap();
            assert_eq!(actual, wanted["actual"].as_f64().unwrap(), "{row}");
        }
    }
}
