//! Saved queries: `sql/queries/NAME.sql`, each with its title in the comment lines above it.

use super::ModelFile;
use crate::error::{Error, Result};
use crate::text::Words;

/// A question that somebody kept for others.
#[derive(Clone, Debug)]
pub struct SavedQuery {
    pub name: String,
    /// Path inside the project.
    pub path: String,
    pub title: Words,
    /// The whole text, comments too, so that lines count as in the file.
    pub sql: String,
}

/// Reads the titles: the first comment line, and after `zh:` the same in Chinese.
pub(super) fn read_query(file: ModelFile) -> Result<SavedQuery> {
    let wrong = |cause: &str| {
        Error::request("query_saved_header").with("file", &file.path).with("line", 1).with("cause", cause)
    };
    let is_sign = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if !file.name.chars().all(is_sign) {
        return Err(wrong("[a-z0-9_].sql"));
    }
    let mut title = Words::default();
    for comment in file.sql.lines().map_while(|line| line.trim_start().strip_prefix("--")) {
        match comment.trim().strip_prefix("zh:") {
            Some(words) => title.zh = words.trim().to_owned(),
            None if title.en.is_empty() => title.en = comment.trim().to_owned(),
            None => {}
        }
    }
    match (title.en.is_empty(), title.zh.is_empty()) {
        (true, _) => Err(wrong("-- <title>")),
        (_, true) => Err(wrong("-- zh: <title>")),
        _ => Ok(SavedQuery { name: file.name, path: file.path, title, sql: file.sql }),
    }
}
