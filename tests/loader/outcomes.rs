//! Which deliveries are in force: random histories against a plain reading of FEEDS.md, and its sentences one by one.

use super::project;
use jindu::load::decide;
use jindu::project::Slice;
use jindu::warehouse::{DeliveryRecord, SliceRecord};
use std::collections::{BTreeMap, BTreeSet};

/// `feed/REGION_PERIOD` arriving on a day with these bytes, holding rows of these regions.
fn delivery(day: u32, feed: &str, region: &str, period: &str, bytes: &str, regions: &[&str]) -> DeliveryRecord {
    let slices =
        regions.iter().map(|r| SliceRecord { region: (*r).to_owned(), file: bytes.to_owned(), rows: 1, bytes: 1 });
    DeliveryRecord {
        path: format!("{feed}/{}_{period}_{bytes}.csv", if region.is_empty() { "all" } else { region }),
        feed: feed.to_owned(),
        sha256: bytes.to_owned(),
        arrived_at: format!("2018-07-{day:02} 08:00:00"),
        region: region.to_owned(),
        period: period.to_owned(),
        slices: slices.collect(),
        ..DeliveryRecord::default()
    }
}

fn county(day: u32, feed: &str, period: &str, bytes: &str) -> DeliveryRecord {
    delivery(day, feed, "220821", period, bytes, &["220821"])
}

/// Outcomes in the order given, and the slices in force as `region:bytes`.
fn check(deliveries: &[DeliveryRecord], expected: &str) {
    let decided = decide(deliveries, &project().feeds);
    let outcomes: Vec<&str> = decided.outcomes.iter().map(|o| o.name()).collect();
    let in_force: Vec<String> = decided
        .in_force
        .iter()
        .map(|s| {
            let slice = &deliveries[s.delivery].slices[s.slice];
            format!("{}:{}", slice.region, slice.file)
        })
        .collect();
    assert_eq!(format!("{} | {}", outcomes.join(" "), in_force.join(" ")), expected);
}

#[test]
fn a_register_is_replaced_by_newer_periods_of_its_year() {
    check(
        &[county(1, "brokers", "2018-05", "a"), county(2, "brokers", "2018-06", "b")],
        "superseded current | 220821:b",
    );
    check(&[county(1, "brokers", "2018-06", "b"), county(2, "brokers", "2018-05", "a")], "current stale | 220821:b");
    check(
        &[county(1, "brokers", "2018-06", "b"), county(2, "brokers", "2018-06", "a")],
        "superseded current | 220821:a",
    );
    check(
        &[county(1, "brokers", "2017-12", "b"), county(2, "brokers", "2018-06", "a")],
        "current current | 220821:b 220821:a",
    );
}

#[test]
fn a_month_is_replaced_by_the_same_month_only() {
    check(
        &[county(1, "ledger", "2018-05", "a"), county(2, "ledger", "2018-06", "b")],
        "current current | 220821:a 220821:b",
    );
    check(&[county(1, "ledger", "2018-05", "a"), county(2, "ledger", "2018-05", "b")], "superseded current | 220821:b");
    check(
        &[county(1, "ledger", "2018-06", "a"), county(2, "ledger", "2018-05", "b")],
        "current current | 220821:b 220821:a",
    );
}

#[test]
fn the_same_bytes_change_nothing() {
    let again = |day| DeliveryRecord {
        path: "brokers/220821_2018-06_重报.csv".to_owned(),
        ..county(day, "brokers", "2018-06", "a")
    };
    check(&[county(1, "brokers", "2018-06", "a"), again(2)], "current identical | 220821:a");
    check(
        &[county(1, "brokers", "2018-06", "a"), county(2, "brokers", "2018-06", "b"), again(3)],
        "superseded current identical | 220821:b",
    );
    // For another period they are another delivery.
    check(
        &[county(1, "brokers", "2018-06", "a"), county(2, "brokers", "2018-07", "a")],
        "superseded current | 220821:a",
    );
}

#[test]
fn a_refused_file_leaves_what_was_in_force() {
    let mut refused = county(2, "brokers", "2018-07", "b");
    refused.refusal = Some("unreadable".to_owned());
    refused.slices.clear();
    check(&[county(1, "brokers", "2018-06", "a"), refused.clone()], "current refused | 220821:a");
    // Mended and sent again, with other bytes or the same.
    check(&[refused, county(3, "brokers", "2018-07", "b")], "refused current | 220821:b");
}

#[test]
fn a_header_without_rows_is_a_delivery_of_none() {
    let mut none = county(2, "brokers", "2018-06", "b");
    none.slices[0].rows = 0;
    none.slices[0].file = String::new();
    check(&[county(1, "brokers", "2018-05", "a"), none], "superseded current | 220821:");
}

