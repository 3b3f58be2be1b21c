//! A number that can only be a person's is covered, wherever a clerk typed it. Columns of ID numbers and telephones are
//! hidden from every asker anyway; this is about employers, notes and record numbers into which one was typed. As a table
//! is read, such a number becomes as many signs that stand for nothing else (`cover`), the same for the same number, so that
//! whatever counts, joins or tells texts apart does as if it were there; in the answer the signs, and a number that the
//! question brought itself, become stars.

use crate::extract::PersonKeys;
use arrow::array::{Array, ArrayRef, AsArray, LargeStringArray, RecordBatch, StringArray, StringViewArray, make_array};
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

/// How numbers are covered. `year_now` is that of the as-of date: who is in a ledger was born long before.
pub enum Cover {
    /// By signs made from the number under the warehouse's key, or by stars in a data folder that has lost it.
    InTables { year_now: i32, keys: Option<PersonKeys> },
    /// By stars: the signs too.
    InAnswers { year_now: i32 },
}

impl std::fmt::Debug for Cover {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cover")
    }
}

/// Characters of private use, in the plane where no code page has any of its own.
const SIGNS: RangeInclusive<char> = '\u{100000}'..='\u{1000ff}';

/// The answer with every such number replaced by stars, in texts and in lists and structs of texts.
pub fn veil(batch: RecordBatch, year_now: i32) -> Result<RecordBatch, ArrowError> {
    let cover = Cover::InAnswers { year_now };
    let columns: Vec<ArrayRef> =
        batch.columns().iter().map(|array| cover_array(array, &cover)).collect::<Result<_, _>>()?;
    RecordBatch::try_new(batch.schema(), columns)
}

/// Whether a column of a type may hold text.
pub fn holds_text(kind: &DataType) -> bool {
    !(kind.is_primitive() || matches!(kind, DataType::Null | DataType::Boolean))
}

/// The texts of a column, and of what is nested in it, with their numbers covered.
pub fn cover_array(array: &ArrayRef, cover: &Cover) -> Result<ArrayRef, ArrowError> {
    let found: Option<ArrayRef> = match array.data_type() {
        DataType::Utf8 => {
            covered(array.as_string::<i32>().iter(), cover).map(|t| Arc::new(StringArray::from(t)) as ArrayRef)
        }
        DataType::LargeUtf8 => {
            covered(array.as_string::<i64>().iter(), cover).map(|t| Arc::new(LargeStringArray::from(t)) as ArrayRef)
        }
        DataType::Utf8View => covered(array.as_string_view().iter(), cover)
            .map(|t| Arc::new(t.into_iter().collect::<StringViewArray>()) as ArrayRef),
        _ if array.to_data().child_data().is_empty() => None,
        _ => {
            let data = array.to_data();
            let parts = data.child_data().iter();
            let parts = parts.map(|part| Ok(cover_array(&make_array(part.clone()), cover)?.to_data()));
            let parts = parts.collect::<Result<_, ArrowError>>()?;
            Some(make_array(data.into_builder().child_data(parts).build()?))
        }
    };
    Ok(found.unwrap_or_else(|| array.clone()))
}

/// The texts of a column with their numbers covered; `None` if there is nothing to cover.
fn covered<'a>(texts: impl Iterator<Item = Option<&'a str>> + Clone, cover: &Cover) -> Option<Vec<Option<String>>> {
    let is_bare = |text: Option<&str>| text.is_some_and(|t| cover.is_bare(t));
    texts.clone().any(is_bare).then(|| texts.map(|text| text.map(|t| cover.text(t))).collect())
}

impl Cover {
    fn year_now(&self) -> i32 {
        match self {
            Cover::InTables { year_now, .. } | Cover::InAnswers { year_now } => *year_now,
        }
    }

    fn is_bare(&self, text: &str) -> bool {
        matches!(self, Cover::InAnswers { .. }) && has_signs(text) || !numbers(text, self.year_now()).is_empty()
    }

