//! The page for an analyst's own questions: the text, what came of it as chart and table, the plan, a mistake at its
//! place, the saved queries, and every table with its columns. Pure. Works without a script; `sql.js` only makes it
//! quicker.

mod chart;

use super::format::BLANK;
use super::{View, shell};
use crate::dashboards::Dashboards;
use crate::error::Error;
use crate::models::TableDocs;
use crate::project::{LAYERS, SavedQuery};
use crate::rows::{Rows, Value};
use crate::text::{self, Lang, count, say, say_if_known};
use crate::warehouse::PlanStep;
use maud::{Markup, PreEscaped, html};
use std::collections::{BTreeMap, BTreeSet};

/// What the page shows.
pub struct SqlPage<'a> {
    /// The tables that may be asked, with the columns that are seen.
    pub tables: &'a [TableDocs],
    pub queries: &'a BTreeMap<String, SavedQuery>,
    /// The saved query whose page this is.
    pub saved: Option<&'a str>,
    pub sql: &'a str,
    /// `None` before anything was asked.
    pub outcome: Option<&'a Outcome>,
}

/// What became of a question.
pub enum Outcome {
    Rows(Found),
    Plan(Vec<PlanStep>),
    Failed(Error),
}

/// The first rows of an answer.
pub struct Found {
    pub rows: Rows,
    /// Of each column, as SQL writes it.
    pub types: Vec<String>,
    pub cut: bool,
}

pub fn sql_page(dashboards: &Dashboards, view: &View, page: &SqlPage) -> String {
    let lang = view.lang;
    let own = say(lang, "sql.title", &[]);
    let saved = page.saved.and_then(|name| page.queries.get(name));
    let title = saved.map_or(own.as_str(), |query| query.title.in_lang(lang));
    let trail: &[(&str, String)] = if saved.is_some() { &[("/sql", own.clone())] } else { &[] };
    let body = html! {
        p.lead { (say(lang, "sql.lead", &[])) }
        div.panels {
            (section("ask", "w-two", &say(lang, "sql.ask", &[]), form(view, page.sql)))
            (section("saved", "w-third", &say(lang, "sql.saved", &[]), saved_list(view, page)))
            (section("result", "w-full", &say(lang, "sql.result", &[]), html! {
                div id="answer" tabindex="-1" { (PreEscaped(sql_result(view, page.sql, page.outcome))) }
            }))
            (section("tables", "w-full", &say(lang, "sql.tables", &[]), tables(view, page.tables)))
        }
        script src="/sql.js" defer {}
    };
    shell::document_below(dashboards, view, trail, title, body)
}

fn section(id: &str, width: &str, title: &str, inside: Markup) -> Markup {
    let heading = format!("{id}-h");
    html! {
        section class={ "panel " (width) } id=(id) aria-labelledby=(heading) { h2 id=(heading) { (title) } (inside) }
    }
}

/// The form. What only the script uses stands in it hidden, in the reader's language.
fn form(view: &View, sql: &str) -> Markup {
    let lang = view.lang;
    html! {
        form.ask id="ask-form" method="post" action=(view.href("/sql")) accept-charset="utf-8" {
            label for="sql" { (say(lang, "sql.label", &[])) }
            div.editor {
                textarea id="sql" name="sql" rows=(lines_shown(sql)) required spellcheck="false"
                    autocapitalize="off" autocomplete="off" aria-describedby="sql-note" { "\n" (sql) }
            }
            p.note id="sql-note" {
                (say(lang, "sql.note", &[]))
                span.with-script hidden { " " (say(lang, "sql.keys", &[])) }
            }
            p.buttons {
                button.main type="submit" name="do" value="run" { (say(lang, "sql.run", &[])) }
                button type="submit" name="do" value="explain" { (say(lang, "sql.explain", &[])) }
                button id="stop" type="button" hidden { (say(lang, "sql.stop", &[])) }
                span id="elapsed" data-running=(say(lang, "sql.running", &[]))
                    data-took=(say(lang, "sql.took", &[])) data-failed=(say(lang, "sql.not_reached", &[]))
                    data-options=(say(lang, "sql.completions", &[])) {}
                span.unseen id="said" role="status" {}
            }
            details.data id="history" hidden {
                summary { (say(lang, "sql.history", &[])) }
                p.note { (say(lang, "sql.history_note", &[])) }
                ol.from {}
                p.buttons { button type="button" { (say(lang, "sql.history_clear", &[])) } }
            }
        }
    }
}

