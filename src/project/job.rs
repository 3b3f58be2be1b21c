//! A job: `jobs/NAME.toml`: when it runs, what it reads, which steps it takes.

use crate::error::{Error, Result};
use crate::text::Words;
use serde::Deserialize;
use std::collections::BTreeMap;

/// One scheduled job.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    pub title: Words,
    /// Six fields, seconds first, as in `0 30 2 * * *`.
    pub cron: String,
    /// An IANA name; `cron` and the default as-of date are in it.
    pub time_zone: String,
    /// The inbox, relative to the project folder.
    pub inbox: String,
    pub steps: Vec<Step>,
    /// What happens to an occurrence that passed while the program was down.
    #[serde(default)]
    pub missed: Missed,
    /// Which editions stay open; the step `tidy` lets the others go.
    #[serde(default)]
    pub keep: Keep,
    /// Tables of the edition before that a published edition keeps at hand, as `previous.NAME`, by that name.
    #[serde(default)]
    pub carry: BTreeMap<String, String>,
}

/// Which published editions stay open, besides those that are kept for a reason of their own.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// The newest so many.
    pub editions: u64,
    /// Each month's last edition stays for good.
    pub last_of_month: bool,
}

impl Default for Keep {
    fn default() -> Keep {
        Keep { editions: 90, last_of_month: true }
    }
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Load,
    Build,
    Check,
    Publish,
    Tidy,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// Run once at the next start, however many were missed.
    #[default]
    RunOnce,
    /// Leave missed occurrences alone.
    Skip,
}

impl Step {
    pub fn name(self) -> &'static str {
        match self {
            Step::Load => "load",
            Step::Build => "build",
            Step::Check => "check",
            Step::Publish => "publish",
            Step::Tidy => "tidy",
        }
    }
}

impl Job {
    /// The job's time zone.
    pub fn zone(&self) -> Result<chrono_tz::Tz> {
        self.time_zone.parse().map_err(|_| Error::request("job_zone").with("zone", &self.time_zone))
    }

    /// Checks what TOML cannot: the zone's name, and that the steps stand in order without gaps.
    pub(super) fn check(&self, shown: &str) -> Result<()> {
        if self.zone().is_err() {
            return Err(Error::request("job_zone").with("zone", format!("{} ({shown})", self.time_zone)));
        }
        let order = [Step::Load, Step::Build, Step::Check, Step::Publish, Step::Tidy];
        if self.steps.is_empty() || self.steps.as_slice() != &order[..self.steps.len().min(order.len())] {
            return Err(Error::request("job_steps").with("file", shown));
        }
        if self.keep.editions == 0 {
            return Err(Error::request("job_keep").with("file", shown));
        }
        let is_name = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        if let Some(name) = self.carry.keys().find(|name| !is_name(name)) {
            return Err(Error::request("job_carry_name").with("file", shown).with("name", name));
        }
        if self.cron.split_whitespace().count() != 6 {
            return Err(Error::request("job_cron").with("file", shown).with("cron", &self.cron));
        }
        Ok(())
    }
}
