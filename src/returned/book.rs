//! The returned workbook: the county's own sheet, cell by cell as it was read, with the faulty cells marked and noted,
//! and the summary behind it. Rows are streamed: a large file takes no more memory than a small one.

use super::marks::{Mark, Marks};
use super::summary::{RED, YELLOW, lines_in, width_of, write_summary};
use super::{Checked, Wording, write_failed};
use crate::error::Result;
use crate::extract::{Refusal, SheetRow, Span, copy_sheet};
use crate::project::FieldKind;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, IgnoreError, Note, Workbook, Worksheet,
    XlsxError,
};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

pub use super::marks::NOTES_MAX;

/// Rows of a sheet of a workbook; a text file may have more.
const SHEET_ROWS_MAX: u64 = 1_048_576;
/// Characters that a cell of a workbook holds.
pub const CELL_CHARS_MAX: usize = 32_767;
/// Cells that are copied: more than a spreadsheet program opens on an office's machine.
const CELLS_MAX: u64 = 20_000_000;
/// Cells covered by merged ones that are merged again: the writer keeps each of them in memory. Beyond, a merged cell
/// keeps its value at the top left and is not merged.
const MERGED_CELLS_MAX: u64 = 200_000;
/// Rows from which the widths of columns are taken.
const WIDTH_ROWS: u64 = 300;
const WIDTH_MIN: usize = 6;
const WIDTH_MAX: usize = 44;

/// What of the county's sheet the workbook leaves away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    pub has_sheet: bool,
    pub without_note: u64,
    pub without_mark: u64,
    pub rows_left: u64,
    pub cells_cut: u64,
    /// The file could not be read to its end.
    pub stopped: bool,
}

/// Writes the workbook of a delivery; `bytes` is the delivered file.
pub fn write_book(checked: &Checked<'_>, wording: &Wording<'_>, bytes: &[u8], path: &Path, file: &File) -> Result<()> {
    let failed = |e: XlsxError| write_failed(path, e);
    let mut book = Workbook::new();
    book.set_properties(&properties(checked, wording).map_err(failed)?);
    // Rows on their way wait beside the workbook and not in a folder that others share.
    book.set_tempdir(path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))).map_err(failed)?;
    let mut copied = Copied::default();
    if let Some(place) = checked.place() {
        let sheet = book.add_worksheet_with_constant_memory().map_err(failed)?;
        let fallback = wording.say("returned.data_sheet", &[]);
        let is_taken = place.sheet.is_empty() || place.sheet == wording.say("returned.summary_sheet", &[]);
        if is_taken || sheet.set_name(&place.sheet).is_err() {
            sheet.set_name(fallback).map_err(failed)?;
        }
        copied = copy_rows(sheet, checked, wording, bytes, place.sheet_at).map_err(failed)?;
    }
    let summary = book.add_worksheet();
    summary.set_name(wording.say("returned.summary_sheet", &[])).map_err(failed)?;
    summary.set_active(true);
    write_summary(summary, checked, wording, &copied).map_err(failed)?;
    let mut out = BufWriter::new(file);
    book.save_to_writer(&mut out).map_err(failed)?;
    out.flush().map_err(|e| write_failed(path, e))
}

/// The same delivery gives the same bytes: the workbook is as old as the delivery.
fn properties(checked: &Checked<'_>, wording: &Wording<'_>) -> std::result::Result<DocProperties, XlsxError> {
    use chrono::Datelike;
    let day = checked.delivered.arrived_on;
    let made = ExcelDateTime::from_ymd(day.year().clamp(1900, 9999) as u16, day.month() as u8, day.day() as u8)?;
    let title = wording.say("returned.title", &[("file", checked.delivered.file_name)]);
    Ok(DocProperties::new().set_creation_datetime(&made).set_title(title).set_author("jindu"))
}

/// Copies the rows of the county's sheet.
fn copy_rows(
    sheet: &mut Worksheet,
    checked: &Checked<'_>,
    wording: &Wording<'_>,
    bytes: &[u8],
    sheet_at: usize,
) -> std::result::Result<Copied, XlsxError> {
    let marks = Marks::of(checked, wording);
    let without_mark = checked.remarks.cells().saturating_sub(checked.remarks.faults.len() as u64);
    let mut copy = SheetCopy {
        sheet,
        marks: &marks,
        wording,
        next_mark: 0,
        header_rows: header_rows(checked),
        header_width: checked.remarks.header.len(),
        numbers: number_columns(checked),
        styles: HashMap::new(),
        merged_cells: 0,
        cells: 0,
        widths: Vec::new(),
        last: (0, 0),
        failure: None,
        copied: Copied { has_sheet: true, without_note: marks.without_note as u64, without_mark, ..Copied::default() },
    };
    let read = copy_sheet(bytes, sheet_at, &mut |row| copy.take(row));
    if let Some(failure) = copy.failure.take() {
        return Err(failure);
    }
    copy.copied.stopped = read.is_err();
    copy.finish()
}