    /// The text with the digits of every number that can only be a person's covered.
    fn text(&self, text: &str) -> String {
        match self {
            Cover::InTables { keys: Some(keys), year_now } => in_signs(text, *year_now, keys),
            _ => stars_for_signs(&in_stars(text, self.year_now())),
        }
    }
}

fn has_signs(text: &str) -> bool {
    /// The byte that begins a character of that plane.
    const FIRST_BYTE: u8 = 0xf4;
    text.as_bytes().contains(&FIRST_BYTE) && text.contains(|c| SIGNS.contains(&c))
}

/// A text with stars where a table's cover has its signs.
pub fn stars_for_signs(text: &str) -> String {
    text.chars().map(|c| if SIGNS.contains(&c) { '*' } else { c }).collect()
}

fn is_of_number(c: char) -> bool {
    digit(c).is_some() || X.contains(c)
}

fn in_stars(text: &str, year_now: i32) -> String {
    let found = numbers(text, year_now);
    let is_covered = |at: usize, c: char| is_of_number(c) && found.iter().any(|range| range.contains(&at));
    text.char_indices().map(|(at, c)| if is_covered(at, c) { '*' } else { c }).collect()
}

/// Another number, or the same written otherwise, has other signs; without the key nobody can try numbers until one fits.
fn in_signs(text: &str, year_now: i32, keys: &PersonKeys) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut done = 0;
    for range in numbers(text, year_now) {
        out.push_str(text.get(done..range.start).unwrap_or_default());
        // Not a person's own key, by which the signs would lead to somebody's rows.
        let mut key = String::new();
        keys.push_key(&format!("typed {}", &text[range.clone()]), &mut key);
        let signs = key.as_bytes().chunks(2).filter_map(|two| std::str::from_utf8(two).ok());
        let signs = signs.filter_map(|two| u32::from_str_radix(two, 16).ok());
        let mut signs = signs.filter_map(|byte| char::from_u32(u32::from(*SIGNS.start()) + byte)).cycle();
        out.extend(text[range.clone()].chars().map(|c| match is_of_number(c) {
            true => signs.next().unwrap_or('*'),
            false => c,
        }));
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
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

/// What may stand between the parts of one number: 138-0431-1234, (138) 0431 1234, 220821/19800101/0022.
const JOINTS: &str = "- ./_()\u{2013}\u{2014}\u{ff0d}\u{b7}\u{2022}\u{3000}\u{ff08}\u{ff09}";
/// Signs between two parts, as `) `.
const JOINT_CHARS_MAX: usize = 2;
/// Digits of a part: a date has fewer, as 2018-09-30.
const PART_DIGITS_MIN: usize = 3;
const MOBILE_DIGITS: usize = 11;
/// A shorter text holds no number that is covered, and none that is covered becomes so short.
pub const NUMBER_CHARS_MIN: usize = MOBILE_DIGITS;
const ID_DIGITS: usize = 18;

/// Whether a text may hold a number: eleven digits from a 13 to 19 on, or fifteen, with nothing between them that ends a
/// number. Quick, for every text that is read passes here; may say yes too often, never no.
fn may_have_numbers(text: &str) -> bool {
    const OLD_ID_DIGITS: usize = 15;
    /// The byte that begins a digit of full width, and many a sign of punctuation.
    const FULL_WIDTH: u8 = 0xef;
    if text.len() < MOBILE_DIGITS {
        return false;
    }
    let (mut digits, mut mobile_from, mut last) = (0_usize, None, 0);
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                if last == b'1' && byte >= b'3' {
                    mobile_from = mobile_from.or(Some(digits - 1));
                }
                digits += 1;
                last = byte;
            }
            FULL_WIDTH => {
                mobile_from = mobile_from.or(Some(digits.saturating_sub(1)));
                digits += 1;
            }
            b'-' | b' ' | b'.' | b'/' | b'_' | b'(' | b')' | 0x80.. => {}
            _ => (digits, mobile_from, last) = (0, None, 0),
        }
        if digits >= OLD_ID_DIGITS || mobile_from.is_some_and(|from| digits - from >= MOBILE_DIGITS) {
            return true;
        }
    }
    false
}

