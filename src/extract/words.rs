//! What a cell's words mean in a field: blanks, values of a code list, yes and no. Pure.

use super::clean::{half_width, normalise_header};
use crate::project::{Field, FieldKind, Reading};

/// No word for a blank is longer.
const BLANK_BYTES_MAX: usize = 16;

/// The words that blank a cell of one field.
pub struct BlankWords<'a> {
    field: &'a Field,
    reading: &'a Reading,
    /// Bytes with which such a word can begin: most cells are told by their first.
    begins: [bool; 256],
}

impl<'a> BlankWords<'a> {
    pub fn new(field: &'a Field, reading: &'a Reading) -> BlankWords<'a> {
        let mut begins = [false; 256];
        for first in all_words(field, reading).filter_map(|word| word.bytes().next()) {
            begins[usize::from(first.to_ascii_lowercase())] = true;
            begins[usize::from(first.to_ascii_uppercase())] = true;
        }
        // Full-width forms and brackets stand for half-width ones.
        WIDE_FORMS.iter().for_each(|first| begins[usize::from(*first)] = true);
        BlankWords { field, reading, begins }
    }

    /// Whether a cleaned text stands for a blank in this field.
    pub fn is_blank(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let Some(first) = bytes.first() else { return true };
        bytes.len() <= BLANK_BYTES_MAX
            && self.begins[usize::from(*first)]
            && self.says_blank(text)
            && !self.is_value(text)
    }

    fn says_blank(&self, text: &str) -> bool {
        let is_wide = text.bytes().any(|b| WIDE_FORMS.contains(&b));
        let half: String = if is_wide { text.chars().map(half_width).collect() } else { String::new() };
        let half = if is_wide { half.as_str() } else { text };
        all_words(self.field, self.reading).any(|w| w == text || w.eq_ignore_ascii_case(half))
    }

    fn is_value(&self, text: &str) -> bool {
        match self.field.kind {
            FieldKind::Code => find_code(self.field, text).is_some(),
            FieldKind::Bool => find_flag(self.reading, text).is_some(),
            _ => false,
        }
    }
}

/// First bytes of the characters that have a half-width twin.
const WIDE_FORMS: [u8; 2] = [0xe3, 0xef];

fn all_words<'a>(field: &'a Field, reading: &'a Reading) -> impl Iterator<Item = &'a String> {
    reading.blanks.iter().chain(&field.blank_words).chain(&field.open_words)
}

/// Exact, then alias or code; also without inner white space. The flag says whether it was exact.
pub fn find_code<'f>(field: &'f Field, text: &str) -> Option<(&'f str, bool)> {
    if let Some(code) = field.codes.iter().find(|c| c.value == text) {
        return Some((&code.value, true));
    }
    let same = |known: &str| known == text || normalise_header(known) == normalise_header(text);
    let code = field.codes.iter().find(|c| same(&c.value) || c.also.iter().any(|a| same(a)));
    let code = code.or_else(|| {
        // A numeric cell drops the zeros in front of a code.
        let bare = code_digits(text)?;
        let mut held = field.codes.iter().filter(|c| c.also.iter().any(|a| code_digits(a) == Some(bare)));
        held.next().filter(|_| held.next().is_none())
    });
    code.map(|c| (c.value.as_str(), false))
}

/// A code of digits without the zeros in front of it.
fn code_digits(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.trim_start_matches('0'))
}

pub fn find_flag(reading: &Reading, text: &str) -> Option<bool> {
    let says = |words: &[String]| words.iter().any(|w| w.eq_ignore_ascii_case(text));
    if says(&reading.yes) {
        return Some(true);
    }
    says(&reading.no).then_some(false)
}

/// GB/T 2261.1: 1 is male, 2 is female; the code list says which value carries which.
pub fn is_male_code(field: &Field, value: &str) -> Option<bool> {
    let code = field.codes.iter().find(|c| c.value == value)?;
    let carries = |digit: &str| code.also.iter().any(|a| a == digit);
    match (carries("1"), carries("2")) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}
