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
mod guess;
mod header;
mod ids;
mod left_out;
pub mod limits;
mod markup;
mod memo;
mod name;
mod numbers;
mod package;
mod pages;
mod person;
mod places;
mod privacy;
mod remarks;
mod repeating;
mod rows;
mod rules;
mod sentence;
mod shield;
mod source;
mod texts;
mod thrift;
mod typing;
mod words;
mod workbook;

pub use clean::{REPAIR_KINDS, normalise_header};
pub use columns::{Likeness, SLICE_REGION, likenesses, raw_schema};
pub use guess::{Guess, guess_delivery};
pub use limits::{BYTES_MAX, Limit, ROWS_MAX};
pub use name::{DeliveryName, Period, read_name, read_period};
pub use person::PersonKeys;
pub use privacy::{hide_numbers, mask};
pub use remarks::{Count, HeaderRemark, Place, Remark, Remarks};
pub use sentence::{limit_sentence, refusal_sentence};
pub use source::{Refusal, Repeated, Span, memory_needed};
pub use words::find_code;

use crate::project::{Contract, Need, Project};
use arrow::array::RecordBatch;
use chrono::NaiveDate;
use csv::StringRecord;
use file::{FileReader, Row};
use header::{HEADER_SEARCH_ROWS, HeaderFault, HeaderNames, find_header, header_missing, is_data};
use source::{RowSource, SheetInfo, visit_sheets};
use std::collections::{BTreeMap, BTreeSet};

/// Part of every reading fingerprint: raised when the same bytes would be read otherwise than before.
pub const READING_VERSION: &str = "4";

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
    /// The columns found, in the file's order.
    pub columns: Vec<ColumnFound>,
    /// Rows loaded by the region in which they stand.
    pub rows_by_region: BTreeMap<String, u64>,
}

/// A column of a file and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnFound {
    /// Counted from 1.
    pub position: u64,
    /// As it stands in the file, numbers that could be a person's hidden.
    pub header: String,
    /// The contract's field; none for a column that the contract does not know.
    pub field: Option<String>,
    /// In the wide form, the value of the code list that the column stands for.
    pub value: Option<String>,
}

/// Reads a file; typed rows go to `sink`.
///
/// `Err` refuses the whole file; what `sink` got until then must be thrown away. Never panics: a reader that does
/// refuses the file.
pub fn read_extract(bytes: &[u8], request: &Request<'_>, sink: Sink<'_>) -> Result<Summary, Refusal> {
    read_checked(bytes, request, None, sink)
}

/// As [`read_extract`], and hands out every fault with the cell that it stands in.
pub fn read_with_remarks(
    bytes: &[u8],
    request: &Request<'_>,
    remarks: &mut Remarks,
    sink: Sink<'_>,
) -> Result<Summary, Refusal> {
    read_checked(bytes, request, Some(remarks), sink)
}

fn read_checked(
    bytes: &[u8],
    request: &Request<'_>,
    remarks: Option<&mut Remarks>,
    sink: Sink<'_>,
) -> Result<Summary, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::new("unreadable", "0 bytes"));
    }
    if bytes.len() as u64 > BYTES_MAX {
        return Err(Refusal::too_large(Limit::File, bytes.len() as u64, ""));
    }
    shield::shielded(|| read_sheets(bytes, request, remarks, sink))
}

