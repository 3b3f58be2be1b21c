//! `jindu demo` and `jindu serve`.

use super::{DemoArgs, Env, Places, night};
use crate::clock;
use crate::error::{Error, Result};
use crate::jobs::{NightRequest, Scheduler, has_other_runs, next_occurrences, run_night};
use crate::project::Project;
use crate::server::{self, Served};
use crate::warehouse::Warehouse;
use chrono::NaiveDate;
use std::path::Path;
use std::sync::Arc;

/// The synthetic delivery that lies in the project.
const SAMPLE_DIR: &str = "sample-parquet";

/// Under this name its runs are recorded.
const DEMO: &str = "demo";

/// Loads the sample, publishes it, serves it. A second start finds the edition and serves at once.
pub async fn run(env: &Env, args: &DemoArgs) -> Result<()> {
    let data =
        if env.places.data == Path::new("data") { Path::new("data/demo").to_owned() } else { env.places.data.clone() };
    let inbox = env.places.inbox.clone().unwrap_or_else(|| env.places.project.join(SAMPLE_DIR));
    if !inbox.is_dir() {
        return Err(Error::request("sample_missing").with("dir", inbox.display()));
    }
    let places = Places { data, inbox: Some(inbox.clone()), ..env.places.clone() };
    let env = Env { places, lang: env.lang };
    let listener = if args.no_serve { None } else { Some(server::listen(&args.listen).await?) };
    let project = env.project()?;
    let warehouse = env.warehouse()?;
    refuse_other_data(&warehouse)?;
    let job_name = "nightly";
    let request = NightRequest {
        project: &project,
        warehouse: &warehouse,
        job_name: DEMO,
        job: env.job(&project, job_name)?,
        inbox: &inbox,
        as_of: sample_day(&inbox)?,
        scheduled_for: None,
    };
    let shown = night::Shown::new(&env);
    let outcome = run_night(&request, &shown).await;
    shown.bar.finish_and_clear();
    night::report(&env, &outcome?)?;
    match listener {
        Some(listener) => serve_at(&env, listener, project, warehouse, false).await,
        None => Ok(()),
    }
}

/// The synthetic sample must not stand among deliveries: a data folder on which any other job ran is refused.
fn refuse_other_data(warehouse: &Warehouse) -> Result<()> {
    if has_other_runs(&warehouse.state()?, DEMO)? {
        return Err(Error::request("demo_other_data").with("dir", warehouse.dir().display()));
    }
    Ok(())
}

/// The sample's own `totals.json` says on which day its figures stand.
fn sample_day(inbox: &Path) -> Result<NaiveDate> {
    let path = inbox.join("totals.json");
    let missing = || Error::request("sample_missing").with("dir", path.display());
    let text = std::fs::read_to_string(&path).map_err(|_| missing())?;
    let totals: serde_json::Value = serde_json::from_str(&text).map_err(|_| missing())?;
    totals["as_of"].as_str().and_then(|d| d.parse().ok()).ok_or_else(missing)
}

pub async fn serve(env: &Env, listen: &str, jobs: bool) -> Result<()> {
    let listener = server::listen(listen).await?;
    let project = env.project()?;
    let warehouse = env.warehouse()?;
    serve_at(env, listener, project, warehouse, jobs).await
}

async fn serve_at(
    env: &Env,
    listener: tokio::net::TcpListener,
    project: Project,
    warehouse: Warehouse,
    jobs: bool,
) -> Result<()> {
    let address =
        listener.local_addr().map_err(|e| Error::internal("listen_address").with("address", "").with("cause", e))?;
    let project = Arc::new(project);
    let served = Served::new(project.clone(), warehouse.clone())?;
    for mistake in &served.dashboards().mistakes {
        eprint!("{}", mistake.render(env.lang));
    }
    let mut scheduler = None;
    if jobs {
        for (name, job) in &project.jobs {
            if let Some(at) = next_occurrences(job, clock::now(), 1)?.first() {
                let at = at.with_timezone(&job.zone()?).format("%Y-%m-%d %H:%M %Z").to_string();
                eprintln!("{}", env.say("cli.next_night", &[("job", name), ("at", &at)]));
            }
        }
        let inbox = env.places.inbox.clone();
        scheduler = Some(Scheduler::start(project, warehouse, inbox, env.lang).await?);
    }
    eprintln!("{}", env.say("cli.serving", &[("address", &format!("http://{address}/"))]));
    server::serve(listener, served, stopped()).await;
    if let Some(mut scheduler) = scheduler {
        scheduler.stop().await;
    }
    eprintln!("{}", env.say("cli.stopped", &[]));
    Ok(())
}

/// Ends at Ctrl+C or a termination signal.
async fn stopped() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    interrupt.await;
}
