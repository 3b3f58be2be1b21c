//! Typed columns under construction, and the Arrow schema of a feed's raw table.

use super::memo::{Memo, ReadValue};
use super::person::{PSEUDONYM_CHARS, PersonKeys};
use super::rows::Rows;
use super::texts::Texts;
use crate::project::{Contract, FieldKind};
use arrow::array::{ArrayRef, BooleanArray, Date32Array, Decimal128Array, Int64Array, StringBuilder, new_null_array};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use chrono::NaiveDate;
use std::sync::Arc;

/// The decimals that each numeric kind keeps.
pub const YUAN_SCALE: u32 = 2;
pub const NUMBER_SCALE: u32 = 4;
pub const PCT_SCALE: u32 = 4;

/// Columns that the loader adds to the contract's, in order.
pub const ADDED_COLUMNS: [&str; 11] = [
    "person_key",
    "person_born_on",
    "person_is_male",
    "region_code",
    "slice_period",
    "source_file",
    "source_sha256",
    "source_sheet",
    "source_row",
    "repairs",
    "warnings",
];

/// The partition column: the region whose delivery a row came in.
pub const SLICE_REGION: &str = "slice_region";

/// The Arrow type in which a kind of field is kept.
pub fn arrow_type(kind: FieldKind) -> DataType {
    match kind {
        FieldKind::Date | FieldKind::Month => DataType::Date32,
        FieldKind::Int => DataType::Int64,
        FieldKind::Yuan => DataType::Decimal128(18, YUAN_SCALE as i8),
        FieldKind::Number => DataType::Decimal128(20, NUMBER_SCALE as i8),
        FieldKind::Pct => DataType::Decimal128(9, PCT_SCALE as i8),
        FieldKind::Bool => DataType::Boolean,
        _ => DataType::Utf8,
    }
}

/// The first number (its decimals counted in) that a kind of field cannot keep.
pub fn largest(kind: FieldKind) -> u128 {
    match arrow_type(kind) {
        DataType::Decimal128(precision, _) => 10u128.pow(u32::from(precision)),
        _ => 1u128 << 63,
    }
}

/// The schema of a data file of the feed's raw table (without the partition column).
pub fn raw_schema(contract: &Contract) -> SchemaRef {
    let mut fields: Vec<Field> = contract
        .fields
        .iter()
        .filter(|f| f.name != "region")
        .map(|f| Field::new(&f.name, arrow_type(f.kind), true))
        .collect();
    let has_person = contract.id_index().is_some();
    for name in ADDED_COLUMNS {
        let data_type = match name {
            "person_born_on" => DataType::Date32,
            "person_is_male" => DataType::Boolean,
            "source_row" => DataType::Int64,
            _ => DataType::Utf8,
        };
        if has_person || !name.starts_with("person_") {
            fields.push(Field::new(name, data_type, true));
        }
    }
    Arc::new(Schema::new(fields))
}

/// What the values of a column are like, by which its data files are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// Hardly two are alike: a dictionary would only cost.
    Differ,
    /// A short list of words: the dictionary is all compression that they need.
    Repeat,
    /// A short list that has an order, as days have: what lies between two of them can be looked for.
    Order,
    /// Each is a little more than the one before.
    Count,
}

/// The columns of [`raw_schema`] of which the contract says what they are like; nothing is known of the others.
pub fn likenesses(contract: &Contract) -> Vec<(String, Likeness)> {
    let of_field = |field: &crate::project::Field| match field.kind {
        FieldKind::Id => Some(Likeness::Differ),
        FieldKind::Text if field.personal || contract.key.contains(&field.name) => Some(Likeness::Differ),
        FieldKind::Code | FieldKind::Bool | FieldKind::Unit => Some(Likeness::Repeat),
        FieldKind::Date | FieldKind::Month | FieldKind::Period | FieldKind::Int => Some(Likeness::Order),
        _ => None,
    };
    let of_added = |name: &str| match name {
        "person_key" => Some(Likeness::Differ),
        "source_row" => Some(Likeness::Count),
        "repairs" | "warnings" => None,
        "person_born_on" | "region_code" | "slice_period" => Some(Likeness::Order),
        _ => Some(Likeness::Repeat),
    };
    let fields = contract.fields.iter().filter_map(|f| Some((f.name.clone(), of_field(f)?)));
    fields.chain(ADDED_COLUMNS.iter().filter_map(|name| Some(((*name).to_owned(), of_added(name)?)))).collect()
}