/// Lines of the text that are seen at once.
fn lines_shown(sql: &str) -> usize {
    (sql.lines().count() + 1).clamp(9, 16)
}

fn saved_list(view: &View, page: &SqlPage) -> Markup {
    let lang = view.lang;
    html! {
        @if page.queries.is_empty() { p.empty { (say(lang, "sql.saved_none", &[])) } }
        @else {
            ul.saved { @for (name, query) in page.queries {
                @let here = page.saved == Some(name);
                li { a href=(view.href(&format!("/sql/{name}"))) aria-current=[here.then_some("page")] {
                    (query.title.in_lang(lang))
                } }
            } }
        }
    }
}

/// What stands in the result's place: also sent alone, to the page's script.
pub fn sql_result(view: &View, sql: &str, outcome: Option<&Outcome>) -> String {
    let markup = match outcome {
        None => html! { p.empty { (say(view.lang, "sql.nothing_yet", &[])) } },
        Some(Outcome::Failed(error)) => failure(view.lang, sql, error),
        Some(Outcome::Plan(steps)) => plan(view.lang, steps),
        Some(Outcome::Rows(found)) => rows(view, sql, found),
    };
    markup.into_string()
}

fn failure(lang: Lang, sql: &str, error: &Error) -> Markup {
    html! {
        div.failed {
            p.strong { (say(lang, "sql.failed", &[])) }
            (super::panel::error_words(lang, error))
            @if let Some((line, column)) = error.position() {
                @let said = say(lang, "sql.at", &[("line", &line.to_string()), ("column", &column.to_string())]);
                // Some errors say it themselves.
                @if error.arg("line").is_none() { p.note { (said) } }
                (place(&said, sql, line, column))
            }
        }
    }
}

/// Lines around a mistake that are shown.
const LINES_AROUND: usize = 2;

/// The lines around a mistake, its own marked, with a sign below the column.
fn place(said: &str, sql: &str, line: usize, column: usize) -> Markup {
    let near = sql.lines().enumerate().map(|(i, text)| (i + 1, text));
    let near: Vec<(usize, &str)> = near.filter(|(n, _)| n.abs_diff(line) <= LINES_AROUND).collect();
    let digits = near.last().map_or(1, |(n, _)| n.to_string().len());
    html! {
        div.scroll data-line=(line) data-column=(column) tabindex="0" role="group" aria-label=(said) { pre.sql { code {
            @for (n, text) in near {
                @if n == line {
                    mark { (format!("{n:digits$}  {text}")) } "\n"
                    span.caret aria-hidden="true" { (" ".repeat(digits + 2)) (room_before(text, column)) "^" } "\n"
                } @else { (format!("{n:digits$}  {text}\n")) }
            }
        } } }
    }
}

/// As much blank as the text takes before a column: an ideograph is as wide as a blank of its kind.
fn room_before(text: &str, column: usize) -> String {
    let blank = |c: char| match c {
        '\t' => '\t',
        c if c as u32 >= 0x1100 => '\u{3000}',
        _ => ' ',
    };
    text.chars().take(column.saturating_sub(1)).map(blank).collect()
}

/// The plan as a tree, from the answer down to the tables.
fn plan(lang: Lang, steps: &[PlanStep]) -> Markup {
    html! {
        p.note { (say(lang, "sql.plan_note", &[])) }
        div.scroll tabindex="0" role="group" aria-label=(say(lang, "sql.plan", &[])) {
            ol.plan { @for step in steps {
                @let (name, detail) = step.text.split_once(':').unwrap_or((&step.text, ""));
                @let words = say_if_known(lang, &format!("plan_step.{}", name.to_lowercase().replace(' ', "_")), &[]);
                li style={ "--depth:" (step.depth) } {
                    strong { (words.as_deref().unwrap_or(name)) } " "
                    code { (text::visible(detail.trim())) }
                }
            } }
        }
    }
}

