//! Finding the header among the first rows and what each column means: by text, never by position.

use super::clean::normalise_header;
use super::privacy::{holds_personal_number, shown, shown_header};
use super::source::Refusal;
use crate::project::{Contract, FieldKind, Need, Reading};
use csv::StringRecord;
use std::collections::HashMap;

/// How many rows from the top may stand before the header ends.
pub const HEADER_SEARCH_ROWS: usize = 30;
/// How many merged rows a header may span.
const HEADER_ROWS_MAX: usize = 3;

/// What a column of the file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The column's position in the file.
    pub at: usize,
    pub meaning: Meaning,
    /// Its money is in units of ten thousand.
    pub ten_thousands: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A field by its position in the contract.
    Field(usize),
    /// A value of the wide form: the position in the code list.
    WideValue(usize),
}

/// The header as found.
#[derive(Clone, Debug)]
pub struct Header {
    pub columns: Vec<Column>,
    /// Headers that the contract does not know, as they stand.
    pub unknown: Vec<String>,
    /// Every column's header text, for the raw cells of quarantined rows.
    pub names: Vec<String>,
    /// The position of the header's first row; titles stand above it.
    pub first: usize,
    /// Rows from the top up to and including the header's last.
    pub rows: usize,
    /// Those rows' texts, normalised: they may be repeated on every printed page.
    pub lines: Vec<Vec<String>>,
}

impl Header {
    /// Whether the file has the wide form.
    pub fn is_wide(&self) -> bool {
        self.columns.iter().any(|c| matches!(c.meaning, Meaning::WideValue(_)))
    }
}

/// Every header text that a contract knows, normalised.
pub struct HeaderNames {
    fields: HashMap<String, usize>,
    wide: HashMap<String, usize>,
    money_suffix: String,
}

impl HeaderNames {
    pub fn new(contract: &Contract, reading: &Reading) -> HeaderNames {
        let mut fields = HashMap::new();
        let money_suffix = normalise_header(&reading.money_ten_thousands);
        for (i, field) in contract.fields.iter().enumerate() {
            for header in &field.headers {
                let name = normalise_header(header);
                fields.entry(name.clone()).or_insert(i);
                fields.entry(without_unit(&name).to_owned()).or_insert(i);
            }
        }
        let mut wide = HashMap::new();
        if let Some(form) = &contract.wide
            && let Some(field) = contract.field(&form.code)
        {
            for (i, code) in field.codes.iter().enumerate() {
                for text in std::iter::once(&code.value).chain(&code.also) {
                    wide.entry(normalise_header(text)).or_insert(i);
                }
            }
        }
        HeaderNames { fields, wide, money_suffix }
    }

    /// What a normalised header text means.
    fn meaning(&self, text: &str) -> Option<(Meaning, bool)> {
        if text.is_empty() {
            return None;
        }
        let ten_thousands = !self.money_suffix.is_empty() && text.ends_with(&self.money_suffix);
        // A star marks what must be filled in.
        let bare = text.trim_matches(['*', ':']);
        for candidate in [text, bare, without_unit(bare)] {
            if let Some(field) = self.fields.get(candidate) {
                return Some((Meaning::Field(*field), ten_thousands));
            }
            if let Some(code) = self.wide.get(candidate) {
                return Some((Meaning::WideValue(*code), ten_thousands));
            }
        }
        None
    }
}

/// Cuts one trailing bracket, the unit.
fn without_unit(text: &str) -> &str {
    match (text.ends_with(')'), text.rfind('(')) {
        (true, Some(at)) if at > 0 => &text[..at],
        _ => text,
    }
}

/// Why rows that look like this feed's header are none, and where the fault lies among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderFault {
    pub refusal: Refusal,
    /// The position of the header's last row.
    pub row: usize,
    /// Columns that were understood.
    pub known: Vec<usize>,
    /// The two columns with one meaning, the first one first.
    pub twice: Vec<usize>,
    /// The headers that are missing.
    pub missing: Vec<String>,
}

/// One reading of some rows as a header.
struct Candidate {
    columns: Vec<Column>,
    unknown: Vec<String>,
    names: Vec<String>,
    first: usize,
    rows: usize,
    named: usize,
    /// The first and the second column with one meaning, and the second's text.
    twice: Option<(usize, usize, String)>,
}

