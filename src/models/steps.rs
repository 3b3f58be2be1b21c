//! A model's steps (`with a as (…), b as (…)`) that are read more than once: the query engine would work them out anew for
//! each reader, and their steps again, so that long models cost many times what they say. Here each is worked out once, and
//! so are the parts of a union, one after the other.

use super::build::cores;
use super::graph::{Model, parse_one};
use crate::error::{Error, Result};
use datafusion::catalog::MemTable;
use datafusion::common::DataFusionError;
use datafusion::prelude::{DataFrame, SessionContext};
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::{
    Cte, Expr, GroupByExpr, Query, Select, SelectItem, SetExpr, Statement as SqlStatement, TableFactor, With,
    visit_expressions, visit_relations,
};
use futures::StreamExt;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

/// The most that the steps of all models that are built side by side may keep in memory; a step that would not fit into its
/// model's part is worked out where it is read.
const KEPT_BYTES_MAX: usize = 2 * 1024 * 1024 * 1024;

/// Plans a model's query in the session, after its steps that are read more than once. Errors: as planning and running.
pub(super) async fn plan_in_steps(context: &SessionContext, model: &Model) -> Result<DataFrame, StepError> {
    let statement = parse_one(&model.file.sql, &model.file.path).map_err(StepError::Text)?;
    let mut query = match statement {
        Statement::Statement(inner) => match *inner {
            SqlStatement::Query(query) => query,
            other => return plan(context, other).await,
        },
        _ => return Err(StepError::Text(Error::internal("session").with("cause", "no query"))),
    };
    if query.with.as_ref().is_none_or(|with| with.recursive) {
        return plan(context, SqlStatement::Query(query)).await;
    }
    let Some(with) = query.with.take() else { return plan(context, SqlStatement::Query(query)).await };
    let mut steps: Vec<Option<Cte>> = with.cte_tables.iter().cloned().map(Some).collect();
    let mut kept = 0;
    for at in read_again(&with.cte_tables, &query) {
        let Some(step) = steps[at].clone() else { continue };
        let name = step.alias.name.value.clone();
        let whole = with_steps(&with, &steps[..at], *step.query);
        let frame = plan(context, SqlStatement::Query(Box::new(whole))).await?;
        if let Some((table, bytes)) = collect_within(frame, (KEPT_BYTES_MAX / cores()).saturating_sub(kept)).await? {
            kept += bytes;
            context.register_table(name.as_str(), Arc::new(table))?;
            steps[at] = None;
        }
    }
    let whole = with_steps(&with, &steps, *query);
    plan(context, SqlStatement::Query(Box::new(whole))).await
}

/// What kept a model from being planned.
pub(super) enum StepError {
    /// Its text is no query.
    Text(Error),
    Engine(DataFusionError),
}

impl From<DataFusionError> for StepError {
    fn from(cause: DataFusionError) -> StepError {
        StepError::Engine(cause)
    }
}

async fn plan(context: &SessionContext, statement: SqlStatement) -> Result<DataFrame, StepError> {
    let plan = context.state().statement_to_plan(Statement::Statement(Box::new(statement))).await?;
    Ok(context.execute_logical_plan(plan).await?)
}

/// All rows of a frame as a table, and its bytes; `None` if it takes more than so many.
async fn collect_within(frame: DataFrame, bytes_max: usize) -> Result<Option<(MemTable, usize)>, DataFusionError> {
    let mut stream = frame.execute_stream().await?;
    let schema = stream.schema();
    let mut bytes = 0;
    let mut batches = Vec::new();
    while let Some(batch) = stream.next().await {
        let batch = batch?;
        bytes += batch.get_array_memory_size();
        if bytes > bytes_max {
            return Ok(None);
        }
        // A plan's parts may differ from its whole in what can be blank.
        batches.push(batch.with_schema(schema.clone())?);
    }
    Ok(Some((MemTable::try_new(schema, vec![batches])?, bytes)))
}

/// The positions of the steps to be worked out by themselves, in their order: those that are read more than once, or are
/// parts of a union, and do more than pass rows on.
fn read_again(steps: &[Cte], query: &Query) -> Vec<usize> {
    let place: BTreeMap<&str, usize> =
        steps.iter().enumerate().map(|(at, s)| (s.alias.name.value.as_str(), at)).collect();
    let mut times = vec![0usize; steps.len()];
    let count = |of: &Query, by: usize, times: &mut Vec<usize>| {
        // The parts of a union would be worked out all at once, and have to share the memory.
        let by = if matches!(of.body.as_ref(), SetExpr::SetOperation { .. }) { by.saturating_mul(2) } else { by };
        for name in relations(of) {
            if let Some(at) = place.get(name.as_str()) {
                times[*at] = times[*at].saturating_add(by);
            }
        }
    };
    count(query, 1, &mut times);
    let mut again = Vec::new();
    for at in (0..steps.len()).rev() {
        let is_again = times[at] > 1
            && steps[at].alias.columns.is_empty()
            && steps[at].query.with.is_none()
            && !passes_on(&steps[at].query);
        if is_again {
            again.push(at);
        }
        let by = if is_again { 1 } else { times[at] };
        count(&steps[at].query, by, &mut times);
    }
    again.reverse();
    again
}

/// The names of one part that a query reads: steps.
fn relations(query: &Query) -> Vec<String> {
    let mut names = Vec::new();
    let _ = visit_relations(query, |name| {
        if let [part] = name.0.as_slice()
            && let Some(word) = part.as_ident()
        {
            names.push(word.value.clone());
        }
        ControlFlow::<()>::Continue(())
    });
    names
}

/// Whether a step only takes rows of one table, perhaps fewer of them: cheaper to do again than to keep.
fn passes_on(query: &Query) -> bool {
    let SetExpr::Select(select) = query.body.as_ref() else { return false };
    let is_one_table = matches!(
        select.from.as_slice(),
        [from] if from.joins.is_empty() && matches!(from.relation, TableFactor::Table { .. })
    );
    is_one_table && is_plain(select) && query.order_by.is_none() && query.with.is_none() && query.limit_clause.is_none()
}

/// Whether a select neither groups, nor looks at other rows, nor calls anything.
fn is_plain(select: &Select) -> bool {
    let has_calls = visit_expressions(select, |expression| match expression {
        Expr::Function(_) | Expr::Subquery(_) | Expr::InSubquery { .. } | Expr::Exists { .. } => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    })
    .is_break();
    let is_grouped = !matches!(&select.group_by, GroupByExpr::Expressions(by, _) if by.is_empty());
    let is_star =
        select.projection.iter().all(|item| matches!(item, SelectItem::Wildcard(_) | SelectItem::UnnamedExpr(_)));
    select.distinct.is_none() && select.having.is_none() && !is_grouped && !has_calls && is_star
}

/// A query with those steps before it that it reads, itself or through others.
fn with_steps(with: &With, steps: &[Option<Cte>], mut query: Query) -> Query {
    let mut wanted: BTreeSet<String> = relations(&query).into_iter().collect();
    let mut before = Vec::new();
    for step in steps.iter().rev().flatten() {
        if wanted.contains(&step.alias.name.value) {
            wanted.extend(relations(&step.query));
            before.push(step.clone());
        }
    }
    before.reverse();
    if !before.is_empty() {
        query.with = Some(With { cte_tables: before, ..with.clone() });
    }
    query
}
