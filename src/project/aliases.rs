//! Mappings learned after a contract was written: `sql/policy/code_aliases.csv`. Dated rows, judged on the last day of a
//! delivery's period, read beside the contract's own `also` lists.

use super::contract::Contract;
use super::policy::{CsvFile, Validity, read_validity};
use crate::error::{Error, Result};
use crate::extract::find_code;
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Where a learned mapping is added.
pub const LEARNED_FILE: &str = "sql/policy/code_aliases.csv";

/// A text that means a code while the row is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LearnedCode {
    pub field: String,
    pub text: String,
    pub code: String,
    pub validity: Validity,
    /// Where the row stands.
    pub line: u64,
}

const COLUMNS: [&str; 6] = ["feed", "field", "text", "code", "valid_from", "valid_to"];

/// Gives each contract its learned codes. Every mistake comes back with file and line; a row with one is left out.
pub fn read_learned(policy: &BTreeMap<String, CsvFile>, feeds: &mut BTreeMap<String, Contract>) -> Vec<Error> {
    let Some(file) = policy.get("code_aliases") else { return Vec::new() };
    let rows = match file.rows_with_lines(COLUMNS) {
        Ok(rows) => rows,
        Err(error) => return vec![error],
    };
    let mut mistakes = Vec::new();
    for (line, [feed, field, text, code, valid_from, valid_to]) in rows {
        let known = feeds.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let Some(contract) = feeds.get_mut(&feed) else {
            mistakes.push(at(file, line, "alias_feed").with("feed", feed).with("known", known));
            continue;
        };
        let learned = read_validity(file, line, &valid_from, &valid_to)
            .and_then(|validity| check_row(file, contract, LearnedCode { field, text, code, validity, line }));
        match learned {
            Ok(learned) => contract.learned.push(learned),
            Err(error) => mistakes.push(error),
        }
    }
    mistakes
}

fn at(file: &CsvFile, line: u64, key: &'static str) -> Error {
    Error::request(key).with("file", &file.path).with("line", line)
}

/// The row names a code of a code field, says nothing that the contract denies, and overlaps no other row.
fn check_row(file: &CsvFile, contract: &Contract, row: LearnedCode) -> Result<LearnedCode> {
    let wrong = |key: &'static str| {
        at(file, row.line, key).with("feed", &contract.name).with("field", &row.field).with("text", &row.text)
    };
    let Some(field) = contract.field(&row.field).filter(|f| !f.codes.is_empty()) else {
        let fields = contract.fields.iter().filter(|f| !f.codes.is_empty()).map(|f| f.name.as_str());
        return Err(wrong("alias_field").with("known", fields.collect::<Vec<_>>().join(", ")));
    };
    if !field.codes.iter().any(|c| c.value == row.code) {
        let codes: Vec<&str> = field.codes.iter().map(|c| c.value.as_str()).collect();
        return Err(wrong("alias_code").with("code", &row.code).with("known", codes.join(", ")));
    }
    if row.text.is_empty() {
        return Err(wrong("alias_text"));
    }
    if let Some((meant, _)) = find_code(field, &row.text)
        && meant != row.code
    {
        return Err(wrong("alias_taken").with("code", &row.code).with("meant", meant));
    }
    let same = |other: &&LearnedCode| {
        other.field == row.field && same_text(&other.text, &row.text) && other.validity.overlaps(&row.validity)
    };
    if let Some(other) = contract.learned.iter().find(same) {
        return Err(wrong("alias_overlap").with("other", other.line));
    }
    Ok(row)
}

/// As the loader compares texts with a code list.
fn same_text(a: &str, b: &str) -> bool {
    crate::extract::normalise_header(a) == crate::extract::normalise_header(b)
}

impl Contract {
    /// The contract as it reads a delivery whose period ends on a day: learned codes in force stand with their fields'.
    pub fn on(&self, day: NaiveDate) -> Cow<'_, Contract> {
        let held: Vec<&LearnedCode> = self.learned.iter().filter(|l| l.validity.holds(day)).collect();
        if held.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut contract = self.clone();
        for learned in held {
            let field = contract.fields.iter_mut().find(|f| f.name == learned.field);
            if let Some(code) = field.and_then(|f| f.codes.iter_mut().find(|c| c.value == learned.code)) {
                code.also.push(learned.text.clone());
            }
        }
        Cow::Owned(contract)
    }

    /// Adds what the learned codes say to a fingerprint of how the feed is read; who set a row and why says nothing.
    pub fn hash_learned(&self, hash: &mut Sha256) {
        for l in &self.learned {
            let until = l.validity.to.map(|d| d.to_string()).unwrap_or_default();
            for part in [&l.field, &l.text, &l.code, &l.validity.from.to_string(), &until] {
                hash.update(part);
                hash.update([0]);
            }
        }
    }
}
