//! Building models: only what changed, independent ones side by side, each in one commit. A model is rebuilt if its SQL
//! or what it reads changed; if its rows come out as they were, nothing that reads it is rebuilt.

use super::content::hash_column;
use super::crew::Crew;
use super::graph::{Graph, Model};
use super::header::KeptAs;
use super::session::{Sources, build_runtime, plan, query_error};
use super::steps::{StepError, plan_in_steps};
use crate::clock;
use crate::error::{Error, Result};
use crate::project::{Project, hex};
use crate::warehouse::{DataFile, LiveFile, State, TableRecord, TableVersion, Warehouse};
use arrow::array::{ArrayRef, RecordBatch, UInt32Array};
use arrow::compute::CastOptions;
use arrow::compute::{cast_with_options, concat_batches, take};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::row::{RowConverter, SortField};
use chrono::NaiveDate;
use datafusion::common::DataFusionError;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a model was made from: itself, and the content of everything it reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    pub engine: String,
    pub sql: String,
    pub reads: BTreeMap<String, String>,
}

/// Part of every model's inputs: raised when the same SQL over the same rows would give other rows than before.
const BUILD_VERSION: &str = "1";

/// Why a model is to be built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It has never been built.
    New,
    /// Its SQL, or the engine, changed.
    Sql,
    /// These tables changed.
    Reads(Vec<String>),
    /// These models are to be rebuilt first; if their rows change, so must this one.
    Perhaps(Vec<String>),
}

/// What a build would do with a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub model: String,
    /// `None`: it is kept as it is.
    pub why: Option<Why>,
}

/// What a build did with a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    pub model: String,
    pub rows: u64,
    pub duration_ms: u64,
    /// Whether the rows differ from before.
    pub is_changed: bool,
}

/// Says what would be rebuilt, and why, without building.
pub fn plan_models(project: &Project, graph: &Graph, state: &State, as_of: NaiveDate) -> Result<Vec<Planned>> {
    let mut contents = source_contents(project, state, as_of)?;
    let mut rebuilt: BTreeSet<String> = BTreeSet::new();
    let mut out = Vec::new();
    for model in &graph.models {
        let (inputs, kept) = inputs_of(model, &contents, state)?;
        let perhaps: Vec<String> = model.reads.iter().filter(|r| rebuilt.contains(*r)).cloned().collect();
        let why = match &kept {
            _ if model.header.kept_as == KeptAs::View => None,
            None => Some(Why::New),
            Some((before, _)) => {
                compare(before, &inputs).or_else(|| (!perhaps.is_empty()).then(|| Why::Perhaps(perhaps.clone())))
            }
        };
        let is_view_over_rebuilt = model.header.kept_as == KeptAs::View && !perhaps.is_empty();
        if why.is_some() || is_view_over_rebuilt {
            rebuilt.insert(model.name.clone());
        }
        let content = match (&kept, model.header.kept_as) {
            (_, KeptAs::View) => view_content(&inputs),
            (Some((_, record)), _) => record.content.clone(),
            (None, _) => String::new(),
        };
        contents.insert(model.name.clone(), content);
        if model.header.kept_as == KeptAs::Table {
            out.push(Planned { model: model.name.clone(), why });
        }
    }
    Ok(out)
}

fn compare(before: &Inputs, now: &Inputs) -> Option<Why> {
    if before.sql != now.sql || before.engine != now.engine {
        return Some(Why::Sql);
    }
    let changed: Vec<String> = now
        .reads
        .iter()
        .filter(|(name, content)| before.reads.get(*name) != Some(content))
        .map(|(name, _)| name.clone())
        .collect();
    (!changed.is_empty()).then_some(Why::Reads(changed))
}

