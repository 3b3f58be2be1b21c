//! Tables: what a `table` panel is, and what stands beside every chart. Pure.

use super::View;
use super::arrange::{Arrangement, arranged, find_name, sort_name};
use super::format::{BLANK, as_f64, cell, in_its_language, is_number, say_light, show};
use super::sentence::fill_address;
use crate::charts::spark;
use crate::dashboards::{Column, Format, Name, Page, Panel};
use crate::rows::{Rows, Value};
use crate::text::{Lang, count, say};
use maud::{Markup, PreEscaped, html};

/// Tables with more rows than this can be searched.
const FIND_FROM: usize = 20;

/// The panel's rows as a table, with a caption for those who do not see the heading beside it. Its heads sort it, and a
/// table longer than it shows has a search and pages: all of it links and forms.
pub(super) fn table(page: &Page, panel: &Panel, view: &View, rows: &Rows, cut: bool) -> Markup {
    let lang = view.lang;
    let columns = columns_of(panel, rows);
    let state = view.tables.get(panel.id.get_ref()).cloned().unwrap_or_default();
    let found = arranged(panel, view, rows);
    let pages = found.len().div_ceil(panel.rows_shown.max(1)).max(1);
    let at = state.page.min(pages - 1) * panel.rows_shown;
    let shown = &found[at.min(found.len())..(at + panel.rows_shown).min(found.len())];
    let caption = say(lang, "panel.table_of", &[("title", &super::panel_title(panel, view))]);
    html! {
        @if rows.len() > FIND_FROM { (search(page, panel, view, &state)) }
        div.scroll tabindex="0" role="group" aria-label=(caption) {
            table class=[(columns.len() > 3).then_some("stacks")] role="table" {
                caption.unseen { (caption) }
                thead role="rowgroup" { tr role="row" {
                    @for column in &columns { (head(page, panel, view, column, rows, &state)) }
                } }
                tbody role="rowgroup" {
                    @for row in shown.iter().copied() { tr role="row" {
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
        @if found.is_empty() { p.note { (say(lang, "panel.find_none", &[])) } }
        @if cut { p.note { (say(lang, "panel.cut_unknown", &[("shown", &count(shown.len() as i128))])) } }
        @if found.len() > shown.len() { (pager(page, panel, view, &state, (at, shown.len(), found.len()))) }
    }
}

/// A column's head; with more than one row it is a link that sorts by it, and sorts the other way once it does.
fn head(page: &Page, panel: &Panel, view: &View, column: &Column, rows: &Rows, state: &Arrangement) -> Markup {
    let (lang, name, label) = (view.lang, sort_name(column), column.label.in_lang(view.lang));
    let is_sorted = state.sort.as_deref() == Some(name);
    let other = Arrangement {
        sort: Some(name.to_owned()),
        is_descending: is_sorted && !state.is_descending,
        page: 0,
        ..state.clone()
    };
    let (order, sign) = match (is_sorted, state.is_descending) {
        (false, _) => (None, ""),
        (true, false) => (Some("ascending"), " \u{25b2}"),
        (true, true) => (Some("descending"), " \u{25bc}"),
    };
    html! {
        th scope="col" role="columnheader" aria-sort=[order] class=[number_class(column, rows, lang)] {
            @if rows.len() > 1 {
                a href=(view.rearranged(page, panel, other)) title=(say(lang, "panel.sort_by", &[("column", label)])) {
                    (label) span aria-hidden="true" { (sign) }
                }
            } @else { (label) }
        }
    }
}

/// An address as a form sends it: where to, and what else is asked for, without one of its names.
pub(super) fn as_form(address: &str, without: &str) -> (String, Markup) {
    let (path, place) = address.split_once('#').map_or((address, None), |(path, place)| (path, Some(place)));
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != without);
    let hidden = html! { @for (name, value) in kept { input type="hidden" name=(name) value=(value); } };
    (place.map_or(path.to_owned(), |place| format!("{path}#{place}")), hidden)
}

/// Looks for words among the rows; a form that sends an address.
fn search(page: &Page, panel: &Panel, view: &View, state: &Arrangement) -> Markup {
    let (lang, id) = (view.lang, panel.id.get_ref());
    let label = say(lang, "panel.find", &[("title", &super::panel_title(panel, view))]);
    let without = Arrangement { find: String::new(), page: 0, ..state.clone() };
    let address = view.rearranged(page, panel, without);
    let (action, kept) = as_form(&address, "");
    html! {
        form.find method="get" action=(action) role="search" aria-label=(label) {
            (kept)
            input type="search" name=(find_name(id)) value=(state.find) maxlength="80" aria-label=(label);
            button type="submit" { (say(lang, "panel.find_go", &[])) }
            @if !state.find.is_empty() { a href=(address) { (say(lang, "panel.find_all", &[])) } }
        }
    }
}

/// Which rows of how many are shown, and the links to those before and after.
fn pager(
    page: &Page,
    panel: &Panel,
    view: &View,
    state: &Arrangement,
    (at, shown, all): (usize, usize, usize),
) -> Markup {
    let lang = view.lang;
    let turned = |to: usize| view.rearranged(page, panel, Arrangement { page: to, ..state.clone() });
    let number = at / panel.rows_shown.max(1);
    let word = |n: usize| count(n as i128);
    let place = say(lang, "panel.rows_of", &[("from", &word(at + 1)), ("to", &word(at + shown)), ("all", &word(all))]);
    html! {
        nav.pager aria-label=(say(lang, "panel.pager", &[("title", panel.title.in_lang(lang))])) {
            @if number > 0 { a rel="prev" href=(turned(number - 1)) { (say(lang, "panel.previous", &[])) } }
            span { (place) }
            @if at + shown < all { a rel="next" href=(turned(number + 1)) { (say(lang, "panel.next", &[])) } }
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
pub(super) fn columns_of(panel: &Panel, rows: &Rows) -> Vec<Column> {
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

/// What a cell shows, without its marks and links.
pub(super) fn plain_words(column: &Column, view: &View, rows: &Rows, row: usize) -> String {
    let lang = view.lang;
    let value = cell(rows, row, column.column.in_lang(lang));
    match column.words.get(&value.to_string()) {
        _ if value.is_null() => String::new(),
        Some(known) => known.in_lang(lang).to_owned(),
        None => number_words(column, view, rows, row),
    }
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
        Value::Text(series) if column.format == Format::Series => html! { (PreEscaped(series_drawn(series, lang))) },
        Value::Text(_) if column.format == Format::Code => html! { code { (value) } },
        _ => in_its_language(&number_words(column, view, rows, row), lang),
    };
    let path = column.link.as_ref().and_then(|link| fill_address(&link.parts, rows, row));
    match path {
        Some(path) if *value != Value::Null => html! { a href=(view.href(&path)) { (words) } },
        _ => words,
    }
}

/// A series as a small line, with its ends in words.
fn series_drawn(series: &str, lang: Lang) -> String {
    let values: Vec<Option<f64>> = series.split_whitespace().map(|value| value.parse().ok()).collect();
    let known: Vec<(&str, f64)> =
        series.split_whitespace().filter_map(|value| Some((value, value.parse().ok()?))).collect();
    let by_size = |a: &&(&str, f64), b: &&(&str, f64)| a.1.total_cmp(&b.1);
    let (Some(first), Some(last)) = (known.first(), known.last()) else { return BLANK.to_owned() };
    let (least, most) = (known.iter().min_by(by_size).unwrap_or(first), known.iter().max_by(by_size).unwrap_or(last));
    let n = known.len().to_string();
    let words = [("n", n.as_str()), ("first", first.0), ("last", last.0), ("least", least.0), ("most", most.0)];
    spark(&values, &say(lang, "panel.series", &words))
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
