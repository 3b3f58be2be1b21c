//! The faults of a delivery as a list: CSV for a spreadsheet, JSON for a program. Both are streamed.

use super::summary::next_steps;
use super::wording::{Wording, reason_sentence};
use super::{Checked, FaultWords, write_failed};
use crate::error::Result;
use crate::extract::{Count, Remark};
use crate::project::LEARNED_FILE;
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// A fault in words; one line of either list.
#[derive(Serialize)]
struct Line<'a> {
    sheet: &'a str,
    row: u64,
    /// The column as a spreadsheet names it; "" where the file has no column for the field.
    column: String,
    /// The column's header as it stands in the file.
    header: &'a str,
    field: &'a str,
    reason: &'a str,
    severity: &'static str,
    wrong: String,
    expected: String,
    example: String,
    value: &'a str,
}

const COLUMNS: [&str; 11] =
    ["sheet", "row", "column", "header", "field", "reason", "severity", "wrong", "expected", "example", "value"];

/// The faults as CSV: UTF-8 with its mark, one line a fault, no cell that a spreadsheet would compute.
pub fn write_csv(checked: &Checked<'_>, wording: &Wording<'_>, path: &Path, file: &File) -> Result<()> {
    let mut out = BufWriter::new(file);
    out.write_all(b"\xef\xbb\xbf").map_err(|e| write_failed(path, e))?;
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let head = COLUMNS.map(|name| wording.say(&format!("returned.csv_{name}"), &[]));
    writer.write_record(&head).map_err(|e| write_failed(path, e))?;
    for line in lines(checked, wording) {
        let severity = wording.say(if line.severity == "reject" { "returned.rejects" } else { "returned.warns" }, &[]);
        let row = line.row.to_string();
        let cells: [&str; 11] = [
            line.sheet,
            &row,
            &line.column,
            line.header,
            line.field,
            line.reason,
            &severity,
            &line.wrong,
            &line.expected,
            &line.example,
            line.value,
        ];
        writer.write_record(cells.map(guarded)).map_err(|e| write_failed(path, e))?;
    }
    writer.flush().map_err(|e| write_failed(path, e))
}

/// A cell that a spreadsheet would take for a formula, with a quotation mark before it.
fn guarded(cell: &str) -> String {
    let starts = cell.trim_start_matches([' ', '\u{a0}', '\u{3000}', '\n', '\u{feff}']);
    let first = starts.chars().next().map(half_width);
    let is_formula = matches!(first, Some('=' | '+' | '-' | '@' | '\t' | '\r')) || cell.starts_with(['\t', '\r']);
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}

/// Full-width signs begin formulas too in some programs.
fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Everything that the workbook says, as JSON; the faults last, one a line.
pub fn write_json(checked: &Checked<'_>, wording: &Wording<'_>, path: &Path, file: &File) -> Result<()> {
    let failed = |e: std::io::Error| write_failed(path, e);
    let mut out = BufWriter::new(file);
    let head = head(checked, wording).to_string();
    out.write_all(head.strip_suffix('}').unwrap_or(&head).as_bytes()).map_err(failed)?;
    out.write_all(b",\"faults\":[").map_err(failed)?;
    for (at, line) in lines(checked, wording).enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" }).map_err(failed)?;
        serde_json::to_writer(&mut out, &line).map_err(|e| write_failed(path, e))?;
    }
    out.write_all(b"\n]}\n").map_err(failed)?;
    out.flush().map_err(failed)
}

