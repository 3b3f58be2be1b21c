//! A model's header: comment lines above the SQL.

use crate::error::{Error, Result};
use crate::project::ModelFile;

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The first sentence: what a row is.
    pub sentence: String,
    /// The same in Chinese, from the line `-- zh:`; blank until somebody has written it.
    pub sentence_zh: String,
    /// Columns that together are one row's key.
    pub grain: Vec<String>,
    pub kept_as: KeptAs,
    /// Of a check only.
    pub severity: Severity,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptAs {
    Table,
    /// Planned anew wherever it is read; no rows are kept.
    View,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Stops publication.
    Error,
    Warning,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// Reads the comment lines above the SQL; says what is missing with file and line.
pub fn read_header(model: &ModelFile) -> Result<Header> {
    let mut sentence = String::new();
    let mut sentence_zh = String::new();
    let mut grain = Vec::new();
    let mut kept_as = None;
    let mut severity = Severity::Error;
    let wrong = |line: usize, cause: &str| {
        Error::request("model_header").with("file", &model.path).with("line", line).with("cause", cause)
    };
    for (i, line) in model.sql.lines().enumerate() {
        let Some(comment) = line.trim_start().strip_prefix("--") else { break };
        let comment = comment.trim();
        if let Some(columns) = comment.strip_prefix("grain:") {
            grain = columns.split(',').map(|c| c.trim().to_owned()).filter(|c| !c.is_empty()).collect();
        } else if let Some(kind) = comment.strip_prefix("kept as:") {
            kept_as = Some(match kind.trim() {
                "table" => KeptAs::Table,
                "view" => KeptAs::View,
                _ => return Err(wrong(i + 1, "kept as: table | view")),
            });
        } else if let Some(level) = comment.strip_prefix("severity:") {
            severity = match level.trim() {
                "error" => Severity::Error,
                "warning" => Severity::Warning,
                _ => return Err(wrong(i + 1, "severity: error | warning")),
            };
        } else if let Some(words) = comment.strip_prefix("zh:") {
            words.trim().clone_into(&mut sentence_zh);
        } else if sentence.is_empty() {
            comment.clone_into(&mut sentence);
        }
    }
    if sentence.is_empty() {
        return Err(wrong(1, "-- <sentence>"));
    }
    if grain.is_empty() {
        return Err(wrong(1, "-- grain: <column>, <column>"));
    }
    Ok(Header { sentence, sentence_zh, grain, kept_as: kept_as.unwrap_or(KeptAs::Table), severity })
}
