//! The inbox on disk: odd names, links, deep folders, deliveries of none, the same night twice.

use super::{csv_of, person, project};
use jindu::load::load_inbox;
use jindu::warehouse::{DeliveryRecord, Warehouse};
use std::fs;
use std::path::Path;

const HEAD: [&str; 4] = ["身份证号", "起始日期", "就业类型", "就业地域"];

fn spells(people: &[u32]) -> Vec<u8> {
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(people.iter().map(|n| [person(*n), "2018-03-01".to_owned(), "转移就业".to_owned(), "省外".to_owned()]));
    csv_of(&rows)
}

/// Loads an inbox into a warehouse; every delivery as recorded, and what was passed over.
fn load(data: &Path, inbox: &Path) -> (Vec<DeliveryRecord>, Vec<String>) {
    let warehouse = Warehouse::open(data).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let job = &project().jobs["nightly"];
    let summary = runtime.block_on(load_inbox(project(), &warehouse, job, inbox, &|_, _| {})).unwrap();
    (warehouse.state().unwrap().deliveries().unwrap(), summary.passed_over)
}

fn rows_in_force(deliveries: &[DeliveryRecord]) -> u64 {
    let decided = jindu::load::decide(deliveries, &project().feeds);
    decided.in_force.iter().map(|s| deliveries[s.delivery].slices[s.slice].rows).sum()
}

#[test]
fn odd_names_are_refused_or_read_and_links_are_passed_over() {
    let (data, inbox) = (crate::support::scratch(), crate::support::scratch());
    let folder = inbox.path().join("employment");
    fs::create_dir_all(&folder).unwrap();
    // Each its own bytes.
    let put = |n: u32, name: &str| fs::write(folder.join(name), spells(&[n])).unwrap();
    for (n, name) in [
        "220821_2018-06_a b'c\"d.csv",
        "220822_2018-06_x\ny.csv",
        "220881_2018-06_;drop table.csv",
        "a b.csv",
        ".hidden.csv",
        "~$220821_2018-06.xlsx",
    ]
    .into_iter()
    .enumerate()
    {
        put(n as u32 + 1, name);
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"220882_2018-06_\xff.csv");
        fs::write(folder.join(name), spells(&[20])).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", folder.join("220821_2018-05.csv")).unwrap();
        std::os::unix::fs::symlink("..", folder.join("loop")).unwrap();
    }
    let mut deep = folder.clone();
    for _ in 0..200 {
        deep.push("d");
    }
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("220821_2018-06.csv"), spells(&[30])).unwrap();
    let (deliveries, passed_over) = load(data.path(), inbox.path());
    let of = |end: &str| deliveries.iter().find(|d| d.path.ends_with(end)).unwrap_or_else(|| panic!("{end}"));
    assert_eq!(of("c\"d.csv").rows_loaded, 1);
    assert_eq!(of("x\ny.csv").rows_loaded, 1);
    assert_eq!(of("table.csv").rows_loaded, 1);
    assert_eq!(of("a b.csv").refusal.as_deref(), Some("name_not_understood"));
    assert_eq!(of("d/220821_2018-06.csv").refusal.as_deref(), Some("name_not_understood"));
    #[cfg(unix)]
    assert_eq!(of("\u{fffd}.csv").rows_loaded, 1);
    assert!(passed_over.iter().any(|p| p.ends_with("220821_2018-05.csv")), "{passed_over:?}");
    assert!(passed_over.iter().any(|p| p.ends_with("loop")));
    assert!(!deliveries.iter().any(|d| d.path.contains("passwd") || d.path.contains("hidden")));
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
