//! From cells to typed columns: one column at a time, with every repair, warning and reject noted by row and field.

use super::DeliveryName;
use super::clean::{Repairs, clean_cell, clean_name, is_plain, is_plain_name};
use super::columns::{Columns, Person, Persons, Values, largest, scale_of};
use super::ids::{age_on, has_shape, read_id};
use super::memo::{FieldMemo, Memo, Reading};
use super::numbers::{ReadNumber, read_number, read_plain};
use super::person::PersonKeys;
use super::places::Places;
use super::repeating::read_cell;
use super::rows::Rows;
use super::texts::Texts;
use super::words::{BlankWords, is_male_code};
use crate::project::{self, Contract, Field, FieldKind, Need, Regions};
use chrono::NaiveDate;
use std::borrow::Cow;

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
pub struct TypedRows<'r> {
    pub columns: Columns<'r>,
    pub noted: Noted,
}

/// What was noted about the cells of a run.
#[derive(Default)]
pub struct Noted {
    pub faults: Vec<Fault>,
    pub repairs: Vec<(u32, u16, Repairs)>,
    /// Code-list cells that mean nothing yet: (row, field, text).
    pub unmapped: Vec<(u32, u16, String)>,
}

/// What typing needs to know about the file.
pub struct TypingContext<'a> {
    pub contract: &'a Contract,
    pub reading: &'a project::Reading,
    pub regions: &'a Regions,
    pub delivery: &'a DeliveryName,
    pub keys: &'a PersonKeys,
    /// The day on which the file arrived.
    pub arrived_on: NaiveDate,
    pub is_1904: bool,
    /// Column of the file and ten-thousands flag, by field.
    pub columns: &'a [Option<(usize, bool)>],
}

/// Types a run of rows, column by column.
pub fn type_rows<'r>(rows: &'r Rows, context: &TypingContext<'_>, memo: &'r mut Memo) -> TypedRows<'r> {
    let contract = context.contract;
    memo.begin_run(contract.fields.len());
    let mut noted = Noted::default();
    let mut persons = Persons::default();
    let mut places = Places::default();
    let mut values = Vec::with_capacity(contract.fields.len());
    for (i, field) in contract.fields.iter().enumerate() {
        let blanks = BlankWords::new(field, context.reading);
        let mut typer = ColumnTyper { field, index: i as u16, context, rows, blanks, noted: &mut noted };
        values.push(if contract.region_field.as_ref() == Some(&field.name) {
            places.type_column(&mut typer, memo.field(i))
        } else {
            typer.type_column(memo.field(i), &mut persons)
        });
    }
    if contract.region_field.is_none() {
        places.stand_together(context.delivery, rows.len());
    }
    let kinds = contract.fields.iter().map(|f| f.kind).collect();
    let Places { list: places, rows: region, .. } = places;
    let columns = Columns { rows, memo, values, kinds, persons, places, region };
    check_identity(context, &columns, &mut noted);
    TypedRows { columns, noted }
}

/// One column on its way from cells to values.
pub struct ColumnTyper<'a, 'r> {
    pub field: &'a Field,
    pub index: u16,
    pub context: &'a TypingContext<'a>,
    pub rows: &'r Rows,
    pub blanks: BlankWords<'a>,
    pub noted: &'a mut Noted,
}

impl ColumnTyper<'_, '_> {
    pub fn fault(&mut self, row: usize, reason: &'static str, rejects: bool) {
        self.noted.faults.push(Fault { row: row as u32, field: self.index, reason, rejects });
    }

    fn repair(&mut self, row: usize, repairs: Repairs) {
        if !repairs.is_none() {
            self.noted.repairs.push((row as u32, self.index, repairs));
        }
    }

    /// Notes for a row what was found in its cell.
    pub fn note(&mut self, row: usize, reading: &Reading) {
        self.repair(row, reading.repairs);
        if let Some(text) = &reading.unmapped {
            self.noted.unmapped.push((row as u32, self.index, text.clone()));
        }
        reading.faults.iter().for_each(|(reason, rejects)| self.fault(row, reason, *rejects));
    }

    fn note_blank(&mut self, row: usize) {
        if let Some((reason, rejects)) = blank_fault(self.field) {
            self.fault(row, reason, rejects);
        }
    }

    /// A cell that cannot be read: rejects a required field's row, else blanks it with a warning.
    fn note_unreadable(&mut self, row: usize, reject: &'static str, warning: &'static str) {
        let (reason, rejects) = unreadable_fault(self.field, reject, warning);
        self.fault(row, reason, rejects);
    }

