//! No ID number, phone or name of a person comes out of any page, download or table.

use crate::api::{get, get_well, routes};
use crate::support::{published_sample, sample};
use arrow::array::AsArray;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::collections::HashSet;

/// The names in the sample's ledgers of its last month.
fn names() -> HashSet<Vec<char>> {
    let mut names = HashSet::new();
    for entry in std::fs::read_dir(sample().join("ledger")).unwrap().flatten() {
        if !entry.file_name().to_string_lossy().contains("2018-09") {
            continue;
        }
        let file = std::fs::File::open(entry.path()).unwrap();
        for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
            let batch = batch.unwrap();
            let column = arrow::compute::cast(batch.column_by_name("姓名").unwrap(), &arrow::datatypes::DataType::Utf8);
            names.extend(column.unwrap().as_string::<i32>().iter().flatten().map(|n| n.chars().collect::<Vec<_>>()));
        }
    }
    assert!(names.len() > 5_000);
    names
}

/// What a text gives away: ID numbers of 15 or 18 signs, mobile numbers of 11 digits, names.
fn personal(text: &str, names: &HashSet<Vec<char>>) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    for run in runs(&chars, |c| c.is_ascii_digit()) {
        let before = run.0.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(run.1).copied().unwrap_or(' ');
        // Digits after a point are a fraction, digits beside letters a fingerprint.
        if before.is_some_and(|c| c == '.' || c.is_ascii_alphabetic()) {
            continue;
        }
        let is_id = match run.1 - run.0 {
            18 => !after.is_ascii_alphabetic(),
            17 => after == 'X' || after == 'x',
            15 => !after.is_ascii_alphabetic(),
            11 => chars[run.0] == '1' && !after.is_ascii_alphabetic(),
            _ => false,
        };
        if is_id {
            found.push(chars[run.0..run.1].iter().collect());
        }
    }
    for (from, to) in runs(&chars, |c| ('\u{4e00}'..='\u{9fff}').contains(&c)) {
        // Two characters are a name only where they stand alone: place names are full of such pairs.
        let alone = (to - from == 2).then_some((from, to));
        let inside = (from..to.saturating_sub(2)).map(|at| (at, at + 3));
        for (from, to) in inside.chain(alone).filter(|(f, t)| names.contains(&chars[*f..*t])) {
            found.push(chars[from..to].iter().collect());
        }
    }
    found
}

fn runs(chars: &[char], belongs: impl Fn(char) -> bool) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut from = None;
    for (at, c) in chars.iter().copied().chain([' ']).enumerate() {
        match (from, belongs(c)) {
            (None, true) => from = Some(at),
            (Some(start), false) => {
                runs.push((start, at));
                from = None;
            }
            _ => {}
        }
    }
    runs
}

#[test]
fn the_scan_finds_what_it_looks_for() {
    let names: HashSet<Vec<char>> = ["王小明", "李强"].iter().map(|n| n.chars().collect()).collect();
    for text in ["a 220821199001011234,", "22082119900101123X", "13912345678", "户主王小明同志", ">李强<"] {
        assert_eq!(personal(text, &names).len(), 1, "{text}");
    }
    for text in ["2201**********1234", "0.13912345678", "ab13912345678", "李强度", "2018-09-30 12:00"] {
        assert!(personal(text, &names).is_empty(), "{text}");
    }
}

#[tokio::test]
async fn nothing_personal_comes_out() {
    let (routes, names) = (routes(published_sample()), names());
    let mut paths: Vec<String> = Vec::new();
    for lang in ["zh-CN", "en"] {
        let regions = ["220000", "POOR15", "U06", "U11", "X22CBS", "220622", "220821"];
        paths.extend(
            ["/", "/ranking", "/loads", "/deliveries", "/help"].iter().map(|path| format!("{path}?lang={lang}")),
        );
        paths.extend(regions.iter().map(|region| format!("/regions/{region}?lang={lang}")));
        paths.extend(regions.iter().map(|region| format!("/rules?region={region}&lang={lang}")));
        paths.extend(["E6", "E7", "T4", "T6"].iter().map(|rule| format!("/rules/{rule}/220000?lang={lang}")));
    }
    let pages: serde_json::Value = serde_json::from_str(&get_well(&routes, "/api/pages").await).unwrap();
    for page in pages.as_array().unwrap() {
        for panel in page["panels"].as_array().unwrap() {
            let place = format!("/panels/{}/{}", page["page"].as_str().unwrap(), panel.as_str().unwrap());
            paths.extend(["csv", "json", "svg"].iter().map(|ending| format!("{place}.{ending}")));
        }
    }
    let tables: serde_json::Value = serde_json::from_str(&get_well(&routes, "/api/tables").await).unwrap();
    let tables = tables.as_array().unwrap();
    assert!(tables.len() > 30);
    paths.extend(tables.iter().map(|t| format!("/api/tables/{}", t["table"].as_str().unwrap().replace('.', "/"))));
    paths.extend(["/api/runs".to_owned(), "/api/editions/newest".to_owned()]);
    let mut found = Vec::new();
    for path in &paths {
        let reply = get(&routes, path).await;
        assert!(reply.status == 200 || path.ends_with(".svg"), "{path}: {}", reply.status);
        found.extend(personal(&reply.text(), &names).into_iter().take(3).map(|what| format!("{path}: {what}")));
    }
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), found.join("\n"));
}
