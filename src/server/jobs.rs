//! The page of jobs, `/jobs`: what runs when, and how the last runs ended. It shows what stands now, whatever the edition.

use super::pages::{self, JobShown, View};
use super::state::Served;
use crate::clock;
use crate::dashboards::Dashboards;
use crate::error::Result;
use crate::jobs::{list_runs, next_occurrences};

/// Runs shown: two months of nights.
pub const RUNS_SHOWN: u32 = 60;

/// The page at the view's path, if it is that of jobs.
pub fn find_page(served: &Served, dashboards: &Dashboards, view: &View) -> Result<Option<String>> {
    if view.path.trim_end_matches('/') != "/jobs" {
        return Ok(None);
    }
    let mut jobs = Vec::new();
    for (name, job) in &served.project().jobs {
        let zone = job.zone()?;
        let next = next_occurrences(job, clock::now(), 1)?.first().map(|at| at.with_timezone(&zone).naive_local());
        jobs.push(JobShown { name, job, next });
    }
    let runs = list_runs(&served.warehouse().state()?, RUNS_SHOWN)?;
    let local = |stamp: &str| served.local_time(stamp);
    Ok(Some(pages::jobs_page(dashboards, view, &jobs, &runs, &local)))
}
