//! Excel workbooks, new (XLSX) and old (XLS): visible sheets as rows of text. Cells are streamed where the format
//! allows; a formula is its stored value and is never evaluated.

use super::compound::check_compound;
use super::dates;
use super::limits::{COLUMNS_MAX, Limit, MERGES_MAX};
use super::package::check_package;
use super::source::{Refusal, Repeated, RowSource, SheetInfo, Span, Visit, check_row, check_row_bytes};
use calamine::{Data, DataRef, Dimensions, Reader, SheetVisible, Xls, XlsError, Xlsx, XlsxError};
use csv::StringRecord;
use std::collections::BTreeMap;
use std::io::Cursor;

/// Offers the visible sheets of an XLSX file.
pub fn visit_xlsx(bytes: &[u8], visit: Visit<'_>) -> Result<bool, Refusal> {
    let package = check_package(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| refuse_xlsx(&e))?;
    let is_1904 = book.has_1904_epoch();
    let (visible, hidden_sheets) = visible_sheets(book.sheets_metadata());
    for name in visible {
        // Merged cells are told of behind all cells: the sheet is gone through a first time for them.
        let merged = if package.has_merged_cells { book.merge_cells_by_sheet_name(&name) } else { Ok(Vec::new()) };
        let merged = match merged {
            Ok(merged) => merged,
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(e) => return Err(refuse_xlsx(&e)),
        };
        let cells = match book.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(e) => return Err(refuse_xlsx(&e)),
        };
        let mut rows = XlsxRows { cells, held: None, merged: Merged::new(merged)?, ended: false };
        if visit(&SheetInfo { name: &name, is_1904, header_is_first: false, hidden_sheets }, &mut rows)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Offers the visible sheets of an XLS file.
pub fn visit_xls(bytes: &[u8], visit: Visit<'_>) -> Result<bool, Refusal> {
    check_compound(bytes)?;
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|e| match e {
        XlsError::Password => Refusal::new("encrypted", ""),
        other => Refusal::new("unreadable", other.to_string()),
    })?;
    let is_1904 = book.has_1904_epoch();
    let (visible, hidden_sheets) = visible_sheets(book.sheets_metadata());
    for name in visible {
        let merged = book.merge_cells_by_sheet_name(&name).unwrap_or_default();
        let range = book.worksheet_range(&name).map_err(|e| Refusal::new("unreadable", e.to_string()))?;
        let mut rows = XlsRows { range, next: 0, merged: Merged::new(merged)? };
        if visit(&SheetInfo { name: &name, is_1904, header_is_first: false, hidden_sheets }, &mut rows)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The names of the sheets that a person sees, and how many nobody sees.
fn visible_sheets(sheets: &[calamine::Sheet]) -> (Vec<String>, u64) {
    let (visible, hidden): (Vec<_>, Vec<_>) = sheets.iter().partition(|s| s.visible == SheetVisible::Visible);
    (visible.into_iter().map(|s| s.name.clone()).collect(), hidden.len() as u64)
}

fn refuse_xlsx(error: &XlsxError) -> Refusal {
    match error {
        XlsxError::Password => Refusal::new("encrypted", ""),
        other => Refusal::new("unreadable", other.to_string()),
    }
}

struct XlsxRows<'a, RS: std::io::Read + std::io::Seek> {
    cells: calamine::XlsxCellReader<'a, RS>,
    /// The first cell of the next row, already read.
    held: Option<(u32, u32, String)>,
    merged: Merged,
    ended: bool,
}

impl<RS: std::io::Read + std::io::Seek> RowSource for XlsxRows<'_, RS> {
    fn next_row(&mut self, row: &mut StringRecord) -> Result<Option<u64>, Refusal> {
        let mut cells: Vec<String> = Vec::new();
        let mut number = None;
        let mut bytes = 0;
        loop {
            let next = match self.held.take() {
                Some(cell) => Some(cell),
                None if self.ended => None,
                None => self.next_cell()?,
            };
            let Some((at_row, at_column, text)) = next else { break };
            match number {
                None => number = Some(at_row),
                Some(n) if n != at_row => {
                    self.held = Some((at_row, at_column, text));
                    break;
                }
                Some(_) => {}
            }
            let column = at_column as usize;
            if column >= COLUMNS_MAX {
                return Err(Refusal::too_large(Limit::Columns, column as u64 + 1, ""));
            }
            bytes += text.len();
            check_row_bytes(u64::from(at_row) + 1, bytes)?;
            if cells.len() <= column {
                cells.resize(column + 1, String::new());
            }
            cells[column] = text;
        }
        let Some(number) = number else { return Ok(None) };
        self.merged.fill(number, &mut cells)?;
        row.clear();
        cells.iter().for_each(|c| row.push_field(c));
        check_row(u64::from(number) + 1, row)?;
        Ok(Some(u64::from(number) + 1))
    }

    fn repeated(&self) -> &[Repeated] {
        &self.merged.repeated
    }

    fn spans(&self) -> &[Span] {
        &self.merged.spans
    }
}

