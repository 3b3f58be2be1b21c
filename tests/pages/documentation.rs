//! The pages of the documentation: every table has one, every link on them leads somewhere, and they keep to the frame.

use crate::api::{get, get_well, routes};
use crate::docs::docs;
use crate::support::published_sample;
use std::collections::BTreeSet;

/// The addresses inside the house that a page links to.
fn links(html: &str) -> BTreeSet<String> {
    let all = html.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    all.filter(|address| address.starts_with('/')).map(|address| address.replace("&amp;", "&")).collect()
}

fn is_well_framed(path: &str, html: &str) {
    assert_eq!(html.matches("<h1>").count(), 1, "{path}");
    for part in ["<main id=\"content\"", "class=\"skip\"", "class=\"crumbs\"", "aria-current=\"page\"", "<footer"] {
        assert!(html.contains(part), "{path} has no {part}");
    }
    assert!(!html.contains("<script") && !html.contains("http://") || html.contains("www.w3.org"), "{path}");
    let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{path} has an id twice");
}

#[tokio::test]
async fn every_table_has_a_page_and_every_link_leads_to_one() {
    let routes = routes(published_sample());
    let docs = docs();
    let front = get_well(&routes, "/models").await;
    is_well_framed("/models", &front);
    let mut wanted = links(&front);
    for table in docs.tables.values() {
        let (layer, name) = table.name.split_once('.').unwrap();
        let path = format!("/models/{layer}/{name}");
        assert!(wanted.contains(&path), "/models does not lead to {path}");
        let html = get_well(&routes, &path).await;
        is_well_framed(&path, &html);
        assert!(html.contains(&format!("<h1>{}</h1>", table.name)), "{path}");
        for column in &table.columns {
            assert!(html.contains(&format!("id=\"c-{}\"", column.name)), "{path} lacks {}", column.name);
        }
        wanted.extend(links(&html));
    }
    for path in wanted.iter().filter(|path| !path.starts_with("/?") && path.starts_with("/models")) {
        let (page, place) = path.split_once('#').unwrap_or((path, ""));
        let column = place.strip_prefix("c-").unwrap_or_default();
        let known = page.split('?').next().unwrap().strip_prefix("/models").unwrap();
        let table = known.strip_prefix('/').map(|name| name.replacen('/', ".", 1));
        let is_there =
            table.is_none_or(|name| docs.get(&name).is_some_and(|t| column.is_empty() || t.column(column).is_some()));
        assert!(is_there, "{path} leads nowhere");
    }
}

#[tokio::test]
async fn a_page_speaks_both_languages_and_keeps_the_edition() {
    let routes = routes(published_sample());
    let zh = get_well(&routes, "/models/measures/progress?edition=1").await;
    let en = get_well(&routes, "/models/measures/progress?edition=1&lang=en").await;
    assert!(zh.contains("截止日各地区各指标进展") && zh.contains("完成数") && zh.contains("<html lang=\"zh-CN\""));
    assert!(en.contains("progress on each indicator at the as-of date") && en.contains("<html lang=\"en\""));
    assert!(links(&en).iter().any(|l| l == "/models/measures/monthly?lang=en&edition=1"), "{:?}", links(&en));
    // The drawing says in words what it shows.
    assert!(
        en.contains("measures.progress reads: measures.monthly.") && en.contains("<desc id=\"neighbours-full-d\">")
    );
    assert!(en.contains("class=\"sql\"") && en.contains("select"));
}

#[tokio::test]
async fn a_panel_and_the_help_lead_to_the_documentation() {
    let routes = routes(published_sample());
    let front = get_well(&routes, "/?lang=en").await;
    assert!(links(&front).contains("/models/pages/glance:targets?lang=en"));
    let panel = get_well(&routes, "/models/pages/glance:targets?lang=en").await;
    assert!(links(&panel).iter().any(|l| l.starts_with("/models/measures/progress")));
    assert!(links(&get_well(&routes, "/help").await).contains("/models"));
    let lost = get(&routes, "/models/measures/progres?lang=en").await;
    assert!(lost.status == 404 && lost.text().contains("measures.progress"), "{}", lost.text());
}