/// Builds every model that must be; `progress` gets each as it ends.
pub async fn build_models(
    project: &Project,
    graph: &Graph,
    warehouse: &Warehouse,
    state: &mut State,
    as_of: NaiveDate,
    progress: &mut dyn FnMut(&Built),
) -> Result<Vec<Built>> {
    let mut queue = Queue::new(graph, source_contents(project, state, as_of)?);
    let mut tables: BTreeMap<String, Arc<TableVersion>> = BTreeMap::new();
    let mut built = Vec::new();
    let mut failed = None;
    // Those that ran out of memory beside others are built once more with nothing beside them.
    let mut alone: Vec<Ready> = Vec::new();
    let mut is_alone = false;
    let (runtime, no_trial) = (build_runtime()?, BTreeMap::new());
    let threads = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            let mut crew = Crew::new(scope);
            loop {
                queue.fill(state)?;
                while failed.is_none() && !is_alone && crew.at_work() < cores() {
                    is_alone = crew.at_work() == 0 && !alone.is_empty();
                    // One that is the last has all cores. A narrow plan also has fewer parts that share the memory.
                    let width = if crew.at_work() == 0 && queue.ready.len() == 1 && !is_alone { cores() } else { 1 };
                    let Some(piece) = (if is_alone { alone.pop() } else { queue.next() }) else { break };
                    let model = piece.model;
                    threads.block_on(open_behind(graph, model, warehouse, state, &mut tables))?;
                    let behind = graph.tables_behind(model);
                    let tables = tables.iter().filter(|(name, _)| behind.contains(name));
                    let tables = tables.map(|(name, version)| (name.clone(), version.clone())).collect();
                    let (threads, runtime, made) = (threads.clone(), runtime.clone(), &no_trial);
                    crew.start(move || {
                        let sources = Sources { project, warehouse, graph, as_of, tables: &tables, made, runtime };
                        let build = build_model(&sources, model, &piece.inputs, piece.before.as_ref(), width);
                        let outcome = threads.block_on(build);
                        (piece, outcome)
                    })?;
                }
                let Some((piece, outcome)) = crew.wait() else { return Ok::<(), Error>(()) };
                let (model, was_alone) = (piece.model, std::mem::take(&mut is_alone));
                match outcome {
                    Ok((record, live, outcome)) => {
                        match live {
                            Some(live) => state.record_version(&model.name, &record, &[live])?,
                            None => state.record_table(&model.name, &record)?,
                        }
                        queue.end(model, record.content);
                        tables.remove(&model.name);
                        progress(&outcome);
                        built.push(outcome);
                    }
                    Err(error) if error.key == OUT_OF_MEMORY && !was_alone => alone.push(piece),
                    // What runs beside it is waited for and kept: the next night need not make it again.
                    Err(error) => drop(failed.get_or_insert(error)),
                }
            }
        })
    })?;
    match failed {
        Some(error) => Err(error),
        None => Ok(built),
    }
}

/// A model to be built whose inputs are there.
struct Ready<'a> {
    model: &'a Model,
    inputs: Inputs,
    before: Option<TableRecord>,
}

/// The models in the order in which they can be built.
struct Queue<'a> {
    graph: &'a Graph,
    /// How many models stand in the longest row behind each, of which each reads the one before.
    chains: BTreeMap<&'a str, usize>,
    waiting: Vec<&'a Model>,
    ready: Vec<Ready<'a>>,
    /// The content of everything that is there.
    contents: BTreeMap<String, String>,
}

impl<'a> Queue<'a> {
    fn new(graph: &'a Graph, contents: BTreeMap<String, String>) -> Queue<'a> {
        let mut chains: BTreeMap<&str, usize> = BTreeMap::new();
        for model in graph.models.iter().rev() {
            let own = *chains.entry(&model.name).or_default();
            for read in &model.reads {
                let chain = chains.entry(read).or_default();
                *chain = (*chain).max(own + 1);
            }
        }
        Queue { graph, chains, waiting: graph.models.iter().collect(), ready: Vec::new(), contents }
    }

    /// Goes through the models that wait: views, and those that are as they were, are done at once; those whose inputs
    /// are there become ready.
    fn fill(&mut self, state: &State) -> Result<()> {
        // The models stand in an order in which each comes after what it reads.
        for model in std::mem::take(&mut self.waiting) {
            if model.reads.iter().any(|r| self.graph.get(r).is_some() && !self.contents.contains_key(r)) {
                self.waiting.push(model);
                continue;
            }
            let (inputs, kept) = inputs_of(model, &self.contents, state)?;
            if model.header.kept_as == KeptAs::View {
                self.end(model, view_content(&inputs));
                continue;
            }
            match kept {
                Some((before, record)) if compare(&before, &inputs).is_none() => self.end(model, record.content),
                other => self.ready.push(Ready { model, inputs, before: other.map(|(_, record)| record) }),
            }
        }
        Ok(())
    }

    /// The ready model with the longest chain behind it, so that none waits for it at the end.
    fn next(&mut self) -> Option<Ready<'a>> {
        let chain = |at: usize| self.chains.get(self.ready[at].model.name.as_str());
        // Of equals the first: `max_by_key` takes the last.
        let at = (0..self.ready.len()).rev().max_by_key(|at| chain(*at))?;
        Some(self.ready.remove(at))
    }

    fn end(&mut self, model: &Model, content: String) {
        self.contents.insert(model.name.clone(), content);
    }
}

