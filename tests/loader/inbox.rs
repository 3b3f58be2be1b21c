//! The inbox on disk: odd names, links, deep folders, deliveries of none, the same night twice.

use super::{csv_of, person, project};
use jindu::load::load_inbox;
use jindu::warehouse::{DeliveryRecord, Warehouse};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

const HEAD: [&str; 4] = ["身份证号", "起始日期", "就业类型", "就业地域"];

fn spells(people: &[u32]) -> Vec<u8> {
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(people.iter().map(|n| [person(*n), "2018-03-01".to_owned(), "转移就业".to_owned(), "省外".to_owned()]));
    csv_of(&rows)
}

/// Loads an inbox into a warehouse; every delivery as recorded, and what was passed over as `path: why`.
fn load(data: &Path, inbox: &Path) -> (Vec<DeliveryRecord>, Vec<String>) {
    load_while(data, inbox, &|_| {})
}

/// As [`load`]; `after` is told how many files have been read.
fn load_while(data: &Path, inbox: &Path, after: &(dyn Fn(u64) + Sync)) -> (Vec<DeliveryRecord>, Vec<String>) {
    let warehouse = Warehouse::open(data).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let job = &project().jobs["nightly"];
    let told = |done, _| after(done);
    let summary = runtime.block_on(load_inbox(project(), &warehouse, job, inbox, &told)).unwrap();
    let passed = summary.passed_over.iter().map(|p| format!("{}: {}", p.path, p.why.name())).collect();
    let deliveries = warehouse.state().unwrap().deliveries().unwrap();
    // What is recorded is in the archive under its own hash.
    for d in &deliveries {
        let kept = fs::read(warehouse.archive_path(&d.sha256)).unwrap();
        assert_eq!(jindu::project::hex(&Sha256::digest(&kept)), d.sha256, "{}", d.path);
    }
    (deliveries, passed)
}

fn rows_in_force(deliveries: &[DeliveryRecord]) -> u64 {
    let decided = jindu::load::decide(deliveries, &project().feeds);
    decided.in_force.iter().map(|s| deliveries[s.delivery].slices[s.slice].rows).sum()
}

#[test]
fn odd_names_are_refused_or_read_and_links_are_passed_over() {
    use std::os::unix::ffi::OsStrExt;
    let (data, inbox) = (crate::support::scratch(), crate::support::scratch());
    let folder = inbox.path().join("employment");
    fs::create_dir_all(&folder).unwrap();
    // Each its own bytes: what becomes of it by its name's end.
    let longest = format!("220524_2018-06_{}.csv", "长".repeat(78)) + "xy";
    assert_eq!(longest.len(), 255);
    let names: Vec<(&[u8], &str)> = vec![
        (b"220821_2018-06_a b'c\"d.csv", "1"),
        (b"220822_2018-06_x\ny.csv", "1"),
        (b"220881_2018-06_;drop table.csv", "1"),
        (b"220882_2018-06_\xff.csv", "1"),
        (b"220882_2018-06_\xfe.csv", "1"),
        (b"220302_2018-06_\x1b[2J\x07.csv", "1"),
        ("220303_2018-06_\u{202e}vsc.csv".as_bytes(), "1"),
        (longest.as_bytes(), "1"),
        (b"a b.csv", "name_not_understood"),
        (b"-rf.csv", "name_not_understood"),
        (b"220821_2018-06..csv", "name_not_understood"),
        (b"220821_2018-06", "1"),
        (b"%2e%2e%2f220821_2018-06.csv", "name_not_understood"),
        (b"con.csv", "name_not_understood"),
        (b".hidden.csv", "hidden"),
        (b"..csv", "hidden"),
        (b"~$220821_2018-06.xlsx", "hidden"),
    ];
    for (n, (name, _)) in names.iter().enumerate() {
        fs::write(folder.join(std::ffi::OsStr::from_bytes(name)), spells(&[n as u32 + 1])).unwrap();
    }
    std::os::unix::fs::symlink("/etc/passwd", folder.join("220821_2018-05.csv")).unwrap();
    std::os::unix::fs::symlink("..", folder.join("loop")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.join("220822_2018-05.csv")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(folder.join("220821_2018-04.csv")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(folder.join("220821_2018-03.csv")).unwrap();
    // A folder that is called like a file, and one below two hundred others.
    let mut deep = folder.join("220821_2018-02.csv");
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("220821_2018-06.csv"), spells(&[29])).unwrap();
    (0..200).for_each(|_| deep.push("d"));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("220821_2018-06.csv"), spells(&[30])).unwrap();
    fs::create_dir_all(inbox.path().join("no such feed")).unwrap();
    fs::write(inbox.path().join("no such feed/220821_2018-06.csv"), spells(&[31])).unwrap();
    fs::write(inbox.path().join("220821_2018-06.csv"), spells(&[32])).unwrap();
    fs::write(inbox.path().join("通知.txt"), "no delivery").unwrap();

    let (deliveries, passed) = load(data.path(), inbox.path());
    let become_of = |end: &str| -> Vec<String> {
        let read = deliveries.iter().filter(|d| d.path.ends_with(end));
        let read = read.map(|d| d.refusal.clone().unwrap_or_else(|| d.rows_loaded.to_string()));
        let passed = passed.iter().filter_map(|p| p.rsplit_once(": ").filter(|(path, _)| path.ends_with(end)));
        read.chain(passed.map(|(_, why)| why.to_owned())).collect()
    };
    for (name, expected) in &names {
        let shown = match std::str::from_utf8(name) {
            Ok(name) => format!("employment/{name}"),
            Err(_) => format!("employment/220882_2018-06_\\x{:02x}.csv", name[15]),
        };
        assert_eq!(become_of(&shown), [*expected], "{shown:?}");
    }
    for (path, expected) in [
        ("employment/220821_2018-05.csv", "link"),
        ("employment/loop", "link"),
        ("employment/220822_2018-05.csv", "link"),
        ("employment/220821_2018-04.csv", "no_file"),
        ("employment/220821_2018-03.csv", "no_file"),
        ("employment/220821_2018-02.csv/220821_2018-06.csv", "name_not_understood"),
        ("d/d/d/220821_2018-06.csv", "name_not_understood"),
        ("no such feed/220821_2018-06.csv", "unknown_feed"),
    ] {
        assert_eq!(become_of(path), [expected], "{path}");
    }
    assert!(deliveries.iter().any(|d| d.path == "220821_2018-06.csv" && d.refusal.as_deref() == Some("unknown_feed")));
    assert_eq!(deliveries.iter().filter(|d| d.refusal.is_none()).count(), 9);
    assert!(!deliveries.iter().any(|d| d.path.contains("passwd") || d.path.contains("通知")));
    // A second night reads none of them again.
    let again = Warehouse::open(data.path()).unwrap();
    assert_eq!(load(data.path(), inbox.path()).0, deliveries);
    assert_eq!(again.state().unwrap().deliveries().unwrap().len(), deliveries.len());
}

