//! DataFusion sessions for models: only the tables that a model reads, and errors in our own words.

use super::graph::{Graph, Model};
use super::header::KeptAs;
use super::nearest::nearest;
use super::small_side::physical_rules;
use crate::error::{Error, Result};
use crate::extract::hide_numbers;
use crate::project::{CsvFile, Job, Project};
use crate::warehouse::{Edition, NightFile, NightRecord, TableVersion, Warehouse, hidden_columns, stars_for_signs};
use arrow::array::{ArrayRef, BooleanArray, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use chrono::NaiveDate;
use datafusion::catalog::{MemTable, TableProvider};
use datafusion::common::{DataFusionError, SchemaError};
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Memory that building models may use before it spills.
const BUILD_MEMORY_BYTES: usize = 2 * 1024 * 1024 * 1024;

/// Tables as the models read them: kept versions, and the as-of date.
pub struct Sources<'a> {
    pub project: &'a Project,
    pub warehouse: &'a Warehouse,
    pub graph: &'a Graph,
    pub as_of: NaiveDate,
    /// Tables at the version to read, by name.
    pub tables: &'a BTreeMap<String, Arc<TableVersion>>,
    /// Rows that stand in a table's place: those of a trial.
    pub made: &'a BTreeMap<String, RecordBatch>,
    pub runtime: Arc<RuntimeEnv>,
}

/// The settings that every session of ours has.
pub fn session_config(partitions: usize) -> SessionConfig {
    let mut config = SessionConfig::new()
        .with_target_partitions(partitions)
        .with_create_default_catalog_and_schema(true)
        .with_information_schema(false);
    let options = config.options_mut();
    options.sql_parser.collect_spans = true;
    options.sql_parser.parse_float_as_decimal = true;
    options.sql_parser.map_string_types_to_utf8view = false;
    options.execution.parquet.schema_force_view_types = false;
    config
}

/// A session with our settings.
pub fn new_session(partitions: usize, runtime: Arc<RuntimeEnv>) -> SessionContext {
    let state = SessionStateBuilder::new()
        .with_config(session_config(partitions))
        .with_runtime_env(runtime)
        .with_default_features()
        .with_physical_optimizer_rules(physical_rules())
        .build();
    SessionContext::new_with_state(state)
}

/// The runtime that all builds of one night share.
pub fn build_runtime() -> Result<Arc<RuntimeEnv>> {
    RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(FairSpillPool::new(BUILD_MEMORY_BYTES)))
        .build_arc()
        .map_err(|e| Error::internal("session").with("cause", e))
}

impl Sources<'_> {
    /// A session that holds what the model reads and nothing else.
    pub async fn session_for(&self, model: &Model, partitions: usize) -> Result<SessionContext> {
        let context = new_session(partitions, self.runtime.clone());
        crate::ranking::register(&context);
        for name in self.graph.tables_behind(model) {
            self.register(&context, &name).await?;
        }
        Ok(context)
    }

    async fn register(&self, context: &SessionContext, name: &str) -> Result<()> {
        let failed = |e: DataFusionError| Error::internal("session").with("cause", e);
        let (schema, table) = name.split_once('.').unwrap_or(("public", name));
        make_schema(context, schema)?;
        let provider: Arc<dyn TableProvider> = if schema == "csv" {
            csv_table(self.project, table)?
        } else if name == "run.context" {
            context_table(self.as_of)?
        } else if let Some(batch) = self.made.get(name) {
            let table = MemTable::try_new(batch.schema(), vec![vec![batch.clone()]]).map_err(failed)?;
            Arc::new(table)
        } else if let Some(view) = self.graph.get(name).filter(|m| m.header.kept_as == KeptAs::View) {
            let frame = plan(context, view).await?;
            frame.into_view()
        } else {
            let Some(version) = self.tables.get(name) else {
                return Err(Error::internal("table_missing").with("table", name));
            };
            self.warehouse.provider(name, version, &hidden_columns(self.project, name))?
        };
        let reference = datafusion::common::TableReference::partial(schema, table);
        context.register_table(reference, provider).map_err(failed)?;
        Ok(())
    }
}

/// Makes a schema in the session's catalog unless it is there.
pub fn make_schema(context: &SessionContext, schema: &str) -> Result<()> {
    let failed = |e: DataFusionError| Error::internal("session").with("cause", e);
    let Some(catalog) = context.catalog("datafusion") else {
        return Err(Error::internal("session").with("cause", "no catalog"));
    };
    if catalog.schema(schema).is_none() {
        let provider = Arc::new(datafusion::catalog::MemorySchemaProvider::new());
        catalog.register_schema(schema, provider).map_err(failed)?;
    }
    Ok(())
}

