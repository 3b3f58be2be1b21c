//! The pages of the rules: a region's rules, one rule with its records, and the ways between them.

use crate::api::{get, get_well, routes};
use crate::explain::published_loans;
use crate::support::ask;
use axum::Router;
use serde_json::Value as Json;

async fn rows(routes: &Router, panel: &str) -> Vec<Json> {
    let json: Json = serde_json::from_str(&get_well(routes, panel).await).unwrap();
    json["rows"].as_array().unwrap().clone()
}

#[tokio::test]
async fn every_rule_has_one_state_and_the_counts_add_up() {
    let routes = routes(published_loans());
    for region in ["220000", "U08", "220822", "POOR15"] {
        let all = rows(&routes, &format!("/panels/rules/rules.json?region={region}")).await;
        assert_eq!(all.len(), 84, "{region}");
        let counts = rows(&routes, &format!("/panels/rules/platforms.json?region={region}")).await;
        assert_eq!(counts.iter().map(|r| r["n_rules"].as_i64().unwrap()).sum::<i64>(), 84, "{region}");
        let head = &rows(&routes, &format!("/panels/rules/headline.json?region={region}")).await[0];
        let count =
            |light: &[&str]| all.iter().filter(|r| light.contains(&r["light"].as_str().unwrap())).count() as i64;
        for (name, lights) in [
            ("n_rules", &["done", "green", "red", "watch", "not_reported", "in_doubt", "no_task"][..]),
            ("n_met", &["done", "green"]),
            ("n_not_met", &["red"]),
            ("n_not_yet_due", &["watch"]),
            ("n_not_reported", &["not_reported"]),
            ("n_in_doubt", &["in_doubt"]),
            ("n_other", &["no_task"]),
        ] {
            assert_eq!(head[name].as_i64(), Some(count(lights)), "{region}: {name}");
        }
    }
}

#[tokio::test]
async fn a_rule_shows_its_sentence_its_figures_and_its_failing_records_first() {
    let routes = routes(published_loans());
    let html = get_well(&routes, "/rules/E6/U08").await;
    for words in [
        "<h1>E6 个人贷款额度：白城市</h1>",
        "「个人创业者贷款额度最高为20万元」",
        "不超过最高额度的个人贷款笔数÷个人贷款笔数",
        "50.00%",
        "贷款超过最高额度",
        "href=\"/rules?region=U08\"",
        "href=\"/rules/E6/220822\"",
        "href=\"/rules/E6/U08?period=2018#evidence\"",
    ] {
        assert!(html.contains(words), "`{words}` is not on the page");
    }
    let figures = rows(&routes, "/panels/rule/figures.json?rule=E6&region=U08").await;
    let wanted = "select numerator, denominator, due_on, days_late, n_evidence, n_failing, missing_regions
        from measures.rule_results where rule_id = 'E6' and region_code = 'U08'";
    for (name, value) in ask(published_loans(), wanted)[0].as_object().unwrap() {
        assert_eq!(&figures[0][name], value, "{name}");
    }
    let evidence = rows(&routes, "/panels/rule/evidence.json?rule=E6&region=U08").await;
    let kinds: Vec<i64> = evidence.iter().map(|r| r["kind"].as_i64().unwrap()).collect();
    assert_eq!(kinds, [0, 0, 0, 2, 2, 2]);
    assert_eq!(rows(&routes, "/panels/rule/evidence.json?rule=E6&region=U08&rows=2").await.len(), 0);
    assert_eq!(rows(&routes, "/panels/rule/evidence.json?rule=E6&region=U08&period=2018-09").await.len(), 0);
    let parts = rows(&routes, "/panels/rule/parts.json?rule=E6&region=U08").await;
    let lights: Vec<(&str, &str)> =
        parts.iter().map(|r| (r["region_code"].as_str().unwrap(), r["light"].as_str().unwrap())).collect();
    assert!(lights.contains(&("220821", "done")) && lights.contains(&("220822", "red")), "{lights:?}");
    assert!(lights.contains(&("220802", "not_reported")), "{lights:?}");
}

#[tokio::test]
async fn the_pages_lead_to_each_other_and_keep_the_language() {
    let routes = routes(published_loans());
    let region = get_well(&routes, "/regions/220822?lang=en").await;
    assert!(region.contains("href=\"/rules?region=220822&amp;lang=en\""), "the region's page leads to its rules");
    let rules = get_well(&routes, "/rules?region=220822&lang=en").await;
    assert!(rules.contains("href=\"/rules/E6/220822?lang=en\"") && rules.contains("Not met"));
    assert!(!rules.contains("href=\"/rules/J1/220822"), "a rule that judges units has no page for a county's figures");
    assert!(
        rules.contains("Nothing to judge, or not judged at this level"),
        "the legend says what the marks mean here"
    );
    assert!(!rules.contains("far behind what was expected"), "the legend of the tasks' lights stands elsewhere");
    let rule = get_well(&routes, "/rules/J1/220822?lang=en").await;
    assert!(rule.contains("This rule is not judged at this level"));
    let rule = get_well(&routes, "/rules/E6/220822?lang=en").await;
    assert!(
        rule.contains("the loan is above its cap") && rule.contains("66.67%") && rule.contains("Back to the rules")
    );
    for path in ["/rules/E66/220822", "/rules/E6/999999", "/rules/E6", "/rules/E6/U08?rows=0", "/rules?region=x"] {
        assert_eq!(get(&routes, path).await.status, 404, "{path}");
    }
}
