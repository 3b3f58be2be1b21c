//! A job's steps, run in order and recorded; the scheduler that wakes them. A step can be run twice, or killed anywhere
//! and run again, with the same result.

mod night;
mod record;
mod schedule;

pub use night::{Night, NightOutcome, NightRequest, run_night};
pub use record::{Run, RunState, StepRun, has_other_runs, list_runs};
pub use schedule::{Scheduler, next_occurrences};
