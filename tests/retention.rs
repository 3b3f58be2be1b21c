//! Packing and retention: a region's many small files become one, editions beyond their time go with the files that only
//! they needed, and what is still wanted can always be read, from the archive if need be.

use crate::support::{ask, copy_project, jindu, run, run_well, scratch};
use jindu::load::SMALL_FILES_MAX;
use jindu::warehouse::Warehouse;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const REGION: &str = "220821";

/// A ledger of `people` people for a month.
fn ledger(month: &str, people: u32) -> String {
    let mut csv = String::from(
        "\u{8eab}\u{4efd}\u{8bc1}\u{53f7},\u{59d3}\u{540d},\u{6027}\u{522b},\u{6587}\u{5316}\u{7a0b}\u{5ea6},\u{6280}\u{80fd}\u{6c34}\u{5e73},\u{5c31}\u{4e1a}\u{5931}\u{4e1a}\u{72b6}\u{51b5},\u{6c42}\u{804c}\u{610f}\u{5411},\u{5c31}\u{4e1a}\u{521b}\u{4e1a}\u{610f}\u{613f},\u{57f9}\u{8bad}\u{9700}\u{6c42},\u{66f4}\u{65b0}\u{65e5}\u{671f}\n",
    );
    for n in 1..=people {
        csv.push_str(&format!("{},\u{7532},,,,,,,,{month}-05\n", crate::loader::person(n)));
    }
    csv
}

struct Place {
    _scratch: tempfile::TempDir,
    project: PathBuf,
    inbox: PathBuf,
    data: PathBuf,
}

/// A project that keeps `newest` editions and nothing else.
fn place(newest: u32, last_of_month: bool) -> Place {
    let scratch = scratch();
    let (project, inbox, data) =
        (scratch.path().join("project"), scratch.path().join("inbox"), scratch.path().join("data"));
    copy_project(&project);
    let job = std::fs::read_to_string(project.join("jobs/nightly.toml")).unwrap();
    let job: String = job
        .lines()
        .map(|l| match l.split(' ').next() {
            Some("editions") => format!("editions = {newest}\n"),
            Some("last_of_month") => format!("last_of_month = {last_of_month}\n"),
            _ => format!("{l}\n"),
        })
        .collect();
    std::fs::write(project.join("jobs/nightly.toml"), job).unwrap();
    std::fs::create_dir_all(inbox.join("ledger")).unwrap();
    Place { _scratch: scratch, project, inbox, data }
}

impl Place {
    fn deliver(&self, name: &str, text: &str) {
        std::fs::write(self.inbox.join("ledger").join(name), text).unwrap();
    }

    fn night(&self, as_of: &str) {
        run_well(jindu(&self.project, &self.data, &self.inbox).args(["night", "--as-of", as_of]));
    }

    fn jindu(&self, args: &[&str]) -> std::process::Output {
        run(jindu(&self.project, &self.data, &self.inbox).args(args))
    }

    /// The live files of the raw ledger and their rows.
    fn live(&self) -> Vec<(String, u64)> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let warehouse = Warehouse::open_existing(&self.data).unwrap();
        let table = runtime.block_on(warehouse.table("raw.ledger", None)).unwrap().unwrap();
        table.files.into_iter().map(|f| (f.path, f.rows)).collect()
    }

    /// The Parquet files of the raw ledger on disk.
    fn on_disk(&self) -> BTreeSet<String> {
        let dir = self.data.join(format!("tables/raw/ledger/slice_region={REGION}"));
        let names = std::fs::read_dir(dir).into_iter().flatten().flatten();
        names.map(|e| e.file_name().to_string_lossy().into_owned()).filter(|n| n.ends_with(".parquet")).collect()
    }

    fn rows(&self) -> Vec<Json> {
        ask_at(self, "select count(*) as n, sum(rows_loaded) as loaded from meta.slices where feed = 'ledger'")
    }
}

fn ask_at(place: &Place, sql: &str) -> Vec<Json> {
    ask(&place.data, sql)
}

fn months() -> Vec<String> {
    (0..SMALL_FILES_MAX + 3).map(|n| format!("{}-{:02}", 2017 + n / 12, n % 12 + 1)).collect()
}

#[test]
fn many_small_files_of_a_region_are_packed_and_unpacked_when_a_month_comes_again() {
    let place = place(1, false);
    for month in months() {
        place.deliver(&format!("{REGION}_{month}.csv"), &ledger(&month, 10));
    }
    place.night("2018-09-30");
    let total = 10 * months().len() as u64;
    let live = place.live();
    assert_eq!(live.len(), 1, "{live:?}");
    assert!(live[0].0.contains("/pack-") && live[0].1 == total);
    assert_eq!(place.rows()[0]["loaded"].as_u64(), Some(total));
    // What the pack replaced was never in an edition: it went at once.
    assert_eq!(place.on_disk().len(), 1, "{:?}", place.on_disk());
    // A month within the pack is delivered again: the others are read from the archive, and packed anew.
    place.deliver(&format!("{REGION}_2017-03_2.csv"), &ledger("2017-03", 4));
    place.night("2018-09-30");
    let live = place.live();
    assert_eq!(live.iter().map(|(_, rows)| rows).sum::<u64>(), total - 6);
    assert_eq!(live.len(), 1, "{live:?}");
    let counted = ask_at(&place, "select sum(rows_loaded) as n from meta.deliveries where outcome = 'current'");
    assert_eq!(counted[0]["n"].as_u64(), Some(total - 6));
    // Further months stay alone until there are too many again.
    place.deliver(&format!("{REGION}_2018-05.csv"), &ledger("2018-05", 7));
    place.night("2018-09-30");
    assert_eq!(place.live().len(), 2);
    assert_eq!(place.live().iter().map(|(_, rows)| rows).sum::<u64>(), total + 1);
}

