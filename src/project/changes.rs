//! Policy rows as they would be: the rows of a file put in the place of those with the same key.

use super::policy::CsvFile;
use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// What a change file did to a policy file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    pub replaced: usize,
    pub added: usize,
    /// Rows that say what stands there already.
    pub same: usize,
}

/// Puts the rows of `change` into `policy`. Rows are one if they agree in the columns of `key` that the change file has; columns
/// that it does not have stay as they are. A row that is new must have every column.
pub fn change_rows(policy: &CsvFile, change: &CsvFile, key: &[String]) -> Result<(CsvFile, Changed)> {
    let at = |column: &str| policy.columns.iter().position(|c| c == column);
    let found = |key: &'static str, line: u64| Error::request(key).with("file", &change.path).with("line", line);
    let mut mistakes = Vec::new();
    let mut places = Vec::new();
    for column in &change.columns {
        match at(column) {
            Some(place) => places.push(place),
            None => {
                mistakes.push(found("change_column", 1).with("column", column).with("known", policy.columns.join(", ")))
            }
        }
    }
    let keys: Vec<(usize, usize)> =
        key.iter().filter_map(|k| Some((at(k)?, change.columns.iter().position(|c| c == k)?))).collect();
    if keys.is_empty() {
        mistakes.push(found("change_key", 1).with("key", key.join(", ")));
    }
    if let Some(error) = Error::all(mistakes) {
        return Err(error);
    }
    let mut out = policy.clone();
    let mut of_key: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    for (i, (_, row)) in policy.rows.iter().enumerate() {
        of_key.entry(keys.iter().map(|(p, _)| row[*p].clone()).collect()).or_default().push(i);
    }
    let mut changed = Changed::default();
    let mut mistakes = Vec::new();
    for (line, row) in &change.rows {
        let key: Vec<String> = keys.iter().map(|(_, c)| row[*c].clone()).collect();
        match of_key.get(&key).map(Vec::as_slice) {
            Some([one]) => {
                let mut new = policy.rows[*one].1.clone();
                places.iter().zip(row).for_each(|(place, cell)| new[*place].clone_from(cell));
                if new == policy.rows[*one].1 {
                    changed.same += 1;
                } else {
                    changed.replaced += 1;
                }
                out.rows[*one].1 = new;
            }
            Some(many) => {
                let lines: Vec<String> = many.iter().map(|i| policy.rows[*i].0.to_string()).collect();
                mistakes.push(found("change_many", *line).with("policy", &policy.path).with("lines", lines.join(", ")));
            }
            None if places.len() == policy.columns.len() => {
                let mut new = vec![String::new(); policy.columns.len()];
                places.iter().zip(row).for_each(|(place, cell)| new[*place].clone_from(cell));
                out.rows.push((*line, new));
                changed.added += 1;
            }
            None => {
                let lacks = policy.columns.iter().filter(|c| !change.columns.contains(c)).cloned().collect::<Vec<_>>();
                let error = found("change_new", *line).with("policy", &policy.path).with("key", key.join(", "));
                mistakes.push(error.with("lacks", lacks.join(", ")));
            }
        }
    }
    Error::all(mistakes).map_or(Ok((out, changed)), Err)
}
