//! Page definitions and what is made of them, without data.

use crate::support::project;
use chrono::NaiveDate;
use jindu::dashboards::{Dashboards, read_dashboards, read_page};
use jindu::rows::{Rows, Value};
use jindu::server::pages::{self, Answer, Answers, Edition, View};
use jindu::text::{Lang, say};
use std::collections::BTreeMap;

#[test]
fn the_projects_dashboards_have_no_mistake() {
    let all = read_dashboards(&project().join("dashboards"));
    let mistakes: Vec<String> = all.mistakes.iter().map(|mistake| mistake.render(Lang::En)).collect();
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let in_navigation = all.pages.iter().filter(|page| page.nav.is_some()).map(|page| page.address.as_str());
    let expected = [
        "/",
        "/regions/{region}",
        "/indicators/{indicator}",
        "/ranking",
        "/reports",
        "/rules",
        "/supervision",
        "/loads",
        "/deliveries",
        "/help",
    ];
    assert_eq!(in_navigation.collect::<Vec<_>>(), expected);
}

#[test]
fn every_mistake_of_a_page_is_found_with_its_line() {
    let text = r#"address = "/x/{what}"
title = { zh = "甲", en = "A" }
[[panels]]
id = "One"
title = { zh = "甲", en = "A" }
chart = "bullet"
query = "select $region, '$not_one' -- $nor_this"
[[panels]]
id = "two"
title = { zh = "甲", en = "A" }
chart = "sentence"
query = "select 1"
text = { zh = "{a", en = "{b:nothing}" }
"#;
    let mistakes = read_page("x", text).unwrap_err();
    let found: Vec<(&str, &str)> = mistakes.iter().map(|m| (m.key, m.arg("line").unwrap())).collect();
    assert_eq!(
        found,
        [
            ("dashboard_parameter_unknown", "1"),
            ("dashboard_panel_id", "4"),
            ("dashboard_part_missing", "4"),
            ("dashboard_part_missing", "4"),
            ("dashboard_part_missing", "4"),
            ("dashboard_parameter_unknown", "7"),
            ("dashboard_template", "13"),
            ("dashboard_template", "13"),
        ]
    );
    let lights = "title = { zh = \"a\", en = \"b\" }\nlegend.lilac = { zh = \"a\", en = \"b\" }\n[[panels]]\nid = \"a\"\n\
        title = { zh = \"a\", en = \"b\" }\nchart = \"shares\"\nquery = \"select 1\"\nroles = { label = \"a\", light = \"b\", \
        count = \"c\", light_words.mauve = { zh = \"a\", en = \"b\" } }\n";
    let lights = read_page("x", lights).unwrap_err();
    let found: Vec<_> = lights.iter().map(|m| (m.key, m.arg("light").unwrap())).collect();
    assert_eq!(found, [("dashboard_light", "lilac"), ("dashboard_light", "mauve")]);
    let shape = read_page("x", "title = { zh = \"a\", en = \"b\" }\npanels = []\ntittle = 1\n").unwrap_err();
    assert_eq!((shape[0].key, shape[0].arg("line")), ("dashboard_shape", Some("3")));
}

#[test]
fn a_chart_of_places_names_every_part_that_it_draws() {
    let panel = |kind: &str, roles: &str| {
        let text = format!(
            "title = {{ zh = \"a\", en = \"b\" }}\n\n[[panels]]\nid = \"a\"\ntitle = {{ zh = \"a\", en = \"b\" }}\n\
             chart = \"{kind}\"\nquery = \"select 1\"\nroles = {{ {roles} }}\n"
        );
        match read_page("x", &text) {
            Ok(page) => {
                assert!(page.panels[0].chart.get_ref().is_chart());
                Vec::new()
            }
            Err(mistakes) => {
                assert!(mistakes.iter().all(|m| (m.key, m.arg("line")) == ("dashboard_part_missing", Some("4"))));
                mistakes.iter().map(|m| m.arg("part").unwrap().to_owned()).collect()
            }
        }
    };
    let lit = "label = \"a\", light = \"b\"";
    assert_eq!(panel("heat", lit), ["roles.column"]);
    assert_eq!(panel("tiles", lit), ["roles.column", "roles.row"]);
    assert_eq!(panel("map", lit), ["roles.outline", "roles.east", "roles.north"]);
    assert_eq!(panel("funnel", lit), ["roles.count"]);
    let nothing: [&str; 0] = [];
    assert_eq!(panel("heat", &format!("{lit}, column = \"c\"")), nothing);
    assert_eq!(panel("tiles", &format!("{lit}, column = \"c\", row = \"d\"")), nothing);
    assert_eq!(panel("map", &format!("{lit}, outline = \"c\", east = \"d\", north = \"e\"")), nothing);
    assert_eq!(panel("funnel", "label = \"a\", count = \"b\""), nothing);
}

