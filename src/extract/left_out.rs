//! Rows that are not delivered rows: totals, notes, headers on every printed page, blank templates.

use super::clean::{clean_cell, normalise_header};
use super::header::{Column, Header, Meaning, normalised};
use crate::project::{Contract, Reading};
use csv::StringRecord;

/// Whether a row below the header is to be left out (and counted). Column order is free, so the telling word may stand
/// under any header.
pub fn is_left_out(record: &StringRecord, header: &Header, contract: &Contract, reading: &Reading) -> bool {
    if is_template(record, header, contract, reading) {
        return true;
    }
    let mut filled: Vec<String> = record.iter().map(normalise_header).filter(|c| !c.is_empty()).collect();
    let is_total = |c: &String| reading.totals.iter().any(|w| *w == c.trim_end_matches(':'));
    // No day and no person's number: a row that has one is no total.
    const FIGURE_BYTES_MAX: usize = 14;
    let is_figure = |c: &String| {
        let bare = c.trim_matches('-');
        bare.len() <= FIGURE_BYTES_MAX && bare.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'%'))
    };
    if filled.iter().any(is_total) && filled.iter().all(|c| is_total(c) || is_figure(c)) {
        return true;
    }
    // A note that is merged over the table stands in each of its columns.
    filled.dedup();
    let is_note = |c: &String| reading.notes.iter().any(|w| c.starts_with(&normalise_header(w)));
    if filled.len() <= 2 && filled.iter().any(is_note) {
        return true;
    }
    is_header_again(record, header)
}

/// Nothing in any column that is known, or nothing but the running number that stands where an identifier may.
fn is_template(record: &StringRecord, header: &Header, contract: &Contract, reading: &Reading) -> bool {
    let is_blank = |cell: &str| {
        let (text, _) = clean_cell(cell);
        text.is_empty() || reading.blanks.iter().any(|w| *w == *text)
    };
    let made = contract.made_id.as_ref().and_then(|made| contract.field_index(&made.field));
    let is_filled = |c: &Column| record.get(c.at).is_some_and(|cell| !is_blank(cell));
    let is_running_number = |c: &Column| {
        let cell = record.get(c.at).unwrap_or("").trim();
        made.is_some_and(|field| c.meaning == Meaning::Field(field)) && cell.bytes().all(|b| b.is_ascii_digit())
    };
    header.columns.iter().filter(|c| is_filled(c)).all(is_running_number)
}

/// The header, one of its rows or a title above it once more, or the numbers of the columns below it.
fn is_header_again(record: &StringRecord, header: &Header) -> bool {
    let same = |c: &Column| record.get(c.at).map(normalise_header).is_some_and(|t| t == header.names[c.at]);
    if header.columns.len() > 2 && header.columns.iter().all(same) {
        return true;
    }
    let cells = normalised(record);
    if header.lines.contains(&cells) {
        return true;
    }
    const COLUMNS_NUMBERED_MIN: usize = 3;
    let numbered = cells.iter().enumerate().all(|(i, cell)| *cell == (i + 1).to_string());
    numbered && cells.len() >= COLUMNS_NUMBERED_MIN && cells.len() >= header.columns.len()
}
