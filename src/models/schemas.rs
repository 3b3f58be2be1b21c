//! Planning every model without data: each upstream is an empty table of its planned columns. This is how `jindu check`
//! finds an unknown column, a wrong type or a lost grain column before a night does.

use super::graph::{Graph, Model};
use super::session::{context_table, make_schema, plan, query_error, session_config};
use crate::error::{Error, Result};
use crate::extract::{SLICE_REGION, raw_schema};
use crate::project::Project;
use crate::warehouse::hidden_columns;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::TableReference;
use datafusion::datasource::empty::EmptyTable;
use datafusion::prelude::SessionContext;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The columns of every table that a query can name, by `layer.name`.
pub type Schemas = BTreeMap<String, SchemaRef>;

/// Plans every model; fails with every mistake found. Models below a broken one are not judged.
pub async fn plan_all(project: &Project, graph: &Graph, meta: &Schemas) -> Result<Schemas> {
    let mut schemas = meta.clone();
    for (feed, contract) in &project.feeds {
        let name = format!("raw.{feed}");
        let hidden = hidden_columns(project, &name);
        let mut fields: Vec<Field> = raw_schema(contract)
            .fields()
            .iter()
            .filter(|f| !hidden.contains(f.name()))
            .map(|f| f.as_ref().clone())
            .collect();
        fields.push(Field::new(SLICE_REGION, DataType::Utf8, true));
        schemas.insert(name, Arc::new(Schema::new(fields)));
    }
    for (name, file) in &project.policy {
        let fields: Vec<Field> = file.columns.iter().map(|c| Field::new(c, DataType::Utf8, true)).collect();
        schemas.insert(format!("csv.{name}"), Arc::new(Schema::new(fields)));
    }
    schemas.insert("run.context".to_owned(), Arc::new(Schema::new(vec![Field::new("as_of", DataType::Date32, true)])));
    let mut mistakes = Vec::new();
    for model in &graph.models {
        if model.reads.iter().all(|r| schemas.contains_key(r)) {
            match plan_one(model, &schemas).await {
                Ok(schema) => drop(schemas.insert(model.name.clone(), schema)),
                Err(e) => mistakes.push(e),
            }
        }
    }
    match Error::all(mistakes) {
        Some(error) => Err(error),
        None => Ok(schemas),
    }
}

async fn plan_one(model: &Model, schemas: &Schemas) -> Result<SchemaRef> {
    let context = empty_session(model.reads.iter().map(String::as_str), schemas)?;
    let frame = plan(&context, model).await?;
    let schema = super::build::kept_schema(model, frame.schema().as_arrow())?;
    match model.header.grain.iter().find(|column| schema.column_with_name(column).is_none()) {
        None => Ok(schema),
        Some(column) => Err(Error::request("model_grain_column")
            .with("model", &model.name)
            .with("column", column)
            .with("file", &model.file.path)),
    }
}

/// The columns that a query would return; `file` is where it stands, for the message.
pub async fn columns_of(sql: &str, file: &str, schemas: &Schemas) -> Result<Vec<String>> {
    let statement = super::parse_one(sql, file)?;
    let (tables, _) = datafusion::sql::resolve::resolve_table_references(&statement, true)
        .map_err(|e| Error::request("model_sql").with("file", file).with("line", 1).with("cause", e))?;
    let names: Vec<String> =
        tables.iter().map(|t| format!("{}.{}", t.schema().unwrap_or("public"), t.table())).collect();
    for name in &names {
        if !schemas.contains_key(name) {
            let suggestion = super::nearest(name, schemas.keys().map(String::as_str)).unwrap_or("-");
            return Err(Error::request("query_table").with("table", name).with("suggestion", suggestion));
        }
    }
    let context = empty_session(names.iter().map(String::as_str), schemas)?;
    let plan =
        context.state().statement_to_plan(statement).await.map_err(|e| query_error("model_build", file, file, &e))?;
    Ok(plan.schema().fields().iter().map(|f| f.name().clone()).collect())
}

fn empty_session<'a>(names: impl Iterator<Item = &'a str>, schemas: &Schemas) -> Result<SessionContext> {
    let context = SessionContext::new_with_config(session_config(1));
    crate::ranking::register(&context);
    for name in names {
        let (schema, table) = name.split_once('.').unwrap_or(("public", name));
        make_schema(&context, schema)?;
        let provider: Arc<dyn datafusion::catalog::TableProvider> = match schemas.get(name) {
            Some(columns) => Arc::new(EmptyTable::new(columns.clone())),
            None => context_table(chrono::NaiveDate::default())?,
        };
        context
            .register_table(TableReference::partial(schema, table), provider)
            .map_err(|e| Error::internal("session").with("cause", e))?;
    }
    Ok(context)
}