/// Names steer no terminal and turn no line round.
#[test]
fn names_are_shown_as_what_they_are() {
    let shown = |text: &str| jindu::text::visible(text);
    assert_eq!(shown("a\u{1b}[2Jb\u{7}"), "a\\u{1b}[2Jb\\u{7}");
    assert_eq!(shown("x\u{202e}vsc.exe"), "x\\u{202e}vsc.exe");
    assert_eq!(shown("x\ny"), "x\\ny");
    assert_eq!(shown("220821_2018-06_重报.csv"), "220821_2018-06_重报.csv");
}

/// As if the file lay there since a moment of 2018.
fn quiet(path: &Path) {
    let moment = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_530_000_000);
    fs::File::options().append(true).open(path).unwrap().set_modified(moment).unwrap();
}

#[test]
fn a_file_that_still_grows_waits_for_the_next_night() {
    let (data, inbox) = (crate::support::scratch(), crate::support::scratch());
    let folder = inbox.path().join("employment");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("220822_2018-06.csv"), spells(&[9])).unwrap();
    let path = folder.join("220821_2018-06.csv");
    let whole = spells(&(1..40).collect::<Vec<_>>());
    fs::write(&path, &whole[..50]).unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            use std::io::Write;
            let mut file = fs::File::options().append(true).open(&path).unwrap();
            let mut at = 50;
            while !done.load(std::sync::atomic::Ordering::Relaxed) && at < whole.len() - 1 {
                file.write_all(&whole[at..at + 1]).unwrap();
                at += 1;
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            file.write_all(&whole[at..]).unwrap();
        });
        let (deliveries, passed) = load(data.path(), inbox.path());
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(passed, ["employment/220821_2018-06.csv: growing"]);
        assert_eq!(rows_in_force(&deliveries), 1, "the others do not wait");
    });
    let (deliveries, passed) = load(data.path(), inbox.path());
    assert!(passed.is_empty());
    assert_eq!(rows_in_force(&deliveries), 40);
}

