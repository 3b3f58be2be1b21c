//! The graph of models, read from the SQL itself: who reads whom, which way the flow goes, and in what order to build.

use super::header::{Header, KeptAs, read_header};
use super::nearest::nearest;
use super::session::told_cause;
use crate::error::{Error, Result};
use crate::project::{ModelFile, Project};
use datafusion::common::TableReference;
use datafusion::sql::parser::{DFParserBuilder, Statement};
use datafusion::sql::resolve::resolve_table_references;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use std::collections::{BTreeMap, BTreeSet};

/// A model with what it reads.
#[derive(Clone, Debug)]
pub struct Model {
    /// `layer.name`.
    pub name: String,
    pub file: ModelFile,
    pub header: Header,
    /// Everything it reads, by `layer.name`: models, `raw.*`, `csv.*`, `meta.*`, `run.context`.
    pub reads: BTreeSet<String>,
}

/// All models in an order in which each stands after what it reads.
#[derive(Clone, Debug)]
pub struct Graph {
    pub models: Vec<Model>,
}

/// Tables that the load writes: plain facts, from which the models of the layer `meta` work out the rest.
pub const META_TABLES: [&str; 8] = [
    "meta.deliveries",
    "meta.slices",
    "meta.rejects",
    "meta.notes",
    "meta.columns",
    "meta.file_regions",
    "meta.feeds",
    "meta.fields",
];

/// Made when they are asked for, over the runs and editions: no model may be called so, and none may read them.
pub const LIVE_TABLES: [&str; 3] = ["meta.editions", "meta.nights", "meta.night_files"];

impl Graph {
    /// Reads every model of a project; fails with every mistake found.
    pub fn read(project: &Project) -> Result<Graph> {
        let (graph, mistakes) = Graph::read_what_can_be(project);
        Error::all(mistakes).map_or(Ok(graph), Err)
    }

    /// Reads every model of a project; those with a mistake are left out, and the mistakes come back.
    pub fn read_what_can_be(project: &Project) -> (Graph, Vec<Error>) {
        let mut mistakes = Vec::new();
        let mut models = BTreeMap::new();
        for file in &project.models {
            match read_model(file) {
                Ok(model) if META_TABLES.iter().chain(&LIVE_TABLES).any(|t| *t == model.name) => {
                    mistakes
                        .push(Error::request("model_name_taken").with("model", &model.name).with("file", &file.path));
                }
                Ok(model) => {
                    models.insert(model.name.clone(), model);
                }
                Err(e) => mistakes.push(e),
            }
        }
        let mut known: BTreeSet<String> = models.keys().cloned().collect();
        known.extend(project.feeds.keys().map(|f| format!("raw.{f}")));
        known.extend(project.policy.keys().map(|p| format!("csv.{p}")));
        known.extend(META_TABLES.iter().chain(&["run.context"]).map(|t| (*t).to_owned()));
        let mut wrong = BTreeSet::new();
        for model in models.values() {
            for read in &model.reads {
                if !known.contains(read) {
                    mistakes.push(unknown_table(model, read, &known));
                    wrong.insert(model.name.clone());
                } else if !may_read(&model.file.layer, read) {
                    let error = Error::request("model_flow").with("model", &model.name).with("table", read);
                    mistakes.push(error.with("file", &model.file.path).with("line", line_naming(model, read)));
                    wrong.insert(model.name.clone());
                }
            }
        }
        models.retain(|name, _| !wrong.contains(name));
        let (ordered, looped) = order(&models);
        mistakes.extend(looped);
        let models = ordered.iter().filter_map(|name| models.get(name).cloned()).collect();
        (Graph { models }, mistakes)
    }

    pub fn get(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|m| m.name == name)
    }

    /// What a session must register to plan a model: what it reads, and what the views among that read.
    pub fn tables_behind(&self, model: &Model) -> Vec<String> {
        let mut out = Vec::new();
        self.collect_behind(model, &mut out);
        out
    }

    fn collect_behind(&self, model: &Model, out: &mut Vec<String>) {
        for read in &model.reads {
            if let Some(view) = self.get(read).filter(|m| m.header.kept_as == KeptAs::View) {
                self.collect_behind(view, out);
            }
            if !out.contains(read) {
                out.push(read.clone());
            }
        }
    }
}