/// The numbers of the first and last row of the header, found or refused.
fn header_rows(checked: &Checked<'_>) -> (u64, u64) {
    match &checked.remarks.header_fault {
        Some(fault) => (fault.row, fault.row),
        None => checked.remarks.header_rows,
    }
}

/// Columns whose cells are numbers; everything else stays text.
fn number_columns(checked: &Checked<'_>) -> Vec<bool> {
    let fields = &checked.remarks.fields;
    let width = fields.keys().max().map_or(0, |last| last + 1);
    let is_number = |at: usize| {
        let kind =
            fields.get(&at).and_then(|f| checked.contract.as_deref().and_then(|c| c.fields.get(*f))).map(|f| f.kind);
        matches!(kind, Some(FieldKind::Int | FieldKind::Yuan | FieldKind::Number | FieldKind::Pct))
    };
    (0..width).map(is_number).collect()
}

/// How a cell looks.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Style {
    part: Part,
    is_number: bool,
    /// `Some(true)`: it keeps its row out; `Some(false)`: a warning.
    marked: Option<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Above,
    Header,
    Body,
}

struct SheetCopy<'c> {
    sheet: &'c mut Worksheet,
    marks: &'c Marks<'c>,
    wording: &'c Wording<'c>,
    next_mark: usize,
    /// The numbers of the header's first and last row; 0 where none was found.
    header_rows: (u64, u64),
    header_width: usize,
    numbers: Vec<bool>,
    styles: HashMap<Style, Format>,
    /// Cells merged so far, and cells written.
    merged_cells: u64,
    cells: u64,
    /// Half-width columns taken by each column's cells.
    widths: Vec<usize>,
    /// The last row and column written, counted from 0.
    last: (u32, u16),
    failure: Option<XlsxError>,
    copied: Copied,
}