impl<RS: std::io::Read + std::io::Seek> XlsxRows<'_, RS> {
    fn next_cell(&mut self) -> Result<Option<(u32, u32, String)>, Refusal> {
        loop {
            match self.cells.next_cell().map_err(|e| refuse_xlsx(&e))? {
                None => {
                    self.ended = true;
                    return Ok(None);
                }
                Some(cell) => {
                    let text = text_of(cell.get_value());
                    if !text.trim().is_empty() {
                        let (row, column) = cell.get_position();
                        return Ok(Some((row, column, text)));
                    }
                }
            }
        }
    }
}

struct XlsRows {
    range: calamine::Range<Data>,
    /// The next row of the range.
    next: usize,
    merged: Merged,
}

impl RowSource for XlsRows {
    fn next_row(&mut self, row: &mut StringRecord) -> Result<Option<u64>, Refusal> {
        let first = self.range.start().unwrap_or((0, 0));
        let width = self.range.width();
        while self.next < self.range.height() {
            let number = first.0 + self.next as u32;
            let mut cells = vec![String::new(); first.1 as usize];
            cells.extend((0..width).filter_map(|at| self.range.get((self.next, at))).map(text_of_data));
            self.next += 1;
            // A row that holds nothing of its own is blank, whatever a merged cell reaches over it.
            let blank = cells.iter().all(|c| c.trim().is_empty());
            self.merged.fill(number, &mut cells)?;
            if !blank {
                row.clear();
                cells.iter().for_each(|c| row.push_field(c));
                check_row(u64::from(number) + 1, row)?;
                return Ok(Some(u64::from(number) + 1));
            }
        }
        Ok(None)
    }

    fn repeated(&self) -> &[Repeated] {
        &self.merged.repeated
    }

    fn spans(&self) -> &[Span] {
        &self.merged.spans
    }
}

/// Merged cells: the value stands at the top left only and counts for every cell of the range.
struct Merged {
    /// By first row; ranges are taken out as their rows pass.
    ranges: BTreeMap<u32, Vec<Dimensions>>,
    open: Vec<(Dimensions, String)>,
    /// Columns of the last row that were filled.
    repeated: Vec<Repeated>,
    /// Ranges with a value that begin on the last row.
    spans: Vec<Span>,
}

impl Merged {
    fn new(list: Vec<Dimensions>) -> Result<Merged, Refusal> {
        if list.len() > MERGES_MAX {
            return Err(Refusal::too_large(Limit::MergedCells, list.len() as u64, ""));
        }
        let mut ranges: BTreeMap<u32, Vec<Dimensions>> = BTreeMap::new();
        for range in list {
            if (range.end.1 as usize) < COLUMNS_MAX {
                ranges.entry(range.start.0).or_default().push(range);
            }
        }
        Ok(Merged { ranges, open: Vec::new(), repeated: Vec::new(), spans: Vec::new() })
    }

