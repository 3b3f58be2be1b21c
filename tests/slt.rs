//! Reads sqllogictest files, as far as ours go: `query TYPES` or `query error WORDS`, the SQL, `----` and the rows. The
//! crate of that name turns on features of `rand` and `md-5` for which DataFusion would be compiled a second time.

use std::path::Path;

/// A question and the answer that it must get.
pub struct Record {
    /// Where it stands, as `file:line`.
    pub place: String,
    pub sql: String,
    pub wanted: Wanted,
}

pub enum Wanted {
    /// One line a row, its cells with a blank between.
    Rows(Vec<String>),
    /// The error's text holds these words.
    Error(String),
}

/// The records of a file. Panics where a line belongs to no record, so that no question is passed over.
pub fn read_records(path: &Path) -> Vec<Record> {
    let text = std::fs::read_to_string(path).unwrap();
    let mut records = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let place = format!("{}:{}", path.display(), number + 1);
        let head = line.strip_prefix("query ").unwrap_or_else(|| panic!("{place}: `{line}` begins no record"));
        let mut sql = Vec::new();
        let mut rows = None;
        for (_, line) in lines.by_ref().take_while(|(_, line)| !line.trim().is_empty()) {
            match &mut rows {
                None if line == "----" => rows = Some(Vec::new()),
                None => sql.push(line),
                Some(rows) => rows.push(one_space(line)),
            }
        }
        assert!(!sql.is_empty(), "{place}: no SQL");
        let wanted = match (head.strip_prefix("error "), rows) {
            (Some(words), None) => Wanted::Error(words.trim().to_owned()),
            (None, Some(rows)) => Wanted::Rows(rows),
            _ => panic!("{place}: a query has rows below ----, an error has none"),
        };
        records.push(Record { place, sql: sql.join("\n"), wanted });
    }
    records
}

/// Words with one blank between, however they were set out.
pub fn one_space(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}
