//! A panel as a section: heading, chart or table or sentence, the same data as a table, where it comes from and how
//! to take it away. Pure.

use super::{Answer, View, chart, sentence, table};
use crate::charts::Size;
use crate::dashboards::{Dashboards, Kind, Page, Panel, Width};
use crate::error::Error;
use crate::text::{self, Lang, say};
use maud::{Markup, PreEscaped, html};

pub(super) fn section(
    dashboards: &Dashboards,
    page: &Page,
    panel: &Panel,
    view: &View,
    answer: Option<&Result<Answer, Error>>,
) -> Markup {
    let (lang, id) = (view.lang, panel.id.get_ref());
    let width = match panel.width {
        Width::Full => "w-full",
        Width::TwoThirds => "w-two",
        Width::Half => "w-half",
        Width::Third => "w-third",
    };
    let kind = if panel.headline { "headline" } else { kind_class(panel) };
    let heading = format!("{id}-h");
    html! {
        section class={ "panel " (width) " " (kind) } id=(id) aria-labelledby=(heading) {
            h2 id=(heading) { (super::panel_title(panel, view)) }
            @match (panel.chart.get_ref(), answer) {
                (Kind::Text, _) => (sentence::paragraphs(panel, view)),
                (Kind::Decisions, _) => ol.decisions {
                    @for decision in &dashboards.site.decisions { li { (decision.in_lang(lang)) } }
                },
                (_, Some(Err(error))) => div.failed role="status" {
                    p.strong { (say(lang, "panel.failed", &[])) }
                    (error_words(lang, error))
                },
                (_, Some(Ok(answer))) if !answer.rows.rows.is_empty() => (body(page, panel, view, answer)),
                _ => p.empty { (panel.empty.as_ref().map_or_else(|| say(lang, "panel.empty", &[]), |words| words.in_lang(lang).to_owned())) },
            }
            @if let Some(note) = &panel.note { p.note { (note.in_lang(lang)) } }
            @if panel.query.is_some() { (foot(page, panel, view, answer)) }
        }
    }
}

/// An error for people: what happened, what is known of it, what to do.
pub(super) fn error_words(lang: Lang, error: &Error) -> Markup {
    html! {
        @for error in error.each() {
            @let said = error.sentences(lang);
            p { (said.message) }
            @if let Some(detail) = said.detail { p.note { (detail) } }
            @if let Some(hint) = said.hint { p.note { (hint) } }
        }
    }
}

fn kind_class(panel: &Panel) -> &'static str {
    match panel.chart.get_ref() {
        Kind::Table => "is-table",
        Kind::Sentence => "is-sentence",
        Kind::Text | Kind::Decisions => "is-text",
        _ => "is-chart",
    }
}

fn body(page: &Page, panel: &Panel, view: &View, answer: &Answer) -> Markup {
    let rows = &answer.rows;
    match panel.chart.get_ref() {
        Kind::Table => table::table(page, panel, view, rows, answer.cut),
        Kind::Sentence => sentence::sentences(panel, view, rows),
        _ => html! {
            div.figure {
                @for size in chart::sizes(panel) {
                    @if let Some(svg) = chart::draw(panel, view, rows, *size, false) {
                        div class=(size_class(*size)) { (PreEscaped(svg)) }
                    }
                }
            }
            details.data open[view.tables.contains_key(panel.id.get_ref())] {
                summary { (say(view.lang, "panel.data", &[])) }
                (table::table(page, panel, view, rows, answer.cut))
            }
        },
    }
}

fn size_class(size: Size) -> &'static str {
    match size {
        Size::Full => "c-full",
        Size::Wide => "c-wide",
        Size::Half => "c-half",
        Size::Narrow => "c-narrow",
    }
}

fn foot(page: &Page, panel: &Panel, view: &View, answer: Option<&Result<Answer, Error>>) -> Markup {
    let lang = view.lang;
    let title = super::panel_title(panel, view);
    let is_drawn = panel.chart.get_ref().is_chart() && matches!(answer, Some(Ok(answer)) if !answer.rows.is_empty());
    let take = |ending: &str, word: String| {
        let label = format!("{} {word}", say(lang, "panel.take", &[("title", &title)]));
        html! { a href=(view.download(page, panel, ending)) aria-label=(label) { (word) } }
    };
    html! {
        footer.source {
            span { (foot_line(panel, view)) @if panel.synthetic { " \u{b7} " span.tag { (say(lang, "page.synthetic", &[])) } } }
            span.take {
                @let words = say(lang, "docs.lineage_of_title", &[("title", &title)]);
                a href=(view.href(&format!("/models/pages/{}:{}", page.name, panel.id.get_ref()))) aria-label=(words) { (say(lang, "docs.lineage_of", &[])) }
                (take("csv", say(lang, "panel.csv", &[])))
                (take("xlsx", say(lang, "panel.xlsx", &[])))
                (take("json", say(lang, "panel.json", &[])))
                @if is_drawn {
                    (take("svg", say(lang, "panel.svg", &[])))
                    (take("png", say(lang, "panel.png", &[])))
                }
                (take("html", say(lang, "panel.frame", &[])))
            }
        }
    }
}

fn foot_line(panel: &Panel, view: &View) -> String {
    let unit = Some(unit_words(panel, view.lang)).filter(|unit| !unit.is_empty());
    unit.into_iter().chain(source_words(panel, view)).collect::<Vec<_>>().join(" \u{b7} ")
}

pub(super) fn unit_words(panel: &Panel, lang: Lang) -> String {
    match panel.unit.in_lang(lang) {
        "" => String::new(),
        unit => say(lang, "panel.unit", &[("unit", unit)]),
    }
}

/// Source, edition and as-of date: what every chart and table carries with it.
pub(super) fn foot_words(panel: &Panel, view: &View) -> Vec<String> {
    let synthetic = panel.synthetic.then(|| say(view.lang, "page.synthetic", &[]));
    source_words(panel, view).into_iter().chain(synthetic).collect()
}

fn source_words(panel: &Panel, view: &View) -> Vec<String> {
    let lang = view.lang;
    let mut words = Vec::new();
    if !panel.source.in_lang(lang).is_empty() {
        words.push(say(lang, "panel.source", &[("source", panel.source.in_lang(lang))]));
    }
    if let Some(edition) = &view.edition {
        let number = say(lang, "page.edition", &[("n", &edition.number.to_string())]);
        let as_of = say(lang, "page.as_of", &[("date", &text::date(lang, edition.as_of))]);
        words.push(format!("{number} \u{b7} {as_of}"));
    }
    words
}
