//! Delimited text: its encoding and its delimiter found by content, its rows numbered as an editor numbers lines.

use super::source::{COLUMNS_MAX, Refusal, RowSource, SheetInfo, Visit};
use csv::StringRecord;
use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// The rows of one text file.
pub fn visit(bytes: &[u8], visit: Visit<'_>) -> Result<bool, Refusal> {
    let text = decode_text(bytes)?;
    let delimiter = find_delimiter(&text);
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut source = DelimitedRows { reader };
    visit(&SheetInfo { name: "", is_1904: false, header_is_first: false }, &mut source)
}

struct DelimitedRows<'a> {
    reader: csv::Reader<&'a [u8]>,
}

impl RowSource for DelimitedRows<'_> {
    fn next_row(&mut self, row: &mut StringRecord) -> Result<Option<u64>, Refusal> {
        loop {
            match self.reader.read_record(row) {
                Ok(false) => return Ok(None),
                Ok(true) => {
                    if row.len() > COLUMNS_MAX {
                        return Err(Refusal::new("too_large", format!("columns: {}", row.len())));
                    }
                    let line = row.position().map_or(0, csv::Position::line);
                    if row.iter().any(|cell| !cell.trim().is_empty()) {
                        return Ok(Some(line));
                    }
                }
                Err(cause) => return Err(Refusal::new("unreadable", cause.to_string())),
            }
        }
    }
}

/// UTF-8 with or without its mark, UTF-16 with its mark, else GB18030 (which holds all of GBK and GB 2312).
///
/// Bytes that are none of these refuse the file: nothing is replaced by a guess.
pub fn decode_text(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return std::str::from_utf8(rest)
            .map(Cow::Borrowed)
            .map_err(|e| Refusal::new("unreadable", format!("UTF-8, byte {}", e.valid_up_to())));
    }
    for (mark, encoding) in [(b"\xff\xfe", UTF_16LE), (b"\xfe\xff", UTF_16BE)] {
        if bytes.starts_with(mark) {
            return decode_with(encoding, bytes);
        }
    }
    if bytes.contains(&0) {
        return Err(Refusal::new("unreadable", "NUL"));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) => decode_with(GB18030, bytes),
    }
}

fn decode_with<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, Refusal> {
    match encoding.decode_with_bom_removal(bytes) {
        (text, false) => Ok(text),
        (_, true) => Err(Refusal::new("unreadable", encoding.name())),
    }
}

/// The delimiter that splits the first lines into most cells; a comma where none does.
fn find_delimiter(text: &str) -> u8 {
    let head = text.lines().take(30);
    let mut counts = [(b',', 0usize), (b'\t', 0), (b';', 0)];
    for line in head {
        for (delimiter, most) in &mut counts {
            *most = (*most).max(line.bytes().filter(|b| b == delimiter).count());
        }
    }
    let mut best = counts[0];
    for candidate in &counts[1..] {
        if candidate.1 > best.1 {
            best = *candidate;
        }
    }
    best.0
}
