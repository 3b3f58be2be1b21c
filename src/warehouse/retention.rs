//! What goes: editions beyond their time, and the data files that no kept edition needs. Nothing else of the program
//! removes a data file, and nothing here touches the archive of originals. Only under the writer's lock.

use super::editions::{Edition, read_edition, release_edition};
use super::state::State;
use super::{TEMPORARY_PREFIX, Warehouse};
use crate::error::{Result, io_error};
use chrono::{Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// How long published editions can be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The newest so many, at least one.
    pub newest: u64,
    /// Each month's last edition (by as-of date) stays for good.
    pub last_of_month: bool,
}

/// What was let go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    pub editions: Vec<u64>,
    pub files: u64,
    pub bytes: u64,
}

impl Warehouse {
    /// Lets go of the editions that are neither new, nor a month's last, nor kept for a reason, and removes the data
    /// files that only they needed. Killed anywhere, it goes on the next time.
    pub fn release(&self, retention: Retention, state: &State) -> Result<Removed> {
        let dir = self.dir.join("editions");
        let mut editions = Vec::new();
        for number in self.editions()? {
            editions.push(read_edition(&dir, Some(number))?);
        }
        let reasons: BTreeSet<u64> = state.kept_editions()?.into_keys().collect();
        let stay = staying(&editions, retention, &reasons);
        let mut removed = Removed::default();
        let mut kept: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
        for edition in &editions {
            if !stay.contains(&edition.edition) {
                release_edition(&dir, edition.edition)?;
                removed.editions.push(edition.edition);
                continue;
            }
            for (name, version) in edition.versions_needed() {
                kept.entry(name.clone()).or_default().insert(version);
            }
        }
        for (name, path) in state.unneeded_files(&kept)? {
            remove_file(&self.table_dir(&name).join(&path), &mut removed)?;
            state.forget_file(&name, &path)?;
        }
        self.sweep(state, &mut removed)?;
        Ok(removed)
    }

    /// Removes data files that no version ever held: of deliveries that never came in force, and what a killed night
    /// wrote but did not commit. A table whose files are not all known from its first version on is left alone.
    fn sweep(&self, state: &State, removed: &mut Removed) -> Result<()> {
        let root = self.dir.join("tables");
        for layer in folders(&root)? {
            for table in folders(&root.join(&layer))? {
                let name = format!("{layer}.{table}");
                if !state.is_tracked_whole(&name)? {
                    continue;
                }
                let known = state.files_of(&name)?;
                let dir = self.table_dir(&name);
                let mut found = Vec::new();
                data_files(&dir, "", &mut found)?;
                for path in found.iter().filter(|p| !known.contains(*p)) {
                    remove_file(&dir.join(path), removed)?;
                }
            }
        }
        Ok(())
    }
}

/// The editions that stay.
fn staying(editions: &[Edition], retention: Retention, reasons: &BTreeSet<u64>) -> BTreeSet<u64> {
    let newest = editions.iter().rev().take(retention.newest.max(1) as usize).map(|e| e.edition);
    let mut stay: BTreeSet<u64> = newest.chain(reasons.iter().copied()).collect();
    if retention.last_of_month {
        let mut last: BTreeMap<(i32, u32), (NaiveDate, u64)> = BTreeMap::new();
        for edition in editions {
            let of_month = last.entry((edition.as_of.year(), edition.as_of.month())).or_insert((NaiveDate::MIN, 0));
            *of_month = (*of_month).max((edition.as_of, edition.edition));
        }
        stay.extend(last.into_values().map(|(_, number)| number));
    }
    stay
}

fn remove_file(path: &Path, removed: &mut Removed) -> Result<()> {
    let Ok(meta) = std::fs::metadata(path) else { return Ok(()) };
    std::fs::remove_file(path).map_err(|e| io_error(path, &e))?;
    removed.files += 1;
    removed.bytes += meta.len();
    Ok(())
}

fn folders(dir: &Path) -> Result<Vec<String>> {
    let mut out = Vec::new();
    if dir.is_dir() {
        for entry in std::fs::read_dir(dir).map_err(|e| io_error(dir, &e))? {
            let entry = entry.map_err(|e| io_error(dir, &e))?;
            if entry.file_type().is_ok_and(|t| t.is_dir()) {
                out.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
    }
    out.sort();
    Ok(out)
}

/// The Parquet files of a table's folder and its partitions, as paths in it.
fn data_files(dir: &Path, prefix: &str, out: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(dir).map_err(|e| io_error(dir, &e))? {
        let entry = entry.map_err(|e| io_error(dir, &e))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('_') && !name.starts_with(TEMPORARY_PREFIX) {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.file_type().is_ok_and(|t| t.is_dir()) {
            data_files(&entry.path(), &format!("{path}/"), out)?;
        } else if name.ends_with(".parquet") {
            out.push(path);
        }
    }
    out.sort();
    Ok(())
}