fn read_sheets(
    bytes: &[u8],
    request: &Request<'_>,
    mut remarks: Option<&mut Remarks>,
    sink: Sink<'_>,
) -> Result<Summary, Refusal> {
    let names = HeaderNames::new(request.contract, &request.project.reading);
    let mut summary = None;
    let mut likely: Option<(Place, Row)> = None;
    // A list sheet may hold some of the headers: a sheet that has them all is looked for before a refusal.
    let mut refused: Option<(Refusal, HeaderRemark)> = None;
    let mut sheet_at = 0;
    visit_sheets(bytes, &mut |info, rows| {
        let place = Place { sheet_at, sheet: info.name.to_owned(), offset: info.row_offset() };
        sheet_at += 1;
        let head = copy_head(rows)?;
        let records: Vec<StringRecord> = head.iter().map(|row| row.cells.clone()).collect();
        let header = match find_header(&records, request.contract, &names, info.header_is_first) {
            Ok(Some(header)) => header,
            Ok(None) => {
                likely = likely.take().or_else(|| likely_header(head, place));
                return Ok(false);
            }
            Err(fault) => {
                if refused.is_none() {
                    let row = &head[fault.row];
                    refused = Some((fault.refusal.clone(), HeaderRemark::new(place, row, fault)));
                }
                return Ok(false);
            }
        };
        if let Some(remarks) = remarks.as_deref_mut() {
            remarks.begin(place, &head, &header, request.contract);
        }
        let rest = head.into_iter().skip(header.rows).collect();
        summary = Some(FileReader::new(request, info, &header, remarks.as_deref_mut()).read(rest, rows, sink)?);
        Ok(true)
    })?;
    if let Some(summary) = summary {
        return Ok(summary);
    }
    let (refusal, header) = refused.map_or_else(
        || {
            let needed = request.contract.fields.iter().filter(|f| f.need != Need::Optional);
            let expected: Vec<&str> = needed.map(|f| f.headers[0].as_str()).collect();
            let found: Vec<String> = likely.iter().flat_map(|(_, row)| row.cells.iter()).map(str::to_owned).collect();
            let refusal = header_missing(&expected, &found);
            let missing = expected.iter().map(|e| (*e).to_owned()).collect();
            let fault = HeaderFault { refusal: refusal.clone(), row: 0, known: Vec::new(), twice: Vec::new(), missing };
            (refusal, likely.map(|(place, row)| HeaderRemark::new(place, &row, fault)))
        },
        |(refusal, remark)| (refusal, Some(remark)),
    );
    if let Some(remarks) = remarks {
        remarks.header_fault = header;
    }
    Err(refusal)
}

/// The rows in which a sheet's header is looked for.
fn copy_head(rows: &mut dyn RowSource) -> Result<Vec<Row>, Refusal> {
    let mut head: Vec<Row> = Vec::new();
    let mut cells = StringRecord::new();
    while head.len() < HEADER_SEARCH_ROWS {
        let Some(number) = rows.next_row(&mut cells)? else { break };
        head.push(Row::new(number, cells.clone(), rows.repeated()));
    }
    Ok(head)
}

/// What a person would call the header of a sheet that has none of this feed: the row with most cells that is no data.
fn likely_header(head: Vec<Row>, place: Place) -> Option<(Place, Row)> {
    let filled = |r: &Row| (!is_data(&r.cells), r.cells.iter().filter(|c| !c.trim().is_empty()).count());
    head.into_iter().rev().max_by_key(filled).map(|row| (place, row))
}

/// A row as it stands in the file, title rows and headers included, for who writes the sheet out again.
pub struct SheetRow<'r> {
    /// As a spreadsheet numbers its rows.
    pub number: u64,
    pub cells: &'r StringRecord,
    pub repeated: &'r [Repeated],
    pub spans: &'r [Span],
}

/// Hands out the rows of one sheet from top to bottom, blank rows left out; `sheet_at` is where [`Remarks`] say that
/// the data is.
pub fn copy_sheet(
    bytes: &[u8],
    sheet_at: usize,
    take: &mut dyn FnMut(&SheetRow<'_>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    shield::shielded(|| {
        let mut at = 0;
        visit_sheets(bytes, &mut |info: &SheetInfo<'_>, rows| {
            at += 1;
            if at <= sheet_at {
                return Ok(false);
            }
            let mut cells = StringRecord::new();
            while let Some(number) = rows.next_row(&mut cells)? {
                let (repeated, spans) = (rows.repeated(), rows.spans());
                take(&SheetRow { number: number + info.row_offset(), cells: &cells, repeated, spans })?;
            }
            Ok(true)
        })
        .map(drop)
    })
}
