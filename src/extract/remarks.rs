//! Where in a file each fault stands, for who sends the file back. Filled while a file is read, if somebody asks; holds
//! people's cells, so it goes nowhere but into the papers for the sender.

use super::file::Row;
use super::header::{Header, HeaderFault, Meaning, is_data};
use crate::project::Contract;
use std::collections::{BTreeMap, BTreeSet};

/// Faults kept one by one; beyond that they are counted only. A sheet with more is wrong throughout, and its first
/// two hundred thousand cells say so.
pub const FAULTS_MAX: usize = 200_000;
/// How much of a faulty cell is kept.
const VALUE_CHARS_MAX: usize = 200;
/// Rows named for each kind of fault or repair.
const FIRST_ROWS_MAX: usize = 5;

/// A sheet: its place among the sheets that were looked at, its name, and what is added to its row numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub sheet_at: usize,
    pub sheet: String,
    pub offset: u64,
}

/// A fault of one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The delivered row's number.
    pub row: u64,
    /// The file's column, counted from 0; `None` where the file has no column for the field.
    pub column: Option<usize>,
    /// The cell to mark (row number, column): the one that holds the value, where cells are merged; the row's first
    /// known column, where there is none.
    pub mark: (u64, usize),
    /// The field's position in the contract.
    pub field: u16,
    pub reason: &'static str,
    /// Whether it keeps the row out, or is a warning.
    pub rejects: bool,
    /// Of a duplicate: the number of the row that was kept.
    pub first_row: Option<u64>,
    /// What stands in the cell, shortened.
    pub value: String,
}

/// How many cells, and the numbers of the first rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub cells: u64,
    pub first_rows: Vec<u64>,
}

impl Count {
    fn add(&mut self, row: u64) {
        self.cells += 1;
        if self.first_rows.len() < FIRST_ROWS_MAX && self.first_rows.last() != Some(&row) {
            self.first_rows.push(row);
        }
    }
}

/// Why the header was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderRemark {
    pub place: Place,
    /// The number of the header's last row, or of what is most like one.
    pub row: u64,
    /// The header's first cell (row number, column).
    pub first: (u64, usize),
    /// Its cells that were not understood; none where the row holds data.
    pub unknown: Vec<(u64, usize)>,
    /// The cells of two columns with one meaning, the first one first.
    pub twice: Vec<(u64, usize)>,
    pub missing: Vec<String>,
}

impl HeaderRemark {
    /// `row` is the header's last row; of merged cells the one that holds the text counts.
    pub(super) fn new(place: Place, row: &Row, fault: HeaderFault) -> HeaderRemark {
        let HeaderFault { known, twice, missing, .. } = fault;
        let cell = |column: usize| {
            let from = row.repeated.iter().find(|r| r.column == column).map_or((row.number, column), |r| r.from);
            (from.0 + place.offset, from.1)
        };
        let filled: Vec<usize> =
            row.cells.iter().enumerate().filter(|(_, c)| !c.trim().is_empty()).map(|(at, _)| at).collect();
        let is_unknown = |at: &&usize| !known.contains(at) && !twice.contains(at);
        let mut unknown: Vec<(u64, usize)> = match is_data(&row.cells) {
            true => Vec::new(),
            false => filled.iter().filter(is_unknown).map(|at| cell(*at)).collect(),
        };
        unknown.dedup();
        HeaderRemark {
            row: row.number + place.offset,
            first: cell(filled.first().copied().unwrap_or(0)),
            unknown,
            twice: twice.iter().map(|at| cell(*at)).collect(),
            missing,
            place,
        }
    }
}

/// Everything found in one file, in the order of its rows.
#[derive(Clone, Debug, Default)]
pub struct Remarks {
    /// The sheet that holds the data, once it was found.
    pub place: Option<Place>,
    /// The numbers of the header's first and last row.
    pub header_rows: (u64, u64),
    /// The header's text of each column.
    pub header: Vec<String>,
    /// The field whose values stand in each column, by its position in the contract.
    pub fields: BTreeMap<usize, usize>,
    pub header_fault: Option<HeaderRemark>,
    pub faults: Vec<Remark>,
    /// By whether it rejects (rejects first), reason and field.
    pub counts: BTreeMap<(bool, &'static str, u16), Count>,
    /// By field and kind.
    pub repairs: BTreeMap<(u16, &'static str), Count>,
}

impl Remarks {
    pub(super) fn begin(&mut self, place: Place, head: &[Row], header: &Header, contract: &Contract) {
        let number = |at: usize| head.get(at).map_or(0, |r| r.number + place.offset);
        let last = header.rows.saturating_sub(1);
        // A title that reaches down to the header is no part of it.
        let is_title = |at: &usize| {
            let cells = head.get(*at).into_iter().flat_map(|row| row.cells.iter());
            let texts: BTreeSet<&str> = cells.map(str::trim).filter(|text| !text.is_empty()).collect();
            texts.len() <= 1
        };
        let first = (header.first..last).find(|at| !is_title(at)).unwrap_or(last);
        self.header_rows = (number(first), number(last));
        self.header.clone_from(&header.names);
        self.fields = header
            .columns
            .iter()
            .filter_map(|c| match c.meaning {
                Meaning::Field(field) => Some((c.at, field)),
                Meaning::WideValue(_) => {
                    let value = contract.wide.as_ref().and_then(|wide| contract.field_index(&wide.value));
                    value.map(|field| (c.at, field))
                }
            })
            .collect();
        self.place = Some(place);
    }

    pub(super) fn add_fault(&mut self, mut remark: Remark) {
        let offset = self.offset();
        remark.row += offset;
        remark.mark.0 += offset;
        remark.first_row = remark.first_row.map(|row| row + offset);
        self.counts.entry((!remark.rejects, remark.reason, remark.field)).or_default().add(remark.row);
        if self.faults.len() < FAULTS_MAX {
            if remark.value.len() > VALUE_CHARS_MAX {
                remark.value = remark.value.chars().take(VALUE_CHARS_MAX).collect();
            }
            self.faults.push(remark);
        }
    }

    pub(super) fn add_repair(&mut self, field: u16, kind: &'static str, row: u64) {
        let row = row + self.offset();
        self.repairs.entry((field, kind)).or_default().add(row);
    }

    /// Faulty cells in all; those beyond [`FAULTS_MAX`] are counted, not kept.
    pub fn cells(&self) -> u64 {
        self.counts.values().map(|c| c.cells).sum()
    }

    fn offset(&self) -> u64 {
        self.place.as_ref().map_or(0, |p| p.offset)
    }
}
