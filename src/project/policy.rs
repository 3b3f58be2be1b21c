//! Policy rows: `sql/policy/NAME.csv`, read as text. The `.sql` beside a file types it; here only the shape is checked.

use crate::error::{Error, Result, io_error};
use chrono::NaiveDate;
use std::path::Path;

/// One policy file: header and rows of text with their line numbers, blank cells as empty text.
#[derive(Clone, Debug)]
pub struct CsvFile {
    pub path: String,
    pub columns: Vec<String>,
    pub rows: Vec<(u64, Vec<String>)>,
    /// The file's bytes as they are, for fingerprints.
    pub bytes: Vec<u8>,
}

impl CsvFile {
    /// Reads a file; `shown` is its path inside the project. Every mistake in it comes back with its line.
    pub fn read(path: &Path, shown: &str) -> Result<CsvFile> {
        let bytes = std::fs::read(path).map_err(|e| io_error(path, &e))?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(strip_bom(&bytes));
        let broken = |line: u64, cause: String| {
            Error::request("policy_csv").with("file", shown).with("line", line).with("cause", cause)
        };
        let columns: Vec<String> =
            reader.headers().map_err(|e| broken(1, e.to_string()))?.iter().map(|h| h.trim().to_owned()).collect();
        let mut mistakes = Vec::new();
        for (i, column) in columns.iter().enumerate() {
            if column.is_empty() || columns[..i].contains(column) {
                mistakes.push(broken(1, format!("column {} is blank or stands twice: `{column}`", i + 1)));
            }
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            match record {
                Err(e) => mistakes.push(broken(e.position().map_or(0, csv::Position::line), e.to_string())),
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    if record.len() == columns.len() {
                        rows.push((line, record.iter().map(|c| c.trim().to_owned()).collect()));
                    } else {
                        let cause = format!("{} cells under {} columns", record.len(), columns.len());
                        mistakes.push(broken(line, cause));
                    }
                }
            }
        }
        match Error::all(mistakes) {
            Some(error) => Err(error),
            None => Ok(CsvFile { path: shown.to_owned(), columns, rows, bytes }),
        }
    }

    /// The rows' cells under the named columns with their lines; an unknown column is an error.
    pub fn rows_with_lines<const N: usize>(&self, names: [&str; N]) -> Result<Vec<(u64, [String; N])>> {
        let mut at = [0usize; N];
        for (slot, name) in at.iter_mut().zip(names) {
            *slot = self.columns.iter().position(|c| c == name).ok_or_else(|| {
                Error::request("policy_column").with("file", &self.path).with("line", 1).with("column", name)
            })?;
        }
        Ok(self.rows.iter().map(|(line, cells)| (*line, at.map(|i| cells[i].clone()))).collect())
    }

    /// As [`CsvFile::rows_with_lines`], the cells alone.
    pub fn rows<const N: usize>(&self, names: [&str; N]) -> Result<Vec<[String; N]>> {
        Ok(self.rows_with_lines(names)?.into_iter().map(|(_, cells)| cells).collect())
    }
}

/// When a row is in force: `from` included, `to` excluded, none = until further notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    pub from: NaiveDate,
    pub to: Option<NaiveDate>,
}

impl Validity {
    pub fn holds(&self, day: NaiveDate) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }

    pub fn overlaps(&self, other: &Validity) -> bool {
        other.to.is_none_or(|to| self.from < to) && self.to.is_none_or(|to| other.from < to)
    }
}

/// A row's `valid_from` and `valid_to`; a day that is none, or an end not after its beginning, is an error with its line.
pub fn read_validity(file: &CsvFile, line: u64, from: &str, to: &str) -> Result<Validity> {
    let wrong =
        |cause: String| Error::request("policy_csv").with("file", &file.path).with("line", line).with("cause", cause);
    let day = |name: &str, cell: &str| {
        cell.parse::<NaiveDate>().map_err(|_| wrong(format!("{name} is no day such as YYYY-MM-DD: `{cell}`")))
    };
    let from = day("valid_from", from)?;
    let to = if to.is_empty() { None } else { Some(day("valid_to", to)?) };
    match to {
        Some(to) if to <= from => Err(wrong(format!("valid_to {to} is not after valid_from {from}"))),
        _ => Ok(Validity { from, to }),
    }
}

fn strip_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}
