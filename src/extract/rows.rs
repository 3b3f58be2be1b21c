//! A run of rows as they stand in a file: the text of all cells in one piece, and where each cell lies in it. No cell
//! has an allocation of its own.

use super::limits::{CELL_BYTES_MAX, COLUMNS_MAX, Limit};
use super::source::{Refusal, Repeated, check_row_bytes};
use csv::StringRecord;

/// Rows read and not yet typed.
#[derive(Default)]
pub struct Rows {
    text: String,
    cells: Vec<Span>,
    rows: Vec<RowAt>,
    /// By row: cells whose value was repeated from a merged cell.
    repeated: Vec<(u32, Repeated)>,
}

/// Where a cell lies in the text of its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

struct RowAt {
    number: u64,
    /// The position of the row's first cell, and of its text.
    first: u32,
    text: u32,
    /// The column of the file from which a row of the wide form was made.
    wide_at: Option<u32>,
}

/// One row of a run.
#[derive(Clone, Copy)]
pub struct RowView<'r> {
    rows: &'r Rows,
    at: usize,
}

impl Rows {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// What the run takes of memory.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.cells.len() * size_of::<Span>()
    }

    pub fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
        self.rows.clear();
        self.repeated.clear();
    }

    /// Begins a row; its cells follow.
    pub fn begin_row(&mut self, number: u64) {
        let (first, text) = (self.cells.len() as u32, self.text.len() as u32);
        self.rows.push(RowAt { number, first, text, wide_at: None });
    }

    pub fn push_cell(&mut self, cell: &str) {
        let start = self.text.len() as u32;
        self.text.push_str(cell);
        self.cells.push(Span { start, end: self.text.len() as u32 });
    }

    /// The length of the text so far: where the next piece begins.
    pub fn text_len(&self) -> usize {
        self.text.len()
    }

    /// Adds text in which cells lie that are pushed by [`Rows::push_span`].
    pub fn push_text(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub fn push_span(&mut self, start: usize, end: usize) {
        self.cells.push(Span { start: start as u32, end: end as u32 });
    }

    pub fn push_record(&mut self, number: u64, cells: &StringRecord, repeated: &[Repeated]) {
        self.begin_row(number);
        let row = (self.rows.len() - 1) as u32;
        self.repeated.extend(repeated.iter().map(|repeated| (row, *repeated)));
        let base = self.text.len() as u32;
        self.text.push_str(cells.as_slice());
        self.cells.extend(
            (0..cells.len())
                .filter_map(|at| cells.range(at))
                .map(|range| Span { start: base + range.start as u32, end: base + range.end as u32 }),
        );
    }

    /// Adds a row of the wide form, made from a column of the file.
    pub fn push_wide(&mut self, number: u64, cells: &StringRecord, repeated: &[Repeated], wide_at: usize) {
        self.push_record(number, cells, repeated);
        if let Some(row) = self.rows.last_mut() {
            row.wide_at = Some(wide_at as u32);
        }
    }

    /// Takes back the cells of the last row, which goes on.
    pub fn cut_row(&mut self) {
        if let Some(row) = self.rows.last() {
            self.cells.truncate(row.first as usize);
            self.text.truncate(row.text as usize);
        }
    }

    /// Takes back the last row.
    pub fn pop_row(&mut self) {
        self.cut_row();
        self.rows.pop();
        let rows = self.rows.len() as u32;
        while self.repeated.last().is_some_and(|(row, _)| *row >= rows) {
            self.repeated.pop();
        }
    }

    pub fn number(&self, row: usize) -> u64 {
        self.rows[row].number
    }

    pub fn row(&self, at: usize) -> RowView<'_> {
        RowView { rows: self, at }
    }

    pub fn last(&self) -> Option<RowView<'_>> {
        self.rows.len().checked_sub(1).map(|at| self.row(at))
    }

    /// A cell's place; `None` where the row is shorter.
    pub fn span(&self, row: usize, column: usize) -> Option<Span> {
        self.spans(row).get(column).copied()
    }

    pub fn text_of(&self, span: Span) -> &str {
        &self.text[span.start as usize..span.end as usize]
    }

    /// A cell's text; "" where the row is shorter.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        self.span(row, column).map_or("", |span| self.text_of(span))
    }

    pub fn repeated(&self) -> &[(u32, Repeated)] {
        &self.repeated
    }

    fn spans(&self, row: usize) -> &[Span] {
        let first = self.rows[row].first as usize;
        let end = self.rows.get(row + 1).map_or(self.cells.len(), |next| next.first as usize);
        &self.cells[first..end]
    }
}

impl<'r> RowView<'r> {
    pub fn number(self) -> u64 {
        self.rows.number(self.at)
    }

    pub fn len(self) -> usize {
        self.rows.spans(self.at).len()
    }

    pub fn get(self, column: usize) -> Option<&'r str> {
        self.rows.span(self.at, column).map(|span| self.rows.text_of(span))
    }

    pub fn iter(self) -> impl Iterator<Item = &'r str> {
        let rows = self.rows;
        rows.spans(self.at).iter().map(move |span| rows.text_of(*span))
    }

    /// Columns whose value was repeated from a merged cell.
    pub fn repeated(self) -> impl Iterator<Item = &'r Repeated> {
        let all = self.rows.repeated.as_slice();
        let first = all.partition_point(|(row, _)| (*row as usize) < self.at);
        all[first..].iter().take_while(move |(row, _)| *row as usize == self.at).map(|(_, repeated)| repeated)
    }

    /// The column of the file from which a row of the wide form was made.
    pub fn wide_at(self) -> Option<usize> {
        self.rows.rows[self.at].wide_at.map(|at| at as usize)
    }

    /// The length of its cells' text.
    pub fn bytes(self) -> usize {
        self.rows.spans(self.at).iter().map(|span| (span.end - span.start) as usize).sum()
    }

    pub fn to_record(self) -> StringRecord {
        self.iter().collect()
    }

    pub fn is_blank(self) -> bool {
        self.iter().all(|cell| cell.trim().is_empty())
    }

    /// Refuses the file for a row beyond the limits of columns, cells and text.
    pub fn check(self) -> Result<(), Refusal> {
        let spans = self.rows.spans(self.at);
        if spans.len() > COLUMNS_MAX {
            return Err(Refusal::too_large(Limit::Columns, spans.len() as u64, ""));
        }
        let text = self.rows.text.len() - self.rows.rows[self.at].text as usize;
        if text <= CELL_BYTES_MAX {
            return Ok(());
        }
        if let Some(cell) = self.iter().find(|cell| cell.len() > CELL_BYTES_MAX) {
            return Err(Refusal::too_large(Limit::Cell, cell.len() as u64, format!("row {}", self.number())));
        }
        check_row_bytes(self.number(), self.bytes())
    }
}
