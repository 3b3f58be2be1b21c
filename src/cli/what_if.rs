//! `jindu what-if FILE`: policy rows as they would be, checked and compared with an edition; nothing is published.

use super::{Env, WhatIfArgs, WhatIfFormat, output};
use crate::error::{Error, Result};
use crate::models::{Graph, check_policy_rows, nearest, try_policy};
use crate::project::{Changed, CsvFile, change_rows};
use crate::rows::{Rows, Value};
use crate::warehouse::{Edition, Limits, Reader, plain_rows};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is compared: figures and places. The columns are those that a project with targets has; a table that a project does
/// not have is left out.
const FIGURES: &str = "measures.progress";
const PLACES: &str = "supervision.ranking";
const FIGURE_COLUMNS: [&str; 7] = ["region_code", "indicator_id", "actual", "target", "expected", "gap_pp", "light"];
const PLACE_COLUMNS: [&str; 6] = ["ranking_id", "region_code", "score_lower", "rank_lower", "rank_upper", "standing"];
const KEY: usize = 2;

pub async fn run(env: &Env, args: &WhatIfArgs) -> Result<()> {
    let project = env.project()?;
    let graph = Graph::read(&project)?;
    let warehouse = env.existing_warehouse()?;
    let edition = warehouse.edition(args.edition)?;
    let stem = args.file.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let name = args.policy.clone().unwrap_or(stem);
    let model = graph.get(&format!("policy.{name}"));
    let (Some(policy), Some(model)) = (project.policy.get(&name), model) else {
        let suggestion = nearest(&name, project.policy.keys().map(String::as_str)).unwrap_or("-");
        return Err(Error::request("change_policy").with("policy", &name).with("suggestion", suggestion));
    };
    let change = CsvFile::read(&args.file, &args.file.display().to_string())?;
    let (changed_file, changed) = change_rows(policy, &change, &model.header.grain)?;
    let mut tried = project.clone();
    tried.policy.insert(name.clone(), changed_file);
    if let Some(error) = Error::all(check_policy_rows(&tried, &graph).await?) {
        return Err(error);
    }
    let wanted = [FIGURES, PLACES];
    let made = try_policy(&tried, &graph, &warehouse, &edition, &name, &wanted).await?;
    let reader = Reader::new(Arc::new(project), warehouse, Limits::default())?;
    let mut parts = Vec::new();
    for (table, columns) in [(FIGURES, &FIGURE_COLUMNS[..]), (PLACES, &PLACE_COLUMNS[..])] {
        let Some(batch) = made.get(table) else { continue };
        let after = only(&plain_rows(&batch.schema(), std::slice::from_ref(batch))?, columns);
        let sql = format!("select {} from {table}", columns.join(", "));
        parts.push((table, differences(&reader.ask_rows(&edition, &sql, &[]).await?, &after)));
    }
    let checks = checks(&graph, &edition, &made);
    report(env, args.format, &edition, changed, &checks, &parts)
}

/// The named columns alone, those that there are.
fn only(rows: &Rows, columns: &[&str]) -> Rows {
    let places: Vec<usize> = columns.iter().filter_map(|c| rows.index_of(c)).collect();
    let pick = |row: &Vec<Value>| places.iter().map(|i| row[*i].clone()).collect();
    Rows {
        columns: places.iter().map(|i| rows.columns[*i].clone()).collect(),
        rows: rows.rows.iter().map(pick).collect(),
    }
}

