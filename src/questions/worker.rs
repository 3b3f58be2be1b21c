//! The process that answers one question: hears it on standard input, asks the one door, writes to standard output.

use super::wire::{self, Request, Wanted};
use crate::error::{Error, Result, failure};
use crate::project::Project;
use crate::warehouse::{Limits, Reader, Warehouse};
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;

/// Answers the one question on standard input over a project and its data folder. A mistake in it is an answer too.
pub async fn answer(project: &Path, data: &Path) -> Result<()> {
    let request = Request::read(&hear()?)?;
    go_first();
    keep_within(&request.limits());
    let mut out = Vec::new();
    if let Err(error) = find(project, data, &request, &mut out).await {
        out.clear();
        wire::write_error(&mut out, &error)?;
    }
    match std::io::stdout().lock().write_all(&out) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(failure("output", &e).with("cause", e)),
        _ => Ok(()),
    }
}

async fn find(project: &Path, data: &Path, request: &Request, out: &mut Vec<u8>) -> Result<()> {
    let warehouse = Warehouse::open_existing(data)?;
    let edition = warehouse.edition(Some(request.edition))?;
    let reader = Reader::new(Arc::new(Project::read(project)?), warehouse, request.limits())?;
    match request.wanted {
        Wanted::Plan => wire::write_plan(out, reader.explain(&edition, &request.sql).await?),
        Wanted::Rows { most: None } => wire::write_answer(out, &reader.ask(&edition, &request.sql, &[]).await?),
        Wanted::Rows { most: Some(most) } => {
            wire::write_answer(out, &reader.ask_first(&edition, &request.sql, most).await?)
        }
    }
}

/// Where the machine's memory ends, this process goes before the server and a running night. Where that cannot be said,
/// the limit of the question is all there is.
fn go_first() {
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
}

/// What this process may have beyond the question's memory: its program, its threads, and what a function makes before
/// it is counted.
const SPARE_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Not every function counts what it makes: beyond this the system ends the process, and its asker says so.
#[cfg(target_os = "linux")]
fn keep_within(limits: &Limits) {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let most = Some(limits.memory_bytes as u64 + SPARE_BYTES);
    let _ = setrlimit(Resource::Data, Rlimit { current: most, maximum: most });
}

#[cfg(not(target_os = "linux"))]
fn keep_within(_limits: &Limits) {}

/// The first line of standard input. From then on its end is the end of this process: whoever asked is gone, and no
/// query must outlive that. A thread waits for it, which a busy query does not hold up.
fn hear() -> Result<String> {
    let failed = |cause: &dyn std::fmt::Display| Error::request("stdin").with("cause", cause);
    let (tell, told) = std::sync::mpsc::channel();
    let listen = move || {
        let mut input = std::io::stdin().lock();
        let mut line = String::new();
        let heard = input.read_line(&mut line).map(|_| line);
        if tell.send(heard).is_ok() {
            let _ = std::io::copy(&mut input, &mut std::io::sink());
        }
        const ASKER_GONE: i32 = 3;
        std::process::exit(ASKER_GONE);
    };
    std::thread::Builder::new().spawn(listen).map_err(|e| failed(&e))?;
    told.recv().map_err(|e| failed(&e))?.map_err(|e| failed(&e))
}
