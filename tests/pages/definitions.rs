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
    let expected =
        ["/", "/regions/{region}", "/ranking", "/reports", "/rules", "/supervision", "/loads", "/deliveries", "/help"];
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

fn view(lang: Lang) -> View {
    let day = NaiveDate::from_ymd_opt(2018, 9, 30).unwrap();
    let edition = |number| Edition { number, as_of: day, published_at: day.and_hms_opt(2, 14, 0) };
    View {
        lang,
        path: "/".into(),
        parameters: BTreeMap::new(),
        choices: BTreeMap::new(),
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
    assert!(html.contains("You are looking at edition 12"));
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