#[test]
fn files_that_vanish_or_change_under_the_reader() {
    let (data, inbox) = (crate::support::scratch(), crate::support::scratch());
    let folder = inbox.path().join("employment");
    fs::create_dir_all(&folder).unwrap();
    let months: Vec<String> = (2000..2018).flat_map(|y| (1..=12).map(move |m| format!("{y}-{m:02}"))).collect();
    let put = |name: &str, bytes: &[u8]| {
        fs::write(folder.join(name), bytes).unwrap();
        quiet(&folder.join(name));
    };
    for (n, month) in months.iter().enumerate() {
        put(&format!("220821_{month}.csv"), &spells(&[n as u32 + 1]));
    }
    // Names of counties further on: they are read last.
    put("222401_2018-06.csv", &spells(&[901]));
    put("222402_2018-06.csv", &spells(&[902]));
    put("222403_2018-06.csv", &spells(&[903]));
    put("222403_2018-06_again.csv", &spells(&[903]));
    let same_length = spells(&[905]);
    assert_eq!(same_length.len(), spells(&[902]).len());
    let changed = std::sync::Once::new();
    let (deliveries, mut passed) = load_while(data.path(), inbox.path(), &|_| {
        changed.call_once(|| {
            fs::remove_file(folder.join("222401_2018-06.csv")).unwrap();
            // The same length and the same time: only the bytes tell.
            put("222402_2018-06.csv", &same_length);
            // A file of which another is a copy.
            fs::write(folder.join("222403_2018-06.csv"), spells(&[904, 906])).unwrap();
        });
    });
    passed.sort();
    assert_eq!(
        passed,
        [
            "employment/222401_2018-06.csv: gone",
            "employment/222402_2018-06.csv: growing",
            "employment/222403_2018-06.csv: growing",
            "employment/222403_2018-06_again.csv: growing",
        ]
    );
    assert_eq!(deliveries.len(), months.len());
    // The next night reads what is there.
    let (deliveries, passed) = load(data.path(), inbox.path());
    assert!(passed.is_empty(), "{passed:?}");
    let mut loaded: Vec<(&str, u64)> =
        deliveries[months.len()..].iter().map(|d| (d.path.as_str(), d.rows_loaded)).collect();
    loaded.sort();
    assert_eq!(
        loaded,
        [
            ("employment/222402_2018-06.csv", 1),
            ("employment/222403_2018-06.csv", 2),
            ("employment/222403_2018-06_again.csv", 1),
        ]
    );
}

/// One file that the program may not read stops nothing, and is told.
#[test]
fn a_file_that_may_not_be_read_is_passed_over() {
    use std::os::unix::fs::PermissionsExt;
    let (data, inbox) = (crate::support::scratch(), crate::support::scratch());
    let folder = inbox.path().join("employment");
    fs::create_dir_all(folder.join("closed")).unwrap();
    fs::write(folder.join("220821_2018-06.csv"), spells(&[1])).unwrap();
    fs::write(folder.join("220822_2018-06.csv"), spells(&[2])).unwrap();
    for closed in ["220822_2018-06.csv", "closed"] {
        fs::set_permissions(folder.join(closed), fs::Permissions::from_mode(0o000)).unwrap();
    }
    let mut night = crate::support::jindu(&crate::support::project(), data.path(), inbox.path());
    night.args(["night", "--as-of", "2018-06-30"]);
    // The superuser reads everything unless he lays that power down.
    let mut plain = std::process::Command::new("setpriv");
    plain.arg("--bounding-set=-dac_override,-dac_read_search").arg(night.get_program()).args(night.get_args());
    night.get_envs().for_each(|(name, value)| match value {
        Some(value) => drop(plain.env(name, value)),
        None => drop(plain.env_remove(name)),
    });
    let is_root = who_am_i() == "0";
    let out = crate::support::run(if is_root { &mut plain } else { &mut night });
    let told = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{told}");
    assert!(told.contains("employment/220822_2018-06.csv: it may not be read"), "{told}");
    assert!(told.contains("employment/closed: it may not be read"), "{told}");
    let loaded = crate::support::ask(data.path(), "select sum(rows_loaded) as n from meta.deliveries");
    assert_eq!(loaded[0]["n"], 1);
    fs::set_permissions(folder.join("closed"), fs::Permissions::from_mode(0o700)).unwrap();
}

fn who_am_i() -> String {
    let out = std::process::Command::new("id").arg("-u").output().unwrap();
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

#[test]
fn a_delivery_of_none_replaces_and_a_refused_one_does_not() {
    let (data, inbox) = (crate::support::scratch(), crate::support::scratch());
    let folder = inbox.path().join("employment");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("220821_2018-05.csv"), spells(&[1, 2])).unwrap();
    let (deliveries, _) = load(data.path(), inbox.path());
    assert_eq!(rows_in_force(&deliveries), 2);
    fs::write(folder.join("220821_2018-06.csv"), b"\0").unwrap();
    let (deliveries, _) = load(data.path(), inbox.path());
    assert_eq!(deliveries.len(), 2);
    assert_eq!(rows_in_force(&deliveries), 2, "a refused file leaves what was in force");
    fs::write(folder.join("220821_2018-07.csv"), spells(&[])).unwrap();
    let (deliveries, _) = load(data.path(), inbox.path());
    assert_eq!(rows_in_force(&deliveries), 0, "a header without rows is a delivery of none");
    let (again, _) = load(data.path(), inbox.path());
    assert_eq!(again, deliveries, "a second night changes nothing");
}
