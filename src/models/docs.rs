//! The documentation of a project: every table with its sentence, columns and lineage, made of the project folder alone.
//! Opens no table.

mod back;
mod gaps;
mod sources;

pub use gaps::{Gap, find_gaps};

use back::Back;
use sources::source_docs;

use super::graph::{Graph, Model};
use super::header::KeptAs;
use super::lineage::{ColumnName, Lineage, ROWS};
use super::schemas::{PREVIOUS, Schemas, plan_query, plan_with_lineage};
use super::sentences::Sentences;
use crate::error::{Error, Result};
use crate::project::Project;
use crate::text::{Lang, Words};
use arrow::datatypes::{DataType, Schema, SchemaRef};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything that can be said of a project's tables.
#[derive(Clone, Debug, Default)]
pub struct Docs {
    /// By `layer.name`.
    pub tables: BTreeMap<String, TableDocs>,
    /// Models in the order in which they are built.
    pub order: Vec<String>,
}

/// What a table is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableKind {
    /// A feed's extracts, as delivered.
    Extract,
    /// A policy file's rows.
    Rows,
    /// Written by the load, or by a run.
    Load,
    Model(KeptAs),
    /// A panel of a page: what its query returns.
    Panel,
}

impl TableKind {
    pub fn name(self) -> &'static str {
        match self {
            TableKind::Extract => "extract",
            TableKind::Rows => "csv",
            TableKind::Load => "load",
            TableKind::Model(KeptAs::Table) => "table",
            TableKind::Model(KeptAs::View) => "view",
            TableKind::Panel => "panel",
        }
    }

    /// Does lineage end here?
    pub fn is_source(self) -> bool {
        matches!(self, TableKind::Extract | TableKind::Rows | TableKind::Load)
    }
}

#[derive(Clone, Debug)]
pub struct TableDocs {
    pub name: String,
    pub layer: String,
    pub kind: TableKind,
    pub sentence: Words,
    pub grain: Vec<String>,
    /// Path inside the project, where there is a file.
    pub file: String,
    pub sql: String,
    pub reads: BTreeSet<String>,
    pub read_by: BTreeSet<String>,
    pub columns: Vec<ColumnDocs>,
    /// Columns that filter, join, group or order, and go into no value of the table.
    pub decided_by: BTreeSet<ColumnName>,
    /// Parts of the plan that the lineage does not understand.
    pub not_understood: BTreeSet<String>,
}

#[derive(Clone, Debug)]
pub struct ColumnDocs {
    pub name: String,
    /// As SQL writes it.
    pub data_type: String,
    pub sentence: Option<Words>,
    /// One step back; nothing for a constant of the SQL.
    pub from: BTreeSet<ColumnName>,
    pub is_copy: bool,
    /// All the way back: columns of extracts, policy files and the load.
    pub ends: BTreeSet<ColumnName>,
    /// All the way back too: what chooses the rows that the value is computed from, and goes into no value.
    pub chosen_by: BTreeSet<ColumnName>,
    /// The header in the extract, of a column that the contract names.
    pub header: Option<String>,
}

/// A query that somebody shows: a panel, with what it is called.
#[derive(Clone, Debug)]
pub struct Question {
    /// `pages.PAGE:PANEL`.
    pub name: String,
    pub title: Words,
    pub file: String,
    pub sql: String,
}

impl Docs {
    /// Plans every model and question. Planning recurses deeply, so it has a thread with room.
    pub fn read(project: &Project, meta: &Schemas, questions: &[Question]) -> Result<Docs> {
        let failed = |cause: &dyn std::fmt::Display| Error::internal("runtime").with("cause", cause);
        std::thread::scope(|scope| {
            let plan = || {
                let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|e| failed(&e))?;
                runtime.block_on(read_docs(project, meta, questions))
            };
            let thread = std::thread::Builder::new().stack_size(PLANNING_STACK_BYTES);
            let thread = thread.spawn_scoped(scope, plan).map_err(|e| failed(&e))?;
            thread.join().map_err(|_| failed(&"planning"))?
        })
    }

    pub fn get(&self, name: &str) -> Option<&TableDocs> {
        self.tables.get(name)
    }

    /// A table, or the mistake with the nearest name.
    pub fn find(&self, name: &str) -> Result<&TableDocs> {
        self.get(name).ok_or_else(|| {
            // Of this edition before that of the one before.
            let called = |t: &&TableDocs| t.name.rsplit('.').next() == Some(name);
            let of_layer =
                |is_previous: bool| self.tables.values().filter(move |t| (t.layer == PREVIOUS) == is_previous);
            let with_layer =
                of_layer(false).find(called).or_else(|| of_layer(true).find(called)).map(|t| t.name.as_str());
            let near = with_layer.or_else(|| super::nearest(name, self.tables.keys().map(String::as_str)));
            Error::request("model_unknown").with("table", name).with("suggestion", near.unwrap_or("-"))
        })
    }

    /// The tables of a layer that are no panels, by name.
    pub fn of_layer<'a>(&'a self, layer: &'a str) -> impl Iterator<Item = &'a TableDocs> {
        self.tables.values().filter(move |t| t.layer == layer)
    }
}

const PLANNING_STACK_BYTES: usize = 32 * 1024 * 1024;

impl TableDocs {
    pub fn column(&self, name: &str) -> Option<&ColumnDocs> {
        self.columns.iter().find(|c| c.name == name)
    }
}

