//! The one door: every question from outside is planned here, over one edition's tables, read-only, limited in text,
//! rows, time and memory. Raw and staging tables, and every column with people's data, are not in the session at all.

use super::cover::cover_table;
use super::plain::{plain_rows, written_bytes};
use super::steps::{PlanStep, placed, steps_of};
use super::veil::{Cover, veil};
use super::{Edition, TableVersion, Warehouse, hidden_columns};
use crate::error::{Error, Result};
use crate::models::{LIVE_TABLES, PREVIOUS, make_schema, nearest, new_session, query_error, told_cause};
use crate::project::Project;
use crate::rows::Rows;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use chrono::Datelike;
use datafusion::catalog::TableProvider;
use datafusion::common::{DataFusionError, ParamValues, ScalarValue};
use datafusion::datasource::empty::EmptyTable;
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::logical_expr::{Expr, LogicalPlan, Volatility};
use datafusion::prelude::{SQLOptions, SessionContext};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::Statement as SqlStatement;
use futures::StreamExt;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What one question may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of SQL text.
    pub text_bytes: usize,
    /// Rows of the answer.
    pub rows: usize,
    pub time: Duration,
    /// Bytes that the running query may hold.
    pub memory_bytes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            text_bytes: 64 * 1024,
            rows: 1_000_000,
            time: Duration::from_secs(60),
            memory_bytes: 512 * 1024 * 1024,
        }
    }
}

/// The nesting of brackets beyond which a text is not even parsed.
const DEPTH_MAX: usize = 200;
/// Words and signs of a text.
const TOKENS_MAX: usize = 20_000;
/// Signs and words that join expressions (`+`, `<`, `::`, `and`, `union` …): each nests the plan one deeper, so
/// thousands take the stack, and planning them takes time by their square (2,000 take some 2 seconds).
const JOINTS_MAX: usize = 2_000;
const JOINT_SIGNS: &[u8] = b"+-*/|<>=%&^~!#@:";
const JOINT_WORDS: [&str; 13] =
    ["and", "or", "not", "is", "in", "like", "ilike", "between", "union", "intersect", "except", "join", "collate"];

/// What is told of the name of a table that is not there.
const TABLE_NAME_CHARS: usize = 120;

/// Layers that a question may read.
const OPEN_LAYERS: [&str; 9] =
    ["policy", "measures", "evidence", "supervision", "reports", "checks", "meta", "run", PREVIOUS];

/// Whether a question may read a table.
pub fn is_open(table: &str) -> bool {
    table.split_once('.').is_some_and(|(layer, _)| OPEN_LAYERS.contains(&layer))
}

/// An answer with its Arrow schema.
pub struct Answer {
    pub schema: SchemaRef,
    pub batches: Vec<RecordBatch>,
    /// There were more rows than were asked for.
    pub cut: bool,
}

/// Answers questions over the editions of one warehouse.
#[derive(Clone)]
pub struct Reader(Arc<Inner>);

struct Inner {
    project: Arc<Project>,
    warehouse: Warehouse,
    runtime: Arc<RuntimeEnv>,
    /// Opened tables by name and version: versions never change.
    opened: Mutex<HashMap<(String, u64), Arc<TableVersion>>>,
    limits: Limits,
    /// Questions run on threads of their own: joins do not yield, and would starve the clock that must stop them.
    threads: Option<tokio::runtime::Runtime>,
}

/// Planning an expression takes the stack; the limits of text and depth keep within this.
const STACK_BYTES: usize = 32 * 1024 * 1024;

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(threads) = self.threads.take() {
            threads.shutdown_background();
        }
    }
}

