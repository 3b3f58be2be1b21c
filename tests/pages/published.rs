//! Every page over the published sample: each panel is answered, and page, CSV, workbook, JSON and chart hold the same rows.

use super::marks::compare_charts;
use crate::api::{get, get_well, routes, served};
use crate::support::published_sample;
use calamine::{Data, DataType, Reader, Xlsx, open_workbook_from_rs};
use jindu::dashboards::{Kind, Page, Panel};
use jindu::server::Served;
use jindu::server::pages::address_of;
use jindu::text::{Lang, say};
use serde_json::Value as Json;
use std::collections::BTreeMap;

type Parameters = BTreeMap<String, String>;

/// A page's addresses with each choice of its parameter; of several parameters with every ninth of each, for time.
async fn views(served: &Served, page: &Page) -> Vec<Parameters> {
    let (mut view, edition) = served.view(&page.address, Lang::En, None).await.unwrap();
    served.fill(&served.dashboards(), &mut view, page, &edition.unwrap(), &Parameters::new()).await.unwrap();
    if view.choices.is_empty() {
        return vec![Parameters::new()];
    }
    let step = if view.choices.len() > 1 { 9 } else { 1 };
    let each = view.choices.iter().flat_map(|(name, choices)| choices.iter().step_by(step).map(move |c| (name, c)));
    each.map(|(name, choice)| [(name.clone(), choice.value.clone())].into()).collect()
}

#[tokio::test]
async fn every_panel_is_answered_and_names_only_columns_of_its_query() {
    let served = served(published_sample());
    let pages = served.dashboards().pages.clone();
    let mut asked = 0;
    for page in &pages {
        for parameters in views(&served, page).await {
            let (mut view, edition) = served.view(&page.address, Lang::ZhCn, None).await.unwrap();
            let edition = edition.unwrap();
            served.fill(&served.dashboards(), &mut view, page, &edition, &parameters).await.unwrap();
            for panel in page.panels.iter().filter(|panel| panel.query.is_some()) {
                let place = format!("{}/{} {parameters:?}", page.name, panel.id.get_ref());
                let rows = served.answer(&view, panel, &edition).await.unwrap_or_else(|e| panic!("{place}: {e}"));
                for column in panel.columns_used() {
                    assert!(rows.columns.contains(&column), "{place} names {column}, of {:?}", rows.columns);
                }
                asked += 1;
            }
        }
    }
    assert!(asked > 400, "only {asked} panels were asked");
}

