//! Rows that are not delivered rows: totals, notes, headers on every printed page, blank templates. Every row is asked,
//! so each question ends at the first cell that answers it.

use super::clean::{clean_cell, normalise_header, normalised_chars};
use super::header::{Column, Header, Meaning};
use super::rows::RowView;
use crate::project::{Contract, Reading};

/// Whether a row below the header is to be left out (and counted). Column order is free, so the telling word may stand
/// under any header.
pub fn is_left_out(row: RowView<'_>, header: &Header, contract: &Contract, reading: &Reading) -> bool {
    is_template(row, header, contract, reading)
        || is_total(row, reading)
        || is_note(row, reading)
        || is_header_again(row, header)
}

/// Cells that hold anything, as they stand.
fn filled(row: RowView<'_>) -> impl Iterator<Item = &str> {
    row.iter().filter(|cell| !is_blank(cell))
}

/// Whether nothing is left of a cell as headers are compared.
fn is_blank(cell: &str) -> bool {
    !cell.as_bytes().first().is_some_and(u8::is_ascii_graphic) && normalised_chars(cell).next().is_none()
}

/// Words that say so and figures, nothing else.
fn is_total(row: RowView<'_>, reading: &Reading) -> bool {
    let says_total = |cell: &str| {
        let first = normalised_chars(cell).next();
        let begins = |word: &String| word.chars().next() == first;
        reading.totals.iter().any(begins) && {
            let text = normalise_header(cell);
            reading.totals.iter().any(|w| *w == text.trim_end_matches(':'))
        }
    };
    let mut found = false;
    for cell in filled(row) {
        if is_figure(cell) {
            continue;
        }
        if !says_total(cell) {
            return false;
        }
        found = true;
    }
    found || filled(row).any(says_total)
}

/// A figure as it may stand beside the word; no day and no person's number: a row that has one is no total.
fn is_figure(cell: &str) -> bool {
    const FIGURE_BYTES_MAX: usize = 14;
    let says_figure = |text: &str| {
        let bare = text.trim_matches('-');
        bare.len() <= FIGURE_BYTES_MAX && bare.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'%'))
    };
    // Most cells are told by their bytes, the rest mostly by the first.
    let of_figure = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '%');
    says_figure(cell) || (normalised_chars(cell).next().is_none_or(of_figure) && says_figure(&normalise_header(cell)))
}

/// A note, which may be merged over the table and stand in each of its columns.
fn is_note(row: RowView<'_>, reading: &Reading) -> bool {
    const CELLS_MAX: usize = 2;
    let mut different: Vec<&str> = Vec::with_capacity(CELLS_MAX);
    for cell in filled(row) {
        if different.last().is_some_and(|last| normalised_chars(last).eq(normalised_chars(cell))) {
            continue;
        }
        if different.len() == CELLS_MAX {
            return false;
        }
        different.push(cell);
    }
    different.iter().any(|cell| {
        let text = normalise_header(cell);
        reading.notes.iter().any(|w| text.starts_with(&normalise_header(w)))
    })
}

/// Nothing in any column that is known, or nothing but the running number that stands where an identifier may.
fn is_template(row: RowView<'_>, header: &Header, contract: &Contract, reading: &Reading) -> bool {
    let holds_nothing = |cell: &str| {
        let (text, _) = clean_cell(cell);
        text.is_empty() || reading.blanks.iter().any(|w| *w == *text)
    };
    let made = contract.made_id.as_ref().and_then(|made| contract.field_index(&made.field));
    let is_filled = |c: &Column| row.get(c.at).is_some_and(|cell| !holds_nothing(cell));
    let is_running_number = |c: &Column| {
        let cell = row.get(c.at).unwrap_or("").trim();
        made.is_some_and(|field| c.meaning == Meaning::Field(field)) && cell.bytes().all(|b| b.is_ascii_digit())
    };
    header.columns.iter().filter(|c| is_filled(c)).all(is_running_number)
}

/// The header, one of its rows or a title above it once more, or the numbers of the columns below it.
fn is_header_again(row: RowView<'_>, header: &Header) -> bool {
    let says = |cell: &str, text: &str| normalised_chars(cell).eq(text.chars());
    let same = |c: &Column| row.get(c.at).is_some_and(|cell| says(cell, &header.names[c.at]));
    if header.columns.len() > 2 && header.columns.iter().all(same) {
        return true;
    }
    // Blank cells at the end of a row do not count; those of the header's lines are cut off.
    let is_line = |line: &Vec<String>| {
        line.len() <= row.len()
            && line.iter().zip(row.iter()).all(|(text, cell)| says(cell, text))
            && row.iter().skip(line.len()).all(is_blank)
    };
    if header.lines.iter().any(is_line) {
        return true;
    }
    const COLUMNS_NUMBERED_MIN: usize = 3;
    let mut cells = 0;
    let mut blanks = 0;
    for (at, cell) in row.iter().enumerate() {
        if is_blank(cell) {
            blanks += 1;
        } else if blanks > 0 || !says(cell, &(at + 1).to_string()) {
            return false;
        } else {
            cells += 1;
        }
    }
    cells >= COLUMNS_NUMBERED_MIN && cells >= header.columns.len()
}