/// One field's values in a run of rows.
pub enum Values {
    /// Cells that mostly differ: where each stands.
    Text(Texts),
    /// Cells that repeat: which of the field's readings each is.
    Picked(Vec<u32>),
    /// The region in which each row stands: which of the run's places.
    Place(Vec<u32>),
    Number(Vec<Option<i128>>),
    /// The file has no such column.
    Absent,
}

/// No reading, no place.
pub const NONE: u32 = u32::MAX;

/// The person of a row, as the ID number says.
#[derive(Clone, Copy)]
pub struct Person {
    pub born_on: NaiveDate,
    pub is_male: bool,
}

/// The persons of a run, where the feed speaks of persons and the file has the column.
#[derive(Default)]
pub struct Persons {
    /// By row, with which pseudonym is its own.
    rows: Vec<Option<(Person, u32)>>,
    /// Pseudonyms, one behind the other.
    keys: String,
}

impl Persons {
    pub fn push(&mut self, keys: &PersonKeys, id_number: &str, person: Person) {
        self.rows.push(Some((person, (self.keys.len() / PSEUDONYM_CHARS) as u32)));
        keys.push_key(id_number, &mut self.keys);
    }

    pub fn push_none(&mut self) {
        self.rows.push(None);
    }

    /// The row's person, where its number could be read.
    pub fn get(&self, row: usize) -> Option<Person> {
        self.rows.get(row)?.map(|(person, _)| person)
    }

    pub fn key(&self, row: usize) -> Option<&str> {
        let (_, at) = (*self.rows.get(row)?)?;
        let start = at as usize * PSEUDONYM_CHARS;
        self.keys.get(start..start + PSEUDONYM_CHARS)
    }
}

/// One run of rows, column by column in the contract's order.
pub struct Columns<'r> {
    pub rows: &'r Rows,
    pub memo: &'r Memo,
    pub values: Vec<Values>,
    pub kinds: Vec<FieldKind>,
    pub persons: Persons,
    /// The different regions in which the rows stand, and which one each is in.
    pub places: Vec<String>,
    pub region: Vec<u32>,
}

