//! The documentation as pages: all tables by layer, and one table with its columns, each back to where it begins. Pure.

use super::{View, flow, shell};
use crate::dashboards::Dashboards;
use crate::models::{ColumnDocs, ColumnName, Docs, ROWS, TableDocs, TableKind};
use crate::text::{count, say};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of a table in the edition shown, where there is one.
type RowsOf<'a> = &'a dyn Fn(&str) -> Option<u64>;

/// Every table by layer, with the flow of the layers.
pub fn models_page(dashboards: &Dashboards, view: &View, docs: &Docs, rows: RowsOf) -> String {
    let lang = view.lang;
    let body = html! {
        p.lead { (say(lang, "docs.lead", &[])) }
        div.panels {
            (section("flow", &say(lang, "docs.flow_title", &[]), html! {
                (flow::layers(docs, view))
                p.note { (say(lang, "docs.flow_note", &[])) }
            }))
            @for group in flow::groups() {
                @let tables: Vec<&TableDocs> = docs.tables.values().filter(|t| flow::group_of(t) == group).collect();
                @if !tables.is_empty() {
                    (section(group, &flow::group_name(view, group), html! {
                        p.note { (say(lang, &format!("docs.about_{group}"), &[])) }
                        (tables_of(view, &tables, rows))
                    }))
                }
            }
        }
    };
    shell::document_below(dashboards, view, &[], &say(lang, "docs.title", &[]), body)
}

/// One table.
pub fn model_page(dashboards: &Dashboards, view: &View, docs: &Docs, table: &TableDocs, rows: RowsOf) -> String {
    let lang = view.lang;
    let facts = [
        ("docs.kept_as", say(lang, &format!("docs.kind_{}", table.kind.name()), &[])),
        ("docs.grain", table.grain.join(", ")),
        ("docs.rows", rows(&table.name).map(|n| count(i128::from(n))).unwrap_or_default()),
        ("docs.file", table.file.clone()),
    ];
    let body = html! {
        p.lead { (table.sentence.in_lang(lang)) }
        dl.facts { @for (key, words) in facts.iter().filter(|(_, words)| !words.is_empty()) {
            div { dt { (say(lang, key, &[])) } dd { @if *key == "docs.rows" || *key == "docs.kept_as" { (words) } @else { code { (words) } } } }
        } }
        div.panels {
            (section("columns", &say(lang, "docs.columns", &[]), html! {
                (columns_of(view, docs, table))
                @if !table.not_understood.is_empty() {
                    p.failed { (say(lang, "docs.not_understood", &[])) ": " @for part in &table.not_understood { code { (part) } " " } }
                }
            }))
            @if !table.decided_by.is_empty() {
                (section("decided", &say(lang, "docs.decided_by", &[]), by_table(view, docs, &table.decided_by)))
            }
            (section("neighbours", &say(lang, "docs.neighbours", &[]), flow::neighbours(table, view)))
            @if !table.sql.is_empty() {
                (section("sql", "SQL", html! {
                    div.scroll tabindex="0" role="group" aria-label="SQL" { pre.sql { code { (table.sql.trim()) } } }
                }))
            }
        }
    };
    let trail = [("/models", say(lang, "docs.title", &[]))];
    shell::document_below(dashboards, view, &trail, &table.name, body)
}

fn section(id: &str, title: &str, inside: Markup) -> Markup {
    let heading = format!("{id}-h");
    html! { section.panel.w-full id=(id) aria-labelledby=(heading) { h2 id=(heading) { (title) } (inside) } }
}

fn tables_of(view: &View, tables: &[&TableDocs], rows: RowsOf) -> Markup {
    let lang = view.lang;
    let heads = ["table", "sentence", "grain", "kept_as", "rows"].map(|key| say(lang, &format!("docs.{key}"), &[]));
    html! {
        div.scroll tabindex="0" role="group" aria-label=(heads[0]) {
            table.stacks role="table" {
                thead role="rowgroup" { tr role="row" { @for (i, head) in heads.iter().enumerate() {
                    th scope="col" role="columnheader" class=[(i == 4).then_some("number")] { (head) }
                } } }
                tbody role="rowgroup" { @for table in tables { tr role="row" {
                    th scope="row" role="rowheader" { a href=(view.href(&flow::address_of(&table.name))) {
                        @let (_, short) = table.name.split_once('.').unwrap_or(("", &table.name));
                        (short)
                    } }
                    td role="cell" data-label=(heads[1]) { (table.sentence.in_lang(lang)) }
                    td role="cell" data-label=(heads[2]) { (table.grain.join(", ")) }
                    td role="cell" data-label=(heads[3]) { (say(lang, &format!("docs.kind_{}", table.kind.name()), &[])) }
                    td.number role="cell" data-label=(heads[4]) { @if let Some(n) = rows(&table.name) { (count(i128::from(n))) } }
                } } }
            }
        }
    }
}