/// Finds the header in the first rows of a sheet. `Ok(None)`: nothing in them looks like this feed's header.
///
/// Errors refuse the file: `header_missing` lists what was expected and what was found, `header_ambiguous` names two
/// columns with one meaning.
pub fn find_header(
    rows: &[StringRecord],
    contract: &Contract,
    names: &HeaderNames,
    only_first: bool,
) -> Result<Option<Header>, HeaderFault> {
    let mut best: Option<Candidate> = None;
    let starts = if only_first { 1 } else { rows.len() };
    for start in 0..starts {
        for height in 1..=HEADER_ROWS_MAX.min(rows.len() - start) {
            if height > 1 && is_data(&rows[start + height - 1]) {
                break;
            }
            for joined_first in [true, false] {
                if height == 1 && !joined_first {
                    continue;
                }
                let reading = read_as_header(rows, start, height, joined_first, names);
                let better = match &best {
                    None => reading.named > 0,
                    Some(b) => {
                        reading.named > b.named
                            || (reading.named == b.named && b.twice.is_some() && reading.twice.is_none())
                    }
                };
                if better {
                    best = Some(reading);
                }
            }
        }
    }
    let Some(best) = best else { return Ok(None) };
    let needed: Vec<usize> = (0..contract.fields.len())
        .filter(|i| contract.fields[*i].need != Need::Optional)
        .filter(|i| !is_covered_by_wide(contract, &best, *i))
        .collect();
    let has = |i: &usize| best.columns.iter().any(|c| c.meaning == Meaning::Field(*i));
    let missing: Vec<&str> =
        needed.iter().filter(|i| !has(i)).map(|i| contract.fields[*i].headers[0].as_str()).collect();
    if best.named * 2 < needed.len().max(2) && !missing.is_empty() {
        return Ok(None);
    }
    let fault = |refusal, twice: Vec<usize>| HeaderFault {
        refusal,
        row: best.rows - 1,
        known: best.columns.iter().map(|c| c.at).collect(),
        twice,
        missing: missing.iter().map(|m| (*m).to_owned()).collect(),
    };
    if let Some((at, second, text)) = &best.twice {
        let field = best.columns.iter().find(|c| c.at == *at).map(|c| describe(contract, c.meaning));
        let detail = format!("{} = {}", shown(text), field.unwrap_or_default());
        return Err(fault(Refusal::new("header_ambiguous", detail), vec![*at, *second]));
    }
    if !missing.is_empty() {
        return Err(fault(header_missing(&missing, &best.names), Vec::new()));
    }
    let lines = rows[..best.rows].iter().map(normalised).collect();
    Ok(Some(Header {
        columns: best.columns,
        unknown: best.unknown,
        names: best.names,
        first: best.first,
        rows: best.rows,
        lines,
    }))
}

/// The refusal that lists what was expected and what was found. Where what was found is a row of data, only the number
/// of its columns is told: its cells may be a person's.
pub fn header_missing(missing: &[&str], found: &[String]) -> Refusal {
    const FOUND_MAX: usize = 60;
    let filled: Vec<&String> = found.iter().filter(|n| !n.trim().is_empty()).collect();
    let found = if looks_like_data(filled.iter().map(|n| n.as_str())) {
        format!("{} columns", filled.len())
    } else {
        filled.iter().take(FOUND_MAX).map(|n| shown_header(n)).collect::<Vec<_>>().join(", ")
    };
    Refusal::new("header_missing", format!("{} | {found}", missing.join(", ")))
}

/// A row's texts in the form in which headers are compared, without blank cells at its end.
pub fn normalised(row: &StringRecord) -> Vec<String> {
    let mut cells: Vec<String> = row.iter().map(normalise_header).collect();
    while cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
    cells
}

/// Whether a row holds what no header holds.
pub fn is_data(row: &StringRecord) -> bool {
    looks_like_data(row.iter())
}

