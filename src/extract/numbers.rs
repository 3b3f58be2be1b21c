//! Numbers as offices write them (FEEDS.md, "How a file is read"): exact decimals, never floats. Pure.

use super::clean::{Repairs, half_width};
use crate::project::Reading;

/// An exact decimal read from a cell: `unscaled / 10^scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadNumber {
    pub unscaled: i128,
    pub scale: u32,
    pub repairs: Repairs,
    /// The cell said "about".
    pub approximate: bool,
    /// The cell ended in `%`.
    pub percent: bool,
    /// The cell named a unit, which its header's cannot change.
    pub own_unit: bool,
}

const DIGITS_MAX: usize = 30;

/// Reads a cleaned, non-blank cell; `None` where it is no number.
pub fn read_number(text: &str, words: &Reading) -> Option<ReadNumber> {
    if let Some(number) = read_plain(text) {
        return Some(number);
    }
    let text: String = text.chars().map(half_width).collect();
    let mut repairs = Repairs::NUMBER_FORM;
    let mut approximate = false;
    let mut own_unit = false;
    let mut rest = text.trim();
    let begins = |rest: &str, words: &[String]| words.iter().find(|w| rest.starts_with(w.as_str())).map(String::len);
    let ends = |rest: &str, words: &[String]| words.iter().find(|w| rest.ends_with(w.as_str())).map(String::len);
    if let Some(word) = begins(rest, &words.approximate) {
        approximate = true;
        rest = rest[word..].trim();
    }
    // A unit and a word that makes the number approximate, in either order.
    for _ in 0..2 {
        if let Some(word) = ends(rest, &words.approximate) {
            approximate = true;
            rest = rest[..rest.len() - word].trim();
        }
        if let Some(word) = ends(rest, &words.counters) {
            own_unit = true;
            rest = rest[..rest.len() - word].trim();
        }
    }
    let mut percent = false;
    if let Some(inner) = rest.strip_suffix('%') {
        percent = true;
        repairs = Repairs::PERCENT;
        rest = inner.trim();
    }
    let mut times = 0u32;
    if let Some(inner) = words.ten_thousands.iter().find_map(|w| rest.strip_suffix(w.as_str())) {
        times = 4;
        own_unit = true;
        repairs = repairs.and(Repairs::TEN_THOUSANDS);
        rest = inner.trim();
    }
    let digits = without_thousands(rest)?;
    let (unscaled, scale) = plain_decimal(&digits).or_else(|| exponent_decimal(&digits))?;
    let (unscaled, scale) = if scale >= times {
        (unscaled, scale - times)
    } else {
        (unscaled.checked_mul(10i128.checked_pow(times - scale)?)?, 0)
    };
    Some(ReadNumber { unscaled, scale, repairs, approximate, percent, own_unit })
}

/// Reads digits with at most a sign and a point; most cells are so.
pub fn read_plain(text: &str) -> Option<ReadNumber> {
    let (unscaled, scale) = plain_decimal(text)?;
    let repairs = Repairs::NONE;
    Some(ReadNumber { unscaled, scale, repairs, approximate: false, percent: false, own_unit: false })
}

impl ReadNumber {
    /// The number with exactly `scale` decimals, rounded half up (away from zero); the flag says whether it was cut.
    pub fn rescale(self, scale: u32) -> Option<(i128, bool)> {
        if self.scale <= scale {
            return Some((self.unscaled.checked_mul(10i128.checked_pow(scale - self.scale)?)?, false));
        }
        let unit = 10i128.checked_pow(self.scale - scale)?;
        let (whole, rest) = (self.unscaled / unit, self.unscaled % unit);
        let up = if rest.abs() * 2 >= unit { self.unscaled.signum() } else { 0 };
        Some((whole + up, rest != 0))
    }
}

/// `-12.50` → (-1250, 2).
fn plain_decimal(text: &str) -> Option<(i128, u32)> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(part) || whole.len() + part.len() > DIGITS_MAX {
        return None;
    }
    if digits.ends_with('.') {
        return None;
    }
    let unscaled = whole.bytes().chain(part.bytes()).fold(0i128, |n, b| n * 10 + i128::from(b - b'0'));
    Some((if negative { -unscaled } else { unscaled }, part.len() as u32))
}

/// `1.5E+3`, as spreadsheets write large numbers.
fn exponent_decimal(text: &str) -> Option<(i128, u32)> {
    let (mantissa, exponent) = text.split_once(['E', 'e'])?;
    let (unscaled, scale) = plain_decimal(mantissa)?;
    let exponent: i32 = exponent.parse().ok()?;
    let scale = i32::try_from(scale).ok()? - exponent;
    if !(-18..=18).contains(&scale) {
        return None;
    }
    if scale >= 0 {
        return Some((unscaled, scale as u32));
    }
    Some((unscaled.checked_mul(10i128.checked_pow(scale.unsigned_abs())?)?, 0))
}

/// Takes `,` out where it stands between groups of three digits.
fn without_thousands(text: &str) -> Option<String> {
    if !text.contains(',') {
        return Some(text.to_owned());
    }
    let whole = text.split('.').next()?;
    let mut groups = whole.trim_start_matches('-').split(',');
    let first = groups.next()?;
    let well_formed = (1..=3).contains(&first.len()) && groups.all(|g| g.len() == 3);
    well_formed.then(|| text.replace(',', ""))
}