/// Plans a model's SQL; errors name the model, the place and the nearest column.
pub async fn plan(context: &SessionContext, model: &Model) -> Result<DataFrame> {
    context.sql(&model.file.sql).await.map_err(|e| query_error("model_build", &model.name, &model.file.path, &e))
}

/// A planning or running error in our words, with its line and a suggestion where one is near.
pub fn query_error(key: &'static str, name: &str, path: &str, cause: &DataFusionError) -> Error {
    let start = cause.diagnostic().and_then(|d| d.span).map(|s| s.start);
    let (line, column) = start.map_or((1, 1), |s| (s.line, s.column));
    let mut suggestion = "-".to_owned();
    let root = cause.find_root();
    if let DataFusionError::SchemaError(schema, _) = root
        && let SchemaError::FieldNotFound { field, valid_fields } = schema.as_ref()
    {
        let names: Vec<&str> = valid_fields.iter().map(|c| c.name.as_str()).collect();
        if let Some(near) = nearest(&field.name, names.iter().copied()) {
            near.clone_into(&mut suggestion);
        }
    }
    let cause = root.strip_backtrace();
    let error = Error::request(key);
    let error = if start.is_some() { error.with("at", format!("{line}:{column}")) } else { error };
    error
        .with("name", name)
        .with("file", path)
        .with("line", line)
        .with("column", column)
        .with("cause", told_cause(&cause))
        .with("suggestion", suggestion)
}

/// Characters of a mistake's cause: it may list every column of a wide table.
const CAUSE_CHARS: usize = 400;

/// What the query engine says of a mistake as it may be told: its first line, without numbers, for a cast that fails quotes
/// the cell, and without the syntax tree that it shows instead of the words that it does not know.
pub fn told_cause(cause: &str) -> String {
    let line = cause.lines().next().unwrap_or_default();
    let begins_tree = |at: &usize| {
        let word = line[..*at].rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        word.starts_with(|c: char| c.is_ascii_uppercase())
    };
    let tree = line.match_indices(" { ").map(|(at, _)| at).find(begins_tree);
    let words = tree.map_or(line, |at| {
        // `Unsupported ast node: Function(Function { …`: the first name says what is meant.
        let from = line[..at].rfind(' ').map_or(0, |blank| blank + 1);
        &line[..line[from..at].find(['(', '[']).map_or(at, |bracket| from + bracket)]
    });
    let shown: String = hide_numbers(&stars_for_signs(words)).chars().take(CAUSE_CHARS).collect();
    if tree.is_some() {
        format!("{} \u{2026}", shown.trim_end())
    } else if shown.chars().count() == CAUSE_CHARS {
        shown + "\u{2026}"
    } else {
        shown
    }
}

fn csv_table(project: &Project, name: &str) -> Result<Arc<dyn TableProvider>> {
    let missing = || Error::internal("table_missing").with("table", format!("csv.{name}"));
    policy_table(project.policy.get(name).ok_or_else(missing)?)
}

/// A policy file's rows as text, blank cells as nulls.
pub fn policy_table(file: &CsvFile) -> Result<Arc<dyn TableProvider>> {
    let fields: Vec<Field> = file.columns.iter().map(|c| Field::new(c, DataType::Utf8, true)).collect();
    let arrays: Vec<ArrayRef> = (0..file.columns.len())
        .map(|i| {
            let cells = file.rows.iter().map(|(_, row)| Some(row[i].as_str()).filter(|c| !c.is_empty()));
            Arc::new(cells.collect::<StringArray>()) as ArrayRef
        })
        .collect();
    memory_table(fields, arrays)
}

/// `run.context`: the one row that says what day it is.
pub fn context_table(as_of: NaiveDate) -> Result<Arc<dyn TableProvider>> {
    let days = crate::extract::columns::days_of(as_of);
    memory_table(vec![Field::new("as_of", DataType::Date32, true)], vec![Arc::new(Date32Array::from(vec![days]))])
}

/// The columns of `run.previous`.
pub fn previous_schema() -> SchemaRef {
    let fields = [("edition", DataType::Int64), ("as_of", DataType::Date32)];
    Arc::new(Schema::new(fields.map(|(name, kind)| Field::new(name, kind, true)).to_vec()))
}

/// `run.previous`: the number and the as-of date of the edition before; no row for the first.
pub fn previous_table(previous: Option<(u64, NaiveDate)>) -> Result<Arc<dyn TableProvider>> {
    let numbers = Int64Array::from_iter_values(previous.iter().map(|(edition, _)| *edition as i64));
    let days = previous.iter().map(|(_, as_of)| crate::extract::columns::days_of(*as_of));
    let fields = previous_schema().fields().iter().map(|field| field.as_ref().clone()).collect();
    memory_table(fields, vec![Arc::new(numbers), Arc::new(Date32Array::from_iter_values(days))])
}