/// How many threads the machine runs side by side.
pub(super) fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// Opens the kept tables that a model reads, itself or through views.
pub(super) async fn open_behind(
    graph: &Graph,
    model: &Model,
    warehouse: &Warehouse,
    state: &State,
    tables: &mut BTreeMap<String, Arc<TableVersion>>,
) -> Result<()> {
    for name in graph.tables_behind(model) {
        let is_kept = !name.starts_with("csv.")
            && name != "run.context"
            && graph.get(&name).is_none_or(|m| m.header.kept_as == KeptAs::Table);
        if is_kept && !tables.contains_key(&name) {
            let missing = || Error::request("table_not_loaded").with("table", &name).with("model", &model.name);
            let record = state.table(&name)?.ok_or_else(missing)?;
            let version = warehouse.table(&name, Some(record.version)).await?.ok_or_else(missing)?;
            tables.insert(name, Arc::new(version));
        }
    }
    Ok(())
}

/// The content of everything that is not a model.
pub(super) fn source_contents(project: &Project, state: &State, as_of: NaiveDate) -> Result<BTreeMap<String, String>> {
    let mut out = BTreeMap::from([("run.context".to_owned(), as_of.to_string())]);
    for (name, file) in &project.policy {
        out.insert(format!("csv.{name}"), hex(&Sha256::digest(&file.bytes)[..16]));
    }
    let raw = project.feeds.keys().map(|f| format!("raw.{f}"));
    for name in raw.chain(super::META_TABLES.iter().map(|t| (*t).to_owned())) {
        if let Some(record) = state.table(&name)? {
            out.insert(name, record.content);
        }
    }
    Ok(out)
}

type Kept = Option<(Inputs, TableRecord)>;

fn inputs_of(model: &Model, contents: &BTreeMap<String, String>, state: &State) -> Result<(Inputs, Kept)> {
    let inputs = Inputs {
        engine: BUILD_VERSION.to_owned(),
        sql: hex(&Sha256::digest(model.file.sql.as_bytes())[..16]),
        reads: model.reads.iter().map(|r| (r.clone(), contents.get(r).cloned().unwrap_or_default())).collect(),
    };
    let kept = state
        .table(&model.name)?
        .map(|record| (serde_json::from_str::<Inputs>(&record.fingerprint).unwrap_or_default(), record));
    Ok((inputs, kept))
}

fn view_content(inputs: &Inputs) -> String {
    let text = serde_json::to_string(inputs).unwrap_or_default();
    hex(&Sha256::digest(text.as_bytes())[..16])
}

async fn build_model(
    sources: &Sources<'_>,
    model: &Model,
    inputs: &Inputs,
    before: Option<&TableRecord>,
    width: usize,
) -> Result<(TableRecord, Option<LiveFile>, Built)> {
    let start = clock::now();
    let batch = run_once(sources, model, width).await?;
    let batch = sort_by_grain(model, &batch)?;
    let mut hash = Sha256::new();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        hash.update(format!("{} {}\n", field.name(), field.data_type()));
        hash_column(&mut hash, column);
    }
    let content = hex(&hash.finalize()[..16]);
    let rows = batch.num_rows() as u64;
    let is_changed = before.is_none_or(|b| b.content != content);
    let (version, live) = match before {
        Some(b) if !is_changed => (b.version, None),
        _ => {
            let dir = sources.warehouse.table_dir(&model.name);
            let mut file = DataFile::create(&dir, format!("{content}.parquet"), batch.schema())?;
            file.write(&batch)?;
            let files = [file.finish(None)?];
            let version = sources.warehouse.commit(&model.name, &batch.schema(), &files).await?;
            let [live] = files;
            (version, Some(live))
        }
    };
    let fingerprint = serde_json::to_string(inputs).unwrap_or_default();
    let record = TableRecord { version, fingerprint, content, rows };
    let duration_ms = clock::millis_since(start);
    Ok((record, live, Built { model: model.name.clone(), rows, duration_ms, is_changed }))
}

/// A model's rows; narrower where the memory does not do at the width asked for.
pub(super) async fn run_once(sources: &Sources<'_>, model: &Model, width: usize) -> Result<RecordBatch> {
    match run_model(sources, model, width).await {
        Err(Failed::Memory) if width > 1 => run_model(sources, model, 1).await.map_err(|e| e.into_error(model)),
        other => other.map_err(|e| e.into_error(model)),
    }
}

/// The error of a model that needs more memory than it was given.
const OUT_OF_MEMORY: &str = "model_memory";

enum Failed {
    /// Not enough memory at this width, or beside others: tried again narrower, and alone.
    Memory,
    Other(Error),
}

impl Failed {
    fn into_error(self, model: &Model) -> Error {
        match self {
            Failed::Memory => Error::internal(OUT_OF_MEMORY).with("model", &model.name),
            Failed::Other(error) => error,
        }
    }
}

