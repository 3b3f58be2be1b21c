//! From cells to typed columns: one column at a time, with every repair, warning and reject noted by row and field.

use super::clean::{Repairs, clean_cell, clean_name, half_width};
use super::dates::{ReadDate, read_date};
use super::file::Row;
use super::ids::{ReadId, age_on, read_id};
use super::limits::MEMO_CELL_BYTES;
use super::numbers::read_number;
use super::person::PersonKeys;
use super::workbook::serial_1904;
use super::{
    DeliveryName,
    columns::{Columns, largest},
};
use crate::project::{Contract, Field, FieldKind, Need, Reading, Regions, Wanted};
use chrono::NaiveDate;
use std::collections::HashMap;

/// Something noted about a cell: why the row is rejected, or a warning that keeps it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub row: u32,
    /// The field's position in the contract.
    pub field: u16,
    pub reason: &'static str,
    pub rejects: bool,
}

/// A typed run of rows.
pub struct TypedRows {
    pub columns: Columns,
    pub faults: Vec<Fault>,
    pub repairs: Vec<(u32, u16, Repairs)>,
    /// Code-list cells that mean nothing yet: (row, field, text).
    pub unmapped: Vec<(u32, u16, String)>,
}

/// What typing needs to know about the file.
pub struct TypingContext<'a> {
    pub contract: &'a Contract,
    pub reading: &'a Reading,
    pub regions: &'a Regions,
    pub delivery: &'a DeliveryName,
    pub keys: &'a PersonKeys,
    /// The day on which the file arrived.
    pub arrived_on: NaiveDate,
    pub is_1904: bool,
    /// Column of the file and ten-thousands flag, by field.
    pub columns: &'a [Option<(usize, bool)>],
}

/// Readings of cells that repeat (codes, dates, regions), by field.
#[derive(Default)]
pub struct Memo {
    seen: Vec<HashMap<String, CellReading>>,
}

/// No word for a blank is longer.
const BLANK_BYTES_MAX: usize = 16;

/// The most different cells remembered for one column.
const MEMO_MAX: usize = 20_000;

#[derive(Clone, Debug)]
enum CellReading {
    Text(String, Repairs),
    Date(ReadDate),
    Flag(bool, Repairs),
    /// Cannot be read; the text stands for the report of unmapped values.
    Bad,
}

/// Types a run of rows, column by column.
pub fn type_rows(rows: &[Row], context: &TypingContext<'_>, memo: &mut Memo) -> TypedRows {
    memo.seen.resize_with(context.contract.fields.len(), HashMap::new);
    let mut out = TypedRows {
        columns: Columns::new(context.contract, rows.len()),
        faults: Vec::new(),
        repairs: Vec::new(),
        unmapped: Vec::new(),
    };
    for (i, field) in context.contract.fields.iter().enumerate() {
        let mut typer = ColumnTyper { field, index: i as u16, context, out: &mut out };
        if field.name == context.contract.region_field {
            typer.type_region_column(rows, &mut memo.seen[i]);
        } else {
            typer.type_column(rows, &mut memo.seen[i]);
        }
    }
    if context.columns[context.contract.region_index()].is_none() {
        // The region column was typed from nothing: every row stands in the file's region.
        debug_assert_eq!(out.columns.region.len(), rows.len());
    }
    check_identity(context, &mut out);
    out
}

struct ColumnTyper<'a, 'b> {
    field: &'a Field,
    index: u16,
    context: &'a TypingContext<'a>,
    out: &'b mut TypedRows,
}

impl ColumnTyper<'_, '_> {
    fn fault(&mut self, row: usize, reason: &'static str, rejects: bool) {
        self.out.faults.push(Fault { row: row as u32, field: self.index, reason, rejects });
    }

    fn repair(&mut self, row: usize, repairs: Repairs) {
        if !repairs.is_none() {
            self.out.repairs.push((row as u32, self.index, repairs));
        }
    }

    /// A cell that cannot be read: rejects a required field's row, else blanks it with a warning.
    fn unreadable(&mut self, row: usize, reject: &'static str, warning: &'static str) {
        let required = self.field.need == Need::Required;
        self.fault(row, if required { reject } else { warning }, required);
    }

    fn blank(&mut self, row: usize) {
        match self.field.need {
            Need::Required if self.field.kind == FieldKind::Id => self.fault(row, "id_missing", true),
            Need::Required => self.fault(row, "required_blank", true),
            Need::Wanted => self.fault(row, "field_blank", false),
            Need::Optional => {}
        }
    }