    fn fill(&mut self, row: u32, cells: &mut Vec<String>) -> Result<(), Refusal> {
        self.repeated.clear();
        self.spans.clear();
        while let Some(entry) = self.ranges.first_entry().filter(|e| *e.key() <= row) {
            for range in entry.remove() {
                let value = if range.start.0 == row { cells.get(range.start.1 as usize).cloned() } else { None };
                if let Some(value) = value.filter(|v| !v.is_empty()) {
                    self.spans.push(Span {
                        column: range.start.1 as usize,
                        last_row: u64::from(range.end.0) + 1,
                        last_column: range.end.1 as usize,
                    });
                    self.open.push((range, value));
                }
            }
        }
        self.open.retain(|(range, _)| range.end.0 >= row);
        // Ranges of a workbook never overlap: more of them than columns are a forgery.
        if self.open.len() > COLUMNS_MAX {
            return Err(Refusal::new("unreadable", "merged cells overlap"));
        }
        let mut bytes: usize = cells.iter().map(String::len).sum();
        for (range, value) in &self.open {
            for column in range.start.1..=range.end.1 {
                let column = column as usize;
                if cells.len() <= column {
                    cells.resize(column + 1, String::new());
                }
                if cells[column].is_empty() {
                    bytes += value.len();
                    check_row_bytes(u64::from(row) + 1, bytes)?;
                    cells[column].clone_from(value);
                    let from = (u64::from(range.start.0) + 1, range.start.1 as usize);
                    self.repeated.push(Repeated { column, from });
                }
            }
        }
        Ok(())
    }
}

fn text_of_data(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(s) | Data::DateTimeIso(s) | Data::DurationIso(s) => s.clone(),
        Data::Bool(b) => text_of(&DataRef::Bool(*b)),
        Data::Error(e) => e.to_string(),
        Data::Int(n) => text_of(&DataRef::Int(*n)),
        Data::Float(x) => text_of(&DataRef::Float(*x)),
        Data::DateTime(d) => text_of(&DataRef::DateTime(*d)),
    }
}

/// A cell as text. Numbers keep the 15 digits that a spreadsheet holds; a number of more digits is written with an
/// exponent, so that an ID number that went through a numeric cell is seen as damaged.
pub fn text_of(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty => String::new(),
        DataRef::String(s) | DataRef::DateTimeIso(s) | DataRef::DurationIso(s) => s.clone(),
        DataRef::SharedString(s) => (*s).to_owned(),
        DataRef::Bool(b) => if *b { "1" } else { "0" }.to_owned(),
        DataRef::Error(e) => e.to_string(),
        DataRef::Int(n) => text_of_number(*n as f64),
        DataRef::Float(x) => text_of_number(*x),
        DataRef::DateTime(d) if d.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = d.to_ymd_hms_milli();
            match (hour, minute, second) {
                (0, 0, 0) => format!("{year:04}-{month:02}-{day:02}"),
                _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
            }
        }
        DataRef::DateTime(d) => text_of_number(d.as_f64()),
    }
}

/// A number of a spreadsheet as text; see [`text_of`].
pub fn text_of_number(x: f64) -> String {
    const EXACT_BELOW: f64 = 1e15;
    if x.fract() == 0.0 && x.abs() < EXACT_BELOW {
        return format!("{}", x as i64);
    }
    if x.abs() >= EXACT_BELOW {
        let text = format!("{x:.14e}");
        return match text.split_once('e') {
            Some((mantissa, exponent)) => format!("{mantissa}E+{exponent}"),
            None => text,
        };
    }
    format!("{x:.14e}").parse::<f64>().map_or_else(|_| x.to_string(), |rounded| rounded.to_string())
}

/// The day that a number means in a workbook whose days count from 1904.
pub fn serial_1904(days: i64) -> Option<chrono::NaiveDate> {
    const BETWEEN_SYSTEMS: i64 = 1_462;
    dates::from_serial(days + BETWEEN_SYSTEMS)
}
