//! An answer as a workbook: its rows on the first sheet, on the second what they are. Pure; the same rows give the same bytes.

use crate::error::{Error, Result};
use crate::rows::{Rows, Value};
use crate::text::{Lang, say};
use chrono::NaiveDate;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// What stands around the rows.
pub struct Facts<'a> {
    pub title: &'a str,
    pub as_of: NaiveDate,
    /// A head for each column.
    pub heads: Vec<&'a str>,
    /// What the rows are: names and words.
    pub about: Vec<(String, String)>,
}

/// Signs that a cell holds.
const CELL_MAX: usize = 32_767;
/// Digits that a number of a spreadsheet holds exactly; more are written as text.
const DIGITS_MAX: u32 = 15;
/// Widths of columns, in digits.
const WIDTH_ROWS: f64 = 16.0;
const WIDTH_WORDS: f64 = 100.0;

pub fn write_workbook(rows: &Rows, facts: &Facts<'_>, lang: Lang) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let written = fill(&mut book, rows, facts, lang).and_then(|()| book.save_to_buffer());
    written.map_err(|e| Error::internal("output").with("cause", e))
}

fn fill(book: &mut Workbook, rows: &Rows, facts: &Facts<'_>, lang: Lang) -> Result<(), XlsxError> {
    // The edition's day, not the clock's.
    let day = ExcelDateTime::parse_from_str(&facts.as_of.to_string())?;
    book.set_properties(&DocProperties::new().set_title(facts.title).set_creation_datetime(&day));
    let sheet = book.add_worksheet();
    sheet.set_name(say(lang, "take.rows", &[]))?;
    sheet.set_freeze_panes(1, 0)?;
    let (head, date) = (Format::new().set_bold().set_text_wrap(), Format::new().set_num_format("yyyy-mm-dd"));
    for (i, words) in (0..).zip(&facts.heads) {
        sheet.set_column_width(i, WIDTH_ROWS)?;
        sheet.write_string_with_format(0, i, cell_text(words), &head)?;
    }
    for (row, values) in (1..).zip(&rows.rows) {
        for (column, value) in (0..).zip(values) {
            write_value(sheet, row, column, value, &date)?;
        }
    }
    let about = book.add_worksheet();
    about.set_name(say(lang, "take.about", &[]))?;
    about.set_column_width(0, WIDTH_ROWS)?.set_column_width(1, WIDTH_WORDS)?;
    let wrapped = Format::new().set_text_wrap();
    for (row, (name, words)) in (0..).zip(&facts.about) {
        about.write_string_with_format(row, 0, cell_text(name), &head)?;
        about.write_string_with_format(row, 1, cell_text(words), &wrapped)?;
    }
    Ok(())
}

/// Texts are written as texts, so that none of them is a formula.
fn write_value(sheet: &mut Worksheet, row: u32, column: u16, value: &Value, date: &Format) -> Result<(), XlsxError> {
    match value {
        Value::Null => return Ok(()),
        Value::Bool(is_so) => sheet.write_boolean(row, column, *is_so)?,
        Value::Date(day) => match ExcelDateTime::parse_from_str(&day.to_string()) {
            Ok(day) => sheet.write_datetime_with_format(row, column, day, date)?,
            // A day that no spreadsheet has, as before 1900.
            Err(_) => sheet.write_string(row, column, day.to_string())?,
        },
        Value::Int(n) if n.unsigned_abs() < 10u64.pow(DIGITS_MAX) => sheet.write_number(row, column, *n as f64)?,
        Value::Decimal { unscaled, scale } if digits(*unscaled, *scale) <= DIGITS_MAX => {
            sheet.write_number(row, column, value.as_f64().unwrap_or_default())?
        }
        Value::Float(n) if n.is_finite() => sheet.write_number(row, column, *n)?,
        other => sheet.write_string(row, column, cell_text(&other.to_string()))?,
    };
    Ok(())
}

/// The digits that a decimal shows, without the zeros at its end.
fn digits(mut unscaled: i128, mut scale: u8) -> u32 {
    while scale > 0 && unscaled % 10 == 0 {
        unscaled /= 10;
        scale -= 1;
    }
    unscaled.unsigned_abs().checked_ilog10().map_or(1, |n| n + 1)
}

/// As much of a text as a cell holds.
fn cell_text(text: &str) -> String {
    text.chars().take(CELL_MAX).collect()
}
