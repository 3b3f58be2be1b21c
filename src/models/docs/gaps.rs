//! What the documentation lacks, and what in it has become of no use.

use super::{ColumnDocs, Docs, TableDocs, TableKind};
use crate::error::Result;
use crate::models::sentences::Sentences;
use crate::project::Project;
use crate::text::Words;

/// Something that has no sentence yet, or a sentence that nothing has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gap {
    /// The table has no sentence, or none in Chinese.
    Table {
        table: String,
        file: String,
    },
    Columns {
        table: String,
        columns: Vec<String>,
    },
    /// A row of the sentences that holds for nothing, or lacks a language.
    Row {
        line: u64,
        table: String,
        column: String,
    },
}

/// What the documentation lacks. Copies in the layer `csv` are judged where their types are given.
pub fn find_gaps(project: &Project, docs: &Docs) -> Result<Vec<Gap>> {
    let is_full = |words: &Words| !words.zh.is_empty() && !words.en.is_empty();
    let mut gaps = Vec::new();
    let judged = |t: &&TableDocs| !matches!(t.kind, TableKind::Rows | TableKind::Panel);
    for table in docs.tables.values().filter(judged) {
        if !is_full(&table.sentence) {
            gaps.push(Gap::Table { table: table.name.clone(), file: table.file.clone() });
        }
        let lacks = |c: &&ColumnDocs| !c.sentence.as_ref().is_some_and(is_full);
        let columns: Vec<String> = table.columns.iter().filter(lacks).map(|c| c.name.clone()).collect();
        if !columns.is_empty() {
            gaps.push(Gap::Columns { table: table.name.clone(), columns });
        }
    }
    for (line, table, column, words) in Sentences::read(project)?.rows() {
        let holds = |t: &TableDocs| {
            let is_meant = table.is_empty() || table == t.name || table == t.layer;
            is_meant && (column.is_empty() && t.kind == TableKind::Load || t.column(column).is_some())
        };
        if !is_full(words) || !docs.tables.values().any(holds) {
            gaps.push(Gap::Row { line, table: table.to_owned(), column: column.to_owned() });
        }
    }
    Ok(gaps)
}
