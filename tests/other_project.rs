//! Another project on the same program: a town's road repairs (`tests/projects/roads`), in another domain and year, with no
//! regions, no layer of evidence, meta or reports, and none of the plan's tables. Its figures are computed by hand.

use crate::api::{get_well, served_by};
use crate::support::{copy_folder, jindu, project, run_well, scratch};
use jindu::server::router;
use serde_json::Value as Json;
use std::path::PathBuf;
use tempfile::TempDir;

const DAY: &str = "2024-06-30";

/// A copy of the project with its inbox, and a warehouse.
struct Town {
    dir: TempDir,
}

impl Town {
    fn new() -> Town {
        let town = Town { dir: scratch() };
        copy_folder(&project().join("tests/projects/roads"), &town.at("roads"));
        town
    }

    fn at(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    fn said(&self, args: &[&str]) -> String {
        run_well(jindu(&self.at("roads"), &self.at("data"), &self.at("roads/inbox")).args(args))
    }

    fn night(&self) {
        self.said(&["night", "--as-of", DAY]);
    }

    fn csv(&self, sql: &str) -> String {
        self.said(&["query", sql, "--format", "csv"])
    }

    fn deliver(&self, path: &str, text: &str) {
        std::fs::write(self.at("roads/inbox").join(path), text).unwrap();
    }
}

#[tokio::test]
async fn a_project_of_another_kind_needs_nothing_of_the_plan() {
    let town = Town::new();
    town.said(&["check"]);
    town.night();

    // 182 of the leap year's 366 days. Two repairs are sent back, one is listed twice, one is of July.
    let roads = town.csv("select road, metres, expected, is_behind from supervision.standing order by place");
    assert_eq!(
        roads,
        "road,metres,expected,is_behind\nHill Street,0,49.73,true\nHarbour Road,120,149.18,true\nMill Lane,222,198.91,false\n"
    );

    // Until June a complaint has 14 days, then 10; c5 is open and not yet due.
    let answered = town.csv("select road, due, in_time from measures.answered order by road");
    assert_eq!(answered, "road,due,in_time\nHarbour Road,1,0\nHill Street,1,0\nMill Lane,3,2\n");

    let rejects = town.csv("select file, row_number, reason from meta.rejects order by file, row_number");
    assert_eq!(
        rejects,
        "file,row_number,reason\ncomplaints/all_2024-06.csv,6,date_order\n\
        repairs/all_2024-06.csv,10,code_unmapped\nrepairs/all_2024-06.csv,11,date_invalid\n"
    );
    assert_eq!(town.csv("select road from checks.roads_known"), "road\nOld Quay\n");

    // The page, and the same rows as JSON.
    let routes = router(served_by(&town.at("roads"), &town.at("data")));
    let page = get_well(&routes, "/?lang=en").await;
    for words in ["Road repairs", "2 of 3 roads are behind.", "Harbour Road", "149.18"] {
        assert!(page.contains(words), "the page lacks `{words}`");
    }
    let panel: Json = serde_json::from_str(&get_well(&routes, "/panels/roads/standing.json").await).unwrap();
    let named: Vec<&Json> = panel["rows"].as_array().unwrap().iter().map(|r| &r["road"]).collect();
    assert_eq!(named, ["Hill Street", "Harbour Road", "Mill Lane"]);
}

#[test]
fn deliveries_without_regions_are_one_slice_and_replace_each_other() {
    let town = Town::new();
    town.night();
    let slices = "select feed, slice_region, slice_period, rows_loaded from meta.slices order by feed, slice_period";
    let header = "feed,slice_region,slice_period,rows_loaded";
    let wanted = format!("{header}\ncomplaints,all,2024-05,2\ncomplaints,all,2024-06,4\nrepairs,all,2024-06,6\n");
    assert_eq!(town.csv(slices), wanted);
    town.said(&["returned", "--out", town.at("returned").to_str().unwrap()]);
    assert!(town.at("returned/repairs/all_2024-06_returned.xlsx").is_file());

    // A month of no complaints is a delivery; a file of a region that nobody knows is none; a register replaces itself.
    town.deliver("complaints/all_2024-06_again.csv", "Complaint,Road,Made on,Closed on\n");
    town.deliver("complaints/North_2024-06.csv", "Complaint,Road,Made on,Closed on\n");
    town.deliver("repairs/all_2024-07.csv", "No.,Street,Kind,Done on,Metres\nR1,Mill Lane,pothole,2024-02-05,7\n");
    town.night();
    let wanted = format!("{header}\ncomplaints,all,2024-05,2\ncomplaints,all,2024-06,0\nrepairs,all,2024-07,1\n");
    assert_eq!(town.csv(slices), wanted);
    let refused = town.csv("select file, refusal_reason from meta.deliveries where outcome = 'refused'");
    assert_eq!(refused, "file,refusal_reason\ncomplaints/North_2024-06.csv,name_not_understood\n");
    assert_eq!(town.csv("select metres from measures.repaired where road = 'Mill Lane'"), "metres\n7\n");

    // What lists deliveries and editions asks for no region and no light.
    let loads = town.said(&["loads", "--region", "all"]);
    assert_eq!(loads.matches(" current ").count(), 3, "{loads}");
    let diff = town.said(&["editions", "diff", "1", "2"]);
    assert!(diff.contains("measures.repaired"), "{diff}");
    assert_eq!(town.said(&["editions"]).lines().count(), 4);
    town.night();
    assert_eq!(town.said(&["editions"]).lines().count(), 4, "a night without news publishes nothing");
}
