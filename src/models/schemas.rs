//! Planning every model without data: each upstream is an empty table of its planned columns. This is how `jindu check`
//! finds an unknown column, a wrong type or a lost grain column before a night does.

use super::graph::{Graph, Model};
use super::header::KeptAs;
use super::lineage::{Lineage, lineage_of};
use super::session::{context_table, make_schema, plan, previous_schema, query_error, session_config, told_cause};
use crate::error::{Error, Result};
use crate::extract::{SLICE_REGION, raw_schema};
use crate::project::Project;
use crate::warehouse::hidden_columns;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::TableReference;
use datafusion::datasource::empty::EmptyTable;
use datafusion::prelude::SessionContext;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The layer of tables of the edition before.
pub const PREVIOUS: &str = "previous";

/// The columns of every table that a query can name, by `layer.name`.
pub type Schemas = BTreeMap<String, SchemaRef>;

/// Plans every model; fails with every mistake found. Models below a broken one are not judged.
pub async fn plan_all(project: &Project, graph: &Graph, meta: &Schemas) -> Result<Schemas> {
    Ok(plan_with_lineage(project, graph, meta).await?.0)
}

/// As [`plan_all`], with each model's lineage.
pub async fn plan_with_lineage(
    project: &Project,
    graph: &Graph,
    meta: &Schemas,
) -> Result<(Schemas, BTreeMap<String, Lineage>)> {
    let mut schemas = source_schemas(project, meta);
    let mut lineages = BTreeMap::new();
    let mut mistakes = Vec::new();
    for model in &graph.models {
        if model.reads.iter().all(|r| schemas.contains_key(r)) {
            match plan_one(model, &schemas).await {
                Ok((schema, lineage)) => {
                    schemas.insert(model.name.clone(), schema);
                    lineages.insert(model.name.clone(), lineage);
                }
                Err(e) => mistakes.push(e),
            }
        }
    }
    for (name, table) in project.carried() {
        match schemas.get(table).cloned() {
            Some(schema) if graph.get(table).is_some_and(|model| model.header.kept_as == KeptAs::Table) => {
                schemas.insert(format!("{PREVIOUS}.{name}"), schema);
            }
            // A broken model has been told of.
            None if graph.get(table).is_some() => {}
            _ => mistakes.push(Error::request("job_carry").with("name", name).with("table", table)),
        }
    }
    Error::all(mistakes).map_or(Ok((schemas, lineages)), Err)
}

/// The columns of everything that is not a model.
fn source_schemas(project: &Project, meta: &Schemas) -> Schemas {
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
    schemas.insert("run.previous".to_owned(), previous_schema());
    schemas.insert("run.context".to_owned(), Arc::new(Schema::new(vec![Field::new("as_of", DataType::Date32, true)])));
    schemas
}

async fn plan_one(model: &Model, schemas: &Schemas) -> Result<(SchemaRef, Lineage)> {
    let context = empty_session(model.reads.iter().map(String::as_str), schemas)?;
    let frame = plan(&context, model).await?;
    let schema = super::build::kept_schema(model, frame.schema().as_arrow())?;
    match model.header.grain.iter().find(|column| schema.column_with_name(column).is_none()) {
        None => Ok((schema, lineage_of(frame.logical_plan(), &model.reads))),
        Some(column) => Err(Error::request("model_grain_column")
            .with("model", &model.name)
            .with("column", column)
            .with("file", &model.file.path)),
    }
}

/// The columns that a query would return; `file` is where it stands, for the message.
pub async fn columns_of(sql: &str, file: &str, schemas: &Schemas) -> Result<Vec<String>> {
    let (schema, _) = plan_query(sql, file, schemas).await?;
    Ok(schema.fields().iter().map(|f| f.name().clone()).collect())
}

/// The columns that a query would return, and their lineage.
pub async fn plan_query(sql: &str, file: &str, schemas: &Schemas) -> Result<(SchemaRef, Lineage)> {
    let statement = super::parse_one(sql, file)?;
    let (tables, _) = datafusion::sql::resolve::resolve_table_references(&statement, true).map_err(|e| {
        Error::request("model_sql").with("file", file).with("line", 1).with("cause", told_cause(&e.to_string()))
    })?;
    let names: BTreeSet<String> =
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
    Ok((Arc::new(plan.schema().as_arrow().clone()), lineage_of(&plan, &names)))
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
