//! Moving about: tables arranged by their address, places looked up by name, pages that change with their files.

use crate::api::{get, get_well, routes, served_by};
use crate::support::{copy_folder, project, published_sample, scratch};
use axum::http::header;
use jindu::server::router;
use serde_json::Value as Json;

/// The first cell of each row of a panel on a page.
fn first_cells(html: &str, panel: &str) -> Vec<String> {
    let section = html.split(&format!(" id=\"{panel}\" ")).nth(1).unwrap().split("</section>").next().unwrap();
    let heads = section.split("role=\"rowheader\"").skip(1);
    let text = |cell: &str| cell.split('<').map(|part| part.split('>').nth(1).unwrap_or_default()).collect::<String>();
    heads.map(|head| text(&format!("<{}", head.split("</th>").next().unwrap()))).collect()
}

async fn of_panel(panel: &str, column: &str) -> Vec<(String, i64)> {
    let json = get_well(&routes(published_sample()), &format!("/panels/deliveries/{panel}.json")).await;
    let json: Json = serde_json::from_str(&json).unwrap();
    let rows = json["rows"].as_array().unwrap().iter();
    rows.map(|r| (r["short_name"].as_str().unwrap().to_owned(), r[column].as_i64().unwrap())).collect()
}

#[tokio::test]
async fn a_table_is_sorted_searched_and_turned_over_by_its_address() {
    let routes = routes(published_sample());
    let natural = of_panel("late", "days_late").await;
    assert!(natural.len() > 15, "the sample has late deliveries");
    let page = |query: &'static str| {
        let routes = routes.clone();
        async move { first_cells(&get_well(&routes, &format!("/deliveries{query}")).await, "late") }
    };
    let names = |rows: &[(String, i64)]| rows.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(page("").await, names(&natural[..15]));
    assert_eq!(page("?page.late=2").await, names(&natural[15..natural.len().min(30)]));
    let mut sorted = natural.clone();
    sorted.sort_by_key(|(_, days)| *days);
    assert_eq!(page("?sort.late=days_late").await, names(&sorted[..15]));
    sorted = natural.clone();
    sorted.sort_by_key(|(_, days)| std::cmp::Reverse(*days));
    assert_eq!(page("?sort.late=-days_late").await, names(&sorted[..15]));
    let wanted = &natural[16].0;
    let query = format!("/deliveries?find.late={wanted}");
    let found = first_cells(&get_well(&routes, &query).await, "late");
    assert!(!found.is_empty() && found.iter().all(|name| name == wanted), "{found:?}");
    // Nonsense is calm: the last page there is, the rows' own order, no row.
    assert!(!page("?page.late=999").await.is_empty());
    assert_eq!(page("?sort.late=nothing").await, names(&natural[..15]));
    assert_eq!(page("?find.late=%3Cscript%3E").await, Vec::<String>::new());
    // The downloads hold all rows in their own order, however the page is arranged.
    let html = get_well(&routes, "/deliveries?sort.late=-days_late&lang=en").await;
    assert!(html.contains("aria-sort=\"descending\"") && html.contains("/panels/deliveries/late.csv?lang=en"));
    // Another language keeps the view.
    assert!(html.contains("href=\"/deliveries?sort.late=-days_late\""), "the link to Chinese loses the order");
}

#[tokio::test]
async fn a_place_is_found_by_its_name_a_former_code_or_first_letters() {
    let routes = routes(published_sample());
    let leads = |query: &'static str| {
        let routes = routes.clone();
        async move {
            let reply = get(&routes, &format!("/search?q={query}")).await;
            (reply.status, reply.header(header::LOCATION).to_owned())
        }
    };
    assert_eq!(leads("%E9%95%87%E8%B5%89").await, (303, "/regions/220821".to_owned()), "镇赉");
    assert_eq!(leads("zl").await, (303, "/regions/220821".to_owned()));
    assert_eq!(leads("ZL&lang=en&edition=1").await, (303, "/regions/220821?lang=en&edition=1".to_owned()));
    assert_eq!(leads("220821").await, (303, "/regions/220821".to_owned()));
    assert_eq!(leads("a6").await, (303, "/rules/A6/220000".to_owned()));
    // Two are called so by their letters: both are offered.
    let both = get_well(&routes, "/search?q=dh").await;
    assert!(both.contains("\"/regions/220183\"") && both.contains("\"/regions/222403\""), "{both}");
    let none = get_well(&routes, "/search?q=%3Cb%3E&lang=en").await;
    assert!(none.contains("Nothing found.") && none.contains("&lt;b&gt;") && !none.contains("<b>"), "{none}");
    assert_eq!(get(&routes, "/search").await.status, 200);
}

#[tokio::test]
async fn a_changed_page_is_shown_at_once_and_a_mistake_in_it_with_its_line() {
    let dir = scratch();
    for folder in ["jobs", "sql", "dashboards"] {
        copy_folder(&project().join(folder), &dir.path().join(folder));
    }
    let routes = router(served_by(dir.path(), published_sample()));
    let file = dir.path().join("dashboards/ranking.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let title = text.lines().find(|line| line.starts_with("title = ")).unwrap().to_owned();
    assert!(!get_well(&routes, "/ranking").await.contains("换了名的一页"));
    let renamed = "title = { zh = \"换了名的一页\", en = \"A page with a new name\" }";
    std::fs::write(&file, text.replacen(&title, renamed, 1)).unwrap();
    assert!(get_well(&routes, "/ranking").await.contains("换了名的一页"));
    std::fs::write(&file, text.replacen(&title, "tittle = 1", 1)).unwrap();
    let broken = get(&routes, "/ranking").await;
    assert!(broken.status == 500 && broken.text().contains("ranking.toml"), "{}", broken.text());
    assert_eq!(get(&routes, "/").await.status, 200, "the other pages stand");
    std::fs::write(&file, &text).unwrap();
    assert_eq!(get(&routes, "/ranking").await.status, 200);
    std::fs::copy(&file, dir.path().join("dashboards/another.toml")).unwrap();
    let another = text.replacen("address = \"/ranking\"", "address = \"/another\"", 1);
    std::fs::write(dir.path().join("dashboards/another.toml"), another).unwrap();
    assert_eq!(get(&routes, "/another").await.status, 200, "a new page needs no new program");
    assert_eq!(get(&routes, "/models/pages/another:units").await.status, 200, "nor does where its figures come from");
}

#[tokio::test]
async fn a_chart_is_taken_away_as_a_picture() {
    let routes = routes(published_sample());
    for panel in ["glance/targets", "glance/trends"] {
        let reply = get(&routes, &format!("/panels/{panel}.png?edition=1")).await;
        assert_eq!((reply.status, reply.header(header::CONTENT_TYPE)), (200, "image/png"));
        let svg = get_well(&routes, &format!("/panels/{panel}.svg?edition=1")).await;
        let width: u32 = svg.split(" width=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
        let picture = resvg::tiny_skia::Pixmap::decode_png(&reply.body).unwrap();
        assert_eq!(picture.width(), 2 * width);
        let mut inks: Vec<_> = picture.pixels().iter().map(|p| (p.red(), p.green(), p.blue())).collect();
        inks.sort_unstable();
        inks.dedup();
        assert!(inks.len() > 50, "{panel}: only {} colours were drawn", inks.len());
        assert_eq!(reply.body, get(&routes, &format!("/panels/{panel}.png?edition=1")).await.body);
    }
    assert_eq!(get(&routes, "/panels/deliveries/late.png").await.status, 404, "a table is no picture");
}