    /// The cleaned text of a cell, or `None` for a blank (noted as such).
    fn cleaned<'c>(&mut self, row: usize, raw: &'c str) -> Option<(Cow<'c, str>, Repairs)> {
        let (text, repairs) = clean_cell(raw);
        if text.is_empty() {
            self.note_blank(row);
            return None;
        }
        if self.blanks.is_blank(&text) {
            self.repair(row, repairs.and(Repairs::BLANK_WORD));
            self.note_blank(row);
            return None;
        }
        Some((text, repairs))
    }

    fn type_column(&mut self, memo: &mut FieldMemo, persons: &mut Persons) -> Values {
        let Some((at, ten_thousands)) = self.context.columns[usize::from(self.index)] else {
            return Values::Absent;
        };
        match self.field.kind {
            FieldKind::Id => self.type_ids(at, persons),
            FieldKind::Int | FieldKind::Yuan | FieldKind::Number | FieldKind::Pct => {
                Values::Number((0..self.rows.len()).map(|row| self.type_number(row, at, ten_thousands)).collect())
            }
            FieldKind::Text if mostly_differs(self.field, self.context.contract) => self.type_texts(at),
            _ => self.type_repeating(at, memo),
        }
    }

    fn type_texts(&mut self, at: usize) -> Values {
        let mut out = Texts::with_capacity(self.rows.len());
        let personal = self.field.personal;
        for row in 0..self.rows.len() {
            let Some(span) = self.rows.span(row, at) else {
                self.note_blank(row);
                out.push_blank();
                continue;
            };
            let raw = self.rows.text_of(span);
            let plain = if personal { is_plain_name(raw) } else { is_plain(raw) };
            if plain && !self.blanks.is_blank(raw) {
                out.push_span(span);
                continue;
            }
            match self.cleaned(row, raw) {
                None => out.push_blank(),
                Some((text, repairs)) if personal => {
                    let (name, more) = clean_name(&text);
                    self.repair(row, repairs.and(more));
                    out.push(&name);
                }
                Some((text, repairs)) => {
                    self.repair(row, repairs);
                    out.push(&text);
                }
            }
        }
        Values::Text(out)
    }

    fn type_repeating(&mut self, at: usize, memo: &mut FieldMemo) -> Values {
        let mut out = Vec::with_capacity(self.rows.len());
        for row in 0..self.rows.len() {
            let raw = self.rows.cell(row, at);
            let reading = memo.look(raw, |raw| read_cell(self.field, self.context, &self.blanks, raw));
            out.push(reading);
            let reading = memo.get(reading);
            if !reading.is_clean() {
                self.note(row, reading);
            }
        }
        Values::Picked(out)
    }

    fn type_ids(&mut self, at: usize, persons: &mut Persons) -> Values {
        let mut out = Texts::with_capacity(self.rows.len());
        for row in 0..self.rows.len() {
            let raw = self.rows.cell(row, at);
            let cell = if has_shape(raw) { Some((Cow::Borrowed(raw), Repairs::NONE)) } else { self.cleaned(row, raw) };
            let Some((text, repairs)) = cell else {
                out.push_blank();
                persons.push_none();
                continue;
            };
            match read_id(&text, self.context.arrived_on) {
                Ok(id) => {
                    self.repair(row, repairs.and(id.repairs));
                    let person = Person { born_on: id.born_on, is_male: id.is_male };
                    persons.push(self.context.keys, &id.number, person);
                    match (self.rows.span(row, at), *id.number == *raw) {
                        (Some(span), true) => out.push_span(span),
                        _ => out.push(&id.number),
                    }
                }
                Err(reason) => {
                    out.push_blank();
                    persons.push_none();
                    self.note_unreadable(row, reason, "field_blank");
                }
            }
        }
        Values::Text(out)
    }

    fn type_number(&mut self, row: usize, at: usize, ten_thousands: bool) -> Option<i128> {
        let raw = self.rows.cell(row, at);
        let plain = read_plain(raw).filter(|_| !self.blanks.is_blank(raw));
        let (number, repairs) = match plain {
            Some(number) => (Some(number), Repairs::NONE),
            None => {
                let (text, repairs) = self.cleaned(row, raw)?;
                (read_number(&text, self.context.reading), repairs)
            }
        };
        let Some((unscaled, more, cut)) = number.and_then(|n| self.scaled(n, ten_thousands)) else {
            self.note_unreadable(row, "number_invalid", "number_blanked");
            return None;
        };
        if unscaled < 0 {
            self.fault(row, "negative_number", true);
        }
        if number.is_some_and(|n| n.approximate) {
            self.fault(row, "number_approximate", false);
        }
        let rounded = if cut { Repairs::NUMBER_ROUNDED } else { Repairs::NONE };
        self.repair(row, repairs.and(more).and(rounded));
        Some(unscaled)
    }

    /// A number in the field's unit and decimals, what that took, and whether decimals were cut; `None` where the field
    /// cannot keep it.
    fn scaled(&self, number: ReadNumber, ten_thousands: bool) -> Option<(i128, Repairs, bool)> {
        let mut value = number;
        let mut repairs = number.repairs;
        // A cell that says its own unit has the last word.
        if self.field.kind == FieldKind::Yuan && ten_thousands && !number.own_unit {
            value.unscaled = value.unscaled.saturating_mul(10_000);
            repairs = repairs.and(Repairs::TEN_THOUSANDS);
        }
        if self.field.kind == FieldKind::Pct && !number.percent && is_share(number.unscaled, number.scale) {
            value.unscaled = value.unscaled.saturating_mul(100);
            repairs = repairs.and(Repairs::PERCENT);
        }
        let (unscaled, cut) = value.rescale(scale_of(self.field.kind))?;
        let fits = unscaled.unsigned_abs() < largest(self.field.kind) && !(self.field.kind == FieldKind::Int && cut);
        fits.then_some((unscaled, repairs, cut))
    }
}

