//! The last look at an answer before it leaves: a number that can only be a person's is covered, wherever a clerk typed it.
//! Columns of ID numbers and telephones are hidden from every asker anyway; this is about employers, notes and record
//! numbers into which one was typed. Counting and joining go before it, so no figure depends on it.

use arrow::array::{Array, ArrayRef, AsArray, LargeStringArray, RecordBatch, StringArray, StringViewArray, make_array};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use std::sync::Arc;

/// The batch with every such number replaced by stars, in texts and in lists and structs of texts. The year is that of the
/// as-of date: who is in a ledger was born long before.
pub fn veil(batch: RecordBatch, year_now: i32) -> Result<RecordBatch, ArrowError> {
    let columns: Vec<ArrayRef> =
        batch.columns().iter().map(|array| veil_array(array, year_now)).collect::<Result<_, _>>()?;
    RecordBatch::try_new(batch.schema(), columns)
}

fn veil_array(array: &ArrayRef, year_now: i32) -> Result<ArrayRef, ArrowError> {
    let found: Option<ArrayRef> = match array.data_type() {
        DataType::Utf8 => {
            covered(array.as_string::<i32>().iter(), year_now).map(|t| Arc::new(StringArray::from(t)) as ArrayRef)
        }
        DataType::LargeUtf8 => {
            covered(array.as_string::<i64>().iter(), year_now).map(|t| Arc::new(LargeStringArray::from(t)) as ArrayRef)
        }
        DataType::Utf8View => covered(array.as_string_view().iter(), year_now)
            .map(|t| Arc::new(t.into_iter().collect::<StringViewArray>()) as ArrayRef),
        _ if array.to_data().child_data().is_empty() => None,
        _ => {
            let data = array.to_data();
            let parts =
                data.child_data().iter().map(|part| Ok(veil_array(&make_array(part.clone()), year_now)?.to_data()));
            let parts = parts.collect::<Result<_, ArrowError>>()?;
            Some(make_array(data.into_builder().child_data(parts).build()?))
        }
    };
    Ok(found.unwrap_or_else(|| array.clone()))
}

/// The texts of a column with their numbers covered; `None` if there is nothing to cover.
fn covered<'a>(texts: impl Iterator<Item = Option<&'a str>> + Clone, year_now: i32) -> Option<Vec<Option<String>>> {
    let is_bare = |text: Option<&str>| text.is_some_and(|t| !numbers(t, year_now).is_empty());
    texts.clone().any(is_bare).then(|| texts.map(|text| text.map(|t| cover_numbers(t, year_now))).collect())
}

/// The text with the digits of every number that can only be a person's replaced by stars.
fn cover_numbers(text: &str, year_now: i32) -> String {
    let found = numbers(text, year_now);
    if found.is_empty() {
        return text.to_owned();
    }
    let is_covered =
        |at: usize, c: char| (digit(c).is_some() || X.contains(c)) && found.iter().any(|r| r.contains(&at));
    text.char_indices().map(|(at, c)| if is_covered(at, c) { '*' } else { c }).collect()
}

/// What an ID number may end with, of full width too.
const X: &str = "Xx\u{ff38}\u{ff58}";

/// A digit, of full width too.
fn digit(c: char) -> Option<u32> {
    const FULL_WIDTH_ZERO: char = '\u{ff10}';
    match c {
        '0'..='9' => c.to_digit(10),
        '\u{ff10}'..='\u{ff19}' => Some(u32::from(c) - u32::from(FULL_WIDTH_ZERO)),
        _ => None,
    }
}

/// Byte ranges of the numbers that can only be a person's: runs of digits with no Latin letter beside them, which a
/// pseudonym or a check sum has. A mobile number may be written 138-0431-1234.
fn numbers(text: &str, year_now: i32) -> Vec<std::ops::Range<usize>> {
    // A mobile number has eleven digits, the shortest there is.
    if text.len() < 11 {
        return Vec::new();
    }
    let mut runs: Vec<(std::ops::Range<usize>, Vec<u32>)> = Vec::new();
    let mut before = None;
    let mut letters_after: Vec<bool> = Vec::new();
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        match digit(c) {
            Some(d) => match runs.last_mut().filter(|(range, _)| range.end == at) {
                Some((range, digits)) => {
                    range.end = end;
                    digits.push(d);
                }
                // A letter before it: the run is a part of something longer.
                None => {
                    runs.push((at..end, vec![d]));
                    letters_after.push(before.is_some_and(|b: char| b.is_ascii_alphabetic()));
                }
            },
            None => {
                if let Some((range, digits)) = runs.last_mut().filter(|(range, _)| range.end == at) {
                    const ID_DIGITS_BEFORE_X: usize = 17;
                    if X.contains(c) && digits.len() == ID_DIGITS_BEFORE_X {
                        range.end = end;
                        digits.push(10);
                    } else if c.is_ascii_alphabetic()
                        && let Some(is_part) = letters_after.last_mut()
                    {
                        *is_part = true;
                    }
                }
            }
        }
        before = Some(c);
    }
    let whole: Vec<_> =
        runs.into_iter().zip(letters_after).filter(|(_, is_part)| !is_part).map(|(run, _)| run).collect();
    let mut found: Vec<std::ops::Range<usize>> = whole
        .iter()
        .filter(|(_, d)| is_id_number(d, year_now) || is_mobile(d))
        .map(|(range, _)| range.clone())
        .collect();
    for three in whole.windows(3) {
        let [(a, first), (b, second), (c, third)] = three else { continue };
        let gaps = [&text[a.end..b.start], &text[b.end..c.start]];
        let is_spaced = gaps.iter().all(|gap| ["-", " ", "\u{2014}", "\u{ff0d}"].contains(gap));
        if is_spaced
            && [first.len(), second.len(), third.len()] == [3, 4, 4]
            && is_mobile(&[&first[..], second, third].concat())
        {
            found.push(a.start..c.end);
        }
    }
    found
}

/// Eleven digits from 13 on, perhaps after the country's 86.
fn is_mobile(digits: &[u32]) -> bool {
    let digits = digits.strip_prefix(&[0, 0, 8, 6]).or_else(|| digits.strip_prefix(&[8, 6])).unwrap_or(digits);
    digits.len() == 11 && digits[0] == 1 && digits[1] >= 3
}

/// 18 digits (GB 11643-1999; the last may be an X), or the 15 of older ones, with a day of birth where it belongs. The check
/// digit is not asked for: a number with a slip in it is still somebody's. Nobody in a ledger is younger or older than the
/// ages below, so that a contract numbered by place, day and serial number is none.
fn is_id_number(digits: &[u32], year_now: i32) -> bool {
    const AGES: std::ops::RangeInclusive<i32> = 14..=98;
    const OLDER_CENTURY: u32 = 1_900;
    let number = |range: std::ops::Range<usize>| digits[range].iter().fold(0, |n, d| n * 10 + d);
    let (year, month, day) = match digits.len() {
        18 => (number(6..10), number(10..12), number(12..14)),
        15 => (OLDER_CENTURY + number(6..8), number(8..10), number(10..12)),
        _ => return false,
    };
    let year = year as i32;
    AGES.contains(&(year_now - year)) && chrono::NaiveDate::from_ymd_opt(year, month, day).is_some()
}
