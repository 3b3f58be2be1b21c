//! A file as rows of text, whatever its ending says: the content decides which reader opens it.
//! Reads bytes it is given; touches no disk.

use super::{columnar, delimited, markup, workbook};
use csv::StringRecord;

/// Why a whole file is refused: a reason code of FEEDS.md and what was found (headers and counts, never cells).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: &'static str,
    pub detail: String,
}

impl Refusal {
    pub fn new(reason: &'static str, detail: impl Into<String>) -> Refusal {
        Refusal { reason, detail: detail.into() }
    }
}

/// Rows of a sheet from top to bottom.
pub trait RowSource {
    /// Reads the next row that is not blank into `row`; its number, counted from 1, or `None` at the end.
    fn next_row(&mut self, row: &mut StringRecord) -> Result<Option<u64>, Refusal>;

    /// A column of this source stands for a value that was repeated from a merged cell.
    fn has_merged_cells(&self) -> bool {
        false
    }
}

/// What a visitor is told about a sheet.
pub struct SheetInfo<'a> {
    pub name: &'a str,
    /// Numbers that stand for days count from 1904.
    pub is_1904: bool,
    /// The header is the first row for sure (Parquet).
    pub header_is_first: bool,
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

/// The most columns a row may have: no form of an office has a tenth of them.
pub const COLUMNS_MAX: usize = 2_000;

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
    let head = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = String::from_utf8_lossy(&head[..head.len().min(2_048)]).to_ascii_lowercase();
    let head = head.trim_start();
    if head.starts_with("<html") || head.starts_with("<!doctype html") || head.starts_with("<table") {
        return Ok(Format::Html);
    }
    if head.starts_with('<') && head.contains("<table") {
        return Ok(Format::Html);
    }
    Ok(Format::Text)
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
