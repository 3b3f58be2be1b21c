//! Made-up ID numbers, credit codes and telephone numbers: valid in form, nobody's.
//! Pure. Which sequence numbers belong to whom is decided in `people.rs`, so that no two are equal.

use super::days::civil;
use super::draw::Draw;

/// Writes an 18-digit ID number (GB 11643): prefix, birth date, sequence (odd for men), check digit.
pub fn write_id(out: &mut String, prefix: &str, born_on: i32, pair: u64, is_male: bool) {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
    out.clear();
    out.push_str(prefix);
    let (year, month, day) = civil(born_on);
    let sequence = 2 * pair as u32 + if is_male { 1 } else { 2 };
    push_digits(out, year as u32, 4);
    push_digits(out, month, 2);
    push_digits(out, day, 2);
    push_digits(out, sequence, 3);
    let sum: u32 = out.bytes().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    out.push(CHECKS[(sum % 11) as usize]);
}

/// How many pairs of sequence numbers (one for a man, one for a woman) a birth date has: 001–998.
pub const PAIRS: u64 = 499;

/// Writes a number with leading zeros.
pub fn push_digits(out: &mut String, number: u32, width: usize) {
    let mut digits = [b'0'; 10];
    let mut rest = number;
    for digit in digits.iter_mut().take(width).rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    digits.iter().take(width).for_each(|digit| out.push(char::from(*digit)));
}

/// Writes a number of eleven digits that begins with 120: no mobile network uses it.
pub fn write_phone(out: &mut String, draw: Draw) {
    out.clear();
    out.push_str("120");
    push_digits(out, draw.below(100_000_000) as u32, 8);
}

/// A unified social credit code (GB 32100) of a made-up firm in a county, with its check character.
pub fn credit_code(prefix: &str, draw: Draw) -> String {
    const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut code = format!("91{prefix}MA");
    (0..7).for_each(|at| code.push(char::from(draw.with(at).pick(ALPHABET))));
    let value = |c: u8| ALPHABET.iter().position(|a| *a == c).unwrap_or_default() as u32;
    let (sum, _) = code.bytes().fold((0, 1), |(sum, weight), c| ((sum + value(c) * weight) % 31, weight * 3 % 31));
    code.push(char::from(ALPHABET[((31 - sum) % 31) as usize]));
    code
}
