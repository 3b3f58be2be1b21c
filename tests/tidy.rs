//! The invariants of DESIGN.md that a look at the sources can hold.

use crate::support::project;
use std::path::{Path, PathBuf};

/// Every Rust file below src/, with its path inside src/ and its text.
fn sources() -> Vec<(String, String)> {
    fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push(path);
            }
        }
    }
    let root = project().join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.sort();
    let shown = |p: &Path| p.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
    let all: Vec<(String, String)> = files.iter().map(|p| (shown(p), std::fs::read_to_string(p).unwrap())).collect();
    assert!(all.len() > 60, "the sources were not found");
    all
}

fn is_sample(path: &str) -> bool {
    path == "sample.rs" || path.starts_with("sample/")
}

/// Lines of code without comments; string literals stay.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().filter(|(_, l)| !l.trim_start().starts_with("//")).map(|(i, l)| (i + 1, l))
}

#[test]
fn src_knows_no_region_indicator_year_or_chinese_header() {
    let is_cjk = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let codes: Vec<String> = std::fs::read_to_string(project().join("sql/policy/regions.csv"))
        .unwrap()
        .lines()
        .skip(1)
        .filter_map(|l| l.split(',').next().map(str::to_owned))
        .collect();
    assert!(codes.len() > 70);
    let mut found = Vec::new();
    for (path, text) in sources().iter().filter(|(p, _)| !is_sample(p)) {
        for (line, code) in code_lines(text) {
            let indicator = ["\"T1\"", "\"T2\"", "\"T3\"", "\"T4\"", "\"T5\"", "\"T6\"", "'T1'", "'T6'", "POOR15"];
            let has_year = (2010..2030).any(|y| stands_alone(code, &y.to_string()));
            let has_region =
                codes.iter().any(|c| code.contains(&format!("\"{c}\"")) || code.contains(&format!("'{c}'")));
            if code.chars().any(is_cjk) || indicator.iter().any(|i| code.contains(i)) || has_year || has_region {
                found.push(format!("src/{path}:{line}: {}", code.trim()));
            }
        }
    }
    assert!(found.is_empty(), "knowledge of the project in src/:\n{}", found.join("\n"));
}

/// Whether a number stands in a line by itself: not in a colour, an identifier or an escaped character.
fn stands_alone(code: &str, number: &str) -> bool {
    code.match_indices(number).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + number.len()..].chars().next();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '{' || c == '_')
            && !after.is_some_and(char::is_alphanumeric)
    })
}

#[test]
fn one_door_only() {
    let outside = |p: &str| ["server", "cli", "questions"].iter().any(|room| p.starts_with(room));
    for (path, text) in sources().iter().filter(|(p, _)| outside(p)) {
        for (line, code) in code_lines(text) {
            let session = ["SessionContext", "SessionState", "datafusion::"].iter().any(|w| code.contains(w));
            assert!(!session, "src/{path}:{line} holds a session: ask warehouse/reader.rs");
        }
    }
    let door = std::fs::read_to_string(project().join("src/warehouse/reader.rs")).unwrap();
    for promise in
        ["with_allow_ddl(false)", "with_allow_dml(false)", "with_allow_statements(false)", "OPEN_LAYERS", "timeout"]
    {
        assert!(door.contains(promise), "the door lost `{promise}`");
    }
    let open = door.lines().find(|l| l.contains("const OPEN_LAYERS")).unwrap();
    assert!(!open.contains("raw") && !open.contains("staging") && !open.contains("quarantine"));
}

#[test]
fn only_the_warehouse_knows_where_tables_are() {
    for (path, text) in sources().iter().filter(|(p, _)| !p.starts_with("warehouse")) {
        for (line, code) in code_lines(text) {
            let place = ["\"tables\"", "\"editions\"", "_delta_log", "deltalake::", "\"archive\""];
            let knows = place.iter().any(|w| code.contains(&format!("join({w}")) || (w.len() > 10 && code.contains(w)));
            assert!(!knows, "src/{path}:{line} knows a table's place");
        }
    }
}

#[test]
fn ranking_and_charts_are_pure() {
    let pure = |p: &str| (p.starts_with("ranking") && p != "ranking/functions.rs") || p.starts_with("charts");
    let files: Vec<(String, String)> = sources().into_iter().filter(|(p, _)| pure(p)).collect();
    assert!(files.len() > 5);
    for (path, text) in &files {
        for (line, code) in code_lines(text) {
            for word in [
                "std::fs",
                "std::env",
                "std::net",
                "crate::clock",
                "crate::warehouse",
                "crate::project",
                "SystemTime",
                "datafusion",
                "rusqlite",
            ] {
                assert!(!code.contains(word), "src/{path}:{line} is not pure: {word}");
            }
        }
    }
}