#[test]
fn a_unit_and_its_counties_are_both_in_force() {
    check(
        &[delivery(1, "events", "U08", "2018-06", "u", &["U08"]), county(2, "events", "2018-06", "c")],
        "current current | 220821:c U08:u",
    );
}

#[test]
fn a_file_of_all_regions_is_the_slices_that_it_has_rows_for() {
    let all = |day, period: &str, bytes: &str| delivery(day, "events", "", period, bytes, &["220821", "220822"]);
    check(&[all(1, "2018-06", "x"), county(2, "events", "2018-06", "c")], "current current | 220821:c 220822:x");
    check(&[county(1, "events", "2018-06", "c"), all(2, "2018-06", "x")], "superseded current | 220821:x 220822:x");
    check(&[county(1, "events", "2018-07", "c"), all(2, "2018-06", "x")], "current current | 220821:c 220822:x");
    check(&[all(1, "2018-07", "x"), county(2, "events", "2018-06", "c")], "current stale | 220821:x 220822:x");
}

#[test]
fn ties_go_by_name_without_ending() {
    let named = |name: &str, bytes: &str| DeliveryRecord {
        path: format!("brokers/{name}"),
        ..county(1, "brokers", "2018-06", bytes)
    };
    check(&[named("220821_2018-06_b.csv", "b"), named("220821_2018-06.xlsx", "a")], "current superseded | 220821:b");
    check(&[named("220821_2018-06.xlsx", "a"), named("220821_2018-06_b.csv", "b")], "superseded current | 220821:b");
    check(&[named("220821_2018-06.xls", "a"), named("220821_2018-06.csv", "b")], "current superseded | 220821:a");
}

/// The slices in force by the sentences of FEEDS.md, written the slow way: for each slice look at every delivery.
fn in_force_by_the_book(deliveries: &[DeliveryRecord]) -> BTreeSet<(String, String, String)> {
    let mut order: Vec<&DeliveryRecord> = deliveries.iter().collect();
    order.sort_by_key(|d| (d.arrived_at.clone(), d.path.trim_end_matches(".csv").to_owned()));
    let mut delivered = BTreeSet::new();
    let mut slices: BTreeMap<(String, String, String), Vec<&DeliveryRecord>> = BTreeMap::new();
    for d in order {
        if d.refusal.is_some() || !delivered.insert((&d.feed, &d.region, &d.period, &d.sha256)) {
            continue;
        }
        let monthly = project().feeds[&d.feed].slice == Slice::Month;
        let part = if monthly { d.period.clone() } else { d.period[..4].to_owned() };
        for slice in &d.slices {
            slices.entry((d.feed.clone(), slice.region.clone(), part.clone())).or_default().push(d);
        }
    }
    let mut out = BTreeSet::new();
    for ((feed, region, _), candidates) in slices {
        let newest = candidates.iter().map(|d| &d.period).max().unwrap();
        let last = candidates.iter().rfind(|d| d.period == *newest).unwrap();
        out.insert((feed, region, last.path.clone()));
    }
    out
}

#[test]
fn random_histories_come_out_by_the_book() {
    let mut draw = super::fuzz::Draw::new(20_180_930);
    for history in 0..2_000 {
        let n = 1 + draw.below(12);
        let mut deliveries: Vec<DeliveryRecord> = (0..n)
            .map(|at| {
                let feed = ["ledger", "brokers"][draw.below(2)];
                let region = ["220821", "220822", "U08", ""][draw.below(4)];
                let period = ["2017-12", "2018-05", "2018-06"][draw.below(3)];
                let day = 1 + draw.below(4) as u32;
                let regions: &[&str] =
                    if region.is_empty() { &["220821", "220822"][..1 + draw.below(2)] } else { &[region][..] };
                let mut d = delivery(day, feed, region, period, ["a", "b", "c"][draw.below(3)], regions);
                d.path = d.path.replace(".csv", &format!("_{at:02}.csv"));
                if draw.below(6) == 0 {
                    d.refusal = Some("unreadable".to_owned());
                    d.slices.clear();
                }
                d
            })
            .collect();
        let by_book = in_force_by_the_book(&deliveries);
        let decided = |deliveries: &[DeliveryRecord]| -> BTreeSet<(String, String, String)> {
            let decided = decide(deliveries, &project().feeds);
            let of = |i: usize| &deliveries[i];
            let in_force = decided.in_force.iter();
            in_force
                .map(|s| (s.feed.clone(), of(s.delivery).slices[s.slice].region.clone(), of(s.delivery).path.clone()))
                .collect()
        };
        assert_eq!(decided(&deliveries), by_book, "history {history}");
        // The order in which they were recorded does not matter.
        deliveries.reverse();
        assert_eq!(decided(&deliveries), by_book, "history {history}, recorded backwards");
    }
}
