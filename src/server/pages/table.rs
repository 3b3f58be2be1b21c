//! Tables: what a `table` panel is, and what stands beside every chart. Pure.

use super::View;
use super::format::{BLANK, as_f64, cell, is_number, say_light, show};
use super::sentence::fill_address;
use crate::dashboards::{Column, Format, Name, Panel};
use crate::rows::{Rows, Value};
use crate::text::{Lang, count, say};
use maud::{Markup, html};

/// The panel's rows as a table, with a caption for those who do not see the heading beside it.
pub(super) fn table(panel: &Panel, view: &View, rows: &Rows, cut: bool) -> Markup {
    let lang = view.lang;
    let columns = columns_of(panel, rows);
    let shown = rows.rows.len().min(panel.rows_shown);
    let caption = say(lang, "panel.table_of", &[("title", panel.title.in_lang(lang))]);
    html! {
        div.scroll tabindex="0" role="group" aria-label=(caption) {
            table class=[(columns.len() > 3).then_some("stacks")] role="table" {
                caption.unseen { (caption) }
                thead role="rowgroup" { tr role="row" {
                    @for column in &columns { th scope="col" role="columnheader" class=[number_class(column, rows, lang)] { (column.label.in_lang(lang)) } }
                } }
                tbody role="rowgroup" {
                    @for row in 0..shown { tr role="row" {
                        @for (i, column) in columns.iter().enumerate() {
                            @let cell = words(column, view, rows, row);
                            @let class = cell_class(column, rows, lang);
                            @if i == 0 { th scope="row" role="rowheader" class=[class] { (cell) } }
                            @else { td role="cell" class=[class] data-label=(column.label.in_lang(lang)) { (cell) } }
                        }
                    } }
                }
            }
        }
        @if shown < rows.rows.len() {
            @let (shown, all) = (count(shown as i128), count(rows.rows.len() as i128));
            p.note { (say(lang, "panel.cut", &[("shown", &shown), ("all", &all)])) }
        } @else if cut {
            p.note { (say(lang, "panel.cut_unknown", &[("shown", &count(shown as i128))])) }
        }
    }
}

/// A light: its mark and its word, never one without the other.
pub(super) fn light(lang: Lang, code: &str) -> Markup {
    light_as(code, &say_light(lang, code))
}

/// A light's mark with other words than its name.
pub(super) fn light_as(code: &str, words: &str) -> Markup {
    match crate::charts::Light::parse(code) {
        Some(light) => html! {
            span class={ "light light-" (light.name()) } {
                svg width="14" height="14" aria-hidden="true" focusable="false" { use href={ "#g-" (light.name()) } {} }
                (words)
            }
        },
        None => html! { (words) },
    }
}

/// A chart without columns of its own shows every column of its query.
fn columns_of(panel: &Panel, rows: &Rows) -> Vec<Column> {
    if !panel.columns.is_empty() {
        return panel.columns.clone();
    }
    let plain = |name: &String| Column {
        column: Name::One(name.clone()),
        label: crate::text::Words { zh: name.clone(), en: name.clone() },
        format: Format::Plain,
        to: None,
        unit: None,
        places: None,
        link: None,
        words: Default::default(),
    };
    rows.columns.iter().map(plain).collect()
}

fn number_class(column: &Column, rows: &Rows, lang: Lang) -> Option<&'static str> {
    let name = column.column.in_lang(lang);
    let sample = (0..rows.rows.len()).map(|row| cell(rows, row, name)).find(|value| **value != Value::Null);
    (column.words.is_empty() && is_number(column.format, sample.unwrap_or(&Value::Null))).then_some("number")
}

/// Numbers stand right, and neither they nor days are broken over two lines.
fn cell_class(column: &Column, rows: &Rows, lang: Lang) -> Option<&'static str> {
    let is_day = matches!(column.format, Format::Date | Format::Month);
    number_class(column, rows, lang).or(is_day.then_some("whole"))
}

fn words(column: &Column, view: &View, rows: &Rows, row: usize) -> Markup {
    let lang = view.lang;
    let value = cell(rows, row, column.column.in_lang(lang));
    let known = column.words.get(&value.to_string());
    let words = match value {
        Value::Null => html! { span.blank { (BLANK) } },
        Value::Text(code) if column.format == Format::Light && known.is_some() => {
            light_as(code, known.map_or("", |words| words.in_lang(lang)))
        }
        _ if known.is_some() => html! { (known.map_or("", |words| words.in_lang(lang))) },
        Value::Text(code) if column.format == Format::Light => light(lang, code),
        Value::Text(_) if column.format == Format::Code => html! { code { (value) } },
        _ => html! { (number_words(column, view, rows, row)) },
    };
    let path = column.link.as_ref().and_then(|link| fill_address(&link.parts, rows, row));
    match path {
        Some(path) if *value != Value::Null => html! { a href=(view.href(&path)) { (words) } },
        _ => words,
    }
}

fn number_words(column: &Column, view: &View, rows: &Rows, row: usize) -> String {
    let lang = view.lang;
    let of = |name: &Option<Name>| name.as_ref().map(|name| cell(rows, row, name.in_lang(lang)));
    let places = of(&column.places).and_then(as_f64).map(|places| places as u8);
    let value = cell(rows, row, column.column.in_lang(lang));
    let mut words = show(value, column.format, lang, places);
    if let Some(to) = of(&column.to).filter(|to| *to != value && **to != Value::Null) {
        words = format!("{words}\u{2013}{}", show(to, column.format, lang, places));
    }
    match of(&column.unit).map(Value::to_string).unwrap_or_default().as_str() {
        "" => words,
        "%" => words + "%",
        unit => format!("{words} {unit}"),
    }
}