fn rows(view: &View, sql: &str, found: &Found) -> Markup {
    let lang = view.lang;
    let n = count(found.rows.len() as i128);
    let said = if found.cut { "sql.rows_cut" } else { "sql.rows" };
    let source = source_words(view);
    html! {
        p { (say(lang, said, &[("n", &n)])) }
        @if let Some(drawn) = chart::chart(view, found) { (drawn) }
        @if found.rows.is_empty() { p.empty { (say(lang, "sql.no_rows", &[])) } }
        @else { (table(lang, found)) }
        footer.source {
            span { (source) }
            form.take method="post" action=(view.href("/sql")) accept-charset="utf-8" {
                input type="hidden" name="sql" value=(sql);
                span { (say(lang, "sql.take", &[])) }
                @for (form, words) in [("csv", "CSV"), ("xlsx", "XLSX"), ("json", "JSON"), ("arrow", "Arrow")] {
                    button type="submit" name="do" value=(form) { (words) }
                }
            }
        }
    }
}

fn source_words(view: &View) -> String {
    let Some(edition) = &view.edition else { return String::new() };
    let number = say(view.lang, "page.edition", &[("n", &edition.number.to_string())]);
    let as_of = say(view.lang, "page.as_of", &[("date", &text::date(view.lang, edition.as_of))]);
    format!("{number} \u{b7} {as_of}")
}

fn is_number(found: &Found, column: usize) -> bool {
    let known = found.rows.rows.iter().map(|row| &row[column]).find(|value| !value.is_null());
    matches!(known, Some(Value::Int(_) | Value::Decimal { .. } | Value::Float(_)))
}

/// The rows exactly as they are, as in the downloads.
fn table(lang: Lang, found: &Found) -> Markup {
    let caption = say(lang, "sql.result", &[]);
    let right = |i: usize| is_number(found, i).then_some("number");
    html! {
        div.scroll.tall tabindex="0" role="group" aria-label=(caption) {
            table {
                caption.unseen { (caption) }
                thead { tr { @for (i, column) in found.rows.columns.iter().enumerate() {
                    th scope="col" class=[right(i)] {
                        (text::visible(column))
                        @if let Some(kind) = found.types.get(i) { br; small { (kind) } }
                    }
                } } }
                tbody { @for row in &found.rows.rows { tr { @for (i, value) in row.iter().enumerate() {
                    td class=[right(i)] {
                        @if value.is_null() { span.blank { (BLANK) } } @else { (text::visible(&value.to_string())) }
                    }
                } } } }
            }
        }
    }
}

/// Every table by layer. The script reads names from here for its completions.
fn tables(view: &View, tables: &[TableDocs]) -> Markup {
    let lang = view.lang;
    let layers: BTreeSet<&str> = tables.iter().map(|table| table.layer.as_str()).collect();
    let order = LAYERS.into_iter().chain(layers.iter().copied().filter(|layer| !LAYERS.contains(layer)));
    html! {
        p.note { (say(lang, "sql.tables_note", &[])) }
        @for layer in order.filter(|layer| layers.contains(layer)) {
            @let name = say_if_known(lang, &format!("docs.layer_{layer}"), &[]);
            @let of_layer: Vec<&TableDocs> = tables.iter().filter(|table| table.layer == layer).collect();
            details.layer {
                summary {
                    (name.as_deref().unwrap_or(layer)) " \u{b7} "
                    (say(lang, "sql.n_tables", &[("n", &of_layer.len().to_string())]))
                }
                @for table in of_layer { (table_of(view, table)) }
            }
        }
    }
}

fn table_of(view: &View, table: &TableDocs) -> Markup {
    let lang = view.lang;
    html! {
        details.table data-table=(table.name) {
            summary { code { (table.name) } " " span { (table.sentence.in_lang(lang)) } }
            dl { @for column in &table.columns {
                dt data-column=(column.name) { code { (column.name) } " " small { (column.data_type) } }
                dd { (column.sentence.as_ref().map_or("", |words| words.in_lang(lang))) }
            } }
            p.note { a href=(view.href(&super::flow::address_of(&table.name))) {
                (say(lang, "sql.more_of", &[("table", &table.name)]))
            } }
        }
    }
}
