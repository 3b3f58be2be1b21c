//! Typed columns under construction, and the Arrow schema of a feed's raw table.

use crate::project::{Contract, FieldKind};
use arrow::array::{Array, ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Int64Builder, StringBuilder};
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

enum Values {
    Text(Vec<Option<String>>),
    Date(Vec<Option<NaiveDate>>),
    Number(Vec<Option<i128>>),
    Flag(Vec<Option<bool>>),
}

/// One run of rows, column by column in the contract's order.
pub struct Columns {
    values: Vec<Values>,
    kinds: Vec<FieldKind>,
    /// Keyed pseudonym, birth date and sex of the person, by row.
    pub persons: Vec<Option<(String, NaiveDate, bool)>>,
    /// The region in which each row stands.
    pub region: Vec<Option<String>>,
    len: usize,
}

impl Columns {
    pub fn new(contract: &Contract, len: usize) -> Columns {
        let kinds: Vec<FieldKind> = contract.fields.iter().map(|f| f.kind).collect();
        let values = kinds
            .iter()
            .map(|kind| match arrow_type(*kind) {
                DataType::Date32 => Values::Date(Vec::with_capacity(len)),
                DataType::Boolean => Values::Flag(Vec::with_capacity(len)),
                DataType::Utf8 => Values::Text(Vec::with_capacity(len)),
                _ => Values::Number(Vec::with_capacity(len)),
            })
            .collect();
        Columns { values, kinds, persons: Vec::new(), region: Vec::with_capacity(len), len }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub fn scale(&self, field: u16) -> u32 {
        match self.kinds[usize::from(field)] {
            FieldKind::Yuan => YUAN_SCALE,
            FieldKind::Number => NUMBER_SCALE,
            FieldKind::Pct => PCT_SCALE,
            _ => 0,
        }
    }

    pub fn push_null(&mut self, field: u16) {
        match &mut self.values[usize::from(field)] {
            Values::Text(v) => v.push(None),
            Values::Date(v) => v.push(None),
            Values::Number(v) => v.push(None),
            Values::Flag(v) => v.push(None),
        }
        if self.kinds[usize::from(field)] == FieldKind::Id {
            self.persons.push(None);
        }
    }

    pub fn push_nulls(&mut self, field: u16, n: usize) {
        (0..n).for_each(|_| self.push_null(field));
    }

    pub fn push_text(&mut self, field: u16, text: &str) {
        if let Values::Text(v) = &mut self.values[usize::from(field)] {
            v.push(Some(text.to_owned()));
        }
    }

    pub fn push_date(&mut self, field: u16, date: NaiveDate) {
        if let Values::Date(v) = &mut self.values[usize::from(field)] {
            v.push(Some(date));
        }
    }

    pub fn push_number(&mut self, field: u16, unscaled: i128) {
        if let Values::Number(v) = &mut self.values[usize::from(field)] {
            v.push(Some(unscaled));
        }
    }

    pub fn push_flag(&mut self, field: u16, flag: bool) {
        if let Values::Flag(v) = &mut self.values[usize::from(field)] {
            v.push(Some(flag));
        }
    }

    pub fn push_person(&mut self, field: u16, number: &str, key: &str, born_on: NaiveDate, is_male: bool) {
        self.push_text(field, number);
        self.persons.push(Some((key.to_owned(), born_on, is_male)));
    }

    /// The row's region, both as the column of that field and as the row's place.
    pub fn push_region(&mut self, field: u16, code: Option<&str>) {
        match code {
            Some(code) => self.push_text(field, code),
            None => self.push_null(field),
        }
        self.region.push(code.map(str::to_owned));
    }

    pub fn text(&self, field: usize, row: usize) -> Option<&str> {
        match &self.values[field] {
            Values::Text(v) => v.get(row)?.as_deref(),
            _ => None,
        }
    }

    pub fn set_text(&mut self, field: usize, row: usize, text: String) {
        if let Values::Text(v) = &mut self.values[field] {
            v[row] = Some(text);
        }
    }

    pub fn date(&self, field: usize, row: usize) -> Option<NaiveDate> {
        match &self.values[field] {
            Values::Date(v) => *v.get(row)?,
            _ => None,
        }
    }

    /// A number with the field's own scale taken out of it (see [`Columns::scale`]).
    pub fn number(&self, field: usize, row: usize) -> Option<i128> {
        match &self.values[field] {
            Values::Number(v) => *v.get(row)?,
            _ => None,
        }
    }

    pub fn set_number(&mut self, field: usize, row: usize, unscaled: i128) {
        if let Values::Number(v) = &mut self.values[field] {
            v[row] = Some(unscaled);
        }
    }

    /// Birth date and sex of the row's person.
    pub fn person(&self, _id_field: usize, row: usize) -> Option<(NaiveDate, bool)> {
        self.persons.get(row)?.as_ref().map(|(_, born_on, is_male)| (*born_on, *is_male))
    }

    /// A value as plain text for keys and comparisons; "" for a blank.
    pub fn write_plain(&self, field: usize, row: usize, out: &mut String) {
        use std::fmt::Write;
        let done = match &self.values[field] {
            Values::Text(v) => v[row].as_deref().map(|t| out.push_str(t)),
            Values::Date(v) => v[row].map(|d| {
                let _ = write!(out, "{d}");
            }),
            Values::Number(v) => v[row].map(|n| {
                let _ = write!(out, "{n}");
            }),
            Values::Flag(v) => v[row].map(|b| out.push(if b { '1' } else { '0' })),
        };
        out.push(if done.is_some() { '\u{1f}' } else { '\u{1e}' });
    }

    /// The kept rows as Arrow arrays in the order of the contract's fields, the field `region` left out.
    pub fn to_arrays(&self, contract: &Contract, kept: &[u32]) -> Vec<ArrayRef> {
        let fields = contract.fields.iter().enumerate().filter(|(_, f)| f.name != "region");
        fields.map(|(i, field)| self.to_array(i, field.kind, kept)).collect()
    }

    fn to_array(&self, field: usize, kind: FieldKind, kept: &[u32]) -> ArrayRef {
        let rows = kept.iter().map(|r| *r as usize);
        match &self.values[field] {
            Values::Text(v) => {
                let mut builder = StringBuilder::with_capacity(kept.len(), kept.len() * 8);
                rows.for_each(|r| builder.append_option(v[r].as_deref()));
                Arc::new(builder.finish())
            }
            Values::Date(v) => {
                let mut builder = Date32Builder::with_capacity(kept.len());
                rows.for_each(|r| builder.append_option(v[r].map(days_of)));
                Arc::new(builder.finish())
            }
            Values::Flag(v) => {
                let mut builder = BooleanBuilder::with_capacity(kept.len());
                rows.for_each(|r| builder.append_option(v[r]));
                Arc::new(builder.finish())
            }
            Values::Number(v) => match arrow_type(kind) {
                DataType::Decimal128(precision, scale) => {
                    let mut builder = Decimal128Builder::with_capacity(kept.len());
                    rows.for_each(|r| builder.append_option(v[r]));
                    let array = builder.finish();
                    match array.clone().with_precision_and_scale(precision, scale) {
                        Ok(array) => Arc::new(array),
                        Err(_) => Arc::new(array),
                    }
                }
                _ => {
                    let mut builder = Int64Builder::with_capacity(kept.len());
                    rows.for_each(|r| builder.append_option(v[r].and_then(|n| i64::try_from(n).ok())));
                    Arc::new(builder.finish())
                }
            },
        }
    }
}

/// Days since 1970-01-01, as Arrow keeps dates.
pub fn days_of(date: NaiveDate) -> i32 {
    use chrono::Datelike;
    const DAYS_TO_1970: i32 = 719_163;
    date.num_days_from_ce() - DAYS_TO_1970
}

/// A column of texts.
pub fn text_array<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    let mut builder = StringBuilder::new();
    values.for_each(|v| builder.append_option(v));
    let array = builder.finish();
    debug_assert!(array.len() < i32::MAX as usize);
    Arc::new(array)
}
