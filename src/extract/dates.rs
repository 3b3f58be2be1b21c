//! Dates as offices write them (FEEDS.md, "How a file is read"). Pure.

use super::clean::{Repairs, half_width};
use chrono::{Datelike, NaiveDate};

/// A date read from a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadDate {
    pub date: NaiveDate,
    pub repairs: Repairs,
    /// The cell had no year; the period's was taken.
    pub year_assumed: bool,
}

/// The earliest year that a date in an extract can have.
const YEAR_FIRST: i32 = 1900;
const YEAR_LAST: i32 = 2199;

/// Reads a cleaned, non-blank cell. `words` are the words for year, month and day of the project's language;
/// `month_allowed` lets a month stand for its first day; `period_year` completes a date without a year.
pub fn read_date(text: &str, words: &[String; 3], month_allowed: bool, period_year: i32) -> Option<ReadDate> {
    if let Some(date) = iso_date(text) {
        return Some(ReadDate { date, repairs: Repairs::NONE, year_assumed: false });
    }
    // Dots, dashes and strokes come in full width too.
    if text.chars().any(|c| half_width(c) != c) {
        let half: String = text.chars().map(half_width).collect();
        let read = read_date(&half, words, month_allowed, period_year)?;
        return Some(ReadDate { repairs: read.repairs.and(Repairs::DATE_FORM), ..read });
    }
    let text = without_time(text);
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return digits_only(text, month_allowed);
    }
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && let Some((whole, part)) = text.split_once('.')
        && whole.len() == 5
        && !part.contains('.')
    {
        return serial_date(whole.parse().ok()?);
    }
    let written = written_parts(text, words)?;
    let form = |date| ReadDate { date, repairs: Repairs::DATE_FORM, year_assumed: false };
    match written {
        Written { year: Some(y), month, day: Some(d) } => valid(y, month, d).map(form),
        Written { year: Some(y), month, day: None } if month_allowed => valid(y, month, 1).map(form),
        Written { year: None, month, day: Some(d) } => {
            valid(period_year, month, d).map(|date| ReadDate { date, repairs: Repairs::DATE_FORM, year_assumed: true })
        }
        _ => None,
    }
}

/// Excel's day number in the system that begins in 1900 (with its leap day of 1900 that never was).
pub fn from_serial(days: i64) -> Option<NaiveDate> {
    let start = NaiveDate::from_ymd_opt(1899, 12, 30)?;
    let date = start.checked_add_signed(chrono::Duration::try_days(days)?)?;
    (YEAR_FIRST..=YEAR_LAST).contains(&date.year()).then_some(date)
}

fn serial_date(days: i64) -> Option<ReadDate> {
    from_serial(days).map(|date| ReadDate { date, repairs: Repairs::DATE_SERIAL, year_assumed: false })
}

fn valid(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    if !(YEAR_FIRST..=YEAR_LAST).contains(&year) {
        return None;
    }
    NaiveDate::from_ymd_opt(year, month, day)
}

/// `YYYY-MM-DD`, the one form that is no repair.
fn iso_date(text: &str) -> Option<NaiveDate> {
    let b = text.as_bytes();
    if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        b[range].iter().try_fold(0u32, |n, d| d.is_ascii_digit().then(|| n * 10 + u32::from(d - b'0')))
    };
    valid(number(0..4)? as i32, number(5..7)?, number(8..10)?)
}

/// Cuts a time of day that follows a blank or a `T`.
fn without_time(text: &str) -> &str {
    match text.find([' ', 'T']) {
        Some(at) if text[at + 1..].contains(':') && text[..at].bytes().any(|b| b.is_ascii_digit()) => &text[..at],
        _ => text,
    }
}

fn digits_only(text: &str, month_allowed: bool) -> Option<ReadDate> {
    let number: i64 = text.parse().ok()?;
    let form = |date| ReadDate { date, repairs: Repairs::DATE_FORM, year_assumed: false };
    match text.len() {
        8 => valid((number / 10_000) as i32, (number / 100 % 100) as u32, (number % 100) as u32).map(form),
        6 if month_allowed => valid((number / 100) as i32, (number % 100) as u32, 1).map(form),
        5 => serial_date(number),
        _ => None,
    }
}

struct Written {
    year: Option<i32>,
    month: u32,
    day: Option<u32>,
}

/// Splits `2018.3.5`, `2018/03/05`, `2018-3-5` and the written forms into numbers.
fn written_parts(text: &str, words: &[String; 3]) -> Option<Written> {
    if words.iter().any(|w| !w.is_empty() && text.contains(w.as_str())) {
        let mut rest = text;
        let mut found = [None; 3];
        for (slot, word) in found.iter_mut().zip(words) {
            if let Some((number, after)) = rest.split_once(word.as_str()) {
                *slot = Some(small_number(number.trim())?);
                rest = after.trim();
            }
        }
        if !rest.is_empty() {
            if found[2].is_some() || found[1].is_none() {
                return None;
            }
            found[2] = Some(small_number(rest)?);
        }
        let [year, Some(month), day] = found else { return None };
        if year.is_some_and(|y| y < YEAR_FIRST as u32) {
            return None;
        }
        return Some(Written { year: year.map(|y| y as i32), month, day });
    }
    let separator = text.chars().find(|c| matches!(c, '.' | '/' | '-'))?;
    let parts: Vec<&str> = text.split(separator).map(str::trim).collect();
    let numbers: Vec<u32> = parts.iter().map(|p| small_number(p)).collect::<Option<_>>()?;
    match (numbers.as_slice(), parts[0].len()) {
        ([y, m, d], 4) => Some(Written { year: Some(*y as i32), month: *m, day: Some(*d) }),
        ([y, m], 4) => Some(Written { year: Some(*y as i32), month: *m, day: None }),
        _ => None,
    }
}

fn small_number(text: &str) -> Option<u32> {
    (!text.is_empty() && text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}
