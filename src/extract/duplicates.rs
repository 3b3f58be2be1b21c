//! Second rows with the grain's key, within one file and slice.

use super::columns::{Columns, Values};
use foldhash::fast::RandomState;
use foldhash::quality::FixedState;
use std::collections::HashMap;
use std::hash::BuildHasher;

/// Keys seen so far with what their rows held, as 128-bit and 64-bit hashes: memory stays small on large files.
#[derive(Default)]
pub struct Duplicates {
    seen: HashMap<(u64, u64), u64, RandomState>,
    /// The key of the row last looked at.
    key: (u64, u64),
    /// The first row of each key, kept only where somebody asks for it.
    first_rows: Option<HashMap<(u64, u64), u64, RandomState>>,
}

/// What a row is among those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    New,
    /// A second row, equal in the contract's fields.
    Equal,
    /// A second row that says something else.
    Differs,
}

impl Duplicates {
    /// As the default, but knows each key's first row.
    pub fn with_first_rows() -> Duplicates {
        Duplicates { first_rows: Some(HashMap::default()), ..Duplicates::default() }
    }

    /// Notes that the row last looked at, with this number, is the first of its key; the number of the first where it
    /// is not. `None` where nobody asked for first rows.
    pub fn first_row(&mut self, number: u64) -> Option<u64> {
        let rows = self.first_rows.as_mut()?;
        Some(*rows.entry(self.key).or_insert(number))
    }

    /// `content` is the row's of [`hash_rows`]. `many_slices`: each region's rows are a slice of their own.
    pub fn look(&mut self, columns: &Columns<'_>, key: &[usize], row: usize, content: u64, many_slices: bool) -> Seen {
        let half = |seed: u64| {
            let hasher = FixedState::with_seed(seed);
            let place = hasher.hash_one(if many_slices { columns.region(row) } else { None });
            key.iter().fold(place, |hash, field| mix(hash, hash_value(columns, *field, row, &hasher)))
        };
        self.key = (half(1), half(2));
        match self.seen.entry(self.key) {
            std::collections::hash_map::Entry::Vacant(slot) => {
                slot.insert(content);
                Seen::New
            }
            std::collections::hash_map::Entry::Occupied(first) if *first.get() == content => Seen::Equal,
            std::collections::hash_map::Entry::Occupied(_) => Seen::Differs,
        }
    }
}

/// A hash of every row's values, column by column; equal rows have equal hashes, in every run of the program.
pub fn hash_rows(columns: &Columns<'_>) -> Vec<u64> {
    let hasher = FixedState::with_seed(0);
    let mut out = vec![0; columns.len()];
    for (field, values) in columns.values.iter().enumerate() {
        match values {
            Values::Absent => {}
            Values::Picked(picked) => {
                let readings = columns.memo.readings(field);
                for (hash, at) in out.iter_mut().zip(picked) {
                    *hash = mix(*hash, readings.get(*at as usize).map_or(0, |reading| reading.hash));
                }
            }
            _ => {
                for (row, hash) in out.iter_mut().enumerate() {
                    *hash = mix(*hash, hash_value(columns, field, row, &hasher));
                }
            }
        }
    }
    out
}

fn hash_value(columns: &Columns<'_>, field: usize, row: usize, hasher: &FixedState) -> u64 {
    match &columns.values[field] {
        Values::Absent => 0,
        Values::Picked(v) => columns.memo.value(field, v[row]).hash_with(hasher),
        Values::Text(_) | Values::Place(_) => {
            columns.text(field, row).map_or(0, |text| hasher.hash_one(text.as_bytes()))
        }
        Values::Number(v) => v[row].map_or(0, |n| hasher.hash_one(n)),
    }
}

/// Takes the next value's hash into a row's.
fn mix(hash: u64, value: u64) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let product = u128::from(hash ^ ODD) * u128::from(value ^ ODD.rotate_left(32) | 1);
    (product as u64 ^ (product >> 64) as u64).wrapping_add(value.rotate_left(17))
}
