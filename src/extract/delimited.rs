//! Delimited text: its delimiter found by content, its rows numbered as an editor numbers lines.

use super::decoding::{Pieces, decode_text};
use super::limits::{COLUMNS_MAX, Limit, ROW_BYTES_MAX};
use super::rows::Rows;
use super::source::{Refusal, RowSource, SheetInfo, Visit};
use csv::StringRecord;
use std::borrow::Cow;

/// The rows of one text file, split by the likeliest delimiter first; by the next where that shows no header.
pub fn visit(bytes: &[u8], visit: Visit<'_>) -> Result<bool, Refusal> {
    let (text, pieces) = match Pieces::of(bytes)? {
        Some(mut pieces) => {
            let mut text = String::new();
            pieces.push_next(&mut text)?;
            (Cow::Owned(text), Some(pieces.again()))
        }
        None => (decode_text(bytes)?, None),
    };
    let text = match text {
        // Lines that end as on old Macintoshes, all or some; the reader ends a row at them but counts line feeds. A text
        // in pieces has none.
        text if pieces.is_none() && has_lone_return(&text) => {
            Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
        }
        text => text,
    };
    for delimiter in likely_delimiters(&text) {
        let window = if pieces.is_some() { Cow::Owned(String::new()) } else { Cow::Borrowed(without_mark(&text)) };
        let pieces = pieces.as_ref().map(Pieces::again);
        let mut source = DelimitedRows { text: window, pieces, delimiter, at: 0, line: 1, width: 0 };
        if visit(&SheetInfo::default(), &mut source)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A second byte order mark, which some programs put behind the first.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn has_lone_return(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'\r', bytes).any(|at| bytes.get(at + 1) != Some(&b'\n'))
}

/// Rows as RFC 4180 has them, in the reading of the `csv` crate: a quotation mark opens a quoted cell only where the
/// cell begins, two inside one are one, and what follows the closing mark belongs to the cell.
struct DelimitedRows<'a> {
    /// All of the text, or what of it is decoded and not yet left behind.
    text: Cow<'a, str>,
    /// Where a long text comes from.
    pieces: Option<Pieces<'a>>,
    delimiter: u8,
    /// How far the text was read, and the line there, counted by line feeds.
    at: usize,
    line: u64,
    /// The most cells that a row had so far.
    width: usize,
}

impl RowSource for DelimitedRows<'_> {
    fn next_row(&mut self, row: &mut StringRecord) -> Result<Option<u64>, Refusal> {
        let mut rows = Rows::default();
        self.push_row(&mut rows, row)?;
        Ok(rows.last().map(|read| {
            *row = read.to_record();
            read.number()
        }))
    }

    fn push_row(&mut self, rows: &mut Rows, _scratch: &mut StringRecord) -> Result<bool, Refusal> {
        loop {
            if !self.find_row()? {
                return Ok(false);
            }
            let line = self.line;
            rows.begin_row(line);
            let columns = match self.push_plain(rows) {
                Some(columns) => columns,
                None => self.push_quoted(rows)?,
            };
            if columns > COLUMNS_MAX {
                return Err(Refusal::too_large(Limit::Columns, columns as u64, ""));
            }
            let Some(row) = rows.last() else { return Ok(false) };
            row.check()?;
            if !row.is_blank() {
                return Ok(true);
            }
            rows.pop_row();
        }
    }
}

/// A row that needs more text than this, quotation marks doubled, is beyond the limit of a row: so much is always at
/// hand of a text that is decoded in pieces.
const ROW_TEXT_MAX: usize = 4 * ROW_BYTES_MAX;