/// Texts of which hardly two are alike: names and numbers of persons, keys, identifiers that may have to be made.
fn mostly_differs(field: &Field, contract: &Contract) -> bool {
    field.personal
        || contract.key.contains(&field.name)
        || contract.made_id.as_ref().is_some_and(|made| made.field == field.name)
}

/// What a blank cell of the field means for its row: (reason, whether it rejects the row).
pub fn blank_fault(field: &Field) -> Option<(&'static str, bool)> {
    match field.need {
        Need::Required if field.kind == FieldKind::Id => Some(("id_missing", true)),
        Need::Required => Some(("required_blank", true)),
        Need::Wanted => Some(("field_blank", false)),
        Need::Optional => None,
    }
}

/// The reason that a cell which cannot be read gives: a reject where the field is required, else a warning.
pub fn unreadable_fault(field: &Field, reject: &'static str, warning: &'static str) -> (&'static str, bool) {
    let required = field.need == Need::Required;
    (if required { reject } else { warning }, required)
}

/// Sex and age beside the ID number: warnings where they disagree.
fn check_identity(context: &TypingContext<'_>, columns: &Columns<'_>, noted: &mut Noted) {
    let Some(agrees) = &context.contract.id_agrees else { return };
    let index = |name: &Option<String>| name.as_deref().and_then(|f| context.contract.field_index(f));
    let (sex, age) = (index(&agrees.sex), index(&agrees.age));
    let period_end = context.delivery.period.last_day();
    let mut warn = |row: usize, field: usize, reason| {
        noted.faults.push(Fault { row: row as u32, field: field as u16, reason, rejects: false });
    };
    // By reading of the sex column: what it says.
    let says_male: Vec<Option<bool>> = sex.map_or_else(Vec::new, |sex| {
        let says = |text| is_male_code(&context.contract.fields[sex], text);
        columns.memo.readings(sex).iter().map(|reading| reading.value.text().and_then(says)).collect()
    });
    for row in 0..columns.len() {
        let Some(person) = columns.persons.get(row) else { continue };
        if let Some(sex) = sex
            && let Values::Picked(picked) = &columns.values[sex]
            && let Some(Some(male)) = says_male.get(picked[row] as usize)
            && *male != person.is_male
        {
            warn(row, sex, "sex_differs_from_id");
        }
        if let Some(age) = age
            && let Some(years) = columns.number(age, row)
            && (years - i128::from(age_on(person.born_on, period_end))).abs() > 1
        {
            warn(row, age, "age_differs_from_id");
        }
    }
}

/// A bare number of at most one is a share: 0.6 is 60 %.
fn is_share(unscaled: i128, scale: u32) -> bool {
    10i128.checked_pow(scale).is_some_and(|one| unscaled.abs() <= one)
}
