//! `jindu models`: every table with its sentence, and of one its columns back to the extract's.

use super::{Env, ModelsArgs, ModelsFormat, output};
use crate::dashboards::read_dashboards;
use crate::error::Result;
use crate::load::meta_schemas;
use crate::models::{ColumnName, Docs, ROWS, TableDocs, TableKind};
use crate::rows::{Rows, Value};
use crate::server::models_json;
use crate::text::visible;
use std::collections::{BTreeMap, BTreeSet};

pub fn run(env: &Env, args: &ModelsArgs) -> Result<()> {
    let project = env.project()?;
    let questions = read_dashboards(&project.dir.join("dashboards")).questions();
    let docs = Docs::read(&project, &meta_schemas()?, &questions)?;
    // Rows are of the newest edition; before the first night there are none to tell.
    let edition = env.existing_warehouse().and_then(|w| w.edition(None)).ok();
    let rows = |name: &str| edition.as_ref().and_then(|e| e.tables.get(name)).map(|t| t.rows);
    let text = match (&args.table, args.format) {
        (Some(name), format) if docs.of_layer(name).next().is_none() => {
            let table = docs.find(name)?;
            match format {
                ModelsFormat::Json => format!("{:#}\n", models_json::table(&docs, table, rows(&table.name))),
                ModelsFormat::Table => describe(env, &docs, table, rows(&table.name)),
            }
        }
        (layer, format) => {
            let is_asked = |t: &&TableDocs| match layer {
                Some(layer) => &t.layer == layer,
                None => t.kind != TableKind::Panel,
            };
            let asked: Vec<&TableDocs> = docs.tables.values().filter(is_asked).collect();
            match format {
                ModelsFormat::Json => format!("{:#}\n", models_json::list(&asked, &rows)),
                ModelsFormat::Table => output::table(&list(env, &asked, &rows)),
            }
        }
    };
    output::print(text.as_bytes())
}

fn list(env: &Env, tables: &[&TableDocs], rows: &dyn Fn(&str) -> Option<u64>) -> Rows {
    let row = |table: &&TableDocs| {
        vec![
            Value::Text(table.name.clone()),
            Value::Text(env.say(&format!("docs.kind_{}", table.kind.name()), &[])),
            Value::Text(table.grain.join(", ")),
            rows(&table.name).map_or(Value::Null, |n| Value::Int(n as i64)),
            Value::Text(table.sentence.in_lang(env.lang).to_owned()),
        ]
    };
    let columns = ["table", "kept_as", "grain", "rows", "sentence"].map(|key| env.say(&format!("docs.{key}"), &[]));
    Rows { columns: columns.to_vec(), rows: tables.iter().map(row).collect() }
}

fn describe(env: &Env, docs: &Docs, table: &TableDocs, rows: Option<u64>) -> String {
    let mut out = format!("{} \u{b7} {}\n", table.name, env.say(&format!("docs.kind_{}", table.kind.name()), &[]));
    out.push_str(&format!("{}\n", table.sentence.in_lang(env.lang)));
    let mut say = |key: &str, words: String| {
        if !words.is_empty() {
            out.push_str(&format!("{}: {}\n", env.say(&format!("docs.{key}"), &[]), visible(&words)));
        }
    };
    let (panels, readers): (Vec<&str>, Vec<&str>) =
        table.read_by.iter().map(String::as_str).partition(|name| name.starts_with("pages."));
    say("file", table.file.clone());
    say("grain", table.grain.join(", "));
    say("rows", rows.map(|n| n.to_string()).unwrap_or_default());
    say("reads", table.reads.iter().cloned().collect::<Vec<_>>().join(", "));
    say("read_by", readers.join(", "));
    say("shown_on", panels.join(", "));
    say("decided_by", by_table(docs, &table.decided_by));
    say("not_understood", table.not_understood.iter().cloned().collect::<Vec<_>>().join("; "));
    for column in &table.columns {
        out.push_str(&format!("\n{}  {}\n", column.name, column.data_type));
        let mut say = |words: String| {
            if !words.is_empty() {
                out.push_str(&format!("    {words}\n"));
            }
        };
        say(column.sentence.as_ref().map(|s| s.in_lang(env.lang).to_owned()).unwrap_or_default());
        let of = |key: &str, words: String| format!("{}: {words}", env.say(&format!("docs.{key}"), &[]));
        if let Some(header) = &column.header {
            say(of("header", header.clone()));
        } else if table.kind.is_source() {
            // Where it begins.
        } else if column.from.is_empty() {
            say(env.say("docs.constant", &[]));
        } else {
            say(of(if column.is_copy { "copy_of" } else { "from" }, by_table(docs, &column.from)));
            if column.ends.is_empty() {
                say(env.say("docs.constant", &[]));
            } else if column.ends != column.from {
                say(of("back_to", by_table(docs, &column.ends)));
            }
            // Of all that chooses the rows, what the counties deliver; the rest is in the JSON.
            let delivered = |name: &&ColumnName| docs.get(&name.table).is_some_and(|t| t.kind == TableKind::Extract);
            let chosen_by: BTreeSet<ColumnName> = column.chosen_by.iter().filter(delivered).cloned().collect();
            if !chosen_by.is_empty() {
                say(of("chosen_by", by_table(docs, &chosen_by)));
            }
        }
    }
    out
}

/// Columns as `table: column, column (header)`, table by table.
fn by_table(docs: &Docs, columns: &BTreeSet<ColumnName>) -> String {
    let mut tables: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for name in columns.iter().filter(|c| c.column != ROWS || columns.iter().all(|o| o.table != c.table || o == *c)) {
        let header = docs.get(&name.table).and_then(|t| t.column(&name.column)).and_then(|c| c.header.as_deref());
        let shown = header.map_or_else(|| name.column.clone(), |header| format!("{} ({header})", name.column));
        tables.entry(&name.table).or_default().push(shown);
    }
    tables.iter().map(|(table, columns)| format!("{table}: {}", columns.join(", "))).collect::<Vec<_>>().join("; ")
}
