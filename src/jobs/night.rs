//! One night: load, build, check, publish. Ends in one edition, or leaves the last one in place.

use super::record::{self, RunState, StepRun};
use crate::clock;
use crate::error::{Error, Kind, Result};
use crate::load::{self, LoadSummary};
use crate::models::{Built, CheckOutcome, Graph, KeptAs, META_TABLES, Severity, build_models, run_checks};
use crate::project::{Job, Project, Step, hex};
use crate::warehouse::{CheckResult, Edition, LoadReport, Previous, Retention, State, TableRef, Warehouse};
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;

/// What a night is asked to do.
pub struct NightRequest<'a> {
    pub project: &'a Project,
    pub warehouse: &'a Warehouse,
    pub job_name: &'a str,
    pub job: &'a Job,
    pub inbox: &'a Path,
    pub as_of: NaiveDate,
    /// The occurrence of the schedule that it answers.
    pub scheduled_for: Option<String>,
}

/// Who is told how a night goes on.
pub trait Night: Sync {
    /// A step begins.
    fn step(&self, _name: &str) {}
    /// Files read so far, of all that must be read.
    fn files(&self, _done: u64, _of: u64) {}
    /// A model was built.
    fn model(&self, _built: &Built) {}
}

/// How a night ended.
#[derive(Clone, Debug)]
pub struct NightOutcome {
    pub run: i64,
    /// The edition in force after the night, and whether this night published it.
    pub edition: Option<Edition>,
    pub is_new: bool,
    pub load: LoadSummary,
    pub built: Vec<Built>,
    pub checks: Vec<CheckOutcome>,
    pub steps: Vec<StepRun>,
}

/// Runs a night. Fails at once where another is running on the same data folder.
pub async fn run_night(request: &NightRequest<'_>, told: &dyn Night) -> Result<NightOutcome> {
    let full = |error| say_if_full(request, None, error);
    let _lock = request.warehouse.lock_writer().map_err(full)?;
    request.warehouse.remove_leftovers()?;
    let mut state = request.warehouse.state().map_err(full)?;
    let run = record::begin(&state, request.job_name, request.scheduled_for.as_deref(), request.as_of).map_err(full)?;
    match run_steps(request, told, &mut state, run).await {
        Ok(outcome) => {
            let edition = outcome.edition.as_ref().filter(|_| outcome.is_new).map(|e| e.edition);
            record::finish(&state, run, RunState::Done, edition, None)?;
            Ok(outcome)
        }
        Err(error) => {
            let error = say_if_full(request, Some(&state), error);
            let how = if error.key == "check_failed" { RunState::Stopped } else { RunState::Failed };
            // What was half written is of no use and takes room; and why the night failed is more than that it could
            // not be noted down.
            let _ = request.warehouse.remove_leftovers();
            let _ = record::finish(&state, run, how, None, Some(&error));
            Err(error)
        }
    }
}

/// A failure for want of room on the disk, whoever met it, with how much is missing: what is still to be read, as
/// originals and as tables, and the last edition's tables once more.
fn say_if_full(request: &NightRequest<'_>, state: Option<&State>, error: Error) -> Error {
    const FULL_BELOW: u64 = 256 * 1024;
    let Some(free) = request.warehouse.free_bytes() else { return error };
    let is_full = error.key == "disk_full_at" || free < FULL_BELOW;
    if error.key == "disk_full" || error.kind != Kind::Internal || !is_full {
        return error;
    }
    let unread = load::unread_bytes(request.inbox, state);
    let last = request.warehouse.editions().ok().and_then(|all| request.warehouse.edition(all.last().copied()).ok());
    let tables = last.map_or(unread, |edition| request.warehouse.newest_bytes(edition.tables.keys()));
    request.warehouse.disk_full(free, free + 2 * unread + tables)
}