fn read_model(file: &ModelFile) -> Result<Model> {
    let header = read_header(file)?;
    let statement = parse_one(&file.sql, &file.path)?;
    let (tables, _) = resolve_table_references(&statement, true).map_err(|e| {
        Error::request("model_sql").with("file", &file.path).with("line", 1).with("cause", told_cause(&e.to_string()))
    })?;
    let reads = tables.iter().map(full_name).collect();
    Ok(Model { name: format!("{}.{}", file.layer, file.name), file: file.clone(), header, reads })
}

/// Parses exactly one query.
pub fn parse_one(sql: &str, path: &str) -> Result<Statement> {
    let wrong = |cause: String| {
        let at = position_in(&cause);
        let error = Error::request("model_sql").with("file", path).with("line", at.map_or(1, |(line, _)| line));
        let error = if let Some((line, column)) = at { error.with("at", format!("{line}:{column}")) } else { error };
        error.with("cause", told_cause(&cause))
    };
    let dialect = GenericDialect {};
    let mut parser = DFParserBuilder::new(sql).with_dialect(&dialect).build().map_err(|e| wrong(e.to_string()))?;
    let mut statements = parser.parse_statements().map_err(|e| wrong(e.to_string()))?;
    match (statements.pop_front(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        _ => Err(wrong("one query, not more, not less".to_owned())),
    }
}

/// The line and column in a parser's message (`… at Line: 12, Column: 3`). What it quotes of the text comes before them.
fn position_in(message: &str) -> Option<(usize, usize)> {
    let number_after = |word: &str| {
        let rest = &message[message.rfind(word)? + word.len()..];
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    Some((number_after("Line: ")?, number_after("Column: ")?))
}

fn full_name(table: &TableReference) -> String {
    match table.schema() {
        Some(schema) => format!("{schema}.{}", table.table()),
        None => table.table().to_owned(),
    }
}

/// The flow is one-way (DESIGN.md, "A model").
fn may_read(layer: &str, table: &str) -> bool {
    let of = table.split('.').next().unwrap_or_default();
    match layer {
        "policy" => of == "csv",
        "meta" => matches!(of, "policy" | "meta" | "run"),
        "staging" => of == "raw" || META_TABLES.contains(&table),
        // Evidence is rows, measures are what they add up to; which reads which is between the models.
        "measures" | "evidence" => matches!(of, "staging" | "policy" | "measures" | "evidence" | "run" | "meta"),
        "supervision" => matches!(of, "measures" | "policy" | "evidence" | "supervision" | "run" | "meta"),
        "reports" => matches!(of, "measures" | "policy" | "reports" | "run"),
        "checks" => of != "csv" && of != "raw" && of != "checks",
        _ => false,
    }
}

fn unknown_table(model: &Model, read: &str, known: &BTreeSet<String>) -> Error {
    let suggestion = nearest(read, known.iter().map(String::as_str)).unwrap_or("-");
    Error::request("model_table_unknown")
        .with("model", &model.name)
        .with("table", read)
        .with("file", &model.file.path)
        .with("line", line_naming(model, read))
        .with("suggestion", suggestion)
}

/// The first line whose SQL, comments left out, names a table.
fn line_naming(model: &Model, table: &str) -> usize {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let names = |line: &str| {
        let code = line.split("--").next().unwrap_or_default().to_lowercase().replace('"', "");
        code.split(|c| !is_part(c)).any(|word| word == table)
    };
    model.file.sql.lines().position(names).map_or(1, |at| at + 1)
}

/// Kahn's order, ties by name; a loop is an error that names its members, which are left out with all that read them.
fn order(models: &BTreeMap<String, Model>) -> (Vec<String>, Option<Error>) {
    let mut left: BTreeSet<&str> = models.keys().map(String::as_str).collect();
    let mut out = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let ready: Vec<&str> = left
            .iter()
            .filter(|name| models[**name].reads.iter().all(|r| !left.contains(r.as_str())))
            .copied()
            .collect();
        if ready.is_empty() {
            let members: Vec<&str> = left.iter().copied().filter(|n| reaches_itself(models, n)).collect();
            let file = members.first().map_or("", |m| models[*m].file.path.as_str());
            let error = Error::request("model_loop").with("models", members.join(" → ")).with("file", file);
            return (out, Some(error));
        }
        for name in ready {
            left.remove(name);
            out.push(name.to_owned());
        }
    }
    (out, None)
}

fn reaches_itself(models: &BTreeMap<String, Model>, start: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut stack = vec![start];
    while let Some(name) = stack.pop() {
        for read in models.get(name).iter().flat_map(|m| &m.reads) {
            if read == start {
                return true;
            }
            if seen.insert(read.as_str()) {
                stack.push(read);
            }
        }
    }
    false
}
