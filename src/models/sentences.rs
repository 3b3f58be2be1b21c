//! What the columns mean, in two languages: the rows of `sql/columns.csv`. A row holds for one table's column, for a layer's,
//! or wherever the column occurs; a column that is a copy of another means what that one means, back to the extract's
//! contract. So a word is written once.

use crate::error::Result;
use crate::project::Project;
use crate::text::Words;
use std::collections::BTreeMap;

/// The rows by (table, column). The table is blank for a column wherever it occurs; the column is blank for the sentence
/// of a table that has no header, because the load writes it.
#[derive(Clone, Debug, Default)]
pub struct Sentences(BTreeMap<(String, String), Row>);

#[derive(Clone, Debug)]
struct Row {
    line: u64,
    words: Words,
}

impl Sentences {
    pub fn read(project: &Project) -> Result<Sentences> {
        let mut rows = BTreeMap::new();
        let Some(file) = &project.columns else { return Ok(Sentences(rows)) };
        for (line, [table, column, zh, en]) in
            file.rows_with_lines(["table", "column", "sentence_zh", "sentence_en"])?
        {
            rows.insert((table, column), Row { line, words: Words { zh, en } });
        }
        Ok(Sentences(rows))
    }

    fn get(&self, table: &str, column: &str) -> Option<&Words> {
        self.0.get(&(table.to_owned(), column.to_owned())).map(|row| &row.words)
    }

    /// The sentence of a table that the load writes.
    pub fn of_table(&self, table: &str) -> Option<&Words> {
        self.get(table, "")
    }

    /// The row for one table's column, or for a layer's.
    pub fn of_table_or_layer(&self, table: &str, column: &str) -> Option<&Words> {
        let layer = table.split('.').next().unwrap_or_default();
        self.get(table, column).or_else(|| self.get(layer, column))
    }

    /// The row for a column wherever it occurs.
    pub fn of_name(&self, column: &str) -> Option<&Words> {
        self.get("", column)
    }

    /// Rows with their line: (line, table, column, words).
    pub fn rows(&self) -> impl Iterator<Item = (u64, &str, &str, &Words)> {
        self.0.iter().map(|((table, column), row)| (row.line, table.as_str(), column.as_str(), &row.words))
    }
}
