//! One Delta table on disk: its versions, its live files, and the commit that makes the live files what they should be.

use crate::error::{Error, Result, failure, io_error};
use arrow::datatypes::{Schema, SchemaRef};
use deltalake::DeltaTable;
use deltalake::kernel::engine::arrow_conversion::{TryIntoArrow, TryIntoKernel};
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake::kernel::{Action, Add, StructType, new_metadata};
use deltalake::protocol::{DeltaOperation, SaveMode};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;
use url::Url;

/// A data file of a table at a version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LiveFile {
    /// Relative to the table's folder.
    pub path: String,
    pub bytes: u64,
    pub rows: u64,
    /// The value of the partition column, where the table has one.
    pub partition: Option<String>,
}

/// A table as it stood at a version.
#[derive(Clone, Debug)]
pub struct TableVersion {
    pub version: u64,
    /// All columns, the partition column last.
    pub schema: SchemaRef,
    pub files: Vec<LiveFile>,
}

impl TableVersion {
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|f| f.rows).sum()
    }
}

/// Old versions and log entries are kept until an edition's retention lets them go, never by age alone.
const KEPT_FOREVER: &str = "interval 36500 days";

/// Opens a table at a version, or at its newest; `None` where there is no table.
pub async fn open_table(dir: &Path, version: Option<u64>) -> Result<Option<TableVersion>> {
    Ok(match load(dir, version).await? {
        Some(table) => Some(read_version(dir, &table)?),
        None => None,
    })
}

/// Makes the table's live files exactly `files`, in one commit; creates the table if there is none.
///
/// Returns the version, which is the present one if nothing had to change. The schema names all columns; the
/// partition column, if any, stands last in it.
pub async fn commit_files(
    dir: &Path,
    schema: &Schema,
    partition: Option<&str>,
    files: &[LiveFile],
    created_ms: i64,
) -> Result<u64> {
    let failed = |cause: deltalake::DeltaTableError| {
        failure("table_commit", &cause).with("table", dir.display()).with("path", dir.display()).with("cause", cause)
    };
    let kernel: StructType = schema
        .try_into_kernel()
        .map_err(|e| Error::internal("table_commit").with("table", dir.display()).with("cause", e))?;
    let add = |file: &LiveFile| add_action(file, partition, created_ms);
    let partition_columns: Vec<String> = partition.iter().map(|p| (*p).to_owned()).collect();
    let Some(table) = load(dir, None).await? else {
        std::fs::create_dir_all(dir).map_err(|e| io_error(dir, &e))?;
        let table = DeltaTable::try_from_url(table_url(dir)?)
            .await
            .map_err(failed)?
            .create()
            .with_columns(kernel.fields().cloned())
            .with_partition_columns(partition_columns)
            .with_configuration([
                ("delta.logRetentionDuration".to_owned(), Some(KEPT_FOREVER.to_owned())),
                ("delta.deletedFileRetentionDuration".to_owned(), Some(KEPT_FOREVER.to_owned())),
            ])
            .with_actions(files.iter().map(|f| Action::Add(add(f))))
            .await
            .map_err(failed)?;
        return Ok(table.version().unwrap_or_default());
    };
    let now = read_version(dir, &table)?;
    let live: BTreeMap<&str, &LiveFile> = now.files.iter().map(|f| (f.path.as_str(), f)).collect();
    let wanted: BTreeMap<&str, &LiveFile> = files.iter().map(|f| (f.path.as_str(), f)).collect();
    let mut actions = Vec::new();
    if !same_columns(&now.schema, schema) {
        let metadata = new_metadata(
            &kernel,
            partition_columns,
            [("delta.logRetentionDuration", KEPT_FOREVER), ("delta.deletedFileRetentionDuration", KEPT_FOREVER)],
        )
        .map_err(|e| failed(e.into()))?;
        actions.push(Action::Metadata(metadata));
    }
    let state = table.snapshot().map_err(failed)?;
    for view in state.log_data().iter() {
        if !wanted.contains_key(view.path().as_ref()) {
            actions.push(Action::Remove(view.remove_action(true)));
        }
    }
    actions.extend(wanted.iter().filter(|(path, _)| !live.contains_key(*path)).map(|(_, f)| Action::Add(add(f))));
    if actions.is_empty() {
        return Ok(now.version);
    }
    let operation = DeltaOperation::Write {
        mode: SaveMode::Overwrite,
        partition_by: partition.map(|p| vec![p.to_owned()]),
        predicate: None,
    };
    let properties = CommitProperties::default().with_max_retries(0).with_cleanup_expired_logs(Some(false));
    let committed = CommitBuilder::from(properties)
        .with_actions(actions)
        .build(Some(state.snapshot()), table.log_store(), operation)
        .await
        .map_err(failed)?;
    Ok(committed.version())
}

fn add_action(file: &LiveFile, partition: Option<&str>, created_ms: i64) -> Add {
    let partition_values = match partition {
        Some(column) => HashMap::from([(column.to_owned(), file.partition.clone())]),
        None => HashMap::new(),
    };
    Add {
        path: file.path.clone(),
        partition_values,
        size: file.bytes as i64,
        modification_time: created_ms,
        data_change: true,
        stats: Some(format!("{{\"numRecords\":{}}}", file.rows)),
        ..Add::default()
    }
}

/// Names and types alike and in the same order, whatever their nullability.
fn same_columns(a: &Schema, b: &Schema) -> bool {
    let columns = |s: &Schema| -> Vec<(String, String)> {
        s.fields().iter().map(|f| (f.name().clone(), f.data_type().to_string())).collect()
    };
    columns(a) == columns(b)
}

fn table_url(dir: &Path) -> Result<Url> {
    let absolute = std::path::absolute(dir).map_err(|e| io_error(dir, &e))?;
    Url::from_directory_path(&absolute).map_err(|()| Error::request("data_path").with("path", absolute.display()))
}

async fn load(dir: &Path, version: Option<u64>) -> Result<Option<DeltaTable>> {
    if !dir.join("_delta_log").is_dir() {
        return Ok(None);
    }
    let failed = |cause: deltalake::DeltaTableError| {
        Error::internal("table_open").with("table", dir.display()).with("cause", cause)
    };
    let mut builder = deltalake::DeltaTableBuilder::from_url(table_url(dir)?).map_err(failed)?;
    if let Some(version) = version {
        builder = builder.with_version(version);
    }
    match builder.load().await {
        Ok(table) => Ok(Some(table)),
        Err(deltalake::DeltaTableError::NotATable(_)) if version.is_none() => Ok(None),
        Err(e) => Err(failed(e)),
    }
}

fn read_version(dir: &Path, table: &DeltaTable) -> Result<TableVersion> {
    let failed = |cause: String| Error::internal("table_open").with("table", dir.display()).with("cause", cause);
    let state = table.snapshot().map_err(|e| failed(e.to_string()))?;
    let schema: Schema = state.schema().as_ref().try_into_arrow().map_err(|e| failed(format!("{e}")))?;
    let mut files: Vec<LiveFile> = state
        .log_data()
        .iter()
        .map(|view| LiveFile {
            path: view.path().into_owned(),
            bytes: view.size().max(0) as u64,
            rows: view.num_records().unwrap_or_default() as u64,
            partition: view.partition_values_map().into_values().next().flatten(),
        })
        .collect();
    files.sort();
    let version = table.version().unwrap_or_default();
    Ok(TableVersion { version, schema: Arc::new(schema), files })
}
