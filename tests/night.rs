//! One night, end to end: what the generator says it wrote is what the edition shows; a second night does nothing; a night
//! that is killed anywhere and run again ends as if nothing had happened.

use crate::support::{
    SAMPLE_DAY, ask, copy_folder, copy_project, jindu, night, project, published_sample, run, run_well, sample, scratch,
};
use jindu::warehouse::Warehouse;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

pub fn edition(data: &Path, number: u64) -> Json {
    let text = std::fs::read_to_string(data.join(format!("editions/{number:06}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// What an edition says, without when it was published and how many versions it took to get there.
fn said(data: &Path) -> BTreeMap<String, (u64, String)> {
    let edition = edition(data, 1);
    let tables = edition["tables"].as_object().unwrap();
    tables
        .iter()
        .map(|(name, t)| (name.clone(), (t["rows"].as_u64().unwrap(), t["content"].as_str().unwrap().to_owned())))
        .collect()
}

#[test]
fn figures_are_what_the_generator_says_it_wrote() {
    let data = published_sample();
    let totals: Json = serde_json::from_str(&std::fs::read_to_string(sample().join("totals.json")).unwrap()).unwrap();
    let rows = ask(data, "select region_code, indicator_id, numerator, denominator, light from measures.progress");
    assert_eq!(rows.len(), 75 * 6, "75 regions and groups by six indicators");
    for row in &rows {
        let region = row["region_code"].as_str().unwrap();
        let indicator = row["indicator_id"].as_str().unwrap();
        let wrote = &totals["regions"][region];
        assert!(wrote.is_object(), "the generator says nothing of {region}");
        let numerator = row["numerator"].as_u64().unwrap_or(0);
        if indicator == "T6" {
            let share = &wrote["T6"];
            let denominator = row["denominator"].as_u64().unwrap_or(0);
            assert_eq!(
                (numerator, denominator),
                (share["numerator"].as_u64().unwrap(), share["denominator"].as_u64().unwrap()),
                "{region} T6"
            );
        } else {
            assert_eq!(numerator, wrote[indicator].as_u64().unwrap(), "{region} {indicator}");
        }
        let unreported = wrote["not_reported"].as_array().unwrap().iter().any(|i| i == indicator);
        if unreported {
            assert_eq!(row["light"], "not_reported", "{region} {indicator}");
        }
    }
}

#[test]
fn months_are_what_the_generator_says_it_wrote() {
    let totals: Json = serde_json::from_str(&std::fs::read_to_string(sample().join("totals.json")).unwrap()).unwrap();
    let rows = ask(
        published_sample(),
        "select region_code, indicator_id, cast(month as varchar) as month, numerator, denominator from measures.monthly",
    );
    let months = totals["series"].as_object().unwrap();
    assert_eq!(months.len(), 9);
    assert_eq!(rows.len(), 75 * 6 * 9);
    for row in &rows {
        let (region, indicator) = (row["region_code"].as_str().unwrap(), row["indicator_id"].as_str().unwrap());
        let wrote = &months[row["month"].as_str().unwrap()][region];
        let numerator = row["numerator"].as_u64().unwrap_or(0);
        let expected = if indicator == "T6" { &wrote["T6"]["numerator"] } else { &wrote[indicator] };
        assert_eq!(numerator, expected.as_u64().unwrap(), "{row}");
    }
}

#[test]
fn rows_delivered_are_loaded_dropped_or_quarantined() {
    let out = night(published_sample(), &sample(), SAMPLE_DAY);
    let lines: Vec<&str> = out.lines().skip(2).collect();
    assert!(lines.len() > 17, "{out}");
    assert!(lines.iter().all(|l| l.ends_with("yes")), "{out}");
}

#[test]
fn a_second_night_builds_nothing_and_publishes_nothing() {
    let data = published_sample();
    let before = std::fs::read(data.join("editions/000001.json")).unwrap();
    let out = run(jindu(&project(), data, &sample()).args(["night", "--as-of", SAMPLE_DAY]));
    let told = String::from_utf8_lossy(&out.stderr);
    assert!(told.contains("models 0"), "{told}");
    assert!(told.contains("read 0"), "{told}");
    assert!(told.contains("nothing changed: edition 1"), "{told}");
    assert_eq!(before, std::fs::read(data.join("editions/000001.json")).unwrap());
    let plan = run_well(jindu(&project(), data, &sample()).args(["build", "--plan"]));
    assert!(plan.lines().skip(2).all(|l| l.contains("kept")), "{plan}");
}

#[test]
fn a_run_is_recorded_with_its_steps() {
    let text = run_well(jindu(&project(), published_sample(), &sample()).args(["runs", "--most", "100"]));
    let first = text.lines().last().unwrap();
    for word in ["nightly", "done", "load", "build", "check", "publish", "tidy"] {
        assert!(first.contains(word), "{word} in {first}");
    }
}

/// A small inbox: every feed, the ledgers of a few counties.
fn small_inbox(to: &Path) {
    for entry in std::fs::read_dir(sample()).unwrap() {
        let entry = entry.unwrap();
        if !entry.file_type().unwrap().is_dir() {
            continue;
        }
        let feed = entry.file_name();
        let target = to.join(&feed);
        std::fs::create_dir_all(&target).unwrap();
        for file in std::fs::read_dir(entry.path()).unwrap() {
            let file = file.unwrap();
            let name = file.file_name().to_string_lossy().into_owned();
            let wanted = ["all_", "2208", "U08", "2224"].iter().any(|p| name.starts_with(p));
            if wanted && !(feed == "person_lists" || feed == "villages") {
                std::fs::copy(file.path(), target.join(name)).unwrap();
            }
        }
    }
}

/// A data folder with a key of its own, so that pseudonyms are alike in all of them.
pub fn data_folder(dir: &Path) {
    std::fs::create_dir_all(dir).unwrap();
    std::fs::write(dir.join("pseudonym.key"), [7u8; 32]).unwrap();
}

/// Splitmix64: kill points that a failing run can be repeated with.
pub fn draw(seed: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Every table's newest version holds the rows that the edition says.
pub fn tables_hold(data: &Path, said: &BTreeMap<String, (u64, String)>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let warehouse = Warehouse::open_existing(data).unwrap();
    for (name, (rows, _)) in said {
        if let Some(table) = runtime.block_on(warehouse.table(name, None)).unwrap() {
            assert_eq!(table.rows(), *rows, "{name}");
            for file in &table.files {
                assert!(data.join("tables").join(name.replace('.', "/")).join(&file.path).exists(), "{name} {file:?}");
            }
        }
    }
}

#[test]
fn a_night_killed_anywhere_and_run_again_ends_as_if_undisturbed() {
    const KILLS: u64 = 24;
    let root = scratch();
    let inbox = root.path().join("inbox");
    small_inbox(&inbox);
    // Files must have been quiet for a moment, or the first nights would all be killed while they wait for that.
    std::thread::sleep(Duration::from_millis(900));
    let undisturbed = root.path().join("undisturbed");
    data_folder(&undisturbed);
    let mut whole = timed_night(&undisturbed, &inbox);
    let expected = said(&undisturbed);
    assert!(expected.values().any(|(rows, _)| *rows > 10_000));
    let mut killed = 0;
    // Every round kills one to three nights on a fresh data folder before the next may end.
    for seed in 0..60 {
        if killed >= KILLS {
            break;
        }
        let data = root.path().join(format!("killed-{seed}"));
        data_folder(&data);
        for again in 0..=draw(seed + 1_000) % 3 {
            let mut child = jindu(&project(), &data, &inbox)
                .args(["night", "--as-of", SAMPLE_DAY])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let micros = draw(seed * 10 + again) % (whole.as_micros() as u64);
            std::thread::sleep(Duration::from_micros(micros));
            killed += u64::from(child.try_wait().unwrap().is_none());
            child.kill().unwrap();
            child.wait().unwrap();
        }
        // How long a night takes depends on what else runs: the next kills lie within the newest.
        whole = whole.min(timed_night(&data, &inbox));
        assert_eq!(said(&data), expected, "seed {seed}");
        assert!(!data.join("editions/000002.json").exists(), "seed {seed} published twice");
        tables_hold(&data, &expected);
        std::fs::remove_dir_all(&data).unwrap();
    }
    assert!(killed >= KILLS, "only {killed} nights were still running when they were killed");
}

fn timed_night(data: &Path, inbox: &Path) -> Duration {
    let start = Instant::now();
    night(data, inbox, SAMPLE_DAY);
    start.elapsed()
}

#[test]
fn two_nights_never_overlap() {
    let root = scratch();
    let data = root.path().join("data");
    let _held = Warehouse::open(&data).unwrap().lock_writer().unwrap();
    let out = run(jindu(&project(), &data, &sample()).args(["night", "--as-of", SAMPLE_DAY]));
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("another night is running"));
    assert!(Warehouse::open(&data).unwrap().lock_writer().is_err(), "nor in one process");
}

#[test]
fn one_changed_file_becomes_a_new_edition_and_the_old_one_stays() {
    let root = scratch();
    let (inbox, data) = (root.path().join("inbox"), root.path().join("data"));
    small_inbox(&inbox);
    night(&data, &inbox, SAMPLE_DAY);
    let first = std::fs::read(data.join("editions/000001.json")).unwrap();
    let before =
        ask(&data, "select numerator from measures.progress where region_code = '220821' and indicator_id = 'T5'");
    // The county takes all its brokers back: a header and no rows is a delivery of none.
    let csv = "\u{8eab}\u{4efd}\u{8bc1}\u{53f7},\u{59d3}\u{540d},\u{670d}\u{52a1}\u{6751}\u{4ee3}\u{7801},\u{8ba4}\u{5b9a}\u{65f6}\u{95f4}\n";
    std::fs::write(inbox.join("brokers/220821_2018-09_again.csv"), csv).unwrap();
    night(&data, &inbox, SAMPLE_DAY);
    let after =
        ask(&data, "select numerator from measures.progress where region_code = '220821' and indicator_id = 'T5'");
    assert!(before[0]["numerator"].as_i64().unwrap() > 0);
    assert_eq!(after[0]["numerator"], 0);
    assert_eq!(first, std::fs::read(data.join("editions/000001.json")).unwrap());
    let old = run_well(jindu(&project(), &data, &inbox).args([
        "query",
        "select numerator from measures.progress where region_code = '220821' and indicator_id = 'T5'",
        "--edition",
        "1",
        "--format",
        "json",
    ]));
    assert_eq!(serde_json::from_str::<Vec<Json>>(&old).unwrap(), before);
    let diff = run_well(jindu(&project(), &data, &inbox).args(["editions", "diff", "1", "2"]));
    assert!(diff.contains("raw.brokers") && diff.contains("T5"), "{diff}");
    let moved = ask(&data, "select outcome from meta.deliveries where file like 'brokers/220821%' order by file");
    assert_eq!(moved[0]["outcome"], "superseded");
    assert_eq!(moved[1]["outcome"], "current");
}

/// Lets the files of an inbox arrive in the order of their names, two at a time.
pub fn arrive_alike(inbox: &Path) {
    let mut text = String::from("path,arrived_at\n");
    let mut n = 0;
    let mut feeds: Vec<_> = std::fs::read_dir(inbox).unwrap().map(|e| e.unwrap().path()).collect();
    feeds.sort();
    for feed in feeds {
        let mut files: Vec<_> = std::fs::read_dir(&feed).unwrap().map(|e| e.unwrap().file_name()).collect();
        files.sort();
        for file in files {
            let (feed, file) = (feed.file_name().unwrap().to_string_lossy(), file.to_string_lossy().into_owned());
            text.push_str(&format!("{feed}/{file},2018-10-01 {:02}:{:02}:00\n", n / 120, n / 2 % 60));
            n += 1;
        }
    }
    std::fs::write(inbox.join("arrivals.csv"), text).unwrap();
}

#[test]
fn the_same_inbox_gives_the_same_tables_whatever_the_order_of_work() {
    let root = scratch();
    let inbox = root.path().join("inbox");
    small_inbox(&inbox);
    let other = root.path().join("other");
    copy_folder(&inbox, &other);
    arrive_alike(&inbox);
    arrive_alike(&other);
    let (a, b) = (root.path().join("a"), root.path().join("b"));
    for (data, inbox) in [(&a, &inbox), (&b, &other)] {
        data_folder(data);
        night(data, inbox, SAMPLE_DAY);
    }
    assert_eq!(said(&a), said(&b));
}

/// A server that runs the job every few seconds records its runs, answers meanwhile, and stops when told to.
#[test]
fn serve_runs_the_job_on_its_cron() {
    use std::io::{BufRead, BufReader, Read, Write};
    let root = scratch();
    let (folder, inbox, data) = (root.path().join("project"), root.path().join("inbox"), root.path().join("data"));
    copy_project(&folder);
    small_inbox(&inbox);
    // The job stands on today, for whose year this project has no targets.
    std::fs::remove_file(folder.join("sql/checks/year_has_targets.sql")).unwrap();
    let job = std::fs::read_to_string(folder.join("jobs/nightly.toml")).unwrap();
    let job: String = job
        .lines()
        .map(|l| if l.starts_with("cron") { "cron = \"*/3 * * * * *\"\n".to_owned() } else { format!("{l}\n") })
        .collect();
    std::fs::write(folder.join("jobs/nightly.toml"), job).unwrap();
    let mut child = jindu(&folder, &data, &inbox)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let address = loop {
        let line = lines.next().expect("the server says where it serves").unwrap();
        if let Some(at) = line.find("http://") {
            break line[at + 7..].split('/').next().unwrap().to_owned();
        }
    };
    let deadline = Instant::now() + Duration::from_secs(120);
    let ended = loop {
        assert!(Instant::now() < deadline, "no run was recorded in two minutes");
        let mut stream = std::net::TcpStream::connect(&address).unwrap();
        stream
            .write_all(format!("GET /api/runs HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let runs: Vec<Json> = serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap();
        if let Some(run) = runs.iter().find(|r| r["state"] != "running") {
            break run.clone();
        }
        std::thread::sleep(Duration::from_millis(300));
    };
    assert_eq!(ended["state"], "done", "{ended}");
    assert!(ended["scheduled_for"].is_string());
    assert_eq!(ended["steps"].as_array().unwrap().len(), 5);
    run_well(Command::new("kill").args(["-TERM", &child.id().to_string()]));
    assert!(child.wait().unwrap().success(), "a termination signal ends it in order");
    assert!(data.join("editions/000001.json").exists());
}