/// `meta.editions`: one row a published night.
pub fn editions_table(editions: &[Edition]) -> Result<Arc<dyn TableProvider>> {
    let days = |e: &Edition| crate::extract::columns::days_of(e.as_of);
    let failed = |e: &Edition| e.checks.iter().filter(|c| c.rows > 0).count() as i64;
    memory_table(
        vec![
            Field::new("edition", DataType::Int64, true),
            Field::new("as_of", DataType::Date32, true),
            Field::new("published_at", DataType::Utf8, true),
            Field::new("tables", DataType::Int64, true),
            Field::new("failed_checks", DataType::Int64, true),
        ],
        vec![
            Arc::new(Int64Array::from_iter_values(editions.iter().map(|e| e.edition as i64))),
            Arc::new(Date32Array::from_iter_values(editions.iter().map(days))),
            Arc::new(StringArray::from_iter_values(editions.iter().map(|e| e.published_at.as_str()))),
            Arc::new(Int64Array::from_iter_values(editions.iter().map(|e| e.tables.len() as i64))),
            Arc::new(Int64Array::from_iter_values(editions.iter().map(failed))),
        ],
    )
}

/// `meta.nights`: what each night read, one row a feed and region; a night that read nothing has one row without a feed.
/// `started_on` is the day in the job's time zone.
pub fn nights_table(nights: &[NightRecord], jobs: &BTreeMap<String, Job>) -> Result<Arc<dyn TableProvider>> {
    let text =
        |of: fn(&NightRecord) -> Option<&str>| -> ArrayRef { Arc::new(nights.iter().map(of).collect::<StringArray>()) };
    let started_on = |n: &NightRecord| {
        let zone = jobs.get(&n.job).and_then(|job| job.zone().ok()).unwrap_or(chrono_tz::UTC);
        let at = chrono::DateTime::parse_from_rfc3339(&n.started_at).ok()?;
        Some(crate::extract::columns::days_of(at.with_timezone(&zone).date_naive()))
    };
    let day = |n: &NightRecord| n.as_of.parse().ok().map(crate::extract::columns::days_of);
    let count =
        |of: fn(&NightRecord) -> i64| -> ArrayRef { Arc::new(Int64Array::from_iter_values(nights.iter().map(of))) };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("run", count(|n| n.run)),
        ("started_at", text(|n| Some(n.started_at.as_str()))),
        ("started_on", Arc::new(nights.iter().map(started_on).collect::<Date32Array>())),
        ("as_of", Arc::new(nights.iter().map(day).collect::<Date32Array>())),
        ("feed", text(|n| n.feed.as_deref())),
        ("region", text(|n| n.region.as_deref())),
        ("files", count(|n| n.files)),
        ("files_again", count(|n| n.files_again)),
        ("files_refused", count(|n| n.files_refused)),
        ("files_identical", count(|n| n.files_identical)),
        ("rows_delivered", count(|n| n.rows_delivered)),
        ("rows_loaded", count(|n| n.rows_loaded)),
        ("rows_dropped", count(|n| n.rows_dropped)),
        ("rows_rejected", count(|n| n.rows_rejected)),
    ];
    let fields = columns.iter().map(|(name, a)| Field::new(*name, a.data_type().clone(), true)).collect();
    memory_table(fields, columns.into_iter().map(|(_, a)| a).collect())
}

/// `meta.night_files`: the files that each night read.
pub fn night_files_table(files: &[NightFile]) -> Result<Arc<dyn TableProvider>> {
    let text =
        |of: fn(&NightFile) -> &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(files.iter().map(of))) };
    let is_again: BooleanArray = files.iter().map(|f| Some(f.is_again)).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("run", Arc::new(Int64Array::from_iter_values(files.iter().map(|f| f.run)))),
        ("feed", text(|f| &f.feed)),
        ("file", text(|f| &f.path)),
        ("sha256", text(|f| &f.sha256)),
        ("is_again", Arc::new(is_again)),
    ];
    let fields = columns.iter().map(|(name, a)| Field::new(*name, a.data_type().clone(), true)).collect();
    memory_table(fields, columns.into_iter().map(|(_, a)| a).collect())
}

fn memory_table(fields: Vec<Field>, arrays: Vec<ArrayRef>) -> Result<Arc<dyn TableProvider>> {
    let failed = |e: String| Error::internal("session").with("cause", e);
    let schema = Arc::new(Schema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), arrays).map_err(|e| failed(e.to_string()))?;
    let table = MemTable::try_new(schema, vec![vec![batch]]).map_err(|e| failed(e.to_string()))?;
    Ok(Arc::new(table))
}
