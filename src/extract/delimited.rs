//! Delimited text: its encoding and its delimiter found by content, its rows numbered as an editor numbers lines.

use super::source::{Refusal, RowSource, SheetInfo, Visit, check_row};
use csv::StringRecord;
use encoding_rs::{Encoding, GB18030, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// The rows of one text file, split by the likeliest delimiter first; by the next where that shows no header.
pub fn visit(bytes: &[u8], visit: Visit<'_>) -> Result<bool, Refusal> {
    let mut text = decode_text(bytes)?;
    if has_lone_return(&text) {
        // Lines that end as on old Macintoshes, all or some; the reader ends a row at them but counts line feeds.
        text = Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"));
    }
    for delimiter in likely_delimiters(&text) {
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let mut source = DelimitedRows { reader, text: &text, delimiter: char::from(delimiter), width: 0 };
        if visit(&SheetInfo::default(), &mut source)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn has_lone_return(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'))
}

struct DelimitedRows<'a> {
    reader: csv::Reader<&'a [u8]>,
    text: &'a str,
    delimiter: char,
    /// The most cells that a row had so far.
    width: usize,
}

impl RowSource for DelimitedRows<'_> {
    fn next_row(&mut self, row: &mut StringRecord) -> Result<Option<u64>, Refusal> {
        loop {
            match self.reader.read_record(row) {
                Ok(false) => return Ok(None),
                Ok(true) => {
                    let line = row.position().map_or(0, |at| first_line(at, self.text));
                    self.width = self.width.max(row.len());
                    if swallows_rows(row, self.delimiter, self.width) {
                        return Err(Refusal::new("unreadable", format!("quotation mark, row {line}")));
                    }
                    check_row(line, row)?;
                    if row.iter().any(|cell| !cell.trim().is_empty()) {
                        return Ok(Some(line));
                    }
                }
                Err(cause) => {
                    let line = cause.position().map_or(0, csv::Position::line);
                    return Err(Refusal::new("unreadable", format!("row {line}")));
                }
            }
        }
    }
}

/// The line on which a row begins: the reader's position is still before the blank lines above it.
fn first_line(position: &csv::Position, text: &str) -> u64 {
    let bytes = text.as_bytes().get(position.byte() as usize..).unwrap_or_default();
    let above = bytes.iter().take_while(|b| matches!(b, b'\r' | b'\n')).filter(|b| **b == b'\n').count();
    position.line() + above as u64
}

/// A quoted cell with line breaks in which whole rows stand: its closing mark is missing.
fn swallows_rows(row: &StringRecord, delimiter: char, width: usize) -> bool {
    let enough = (width.saturating_sub(1) / 2).max(1);
    row.iter()
        .filter(|cell| cell.contains('\n'))
        .any(|cell| cell.lines().skip(1).any(|line| line.chars().filter(|c| *c == delimiter).count() >= enough))
}

/// UTF-8 with or without its mark, UTF-16 with its mark, else GB18030 (which holds all of GBK and GB 2312).
///
/// Bytes that are none of these refuse the file: nothing is replaced by a guess.
pub fn decode_text(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    let text = decode_marked(bytes)?;
    if text.contains('\0') {
        return Err(Refusal::new("unreadable", "NUL"));
    }
    Ok(text)
}

fn decode_marked(bytes: &[u8]) -> Result<Cow<'_, str>, Refusal> {
    let damaged = |at: usize| Refusal::new("unreadable", format!("UTF-8, byte {at}"));
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return std::str::from_utf8(rest).map(Cow::Borrowed).map_err(|e| damaged(e.valid_up_to() + 3));
    }
    for (mark, encoding) in [(b"\xff\xfe", UTF_16LE), (b"\xfe\xff", UTF_16BE)] {
        if bytes.starts_with(mark) {
            return decode_with(encoding, bytes);
        }
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(e) if is_long_utf8(&bytes[..e.valid_up_to()]) => Err(damaged(e.valid_up_to())),
        Err(_) => decode_with(GB18030, bytes),
    }
}

/// So many ideographs in valid UTF-8 do not come about in a GBK text by chance: the file is UTF-8, and damaged.
fn is_long_utf8(valid: &[u8]) -> bool {
    const IDEOGRAPHS_MIN: usize = 10;
    let text = std::str::from_utf8(valid).unwrap_or_default();
    text.chars().filter(|c| matches!(c, '\u{4e00}'..='\u{9fff}')).take(IDEOGRAPHS_MIN).count() == IDEOGRAPHS_MIN
}

fn decode_with<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, Refusal> {
    match encoding.decode_with_bom_removal(bytes) {
        (text, false) => Ok(text),
        (_, true) => Err(Refusal::new("unreadable", encoding.name())),
    }
}

/// The delimiters that occur in the first lines, the one that splits a line into most cells first; a comma where none
/// does.
fn likely_delimiters(text: &str) -> Vec<u8> {
    const LINES: usize = 30;
    let mut counts = [(b',', 0usize), (b'\t', 0), (b';', 0)];
    for line in text.lines().take(LINES) {
        for (delimiter, most) in &mut counts {
            *most = (*most).max(line.bytes().filter(|b| b == delimiter).count());
        }
    }
    let mut found: Vec<(u8, usize)> = counts.into_iter().filter(|(_, n)| *n > 0).collect();
    found.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    if found.is_empty() {
        return vec![b','];
    }
    found.into_iter().map(|(delimiter, _)| delimiter).collect()
}
