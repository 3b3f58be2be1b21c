//! Runs as they are recorded: what ran when, its steps, how it ended.

use crate::clock;
use crate::error::Result;
use crate::text::{Lang, Words};
use crate::warehouse::State;
use chrono::NaiveDate;
use rusqlite::params;

/// How a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    Running,
    /// Ended, with a new edition or with nothing to publish.
    Done,
    /// A check stopped publication.
    Stopped,
    Failed,
    /// Its process died before it ended.
    Interrupted,
}

impl RunState {
    pub fn name(self) -> &'static str {
        match self {
            RunState::Running => "running",
            RunState::Done => "done",
            RunState::Stopped => "stopped",
            RunState::Failed => "failed",
            RunState::Interrupted => "interrupted",
        }
    }
}

/// A recorded run.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Run {
    pub run: i64,
    pub job: String,
    /// The occurrence that it answers; none where a person started it.
    pub scheduled_for: Option<String>,
    pub started_at: String,
    pub finished_at: Option<String>,
    pub state: String,
    pub as_of: String,
    pub edition: Option<i64>,
    /// Why it did not end well.
    pub error: Option<Words>,
    pub steps: Vec<StepRun>,
}

/// A step of a run.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct StepRun {
    pub step: String,
    pub duration_ms: u64,
    pub rows: u64,
    pub detail: String,
}

/// Begins a run; one that was left running by a dead process is closed as interrupted. Only under the writer's lock.
pub fn begin(state: &State, job: &str, scheduled_for: Option<&str>, as_of: NaiveDate) -> Result<i64> {
    let now = clock::stamp(clock::now());
    state.db.execute(
        "update runs set state = ?1, finished_at = ?2 where state = ?3",
        params![RunState::Interrupted.name(), now, RunState::Running.name()],
    )?;
    state.db.execute(
        "insert into runs (job, scheduled_for, started_at, state, as_of) values (?1,?2,?3,?4,?5)",
        params![job, scheduled_for, now, RunState::Running.name(), as_of.to_string()],
    )?;
    Ok(state.db.last_insert_rowid())
}

pub fn record_step(state: &State, run: i64, step: &StepRun) -> Result<()> {
    state.db.execute(
        "insert into steps (run, seq, name, duration_ms, rows, detail)
        values (?1, (select count(*) from steps where run = ?1), ?2, ?3, ?4, ?5)",
        params![run, step.step, step.duration_ms as i64, step.rows as i64, step.detail],
    )?;
    Ok(())
}

pub fn finish(
    state: &State,
    run: i64,
    how: RunState,
    edition: Option<u64>,
    error: Option<&crate::error::Error>,
) -> Result<()> {
    let words = |e: &crate::error::Error| Words { zh: e.render(Lang::ZhCn), en: e.render(Lang::En) };
    let error = error.map(|e| serde_json::json!(words(e)).to_string());
    state.db.execute(
        "update runs set state = ?2, finished_at = ?3, edition = ?4, error = ?5 where id = ?1",
        params![run, how.name(), clock::stamp(clock::now()), edition.map(|e| e as i64), error],
    )?;
    Ok(())
}

/// The newest runs first.
pub fn list_runs(state: &State, most: u32) -> Result<Vec<Run>> {
    let mut statement = state.db.prepare(
        "select id, job, scheduled_for, started_at, finished_at, state, as_of, edition, error from runs
        order by id desc limit ?1",
    )?;
    let mut runs: Vec<Run> = statement
        .query_map([most], |r| {
            Ok(Run {
                run: r.get(0)?,
                job: r.get(1)?,
                scheduled_for: r.get(2)?,
                started_at: r.get(3)?,
                finished_at: r.get(4)?,
                state: r.get(5)?,
                as_of: r.get(6)?,
                edition: r.get(7)?,
                error: r.get::<_, Option<String>>(8)?.map(|text| read_words(&text)),
                steps: Vec::new(),
            })
        })?
        .collect::<Result<_, _>>()?;
    let mut statement =
        state.db.prepare("select name, duration_ms, rows, detail from steps where run = ?1 order by seq")?;
    for run in &mut runs {
        run.steps = statement
            .query_map([run.run], |r| {
                Ok(StepRun {
                    step: r.get(0)?,
                    duration_ms: r.get::<_, i64>(1)? as u64,
                    rows: r.get::<_, i64>(2)? as u64,
                    detail: r.get(3)?,
                })
            })?
            .collect::<Result<_, _>>()?;
    }
    Ok(runs)
}

/// What was recorded of an error; records of earlier versions have one text.
fn read_words(text: &str) -> Words {
    serde_json::from_str(text).unwrap_or_else(|_| Words { zh: text.to_owned(), en: text.to_owned() })
}

/// Whether a job of another name ever ran.
pub fn has_other_runs(state: &State, job: &str) -> Result<bool> {
    Ok(state.db.query_row("select exists (select 1 from runs where job <> ?1)", [job], |r| r.get(0))?)
}

/// The newest occurrence of a job that has been answered by a run.
pub fn last_occurrence(state: &State, job: &str) -> Result<Option<String>> {
    let found =
        state.db.query_row("select max(coalesce(scheduled_for, started_at)) from runs where job = ?1", [job], |r| {
            r.get::<_, Option<String>>(0)
        })?;
    Ok(found)
}
