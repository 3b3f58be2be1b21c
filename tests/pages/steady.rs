//! The same edition gives the same bytes, whoever serves it and whatever is published after it.

use crate::api::{get, get_well, routes};
use crate::support::{SAMPLE_DAY, copy_folder, night, published_sample, sample, scratch};
use std::collections::BTreeMap;

const PATHS: [&str; 21] = [
    "/?edition=1",
    "/?edition=1&lang=en",
    "/regions/U06?edition=1",
    "/regions/220821?edition=1&lang=en",
    "/ranking?edition=1",
    "/rules?region=U06&edition=1",
    "/rules/E6/220000?edition=1&lang=en",
    "/loads?edition=1",
    "/deliveries?edition=1&lang=en",
    "/panels/glance/targets.svg?edition=1",
    "/?indicator=T4&edition=1",
    "/ranking?group=counties&edition=1&lang=en",
    "/indicators/T6?region=U06&edition=1",
    "/panels/indicator/map.svg?indicator=T5&edition=1",
    "/panels/glance/trends.csv?edition=1",
    "/api/pages/ranking?edition=1",
    "/deliveries?edition=1&sort.late=-days_late&page.late=2",
    "/search?q=dh&edition=1",
    "/models?edition=1",
    "/models/measures/progress?edition=1&lang=en",
    "/api/models/supervision/ranking?edition=1",
];

#[tokio::test]
async fn two_servers_give_the_same_bytes() {
    let (one, other) = (routes(published_sample()), routes(published_sample()));
    for path in PATHS.iter().copied().chain(["/", "/ranking?lang=en", "/panels/region/months.svg?region=U01"]) {
        let first = get_well(&one, path).await;
        assert_eq!(first, get_well(&one, path).await, "{path}: asked twice");
        assert_eq!(first, get_well(&other, path).await, "{path}: asked of another server");
    }
}

fn rows_of(answer: &serde_json::Value) -> impl Iterator<Item = &serde_json::Value> {
    answer["rows"].as_array().unwrap().iter()
}

fn text(row: &serde_json::Value, name: &str) -> String {
    row[name].as_str().unwrap().to_owned()
}

/// Who surely stands elsewhere in a ranking than before, and who may: by region.
fn moves_between(then: &serde_json::Value, now: &serde_json::Value, ranking: &str) -> Vec<(String, String)> {
    let places = |answer: &serde_json::Value| -> BTreeMap<String, Option<(i64, i64)>> {
        let of_ranking = rows_of(answer).filter(|row| text(row, "ranking_id") == ranking);
        let ends = |row: &serde_json::Value| Some((row["rank_lower"].as_i64()?, row["rank_upper"].as_i64()?));
        of_ranking.map(|row| (text(row, "region_code"), ends(row))).collect()
    };
    let (then, now) = (places(then), places(now));
    let moves = now.into_iter().filter_map(|(region, after)| {
        let said = match (then[&region], after) {
            (None, None) => return None,
            (None, Some(_)) => "entered",
            (Some(_), None) => "left",
            (Some(before), Some(after)) if before == after => return None,
            (Some((first, _)), Some((_, last))) if last < first => "up",
            (Some((_, last)), Some((first, _))) if first > last => "down",
            _ => "changed",
        };
        Some((region, said.to_owned()))
    });
    moves.collect()
}

#[tokio::test]
async fn a_later_edition_changes_no_page_of_an_earlier_one() {
    let data = scratch();
    copy_folder(published_sample(), data.path());
    let before_all = routes(data.path());
    let mut before = Vec::new();
    for path in PATHS {
        before.push(get_well(&before_all, path).await);
    }
    let front = get_well(&before_all, "/").await;
    night(data.path(), &sample(), "2018-10-15");
    let after_all = routes(data.path());
    for (path, before) in PATHS.iter().zip(&before) {
        assert_eq!(before, &get_well(&before_all, path).await, "{path} on the server that ran on");
        assert_eq!(before, &get_well(&after_all, path).await, "{path} on a new server");
    }
    // The unpinned page moves on by itself, and says which edition it shows.
    assert_ne!(front, get_well(&before_all, "/").await);
    let now = get_well(&after_all, "/").await;
    assert!(now.contains("第 2 期") && now.contains("2018年10月15日") && now.contains("<option value=\"1\">"));
    let both = get_well(&after_all, "/editions/1/2?lang=en").await;
    for part in
        ["From edition 1 to edition 2", "href=\"/regions/220000?lang=en\"", "measures/progress", "15 October 2018"]
    {
        assert!(both.contains(part), "`{part}` is not on the page of two editions");
    }
    // The ranking says what moved since, and still does when the edition before is let go; the first edition says nothing.
    let ranking = get_well(&after_all, "/ranking?group=counties&lang=en").await;
    let moved = ranking.split_once("id=\"moved\"").map(|(_, after)| after.split("</section>").next().unwrap()).unwrap();
    assert!(moved.contains("30 September 2018") && moved.contains("href=\"/regions/"), "{moved}");
    assert!(!get_well(&after_all, "/ranking?group=counties&lang=en&edition=1").await.contains("id=\"moved\""));
    let before = get_well(&after_all, "/api/tables/previous/ranking").await;
    let then: serde_json::Value = serde_json::from_str(&before).unwrap();
    let first = get_well(&after_all, "/api/tables/supervision/ranking?edition=1").await;
    let first: serde_json::Value = serde_json::from_str(&first).unwrap();
    assert!(then["rows"] == first["rows"] && then["rows"].as_array().unwrap().len() > 80);
    let now = get_well(&after_all, "/api/tables/supervision/ranking").await;
    let now: serde_json::Value = serde_json::from_str(&now).unwrap();
    let panel = get_well(&after_all, "/api/pages/ranking/moved?group=counties").await;
    let panel: serde_json::Value = serde_json::from_str(&panel).unwrap();
    let mut told: Vec<_> = rows_of(&panel).map(|row| (text(row, "region_code"), text(row, "move"))).collect();
    told.sort();
    assert!(told.len() > 10);
    assert_eq!(told, moves_between(&then, &now, "counties"));
    std::fs::create_dir_all(data.path().join("editions/released")).unwrap();
    let record = |folder: &str| data.path().join(folder).join("000001.json");
    std::fs::rename(record("editions"), record("editions/released")).unwrap();
    assert_eq!(get_well(&after_all, "/api/tables/previous/ranking").await, before);
    std::fs::rename(record("editions/released"), record("editions")).unwrap();
    let same = get_well(&after_all, "/editions/1/1?lang=en").await;
    assert_eq!(same.matches("No change.").count(), 3);
    for wrong in ["/editions/1/9", "/editions/1/x"] {
        assert_eq!(get(&after_all, wrong).await.status, 404, "{wrong}");
    }
    assert!(front.contains("第 1 期") && SAMPLE_DAY == "2018-09-30" && front.contains("2018年9月30日"));
}
