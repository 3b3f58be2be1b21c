//! Nights over a dirty delivery that are disturbed while they load: killed, or out of disk. Nothing is lost, nothing is
//! half published, and the next night ends as if nothing had happened.

use crate::loader::sheets::{Cell, workbook};
use crate::loader::{csv_of, id};
use crate::night::{data_folder, draw, edition, tables_hold};
use crate::support::{ask, jindu, project, run, run_well, scratch};
use jindu::jobs::list_runs;
use jindu::warehouse::Warehouse;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const DAY: &str = "2018-09-30";
const COUNTIES: [&str; 15] = [
    "220821", "220822", "220881", "220882", "220802", "220302", "220303", "220322", "220323", "220381", "220382",
    "220402", "220421", "220422", "220502",
];

/// What an edition says of each table: rows and their fingerprint.
fn said(data: &Path, number: u64) -> BTreeMap<String, (u64, String)> {
    let edition = edition(data, number);
    let of = |t: &serde_json::Value| (t["rows"].as_u64().unwrap(), t["content"].as_str().unwrap().to_owned());
    edition["tables"].as_object().unwrap().iter().map(|(name, t)| (name.clone(), of(t))).collect()
}

fn person(n: usize) -> String {
    id(&format!("2208211980{:02}{:02}{:03}", 1 + n / 900 % 12, 1 + n / 10_800 % 28, n % 900))
}

/// Writes a file as if it had lain there since a day of October, so that two copies of an inbox are one.
fn put(inbox: &Path, path: &str, bytes: &[u8]) {
    let place = inbox.join(path);
    std::fs::create_dir_all(place.parent().unwrap()).unwrap();
    std::fs::write(&place, bytes).unwrap();
    let moment = std::time::UNIX_EPOCH + Duration::from_secs(1_538_600_000);
    std::fs::File::options().append(true).open(&place).unwrap().set_modified(moment).unwrap();
}

/// Spells of work with what clerks do to them: every third row has a fault, every seventh stands twice.
fn spells(county: usize, month: usize, rows: usize) -> Vec<Vec<String>> {
    let mut out = vec!["身份证号,起始日期,就业类型,就业地域,月收入(元),备用".split(',').map(str::to_owned).collect()];
    for n in 0..rows {
        let mut row = vec![
            person(county * 7_000 + month * 800 + n),
            "2018-03-01".to_owned(),
            "转移就业".to_owned(),
            "省外".to_owned(),
            "3500".to_owned(),
            "x".to_owned(),
        ];
        match n % 9 {
            1 => row[0] = "2.20821E+17".to_owned(),
            3 => row[1] = "2018年3月1日".to_owned(),
            4 => row[1] = "2018-02-30".to_owned(),
            5 => row[2] = "当兵".to_owned(),
            6 => row[4] = "约3千".to_owned(),
            7 => row[3] = format!("\u{3000}{}\u{200b}", row[3]),
            _ => {}
        }
        out.push(row.clone());
        if n % 7 == 0 {
            out.push(row);
        }
    }
    out
}

/// A dirty delivery: `counties` counties by `months` months, as CSV of two encodings, workbooks and pages; sent again,
/// late, twice the same, and what is no delivery at all.
fn dirty_inbox(inbox: &Path, counties: usize, months: usize) {
    for (c, county) in COUNTIES.iter().take(counties).enumerate() {
        for month in 1..=months {
            let rows = spells(c, month, 150);
            let csv = csv_of(&rows);
            let page: String = rows.iter().map(|r| format!("<tr><td>{}</td></tr>", r.join("</td><td>"))).collect();
            let name = format!("employment/{county}_2018-{month:02}");
            match (c + month) % 4 {
                0 => put(inbox, &format!("{name}.csv"), &csv),
                1 => {
                    let gbk = encoding_rs::GB18030.encode(std::str::from_utf8(&csv).unwrap()).0.into_owned();
                    put(inbox, &format!("{name}.csv"), &gbk);
                }
                2 => {
                    let cells: Vec<Vec<Cell>> =
                        rows.iter().map(|r| r.iter().map(|c| Cell::from(c.as_str())).collect()).collect();
                    put(inbox, &format!("{name}.xlsx"), &workbook(&cells));
                }
                _ => put(inbox, &format!("{name}.xls"), format!("<html><table>{page}</table></html>").as_bytes()),
            }
        }
        let brokers = [
            ["身份证号", "姓名", "服务村代码", "认定时间"],
            [&person(c), "张三", "220821100201", "2018年3月"],
            [&person(c + 1), "李四", "/", "201803"],
        ];
        put(inbox, &format!("brokers/{county}_2018-06.csv"), &csv_of(&brokers));
        put(inbox, &format!("brokers/{county}_2018-06_副本.csv"), &csv_of(&brokers));
        put(inbox, &format!("brokers/{county}_2018-09.csv"), &csv_of(&brokers[..2]));
        put(inbox, &format!("brokers/{county}_2018-07_坏.csv"), b"\0\0");
        put(inbox, &format!("posts/{county}_201806.csv"), b"x");
        put(inbox, &format!("posts/{county}_2018-06.xlsx"), b"PK\x03\x04 cut off");
        put(inbox, &format!("wages/{county}_2018-06.csv"), b"x");
    }
}

