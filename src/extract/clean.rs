//! Cleaning a cell before it is typed: what must be taken off to see what the clerk meant. Pure.

use std::borrow::Cow;

/// What was repaired in a cell; one bit a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repairs(u32);

/// The kinds of repairs by bit, as they stand in `repairs` and in the load report.
pub const REPAIR_KINDS: [&str; 17] = [
    "excel_text",
    "white_space",
    "width",
    "letter_case",
    "blank_word",
    "date_form",
    "date_serial",
    "number_form",
    "ten_thousands",
    "percent",
    "code_mapped",
    "region_mapped",
    "name_dots",
    "id_15_digits",
    "id_20_digits",
    "number_rounded",
    "merged_cell",
];

impl Repairs {
    pub const NONE: Repairs = Repairs(0);
    pub const EXCEL_TEXT: Repairs = Repairs(1);
    pub const WHITE_SPACE: Repairs = Repairs(1 << 1);
    pub const WIDTH: Repairs = Repairs(1 << 2);
    pub const LETTER_CASE: Repairs = Repairs(1 << 3);
    pub const BLANK_WORD: Repairs = Repairs(1 << 4);
    pub const DATE_FORM: Repairs = Repairs(1 << 5);
    pub const DATE_SERIAL: Repairs = Repairs(1 << 6);
    pub const NUMBER_FORM: Repairs = Repairs(1 << 7);
    pub const TEN_THOUSANDS: Repairs = Repairs(1 << 8);
    pub const PERCENT: Repairs = Repairs(1 << 9);
    pub const CODE_MAPPED: Repairs = Repairs(1 << 10);
    pub const REGION_MAPPED: Repairs = Repairs(1 << 11);
    pub const NAME_DOTS: Repairs = Repairs(1 << 12);
    pub const ID_15_DIGITS: Repairs = Repairs(1 << 13);
    pub const ID_20_DIGITS: Repairs = Repairs(1 << 14);
    pub const NUMBER_ROUNDED: Repairs = Repairs(1 << 15);
    pub const MERGED_CELL: Repairs = Repairs(1 << 16);

    pub fn and(self, other: Repairs) -> Repairs {
        Repairs(self.0 | other.0)
    }

    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    pub fn kinds(self) -> impl Iterator<Item = &'static str> {
        REPAIR_KINDS.iter().enumerate().filter(move |(bit, _)| self.0 >> bit & 1 == 1).map(|(_, name)| *name)
    }
}

/// A cell without what spreadsheets and input methods put around it: `="…"`, a leading `'`, white space of every
/// kind at the ends, zero-width characters anywhere, full-width digits and letters.
pub fn clean_cell(raw: &str) -> (Cow<'_, str>, Repairs) {
    if is_plain(raw) {
        return (Cow::Borrowed(raw), Repairs::NONE);
    }
    let mut repairs = Repairs::NONE;
    let mut text = Cow::Borrowed(raw);
    if text.chars().any(|c| is_zero_width(c) || matches!(c, '\t' | '\u{a0}' | '\u{3000}' | '\n' | '\r')) {
        repairs = repairs.and(Repairs::WHITE_SPACE);
        text = Cow::Owned(
            text.chars()
                .filter(|c| !is_zero_width(*c))
                .map(|c| if matches!(c, '\t' | '\u{a0}' | '\u{3000}' | '\n' | '\r') { ' ' } else { c })
                .collect(),
        );
    }
    let trimmed = text.trim();
    if trimmed.len() != text.len() {
        repairs = repairs.and(Repairs::WHITE_SPACE);
        text = Cow::Owned(trimmed.to_owned());
    }
    if let Some(inner) = text.strip_prefix("=\"").and_then(|t| t.strip_suffix('"')) {
        repairs = repairs.and(Repairs::EXCEL_TEXT);
        text = Cow::Owned(inner.trim().to_owned());
    }
    if let Some(inner) = text.strip_prefix('\'') {
        repairs = repairs.and(Repairs::EXCEL_TEXT);
        text = Cow::Owned(inner.trim().to_owned());
    }
    if text.chars().any(is_full_width_alphanumeric) {
        repairs = repairs.and(Repairs::WIDTH);
        text =
            Cow::Owned(text.chars().map(|c| if is_full_width_alphanumeric(c) { half_width(c) } else { c }).collect());
    }
    (text, repairs)
}

/// Header text in the form in which headers are compared: no white space, half width.
pub fn normalise_header(raw: &str) -> String {
    normalised_chars(raw).collect()
}

/// The characters of [`normalise_header`], one at a time.
pub fn normalised_chars(raw: &str) -> impl Iterator<Item = char> {
    raw.chars().filter(|c| !c.is_whitespace() && !is_zero_width(*c) && *c != '\u{a0}').map(half_width)
}

/// Full-width forms (`U+FF01`–`U+FF5E`), the ideographic space and brackets as their half-width twins.
pub fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        // Lenticular and tortoise-shell brackets round a unit.
        '\u{3010}' | '\u{3014}' => '(',
        '\u{3011}' | '\u{3015}' => ')',
        _ => c,
    }
}

fn is_full_width_alphanumeric(c: char) -> bool {
    matches!(c, '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}')
}

fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

/// Most cells need nothing: printable ASCII or ideographs, no blank at the ends, no `=` or `'` in front.
pub fn is_plain(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return true };
    if matches!(first, b'=' | b'\'' | b' ') || *last == b' ' {
        return false;
    }
    if raw.is_ascii() {
        return bytes.iter().all(|b| *b >= 0x20 && *b != 0x7f);
    }
    raw.chars().all(|c| {
        matches!(c, '\u{20}'..='\u{7e}' | '\u{4e00}'..='\u{9fff}' | '\u{b7}' | '\u{3001}'..='\u{303f}'
            | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}')
    })
}

/// A name that is plain and needs no repair as a name either: no blank, no dot but the one between its parts.
pub fn is_plain_name(raw: &str) -> bool {
    !matches!(raw.as_bytes().first(), None | Some(b'=' | b'\''))
        && raw.chars().all(|c| matches!(c, '\u{21}'..='\u{7e}' | '\u{4e00}'..='\u{9fff}' | '\u{b7}'))
}

/// A person's name without inner blanks and with one kind of dot between its parts.
pub fn clean_name(text: &str) -> (Cow<'_, str>, Repairs) {
    let mut repairs = Repairs::NONE;
    if text.contains(char::is_whitespace) {
        repairs = repairs.and(Repairs::WHITE_SPACE);
    }
    let is_dot = |c: char| matches!(c, '\u{2022}' | '\u{ff0e}' | '\u{30fb}' | '\u{2027}' | '\u{22c5}');
    if text.contains(is_dot) {
        repairs = repairs.and(Repairs::NAME_DOTS);
    }
    if repairs.is_none() {
        return (Cow::Borrowed(text), repairs);
    }
    let name = text.chars().filter(|c| !c.is_whitespace()).map(|c| if is_dot(c) { '\u{b7}' } else { c }).collect();
    (Cow::Owned(name), repairs)
}
