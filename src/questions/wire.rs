//! What the two processes say to each other: the question as one line of JSON; back one line of JSON that says what
//! follows, then the rows as an Arrow stream.

use crate::error::{Error, Result, Told};
use crate::warehouse::{Answer, Limits, PlanStep};
use arrow::array::RecordBatch;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::StreamWriter;
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::time::Duration;

/// A question with all that its process must know.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    pub sql: String,
    pub edition: u64,
    pub wanted: Wanted,
    text_bytes: usize,
    rows: usize,
    time_ms: u64,
    memory_bytes: usize,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) enum Wanted {
    Rows { most: Option<usize> },
    Plan,
}

#[derive(Serialize, Deserialize)]
enum Reply {
    /// An Arrow stream follows.
    Rows {
        cut: bool,
        /// Rows of the stream: one that ends early is no answer.
        rows: usize,
    },
    Plan {
        steps: Vec<PlanStep>,
    },
    Failed {
        error: Told,
    },
}

impl Request {
    pub fn new(sql: &str, edition: u64, limits: &Limits, wanted: Wanted) -> Request {
        Request {
            sql: sql.to_owned(),
            edition,
            wanted,
            text_bytes: limits.text_bytes,
            rows: limits.rows,
            time_ms: u64::try_from(limits.time.as_millis()).unwrap_or(u64::MAX),
            memory_bytes: limits.memory_bytes,
        }
    }

    pub fn limits(&self) -> Limits {
        Limits {
            text_bytes: self.text_bytes,
            rows: self.rows,
            time: Duration::from_millis(self.time_ms),
            memory_bytes: self.memory_bytes,
        }
    }

    pub fn line(&self) -> Result<String> {
        let text = serde_json::to_string(self).map_err(|e| broken(&e))?;
        Ok(text + "\n")
    }

    pub fn read(line: &str) -> Result<Request> {
        serde_json::from_str(line).map_err(|e| broken(&e))
    }
}

pub(super) fn write_answer(out: &mut dyn Write, answer: &Answer) -> Result<()> {
    write_reply(out, &Reply::Rows { cut: answer.cut, rows: rows_in(&answer.batches) })?;
    write_stream(out, answer)
}

pub(super) fn write_plan(out: &mut dyn Write, steps: Vec<PlanStep>) -> Result<()> {
    write_reply(out, &Reply::Plan { steps })
}

pub(super) fn write_error(out: &mut dyn Write, error: &Error) -> Result<()> {
    write_reply(out, &Reply::Failed { error: error.told() })
}

fn write_reply(out: &mut dyn Write, reply: &Reply) -> Result<()> {
    let text = serde_json::to_string(reply).map_err(|e| broken(&e))?;
    writeln!(out, "{text}").map_err(|e| broken(&e))
}

fn rows_in(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::num_rows).sum()
}

/// An answer as an Arrow IPC stream.
pub fn write_stream(out: &mut dyn Write, answer: &Answer) -> Result<()> {
    let mut writer = StreamWriter::try_new(out, &answer.schema).map_err(|e| broken(&e))?;
    for batch in &answer.batches {
        writer.write(batch).map_err(|e| broken(&e))?;
    }
    writer.finish().map_err(|e| broken(&e))
}

pub(super) fn read_answer(bytes: &[u8]) -> Result<Answer> {
    let (reply, stream) = read_reply(bytes)?;
    let Reply::Rows { cut, rows } = reply else { return Err(broken(&"no rows")) };
    let reader = StreamReader::try_new(stream, None).map_err(|e| broken(&e))?;
    let schema = reader.schema();
    let batches: Vec<RecordBatch> = reader.collect::<std::result::Result<_, _>>().map_err(|e| broken(&e))?;
    if rows_in(&batches) != rows {
        return Err(Error::request("query_ended"));
    }
    Ok(Answer { schema, batches, cut })
}

pub(super) fn read_plan(bytes: &[u8]) -> Result<Vec<PlanStep>> {
    match read_reply(bytes)? {
        (Reply::Plan { steps }, _) => Ok(steps),
        _ => Err(broken(&"no plan")),
    }
}

/// The first line and what follows it. A process that ended without a word was killed or had no memory left.
fn read_reply(bytes: &[u8]) -> Result<(Reply, &[u8])> {
    let end = bytes.iter().position(|b| *b == b'\n').ok_or_else(|| Error::request("query_ended"))?;
    match serde_json::from_slice(&bytes[..end]).map_err(|e| broken(&e))? {
        Reply::Failed { error } => Err(error.into()),
        reply => Ok((reply, &bytes[end + 1..])),
    }
}

fn broken(cause: &dyn std::fmt::Display) -> Error {
    Error::internal("query_process").with("cause", cause)
}