fn night(data: &Path, inbox: &Path) -> std::process::Output {
    run(jindu(&project(), data, inbox).args(["night", "--as-of", DAY]))
}

fn night_well(data: &Path, inbox: &Path) {
    run_well(jindu(&project(), data, inbox).args(["night", "--as-of", DAY]));
}

/// The newest run: how many of its steps ended, and how it stands.
fn last_run(data: &Path) -> Option<(usize, String)> {
    let state = Warehouse::open_existing(data).ok()?.state().ok()?;
    list_runs(&state, 1).ok()?.first().map(|run| (run.steps.len(), run.state.clone()))
}

/// How long the newest run loaded, in milliseconds.
fn load_ms(data: &Path) -> u64 {
    let state = Warehouse::open_existing(data).unwrap().state().unwrap();
    list_runs(&state, 1).unwrap()[0].steps.iter().find(|step| step.step == "load").unwrap().duration_ms
}

#[test]
fn a_load_of_dirty_files_killed_anywhere_ends_as_if_undisturbed() {
    const KILLS_IN_LOAD: u64 = 10;
    let root = scratch();
    let inbox = root.path().join("inbox");
    dirty_inbox(&inbox, 15, 9);
    let undisturbed = root.path().join("undisturbed");
    data_folder(&undisturbed);
    night_well(&undisturbed, &inbox);
    let loading_us = 1_000 * load_ms(&undisturbed).max(50);
    let expected = said(&undisturbed, 1);
    assert!(expected["meta.rejects"].0 > 3_000 && expected["raw.employment"].0 > 1_000, "{expected:?}");
    let mut killed = 0;
    for seed in 0..40 {
        if killed >= KILLS_IN_LOAD {
            break;
        }
        let data = root.path().join(format!("killed-{seed}"));
        data_folder(&data);
        for again in 0..=draw(seed + 50) % 3 {
            let mut child = jindu(&project(), &data, &inbox)
                .args(["night", "--as-of", DAY])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            // The load is the night's first step; starting takes a moment before it.
            std::thread::sleep(Duration::from_micros(draw(seed * 10 + again) % (loading_us * 5 / 4)));
            let is_running = child.try_wait().unwrap().is_none();
            child.kill().unwrap();
            child.wait().unwrap();
            killed += u64::from(is_running && last_run(&data) == Some((0, "running".to_owned())));
        }
        night_well(&data, &inbox);
        assert_eq!(said(&data, 1), expected, "seed {seed}");
        assert!(!data.join("editions/000002.json").exists(), "seed {seed} published twice");
        tables_hold(&data, &expected);
        assert!(leftovers(&data).is_empty(), "seed {seed}: {:?}", leftovers(&data));
        std::fs::remove_dir_all(&data).unwrap();
    }
    assert!(killed >= KILLS_IN_LOAD, "only {killed} nights were killed while they loaded");
}

/// Files that are not whole.
fn leftovers(dir: &Path) -> Vec<String> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().unwrap().is_dir() {
            out.extend(leftovers(&entry.path()));
        } else if name.starts_with("_tmp.") || name.contains('#') {
            out.push(name);
        }
    }
    out
}

