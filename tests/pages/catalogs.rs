//! The two catalogs say the same things, and say everything that the program asks them for.

use crate::support::project;
use chrono::NaiveDate;
use jindu::text::{self, Lang, say, say_if_known};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn places(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

#[test]
fn both_languages_have_the_same_keys_and_places() {
    let zh: BTreeSet<_> = text::keys(Lang::ZhCn).collect();
    let en: BTreeSet<_> = text::keys(Lang::En).collect();
    assert_eq!(zh, en);
    assert!(zh.len() > 300);
    for key in &zh {
        let (zh, en) = (say(Lang::ZhCn, key, &[]), say(Lang::En, key, &[]));
        assert_eq!(places(&zh), places(&en), "{key}");
        assert_eq!(zh.trim().is_empty(), en.trim().is_empty(), "{key} is empty in one language");
        let may_be_empty = key.starts_with("error.") && (key.ends_with(".detail") || key.ends_with(".hint"));
        assert!(may_be_empty || !zh.trim().is_empty(), "{key} is empty");
    }
}

/// The literals that follow each opening in a source, comments left out: `after(source, "say(")`.
fn literals_after<'a>(source: &'a str, opening: &str) -> Vec<&'a str> {
    source
        .split(opening)
        .skip(1)
        .filter_map(|call| {
            let at = call.find('"')?;
            // Between the opening and its key stand at most a language and a comma.
            let before = &call[..at];
            let is_near = at < 40 && before.chars().all(|c| c.is_alphanumeric() || "_.,& \n".contains(c));
            call[at + 1..].split('"').next().filter(|_| is_near)
        })
        .collect()
}

#[test]
fn every_key_that_the_program_names_has_a_text() {
    let keys: BTreeSet<_> = text::keys(Lang::En).collect();
    let mut missing = Vec::new();
    let mut asked = 0;
    for file in sources(&project().join("src")) {
        let source = std::fs::read_to_string(&file).unwrap();
        let mut wanted: Vec<String> = Vec::new();
        for opening in ["say(", "say_if_known("] {
            wanted.extend(literals_after(&source, opening).into_iter().filter(|k| k.contains('.')).map(str::to_owned));
        }
        for opening in ["Error::request(", "Error::data(", "Error::internal("] {
            wanted.extend(literals_after(&source, opening).into_iter().map(|k| format!("error.{k}.message")));
        }
        wanted.extend(literals_after(&source, "Refusal::new(").into_iter().map(|k| format!("refusal.{k}")));
        for opening in ["fault(row, ", "reason: "] {
            let codes = literals_after(&source, opening).into_iter().filter(|c| is_code(c));
            wanted.extend(codes.map(|k| format!("reason.{k}")));
        }
        for (ending, kind) in [("load/outcome.rs", "outcome"), ("jobs/record.rs", "run")] {
            if file.ends_with(ending) {
                wanted.extend(literals_after(&source, "=> ").into_iter().map(|k| format!("{kind}.{k}")));
            }
        }
        asked += wanted.len();
        missing.extend(
            wanted.into_iter().filter(|k| !keys.contains(k.as_str())).map(|k| format!("{}: {k}", file.display())),
        );
    }
    assert!(missing.is_empty(), "no text for\n{}", missing.join("\n"));
    assert!(asked > 250, "the scan found only {asked} keys");
    for step in ["load", "build", "check", "publish"] {
        assert!(say_if_known(Lang::En, &format!("step.{step}"), &[]).is_some(), "step.{step}");
    }
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let files = entries.flat_map(|entry| {
        let path = entry.path();
        if path.is_dir() { sources(&path) } else { vec![path] }
    });
    files.filter(|path| path.extension().is_some_and(|ending| ending == "rs")).collect()
}

#[test]
fn a_ratio_is_rounded_once_and_half_up() {
    let check = |n: i128, d: i128, expected: Option<&str>| {
        assert_eq!(text::ratio((n * 100, 2), (d * 1000, 3), 2).as_deref(), expected, "{n} of {d}");
    };
    check(100, 3, Some("33.33"));
    check(200, 3, Some("66.67"));
    check(1, 8, Some("0.13"));
    check(292, 1, Some("292.00"));
    check(5_999_499_999, 100_000_000, Some("59.99"));
    check(5_999_500_000, 100_000_000, Some("60.00"));
    check(-1, 8, Some("\u{2212}0.13"));
    check(0, 5, Some("0.00"));
    check(1, 0, None);
    check(i128::MAX / 100, 1, None);
}

#[test]
fn numbers_and_dates_are_written_for_people() {
    assert_eq!(text::count(1234567), "1,234,567");
    assert_eq!(text::count(-1000), "\u{2212}1,000");
    assert_eq!(text::decimal(59_996, 3, 2), "60.00");
    assert_eq!(text::decimal(-1285, 3, 2), "\u{2212}1.29");
    assert_eq!(text::decimal(5, 0, 2), "5.00");
    assert_eq!(text::decimal(373_973, 2, 0), "3,740");
    let day = NaiveDate::from_ymd_opt(2018, 9, 30).unwrap();
    assert_eq!(text::date(Lang::ZhCn, day), "2018年9月30日");
    assert_eq!(text::date(Lang::En, day), "30 September 2018");
}
