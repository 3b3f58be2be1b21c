//! `jindu editions` and `jindu editions diff A B`.

use super::{EditionsArgs, EditionsVerb, Env, output};
use crate::clock;
use crate::error::{Error, Result};
use crate::rows::{Rows, Value};
use crate::warehouse::{Edition, Limits, Reader, Warehouse};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The columns of `measures.progress` that are compared.
const FIGURES: [&str; 6] = ["region_code", "indicator_id", "actual", "expected", "gap_pp", "light"];

pub async fn run(env: &Env, args: &EditionsArgs) -> Result<()> {
    let warehouse = env.existing_warehouse()?;
    match &args.verb {
        None => list(&warehouse),
        Some(EditionsVerb::Diff { a, b }) => diff(env, warehouse, *a, *b).await,
        Some(EditionsVerb::Keep { edition, because }) => {
            let because = because.trim();
            if because.is_empty() {
                return Err(Error::request("keep_reason"));
            }
            keep(env, &warehouse, *edition, Some(because))
        }
        Some(EditionsVerb::Release { edition }) => keep(env, &warehouse, *edition, None),
    }
}

/// Keeps an edition, or leaves it to its age. Not while a night runs: it may be letting that edition go.
fn keep(env: &Env, warehouse: &Warehouse, edition: u64, because: Option<&str>) -> Result<()> {
    let _lock = warehouse.lock_writer()?;
    warehouse.edition(Some(edition))?;
    warehouse.state()?.keep_edition(edition, because, &clock::stamp(clock::now()))?;
    let key = if because.is_some() { "cli.edition_kept" } else { "cli.edition_let" };
    eprintln!("{}", env.say(key, &[("edition", &edition.to_string())]));
    Ok(())
}

fn list(warehouse: &Warehouse) -> Result<()> {
    let columns = ["edition", "as_of", "published_at", "tables", "rows", "checks_failed", "kept_because"];
    let columns = columns.map(str::to_owned).to_vec();
    let because = warehouse.state()?.kept_editions()?;
    let mut rows = Vec::new();
    for number in warehouse.editions()? {
        let edition = warehouse.edition(Some(number))?;
        let sum: u64 = edition.tables.values().map(|t| t.rows).sum();
        rows.push(vec![
            Value::Int(edition.edition as i64),
            Value::Date(edition.as_of),
            Value::Text(edition.published_at.clone()),
            Value::Int(edition.tables.len() as i64),
            Value::Int(sum as i64),
            Value::Int(edition.checks.iter().filter(|c| c.rows > 0).count() as i64),
            because.get(&number).map_or(Value::Null, |why| Value::Text(why.clone())),
        ]);
    }
    output::print(output::table(&Rows { columns, rows }).as_bytes())
}

/// What changed from one edition to another: the project's files, the tables, and the headline figures.
async fn diff(env: &Env, warehouse: Warehouse, a: u64, b: u64) -> Result<()> {
    let (old, new) = (warehouse.edition(Some(a))?, warehouse.edition(Some(b))?);
    let files = changed_files(&old, &new);
    let tables = changed_tables(&old, &new);
    output::print(format!("{}\n", env.say("diff.files", &[])).as_bytes())?;
    output::print(output::table(&files).as_bytes())?;
    output::print(format!("\n{}\n", env.say("diff.tables", &[])).as_bytes())?;
    output::print(output::table(&tables).as_bytes())?;
    let reader = Reader::new(Arc::new(env.project()?), warehouse, Limits::default())?;
    for edition in [&old, &new] {
        if !has_figures(&reader, edition).await? {
            return Ok(());
        }
    }
    let sql = "select p.region_code, p.indicator_id, p.actual, p.expected, p.gap_pp, p.light from measures.progress p
        inner join policy.regions r on r.region_code = p.region_code where r.level in ('province', 'unit')
        order by r.level, p.region_code, p.indicator_id";
    let before = reader.ask_rows(&old, sql, &[]).await?;
    let after = reader.ask_rows(&new, sql, &[]).await?;
    output::print(format!("\n{}\n", env.say("diff.figures", &[])).as_bytes())?;
    output::print(output::table(&changed_figures(&before, &after)).as_bytes())
}

/// Whether an edition keeps its figures in the shape that is compared: another project's need not.
async fn has_figures(reader: &Reader, edition: &Edition) -> Result<bool> {
    for (table, needed) in [("measures.progress", &FIGURES[..]), ("policy.regions", &["region_code", "level"])] {
        let columns = super::columns_of(reader, edition, table).await?;
        if !needed.iter().all(|name| columns.iter().any(|column| column == name)) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn changed_files(old: &Edition, new: &Edition) -> Rows {
    let names: BTreeSet<&String> = old.project.keys().chain(new.project.keys()).collect();
    let rows = names
        .into_iter()
        .filter(|n| old.project.get(*n) != new.project.get(*n))
        .map(|n| {
            let what = match (old.project.contains_key(n), new.project.contains_key(n)) {
                (false, _) => "added",
                (_, false) => "removed",
                _ => "changed",
            };
            vec![Value::Text(n.clone()), Value::Text(what.to_owned())]
        })
        .collect();
    Rows { columns: vec!["file".to_owned(), "change".to_owned()], rows }
}

fn changed_tables(old: &Edition, new: &Edition) -> Rows {
    let names: BTreeSet<&String> = old.tables.keys().chain(new.tables.keys()).collect();
    let rows = names
        .into_iter()
        .filter(|n| old.tables.get(*n).map(|t| &t.content) != new.tables.get(*n).map(|t| &t.content))
        .map(|n| {
            let count = |e: &Edition| e.tables.get(n).map(|t| t.rows as i64);
            let (before, after) = (count(old), count(new));
            vec![
                Value::Text(n.clone()),
                before.map_or(Value::Null, Value::Int),
                after.map_or(Value::Null, Value::Int),
                Value::Int(after.unwrap_or(0) - before.unwrap_or(0)),
            ]
        })
        .collect();
    Rows { columns: ["table", "rows_before", "rows_after", "difference"].map(str::to_owned).to_vec(), rows }
}

fn changed_figures(before: &Rows, after: &Rows) -> Rows {
    const KEY: usize = 2;
    let mut columns = before.columns[..KEY].to_vec();
    for name in &before.columns[KEY..] {
        columns.push(format!("{name}_before"));
        columns.push(format!("{name}_after"));
    }
    let mut rows = Vec::new();
    for new in &after.rows {
        let old = before.rows.iter().find(|r| r[..KEY] == new[..KEY]);
        if old == Some(new) {
            continue;
        }
        let mut row = new[..KEY].to_vec();
        for i in KEY..new.len() {
            row.push(old.map_or(Value::Null, |o| o[i].clone()));
            row.push(new[i].clone());
        }
        rows.push(row);
    }
    Rows { columns, rows }
}
