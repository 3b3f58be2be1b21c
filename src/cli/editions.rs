//! `jindu editions` and `jindu editions diff A B`.

use super::{EditionsArgs, EditionsVerb, Env, output};
use crate::clock;
use crate::error::{Error, Result};
use crate::rows::{Rows, Value};
use crate::warehouse::{Limits, Reader, Warehouse, compare_editions};
use std::sync::Arc;

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
    let reader = Reader::new(Arc::new(env.project()?), warehouse, Limits::default())?;
    let found = compare_editions(&reader, &old, &new, &["province", "unit"]).await?;
    output::print(format!("{}\n", env.say("diff.files", &[])).as_bytes())?;
    output::print(output::table(&found.files).as_bytes())?;
    output::print(format!("\n{}\n", env.say("diff.tables", &[])).as_bytes())?;
    output::print(output::table(&found.tables).as_bytes())?;
    let Some(figures) = &found.figures else { return Ok(()) };
    output::print(format!("\n{}\n", env.say("diff.figures", &[])).as_bytes())?;
    output::print(output::table(figures).as_bytes())
}
