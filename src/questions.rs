//! Questions that can be stopped. A running query does not always yield, so that a task cannot be ended; a process can.
//! Each question gets a process of its own, the same program with the verb `answer`, which asks through
//! `warehouse::Reader`. The text goes in by its standard input, never as an argument; the answer comes out as Arrow.

mod wire;
mod worker;

pub use wire::write_stream;
pub use worker::answer;

use crate::error::{Error, Result};
use crate::warehouse::{Answer, Limits, PlanStep};
use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::{Semaphore, oneshot, watch};
use wire::{Request, Wanted};

/// Questions that run at once. Each may hold `Limits::memory_bytes`, and the pages need the processors too.
pub const QUESTIONS_MAX: usize = 3;
/// Signs of a question's own id.
const ID_MAX: usize = 64;
/// What a process gets beyond the question's time to begin and to say that the time is over.
const SPARE: Duration = Duration::from_secs(5);

/// Where the questions are answered and what each may cost.
#[derive(Clone, Debug)]
pub struct Place {
    /// The program that answers.
    pub program: PathBuf,
    pub project: PathBuf,
    pub data: PathBuf,
    pub limits: Limits,
}

/// One question to an edition.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    pub sql: &'a str,
    pub edition: u64,
    /// Under this name it can be stopped.
    pub id: Option<&'a str>,
}

/// Asks questions, so many at once.
pub struct Questions {
    place: Place,
    slots: Semaphore,
    running: Arc<Mutex<HashMap<String, oneshot::Sender<()>>>>,
    /// Whether the house closes.
    closed: watch::Sender<bool>,
}

impl Questions {
    pub fn new(place: Place) -> Questions {
        let (slots, closed) = (Semaphore::new(QUESTIONS_MAX), watch::Sender::new(false));
        Questions { place, slots, running: Arc::default(), closed }
    }

    pub fn limits(&self) -> &Limits {
        &self.place.limits
    }

    /// The answer's rows: with `most` no more than so many, without it all, or the mistake that they are too many.
    pub async fn ask(&self, question: Question<'_>, most: Option<usize>) -> Result<Answer> {
        let bytes = self.run(question, Wanted::Rows { most }).await?;
        wire::read_answer(&bytes)
    }

    /// The steps of the question's plan.
    pub async fn explain(&self, question: Question<'_>) -> Result<Vec<PlanStep>> {
        let bytes = self.run(question, Wanted::Plan).await?;
        wire::read_plan(&bytes)
    }

    /// Stops a running question; false where none has that id.
    pub fn stop(&self, id: &str) -> bool {
        let found = self.running.lock().ok().and_then(|mut running| running.remove(id));
        found.is_some_and(|stop| stop.send(()).is_ok())
    }

    /// Stops every running question, and each that still comes: a server that ends waits for its answers.
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    /// Runs one question to its end, its time or its stop. Dropped before that, it takes its process with it.
    async fn run(&self, question: Question<'_>, wanted: Wanted) -> Result<Vec<u8>> {
        let limits = &self.place.limits;
        // A text that is too long is not worth a process.
        if question.sql.len() > limits.text_bytes {
            let error = Error::request("query_text").with("bytes", question.sql.len());
            return Err(error.with("limit", limits.text_bytes));
        }
        let _slot = self.slots.try_acquire().map_err(|_| Error::request("query_busy").with("limit", QUESTIONS_MAX))?;
        let (stop, mut stopped) = oneshot::channel();
        let _listed = question.id.map(|id| self.list(id, stop)).transpose()?;
        let request = Request::new(question.sql, question.edition, limits, wanted);
        let mut closed = self.closed.subscribe();
        let mut child = self.start()?;
        let finished = tokio::select! {
            done = tokio::time::timeout(limits.time + SPARE, converse(&mut child, &request, limits)) => match done {
                Ok(done) => done,
                Err(_) => Err(Error::request("query_time").with("seconds", limits.time.as_secs())),
            },
            Ok(()) = &mut stopped => Err(Error::request("query_stopped")),
            Ok(_) = closed.wait_for(|is_so| *is_so) => Err(Error::request("query_stopped")),
        };
        // However it ended: gone before anybody is told.
        let _ = child.kill().await;
        finished
    }

    fn start(&self) -> Result<Child> {
        let place = &self.place;
        Command::new(&place.program)
            .arg("--project")
            .arg(&place.project)
            .arg("--data")
            .arg(&place.data)
            .arg("answer")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| Error::internal("query_process").with("cause", e))
    }

    fn list(&self, id: &str, stop: oneshot::Sender<()>) -> Result<Listed> {
        let is_sign = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if id.is_empty() || id.len() > ID_MAX || !id.chars().all(is_sign) {
            return Err(Error::request("query_id").with("limit", ID_MAX));
        }
        let mut running = self.running.lock().map_err(|e| Error::internal("session").with("cause", e))?;
        if running.contains_key(id) {
            return Err(Error::request("query_id_taken"));
        }
        running.insert(id.to_owned(), stop);
        Ok(Listed { running: self.running.clone(), id: id.to_owned() })
    }
}

/// A question's entry among the running ones, as long as it runs.
struct Listed {
    running: Arc<Mutex<HashMap<String, oneshot::Sender<()>>>>,
    id: String,
}

impl Drop for Listed {
    fn drop(&mut self) {
        if let Ok(mut running) = self.running.lock() {
            running.remove(&self.id);
        }
    }
}

/// Tells the process the question and hears the answer. Its standard input stays open until then: a process whose input
/// ends has lost its asker and stops.
async fn converse(child: &mut Child, request: &Request, limits: &Limits) -> Result<Vec<u8>> {
    let failed = |cause: &dyn std::fmt::Display| Error::internal("query_process").with("cause", cause);
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(failed(&"no pipe"));
    };
    let line = request.line()?;
    input.write_all(line.as_bytes()).await.map_err(|e| failed(&e))?;
    input.flush().await.map_err(|e| failed(&e))?;
    let most = limits.memory_bytes;
    let mut bytes = Vec::new();
    output.take(most as u64 + 1).read_to_end(&mut bytes).await.map_err(|e| failed(&e))?;
    if bytes.len() > most {
        return Err(Error::request("query_memory").with("limit", limits.memory_bytes / (1024 * 1024)));
    }
    drop(input);
    Ok(bytes)
}