    /// Whether a cleaned text stands for a blank in this field.
    fn is_blank(&self, text: &str) -> bool {
        let is_value = match self.field.kind {
            FieldKind::Code => find_code(self.field, text).is_some(),
            FieldKind::Bool => find_flag(self.context.reading, text).is_some(),
            _ => false,
        };
        let half: String = text.chars().map(half_width).collect();
        let says_blank = |words: &[String]| words.iter().any(|w| w == text || w.eq_ignore_ascii_case(&half));
        !is_value
            && (says_blank(&self.context.reading.blanks)
                || says_blank(&self.field.blank_words)
                || says_blank(&self.field.open_words))
    }

    /// The cleaned text of a cell, or `None` for a blank (noted as such).
    fn cleaned<'c>(&mut self, row: usize, raw: &'c str) -> Option<(std::borrow::Cow<'c, str>, Repairs)> {
        let (text, repairs) = clean_cell(raw);
        if text.is_empty() {
            self.blank(row);
            return None;
        }
        if text.len() <= BLANK_BYTES_MAX && self.is_blank(&text) {
            self.repair(row, repairs.and(Repairs::BLANK_WORD));
            self.blank(row);
            return None;
        }
        Some((text, repairs))
    }

    fn type_column(&mut self, rows: &[Row], memo: &mut HashMap<String, CellReading>) {
        let Some((at, ten_thousands)) = self.context.columns[usize::from(self.index)] else {
            self.out.columns.push_nulls(self.index, rows.len());
            return;
        };
        for (row, Row { cells, .. }) in rows.iter().enumerate() {
            let raw = cells.get(at).unwrap_or("");
            match self.cleaned(row, raw) {
                None => self.out.columns.push_null(self.index),
                Some((text, repairs)) => self.type_cell(row, &text, repairs, ten_thousands, memo),
            }
        }
    }

    fn type_cell(
        &mut self,
        row: usize,
        text: &str,
        repairs: Repairs,
        ten_thousands: bool,
        memo: &mut HashMap<String, CellReading>,
    ) {
        match self.field.kind {
            FieldKind::Text if self.field.personal => {
                let (name, more) = clean_name(text);
                self.repair(row, repairs.and(more));
                self.out.columns.push_text(self.index, &name);
            }
            FieldKind::Text => {
                self.repair(row, repairs);
                self.out.columns.push_text(self.index, text);
            }
            FieldKind::Id => self.type_id(row, text, repairs),
            FieldKind::Int | FieldKind::Yuan | FieldKind::Number | FieldKind::Pct => {
                self.type_number(row, text, repairs, ten_thousands);
            }
            _ => {
                let reading = match memo.get(text) {
                    Some(known) => known.clone(),
                    None => {
                        let reading = self.read_repeating(text);
                        if memo.len() < MEMO_MAX && text.len() <= MEMO_CELL_BYTES {
                            memo.insert(text.to_owned(), reading.clone());
                        }
                        reading
                    }
                };
                self.push_repeating(row, text, repairs, reading);
            }
        }
    }

    fn read_repeating(&self, text: &str) -> CellReading {
        match self.field.kind {
            FieldKind::Code => match find_code(self.field, text) {
                Some((value, exact)) => {
                    let repairs = if exact { Repairs::NONE } else { Repairs::CODE_MAPPED };
                    CellReading::Text(value.to_owned(), repairs)
                }
                None => CellReading::Bad,
            },
            FieldKind::Bool => find_flag(self.context.reading, text)
                .map_or(CellReading::Bad, |flag| CellReading::Flag(flag, Repairs::NONE)),
            FieldKind::Date | FieldKind::Month => self.read_date(text).map_or(CellReading::Bad, CellReading::Date),
            FieldKind::Region => match digits_of_region(text) {
                Some(digits) => CellReading::Text(digits.to_owned(), Repairs::NONE),
                None => match self.resolve(text, Wanted::Region) {
                    Some(code) => CellReading::Text(code, Repairs::REGION_MAPPED),
                    None => CellReading::Bad,
                },
            },
            FieldKind::Unit => match self.resolve(text, Wanted::Unit) {
                Some(code) => {
                    let repairs = if code == text { Repairs::NONE } else { Repairs::REGION_MAPPED };
                    CellReading::Text(code, repairs)
                }
                None => CellReading::Bad,
            },
            FieldKind::Period => super::name::read_period(text)
                .map_or(CellReading::Bad, |_| CellReading::Text(text.to_uppercase(), Repairs::NONE)),
            _ => CellReading::Bad,
        }
    }

    fn read_date(&self, text: &str) -> Option<ReadDate> {
        let month_allowed = self.field.month_allowed || self.field.kind == FieldKind::Month;
        let year = self.context.delivery.period.year;
        let mut read = read_date(text, &self.context.reading.date_words, month_allowed, year)?;
        if self.context.is_1904 && read.repairs == Repairs::DATE_SERIAL {
            read.date = serial_1904(text.split('.').next()?.parse().ok()?)?;
        }
        Some(read)
    }

    fn resolve(&self, text: &str, wanted: Wanted) -> Option<String> {
        let (regions, file) = (self.context.regions, self.context.delivery.region.as_str());
        let day = self.context.delivery.period.last_day();
        let found = regions.resolve(text, wanted, file, day).map(str::to_owned);
        if found.is_some() || !text.contains(char::is_whitespace) {
            return found;
        }
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        regions.resolve(&text, wanted, file, day).map(str::to_owned)
    }

    fn push_repeating(&mut self, row: usize, text: &str, repairs: Repairs, reading: CellReading) {
        match reading {
            CellReading::Text(value, more) => {
                self.repair(row, repairs.and(more));
                self.out.columns.push_text(self.index, &value);
            }
            CellReading::Flag(value, more) => {
                self.repair(row, repairs.and(more));
                self.out.columns.push_flag(self.index, value);
            }
            CellReading::Date(read) => {
                self.repair(row, repairs.and(read.repairs));
                if read.year_assumed {
                    self.fault(row, "year_assumed", false);
                }
                if read.date > self.context.arrived_on {
                    self.fault(row, "future_date", false);
                }
                self.out.columns.push_date(self.index, read.date);
            }
            CellReading::Bad => {
                self.out.columns.push_null(self.index);
                match self.field.kind {
                    FieldKind::Date | FieldKind::Month => self.unreadable(row, "date_invalid", "date_blanked"),
                    FieldKind::Region | FieldKind::Unit => self.unreadable(row, "region_unknown", "code_blanked"),
                    _ => {
                        if self.field.kind == FieldKind::Code {
                            self.out.unmapped.push((row as u32, self.index, text.chars().take(40).collect()));
                        }
                        self.unreadable(row, "code_unmapped", "code_blanked");
                    }
                }
            }
        }
    }

    fn type_id(&mut self, row: usize, text: &str, repairs: Repairs) {
        match read_id(text, self.context.arrived_on) {
            Ok(ReadId { number, born_on, is_male, repairs: more }) => {
                self.repair(row, repairs.and(more));
                let key = self.context.keys.key_of(&number);
                self.out.columns.push_person(self.index, &number, &key, born_on, is_male);
            }
            Err(reason) => {
                self.out.columns.push_null(self.index);
                self.unreadable(row, reason, "field_blank");
            }
        }
    }

    fn type_number(&mut self, row: usize, text: &str, repairs: Repairs, ten_thousands: bool) {
        let Some(number) = read_number(text, self.context.reading) else {
            self.out.columns.push_null(self.index);
            self.unreadable(row, "number_invalid", "number_blanked");
            return;
        };
        let is_pct = self.field.kind == FieldKind::Pct;
        let mut more = repairs.and(number.repairs);
        let mut value = number;
        // A cell that says its own unit has the last word.
        if self.field.kind == FieldKind::Yuan && ten_thousands && !number.own_unit {
            value.unscaled = value.unscaled.saturating_mul(10_000);
            more = more.and(Repairs::TEN_THOUSANDS);
        }
        if is_pct && !number.percent && is_share(number.unscaled, number.scale) {
            value.unscaled = value.unscaled.saturating_mul(100);
            more = more.and(Repairs::PERCENT);
        }
        let scale = self.out.columns.scale(self.index);
        let fits = |n: i128| n.unsigned_abs() < largest(self.field.kind);
        let Some((unscaled, cut)) = value.rescale(scale).filter(|(n, _)| fits(*n)) else {
            self.out.columns.push_null(self.index);
            self.unreadable(row, "number_invalid", "number_blanked");
            return;
        };
        if self.field.kind == FieldKind::Int && cut {
            self.out.columns.push_null(self.index);
            self.unreadable(row, "number_invalid", "number_blanked");
            return;
        }
        if unscaled < 0 {
            self.fault(row, "negative_number", true);
        }
        if cut {
            more = more.and(Repairs::NUMBER_ROUNDED);
        }
        if number.approximate {
            self.fault(row, "number_approximate", false);
        }
        self.repair(row, more);
        self.out.columns.push_number(self.index, unscaled);
    }

    /// The column that says where a row belongs; a blank is the file's region.
    fn type_region_column(&mut self, rows: &[Row], memo: &mut HashMap<String, CellReading>) {
        let at = self.context.columns[usize::from(self.index)].map(|(at, _)| at);
        let town = self.context.contract.town_field.as_deref().and_then(|f| self.context.contract.field_index(f));
        let town_at = town.and_then(|i| self.context.columns[i]).map(|(at, _)| at);
        let wanted = if self.field.kind == FieldKind::Unit { Wanted::Unit } else { Wanted::Region };
        let file = self.context.delivery.region.as_str();
        for (row, Row { cells, .. }) in rows.iter().enumerate() {
            let raw = at.and_then(|at| cells.get(at)).unwrap_or("");
            let (text, repairs) = clean_cell(raw);
            let blank = text.is_empty() || (text.len() <= BLANK_BYTES_MAX && self.is_blank(&text));
            let mut code = None;
            if !blank {
                let reading = match memo.get(&*text) {
                    Some(known) => known.clone(),
                    None => {
                        let reading = match self.resolve(&text, wanted) {
                            Some(code) if code == *text => CellReading::Text(code, Repairs::NONE),
                            Some(code) => CellReading::Text(code, Repairs::REGION_MAPPED),
                            None => CellReading::Bad,
                        };
                        if memo.len() < MEMO_MAX && text.len() <= MEMO_CELL_BYTES {
                            memo.insert(text.clone().into_owned(), reading.clone());
                        }
                        reading
                    }
                };
                match reading {
                    CellReading::Text(found, more) => {
                        self.repair(row, repairs.and(more));
                        code = Some(found);
                    }
                    _ => self.fault(row, "region_unknown", true),
                }
            } else if self.field.need == Need::Required {
                self.fault(row, "required_blank", true);
            } else if file.is_empty() {
                self.fault(row, "region_unknown", true);
            } else {
                code = Some(file.to_owned());
            }
            if let (Some(found), Some(town_at)) = (&code, town_at)
                && let Some(moved) = self.moved_by_town(cells.get(town_at).unwrap_or(""), found)
            {
                code = Some(moved);
            }
            if let Some(found) = &code
                && !file.is_empty()
                && !self.context.regions.is_inside(found, file)
            {
                self.fault(row, "region_outside_slice", true);
            }
            self.out.columns.push_region(self.index, code.as_deref());
        }
    }

    /// A township that belongs to another region than its county's digits say moves the row there.
    fn moved_by_town(&self, raw: &str, found: &str) -> Option<String> {
        let (digits, _) = clean_cell(raw);
        let region = self.context.regions.region_of_town(&digits, self.context.delivery.period.last_day())?;
        (region != found && digits.starts_with(found)).then(|| region.to_owned())
    }
}

