//! What is told of a question beside its rows: the steps of its plan, and where in its text a mistake stands. Pure.

use crate::error::Error;
use datafusion::logical_expr::LogicalPlan;

/// A step of a query's plan. A plan is a list of them, each followed by those that it takes its rows from.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PlanStep {
    /// Steps between this one and the last, which makes the answer.
    pub depth: usize,
    /// As DataFusion writes it: `Filter: a = 1`.
    pub text: String,
}

/// The error with the place where the text names the table, if it is found.
pub(super) fn placed(error: Error, sql: &str, name: &str) -> Error {
    let name = name.strip_prefix("public.").unwrap_or(name);
    let in_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let lower = sql.to_ascii_lowercase();
    let stands_alone = |at: &usize| {
        let after = lower[at + name.len()..].chars().next();
        !lower[..*at].chars().next_back().is_some_and(in_name) && !after.is_some_and(in_name)
    };
    match lower.match_indices(name).map(|(at, _)| at).find(stands_alone) {
        None => error,
        Some(at) => {
            let before = &sql[..at];
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            error.with("at", format!("{}:{column}", crate::project::line_of(sql, at)))
        }
    }
}

/// Steps of a plan beyond which it is not shown.
const STEPS_MAX: usize = 400;

/// The steps of a plan, the last one first, each before those that it takes from.
pub(super) fn steps_of(plan: &LogicalPlan) -> Vec<PlanStep> {
    let mut steps = Vec::new();
    let mut open = vec![(plan, 0)];
    while let Some((node, depth)) = open.pop().filter(|_| steps.len() < STEPS_MAX) {
        steps.push(PlanStep { depth, text: node.display().to_string() });
        open.extend(node.inputs().into_iter().rev().map(|input| (input, depth + 1)));
    }
    steps
}