fn columns_of(view: &View, docs: &Docs, table: &TableDocs) -> Markup {
    let lang = view.lang;
    let last = if table.kind.is_source() { "docs.header" } else { "docs.lineage" };
    let heads = ["docs.column", "docs.type", "docs.means", last].map(|key| say(lang, key, &[]));
    html! {
        div.scroll tabindex="0" role="group" aria-label=(say(lang, "docs.columns", &[])) {
            table.stacks.lineage role="table" {
                thead role="rowgroup" { tr role="row" { @for head in &heads { th scope="col" role="columnheader" { (head) } } } }
                tbody role="rowgroup" { @for column in &table.columns { tr role="row" id={ "c-" (column.name) } {
                    th scope="row" role="rowheader" { code { (column.name) } }
                    td.whole role="cell" data-label=(heads[1]) { (column.data_type) }
                    td role="cell" data-label=(heads[2]) { (column.sentence.as_ref().map_or("", |s| s.in_lang(lang))) }
                    td role="cell" data-label=(heads[3]) {
                        @match table.kind.is_source() {
                            true => { (column.header.as_deref().unwrap_or_default()) }
                            false => { (lineage(view, docs, column)) }
                        }
                    }
                } } }
            }
        }
    }
}

/// One step back, then all the way, then what chooses the rows.
fn lineage(view: &View, docs: &Docs, column: &ColumnDocs) -> Markup {
    let lang = view.lang;
    if column.ends.is_empty() && column.from.is_empty() {
        return html! { (say(lang, "docs.constant", &[])) };
    }
    let step = if column.is_copy { "docs.copy_of" } else { "docs.from" };
    html! {
        p { (say(lang, step, &[])) }
        (by_table(view, docs, &column.from))
        @if column.ends.is_empty() {
            p { (say(lang, "docs.constant", &[])) }
        } @else if column.ends != column.from {
            details {
                summary { (say(lang, "docs.back_to_n", &[("n", &column.ends.len().to_string())])) }
                (by_table(view, docs, &column.ends))
            }
        }
        @if !column.chosen_by.is_empty() {
            details {
                summary { (say(lang, "docs.chosen_by_n", &[("n", &column.chosen_by.len().to_string())])) }
                (by_table(view, docs, &column.chosen_by))
            }
        }
    }
}

/// Columns under their tables, each a link; an extract's with its header.
fn by_table(view: &View, docs: &Docs, columns: &BTreeSet<ColumnName>) -> Markup {
    let mut tables: BTreeMap<&str, Vec<&ColumnName>> = BTreeMap::new();
    for column in columns {
        tables.entry(&column.table).or_default().push(column);
    }
    html! {
        ul.from { @for (table, columns) in &tables {
            li {
                a href=(view.href(&flow::address_of(table))) { (table) } ": "
                @for (i, column) in columns.iter().enumerate() {
                    @if i > 0 { ", " }
                    (column_words(view, docs, column))
                }
            }
        } }
    }
}

fn column_words(view: &View, docs: &Docs, name: &ColumnName) -> Markup {
    if name.column == ROWS {
        return html! { (say(view.lang, "docs.rows_of", &[])) };
    }
    let address = format!("{}#c-{}", view.href(&flow::address_of(&name.table)), name.column);
    let table = docs.get(&name.table).filter(|t| t.kind == TableKind::Extract);
    let header = table.and_then(|t| t.column(&name.column)).and_then(|c| c.header.as_deref());
    html! { a href=(address) { code { (name.column) } } @if let Some(header) = header { " (" (header) ")" } }
}