async fn run_steps(request: &NightRequest<'_>, told: &dyn Night, state: &mut State, run: i64) -> Result<NightOutcome> {
    let NightRequest { project, warehouse, job, as_of, .. } = request;
    let graph = Graph::read(project)?;
    let mut outcome = NightOutcome {
        run,
        edition: None,
        is_new: false,
        load: LoadSummary::default(),
        built: Vec::new(),
        checks: Vec::new(),
        steps: Vec::new(),
    };
    for step in &job.steps {
        let start = clock::now();
        let (name, rows, detail) = match step {
            Step::Load => {
                told.step("load");
                let files = |done, of| told.files(done, of);
                outcome.load = load::load_inbox(project, warehouse, job, request.inbox, &files).await?;
                load::publish_meta(project, warehouse, state).await?;
                let detail = format!("files {} read {}", outcome.load.files_looked_at, outcome.load.files_read);
                ("load", outcome.load.rows_delivered, detail)
            }
            Step::Build => {
                told.step("build");
                let mut each = |built: &Built| told.model(built);
                outcome.built = build_models(project, &graph, warehouse, state, *as_of, &mut each).await?;
                let rows = outcome.built.iter().map(|b| b.rows).sum();
                ("build", rows, format!("models {}", outcome.built.len()))
            }
            Step::Check => {
                told.step("check");
                outcome.checks = run_checks(project, &graph, warehouse, state, *as_of).await?;
                let failed = outcome.checks.iter().filter(|c| c.has_failed()).count();
                ("check", outcome.checks.len() as u64, format!("failed {failed}"))
            }
            Step::Publish => {
                told.step("publish");
                let (edition, is_new) = publish(request, &graph, state, &outcome.checks)?;
                let detail = format!("edition {}", edition.edition);
                outcome.edition = Some(edition);
                outcome.is_new = is_new;
                ("publish", u64::from(is_new), detail)
            }
            Step::Tidy => {
                told.step("tidy");
                let retention = Retention { newest: job.keep.editions, last_of_month: job.keep.last_of_month };
                let removed = warehouse.release(retention, state)?;
                let detail = format!("editions {} files {}", removed.editions.len(), removed.files);
                ("tidy", removed.files, detail)
            }
        };
        let step = StepRun { step: name.to_owned(), duration_ms: clock::millis_since(start), rows, detail };
        record::record_step(state, run, &step)?;
        outcome.steps.push(step);
    }
    Ok(outcome)
}

/// What an edition keeps at hand of the one before.
fn carried(job: &Job, last: &Edition) -> Previous {
    let version = |table: &String| last.tables.get(table).map(|found| (table.clone(), found.version));
    Previous { edition: last.edition, as_of: last.as_of, tables: job.carry.values().filter_map(version).collect() }
}

/// Publishes the tables as they are, unless a check of severity `error` failed or the last edition says the same.
fn publish(
    request: &NightRequest<'_>,
    graph: &Graph,
    state: &State,
    checks: &[CheckOutcome],
) -> Result<(Edition, bool)> {
    let broken: Vec<Error> = checks
        .iter()
        .filter(|c| c.has_failed() && c.severity == Severity::Error)
        .map(|c| Error::data("check_failed").with("check", &c.check).with("rows", c.rows).with("sentence", &c.sentence))
        .collect();
    if let Some(error) = Error::all(broken) {
        return Err(error);
    }
    let raw = request.project.feeds.keys().map(|f| format!("raw.{f}"));
    let meta = META_TABLES.map(str::to_owned);
    // A model that was kept as a table once and is a view now has a table that nobody fills.
    let kept = graph.models.iter().filter(|m| m.header.kept_as == KeptAs::Table);
    let mut tables = BTreeMap::new();
    for name in raw.chain(meta).chain(kept.map(|m| m.name.clone())) {
        if let Some(record) = state.table(&name)? {
            tables.insert(name, TableRef { version: record.version, rows: record.rows, content: record.content });
        }
    }
    let mut project = BTreeMap::new();
    for model in &graph.models {
        project.insert(model.file.path.clone(), hex(&Sha256::digest(model.file.sql.as_bytes())));
    }
    for file in request.project.policy.values() {
        project.insert(file.path.clone(), hex(&Sha256::digest(&file.bytes)));
    }
    let checks = checks
        .iter()
        .map(|c| CheckResult { check: c.check.clone(), severity: c.severity.name().to_owned(), rows: c.rows })
        .collect();
    let edition = Edition {
        edition: 0,
        as_of: request.as_of,
        published_at: clock::stamp(clock::now()),
        tables,
        project,
        load: LoadReport { feeds: load::feed_reports(request.project, state)? },
        checks,
        previous: None,
    };
    let last = request.warehouse.editions()?.last().copied();
    let last = last.map(|last| request.warehouse.edition(Some(last))).transpose()?;
    if let Some(last) = &last {
        let (published_at, previous) = (last.published_at.clone(), last.previous.clone());
        let same = Edition { edition: last.edition, published_at, previous, ..edition.clone() };
        if same == *last {
            return Ok((same, false));
        }
    }
    let edition = Edition { previous: last.map(|last| carried(request.job, &last)), ..edition };
    // All that the edition names must last before it does.
    request.warehouse.sync()?;
    Ok((request.warehouse.publish(edition)?, true))
}
