//! Sentences and addresses filled from rows. Values are escaped by maud; words of the template come from the project.

use super::View;
use super::format::{cell, encode, in_its_language, show};
use crate::dashboards::{Format, Panel, Part, Template};
use crate::rows::{Rows, Value};
use crate::text::Lang;
use maud::{Markup, html};

/// The panel's sentence for each row: one row is a paragraph, more are a list.
pub(super) fn sentences(panel: &Panel, view: &View, rows: &Rows) -> Markup {
    let shown = rows.rows.len().min(panel.rows_shown);
    html! {
        @if rows.rows.len() == 1 {
            p.sentence { (sentence(panel, view, rows, 0)) }
        } @else {
            ol.sentences { @for row in 0..shown { li { (sentence(panel, view, rows, row)) } } }
        }
    }
}

/// The words of a `text` panel: paragraphs parted by blank lines, list items begin with `- `.
pub(super) fn paragraphs(panel: &Panel, view: &View) -> Markup {
    let Some(words) = panel.text.as_ref().map(|text| text_of(text, view.lang)) else { return html! {} };
    let nothing = Rows { columns: Vec::new(), rows: vec![Vec::new()] };
    let part = |text: &str| {
        Template::read(text).map(|t| fill(&t.parts, view, &nothing, 0)).unwrap_or_else(|_| html! { (text) })
    };
    html! {
        @for block in words.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
            @if block.starts_with("- ") {
                ul { @for item in block.lines().map(|line| line.trim_start_matches("- ")) { li { (part(item)) } } }
            } @else {
                p { (part(block)) }
            }
        }
    }
}

fn sentence(panel: &Panel, view: &View, rows: &Rows, row: usize) -> Markup {
    let variant = panel.roles.variant.as_ref().map(|name| cell(rows, row, name.in_lang(view.lang)).to_string());
    let text = variant.and_then(|value| panel.variants.get(&value)).or(panel.text.as_ref());
    let template = text.and_then(|text| Template::read(text_of(text, view.lang)).ok());
    html! { @if let Some(template) = template { (fill(&template.parts, view, rows, row)) } }
}

fn text_of(text: &crate::dashboards::TemplateWords, lang: Lang) -> &str {
    match lang {
        Lang::ZhCn => text.zh.get_ref(),
        Lang::En => text.en.get_ref(),
    }
}

fn fill(parts: &[Part], view: &View, rows: &Rows, row: usize) -> Markup {
    html! {
        @for part in parts {
            @match part {
                Part::Text(text) => (broken(text)),
                Part::Field { column, format } => (value_words(cell(rows, row, column), *format, view.lang)),
                Part::Strong(inner) => strong { (fill(inner, view, rows, row)) },
                Part::Link { words, address } => {
                    @let path = fill_address(address, rows, row);
                    @match path {
                        Some(path) => a href=(view.href(&path)) { (fill(words, view, rows, row)) },
                        None => (fill(words, view, rows, row)),
                    }
                },
            }
        }
    }
}

/// Text with its line breaks.
fn broken(text: &str) -> Markup {
    html! { @for (i, line) in text.split('\n').enumerate() { @if i > 0 { br; } (line) } }
}

fn value_words(value: &Value, format: Format, lang: Lang) -> Markup {
    match (value, format) {
        (Value::Text(code), Format::Light) => super::table::light(lang, code),
        _ => in_its_language(&show(value, format, lang, None), lang),
    }
}

/// An address inside the house; `None` if a value is missing or the template leads out of it.
pub(super) fn fill_address(parts: &[Part], rows: &Rows, row: usize) -> Option<String> {
    let mut path = String::new();
    for part in parts {
        match part {
            Part::Text(text) => path.push_str(text),
            Part::Field { column, .. } => {
                let value = cell(rows, row, column).to_string();
                if value.is_empty() {
                    return None;
                }
                path.push_str(&encode(&value));
            }
            _ => return None,
        }
    }
    (path.starts_with('/') && !path.starts_with("//")).then_some(path)
}