/// Bytes of a folder as a disk of pages counts them.
fn bytes_of(dir: &Path) -> u64 {
    let mut out = 4_096;
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let meta = entry.metadata().unwrap();
        out += if meta.is_dir() { bytes_of(&entry.path()) } else { meta.len().next_multiple_of(4_096) };
    }
    out
}

const INSIDE: &str = "JINDU_TEST_OWN_MOUNTS";

/// Runs in a process with mounts of its own, which go with it.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_while_loading_loses_nothing() {
    if std::env::var_os(INSIDE).is_some() {
        return fill_disks();
    }
    let is_root = run_well(Command::new("id").arg("-u")).trim() == "0";
    let mut own = Command::new("unshare");
    own.arg("--mount").args(if is_root { &[][..] } else { &["--user", "--map-root-user"][..] });
    own.arg(std::env::current_exe().unwrap())
        .args(["disturbed::a_disk_that_fills_up_while_loading_loses_nothing", "--exact", "--nocapture"])
        .env(INSIDE, "1");
    let out = own.output().expect("unshare is there (util-linux)");
    let (told, log) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success() && told.contains("1 passed"), "{told}\n{log}");
}

#[cfg(target_os = "linux")]
fn fill_disks() {
    let root = scratch();
    let (first, all) = (root.path().join("first"), root.path().join("all"));
    dirty_inbox(&first, 2, 2);
    dirty_inbox(&all, 15, 5);
    let undisturbed = root.path().join("undisturbed");
    data_folder(&undisturbed);
    night_well(&undisturbed, &first);
    let small = bytes_of(&undisturbed);
    night_well(&undisturbed, &all);
    let large = bytes_of(&undisturbed);
    let (before, expected) = (said(&undisturbed, 1), said(&undisturbed, 2));
    let disk = root.path().join("disk");
    std::fs::create_dir(&disk).unwrap();
    let mount = |options: &str| {
        run_well(Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(&disk));
    };
    let mut stopped_after = Vec::new();
    for part in [0, 2, 10, 25, 40, 50, 60, 70, 80, 88, 94] {
        mount("size=1g");
        let data = disk.join("data");
        data_folder(&data);
        night_well(&data, &first);
        assert_eq!(said(&data, 1), before);
        let size = bytes_of(&data) + (large - small) * part / 100 + 16_384;
        mount(&format!("remount,size={size}"));
        let out = night(&data, &all);
        let told = String::from_utf8_lossy(&out.stderr).into_owned();
        if out.status.success() {
            println!("{part} %: enough");
        } else {
            assert_eq!(out.status.code(), Some(3), "{part} %: {told}");
            assert!(told.contains("is full") && told.contains(&*data.to_string_lossy()), "{part} %: {told}");
            assert!(told.contains("MB more are needed") && told.contains("make room"), "{part} %: {told}");
            let steps = last_run(&data).map_or(0, |(steps, _)| steps);
            println!("{part} %: stopped after {steps} steps: {}", told.lines().nth(1).unwrap_or_default());
            stopped_after.push(steps);
            // The last edition stays and is served from the full disk; nothing of the new one is published.
            assert!(!data.join("editions/000002.json").exists(), "{part} %");
            assert_eq!(said(&data, 1), before, "{part} %");
            let loaded = ask(&data, "select sum(rows_loaded) as n from meta.slices where feed = 'employment'");
            assert_eq!(loaded[0]["n"].as_u64(), Some(before["raw.employment"].0), "{part} %");
            assert!(leftovers(&data).is_empty(), "{part} %: {:?}", leftovers(&data));
            // The same again: still full and still whole, or enough for what is left to do.
            let again = night(&data, &all).status.code();
            assert!(again == Some(3) || (again == Some(0) && said(&data, 2) == expected), "{part} %: {again:?}");
        }
        mount("remount,size=1g");
        night_well(&data, &all);
        assert_eq!(said(&data, 2), expected, "{part} %");
        assert!(!data.join("editions/000003.json").exists(), "{part} %");
        tables_hold(&data, &expected);
        run_well(Command::new("umount").arg(&disk));
    }
    let of = |steps: usize| stopped_after.iter().filter(|n| **n == steps).count();
    assert!(of(0) >= 3, "nights ended while they loaded: {stopped_after:?}");
    assert!(of(1) >= 1, "nights ended while they built: {stopped_after:?}");
}
