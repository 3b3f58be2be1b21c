//! What changed between two editions, as tables. Pure.

use super::format::show;
use super::{View, shell, table};
use crate::dashboards::{Dashboards, Format};
use crate::rows::{Rows, Value};
use crate::text::{self, Lang, Words, say};
use crate::warehouse::{Comparison, Edition};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The page of two editions: figures first, then tables and files of the project.
pub fn editions_page(
    dashboards: &Dashboards,
    view: &View,
    (old, new): (&Edition, &Edition),
    found: &Comparison,
    names: &BTreeMap<String, Words>,
) -> String {
    let lang = view.lang;
    let numbers = [old.edition.to_string(), new.edition.to_string()];
    let title = say(lang, "editions.title", &[("old", &numbers[0]), ("new", &numbers[1])]);
    let days = [text::date(lang, old.as_of), text::date(lang, new.as_of)];
    let body = html! {
        p.lead { (say(lang, "editions.lead", &[("old", &days[0]), ("new", &days[1])])) }
        p { a href=(view.href(&format!("/editions/{}/{}", numbers[1], numbers[0]))) { (say(lang, "editions.turn", &[])) } }
        div.panels {
            @if let Some(figures) = &found.figures {
                (section(lang, "figures", &say(lang, "editions.figures", &[]), figures, figures_table(view, figures, names)))
            }
            (section(lang, "tables", &say(lang, "editions.tables", &[]), &found.tables, tables_table(view, &found.tables)))
            (section(lang, "files", &say(lang, "editions.files", &[]), &found.files, files_table(lang, &found.files)))
        }
    };
    shell::document_below(dashboards, view, &[], &title, body)
}

fn section(lang: Lang, id: &str, title: &str, rows: &Rows, table: Markup) -> Markup {
    let heading = format!("{id}-h");
    html! {
        section.panel.w-full.is-table id=(id) aria-labelledby=(heading) {
            h2 id=(heading) { (title) }
            @if rows.is_empty() { p.empty { (say(lang, "editions.same", &[])) } }
            @else {
                p.note { (say(lang, "editions.changed", &[("n", &text::count(rows.len() as i128))])) }
                div.scroll tabindex="0" role="group" aria-label=(title) { (table) }
            }
        }
    }
}

fn cell<'a>(rows: &'a Rows, row: usize, column: &str) -> &'a Value {
    rows.get(row, column).unwrap_or(&Value::Null)
}

fn figures_table(view: &View, rows: &Rows, names: &BTreeMap<String, Words>) -> Markup {
    let lang = view.lang;
    let name = |code: &str| names.get(code).map_or(code, |words| words.in_lang(lang)).to_owned();
    let number = |row, column: &str, format| show(cell(rows, row, column), format, lang, None);
    let light = |row, column: &str| match cell(rows, row, column) {
        Value::Text(code) => table::light(lang, code),
        _ => html! { (super::format::BLANK) },
    };
    html! {
        table.stacks role="table" {
            thead role="rowgroup" { tr role="row" {
                th scope="col" role="columnheader" { (say(lang, "editions.region", &[])) }
                th scope="col" role="columnheader" { (say(lang, "editions.indicator", &[])) }
                th.number scope="col" role="columnheader" { (say(lang, "editions.actual_before", &[])) }
                th.number scope="col" role="columnheader" { (say(lang, "editions.actual_after", &[])) }
                th.number scope="col" role="columnheader" { (say(lang, "editions.gap_before", &[])) }
                th.number scope="col" role="columnheader" { (say(lang, "editions.gap_after", &[])) }
                th scope="col" role="columnheader" { (say(lang, "editions.light_before", &[])) }
                th scope="col" role="columnheader" { (say(lang, "editions.light_after", &[])) }
            } }
            tbody role="rowgroup" { @for row in 0..rows.len() {
                @let region = cell(rows, row, "region_code").to_string();
                @let indicator = cell(rows, row, "indicator_id").to_string();
                tr role="row" {
                    th scope="row" role="rowheader" { a href=(view.href(&format!("/regions/{region}"))) { (name(&region)) } }
                    td role="cell" data-label=(say(lang, "editions.indicator", &[])) { (name(&indicator)) }
                    td.number role="cell" data-label=(say(lang, "editions.actual_before", &[])) { (number(row, "actual_before", Format::Plain)) }
                    td.number role="cell" data-label=(say(lang, "editions.actual_after", &[])) { (number(row, "actual_after", Format::Plain)) }
                    td.number role="cell" data-label=(say(lang, "editions.gap_before", &[])) { (number(row, "gap_pp_before", Format::Points)) }
                    td.number role="cell" data-label=(say(lang, "editions.gap_after", &[])) { (number(row, "gap_pp_after", Format::Points)) }
                    td role="cell" data-label=(say(lang, "editions.light_before", &[])) { (light(row, "light_before")) }
                    td role="cell" data-label=(say(lang, "editions.light_after", &[])) { (light(row, "light_after")) }
                }
            } }
        }
    }
}

fn tables_table(view: &View, rows: &Rows) -> Markup {
    let lang = view.lang;
    let number = |row, column: &str| show(cell(rows, row, column), Format::Count, lang, None);
    html! {
        table.stacks role="table" {
            thead role="rowgroup" { tr role="row" {
                th scope="col" role="columnheader" { (say(lang, "editions.table", &[])) }
                th.number scope="col" role="columnheader" { (say(lang, "editions.rows_before", &[])) }
                th.number scope="col" role="columnheader" { (say(lang, "editions.rows_after", &[])) }
                th.number scope="col" role="columnheader" { (say(lang, "editions.difference", &[])) }
            } }
            tbody role="rowgroup" { @for row in 0..rows.len() {
                @let name = cell(rows, row, "table").to_string();
                tr role="row" {
                    th scope="row" role="rowheader" { a href=(view.href(&format!("/models/{}", name.replacen('.', "/", 1)))) { code { (name) } } }
                    td.number role="cell" data-label=(say(lang, "editions.rows_before", &[])) { (number(row, "rows_before")) }
                    td.number role="cell" data-label=(say(lang, "editions.rows_after", &[])) { (number(row, "rows_after")) }
                    td.number role="cell" data-label=(say(lang, "editions.difference", &[])) { (number(row, "difference")) }
                }
            } }
        }
    }
}

fn files_table(lang: Lang, rows: &Rows) -> Markup {
    let change = |row| match cell(rows, row, "change").to_string().as_str() {
        "added" => say(lang, "editions.added", &[]),
        "removed" => say(lang, "editions.removed", &[]),
        _ => say(lang, "editions.edited", &[]),
    };
    html! {
        table.stacks role="table" {
            thead role="rowgroup" { tr role="row" {
                th scope="col" role="columnheader" { (say(lang, "editions.file", &[])) }
                th scope="col" role="columnheader" { (say(lang, "editions.change", &[])) }
            } }
            tbody role="rowgroup" { @for row in 0..rows.len() { tr role="row" {
                th scope="row" role="rowheader" { code { (cell(rows, row, "file")) } }
                td role="cell" data-label=(say(lang, "editions.change", &[])) { (change(row)) }
            } } }
        }
    }
}