#[test]
fn the_clock_is_read_in_one_place() {
    for (path, text) in sources().iter().filter(|(p, _)| p != "clock.rs") {
        for (line, code) in code_lines(text) {
            for word in ["Utc::now", "Local::now", "SystemTime::now", "Instant::now"] {
                assert!(!code.contains(word), "src/{path}:{line} reads the clock");
            }
        }
    }
    for (path, text) in sql_files() {
        let lower = text.to_lowercase();
        for word in ["now()", "current_date", "current_timestamp"] {
            let in_code = lower.lines().any(|l| !l.trim_start().starts_with("--") && l.contains(word));
            assert!(!in_code, "{path} reads the clock");
        }
    }
}

fn sql_files() -> Vec<(String, String)> {
    let mut out = Vec::new();
    let entries = std::fs::read_dir(project().join("sql")).unwrap().map(|entry| entry.unwrap().path());
    for layer in entries.filter(|path| path.is_dir()) {
        for file in std::fs::read_dir(layer).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|e| e == "sql") {
                out.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(out.len() > 40);
    out
}

/// No ID number, phone or name of a person reaches a log, an error or a metric: what prints may not be given cells.
#[test]
fn personal_cells_reach_no_message() {
    let extract: Vec<(String, String)> =
        sources().into_iter().filter(|(p, _)| p.starts_with("extract") || p.starts_with("load")).collect();
    for (path, text) in &extract {
        for (line, code) in code_lines(text) {
            for word in ["println!", "eprintln!", "print!", "dbg!", "log::", "tracing::"] {
                assert!(!code.contains(word), "src/{path}:{line} prints where people's cells are at hand");
            }
        }
    }
    // The one place where a cell's text is shown is the reject, and it masks personal fields.
    let rejects: Vec<&(String, String)> =
        extract.iter().filter(|(_, t)| t.contains("raw_value:") && t.contains("mask(")).collect();
    assert!(!rejects.is_empty(), "rejects mask personal cells");
}

#[test]
fn every_file_says_what_lives_in_it_and_stays_short() {
    for (path, text) in sources() {
        assert!(text.starts_with("//!"), "src/{path} does not open with //!");
        let lines = text.lines().count();
        assert!(lines <= 620, "src/{path} has {lines} lines: what is its second subject?");
    }
}

/// The fuzz targets are built from the same crates as the program.
#[test]
fn the_fuzz_targets_are_built_as_the_program_is() {
    let crates = |file: &str| -> std::collections::BTreeMap<String, String> {
        let text = std::fs::read_to_string(project().join(file)).unwrap();
        let names = text.lines().zip(text.lines().skip(1)).filter_map(|(name, version)| {
            Some((name.strip_prefix("name = ")?.to_owned(), version.strip_prefix("version = ")?.to_owned()))
        });
        names.collect()
    };
    let (ours, theirs) = (crates("Cargo.lock"), crates("fuzz/Cargo.lock"));
    for name in
        ["arrow", "parquet", "calamine", "zip", "quick-xml", "encoding_rs", "html5gum", "csv", "csv-core", "chrono"]
    {
        let name = format!("\"{name}\"");
        assert!(theirs.contains_key(&name), "{name} is not in fuzz/Cargo.lock");
        assert_eq!(theirs[&name], ours[&name], "{name}: run cargo update in fuzz/");
    }
}

#[test]
fn nothing_unfinished_or_foreign_is_committed() {
    let out = std::process::Command::new("git").args(["ls-files", "-z"]).current_dir(project()).output().unwrap();
    let files: Vec<String> =
        String::from_utf8(out.stdout).unwrap().split('\0').filter(|f| !f.is_empty()).map(str::to_owned).collect();
    for file in files.iter().filter(|f| !f.ends_with(".parquet") && !f.ends_with(".png") && *f != "tests/tidy.rs") {
        let Ok(text) = std::fs::read_to_string(project().join(file)) else { continue };
        for word in ["todo!(", "unimplemented!(", "dbg!("] {
            assert!(!text.contains(word), "{file} holds {word}");
        }
        for place in ["/work/", "/root/", "/home/"] {
            let path_of_a_machine = text.lines().any(|l| l.contains(place) && !l.contains("://"));
            assert!(!path_of_a_machine, "{file} holds a machine's path {place}");
        }
    }
}
