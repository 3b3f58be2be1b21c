//! Citizen identity numbers (GB 11643-1999): repair, check, and what they say. Pure.

use super::clean::Repairs;
use chrono::{Datelike, NaiveDate};
use std::borrow::Cow;

/// A valid number with what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadId<'t> {
    /// Eighteen characters.
    pub number: Cow<'t, str>,
    pub born_on: NaiveDate,
    pub is_male: bool,
    pub repairs: Repairs,
}

/// Reads a cleaned, non-blank cell; `latest_birth` is the last day on which somebody listed can have been born.
///
/// Errors are reason codes: `id_excel_damaged`, `id_length`, `id_birth_date`, `id_check_digit`. The first six digits
/// are never checked: any code in use since 1981, or another province's, is valid.
pub fn read_id(text: &str, latest_birth: NaiveDate) -> Result<ReadId<'_>, &'static str> {
    if has_shape(text) {
        return check_id(Cow::Borrowed(text), Repairs::NONE, latest_birth);
    }
    if is_excel_damaged(text) {
        return Err("id_excel_damaged");
    }
    let mut repairs = Repairs::NONE;
    let mut number: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if number.len() != text.len() {
        repairs = repairs.and(Repairs::WHITE_SPACE);
    }
    if number.contains('x') {
        number = number.replace('x', "X");
        repairs = repairs.and(Repairs::LETTER_CASE);
    }
    match number.len() {
        15 if number.bytes().all(|b| b.is_ascii_digit()) => {
            number.insert_str(6, "19");
            let check = check_digit(number.as_bytes()).ok_or("id_length")?;
            number.push(check as char);
            repairs = repairs.and(Repairs::ID_15_DIGITS);
        }
        18 => {}
        20 | 22 if number.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            number.truncate(18);
            repairs = repairs.and(Repairs::ID_20_DIGITS);
        }
        _ => return Err("id_length"),
    }
    if !number.is_ascii() || !number.as_bytes()[..17].iter().all(u8::is_ascii_digit) {
        return Err("id_length");
    }
    check_id(Cow::Owned(number), repairs, latest_birth)
}

/// Whether a text is eighteen characters of a number as it is issued, right or wrong: nothing to repair.
pub fn has_shape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 18 && bytes[..17].iter().all(u8::is_ascii_digit) && (bytes[17].is_ascii_digit() || bytes[17] == b'X')
}

/// Checks eighteen characters of which the first seventeen are digits.
fn check_id(number: Cow<'_, str>, repairs: Repairs, latest_birth: NaiveDate) -> Result<ReadId<'_>, &'static str> {
    let bytes = number.as_bytes();
    let born_on = birth_date(bytes).filter(|d| *d <= latest_birth).ok_or("id_birth_date")?;
    if check_digit(bytes) != Some(bytes[17]) {
        return Err("id_check_digit");
    }
    let is_male = (bytes[16] - b'0') % 2 == 1;
    Ok(ReadId { number, born_on, is_male, repairs })
}

/// The check digit over the first 17 digits: ISO 7064 MOD 11-2 as GB 11643 fixes it.
pub fn check_digit(bytes: &[u8]) -> Option<u8> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const DIGITS: &[u8; 11] = b"10X98765432";
    if bytes.len() < 17 {
        return None;
    }
    let mut sum = 0;
    for (byte, weight) in bytes.iter().zip(WEIGHTS) {
        sum += u32::from(byte.checked_sub(b'0').filter(|d| *d < 10)?) * weight;
    }
    Some(DIGITS[(sum % 11) as usize])
}

/// Scientific notation or a decimal point: a spreadsheet took the number for a quantity and its last digits are gone.
/// Numeric cells of more than 15 digits reach here in that notation, whatever their format showed.
pub fn is_excel_damaged(text: &str) -> bool {
    let digits = text.bytes().any(|b| b.is_ascii_digit());
    let numeric = digits && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'+' | b'-' | b'E' | b'e'));
    numeric && (text.contains(['E', 'e']) || text.contains('.'))
}

fn birth_date(bytes: &[u8]) -> Option<NaiveDate> {
    let number = |range: std::ops::Range<usize>| bytes[range].iter().fold(0u32, |n, d| n * 10 + u32::from(d - b'0'));
    NaiveDate::from_ymd_opt(number(6..10) as i32, number(10..12), number(12..14)).filter(|d| d.year() >= 1900)
}

/// The whole years that somebody has lived on a day.
pub fn age_on(born_on: NaiveDate, day: NaiveDate) -> i32 {
    let before_birthday = (day.month(), day.day()) < (born_on.month(), born_on.day());
    day.year() - born_on.year() - i32::from(before_birthday)
}