impl SheetCopy<'_> {
    fn take(&mut self, row: &SheetRow<'_>) -> std::result::Result<(), Refusal> {
        if row.number == 0 || row.number > SHEET_ROWS_MAX || self.cells > CELLS_MAX {
            self.copied.rows_left += 1;
            return Ok(());
        }
        self.write_row(row).map_err(|failure| {
            self.failure = Some(failure);
            Refusal::new("unreadable", "")
        })
    }

    fn write_row(&mut self, row: &SheetRow<'_>) -> std::result::Result<(), XlsxError> {
        let line = (row.number - 1) as u32;
        let (first, last) = self.header_rows;
        let part = match row.number {
            number if number < first => Part::Above,
            number if number <= last => Part::Header,
            _ => Part::Body,
        };
        // Marks of rows that were not handed out are passed over: there is no cell to mark.
        while self.marks.marks.get(self.next_mark).is_some_and(|m| m.cell.0 < row.number) {
            self.next_mark += 1;
        }
        let marks = self.marks.marks[self.next_mark..].iter().take_while(|m| m.cell.0 == row.number);
        let marks: Vec<&Mark> = marks.collect();
        self.next_mark += marks.len();
        let own_width = if part == Part::Above { 0 } else { self.header_width };
        let width = marks.iter().map(|m| m.cell.1 + 1).max().unwrap_or(0).max(row.cells.len()).max(own_width);
        let mut own = marks.iter().peekable();
        for column in 0..width {
            let mark = own.next_if(|m| m.cell.1 == column).copied();
            // What a merged cell covers was written with it.
            if row.repeated.iter().any(|r| r.column == column) {
                continue;
            }
            if let Some(span) = row.spans.iter().find(|s| s.column == column) {
                self.merge(line, span, part, mark)?;
            }
            self.write_cell(line, column, row.cells.get(column).unwrap_or(""), part, mark)?;
        }
        self.cells += width as u64;
        if part != Part::Above {
            self.measure(row);
        }
        Ok(())
    }

    fn write_cell(
        &mut self,
        line: u32,
        column: usize,
        text: &str,
        part: Part,
        mark: Option<&Mark>,
    ) -> std::result::Result<(), XlsxError> {
        let number =
            (part == Part::Body && self.numbers.get(column) == Some(&true)).then(|| plain_number(text)).flatten();
        let style = Style { part, is_number: number.is_some(), marked: mark.map(|m| m.rejects) };
        let at = column as u16;
        self.last = (line, self.last.1.max(at));
        let format = self.styles.entry(style).or_insert_with(|| format_of(style));
        match number {
            Some(number) => self.sheet.write_number_with_format(line, at, number, format)?,
            None if text.is_empty() => self.sheet.write_blank(line, at, format)?,
            None if text.chars().count() > CELL_CHARS_MAX => {
                self.copied.cells_cut += 1;
                let text: String = text.chars().take(CELL_CHARS_MAX).collect();
                self.sheet.write_string_with_format(line, at, text, format)?
            }
            None => self.sheet.write_string_with_format(line, at, text, format)?,
        };
        if let Some(mark) = mark.filter(|m| m.noted) {
            self.sheet.insert_note(line, at, &note_of(&self.marks.note(mark, self.wording)))?;
        }
        Ok(())
    }

    /// Merges cells as they were; the value is written afterwards, as every cell's.
    fn merge(&mut self, line: u32, span: &Span, part: Part, mark: Option<&Mark>) -> std::result::Result<(), XlsxError> {
        let rows = span.last_row.saturating_sub(u64::from(line));
        let cells = rows * (span.last_column - span.column + 1) as u64;
        self.merged_cells += cells;
        if cells <= 1 || self.merged_cells > MERGED_CELLS_MAX || span.last_row > SHEET_ROWS_MAX {
            return Ok(());
        }
        let style = Style { part, is_number: false, marked: mark.map(|m| m.rejects) };
        let format = self.styles.entry(style).or_insert_with(|| format_of(style));
        let (column, last) = (span.column as u16, ((span.last_row - 1) as u32, span.last_column as u16));
        match self.sheet.merge_range(line, column, last.0, last.1, "", format) {
            // Only a forged workbook has merged cells that overlap: they stay as they are.
            Ok(_) | Err(XlsxError::MergeRangeOverlaps(..)) => Ok(()),
            Err(e) => Err(e),
        }
    }

    /// Widens the columns for a row's cells; a merged cell is as wide as its columns together.
    fn measure(&mut self, row: &SheetRow<'_>) {
        if row.number > self.header_rows.1 + WIDTH_ROWS {
            return;
        }
        for (column, cell) in row.cells.iter().enumerate() {
            let is_wide = row.spans.iter().any(|s| s.column == column && s.last_column > s.column);
            if is_wide || row.repeated.iter().any(|r| r.column == column) {
                continue;
            }
            if self.widths.len() <= column {
                self.widths.resize(column + 1, WIDTH_MIN);
            }
            let width = cell.lines().map(width_of).max().unwrap_or(0);
            self.widths[column] = self.widths[column].max(width.min(WIDTH_MAX));
        }
    }

    /// What belongs to the whole sheet, once its rows are written.
    fn finish(self) -> std::result::Result<Copied, XlsxError> {
        const ROOM: f64 = 2.0;
        /// More frozen rows leave no room to scroll in.
        const FROZEN_ROWS_MAX: u32 = 12;
        let text = Format::new().set_num_format("@");
        for (column, width) in self.widths.iter().enumerate() {
            self.sheet.set_column_width(column as u16, *width as f64 + ROOM)?;
            // What is typed into a cell of text stays text: an ID number would lose its last digits.
            if self.numbers.get(column) != Some(&true) {
                self.sheet.set_column_format(column as u16, &text)?;
            }
        }
        let (last_row, last_column) = self.last;
        self.sheet.ignore_error_range(0, 0, last_row, last_column, IgnoreError::NumberStoredAsText)?;
        let (first, header) = (self.header_rows.0 as u32, self.header_rows.1 as u32);
        if header > 0 && header <= last_row {
            if header <= FROZEN_ROWS_MAX {
                self.sheet.set_freeze_panes(header, 0)?;
                self.sheet.set_repeat_rows(first.saturating_sub(1), header - 1)?;
            }
            // So that the marked cells can be picked out by their colour.
            self.sheet.autofilter(header - 1, 0, last_row, last_column)?;
        }
        self.sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
        Ok(self.copied)
    }
}

/// The number that a text is, where writing it as a number gives the same text when it is read again.
fn plain_number(text: &str) -> Option<f64> {
    let is_plain = !text.is_empty()
        && text.len() <= 15
        && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'))
        && text.bytes().any(|b| b.is_ascii_digit());
    let number: f64 = text.parse().ok().filter(|_| is_plain)?;
    (number.to_string() == text).then_some(number)
}

fn format_of(style: Style) -> Format {
    let mut format = Format::new();
    if !style.is_number {
        format = format.set_num_format("@");
    }
    format = match style.part {
        Part::Above => format,
        Part::Header => format
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Center)
            .set_align(FormatAlign::VerticalCenter)
            .set_background_color(Color::RGB(0xE7E6E6)),
        Part::Body => format.set_align(FormatAlign::VerticalCenter),
    };
    if style.part != Part::Above {
        format = format.set_border(FormatBorder::Thin).set_border_color(Color::RGB(0xBFBFBF));
    }
    match style.marked {
        None => format,
        Some(rejects) => {
            let (background, font) = if rejects { RED } else { YELLOW };
            format.set_background_color(Color::RGB(background)).set_font_color(Color::RGB(font))
        }
    }
}

/// A note large enough for its text.
fn note_of(text: &str) -> Note {
    const WIDTH: u32 = 330;
    /// Half-width characters in a line of the note, and the height of a line in pixels.
    const CHARS: f64 = 50.0;
    const LINE: u32 = 17;
    let height = LINE * (lines_in(text, CHARS) as u32 + 1);
    Note::new(text).add_author_prefix(false).set_author("jindu").set_width(WIDTH).set_height(height).set_font_size(9)
}
