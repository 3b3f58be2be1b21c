//! Second rows with the grain's key, within one file and slice.

use super::columns::Columns;
use crate::project::Contract;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Keys seen so far with what their rows held, as 128-bit and 64-bit hashes: memory stays small on large files.
#[derive(Default)]
pub struct Duplicates {
    seen: HashMap<(u64, u64), u64>,
    /// The first row of each key, kept only where somebody asks for it.
    first_rows: Option<HashMap<(u64, u64), u64>>,
    key: String,
    row: String,
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
        Duplicates { first_rows: Some(HashMap::new()), ..Duplicates::default() }
    }

    /// Notes that the row last looked at, with this number, is the first of its key; the number of the first where it
    /// is not. `None` where nobody asked for first rows.
    pub fn first_row(&mut self, number: u64) -> Option<u64> {
        let rows = self.first_rows.as_mut()?;
        Some(*rows.entry((hash(1, &self.key), hash(2, &self.key))).or_insert(number))
    }

    /// `many_slices`: each region's rows are a slice of their own.
    pub fn look(
        &mut self,
        columns: &Columns,
        key: &[usize],
        contract: &Contract,
        row: usize,
        many_slices: bool,
    ) -> Seen {
        self.key.clear();
        if many_slices {
            self.key.push_str(columns.region[row].as_deref().unwrap_or(""));
            self.key.push('\u{1d}');
        }
        key.iter().for_each(|field| columns.write_plain(*field, row, &mut self.key));
        self.row.clear();
        (0..contract.fields.len()).for_each(|field| columns.write_plain(field, row, &mut self.row));
        let content = hash(0, &self.row);
        match self.seen.insert((hash(1, &self.key), hash(2, &self.key)), content) {
            None => Seen::New,
            Some(first) => {
                self.seen.insert((hash(1, &self.key), hash(2, &self.key)), first);
                if first == content { Seen::Equal } else { Seen::Differs }
            }
        }
    }
}

fn hash(seed: u8, text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    seed.hash(&mut hasher);
    text.hash(&mut hasher);
    hasher.finish()
}