async fn run_model(sources: &Sources<'_>, model: &Model, partitions: usize) -> Result<RecordBatch, Failed> {
    let context = sources.session_for(model, partitions).await.map_err(Failed::Other)?;
    let failed = |e: DataFusionError| match e.find_root() {
        DataFusionError::ResourcesExhausted(_) => Failed::Memory,
        // A join that runs out of memory reads its input anew; in several parts that breaks (a task that panics).
        DataFusionError::External(_) | DataFusionError::ExecutionJoin(_) if partitions > 1 => Failed::Memory,
        _ => Failed::Other(query_error("model_build", &model.name, &model.file.path, &e)),
    };
    let frame = match plan_in_steps(&context, model).await {
        Ok(frame) => frame,
        Err(StepError::Text(error)) => return Err(Failed::Other(error)),
        Err(StepError::Engine(cause)) => match failed(cause) {
            Failed::Memory => return Err(Failed::Memory),
            // Over rows that are already there less can be written than in one text: whatever was wrong is told of that.
            Failed::Other(_) => {
                let whole = sources.session_for(model, partitions).await.map_err(Failed::Other)?;
                plan(&whole, model).await.map_err(Failed::Other)?
            }
        },
    };
    let schema = kept_schema(model, frame.schema().as_arrow()).map_err(Failed::Other)?;
    let batches = frame.collect().await.map_err(failed)?;
    kept_batch(model, &schema, batches).map_err(Failed::Other)
}

/// A model's rows in one batch, in the types in which they are kept.
pub(super) fn kept_batch(model: &Model, schema: &SchemaRef, batches: Vec<RecordBatch>) -> Result<RecordBatch> {
    let arrow = |e: arrow::error::ArrowError| query_error("model_build", &model.name, &model.file.path, &e.into());
    let options = CastOptions { safe: false, ..CastOptions::default() };
    let mut out = Vec::with_capacity(batches.len());
    for batch in batches {
        let columns: Vec<ArrayRef> = batch
            .columns()
            .iter()
            .zip(schema.fields())
            .map(|(column, field)| cast_with_options(column, field.data_type(), &options))
            .collect::<Result<_, _>>()
            .map_err(arrow)?;
        out.push(RecordBatch::try_new(schema.clone(), columns).map_err(arrow)?);
    }
    concat_batches(schema, &out).map_err(arrow)
}

/// The types in which a model's columns are kept: those that every Delta reader has.
pub(super) fn kept_schema(model: &Model, schema: &Schema) -> Result<SchemaRef> {
    let mut fields = Vec::new();
    for field in schema.fields() {
        let kept = match field.data_type() {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8,
            DataType::Int8
            | DataType::Int16
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32
            | DataType::UInt64
            | DataType::Int64 => DataType::Int64,
            DataType::Float32 | DataType::Float64 => DataType::Float64,
            DataType::Int32 | DataType::Boolean | DataType::Date32 | DataType::Decimal128(..) => {
                field.data_type().clone()
            }
            other => {
                return Err(Error::request("model_type")
                    .with("model", &model.name)
                    .with("column", field.name())
                    .with("type", other)
                    .with("file", &model.file.path));
            }
        };
        fields.push(Field::new(field.name(), kept, true));
    }
    Ok(Arc::new(Schema::new(fields)))
}

/// Sorts by the grain and holds it: two rows with one key, or a blank in it, fail the build.
pub(super) fn sort_by_grain(model: &Model, batch: &RecordBatch) -> Result<RecordBatch> {
    let wrong = |key: &'static str| Error::data(key).with("model", &model.name).with("file", &model.file.path);
    let mut keys = Vec::new();
    for name in &model.header.grain {
        let column = batch.column_by_name(name).ok_or_else(|| {
            Error::request("model_grain_column")
                .with("model", &model.name)
                .with("column", name)
                .with("file", &model.file.path)
        })?;
        if column.null_count() > 0 {
            return Err(wrong("model_grain_blank").with("column", name).with("rows", column.null_count()));
        }
        keys.push(column.clone());
    }
    let failed = |e: arrow::error::ArrowError| Error::internal("session").with("cause", e);
    if batch.num_rows() == 0 {
        return Ok(batch.clone());
    }
    let fields = keys.iter().map(|c| SortField::new(c.data_type().clone())).collect();
    let converter = RowConverter::new(fields).map_err(failed)?;
    let rows = converter.convert_columns(&keys).map_err(failed)?;
    let mut order: Vec<u32> = (0..batch.num_rows() as u32).collect();
    order.sort_unstable_by(|a, b| rows.row(*a as usize).cmp(&rows.row(*b as usize)));
    let twice = order.windows(2).filter(|two| rows.row(two[0] as usize) == rows.row(two[1] as usize)).count();
    if twice > 0 {
        return Err(wrong("model_grain_twice").with("grain", model.header.grain.join(", ")).with("rows", twice));
    }
    let order = UInt32Array::from(order);
    let sorted: Vec<ArrayRef> =
        batch.columns().iter().map(|c| take(c, &order, None)).collect::<Result<_, _>>().map_err(failed)?;
    RecordBatch::try_new(batch.schema(), sorted).map_err(failed)
}
