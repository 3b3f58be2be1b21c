//! Checks: queries that return the rows which break a promise. A failed check of severity `error` stops publication.

use super::build::open_behind;
use super::graph::Graph;
use super::header::{KeptAs, Severity};
use super::session::{Sources, build_runtime, plan, query_error};
use crate::error::Result;
use crate::project::Project;
use crate::warehouse::{State, Warehouse};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckOutcome {
    pub check: String,
    pub severity: Severity,
    pub sentence: String,
    /// Rows that break the promise.
    pub rows: u64,
}

impl CheckOutcome {
    pub fn has_failed(&self) -> bool {
        self.rows > 0
    }
}

/// The outcome of every check over the tables as they are. Checks are built as tables before; here they are counted.
pub async fn run_checks(
    project: &Project,
    graph: &Graph,
    warehouse: &Warehouse,
    state: &State,
    as_of: NaiveDate,
) -> Result<Vec<CheckOutcome>> {
    let runtime = build_runtime()?;
    let mut out = Vec::new();
    let mut tables = BTreeMap::new();
    let no_trial = BTreeMap::new();
    for model in graph.models.iter().filter(|m| m.file.layer == "checks") {
        let kept = state.table(&model.name)?.filter(|_| model.header.kept_as == KeptAs::Table);
        let rows = match kept {
            Some(record) => record.rows,
            None => {
                open_behind(graph, model, warehouse, state, &mut tables).await?;
                let (made, runtime) = (&no_trial, runtime.clone());
                let sources = Sources { project, warehouse, graph, as_of, tables: &tables, made, runtime };
                let context = sources.session_for(model, 1).await?;
                let counted = plan(&context, model).await?.count().await;
                counted.map_err(|e| query_error("model_build", &model.name, &model.file.path, &e))? as u64
            }
        };
        out.push(CheckOutcome {
            check: model.name.clone(),
            severity: model.header.severity,
            sentence: model.header.sentence.clone(),
            rows,
        });
    }
    Ok(out)
}