impl DelimitedRows<'_> {
    /// Goes to where the next row begins; `false` at the end.
    fn find_row(&mut self) -> Result<bool, Refusal> {
        loop {
            self.decode_on()?;
            let bytes = self.text.as_bytes();
            while let Some(end @ (b'\r' | b'\n')) = bytes.get(self.at) {
                self.line += u64::from(*end == b'\n');
                self.at += 1;
            }
            if self.at < bytes.len() {
                return self.decode_on().map(|()| true);
            }
            if self.pieces.is_none() {
                return Ok(false);
            }
        }
    }

    /// Leaves behind what was read and decodes on, until a whole row is at hand for sure.
    fn decode_on(&mut self) -> Result<(), Refusal> {
        let Some(pieces) = &mut self.pieces else { return Ok(()) };
        if self.text.len() - self.at >= ROW_TEXT_MAX {
            return Ok(());
        }
        let text = self.text.to_mut();
        text.drain(..self.at);
        self.at = 0;
        // Twice as much as a row can need: what is at hand is seldom moved.
        while text.len() < 2 * ROW_TEXT_MAX {
            if !pieces.push_next(text)? {
                self.pieces = None;
                break;
            }
        }
        Ok(())
    }

    /// Takes a row without quoted cells in one piece, returns how many it has; `None` where it has a quoted one, and
    /// nothing was taken. Cells beyond the limit are counted only.
    fn push_plain(&mut self, rows: &mut Rows) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let base = rows.text_len();
        let (mut cell, mut columns) = (start, 0usize);
        loop {
            if bytes.get(cell) == Some(&b'"') {
                rows.cut_row();
                return None;
            }
            let end = self.end_of_plain(cell);
            columns += 1;
            if columns <= COLUMNS_MAX {
                rows.push_span(base + cell - start, base + end - start);
            }
            if bytes.get(end) != Some(&self.delimiter) {
                rows.push_text(&self.text[start..end]);
                self.at = end;
                self.width = self.width.max(columns);
                return Some(columns);
            }
            cell = end + 1;
        }
    }

    fn push_quoted(&mut self, rows: &mut Rows) -> Result<usize, Refusal> {
        let bytes = self.text.as_bytes();
        let line = self.line;
        let mut columns = 0usize;
        let mut broken_cells = Vec::new();
        loop {
            let begin = rows.text_len();
            let mut at = self.at;
            if bytes.get(at) == Some(&b'"') {
                at = self.push_inside(at + 1, rows);
            }
            let end = self.end_of_plain(at);
            rows.push_text(&self.text[at..end]);
            let breaks = memchr::memchr_iter(b'\n', &bytes[self.at..end]).count() as u64;
            columns += 1;
            if columns <= COLUMNS_MAX {
                rows.push_span(begin, rows.text_len());
                if breaks > 0 {
                    broken_cells.push(columns - 1);
                }
            }
            self.line += breaks;
            self.at = end;
            if bytes.get(end) != Some(&self.delimiter) {
                break;
            }
            self.at += 1;
        }
        self.width = self.width.max(columns);
        let row = rows.last();
        let mut cells = broken_cells.iter().filter_map(|column| row?.get(*column));
        if cells.any(|cell| swallows_rows(cell, self.delimiter, self.width)) {
            return Err(Refusal::new("unreadable", format!("quotation mark, row {line}")));
        }
        Ok(columns)
    }

    /// Takes the inside of a quoted cell; where its closing mark ends.
    fn push_inside(&self, mut at: usize, rows: &mut Rows) -> usize {
        let bytes = self.text.as_bytes();
        loop {
            let Some(length) = memchr::memchr(b'"', &bytes[at..]) else {
                rows.push_text(&self.text[at..]);
                return bytes.len();
            };
            rows.push_text(&self.text[at..at + length]);
            at += length + 1;
            if bytes.get(at) != Some(&b'"') {
                return at;
            }
            rows.push_text("\"");
            at += 1;
        }
    }

    fn end_of_plain(&self, from: usize) -> usize {
        let bytes = self.text.as_bytes();
        memchr::memchr3(self.delimiter, b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |length| from + length)
    }
}

/// Whether whole rows stand in a quoted cell with line breaks: its closing mark is missing.
fn swallows_rows(cell: &str, delimiter: u8, width: usize) -> bool {
    let enough = (width.saturating_sub(1) / 2).max(1);
    cell.lines().skip(1).any(|line| line.bytes().filter(|b| *b == delimiter).count() >= enough)
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
