//! Tables on a terminal, and the formats of an answer.

use crate::error::{Error, Result};
use crate::rows::{Rows, Value, json_objects};
use crate::text::visible;
use crate::warehouse::Answer;
use std::io::Write;

/// A cell's width on a terminal: ideographs take two columns.
fn width(text: &str) -> usize {
    text.chars().map(|c| if (c as u32) >= 0x1100 { 2 } else { 1 }).sum()
}

/// Rows as aligned columns; numbers stand right.
pub fn table(rows: &Rows) -> String {
    let is_number: Vec<bool> = (0..rows.columns.len())
        .map(|i| {
            let mut known = rows.rows.iter().map(|r| &r[i]).filter(|v| !v.is_null()).peekable();
            known.peek().is_some()
                && known.all(|v| matches!(v, Value::Int(_) | Value::Decimal { .. } | Value::Float(_)))
        })
        .collect();
    aligned(rows, &is_number)
}

/// Rows as columns, those that are told so standing right.
pub fn aligned(rows: &Rows, is_number: &[bool]) -> String {
    let cells: Vec<Vec<String>> = rows.rows.iter().map(|r| r.iter().map(one_line).collect()).collect();
    let widths: Vec<usize> = (0..rows.columns.len())
        .map(|i| cells.iter().map(|r| width(&r[i])).chain([width(&rows.columns[i])]).max().unwrap_or(0))
        .collect();
    let line = |cells: &[String]| {
        let mut out = String::new();
        for (i, cell) in cells.iter().enumerate() {
            let pad = " ".repeat(widths[i] - width(cell));
            let (left, right) = if is_number[i] { (pad.as_str(), "") } else { ("", pad.as_str()) };
            out.push_str(&format!("{left}{cell}{right}"));
            out.push_str(if i + 1 < cells.len() { "  " } else { "" });
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    };
    let mut out = line(&rows.columns);
    out.push_str(&line(&widths.iter().map(|w| "-".repeat(*w)).collect::<Vec<_>>()));
    cells.iter().for_each(|r| out.push_str(&line(r)));
    out
}

fn one_line(value: &Value) -> String {
    visible(&value.to_string().replace(['\n', '\r', '\t'], " "))
}

/// Rows as JSON: an array of objects, one a line.
pub fn json(rows: &Rows) -> String {
    let mut out = String::from("[");
    for (i, object) in json_objects(rows).iter().enumerate() {
        out.push_str(if i == 0 { "\n" } else { ",\n" });
        out.push_str(object);
    }
    out.push_str(if rows.rows.is_empty() { "]\n" } else { "\n]\n" });
    out
}

/// An answer as a Parquet file.
pub fn parquet(answer: &Answer) -> Result<Vec<u8>> {
    let failed = |e: parquet::errors::ParquetError| Error::internal("output").with("cause", e);
    let mut out = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut out, answer.schema.clone(), None).map_err(failed)?;
    for batch in &answer.batches {
        writer.write(batch).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    Ok(out)
}

/// Writes to stdout; a reader that closed the pipe is no error.
pub fn print(bytes: &[u8]) -> Result<()> {
    match std::io::stdout().lock().write_all(bytes) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::internal("output").with("cause", e)),
        _ => Ok(()),
    }
}
