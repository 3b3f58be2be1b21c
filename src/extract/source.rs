//! A file as rows of text, whatever its ending says: the content decides which reader opens it.
//! Reads bytes it is given; touches no disk.

use super::limits::{CELL_BYTES_MAX, COLUMNS_MAX, DETAIL_CHARS_MAX, Limit, ROW_BYTES_MAX};
use super::rows::Rows;
use super::sentence::limit_detail;
use super::{columnar, decoding, delimited, markup, privacy, workbook};
use csv::StringRecord;

/// Why a whole file is refused: a reason code of FEEDS.md and what was found (headers and counts, never cells).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: &'static str,
    pub detail: String,
}

impl Refusal {
    /// Numbers that could be a person's are hidden in `detail`.
    pub fn new(reason: &'static str, detail: impl Into<String>) -> Refusal {
        let detail: String = detail.into().chars().take(DETAIL_CHARS_MAX).collect();
        Refusal { reason, detail: privacy::hide_numbers(&detail) }
    }

    /// Beyond a limit: which one, what was found, and in which row or part ("" where there is none).
    pub fn too_large(limit: Limit, found: u64, place: impl std::fmt::Display) -> Refusal {
        Refusal::new("too_large", limit_detail(limit, found, &place.to_string()))
    }
}

/// Rows of a sheet from top to bottom.
pub trait RowSource {
    /// Reads the next row that is not blank into `row`; its number, counted from 1, or `None` at the end.
    fn next_row(&mut self, row: &mut StringRecord) -> Result<Option<u64>, Refusal>;

    /// Reads the next row that is not blank to the end of `rows`; `false` at the end. `scratch` is room to read in.
    fn push_row(&mut self, rows: &mut Rows, scratch: &mut StringRecord) -> Result<bool, Refusal> {
        let Some(number) = self.next_row(scratch)? else { return Ok(false) };
        rows.push_record(number, scratch, self.repeated());
        Ok(true)
    }

    /// Columns of the row last read whose value was repeated from a merged cell.
    fn repeated(&self) -> &[Repeated] {
        &[]
    }

    /// Merged cells with a value that begin on the row last read.
    fn spans(&self) -> &[Span] {
        &[]
    }
}

/// A column whose value stands elsewhere: at the top left of a merged cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeated {
    pub column: usize,
    /// The row's number and the column where the value stands.
    pub from: (u64, usize),
}

/// A merged cell: where it begins in its row, and the last row and column that it reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub column: usize,
    pub last_row: u64,
    pub last_column: usize,
}

/// What a visitor is told about a sheet.
#[derive(Default)]
pub struct SheetInfo<'a> {
    pub name: &'a str,
    /// Numbers that stand for days count from 1904.
    pub is_1904: bool,
    /// The header is the first row for sure (Parquet).
    pub header_is_first: bool,
    /// Hidden sheets of the workbook, which nobody reads.
    pub hidden_sheets: u64,
}

impl SheetInfo<'_> {
    /// What is added to a row's number to number it as a spreadsheet would: a Parquet file's names stand above row 1.
    pub fn row_offset(&self) -> u64 {
        u64::from(self.header_is_first)
    }
}

/// A visitor says whether the sheet was the data.
pub type Visit<'v> = &'v mut dyn FnMut(&SheetInfo<'_>, &mut dyn RowSource) -> Result<bool, Refusal>;

/// What the bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Parquet,
    Xlsx,
    Xls,
    Html,
    Text,
}

/// How much of a text is looked at to see whether it is a web page.
const MARKUP_SEARCH_BYTES: usize = 16 * 1024;

/// Looks at the content; the ending of the name is not asked.
pub fn detect_format(bytes: &[u8]) -> Result<Format, Refusal> {
    if bytes.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(Format::Xlsx);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Ok(Format::Xls);
    }
    const FOREIGN: [&[u8]; 8] =
        [b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BM"];
    if FOREIGN.iter().any(|magic| bytes.starts_with(magic)) {
        return Err(Refusal::new("not_a_workbook", ""));
    }
    let head = &bytes[..bytes.len().min(MARKUP_SEARCH_BYTES)];
    // NUL bytes out of the way, UTF-16 reads like ASCII here.
    let head: Vec<u8> = head.iter().copied().filter(|b| b.is_ascii() && *b != 0).collect();
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let head = head.trim_start();
    let is_page = ["<html", "<!doctype html", "<table"].iter().any(|start| head.starts_with(start));
    if is_page || (head.starts_with('<') && head.contains("<table")) {
        return Ok(Format::Html);
    }
    Ok(Format::Text)
}

/// What reading a file of so many bytes takes of memory at most, judged by its first bytes: the bytes themselves, what
/// its reader holds besides, and the rows in work. Text that is no UTF-8 is decoded in pieces once it is long.
pub fn memory_needed(head: &[u8], bytes: u64) -> u64 {
    // Rows in work, the keys seen, the data file under construction up to a whole row group of it.
    const IN_WORK_LEAST: u64 = 8 * 1024 * 1024;
    const IN_WORK_MOST: u64 = 64 * 1024 * 1024;
    let in_work = IN_WORK_LEAST + (bytes / 2).min(IN_WORK_MOST);
    let holds = match detect_format(head) {
        // The pages of the columns that are read at a time.
        Ok(Format::Parquet) => bytes * 2,
        // Shared texts unpacked; they are at most a part of the whole.
        Ok(Format::Xlsx) => bytes * 4,
        // Cells laid out as whole rectangles.
        Ok(Format::Xls) => bytes * 10,
        Ok(Format::Html) => bytes * 3,
        Ok(Format::Text) => decoding::memory_held(head, bytes),
        Err(_) => bytes,
    };
    holds + in_work
}

/// Offers each sheet that can hold data to the visitor, until one is taken; `false` if none was.
pub fn visit_sheets(bytes: &[u8], visit: Visit<'_>) -> Result<bool, Refusal> {
    match detect_format(bytes)? {
        Format::Parquet => columnar::visit(bytes, visit),
        Format::Xlsx => workbook::visit_xlsx(bytes, visit),
        Format::Xls => workbook::visit_xls(bytes, visit),
        Format::Html => markup::visit(bytes, visit),
        Format::Text => delimited::visit(bytes, visit),
    }
}

/// Refuses a file for a row beyond the limits of columns, cells and text.
pub fn check_row(number: u64, row: &StringRecord) -> Result<(), Refusal> {
    if row.len() > COLUMNS_MAX {
        return Err(Refusal::too_large(Limit::Columns, row.len() as u64, ""));
    }
    if row.as_slice().len() > CELL_BYTES_MAX
        && let Some(cell) = row.iter().find(|c| c.len() > CELL_BYTES_MAX)
    {
        return Err(Refusal::too_large(Limit::Cell, cell.len() as u64, format!("row {number}")));
    }
    check_row_bytes(number, row.as_slice().len())
}

/// As [`check_row`], for a row under construction.
pub fn check_row_bytes(number: u64, bytes: usize) -> Result<(), Refusal> {
    if bytes > ROW_BYTES_MAX {
        return Err(Refusal::too_large(Limit::Row, bytes as u64, format!("row {number}")));
    }
    Ok(())
}
