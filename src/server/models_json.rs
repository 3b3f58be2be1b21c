//! The documentation of tables as JSON: the same for `/api/models` and `jindu models --format json`.

use crate::models::{ColumnDocs, ColumnName, Docs, TableDocs};
use crate::text::Words;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// Tables without their columns.
pub fn list(tables: &[&TableDocs], rows: &dyn Fn(&str) -> Option<u64>) -> Json {
    tables.iter().map(|table| head(table, rows(&table.name))).collect()
}

/// One table with its columns, each back to where it begins.
pub fn table(docs: &Docs, table: &TableDocs, rows: Option<u64>) -> Json {
    let mut out = head(table, rows);
    out["read_by"] = json!(table.read_by);
    out["decided_by"] = names(docs, &table.decided_by);
    out["not_understood"] = json!(table.not_understood);
    out["columns"] = table.columns.iter().map(|c| column(docs, c)).collect();
    out["sql"] = json!(table.sql);
    out
}

fn head(table: &TableDocs, rows: Option<u64>) -> Json {
    json!({
        "table": table.name, "layer": table.layer, "kept_as": table.kind.name(), "grain": table.grain,
        "sentence": words(&table.sentence), "file": table.file, "rows": rows, "reads": table.reads,
    })
}

fn column(docs: &Docs, column: &ColumnDocs) -> Json {
    json!({
        "column": column.name, "type": column.data_type, "sentence": column.sentence.as_ref().map(words),
        "header": column.header, "is_copy": column.is_copy,
        "from": names(docs, &column.from), "back_to": names(docs, &column.ends),
        "chosen_by": names(docs, &column.chosen_by),
    })
}

fn words(words: &Words) -> Json {
    json!({ "zh": words.zh, "en": words.en })
}

/// Columns, with the header in the extract where the contract names one.
fn names(docs: &Docs, columns: &BTreeSet<ColumnName>) -> Json {
    let name = |c: &ColumnName| {
        let header = docs.get(&c.table).and_then(|t| t.column(&c.column)).and_then(|c| c.header.clone());
        json!({ "table": c.table, "column": c.column, "header": header })
    };
    columns.iter().map(name).collect()
}