impl Reader {
    pub fn new(project: Arc<Project>, warehouse: Warehouse, limits: Limits) -> Result<Reader> {
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(GreedyMemoryPool::new(limits.memory_bytes)))
            .build_arc()
            .map_err(|e| Error::internal("session").with("cause", e))?;
        let threads = tokio::runtime::Builder::new_multi_thread()
            .thread_name("question")
            .thread_stack_size(STACK_BYTES)
            .enable_all()
            .build()
            .map_err(|e| Error::internal("runtime").with("cause", e))?;
        let (opened, threads) = (Mutex::default(), Some(threads));
        Ok(Reader(Arc::new(Inner { project, warehouse, runtime, opened, limits, threads })))
    }

    pub fn warehouse(&self) -> &Warehouse {
        &self.0.warehouse
    }

    pub fn project(&self) -> &Project {
        &self.0.project
    }

    /// Whether a table may be asked for at all.
    pub fn is_open(&self, table: &str) -> bool {
        is_open(table)
    }

    /// Whether a table is made when it is asked for, and so stands in no edition's list.
    pub fn is_live(&self, table: &str) -> bool {
        let is_carried = |short| self.project().carried().any(|(name, _)| name == short);
        let of_run = ["run.context", "run.previous"].contains(&table) || LIVE_TABLES.contains(&table);
        of_run || table.strip_prefix(PREVIOUS).and_then(|rest| rest.strip_prefix('.')).is_some_and(is_carried)
    }

    /// Answers one SQL question over an edition; `$name` in the text takes the parameter of that name.
    pub async fn ask(&self, edition: &Edition, sql: &str, parameters: &[(&str, &str)]) -> Result<Answer> {
        self.0.check_text(sql)?;
        let (inner, edition, sql) = (self.0.clone(), edition.clone(), sql.to_owned());
        let parameters: Vec<(String, String)> =
            parameters.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        self.within_time(async move { inner.run(&edition, &sql, &parameters, None).await }).await
    }

    /// As [`Reader::ask`] without parameters, and no more than the first `most` rows.
    pub async fn ask_first(&self, edition: &Edition, sql: &str, most: usize) -> Result<Answer> {
        self.0.check_text(sql)?;
        let (inner, edition, sql) = (self.0.clone(), edition.clone(), sql.to_owned());
        self.within_time(async move { inner.run(&edition, &sql, &[], Some(most)).await }).await
    }

    /// How a question would be answered: the steps of its plan, the last one first. Reads no row.
    pub async fn explain(&self, edition: &Edition, sql: &str) -> Result<Vec<PlanStep>> {
        self.0.check_text(sql)?;
        let (inner, edition, sql) = (self.0.clone(), edition.clone(), sql.to_owned());
        self.within_time(async move { inner.explain_plan(&edition, &sql).await }).await
    }

    async fn within_time<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let Some(threads) = &self.0.threads else { return Err(Error::internal("session").with("cause", "closed")) };
        let mut task = threads.spawn(work);
        match tokio::time::timeout(self.0.limits.time, &mut task).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(cause)) => Err(Error::internal("session").with("cause", cause)),
            Err(_) => {
                task.abort();
                Err(Error::request("query_time").with("seconds", self.0.limits.time.as_secs()))
            }
        }
    }

    /// As [`Reader::ask`], as plain rows.
    pub async fn ask_rows(&self, edition: &Edition, sql: &str, parameters: &[(&str, &str)]) -> Result<Rows> {
        let answer = self.ask(edition, sql, parameters).await?;
        plain_rows(&answer.schema, &answer.batches)
    }
}

