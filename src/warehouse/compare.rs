//! What changed from one edition to another: the project's files, the tables, and the figures. Reads through the one door.

use super::{Edition, Reader};
use crate::error::Result;
use crate::rows::{Rows, Value};
use std::collections::BTreeSet;

/// The columns of `measures.progress` that are compared.
const FIGURES: [&str; 6] = ["region_code", "indicator_id", "actual", "expected", "gap_pp", "light"];

/// What differs between two editions.
pub struct Comparison {
    /// `file`, `change`: added, removed or changed.
    pub files: Rows,
    /// `table`, `rows_before`, `rows_after`, `difference`.
    pub tables: Rows,
    /// `region_code`, `indicator_id` and each figure before and after; `None` where an edition does not keep its figures so.
    pub figures: Option<Rows>,
}

/// Compares two editions; figures for regions of these levels.
pub async fn compare_editions(reader: &Reader, old: &Edition, new: &Edition, levels: &[&str]) -> Result<Comparison> {
    let (files, tables) = (changed_files(old, new), changed_tables(old, new));
    for edition in [old, new] {
        if !has_figures(reader, edition).await? {
            return Ok(Comparison { files, tables, figures: None });
        }
    }
    let levels: Vec<String> = levels.iter().map(|level| format!("'{level}'")).collect();
    let sql = format!(
        "select p.region_code, p.indicator_id, p.actual, p.expected, p.gap_pp, p.light from measures.progress p
        inner join policy.regions r on r.region_code = p.region_code and r.valid_from <= p.as_of
            and (r.valid_to is null or r.valid_to > p.as_of)
        where r.level in ({}) order by r.level, p.region_code, p.indicator_id",
        levels.join(", ")
    );
    let before = reader.ask_rows(old, &sql, &[]).await?;
    let after = reader.ask_rows(new, &sql, &[]).await?;
    Ok(Comparison { files, tables, figures: Some(changed_figures(&before, &after)) })
}

/// The columns of one of an edition's tables; none if it has no such table.
pub async fn columns_of(reader: &Reader, edition: &Edition, table: &str) -> Result<Vec<String>> {
    if !edition.tables.contains_key(table) {
        return Ok(Vec::new());
    }
    Ok(reader.ask_rows(edition, &format!("select * from {table} limit 0"), &[]).await?.columns)
}

/// Whether an edition keeps its figures in the shape that is compared: another project's need not.
async fn has_figures(reader: &Reader, edition: &Edition) -> Result<bool> {
    let regions = ["region_code", "level", "valid_from", "valid_to"];
    for (table, needed) in [("measures.progress", &FIGURES[..]), ("policy.regions", &regions[..])] {
        let columns = columns_of(reader, edition, table).await?;
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
    // What is judged otherwise first, then what was done since; the rest changed by the calendar alone.
    let same = |row: &[Value], name: &str| {
        let at = columns.iter().position(|column| column.strip_suffix("_before") == Some(name));
        at.is_some_and(|at| row[at] == row[at + 1])
    };
    rows.sort_by_key(|row| (same(row, "light"), same(row, "actual")));
    Rows { columns, rows }
}