#[test]
fn packing_changes_no_figure() {
    let (packed, alone) = (place(9, true), place(9, true));
    let months = months();
    for month in &months {
        packed.deliver(&format!("{REGION}_{month}.csv"), &ledger(month, 20));
    }
    packed.night("2018-09-30");
    // The same deliveries over several nights, so that the files lie otherwise.
    for part in months.chunks(SMALL_FILES_MAX + 1) {
        for month in part {
            alone.deliver(&format!("{REGION}_{month}.csv"), &ledger(month, 20));
        }
        alone.night("2018-09-30");
    }
    assert_ne!(packed.live(), alone.live());
    let sql = "select * from measures.progress order by region_code, indicator_id";
    assert_eq!(ask_at(&packed, sql), ask_at(&alone, sql));
}

#[test]
fn editions_beyond_their_time_go_with_the_files_that_only_they_needed() {
    let place = place(2, false);
    for n in 1..=5u32 {
        place.deliver(&format!("{REGION}_2018-08_{n}.csv"), &ledger("2018-08", 10 + n));
        if n == 2 {
            // The first edition is kept for a reason of its own.
            assert!(place.jindu(&["editions", "keep", "1", "--because", "decision 7"]).status.success());
        }
        place.night("2018-09-30");
    }
    let listed = String::from_utf8(place.jindu(&["editions"]).stdout).unwrap();
    assert!(listed.contains("decision 7"), "{listed}");
    let warehouse = Warehouse::open_existing(&place.data).unwrap();
    assert_eq!(warehouse.editions().unwrap(), [1, 4, 5]);
    assert_eq!(place.on_disk().len(), 3, "{:?}", place.on_disk());
    for (edition, rows) in [("1", 11), ("4", 14), ("5", 15)] {
        let sql = "select sum(rows_loaded) as n from meta.slices where feed = 'ledger'";
        let out = place.jindu(&["query", sql, "--edition", edition, "--format", "json"]);
        let rows_told: Json = serde_json::from_slice(&out.stdout).unwrap();
        assert_eq!(rows_told[0]["n"], rows, "edition {edition}");
        check_files_are_there(&place, edition.parse().unwrap());
    }
    let gone = place.jindu(&["query", "select 1", "--edition", "2"]);
    let told = String::from_utf8_lossy(&gone.stderr).into_owned();
    assert!(gone.status.code() == Some(2) && told.contains("was let go"), "{told}");
    assert!(place.data.join("editions/released/000002.json").exists());
    // Given free, it goes with the next night.
    assert!(place.jindu(&["editions", "release", "1"]).status.success());
    place.deliver(&format!("{REGION}_2018-08_6.csv"), &ledger("2018-08", 3));
    place.night("2018-09-30");
    assert_eq!(warehouse.editions().unwrap(), [5, 6]);
}

#[test]
fn each_months_last_edition_stays() {
    let place = place(1, true);
    place.deliver(&format!("{REGION}_2018-01.csv"), &ledger("2018-01", 5));
    // The third looks back: it is the newest for a night, and not the month's last.
    for day in ["2018-03-30", "2018-03-31", "2018-03-10", "2018-04-15", "2018-05-01"] {
        place.night(day);
    }
    let warehouse = Warehouse::open_existing(&place.data).unwrap();
    assert_eq!(warehouse.editions().unwrap(), [2, 4, 5]);
    [2, 4, 5].into_iter().for_each(|n| check_files_are_there(&place, n));
}

/// Every file that an edition's tables name is on disk, and of those that it carries from the edition before.
fn check_files_are_there(place: &Place, number: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let warehouse = Warehouse::open_existing(&place.data).unwrap();
    let edition = warehouse.edition(Some(number)).unwrap();
    assert!(edition.tables.len() > 50);
    assert_eq!(edition.previous.is_some(), number > 1, "edition {number}");
    for (name, version) in edition.versions_needed() {
        let version = runtime.block_on(warehouse.table(name, Some(version))).unwrap().unwrap();
        for file in version.files {
            let path = Path::new("tables").join(name.replace('.', "/")).join(&file.path);
            assert!(place.data.join(&path).exists(), "edition {number}: {}", path.display());
        }
    }
}

#[test]
fn a_tidy_that_is_killed_goes_on_the_next_night() {
    let place = place(1, false);
    place.deliver(&format!("{REGION}_2018-08_1.csv"), &ledger("2018-08", 11));
    place.night("2018-09-30");
    let stray = place.data.join(format!("tables/raw/ledger/slice_region={REGION}/left-by-a-kill.parquet"));
    std::fs::write(&stray, b"PAR1").unwrap();
    // A file that a release was about to remove is gone already, its record is not.
    place.deliver(&format!("{REGION}_2018-08_2.csv"), &ledger("2018-08", 12));
    let old = place.on_disk().into_iter().find(|n| n.starts_with("2018-08")).unwrap();
    std::fs::remove_file(place.data.join(format!("tables/raw/ledger/slice_region={REGION}/{old}"))).unwrap();
    place.night("2018-09-30");
    assert!(!stray.exists());
    assert!(!place.on_disk().contains(&old));
    assert_eq!(place.on_disk().len(), 1);
    place.night("2018-09-30");
    assert_eq!(place.on_disk().len(), 1);
}