fn head(checked: &Checked<'_>, wording: &Wording<'_>) -> Json {
    let delivered = checked.delivered;
    let name = delivered.name.as_ref().ok();
    let mut head = json!({
        "file": delivered.file_name,
        "feed": delivered.feed,
        "feed_title": wording.feed_title(),
        "region": name.map(|n| if n.region.is_empty() { "all" } else { n.region.as_str() }),
        "region_name": name.map(|n| wording.region_name(&n.region)),
        "period": name.map(|n| n.period.to_string()),
        "arrived_at": delivered.arrived_at,
        "standing": checked.standing().name(),
        "next": next_steps(checked, wording),
    });
    match &checked.read {
        Err(refusal) => {
            let FaultWords { wrong, expected, example } = wording.refusal(refusal.reason, &refusal.detail);
            head["refusal"] = json!({
                "reason": refusal.reason,
                "detail": refusal.detail,
                "wrong": wrong,
                "expected": expected,
                "example": example,
                "missing": checked.remarks.header_fault.as_ref().map(|f| f.missing.as_slice()).unwrap_or_default(),
            });
        }
        Ok(summary) => {
            head["sheet"] = json!(summary.sheet);
            head["rows"] = json!({
                "delivered": summary.rows_delivered,
                "loaded": summary.rows_loaded,
                "dropped": summary.rows_dropped,
                "rejected": summary.rows_rejected,
                "left_out": summary.rows_left_out,
            });
            let kinds = [true, false].iter().flat_map(|rejects| {
                checked.counts(*rejects).into_iter().map(move |(reason, field, count)| {
                    counted(
                        count,
                        json!({
                            "severity": severity(*rejects),
                            "reason": reason,
                            "sentence": reason_sentence(wording.lang, reason),
                            "field": field_name(checked, field),
                            "header": wording.header(field),
                        }),
                    )
                })
            });
            head["reasons"] = kinds.collect();
            let repairs = checked.remarks.repairs.iter().map(|((field, kind), count)| {
                let what = json!({
                    "repair": kind,
                    "sentence": wording.repair(kind),
                    "field": field_name(checked, *field),
                    "header": wording.header(*field),
                });
                counted(count, what)
            });
            head["repairs"] = repairs.collect();
            let unmapped = summary
                .unmapped
                .iter()
                .map(|((field, text), n)| json!({"field": field, "text": text, "cells": n, "add_to": LEARNED_FILE}));
            head["unmapped"] = unmapped.collect();
            head["unknown_columns"] = json!(summary.unknown_columns);
            let listed = checked.remarks.faults.len() as u64;
            head["faults_not_listed"] = json!(checked.remarks.cells().saturating_sub(listed));
        }
    }
    head
}

fn counted(count: &Count, mut what: Json) -> Json {
    what["cells"] = json!(count.cells);
    what["first_rows"] = json!(count.first_rows);
    what
}

fn severity(rejects: bool) -> &'static str {
    if rejects { "reject" } else { "warning" }
}

fn field_name<'c>(checked: &'c Checked<'_>, field: u16) -> &'c str {
    checked.contract.as_deref().and_then(|c| c.fields.get(usize::from(field))).map_or("", |f| f.name.as_str())
}

/// Every fault in words, in the order of rows; a refused header is one.
fn lines<'c>(checked: &'c Checked<'_>, wording: &'c Wording<'_>) -> impl Iterator<Item = Line<'c>> {
    let sheet = checked.place().map_or("", |p| p.sheet.as_str());
    let header = checked.read.as_ref().err().map(|refusal| {
        let FaultWords { wrong, expected, example } = wording.refusal(refusal.reason, &refusal.detail);
        let row = checked.remarks.header_fault.as_ref().map_or(0, |fault| fault.row);
        let column = String::new();
        let severity = severity(true);
        Line {
            sheet,
            row,
            column,
            header: "",
            field: "",
            reason: refusal.reason,
            severity,
            wrong,
            expected,
            example,
            value: "",
        }
    });
    let cells = checked.remarks.faults.iter().map(move |fault| line(checked, wording, sheet, fault));
    header.into_iter().chain(cells)
}

fn line<'c>(checked: &'c Checked<'_>, wording: &Wording<'_>, sheet: &'c str, fault: &'c Remark) -> Line<'c> {
    let FaultWords { wrong, expected, example } = wording.of(fault);
    let header = fault.column.and_then(|at| checked.remarks.header.get(at)).map_or("", String::as_str);
    Line {
        sheet,
        row: fault.row,
        column: fault.column.map(column_letters).unwrap_or_default(),
        header,
        field: field_name(checked, fault.field),
        reason: fault.reason,
        severity: severity(fault.rejects),
        wrong,
        expected,
        example,
        value: &fault.value,
    }
}

/// A column, counted from 0, as a spreadsheet names it: A, B, …, Z, AA.
fn column_letters(mut column: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(b'A' + (column % 26) as u8);
        match (column / 26).checked_sub(1) {
            Some(left) => column = left,
            None => break,
        }
    }
    letters.reverse();
    letters.into_iter().map(char::from).collect()
}