#[test]
fn a_heat_maps_rows_and_columns_stand_in_the_order_of_the_query() {
    let all = one_page(
        r#"
[[panels]]
id = "heat"
title = { zh = "甲", en = "A" }
chart = "heat"
query = "select 1"
roles = { label = "who", column = "what", light = "light", gap = "gap", link = "/i/{what}", label_link = "/r/{code}" }
"#,
    );
    let columns = ["who", "code", "what", "light", "gap"].map(String::from).to_vec();
    let row = |who: &str, code: &str, what: &str, light: &str, gap: Value| {
        let text = |words: &str| Value::Text(words.into());
        vec![text(who), text(code), text(what), text(light), gap]
    };
    let gap = Value::Decimal { unscaled: -1234, scale: 2 };
    let rows = Rows {
        columns,
        rows: vec![
            row("Z", "1", "T9", "red", gap),
            row("Z", "1", "T1", "not_reported", Value::Null),
            row("A", "2", "T9", "green", Value::Int(0)),
            // Another place of the same name.
            row("A", "3", "T1", "done", Value::Int(3)),
        ],
    };
    let answers: Answers = [("heat".to_string(), Ok(Answer { rows, cut: false }))].into();
    let html = pages::page(&all, &all.pages[0], &view(Lang::En), &answers);
    let svg = html.split("<svg").find(|part| part.contains("class=\"chart\"")).unwrap();
    let places: Vec<usize> =
        ["T9", "T1", "Z", "A"].iter().map(|t| svg.find(&format!(">{t}</text>")).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert_eq!((svg.matches("href=\"/r/").count(), svg.matches("href=\"/i/").count()), (3, 4));
    assert!(svg.contains("<title>Z \u{b7} T9: Red, 12.34 points behind</title>") && svg.contains("\u{2212}12.34"));
    assert!(svg.contains("<title>Z \u{b7} T1: Not reported</title>"), "{svg}");
    assert_eq!((svg.matches("#o-").count(), svg.contains("/i/T9?lang=en&amp;edition=12")), (3, true));
}

fn view(lang: Lang) -> View {
    let day = NaiveDate::from_ymd_opt(2018, 9, 30).unwrap();
    let edition = |number| Edition { number, as_of: day, published_at: day.and_hms_opt(2, 14, 0) };
    View {
        lang,
        path: "/".into(),
        parameters: BTreeMap::new(),
        choices: BTreeMap::new(),
        above: Vec::new(),
        edition: Some(edition(12)),
        is_pinned: true,
        editions: vec![edition(13), edition(12)],
        newest_arrival: Some(day),
        tables: BTreeMap::new(),
    }
}

fn one_page(panels: &str) -> Dashboards {
    let text = format!("address = \"/\"\ntitle = {{ zh = \"甲\", en = \"A\" }}\n{panels}");
    let page = read_page("glance", &text).unwrap();
    Dashboards { pages: vec![page], ..Dashboards::default() }
}

#[test]
fn a_page_escapes_its_data_and_keeps_language_and_edition_in_its_links() {
    let all = one_page(
        r#"
[[panels]]
id = "who"
title = { zh = "甲", en = "A" }
chart = "sentence"
query = "select 1"
text = { zh = "[{name}](/regions/{code}) **{n:count}** {light:light}", en = "[{name}](/regions/{code}) **{n:count}** {light:light}" }
"#,
    );
    let row = |name: &str, code: &str| {
        vec![Value::Text(name.into()), Value::Text(code.into()), Value::Int(12345), Value::Text("red".into())]
    };
    let columns = ["name", "code", "n", "light"].map(String::from).to_vec();
    let rows = Rows { columns, rows: vec![row("<b>&", "a/../b?x"), row("x", "U08")] };
    let answers: Answers = [("who".to_string(), Ok(Answer { rows, cut: false }))].into();
    let html = pages::page(&all, &all.pages[0], &view(Lang::En), &answers);
    assert!(html.contains("&lt;b&gt;&amp;") && !html.contains("<b>&"));
    assert!(html.contains("href=\"/regions/a%2F..%2Fb%3Fx?lang=en&amp;edition=12\""), "{html}");
    assert!(html.contains("<strong>12,345</strong>") && html.contains("#g-red") && html.contains("Red"));
    assert!(html.contains("/panels/glance/who.csv?lang=en&amp;edition=12"));
    assert!(html.contains("This address stays with edition 12"));
    assert!(!html.contains("<script") && !html.contains("http://") | html.contains("http://www.w3.org"));
    assert_eq!(html, pages::page(&all, &all.pages[0], &view(Lang::En), &answers));
}

#[test]
fn empty_and_failed_panels_say_so() {
    let all = one_page(
        r#"
[[panels]]
id = "a"
title = { zh = "甲", en = "A" }
chart = "table"
query = "select 1"
empty = { zh = "空空如也", en = "Nothing here" }
columns = [{ column = "x", label = { zh = "列", en = "X" } }]
[[panels]]
id = "b"
title = { zh = "乙", en = "B" }
chart = "bars"
query = "select 1"
roles = { label = "x", actual = "y" }
"#,
    );
    let mut answers = Answers::new();
    answers.insert("b".into(), Err(jindu::error::Error::request("dashboard_shape").with("line", 3)));
    let html = pages::page(&all, &all.pages[0], &view(Lang::ZhCn), &answers);
    assert!(html.contains("空空如也") && html.contains(&say(Lang::ZhCn, "panel.failed", &[])));
    assert!(!html.contains(".svg"), "a panel without a chart offers no image");
}
