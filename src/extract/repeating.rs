//! The reading of one cell of a column whose cells repeat: codes, yes and no, dates, regions, texts. It depends on the
//! cell's text and the file alone, so that it holds for every row with that cell.

use super::clean::{Repairs, clean_cell};
use super::dates::{ReadDate, read_date};
use super::memo::{ReadValue, Reading};
use super::typing::{TypingContext, blank_fault, unreadable_fault};
use super::words::{BlankWords, find_code, find_flag};
use super::workbook::serial_1904;
use crate::project::{Field, FieldKind, Need, Wanted};
use chrono::NaiveDate;

/// What a text that is missing from a code list keeps of itself.
const UNMAPPED_CHARS: usize = 40;

/// Reads a raw cell of a field.
pub fn read_cell(field: &Field, context: &TypingContext<'_>, blanks: &BlankWords<'_>, raw: &str) -> Reading {
    let (text, repairs) = clean_cell(raw);
    if text.is_empty() {
        return blank(field, Repairs::NONE);
    }
    if blanks.is_blank(&text) {
        return blank(field, repairs.and(Repairs::BLANK_WORD));
    }
    let found = match field.kind {
        FieldKind::Text => Some((text.to_string(), Repairs::NONE)),
        FieldKind::Code => find_code(field, &text)
            .map(|(value, exact)| (value.to_owned(), if exact { Repairs::NONE } else { Repairs::CODE_MAPPED })),
        FieldKind::Region => match digits_of_region(&text) {
            Some(digits) => Some((digits.to_owned(), Repairs::NONE)),
            None => resolve(context, &text, Wanted::Region).map(|code| (code, Repairs::REGION_MAPPED)),
        },
        FieldKind::Unit => resolve(context, &text, Wanted::Unit).map(|code| {
            let repairs = if *code == *text { Repairs::NONE } else { Repairs::REGION_MAPPED };
            (code, repairs)
        }),
        FieldKind::Period => super::name::read_period(&text).map(|_| (text.to_uppercase(), Repairs::NONE)),
        FieldKind::Bool => {
            return match find_flag(context.reading, &text) {
                Some(flag) => Reading { value: ReadValue::Flag(flag), repairs, ..Reading::default() },
                None => unreadable(field, &text),
            };
        }
        FieldKind::Date | FieldKind::Month => return read_day(field, context, &text, repairs),
        _ => None,
    };
    match found {
        Some((value, more)) => {
            Reading { value: ReadValue::Text(value.into()), repairs: repairs.and(more), ..Reading::default() }
        }
        None => unreadable(field, &text),
    }
}

/// Reads a raw cell of the column that says where a row stands: a blank is the file's region.
pub fn read_place(field: &Field, context: &TypingContext<'_>, blanks: &BlankWords<'_>, raw: &str) -> Reading {
    let (text, repairs) = clean_cell(raw);
    let file = context.delivery.region.as_str();
    let fault = |reason| Reading { faults: vec![(reason, true)], ..Reading::default() };
    if blanks.is_blank(&text) {
        return match field.need {
            Need::Required => fault("required_blank"),
            _ if file.is_empty() => fault("region_unknown"),
            _ => Reading { value: ReadValue::Text(file.into()), ..Reading::default() },
        };
    }
    let wanted = if field.kind == FieldKind::Unit { Wanted::Unit } else { Wanted::Region };
    match resolve(context, &text, wanted) {
        Some(code) => {
            let more = if *code == *text { Repairs::NONE } else { Repairs::REGION_MAPPED };
            Reading { value: ReadValue::Text(code.into()), repairs: repairs.and(more), ..Reading::default() }
        }
        None => fault("region_unknown"),
    }
}

fn blank(field: &Field, repairs: Repairs) -> Reading {
    Reading { repairs, faults: blank_fault(field).into_iter().collect(), ..Reading::default() }
}

fn unreadable(field: &Field, text: &str) -> Reading {
    let fault = match field.kind {
        FieldKind::Date | FieldKind::Month => unreadable_fault(field, "date_invalid", "date_blanked"),
        FieldKind::Region | FieldKind::Unit => unreadable_fault(field, "region_unknown", "code_blanked"),
        _ => unreadable_fault(field, "code_unmapped", "code_blanked"),
    };
    let unmapped = (field.kind == FieldKind::Code).then(|| text.chars().take(UNMAPPED_CHARS).collect());
    Reading { faults: vec![fault], unmapped, ..Reading::default() }
}

fn read_day(field: &Field, context: &TypingContext<'_>, text: &str, repairs: Repairs) -> Reading {
    let Some(read) = day_of(field, context, text) else { return unreadable(field, text) };
    let mut faults = Vec::new();
    if read.year_assumed {
        faults.push(("year_assumed", false));
    }
    if read.date > context.arrived_on {
        faults.push(("future_date", false));
    }
    Reading { value: ReadValue::Date(read.date), repairs: repairs.and(read.repairs), faults, ..Reading::default() }
}

fn day_of(field: &Field, context: &TypingContext<'_>, text: &str) -> Option<ReadDate> {
    let month_allowed = field.month_allowed || field.kind == FieldKind::Month;
    let mut read = read_date(text, &context.reading.date_words, month_allowed, context.delivery.period.year)?;
    if context.is_1904 && read.repairs == Repairs::DATE_SERIAL {
        let day: Option<NaiveDate> = serial_1904(text.split('.').next()?.parse().ok()?);
        read.date = day?;
    }
    Some(read)
}

fn resolve(context: &TypingContext<'_>, text: &str, wanted: Wanted) -> Option<String> {
    let (regions, file) = (context.regions, context.delivery.region.as_str());
    let day = context.delivery.period.last_day();
    let found = regions.resolve(text, wanted, file, day).map(str::to_owned);
    if found.is_some() || !text.contains(char::is_whitespace) {
        return found;
    }
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    regions.resolve(&text, wanted, file, day).map(str::to_owned)
}

/// Region codes of six, nine or twelve digits are kept as delivered.
fn digits_of_region(text: &str) -> Option<&str> {
    (matches!(text.len(), 6 | 9 | 12) && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
}
