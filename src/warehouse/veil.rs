//! The last look at an answer before it leaves: a number that can only be a person's is covered, wherever a clerk typed it.
//! Columns of ID numbers and telephones are hidden from every asker anyway; this is about employers, notes and record
//! numbers into which one was typed. Counting and joining go before it, so no figure depends on it.

use arrow::array::{Array, ArrayRef, AsArray, LargeStringArray, RecordBatch, StringArray, StringViewArray, make_array};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use std::sync::Arc;

/// The batch with every such number replaced by stars, in texts and in lists and structs of texts.
pub fn veil(batch: RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns: Vec<ArrayRef> = batch.columns().iter().map(veil_array).collect::<Result<_, _>>()?;
    RecordBatch::try_new(batch.schema(), columns)
}

fn veil_array(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    fn texts<'a>(values: impl Iterator<Item = Option<&'a str>> + Clone) -> Option<Vec<Option<String>>> {
        let is_bare = |text: &Option<&str>| text.is_some_and(|t| !numbers(t).is_empty());
        values.clone().any(|text| is_bare(&text)).then(|| values.map(|text| text.map(cover_numbers)).collect())
    }
    let covered: Option<ArrayRef> = match array.data_type() {
        DataType::Utf8 => texts(array.as_string::<i32>().iter()).map(|t| Arc::new(StringArray::from(t)) as ArrayRef),
        DataType::LargeUtf8 => {
            texts(array.as_string::<i64>().iter()).map(|t| Arc::new(LargeStringArray::from(t)) as ArrayRef)
        }
        DataType::Utf8View => texts(array.as_string_view().iter())
            .map(|t| Arc::new(t.into_iter().collect::<StringViewArray>()) as ArrayRef),
        _ if array.to_data().child_data().is_empty() => None,
        _ => {
            let data = array.to_data();
            let parts = data.child_data().iter().map(|part| Ok(veil_array(&make_array(part.clone()))?.to_data()));
            let parts = parts.collect::<Result<_, ArrowError>>()?;
            Some(make_array(data.into_builder().child_data(parts).build()?))
        }
    };
    Ok(covered.unwrap_or_else(|| array.clone()))
}

/// The text with the digits of every number that can only be a person's replaced by stars.
pub fn cover_numbers(text: &str) -> String {
    let found = numbers(text);
    if found.is_empty() {
        return text.to_owned();
    }
    let is_covered =
        |at: usize, c: char| (digit(c).is_some() || "Xx".contains(c)) && found.iter().any(|r| r.contains(&at));
    text.char_indices().map(|(at, c)| if is_covered(at, c) { '*' } else { c }).collect()
}

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
fn numbers(text: &str) -> Vec<std::ops::Range<usize>> {
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
                    if "Xx".contains(c) && digits.len() == ID_DIGITS_BEFORE_X {
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
    let mut found: Vec<std::ops::Range<usize>> =
        whole.iter().filter(|(_, d)| is_id_number(d) || is_mobile(d)).map(|(range, _)| range.clone()).collect();
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

/// Eleven digits from 13 on.
fn is_mobile(digits: &[u32]) -> bool {
    digits.len() == 11 && digits[0] == 1 && digits[1] >= 3
}

/// 18 digits (GB 11643-1999; the last may be an X) or 15 (of before 1999), with a day of birth where it belongs. The check
/// digit is not asked for: a number with a slip in it is still somebody's. Who is in a ledger was born by 2010, so that
/// a contract numbered by place, day and serial number is none.
fn is_id_number(digits: &[u32]) -> bool {
    let number = |range: std::ops::Range<usize>| digits[range].iter().fold(0, |n, d| n * 10 + d);
    let (born, years) = match digits.len() {
        18 => ((number(6..10), number(10..12), number(12..14)), 1900..=2010),
        15 => ((1900 + number(6..8), number(8..10), number(10..12)), 1920..=1999),
        _ => return false,
    };
    let (year, month, day) = born;
    years.contains(&year) && chrono::NaiveDate::from_ymd_opt(year as i32, month, day).is_some()
}