/// A person's number, a long number or a day.
fn looks_like_data<'a>(cells: impl Iterator<Item = &'a str>) -> bool {
    const LONG_NUMBER: usize = 5;
    cells.map(normalise_header).any(|cell| {
        let digits = cell.bytes().filter(u8::is_ascii_digit).count();
        let is_number =
            cell.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'/' | b',' | b'X' | b'x'));
        holds_personal_number(&cell) || (is_number && digits >= LONG_NUMBER)
    })
}

fn is_covered_by_wide(contract: &Contract, reading: &Candidate, field: usize) -> bool {
    let is_wide = reading.columns.iter().any(|c| matches!(c.meaning, Meaning::WideValue(_)));
    is_wide
        && contract
            .wide
            .as_ref()
            .is_some_and(|w| contract.fields[field].name == w.code || contract.fields[field].name == w.value)
}

fn describe(contract: &Contract, meaning: Meaning) -> String {
    match meaning {
        Meaning::Field(i) => contract.fields[i].headers[0].clone(),
        Meaning::WideValue(i) => contract
            .wide
            .as_ref()
            .and_then(|w| contract.field(&w.code))
            .and_then(|f| f.codes.get(i))
            .map(|c| c.value.clone())
            .unwrap_or_default(),
    }
}

fn read_as_header(
    rows: &[StringRecord],
    start: usize,
    height: usize,
    joined_first: bool,
    names: &HeaderNames,
) -> Candidate {
    let plain: Vec<Vec<String>> =
        rows[start..start + height].iter().map(|r| r.iter().map(normalise_header).collect()).collect();
    let mut levels = plain.clone();
    levels[..height - 1].iter_mut().for_each(|cells| carry_right(cells));
    let width = levels.iter().map(Vec::len).max().unwrap_or(0);
    let level = |l: usize, c: usize| levels[l].get(c).map_or("", String::as_str);
    let written = |l: usize, c: usize| plain[l].get(c).map_or("", String::as_str);
    let mut out = Candidate {
        columns: Vec::new(),
        unknown: Vec::new(),
        names: Vec::new(),
        first: start,
        rows: start + height,
        named: 0,
        twice: None,
    };
    let mut taken: Vec<(Meaning, usize)> = Vec::new();
    for at in 0..width {
        let lowest = (0..height).rev().map(|l| written(l, at)).find(|t| !t.is_empty()).unwrap_or("");
        let mut candidates: Vec<String> = vec![lowest.to_owned()];
        if height > 1 && !level(height - 1, at).is_empty() {
            let joined: String = distinct_levels(&levels, at);
            let upper: String = level(height - 2, at).to_owned() + level(height - 1, at);
            let more = [joined, upper];
            if joined_first {
                candidates.splice(0..0, more);
            } else {
                candidates.extend(more);
            }
        }
        let found = candidates.iter().find_map(|text| names.meaning(text).map(|m| (text.clone(), m)));
        let shown = found.as_ref().map_or_else(|| lowest.to_owned(), |(text, _)| text.clone());
        out.names.push(shown.clone());
        match found {
            None if lowest.is_empty() => {}
            None => out.unknown.push(shown),
            Some((text, (meaning, ten_thousands))) => {
                if let Some((_, first)) = taken.iter().find(|(m, _)| *m == meaning) {
                    out.twice.get_or_insert((*first, at, text));
                } else {
                    out.named += 1;
                    taken.push((meaning, at));
                    out.columns.push(Column { at, meaning, ten_thousands });
                }
            }
        }
    }
    out
}

/// The texts above one column, top to bottom, each once.
fn distinct_levels(levels: &[Vec<String>], at: usize) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for level in levels {
        let text = level.get(at).map_or("", String::as_str);
        if !text.is_empty() && parts.last() != Some(&text) {
            parts.push(text);
        }
    }
    parts.concat()
}

/// A merged upper cell stands for the blank ones to its right.
fn carry_right(cells: &mut [String]) {
    for i in 1..cells.len() {
        if cells[i].is_empty() {
            cells[i] = cells[i - 1].clone();
        }
    }
}

/// Whether the field's money may be given in ten thousands by its header.
pub fn takes_ten_thousands(kind: FieldKind) -> bool {
    kind == FieldKind::Yuan
}