impl Columns<'_> {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn scale(&self, field: usize) -> u32 {
        scale_of(self.kinds[field])
    }

    /// The region in which a row stands.
    pub fn region(&self, row: usize) -> Option<&str> {
        self.place(self.region[row])
    }

    fn place(&self, at: u32) -> Option<&str> {
        (at != NONE).then(|| self.places[at as usize].as_str())
    }

    pub fn text(&self, field: usize, row: usize) -> Option<&str> {
        match &self.values[field] {
            Values::Text(v) => v.get(self.rows, row),
            Values::Picked(v) => self.memo.text(field, v[row]),
            Values::Place(v) => self.place(v[row]),
            _ => None,
        }
    }

    /// Fills in a text where the field was typed as [`Values::Text`].
    pub fn set_text(&mut self, field: usize, row: usize, text: &str) {
        if matches!(self.values[field], Values::Absent) {
            self.values[field] = Values::Text(Texts::of_blanks(self.rows.len()));
        }
        if let Values::Text(v) = &mut self.values[field] {
            v.set(row, text);
        }
    }

    pub fn date(&self, field: usize, row: usize) -> Option<NaiveDate> {
        match &self.values[field] {
            Values::Picked(v) => self.memo.date(field, v[row]),
            _ => None,
        }
    }

    /// A number with the field's own scale taken out of it (see [`Columns::scale`]).
    pub fn number(&self, field: usize, row: usize) -> Option<i128> {
        match &self.values[field] {
            Values::Number(v) => v[row],
            _ => None,
        }
    }

    pub fn set_number(&mut self, field: usize, row: usize, unscaled: i128) {
        if let Values::Number(v) = &mut self.values[field] {
            v[row] = Some(unscaled);
        }
    }

    /// A value as plain text, for identifiers that are made; "" for a blank.
    pub fn write_plain(&self, field: usize, row: usize, out: &mut String) {
        use std::fmt::Write;
        let picked = match &self.values[field] {
            Values::Picked(v) => self.memo.value(field, v[row]),
            _ => &ReadValue::Blank,
        };
        let done = match (picked, self.number(field, row), self.text(field, row)) {
            (ReadValue::Date(date), ..) => write!(out, "{date}").is_ok(),
            (ReadValue::Flag(flag), ..) => {
                out.push(if *flag { '1' } else { '0' });
                true
            }
            (_, Some(number), _) => write!(out, "{number}").is_ok(),
            (.., Some(text)) => {
                out.push_str(text);
                true
            }
            _ => false,
        };
        out.push(if done { '\u{1f}' } else { '\u{1e}' });
    }

    /// The kept rows as Arrow arrays in the order of the contract's fields, the field `region` left out.
    pub fn to_arrays(&self, contract: &Contract, kept: &[u32]) -> Vec<ArrayRef> {
        let fields = contract.fields.iter().enumerate().filter(|(_, f)| f.name != "region");
        fields.map(|(i, field)| self.to_array(i, field.kind, kept)).collect()
    }

    fn to_array(&self, field: usize, kind: FieldKind, kept: &[u32]) -> ArrayRef {
        let rows = kept.iter().map(|r| *r as usize);
        match &self.values[field] {
            Values::Text(v) => text_array(kept.len(), rows.map(|r| v.get(self.rows, r))),
            Values::Picked(v) => {
                let values = rows.map(|r| self.memo.value(field, v[r]));
                match arrow_type(kind) {
                    DataType::Date32 => Arc::new(values.map(ReadValue::days).collect::<Date32Array>()),
                    DataType::Boolean => Arc::new(values.map(ReadValue::flag).collect::<BooleanArray>()),
                    _ => text_array(kept.len(), values.map(ReadValue::text)),
                }
            }
            Values::Place(v) => text_array(kept.len(), rows.map(|r| self.place(v[r]))),
            Values::Number(v) => match arrow_type(kind) {
                DataType::Decimal128(precision, scale) => {
                    let array = rows.map(|r| v[r]).collect::<Decimal128Array>();
                    match array.clone().with_precision_and_scale(precision, scale) {
                        Ok(array) => Arc::new(array),
                        Err(_) => Arc::new(array),
                    }
                }
                _ => Arc::new(rows.map(|r| v[r].and_then(|n| i64::try_from(n).ok())).collect::<Int64Array>()),
            },
            Values::Absent => new_null_array(&arrow_type(kind), kept.len()),
        }
    }
}

/// The decimals that a kind of field keeps.
pub fn scale_of(kind: FieldKind) -> u32 {
    match kind {
        FieldKind::Yuan => YUAN_SCALE,
        FieldKind::Number => NUMBER_SCALE,
        FieldKind::Pct => PCT_SCALE,
        _ => 0,
    }
}

/// Days since 1970-01-01, as Arrow keeps dates.
pub fn days_of(date: NaiveDate) -> i32 {
    use chrono::Datelike;
    const DAYS_TO_1970: i32 = 719_163;
    date.num_days_from_ce() - DAYS_TO_1970
}

/// A column of `n` texts of usual length.
pub fn text_array<'a>(n: usize, values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    const USUAL_BYTES: usize = 12;
    text_array_of(n, n * USUAL_BYTES, values)
}

/// A column of `n` texts that have so many bytes together.
pub fn text_array_of<'a>(n: usize, bytes: usize, values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    let mut builder = StringBuilder::with_capacity(n, bytes);
    values.for_each(|v| builder.append_option(v));
    Arc::new(builder.finish())
}
