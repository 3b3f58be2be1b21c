//! Editions: `editions/000123.json`, written once, never changed.

use super::files::write_whole;
use crate::error::{Error, Result, io_error};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One published night.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    pub edition: u64,
    pub as_of: NaiveDate,
    /// UTC, to the second.
    pub published_at: String,
    /// The exact version of every table, by `layer.name`.
    pub tables: BTreeMap<String, TableRef>,
    /// SHA-256 of every model and policy file, by path in the project.
    pub project: BTreeMap<String, String>,
    pub load: LoadReport,
    pub checks: Vec<CheckResult>,
    /// What it keeps at hand of the edition before; nothing for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Previous>,
}

/// Tables of the edition before, for what moved since then. They stay readable when that edition is let go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Previous {
    pub edition: u64,
    pub as_of: NaiveDate,
    /// The exact version of each table carried, by `layer.name`.
    pub tables: BTreeMap<String, u64>,
}

/// A table of an edition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRef {
    pub version: u64,
    pub rows: u64,
    /// Fingerprint of the rows.
    pub content: String,
}

/// What was in force when the edition was published, feed by feed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadReport {
    pub feeds: BTreeMap<String, FeedReport>,
}

/// Files by outcome, and the rows of the files in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedReport {
    pub files: BTreeMap<String, u64>,
    pub rows_delivered: u64,
    pub rows_loaded: u64,
    pub rows_dropped: u64,
    pub rows_rejected: u64,
}

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckResult {
    pub check: String,
    pub severity: String,
    /// Rows that break the promise.
    pub rows: u64,
}

impl Edition {
    /// Every version of a table that must stay for this edition to be read.
    pub fn versions_needed(&self) -> impl Iterator<Item = (&String, u64)> {
        let carried =
            self.previous.iter().flat_map(|previous| &previous.tables).map(|(name, version)| (name, *version));
        self.tables.iter().map(|(name, table)| (name, table.version)).chain(carried)
    }
}

fn file_of(dir: &Path, number: u64) -> PathBuf {
    dir.join(format!("{number:06}.json"))
}

/// Every edition's number, oldest first.
pub fn list_editions(dir: &Path) -> Result<Vec<u64>> {
    let mut out = Vec::new();
    if !dir.is_dir() {
        return Ok(out);
    }
    for entry in std::fs::read_dir(dir).map_err(|e| io_error(dir, &e))? {
        let name = entry.map_err(|e| io_error(dir, &e))?.file_name();
        if let Some(number) = name.to_string_lossy().strip_suffix(".json").and_then(|n| n.parse().ok()) {
            out.push(number);
        }
    }
    out.sort_unstable();
    Ok(out)
}

/// Reads an edition, or the newest.
pub fn read_edition(dir: &Path, number: Option<u64>) -> Result<Edition> {
    let numbers = list_editions(dir)?;
    let newest = numbers.last().copied().ok_or_else(|| Error::request("no_edition"))?;
    let number = number.unwrap_or(newest);
    if !numbers.contains(&number) {
        if file_of(&dir.join(RELEASED), number).exists() {
            let kept = numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
            return Err(Error::request("edition_released").with("edition", number).with("kept", kept));
        }
        return Err(Error::request("edition_unknown").with("edition", number).with("newest", newest));
    }
    let path = file_of(dir, number);
    let text = std::fs::read_to_string(&path).map_err(|e| io_error(&path, &e))?;
    serde_json::from_str(&text)
        .map_err(|e| Error::internal("edition_broken").with("path", path.display()).with("cause", e))
}

/// Writes an edition under the next number. Fails if that number is taken: an edition is never overwritten.
pub fn write_edition(dir: &Path, mut edition: Edition) -> Result<Edition> {
    edition.edition = list_editions(dir)?.last().map_or(1, |n| n + 1);
    let path = file_of(dir, edition.edition);
    let text = serde_json::to_string_pretty(&edition)
        .map_err(|e| Error::internal("edition_broken").with("path", path.display()).with("cause", e))?;
    if path.exists() {
        return Err(Error::internal("edition_taken").with("path", path.display()));
    }
    write_whole(&path, format!("{text}\n").as_bytes())?;
    Ok(edition)
}

/// Where the records of editions lie whose data files were let go.
const RELEASED: &str = "released";

/// Takes an edition out of those that can be opened; its record stays.
pub fn release_edition(dir: &Path, number: u64) -> Result<()> {
    let folder = dir.join(RELEASED);
    std::fs::create_dir_all(&folder).map_err(|e| io_error(&folder, &e))?;
    let path = file_of(dir, number);
    std::fs::rename(&path, file_of(&folder, number)).map_err(|e| io_error(&path, &e))
}
