//! From the inbox to the raw tables: which files are new, what each holds, which deliveries are in force, and the
//! commits that make the raw tables hold exactly those. Every step can be killed and run again.

mod budget;
mod inbox;
mod monthly;
mod outcome;
mod publish;
mod read;

pub use outcome::{InForce, Outcome, decide};
pub use publish::{content_of, feed_reports, keep_table, meta_schemas, publish_meta};

use crate::error::Result;
use crate::extract::raw_schema;
use crate::project::{Job, Project};
use crate::warehouse::{LiveFile, Warehouse};
use publish::files_content;
use std::collections::BTreeMap;
use std::path::Path;

/// What a loading step did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadSummary {
    pub files_looked_at: u64,
    pub files_read: u64,
    pub rows_delivered: u64,
    /// Raw tables that got a new version.
    pub tables_changed: u64,
    /// Names in the inbox that were passed over (still growing, links, hidden files).
    pub passed_over: Vec<String>,
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
    let work = read::plan(project, &known, found.changed, warehouse);
    summary.files_read = work.len() as u64;
    if !work.is_empty() {
        summary.rows_delivered = read::read_all(project, warehouse, &mut state, known, work, progress)?;
    }
    state.touch(&found.touched)?;
    summary.tables_changed = reconcile(project, warehouse, &state).await?;
    Ok(summary)
}

/// Makes each raw table consist of the files of the slices in force; a table that does is left alone.
async fn reconcile(project: &Project, warehouse: &Warehouse, state: &crate::warehouse::State) -> Result<u64> {
    let deliveries = state.deliveries()?;
    let decided = decide(&deliveries, &project.feeds);
    let mut wanted: BTreeMap<&str, Vec<LiveFile>> = project.feeds.keys().map(|f| (f.as_str(), Vec::new())).collect();
    for slice in &decided.in_force {
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
    let mut changed = 0;
    for (feed, mut files) in wanted {
        files.sort();
        let name = format!("raw.{feed}");
        let schema = raw_schema(&project.feeds[feed]);
        let content = files_content(files.iter().map(|f| (f.path.as_str(), f.rows, f.partition.as_deref())), &schema);
        let before = state.table(&name)?;
        if before.as_ref().is_some_and(|t| t.content == content) {
            continue;
        }
        let rows = files.iter().map(|f| f.rows).sum();
        let version = warehouse.commit(&name, &schema, &files).await?;
        state.record_table(
            &name,
            &crate::warehouse::TableRecord { version, fingerprint: content.clone(), content, rows },
        )?;
        changed += 1;
    }
    Ok(changed)
}
