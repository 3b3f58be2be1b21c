//! From the inbox to the raw tables: which files are new, what each holds, which deliveries are in force, and the
//! commits that make the raw tables hold exactly those. Every step can be killed and run again.

mod budget;
mod facts;
mod inbox;
mod monthly;
mod outcome;
mod pack;
mod publish;
mod read;

pub use inbox::{PassedOver, Why, unread_bytes};
pub use outcome::{InForce, Outcome, decide};
pub use pack::{SMALL_FILE_BYTES, SMALL_FILES_MAX};
pub use publish::{content_of, feed_reports, keep_table, meta_schemas, publish_meta};

use crate::error::Result;
use crate::extract::raw_schema;
use crate::project::{Job, Project};
use crate::warehouse::{DeliveryRecord, LiveFile, State, TableRecord, Warehouse};
use pack::{missing_files, pack_slices};
use publish::files_content;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What a loading step did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadSummary {
    pub files_looked_at: u64,
    pub files_read: u64,
    pub rows_delivered: u64,
    /// Raw tables that got a new version.
    pub tables_changed: u64,
    /// What in the inbox was not read this night, and why.
    pub passed_over: Vec<PassedOver>,
}

/// Loads what is new in the inbox. `progress` gets (files read, files to read).
pub async fn load_inbox(
    project: &Project,
    warehouse: &Warehouse,
    job: &Job,
    inbox: &Path,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<LoadSummary> {
    let mut state = warehouse.state()?;
    let found = inbox::list(inbox, warehouse.dir(), job, &state)?;
    let mut summary =
        LoadSummary { files_looked_at: found.looked_at, passed_over: found.passed_over, ..LoadSummary::default() };
    let known = state.deliveries()?;
    let work = read::plan(project, &known, found.changed, &BTreeSet::new(), warehouse);
    // What was recorded of all files is not held while files are read: it grows with history.
    drop(known);
    summary.files_read = work.len() as u64;
    if !work.is_empty() {
        warehouse.check_space(read::originals_bytes(&work, warehouse))?;
        let (rows, changed) = read::read_all(project, warehouse, &mut state, work, progress)?;
        summary.rows_delivered = rows;
        summary.files_read -= changed.len() as u64;
        summary.passed_over.extend(changed);
    }
    state.touch(&found.touched)?;
    let mut wanted = changed_feeds(project, &state)?;
    let lost = lost_deliveries(warehouse, &state, &wanted)?;
    if !lost.is_empty() {
        let work = read::plan(project, &state.deliveries()?, Vec::new(), &lost, warehouse);
        summary.files_read += work.len() as u64;
        read::read_all(project, warehouse, &mut state, work, progress)?;
        wanted = changed_feeds(project, &state)?;
    }
    summary.tables_changed = reconcile(project, warehouse, &mut state, wanted).await?;
    Ok(summary)
}

/// The feeds whose raw table is to change: the content that it shall have and the files of its slices.
type Wanted = BTreeMap<String, (String, Vec<LiveFile>)>;

/// Makes each raw table that is to change consist of the slices in force.
async fn reconcile(project: &Project, warehouse: &Warehouse, state: &mut State, wanted: Wanted) -> Result<u64> {
    let mut changed = 0;
    for (feed, (content, wanted)) in wanted {
        let name = format!("raw.{feed}");
        let schema = raw_schema(&project.feeds[&feed]);
        let rows = wanted.iter().map(|f| f.rows).sum();
        let files = pack_slices(warehouse, state, &feed, &schema, wanted)?;
        let version = warehouse.commit(&name, &schema, &files).await?;
        state.record_version(&name, &TableRecord { version, fingerprint: content.clone(), content, rows }, &files)?;
        changed += 1;
    }
    Ok(changed)
}

/// The feeds whose slices in force are not those of their raw table.
fn changed_feeds(project: &Project, state: &State) -> Result<Wanted> {
    let deliveries = state.deliveries()?;
    let mut wanted: BTreeMap<&str, Vec<LiveFile>> = project.feeds.keys().map(|f| (f.as_str(), Vec::new())).collect();
    for slice in decide(&deliveries, &project.feeds).in_force {
        let record = &deliveries[slice.delivery].slices[slice.slice];
        if let (true, Some(files)) = (record.rows > 0, wanted.get_mut(slice.feed.as_str())) {
            files.push(LiveFile {
                path: record.file.clone(),
                bytes: record.bytes,
                rows: record.rows,
                partition: Some(record.region.clone()),
            });
        }
    }
    let mut changed = BTreeMap::new();
    for (feed, mut files) in wanted {
        files.sort();
        let schema = raw_schema(&project.feeds[feed]);
        let content = files_content(files.iter().map(|f| (f.path.as_str(), f.rows, f.partition.as_deref())), &schema);
        if state.table(&format!("raw.{feed}"))?.is_none_or(|t| t.content != content) {
            changed.insert(feed.to_owned(), (content, files));
        }
    }
    Ok(changed)
}

/// Deliveries (by id) that came in force again after their data files were let go with old editions.
fn lost_deliveries(warehouse: &Warehouse, state: &State, wanted: &Wanted) -> Result<BTreeSet<i64>> {
    let mut missing: BTreeSet<(&str, String)> = BTreeSet::new();
    for (feed, (_, files)) in wanted {
        missing.extend(missing_files(warehouse, state, feed, files)?.into_iter().map(|file| (feed.as_str(), file)));
    }
    if missing.is_empty() {
        return Ok(BTreeSet::new());
    }
    let is_lost = |d: &DeliveryRecord| d.slices.iter().any(|s| missing.contains(&(d.feed.as_str(), s.file.clone())));
    Ok(state.deliveries()?.iter().filter(|d| is_lost(d)).map(|d| d.id).collect())
}