async fn read_docs(project: &Project, meta: &Schemas, questions: &[Question]) -> Result<Docs> {
    let graph = Graph::read(project)?;
    let sentences = Sentences::read(project)?;
    let (schemas, lineages) = plan_with_lineage(project, &graph, meta).await?;
    let mut docs = Docs { order: graph.models.iter().map(|m| m.name.clone()).collect(), ..Docs::default() };
    let mut back = Back::default();
    for (name, schema) in &schemas {
        if graph.get(name).is_none() {
            docs.tables.insert(name.clone(), source_docs(project, &sentences, name, schema));
        }
    }
    for model in &graph.models {
        if let (Some(schema), Some(lineage)) = (schemas.get(&model.name), lineages.get(&model.name)) {
            let table = model_docs(&mut docs, &mut back, &sentences, model, schema, lineage);
            docs.tables.insert(model.name.clone(), table);
        }
    }
    for name in project.policy.keys() {
        let typed = docs.get(&format!("policy.{name}")).map(|t| t.sentence.clone());
        if let (Some(sentence), Some(table)) = (typed, docs.tables.get_mut(&format!("csv.{name}"))) {
            table.sentence = sentence;
        }
    }
    for question in questions {
        // A broken panel is for `jindu check` to tell; here it is only known that nothing is known of it.
        let (schema, lineage) = match plan_query(&question.sql, &question.file, &schemas).await {
            Ok(planned) => planned,
            Err(error) => {
                let not_understood = BTreeSet::from([error.sentences(Lang::En).message]);
                (Arc::new(Schema::empty()), Lineage { not_understood, ..Lineage::default() })
            }
        };
        let mut table = described(&docs, &mut back, &sentences, &question.name, &schema, &lineage);
        table.sentence = question.title.clone();
        table.file.clone_from(&question.file);
        table.sql.clone_from(&question.sql);
        docs.tables.insert(question.name.clone(), table);
    }
    let reads: Vec<(String, String)> =
        docs.tables.values().flat_map(|t| t.reads.iter().map(|r| (r.clone(), t.name.clone()))).collect();
    for (read, reader) in reads {
        if let Some(table) = docs.tables.get_mut(&read) {
            table.read_by.insert(reader);
        }
    }
    Ok(docs)
}

fn model_docs(
    docs: &mut Docs,
    back: &mut Back,
    sentences: &Sentences,
    model: &Model,
    schema: &SchemaRef,
    lineage: &Lineage,
) -> TableDocs {
    let mut table = described(docs, back, sentences, &model.name, schema, lineage);
    table.kind = TableKind::Model(model.header.kept_as);
    table.sentence = Words { zh: model.header.sentence_zh.clone(), en: model.header.sentence.clone() };
    table.grain.clone_from(&model.header.grain);
    table.file.clone_from(&model.file.path);
    table.sql.clone_from(&model.file.sql);
    table.reads.clone_from(&model.reads);
    table
}

/// What a plan says of a table, with its sentences.
fn described(
    docs: &Docs,
    back: &mut Back,
    sentences: &Sentences,
    name: &str,
    schema: &SchemaRef,
    lineage: &Lineage,
) -> TableDocs {
    let mut columns = Vec::new();
    for (field, (_, origin)) in schema.fields().iter().zip(&lineage.columns) {
        let column = ColumnName::new(name, field.name());
        let (ends, chosen_by) = back.remember(&column, &origin.from, &lineage.decided_by);
        columns.push(ColumnDocs {
            name: field.name().clone(),
            data_type: sql_type(field.data_type()),
            sentence: sentence_of(docs, sentences, name, field.name(), &origin.from, origin.is_copy),
            from: origin.from.clone(),
            is_copy: origin.is_copy,
            ends,
            chosen_by,
            header: None,
        });
    }
    let rows = lineage.rows_of.iter().map(|table| ColumnName::new(table, ROWS)).collect();
    back.remember(&ColumnName::new(name, ROWS), &rows, &lineage.decided_by);
    let in_values: BTreeSet<ColumnName> = columns.iter().flat_map(|c| c.from.iter().cloned()).collect();
    let reads = lineage.rows_of.iter().cloned();
    let reads = reads.chain(in_values.iter().chain(&lineage.decided_by).map(|c| c.table.clone())).collect();
    TableDocs {
        name: name.to_owned(),
        layer: name.split('.').next().unwrap_or_default().to_owned(),
        kind: TableKind::Panel,
        sentence: Words::default(),
        grain: Vec::new(),
        file: String::new(),
        sql: String::new(),
        reads,
        read_by: BTreeSet::new(),
        columns,
        decided_by: lineage.decided_by.difference(&in_values).cloned().collect(),
        not_understood: lineage.not_understood.clone(),
    }
}

/// A column's own row or its layer's; what the column of the same name means that it is a copy of; the row for its name; what
/// the column of another name means that it is a copy of.
fn sentence_of(
    docs: &Docs,
    sentences: &Sentences,
    table: &str,
    column: &str,
    from: &BTreeSet<ColumnName>,
    is_copy: bool,
) -> Option<Words> {
    let source = from.first().filter(|_| is_copy);
    let copied = source.and_then(|s| docs.get(&s.table)?.column(&s.column)?.sentence.as_ref());
    let has_same_name = source.is_some_and(|s| s.column == column);
    let near = sentences.of_table_or_layer(table, column).or(copied.filter(|_| has_same_name));
    near.or_else(|| sentences.of_name(column)).or(copied).cloned()
}

/// A type as SQL writes it.
pub fn sql_type(data_type: &DataType) -> String {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "varchar".to_owned(),
        DataType::Int64 => "bigint".to_owned(),
        DataType::Int32 => "integer".to_owned(),
        DataType::Float64 => "double".to_owned(),
        DataType::Boolean => "boolean".to_owned(),
        DataType::Date32 => "date".to_owned(),
        DataType::Decimal128(precision, scale) => format!("decimal({precision}, {scale})"),
        other => other.to_string().to_lowercase(),
    }
}