/// Sex and age beside the ID number: warnings where they disagree.
fn check_identity(context: &TypingContext<'_>, out: &mut TypedRows) {
    let (Some(agrees), Some(id)) = (&context.contract.id_agrees, context.contract.id_index()) else { return };
    let period_end = context.delivery.period.last_day();
    for row in 0..out.columns.len() {
        let Some((born_on, is_male)) = out.columns.person(id, row) else { continue };
        if let Some(sex) = agrees.sex.as_deref().and_then(|f| context.contract.field_index(f))
            && let Some(text) = out.columns.text(sex, row)
            && is_male_code(&context.contract.fields[sex], text).is_some_and(|says_male| says_male != is_male)
        {
            out.faults.push(Fault {
                row: row as u32,
                field: sex as u16,
                reason: "sex_differs_from_id",
                rejects: false,
            });
        }
        if let Some(age) = agrees.age.as_deref().and_then(|f| context.contract.field_index(f))
            && let Some(years) = out.columns.number(age, row)
            && (years - i128::from(age_on(born_on, period_end))).abs() > 1
        {
            out.faults.push(Fault {
                row: row as u32,
                field: age as u16,
                reason: "age_differs_from_id",
                rejects: false,
            });
        }
    }
}

/// GB/T 2261.1: 1 is male, 2 is female; the code list says which value carries which.
fn is_male_code(field: &Field, value: &str) -> Option<bool> {
    let code = field.codes.iter().find(|c| c.value == value)?;
    let carries = |digit: &str| code.also.iter().any(|a| a == digit);
    match (carries("1"), carries("2")) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => None,
    }
}

/// Exact, then alias or code; also without inner white space.
pub fn find_code<'f>(field: &'f Field, text: &str) -> Option<(&'f str, bool)> {
    if let Some(code) = field.codes.iter().find(|c| c.value == text) {
        return Some((&code.value, true));
    }
    let same =
        |known: &str| known == text || super::clean::normalise_header(known) == super::clean::normalise_header(text);
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

fn find_flag(reading: &Reading, text: &str) -> Option<bool> {
    let says = |words: &[String]| words.iter().any(|w| w.eq_ignore_ascii_case(text));
    if says(&reading.yes) {
        return Some(true);
    }
    says(&reading.no).then_some(false)
}

/// Region codes of six, nine or twelve digits are kept as delivered.
fn digits_of_region(text: &str) -> Option<&str> {
    (matches!(text.len(), 6 | 9 | 12) && text.bytes().all(|b| b.is_ascii_digit())).then_some(text)
}

/// A bare number of at most one is a share: 0.6 is 60 %.
fn is_share(unscaled: i128, scale: u32) -> bool {
    10i128.checked_pow(scale).is_some_and(|one| unscaled.abs() <= one)
}