impl Inner {
    fn check_text(&self, sql: &str) -> Result<()> {
        if sql.len() > self.limits.text_bytes {
            return Err(Error::request("query_text").with("bytes", sql.len()).with("limit", self.limits.text_bytes));
        }
        let (mut depth, mut deepest) = (0usize, 0usize);
        for byte in sql.bytes() {
            match byte {
                b'(' => {
                    depth += 1;
                    deepest = deepest.max(depth);
                }
                b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        let tokens = sql.split_whitespace().count() + sql.bytes().filter(|b| b"+-*/|,".contains(b)).count();
        let words = sql.split(|c: char| !c.is_alphanumeric() && c != '_');
        let joints = words.filter(|word| JOINT_WORDS.iter().any(|joint| joint.eq_ignore_ascii_case(word))).count()
            + sql.bytes().filter(|b| JOINT_SIGNS.contains(b)).count();
        if deepest > DEPTH_MAX || tokens > TOKENS_MAX || joints > JOINTS_MAX {
            return Err(Error::request("query_depth").with("depth", deepest).with("limit", DEPTH_MAX));
        }
        Ok(())
    }

    /// A question's plan, in the session that holds the tables which it names and no other.
    async fn plan(&self, edition: &Edition, sql: &str) -> Result<(SessionContext, LogicalPlan)> {
        let statement = crate::models::parse_one(sql, "sql").map_err(|e| {
            let error = Error::request("query_sql").with("cause", e.arg("cause").unwrap_or_default());
            e.arg("at").map_or(error.clone(), |at| error.with("at", at))
        })?;
        only_asks(&statement)?;
        let context = new_session(2, self.runtime.clone());
        crate::ranking::register(&context);
        // These make as much text or as many rows as they are told to, outside the memory limit and without end.
        for function in
            ["repeat", "lpad", "rpad", "array_repeat", "list_repeat", "generate_series", "range", "gen_series"]
        {
            context.deregister_udf(function);
            context.deregister_udtf(function);
        }
        let (tables, _) = datafusion::sql::resolve::resolve_table_references(&statement, true)
            .map_err(|e| Error::request("query_sql").with("cause", told_cause(&e.strip_backtrace())))?;
        let keys = self.warehouse.person_keys_if_any()?;
        let cover = Arc::new(Cover::InTables { year_now: edition.as_of.year(), keys });
        for table in tables {
            let name = format!("{}.{}", table.schema().unwrap_or("public"), table.table());
            self.register(&context, edition, &name, &cover).await.map_err(|e| placed(e, sql, &name))?;
        }
        let plan = context.state().statement_to_plan(statement).await.map_err(|e| self.in_our_words(&e))?;
        only_reads(&plan)?;
        only_steady(&plan, sql)?;
        Ok((context, plan))
    }

    async fn explain_plan(&self, edition: &Edition, sql: &str) -> Result<Vec<PlanStep>> {
        let (context, plan) = self.plan(edition, sql).await?;
        let plan = context.state().optimize(&plan).map_err(|e| self.in_our_words(&e))?;
        Ok(steps_of(&plan))
    }

    async fn run(
        &self,
        edition: &Edition,
        sql: &str,
        parameters: &[(String, String)],
        most: Option<usize>,
    ) -> Result<Answer> {
        let failed = |e: DataFusionError| self.in_our_words(&e);
        let (context, plan) = self.plan(edition, sql).await?;
        let frame = context.execute_logical_plan(plan).await.map_err(failed)?;
        let values: HashMap<String, datafusion::common::metadata::ScalarAndMetadata> = parameters
            .iter()
            .map(|(name, value)| (name.clone(), ScalarValue::Utf8(Some(value.clone())).into()))
            .collect();
        let frame = if values.is_empty() {
            frame
        } else {
            frame.with_param_values(ParamValues::Map(values)).map_err(failed)?
        };
        let schema: SchemaRef = Arc::new(frame.schema().as_arrow().clone());
        let mut stream = frame.execute_stream().await.map_err(failed)?;
        let mut batches = Vec::new();
        let (mut rows, mut bytes, mut cut) = (0, 0, false);
        while let Some(batch) = stream.next().await {
            let mut batch = batch.map_err(failed)?;
            if let Some(room) = most.map(|most| most - rows).filter(|room| batch.num_rows() > *room) {
                (batch, cut) = (batch.slice(0, room), true);
            }
            rows += batch.num_rows();
            if rows > self.limits.rows {
                return Err(Error::request("query_rows").with("limit", self.limits.rows));
            }
            bytes += batch.get_array_memory_size().max(written_bytes(&batch));
            if bytes > self.limits.memory_bytes {
                return Err(Error::request("query_memory").with("limit", self.limits.memory_bytes / (1024 * 1024)));
            }
            batches.push(veil(batch, edition.as_of.year()).map_err(|e| failed(e.into()))?);
            if cut {
                break;
            }
        }
        Ok(Answer { schema, batches, cut })
    }

    /// Registers one of the edition's tables, if the asker may see it.
    async fn register(
        &self,
        context: &SessionContext,
        edition: &Edition,
        name: &str,
        cover: &Arc<Cover>,
    ) -> Result<()> {
        let (layer, table) = name.split_once('.').unwrap_or(("public", name));
        let is_open = OPEN_LAYERS.contains(&layer);
        let provider = if name == "run.context" {
            crate::models::context_table(edition.as_of)?
        } else if name == "run.previous" {
            crate::models::previous_table(edition.previous.as_ref().map(|previous| (previous.edition, previous.as_of)))?
        } else if layer == PREVIOUS {
            self.carried(edition, name, table).await?
        } else if name == "meta.editions" {
            self.editions_table()?
        } else if name == "meta.nights" {
            let nights = self.warehouse.state()?.nights(edition.edition, &edition.published_at)?;
            crate::models::nights_table(&nights, &self.project.jobs)?
        } else if name == "meta.night_files" {
            let files = self.warehouse.state()?.night_files(edition.edition, &edition.published_at)?;
            crate::models::night_files_table(&files)?
        } else {
            let Some(entry) = edition.tables.get(name).filter(|_| is_open) else {
                let open = edition.tables.keys().map(String::as_str);
                let open = open.filter(|t| OPEN_LAYERS.contains(&t.split('.').next().unwrap_or_default()));
                let suggestion = nearest(name, open).unwrap_or("-");
                let told: String = name.chars().take(TABLE_NAME_CHARS).collect();
                return Err(Error::request("query_table").with("table", told).with("suggestion", suggestion));
            };
            let version = self.open(name, entry.version).await?;
            self.warehouse.provider(name, &version, &hidden_columns(&self.project, name))?
        };
        make_schema(context, layer)?;
        let reference = datafusion::common::TableReference::partial(layer, table);
        let provider = cover_table(provider, cover.clone());
        context.register_table(reference, provider).map_err(|e| Error::internal("session").with("cause", e))?;
        Ok(())
    }

    /// A table of the edition before; empty for the first edition, and where that table had other columns then.
    async fn carried(&self, edition: &Edition, name: &str, short: &str) -> Result<Arc<dyn TableProvider>> {
        let unknown = || Error::request("query_table").with("table", name).with("suggestion", "-");
        let (_, table) = self.project.carried().find(|(name, _)| *name == short).ok_or_else(unknown)?;
        let now = self.open(table, edition.tables.get(table).ok_or_else(unknown)?.version).await?;
        let hidden = hidden_columns(&self.project, table);
        let now = self.warehouse.provider(table, &now, &hidden)?;
        if let Some(version) = edition.previous.as_ref().and_then(|previous| previous.tables.get(table)) {
            let before = self.warehouse.provider(table, &*self.open(table, *version).await?, &hidden)?;
            if before.schema() == now.schema() {
                return Ok(before);
            }
        }
        Ok(Arc::new(EmptyTable::new(now.schema())))
    }

    async fn open(&self, name: &str, version: u64) -> Result<Arc<TableVersion>> {
        let key = (name.to_owned(), version);
        let known = self.opened.lock().map(|o| o.get(&key).cloned()).unwrap_or_default();
        if let Some(table) = known {
            return Ok(table);
        }
        let missing = || Error::internal("table_missing").with("table", name);
        let table = Arc::new(self.warehouse.table(name, Some(version)).await?.ok_or_else(missing)?);
        if let Ok(mut opened) = self.opened.lock() {
            opened.insert(key, table.clone());
        }
        Ok(table)
    }

    fn editions_table(&self) -> Result<Arc<dyn datafusion::catalog::TableProvider>> {
        let editions: Vec<Edition> =
            self.warehouse.editions()?.into_iter().map(|n| self.warehouse.edition(Some(n))).collect::<Result<_>>()?;
        crate::models::editions_table(&editions)
    }

    fn in_our_words(&self, cause: &DataFusionError) -> Error {
        match cause.find_root() {
            DataFusionError::ResourcesExhausted(_) => {
                Error::request("query_memory").with("limit", self.limits.memory_bytes / (1024 * 1024))
            }
            _ => query_error("query_plan", "sql", "sql", cause),
        }
    }
}

/// Refuses by its first word whatever is no query, so that nobody is told that the table to be made does not exist.
fn only_asks(statement: &Statement) -> Result<()> {
    match statement {
        Statement::Statement(inner) if matches!(**inner, SqlStatement::Query(_)) => Ok(()),
        other => {
            let text = other.to_string();
            let word = text.split_whitespace().next().unwrap_or_default().to_lowercase();
            Err(Error::request("query_reads").with("what", word))
        }
    }
}

/// Lets only questions through: no statement that defines, writes, sets or explains, at any depth.
fn only_reads(plan: &LogicalPlan) -> Result<()> {
    let refuse = |what: &str| Error::request("query_reads").with("what", what);
    SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(plan)
        .map_err(|_| refuse("ddl, dml"))?;
    use datafusion::common::tree_node::TreeNodeRecursion;
    let mut refused = None;
    let walked = plan.apply_with_subqueries(|node| {
        let what = match node {
            LogicalPlan::Explain(_) | LogicalPlan::Analyze(_) => Some("explain"),
            LogicalPlan::RecursiveQuery(_) => Some("with recursive"),
            LogicalPlan::Copy(_) => Some("copy"),
            LogicalPlan::Dml(_) => Some("insert, update, delete"),
            LogicalPlan::Ddl(_) => Some("create, drop"),
            LogicalPlan::Statement(_) => Some("set, prepare, begin"),
            LogicalPlan::DescribeTable(_) => Some("describe"),
            LogicalPlan::Extension(_) => Some("extension"),
            _ => None,
        };
        if let Some(what) = what {
            refused = Some(what);
            return Ok(TreeNodeRecursion::Stop);
        }
        Ok(TreeNodeRecursion::Continue)
    });
    walked.map_err(|e| Error::internal("session").with("cause", e))?;
    match refused {
        Some(what) => Err(refuse(what)),
        None => Ok(()),
    }
}

/// Refuses what answers otherwise each time: the clock, chance, and where a file lies. The same question to the same edition
/// has the same answer.
fn only_steady(plan: &LogicalPlan, sql: &str) -> Result<()> {
    use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
    let mut found = None;
    let mut look = |expression: &Expr| {
        Ok(match expression {
            Expr::ScalarFunction(call) if call.func.signature().volatility != Volatility::Immutable => {
                found = Some(call.func.clone());
                TreeNodeRecursion::Stop
            }
            _ => TreeNodeRecursion::Continue,
        })
    };
    plan.apply_with_subqueries(|node| node.apply_expressions(|expression| expression.apply(&mut look)))
        .map_err(|e| Error::internal("session").with("cause", e))?;
    let Some(function) = found else { return Ok(()) };
    let names = std::iter::once(function.name()).chain(function.aliases().iter().map(String::as_str));
    let refused = |name: &str| placed(Error::request("query_steady").with("function", name), sql, name);
    Err(names.map(refused).find(|error| error.position().is_some()).unwrap_or_else(|| refused(function.name())))
}
