//! Policy rows before any night: each policy model runs over its file, so that a value of the wrong type, a blank in the
//! key and a key that stands twice are told with the line that they stand in.

use super::build::{kept_batch, kept_schema};
use super::graph::{Graph, Model};
use super::session::{build_runtime, make_schema, plan, policy_table, query_error, session_config};
use crate::error::{Error, Result};
use crate::project::{CsvFile, Project};
use arrow::array::RecordBatch;
use arrow::util::display::array_value_to_string;
use datafusion::common::TableReference;
use datafusion::prelude::SessionContext;
use std::collections::BTreeMap;

/// Every mistake in the rows of every policy file that a model of the layer `policy` reads and no other.
pub async fn check_policy_rows(project: &Project, graph: &Graph) -> Result<Vec<Error>> {
    let mut mistakes = Vec::new();
    for model in graph.models.iter().filter(|m| m.file.layer == "policy") {
        let mut files = model.reads.iter().filter_map(|r| project.policy.get_key_value(r.strip_prefix("csv.")?));
        if let (Some((name, file)), None) = (files.next(), files.next()) {
            mistakes.extend(check_file(model, name, file).await?);
        }
    }
    Ok(mistakes)
}

/// The whole file at once; row by row, to find the lines, only where something is wrong with it.
async fn check_file(model: &Model, name: &str, file: &CsvFile) -> Result<Vec<Error>> {
    let lines: Vec<u64> = file.rows.iter().map(|(line, _)| *line).collect();
    if let Ok(batch) = rows_of(model, name, file).await?
        && batch.num_rows() == lines.len()
    {
        return Ok(check_keys(model, file, &keys_of(model, &batch)?, &lines));
    }
    let (mut mistakes, mut keys, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    for row in &file.rows {
        let one = CsvFile { rows: vec![row.clone()], ..file.clone() };
        match rows_of(model, name, &one).await? {
            Err(error) => {
                let cause = error.arg("cause").unwrap_or_default();
                mistakes.push(at(file, row.0, "policy_row").with("cause", cause));
            }
            Ok(batch) => {
                keys.extend(keys_of(model, &batch)?);
                lines.resize(keys.len(), row.0);
            }
        }
    }
    mistakes.extend(check_keys(model, file, &keys, &lines));
    mistakes.sort_by_key(|e| e.arg("line").and_then(|l| l.parse::<u64>().ok()));
    Ok(mistakes)
}

/// What the model makes of the rows, or why it cannot.
async fn rows_of(model: &Model, name: &str, file: &CsvFile) -> Result<Result<RecordBatch>> {
    let failed = |e| Error::internal("session").with("cause", e);
    let context = SessionContext::new_with_config_rt(session_config(1), build_runtime()?);
    crate::ranking::register(&context);
    make_schema(&context, "csv")?;
    context.register_table(TableReference::partial("csv", name), policy_table(file)?).map_err(failed)?;
    Ok(run(&context, model).await)
}

async fn run(context: &SessionContext, model: &Model) -> Result<RecordBatch> {
    let frame = plan(context, model).await?;
    let schema = kept_schema(model, frame.schema().as_arrow())?;
    let wrong = |e| query_error("model_build", &model.name, &model.file.path, &e);
    kept_batch(model, &schema, frame.collect().await.map_err(wrong)?)
}

/// Each row's key as text; a blank in it is `None`.
fn keys_of(model: &Model, batch: &RecordBatch) -> Result<Vec<Vec<Option<String>>>> {
    let mut keys = vec![Vec::new(); batch.num_rows()];
    for name in &model.header.grain {
        let Some(column) = batch.column_by_name(name) else { continue };
        for (row, key) in keys.iter_mut().enumerate() {
            let shown = column.is_valid(row).then(|| array_value_to_string(column, row)).transpose();
            key.push(shown.map_err(|e| Error::internal("session").with("cause", e))?);
        }
    }
    Ok(keys)
}

fn check_keys(model: &Model, file: &CsvFile, keys: &[Vec<Option<String>>], lines: &[u64]) -> Vec<Error> {
    let mut first: BTreeMap<&[Option<String>], u64> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for (key, line) in keys.iter().zip(lines) {
        if let Some(blank) = key.iter().position(Option::is_none) {
            mistakes.push(at(file, *line, "policy_key_blank").with("column", &model.header.grain[blank]));
        } else if let Some(other) = first.insert(key, *line) {
            let values: Vec<&str> = key.iter().flatten().map(String::as_str).collect();
            let found = at(file, *line, "policy_key_twice").with("other", other).with("values", values.join(", "));
            mistakes.push(found.with("grain", model.header.grain.join(", ")));
        }
    }
    mistakes
}

fn at(file: &CsvFile, line: u64, key: &'static str) -> Error {
    Error::request(key).with("file", &file.path).with("line", line)
}
