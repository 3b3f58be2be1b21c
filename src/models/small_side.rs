//! Which side of a join is kept in memory. The query engine decides by the number of rows that it expects of each, and
//! where it expects none it keeps the one that is written first: a ledger of millions of rows for a table of three, a
//! batch for each of its rows. Here the tables behind each side decide.

use datafusion::common::stats::Precision;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{JoinType, Result};
use datafusion::config::ConfigOptions;
use datafusion::physical_optimizer::PhysicalOptimizerRule;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::joins::{CrossJoinExec, HashJoinExec, NestedLoopJoinExec};
use datafusion::physical_plan::statistics::{StatisticsArgs, StatisticsContext};
use std::sync::Arc;

type Rule = Arc<dyn PhysicalOptimizerRule + Send + Sync>;

/// The engine's rules for physical plans, with this one behind the engine's own choice of sides.
pub(super) fn physical_rules() -> Vec<Rule> {
    let mut rules = PhysicalOptimizer::new().rules;
    let behind = rules.iter().position(|rule| rule.name() == "join_selection").map_or(0, |at| at + 1);
    rules.insert(behind, Arc::new(SmallSideFirst));
    rules
}

#[derive(Debug)]
struct SmallSideFirst;

impl PhysicalOptimizerRule for SmallSideFirst {
    fn optimize(&self, plan: Arc<dyn ExecutionPlan>, _config: &ConfigOptions) -> Result<Arc<dyn ExecutionPlan>> {
        plan.transform_up(|node| {
            let swapped = if let Some(join) = node.downcast_ref::<CrossJoinExec>() {
                (rows_of(join.left()) > rows_of(join.right())).then(|| join.swap_inputs()).transpose()?
            } else if let Some(join) = node.downcast_ref::<NestedLoopJoinExec>() {
                let is_inner = *join.join_type() == JoinType::Inner;
                (is_inner && rows_of(join.left()) > rows_of(join.right())).then(|| join.swap_inputs()).transpose()?
            } else if let Some(join) = node.downcast_ref::<HashJoinExec>() {
                /// A side that filters and groups may be smaller than the tables behind it: only a clear difference counts.
                const CLEARLY: usize = 4;
                let is_simple = matches!(join.join_type(), JoinType::Inner | JoinType::Left);
                let is_large = rows_of(join.left()) > rows_of(join.right()).saturating_mul(CLEARLY);
                (is_simple && is_large).then(|| join.swap_inputs(*join.partition_mode())).transpose()?
            } else {
                None
            };
            Ok(swapped.map_or_else(|| Transformed::no(node), Transformed::yes))
        })
        .map(|found| found.data)
    }

    fn name(&self) -> &str {
        "small_side_first"
    }

    fn schema_check(&self) -> bool {
        true
    }
}

/// Rows of a side where they are certain (a whole sum has one), else of the largest table behind it.
fn rows_of(side: &Arc<dyn ExecutionPlan>) -> usize {
    let found = StatisticsContext::new().compute(side.as_ref(), &StatisticsArgs::new());
    match found.map(|statistics| statistics.num_rows) {
        Ok(Precision::Exact(rows)) => rows,
        _ => rows_behind(side),
    }
}

/// Rows of the largest table behind a side; of one that does not say, as many as there can be.
fn rows_behind(side: &Arc<dyn ExecutionPlan>) -> usize {
    let children = side.children();
    if children.is_empty() {
        let found = StatisticsContext::new().compute(side.as_ref(), &StatisticsArgs::new());
        return found.ok().and_then(|s| s.num_rows.get_value().copied()).unwrap_or(usize::MAX);
    }
    children.into_iter().map(rows_behind).max().unwrap_or(0)
}