#[tokio::test]
async fn page_csv_workbook_json_and_charts_of_a_panel_hold_the_same_rows() {
    let (served, routes) = (served(published_sample()), routes(published_sample()));
    let mut charts = 0;
    let dashboards = served.dashboards();
    // A region's page shows other panels for a unit than for a county.
    let pages =
        dashboards.pages.iter().map(|page| (page, "U09")).chain([(dashboards.page("region").unwrap(), "220821")]);
    for (page, region) in pages {
        let chosen: Parameters = [
            ("region", region),
            ("rule", "E6"),
            ("other", "220821"),
            ("indicator", "T4"),
            ("group", "counties"),
            ("township", "220821100"),
            ("village", "220821100200"),
        ]
        .into_iter()
        .filter(|(name, _)| page.parameters.contains_key(*name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
        let parameters: String = chosen.iter().map(|(name, value)| format!("&{name}={value}")).collect();
        let path = address_of(page, &chosen);
        let joint = if path.contains('?') { '&' } else { '?' };
        for lang in [Lang::ZhCn, Lang::En] {
            let html = get_well(&routes, &format!("{path}{joint}lang={}", lang.tag())).await;
            assert!(!html.contains(&say(lang, "panel.failed", &[])), "{path}: a panel failed");
            for panel in page.panels.iter().filter(|panel| panel.query.is_some()) {
                let place = format!("/panels/{}/{}", page.name, panel.id.get_ref());
                let csv = get_well(&routes, &format!("{place}.csv?lang={}{parameters}", lang.tag())).await;
                let json = get_well(&routes, &format!("{place}.json?lang={}{parameters}", lang.tag())).await;
                let json: Json = serde_json::from_str(&json).unwrap();
                let rows = json["rows"].as_array().unwrap();
                compare_csv(&place, &csv, rows);
                let book = get(&routes, &format!("{place}.xlsx?lang={}{parameters}", lang.tag())).await;
                compare_workbook(&place, book.body, rows);
                if panel.optional && rows.is_empty() {
                    assert!(
                        !html.contains(&format!("aria-labelledby=\"{}-h\"", panel.id.get_ref())),
                        "{place}: is there"
                    );
                } else {
                    compare_page(&place, &html, panel, lang, rows);
                }
                if panel.chart.get_ref().is_chart() && !rows.is_empty() {
                    let svg = get_well(&routes, &format!("{place}.svg?lang={}{parameters}", lang.tag())).await;
                    assert_eq!(compare_charts(&place, &svg, panel, lang, rows), 1);
                    let sizes = compare_charts(&place, section_of(&html, panel), panel, lang, rows);
                    assert!(sizes > 0, "{place}: no chart on the page");
                    compare_words(&place, &svg, panel, lang);
                    charts += 1;
                }
            }
        }
    }
    assert!(charts >= 24, "only {charts} charts were compared");
}

fn compare_csv(place: &str, csv: &str, rows: &[Json]) {
    let csv = csv.strip_prefix('\u{feff}').unwrap_or_else(|| panic!("{place}: no mark that it is UTF-8"));
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header = reader.headers().unwrap().clone();
    let records: Vec<_> = reader.records().map(|r| r.unwrap()).collect();
    assert_eq!(records.len(), rows.len(), "{place}: rows");
    for (record, row) in records.iter().zip(rows) {
        assert_eq!(record.len(), row.as_object().unwrap().len());
        for (name, cell) in header.iter().zip(record) {
            let same = match &row[name] {
                Json::Null => cell.is_empty(),
                Json::String(text) => cell == text || cell.strip_prefix('\'') == Some(text),
                Json::Number(n) => cell.parse::<f64>().ok() == n.as_f64(),
                Json::Bool(flag) => cell.parse() == Ok(*flag),
                other => panic!("{place}.{name} is no plain value: {other}"),
            };
            assert!(same, "{place}.{name}: `{cell}` is not {}", row[name]);
        }
    }
}

fn compare_workbook(place: &str, bytes: Vec<u8>, rows: &[Json]) {
    let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    assert_eq!(book.sheet_names().len(), 2, "{place}: rows, and what they are");
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    for (at, row) in rows.iter().enumerate() {
        for (i, (name, value)) in row.as_object().unwrap().iter().enumerate() {
            let cell = sheet.get_value((at as u32 + 1, i as u32)).unwrap_or(&Data::Empty);
            let same = match value {
                Json::Null => matches!(cell, Data::Empty),
                Json::Number(n) => cell.as_f64() == n.as_f64(),
                Json::Bool(flag) => *cell == Data::Bool(*flag),
                Json::String(text) => match cell {
                    Data::DateTime(day) => {
                        let (year, month, day, ..) = day.to_ymd_hms_milli();
                        format!("{year:04}-{month:02}-{day:02}") == *text
                    }
                    Data::Empty => text.is_empty(),
                    other => other.to_string() == *text,
                },
                other => panic!("{place}.{name} is no plain value: {other}"),
            };
            assert!(same, "{place}.{name}, row {at}: {cell:?} is not {value}");
        }
    }
    let last = if rows.is_empty() { 0 } else { rows.len() as u32 };
    assert!(sheet.end().is_none_or(|(row, _)| row <= last), "{place}: more rows than {last}");
}

/// The downloaded image says where it is from, and leads nowhere.
fn compare_words(place: &str, svg: &str, panel: &Panel, lang: Lang) {
    for words in ["page.edition", "page.as_of", "panel.source"] {
        let said = say(lang, words, &[("n", "1"), ("date", "\u{0}"), ("source", "\u{0}")]);
        let part = said.split('\u{0}').next().unwrap();
        assert!(svg.contains(part), "{place}: the image does not say `{part}`");
    }
    let unit = panel.unit.in_lang(lang);
    assert!(svg.contains(unit) && !svg.contains("href=\"/"), "{place}");
}

fn section_of<'a>(html: &'a str, panel: &Panel) -> &'a str {
    let id = panel.id.get_ref();
    let section = html.split(&format!(" id=\"{id}\" ")).nth(1).unwrap_or_else(|| panic!("{id} is not on its page"));
    section.split("</section>").next().unwrap()
}

fn compare_page(place: &str, html: &str, panel: &Panel, lang: Lang, rows: &[Json]) {
    let section = section_of(html, panel);
    let shown = rows.len().min(panel.rows_shown);
    let found = match panel.chart.get_ref() {
        Kind::Sentence if rows.len() == 1 => section.matches("<p class=\"sentence\">").count(),
        Kind::Sentence => section.matches("<li>").count(),
        _ => section.matches("<tr role=\"row\">").count().saturating_sub(1),
    };
    assert_eq!(found, shown, "{place}: rows on the page");
    for column in panel.columns.iter().filter(|c| c.words.is_empty() && c.format == Default::default()) {
        for row in rows.iter().take(shown) {
            if let Json::String(text) = &row[column.column.in_lang(lang)] {
                let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
                assert!(section.contains(&text), "{place}: the page lacks `{text}`");
            }
        }
    }
}

#[tokio::test]
async fn english_pages_name_missing_counties_in_english() {
    let routes = routes(published_sample());
    let is_cjk = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for path in [
        "/",
        "/?indicator=T1",
        "/ranking?group=counties",
        "/regions/220000",
        "/regions/U09",
        "/regions/222426",
        "/ranking",
        "/rules",
        "/help",
    ] {
        let html = get_well(&routes, &format!("{path}{}lang=en", if path.contains('?') { '&' } else { '?' })).await;
        // Townships have Chinese names only.
        let (before, after) =
            html.split_once("<section class=\"panel w-full is-table\" id=\"townships\"").unwrap_or((&html, ""));
        let (townships, after) = after.split_once("</section>").unwrap_or_default();
        let named = townships
            .split("<span lang=\"zh-CN\">")
            .map(|part| part.split_once("</span>").map_or(part, |(_, rest)| rest));
        let html = format!("{before}{}{after}", named.collect::<String>());
        let body = html.split("<main").nth(1).unwrap();
        let found: Vec<&str> = body.lines().flat_map(|l| l.split('>')).filter(|t| t.chars().any(is_cjk)).collect();
        assert!(found.is_empty(), "{path}: {found:?}");
    }
}
