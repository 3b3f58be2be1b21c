//! The scheduler: `tokio-cron-scheduler` wakes us; our own record of occurrences decides what is due, skipped or caught
//! up. A night that is still running lets the next occurrence pass.

use super::night::{Night, NightRequest, run_night};
use super::record::last_occurrence;
use crate::clock;
use crate::error::{Error, Kind, Result};
use crate::project::{Job, Missed, Project};
use crate::text::Lang;
use crate::warehouse::Warehouse;
use chrono::{DateTime, Utc};
use std::path::PathBuf;
use std::sync::Arc;
use tokio_cron_scheduler::{JobBuilder, JobScheduler};

/// Runs a project's jobs on their cron.
pub struct Scheduler {
    inner: JobScheduler,
}

/// Everything a scheduled night needs, for as long as the program runs.
#[derive(Clone)]
struct Context {
    project: Arc<Project>,
    warehouse: Warehouse,
    name: String,
    job: Job,
    inbox: PathBuf,
    lang: Lang,
}

/// Nobody watches a scheduled night; its record does.
struct Silent;
impl Night for Silent {}

impl Scheduler {
    /// Starts the schedule of every job; an occurrence that was missed runs at once where the job says so.
    pub async fn start(
        project: Arc<Project>,
        warehouse: Warehouse,
        inbox: Option<PathBuf>,
        lang: Lang,
    ) -> Result<Scheduler> {
        let failed = |e: tokio_cron_scheduler::JobSchedulerError| Error::internal("scheduler").with("cause", e);
        let inner = JobScheduler::new().await.map_err(failed)?;
        for (name, job) in &project.jobs {
            let context = Context {
                project: project.clone(),
                warehouse: warehouse.clone(),
                name: name.clone(),
                job: job.clone(),
                inbox: inbox.clone().unwrap_or_else(|| project.dir.join(&job.inbox)),
                lang,
            };
            if let Some(missed) = missed_occurrence(&context)? {
                let context = context.clone();
                tokio::spawn(async move { context.run_apart(Some(clock::stamp(missed))).await });
            }
            let zone = job.zone()?;
            let wake = JobBuilder::new()
                .with_timezone(zone)
                .with_cron_job_type()
                .with_schedule(job.cron.as_str())
                .map_err(|_| Error::request("job_cron").with("file", name).with("cron", &job.cron))?
                .with_run_async(Box::new(move |_, _| {
                    let context = context.clone();
                    Box::pin(async move { context.run_apart(Some(clock::stamp(clock::now()))).await })
                }))
                .build()
                .map_err(failed)?;
            inner.add(wake).await.map_err(failed)?;
        }
        inner.start().await.map_err(failed)?;
        Ok(Scheduler { inner })
    }

    pub async fn stop(&mut self) {
        if let Err(e) = self.inner.shutdown().await {
            eprintln!("{}", Error::internal("scheduler").with("cause", e));
        }
    }
}

impl Context {
    /// Runs a night on a thread of its own: reading files does not wait, and the state stays on one thread.
    async fn run_apart(self, scheduled_for: Option<String>) {
        let handle = tokio::runtime::Handle::current();
        let night = move || handle.block_on(self.run(scheduled_for));
        if let Err(e) = tokio::task::spawn_blocking(night).await {
            eprintln!("{}", Error::internal("scheduler").with("cause", e));
        }
    }

    async fn run(&self, scheduled_for: Option<String>) {
        let zone = match self.job.zone() {
            Ok(zone) => zone,
            Err(e) => return eprintln!("{}", e.render(self.lang)),
        };
        let request = NightRequest {
            project: &self.project,
            warehouse: &self.warehouse,
            job_name: &self.name,
            job: &self.job,
            inbox: &self.inbox,
            as_of: clock::day_in(zone, clock::now()),
            scheduled_for,
        };
        if let Err(error) = run_night(&request, &Silent).await {
            let overlaps = error.key == "night_running" && error.kind == Kind::Request;
            if !overlaps {
                eprintln!("{}", error.render(self.lang));
            }
        }
    }
}

/// The newest occurrence that passed since the last run, where the job wants it caught up.
fn missed_occurrence(context: &Context) -> Result<Option<DateTime<Utc>>> {
    if context.job.missed == Missed::Skip {
        return Ok(None);
    }
    let Some(last) = last_occurrence(&context.warehouse.state()?, &context.name)? else { return Ok(None) };
    let Ok(last) = DateTime::parse_from_rfc3339(&last) else { return Ok(None) };
    let now = clock::now();
    let mut newest = None;
    for at in next_occurrences(&context.job, last.with_timezone(&Utc), 10_000)? {
        if at > now {
            break;
        }
        newest = Some(at);
    }
    Ok(newest)
}

/// The occurrences of a job's cron after a moment, at most so many.
pub fn next_occurrences(job: &Job, after: DateTime<Utc>, most: usize) -> Result<Vec<DateTime<Utc>>> {
    let wrong = || Error::request("job_cron").with("file", "jobs").with("cron", &job.cron);
    let cron = croner::parser::CronParser::builder()
        .seconds(croner::parser::Seconds::Required)
        .build()
        .parse(&job.cron)
        .map_err(|_| wrong())?;
    let zone = job.zone()?;
    let mut at = after.with_timezone(&zone);
    let mut out = Vec::new();
    while out.len() < most {
        let Ok(next) = cron.find_next_occurrence(&at, false) else { break };
        out.push(next.with_timezone(&Utc));
        at = next;
        if next.with_timezone(&Utc) > clock::now() {
            break;
        }
    }
    Ok(out)
}