/// The keys whose rows differ, each column before and after; what does not differ is left out of both.
fn differences(before: &Rows, after: &Rows) -> Rows {
    let keyed = |rows: &Rows| -> BTreeMap<Vec<String>, Vec<Value>> {
        rows.rows.iter().map(|r| (r[..KEY].iter().map(Value::to_string).collect(), r.clone())).collect()
    };
    let (old, new) = (keyed(before), keyed(after));
    let keys: BTreeSet<&Vec<String>> = old.keys().chain(new.keys()).collect();
    let mut columns = after.columns[..KEY].to_vec();
    for name in &after.columns[KEY..] {
        columns.extend([format!("{name}_before"), format!("{name}_after")]);
    }
    let mut rows = Vec::new();
    for key in keys.into_iter().filter(|k| old.get(*k) != new.get(*k)) {
        let mut row: Vec<Value> = key.iter().map(|k| Value::Text(k.clone())).collect();
        for i in KEY..after.columns.len() {
            let cell = |rows: &BTreeMap<Vec<String>, Vec<Value>>| rows.get(key).map_or(Value::Null, |r| r[i].clone());
            row.extend([cell(&old), cell(&new)]);
        }
        rows.push(row);
    }
    Rows { columns, rows }
}

/// The checks that the change reaches: how many rows broke each promise, and would.
fn checks(
    graph: &Graph,
    edition: &Edition,
    made: &BTreeMap<String, arrow::array::RecordBatch>,
) -> Vec<(String, String, u64, u64)> {
    let reached = made.iter().filter(|(name, _)| name.starts_with("checks."));
    reached
        .map(|(name, batch)| {
            let before = edition.checks.iter().find(|c| c.check == *name).map_or(0, |c| c.rows);
            let sentence = graph.get(name).map(|m| m.header.sentence.clone()).unwrap_or_default();
            (name.clone(), sentence, before, batch.num_rows() as u64)
        })
        .collect()
}

fn report(
    env: &Env,
    format: WhatIfFormat,
    edition: &Edition,
    changed: Changed,
    checks: &[(String, String, u64, u64)],
    parts: &[(&str, Rows)],
) -> Result<()> {
    if format == WhatIfFormat::Json {
        let object = |rows: &Rows, row: &Vec<Value>| {
            let cells = rows.columns.iter().cloned().zip(row.iter().map(Value::to_json));
            serde_json::Value::Object(cells.collect())
        };
        let tables: serde_json::Map<String, serde_json::Value> = parts
            .iter()
            .map(|(name, rows)| ((*name).to_owned(), rows.rows.iter().map(|r| object(rows, r)).collect()))
            .collect();
        let checks: Vec<serde_json::Value> = checks
            .iter()
            .map(|(c, s, before, after)| json!({"check": c, "sentence": s, "rows_before": before, "rows_after": after}))
            .collect();
        let said = json!({
            "edition": edition.edition, "as_of": edition.as_of.to_string(), "rows_replaced": changed.replaced,
            "rows_added": changed.added, "rows_same": changed.same, "checks": checks, "differences": tables,
        });
        return output::print(format!("{said:#}\n").as_bytes());
    }
    let text = |n: usize| n.to_string();
    let counts = [("replaced", text(changed.replaced)), ("added", text(changed.added)), ("same", text(changed.same))];
    let (number, as_of) = (edition.edition.to_string(), edition.as_of.to_string());
    let mut said: Vec<(&str, &str)> = counts.iter().map(|(n, v)| (*n, v.as_str())).collect();
    said.extend([("edition", number.as_str()), ("as_of", as_of.as_str())]);
    let mut out = format!("{}\n", env.say("what_if.changed", &said));
    let failing: Vec<_> = checks.iter().filter(|(.., after)| *after > 0).collect();
    if failing.is_empty() {
        out.push_str(&format!("{}\n", env.say("what_if.checks_hold", &[("checks", &text(checks.len()))])));
    }
    for (check, sentence, before, after) in failing {
        let (before, after) = (before.to_string(), after.to_string());
        let said = [("check", check.as_str()), ("sentence", sentence), ("before", &before), ("after", &after)];
        out.push_str(&format!("{}\n", env.say("what_if.check_fails", &said)));
    }
    for (table, rows) in parts {
        let key = if rows.is_empty() { "what_if.no_difference" } else { "what_if.differences" };
        let said = [("table", *table), ("rows", &rows.len().to_string())];
        out.push_str(&format!("\n{}\n", env.say(key, &said)));
        if !rows.is_empty() {
            out.push_str(&output::table(rows));
        }
    }
    output::print(out.as_bytes())
}
