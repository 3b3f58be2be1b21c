//! Cells that repeat (codes, dates, regions, names of places) are read once a file: what a raw cell comes to is kept by
//! its text, and a row notes only which reading is its own.

use super::clean::Repairs;
use super::limits::{MEMO_CELL_BYTES, MEMO_MAX};
use chrono::NaiveDate;
use foldhash::fast::RandomState;
use foldhash::quality::FixedState;
use std::collections::HashMap;
use std::hash::BuildHasher;

/// What a cell of a repeating column comes to, wherever it stands in the file.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    pub value: ReadValue,
    pub repairs: Repairs,
    /// Faults that every row with this cell has: (reason, whether it rejects the row).
    pub faults: Vec<(&'static str, bool)>,
    /// The text that is missing from a code list, short.
    pub unmapped: Option<String>,
    /// A hash of the value, to tell rows apart.
    pub hash: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReadValue {
    #[default]
    Blank,
    Text(Box<str>),
    Date(NaiveDate),
    Flag(bool),
}

impl Reading {
    /// Nothing was repaired and nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.repairs.is_none() && self.faults.is_empty()
    }
}

impl ReadValue {
    /// A hash that is the same in every run of the program.
    pub fn hash_with(&self, hasher: &FixedState) -> u64 {
        match self {
            ReadValue::Blank => 0,
            ReadValue::Text(text) => hasher.hash_one(text.as_bytes()),
            ReadValue::Date(date) => hasher.hash_one(super::columns::days_of(*date)),
            ReadValue::Flag(flag) => hasher.hash_one(flag),
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            ReadValue::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn days(&self) -> Option<i32> {
        match self {
            ReadValue::Date(date) => Some(super::columns::days_of(*date)),
            _ => None,
        }
    }

    pub fn flag(&self) -> Option<bool> {
        match self {
            ReadValue::Flag(flag) => Some(*flag),
            _ => None,
        }
    }
}

/// The readings of every field of a file.
#[derive(Default)]
pub struct Memo {
    fields: Vec<FieldMemo>,
}

/// The readings of one field.
#[derive(Default)]
pub struct FieldMemo {
    by_cell: HashMap<Box<str>, u32, RandomState>,
    readings: Vec<Reading>,
}

impl Memo {
    /// Room for the fields of a contract; readings that are not remembered are let go, for no row of a new run has one.
    pub fn begin_run(&mut self, fields: usize) {
        self.fields.resize_with(fields, FieldMemo::default);
        for field in &mut self.fields {
            field.readings.truncate(field.by_cell.len());
        }
    }

    pub fn field(&mut self, field: usize) -> &mut FieldMemo {
        &mut self.fields[field]
    }

    pub fn readings(&self, field: usize) -> &[Reading] {
        &self.fields[field].readings
    }

    pub fn value(&self, field: usize, at: u32) -> &ReadValue {
        self.fields[field].readings.get(at as usize).map_or(&ReadValue::Blank, |reading| &reading.value)
    }

    pub fn text(&self, field: usize, at: u32) -> Option<&str> {
        self.value(field, at).text()
    }

    pub fn date(&self, field: usize, at: u32) -> Option<NaiveDate> {
        match self.value(field, at) {
            ReadValue::Date(date) => Some(*date),
            _ => None,
        }
    }
}

impl FieldMemo {
    pub fn get(&self, at: u32) -> &Reading {
        &self.readings[at as usize]
    }

    /// The reading of a raw cell, made by `read` where the cell is new. Long cells, and those beyond the number that
    /// is remembered, are read each time they occur.
    ///
    /// Remembered readings stand before the others: `begin_run` cuts off the rest, so none is remembered once one of
    /// this run was not.
    pub fn look(&mut self, raw: &str, read: impl FnOnce(&str) -> Reading) -> u32 {
        if let Some(at) = self.by_cell.get(raw) {
            return *at;
        }
        let at = self.readings.len() as u32;
        let mut reading = read(raw);
        reading.hash = reading.value.hash_with(&FixedState::with_seed(0));
        self.readings.push(reading);
        if raw.len() <= MEMO_CELL_BYTES && self.by_cell.len() < MEMO_MAX && self.by_cell.len() == at as usize {
            self.by_cell.insert(raw.into(), at);
        }
        at
    }
}
