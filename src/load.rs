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
use crate::warehouse::{LiveFile, State, TableRecord, Warehouse};
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
    let found = inbox::list(inbox, job, &state)?;
    let mut summary =
        LoadSummary { files_looked_at: found.looked_at, passed_over: found.passed_over, ..LoadSummary::default() };
    let known = state.deliveries()?;
    let work = read::plan(project, &known, found.changed, &BTreeSet::new(), warehouse);
    summary.files_read = work.len() as u64;
    if !work.is_empty() {
        warehouse.check_space(read::originals_bytes(&work, warehouse))?;
        let (rows, changed) = read::read_all(project, warehouse, &mut state, known, work, progress)?;
        summary.rows_delivered = rows;
        summary.files_read -= changed.len() as u64;
        summary.passed_over.extend(changed);
    }
    state.touch(&found.touched)?;
    let lost = lost_deliveries(project, warehouse, &state)?;
    if !lost.is_empty() {
        let known = state.deliveries()?;
        let work = read::plan(project, &known, Vec::new(), &lost, warehouse);
        summary.files_read += work.len() as u64;
        read::read_all(project, warehouse, &mut state, known, work, progress)?;
    }
    summary.tables_changed = reconcile(project, warehouse, &mut state).await?;
    Ok(summary)
}

/// Makes each raw table consist of the slices in force; a table that does is left alone.
async fn reconcile(project: &Project, warehouse: &Warehouse, state: &mut State) -> Result<u64> {
    let mut changed = 0;
    for (feed, (content, wanted)) in changed_feeds(project, state)? {
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

/// The feeds whose slices in force are not those of their raw table: their new content and the files of their slices.
fn changed_feeds(project: &Project, state: &State) -> Result<BTreeMap<String, (String, Vec<LiveFile>)>> {
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
fn lost_deliveries(project: &Project, warehouse: &Warehouse, state: &State) -> Result<BTreeSet<i64>> {
    let mut lost = BTreeSet::new();
    let deliveries = state.deliveries()?;
    for (feed, (_, wanted)) in changed_feeds(project, state)? {
        let missing: BTreeSet<String> = missing_files(warehouse, state, &feed, &wanted)?.into_iter().collect();
        if missing.is_empty() {
            continue;
        }
        for delivery in deliveries.iter().filter(|d| d.feed == feed) {
            if delivery.slices.iter().any(|s| missing.contains(&s.file)) {
                lost.insert(delivery.id);
            }
        }
    }
    Ok(lost)
}
