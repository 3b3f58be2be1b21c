//! Work side by side, each piece on a thread of its own. Planning and running a model's query keeps its thread busy
//! between the waits: as futures of one task they would stand in line.

use crate::error::{Error, Result};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, Scope};

/// As much as a main thread has: plans are deep.
const STACK_BYTES: usize = 8 * 1024 * 1024;

/// Pieces of work that run, and what those that ended came out as.
pub(super) struct Crew<'scope, 'env, T> {
    scope: &'scope Scope<'scope, 'env>,
    at_work: usize,
    ended: Sender<std::thread::Result<T>>,
    outcomes: Receiver<std::thread::Result<T>>,
}

impl<'scope, 'env, T: Send + 'scope> Crew<'scope, 'env, T> {
    pub fn new(scope: &'scope Scope<'scope, 'env>) -> Crew<'scope, 'env, T> {
        let (ended, outcomes) = channel();
        Crew { scope, at_work: 0, ended, outcomes }
    }

    /// How many pieces run.
    pub fn at_work(&self) -> usize {
        self.at_work
    }

    /// Starts a piece of work. Errors: the system gives no further thread.
    pub fn start(&mut self, work: impl FnOnce() -> T + Send + 'scope) -> Result<()> {
        let ended = self.ended.clone();
        let piece = move || drop(ended.send(catch_unwind(AssertUnwindSafe(work))));
        let thread = Builder::new().stack_size(STACK_BYTES).spawn_scoped(self.scope, piece);
        thread.map_err(|e| Error::internal("thread").with("cause", e))?;
        self.at_work += 1;
        Ok(())
    }

    /// Waits until a piece ends; a panic in it goes on here. `None` if none runs.
    pub fn wait(&mut self) -> Option<T> {
        if self.at_work == 0 {
            return None;
        }
        let outcome = self.outcomes.recv().ok()?;
        self.at_work -= 1;
        Some(outcome.unwrap_or_else(|panic| resume_unwind(panic)))
    }
}
