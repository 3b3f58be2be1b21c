//! From a delivered file to typed rows and rejects. Knows contracts and reading words, no region, header or code by
//! itself; reads bytes it is given, writes nothing.

mod clean;
mod columnar;
pub mod columns;
mod compound;
mod dates;
mod decoding;
mod delimited;
mod duplicates;
mod emit;
mod file;
mod footer;
mod header;
mod ids;
mod left_out;
pub mod limits;
mod markup;
mod memo;
mod name;
mod numbers;
mod package;
mod person;
mod places;
mod privacy;
mod repeating;
mod rows;
mod rules;
mod shield;
mod source;
mod texts;
mod typing;
mod words;
mod workbook;

pub use clean::REPAIR_KINDS;
pub use columns::{Likeness, SLICE_REGION, likenesses, raw_schema};
pub use limits::{BYTES_MAX, ROWS_MAX};
pub use name::{DeliveryName, Period, read_name, read_period};
pub use person::PersonKeys;
pub use privacy::{hide_numbers, mask};
pub use source::{Refusal, memory_needed};

use crate::project::{Contract, Need, Project};
use arrow::array::RecordBatch;
use chrono::NaiveDate;
use csv::StringRecord;
use file::{FileReader, Row};
use header::{HEADER_SEARCH_ROWS, HeaderNames, find_header, header_missing, is_data};
use source::visit_sheets;
use std::collections::{BTreeMap, BTreeSet};

/// Part of every reading fingerprint: raised when the same bytes would be read otherwise than before.
pub const READING_VERSION: &str = "2";

/// Where typed rows go: (slice's region, rows in the schema of [`raw_schema`]).
pub type Sink<'s> = &'s mut dyn FnMut(&str, RecordBatch) -> Result<(), Refusal>;

/// What is read, and for whom.
pub struct Request<'a> {
    pub project: &'a Project,
    pub contract: &'a Contract,
    pub delivery: DeliveryName,
    /// The file's path in the inbox, with `/` between its parts.
    pub file: &'a str,
    pub sha256: &'a str,
    pub arrived_on: NaiveDate,
    pub keys: &'a PersonKeys,
}

/// A row that was not loaded: where it stands, why, and what its cells held.
#[derive(Clone, Debug)]
pub struct Reject {
    pub sheet: String,
    pub row: u64,
    pub field: String,
    pub reason: &'static str,
    /// Every reason, as `field:reason` with blanks between.
    pub all_reasons: String,
    /// The faulty cell, masked where it is personal or could be.
    pub raw_value: String,
    /// All cells of the row as text under their headers (JSON); holds people's data.
    pub raw_cells: String,
}

/// What became of a file's rows.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    pub sheet: String,
    pub rows_delivered: u64,
    pub rows_loaded: u64,
    /// Dropped as equal to an earlier row with the same key.
    pub rows_dropped: u64,
    pub rows_rejected: u64,
    /// Totals, notes and repeated headers: not delivered rows.
    pub rows_left_out: u64,
    /// Hidden sheets of the workbook, which are not read.
    pub sheets_left_out: u64,
    /// Every region for which the file has rows, loaded or not: the slices of a file of all regions.
    pub regions: BTreeSet<String>,
    pub rejects: Vec<Reject>,
    pub repairs: BTreeMap<&'static str, u64>,
    pub warnings: BTreeMap<&'static str, u64>,
    /// (field, text) → how often; texts of rows that are faulty elsewhere too are not shown.
    pub unmapped: BTreeMap<(String, String), u64>,
    pub unknown_columns: Vec<String>,
}

/// Reads a file; typed rows go to `sink`.
///
/// `Err` refuses the whole file; what `sink` got until then must be thrown away. Never panics: a reader that does
/// refuses the file.
pub fn read_extract(bytes: &[u8], request: &Request<'_>, sink: Sink<'_>) -> Result<Summary, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::new("unreadable", "0 bytes"));
    }
    if bytes.len() as u64 > BYTES_MAX {
        return Err(Refusal::too_large("file", format!("{} bytes", bytes.len())));
    }
    shield::shielded(|| read_sheets(bytes, request, sink))
}

fn read_sheets(bytes: &[u8], request: &Request<'_>, sink: Sink<'_>) -> Result<Summary, Refusal> {
    let names = HeaderNames::new(request.contract, &request.project.reading);
    let mut summary = None;
    let mut first_rows: Vec<String> = Vec::new();
    // A list sheet may hold some of the headers: a sheet that has them all is looked for before a refusal.
    let mut refusal = None;
    visit_sheets(bytes, &mut |info, rows| {
        let mut head: Vec<Row> = Vec::new();
        let mut cells = StringRecord::new();
        while head.len() < HEADER_SEARCH_ROWS {
            let Some(number) = rows.next_row(&mut cells)? else { break };
            head.push(Row { number, cells: cells.clone(), repeated: rows.repeated().to_vec() });
        }
        let records: Vec<StringRecord> = head.iter().map(|row| row.cells.clone()).collect();
        let header = match find_header(&records, request.contract, &names, info.header_is_first) {
            Ok(Some(header)) => header,
            Ok(None) => {
                if first_rows.is_empty() {
                    first_rows = likely_header(&records);
                }
                return Ok(false);
            }
            Err(sheet_refusal) => {
                refusal.get_or_insert(sheet_refusal);
                return Ok(false);
            }
        };
        let rest = head.into_iter().skip(header.rows).collect();
        summary = Some(FileReader::new(request, info, &header).read(rest, rows, sink)?);
        Ok(true)
    })?;
    if let Some(summary) = summary {
        return Ok(summary);
    }
    Err(refusal.unwrap_or_else(|| {
        let needed = request.contract.fields.iter().filter(|f| f.need != Need::Optional);
        let expected: Vec<&str> = needed.map(|f| f.headers[0].as_str()).collect();
        header_missing(&expected, &first_rows)
    }))
}

/// The row with most cells that is no data: what a person would call the header, for the message.
fn likely_header(rows: &[StringRecord]) -> Vec<String> {
    let filled = |r: &&StringRecord| (!is_data(r), r.iter().filter(|c| !c.trim().is_empty()).count());
    rows.iter().rev().max_by_key(filled).map(|r| r.iter().map(str::to_owned).collect()).unwrap_or_default()
}