/// A run of digits, the X of an ID number among them.
struct Run {
    range: Range<usize>,
    digits: Vec<u32>,
    /// The Latin letters beside it are such as a pseudonym or a check sum is written with.
    is_of_hash: bool,
}

/// The runs of digits of a text, each with what its letters say of it.
fn runs_of(text: &str) -> Vec<Run> {
    const ID_DIGITS_BEFORE_X: usize = 17;
    let mut runs: Vec<Run> = Vec::new();
    // Where the runs of the word begin that is being read, and whether it has letters, and others than hexadecimal ones.
    let (mut first, mut letters, mut words) = (0, false, false);
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        let end = at + c.len_utf8();
        let last = runs.last_mut().filter(|run| run.range.end == at);
        match (digit(c), last) {
            (Some(d), Some(run)) => {
                run.range.end = end;
                run.digits.push(d);
            }
            (Some(d), None) => runs.push(Run { range: at..end, digits: vec![d], is_of_hash: false }),
            (None, Some(run)) if X.contains(c) && run.digits.len() == ID_DIGITS_BEFORE_X => {
                run.range.end = end;
                run.digits.push(10);
            }
            (None, _) if c.is_ascii_alphabetic() => {
                letters = true;
                words |= !c.is_ascii_hexdigit();
            }
            _ => {
                runs[first..].iter_mut().for_each(|run| run.is_of_hash = letters && !words);
                (first, letters, words) = (runs.len(), false, false);
            }
        }
    }
    runs
}

/// Byte ranges of the numbers that can only be a person's. A mobile or an ID number may have signs between its parts; in a
/// Chinese text it may stick to a letter or to other digits, for blanks between are lost where names are cleaned.
fn numbers(text: &str, year_now: i32) -> Vec<Range<usize>> {
    if !may_have_numbers(text) {
        return Vec::new();
    }
    let is_chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let runs: Vec<Run> = runs_of(text).into_iter().filter(|run| is_chinese || !run.is_of_hash).collect();
    let is_personal = |digits: &[u32]| is_id_number(digits, year_now) || is_mobile(digits);
    let mut found: Vec<Range<usize>> = Vec::new();
    for run in &runs {
        let holds = |n: usize| run.digits.windows(n).any(is_personal);
        if is_personal(&run.digits) || is_chinese && (holds(MOBILE_DIGITS) || holds(ID_DIGITS)) {
            found.push(run.range.clone());
        }
    }
    for from in 0..runs.len() {
        let mut digits = runs[from].digits.clone();
        for to in from + 1..runs.len() {
            let gap = &text[runs[to - 1].range.end..runs[to].range.start];
            let is_joint = gap.chars().count() <= JOINT_CHARS_MAX && gap.chars().all(|c| JOINTS.contains(c));
            digits.extend(&runs[to].digits);
            let is_part = |run: &Run| run.digits.len() >= PART_DIGITS_MIN;
            if !is_joint || digits.len() > ID_DIGITS || !is_part(&runs[to - 1]) || !is_part(&runs[to]) {
                break;
            }
            if is_personal(&digits) {
                found.push(runs[from].range.start..runs[to].range.end);
            }
        }
    }
    found.sort_by_key(|range| (range.start, range.end));
    // Of numbers that lie in one another, the whole.
    found.into_iter().fold(Vec::new(), |mut whole: Vec<Range<usize>>, range| {
        match whole.last_mut().filter(|last| range.start < last.end) {
            Some(last) => last.end = last.end.max(range.end),
            None => whole.push(range),
        }
        whole
    })
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
    let number = |range: Range<usize>| digits[range].iter().fold(0, |n, d| n * 10 + d);
    let (year, month, day) = match digits.len() {
        18 => (number(6..10), number(10..12), number(12..14)),
        15 => (OLDER_CENTURY + number(6..8), number(8..10), number(10..12)),
        _ => return false,
    };
    let year = year as i32;
    AGES.contains(&(year_now - year)) && chrono::NaiveDate::from_ymd_opt(year, month, day).is_some()
}
