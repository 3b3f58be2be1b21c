//! The lineage of one expression over what is known of its input.

use super::{ColumnName, Node, Origin, ROWS, Walk};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema};
use datafusion::logical_expr::{Expr, SortExpr, Subquery};
use std::collections::BTreeSet;

impl Walk<'_> {
    /// What an expression's value is computed from. The condition of a `case` or a `filter` is part of it.
    pub(super) fn value(&mut self, expr: &Expr, input: &Node, schema: &DFSchema) -> Origin {
        match expr {
            Expr::Column(column) => match schema.maybe_index_of_column(column).and_then(|at| input.columns.get(at)) {
                Some(origin) => origin.clone(),
                None => self.not_understood(expr),
            },
            Expr::OuterReferenceColumn(_, column) => match self.outer_column(column) {
                Some(origin) => origin,
                None => self.not_understood(expr),
            },
            Expr::Alias(alias) => self.value(&alias.expr, input, schema),
            Expr::Cast(cast) => self.value(&cast.expr, input, schema),
            Expr::TryCast(cast) => self.value(&cast.expr, input, schema),
            Expr::ScalarSubquery(subquery) => {
                let node = self.subquery(subquery, input, schema);
                node.columns.into_iter().next().unwrap_or_default()
            }
            Expr::InSubquery(within) => {
                let found = self.subquery(&within.subquery, input, schema).columns.into_iter().next();
                computed([self.value(&within.expr, input, schema), found.unwrap_or_default()])
            }
            Expr::SetComparison(compared) => {
                let found = self.subquery(&compared.subquery, input, schema).columns.into_iter().next();
                computed([self.value(&compared.expr, input, schema), found.unwrap_or_default()])
            }
            Expr::Exists(exists) => rows(&self.subquery(&exists.subquery, input, schema)),
            Expr::AggregateFunction(f) => {
                let p = &f.params;
                self.function(&p.args, &p.order_by, p.filter.as_deref(), input, schema)
            }
            Expr::WindowFunction(f) => {
                let p = &f.params;
                p.partition_by.iter().for_each(|e| self.decide(e, input, schema));
                self.function(&p.args, &p.order_by, p.filter.as_deref(), input, schema)
            }
            #[expect(deprecated, reason = "a plan still has the kind, and it must not pass for a constant")]
            Expr::Wildcard { .. } => self.not_understood(expr),
            Expr::HigherOrderFunction(_) | Expr::Lambda(_) | Expr::LambdaVariable(_) => self.not_understood(expr),
            other => {
                let mut parts = Vec::new();
                let walked = other.apply_children(|child| {
                    parts.push(self.value(child, input, schema));
                    Ok(TreeNodeRecursion::Continue)
                });
                match walked {
                    Ok(_) => computed(parts),
                    Err(_) => self.not_understood(expr),
                }
            }
        }
    }

    /// Notes the columns of an expression that decides which rows there are.
    pub(super) fn decide(&mut self, expr: &Expr, input: &Node, schema: &DFSchema) {
        let origin = self.value(expr, input, schema);
        self.decided_by.extend(origin.from);
    }

    /// An aggregate or window function: its arguments, its filter and its order; one without arguments counts rows.
    fn function(
        &mut self,
        args: &[Expr],
        order_by: &[SortExpr],
        filter: Option<&Expr>,
        input: &Node,
        schema: &DFSchema,
    ) -> Origin {
        let of_args = computed(args.iter().map(|e| self.value(e, input, schema)).collect::<Vec<_>>());
        let of_order = computed(order_by.iter().map(|s| self.value(&s.expr, input, schema)).collect::<Vec<_>>());
        let of_filter = filter.map(|e| self.value(e, input, schema)).unwrap_or_default();
        let counted = if of_args.from.is_empty() && of_order.from.is_empty() { rows(input) } else { Origin::default() };
        computed([of_args, of_order, of_filter, counted])
    }

    fn subquery(&mut self, subquery: &Subquery, input: &Node, schema: &DFSchema) -> Node {
        self.outer.push((schema.clone(), input.clone()));
        let node = self.plan(&subquery.subquery);
        self.outer.pop();
        node
    }

    fn outer_column(&self, column: &Column) -> Option<Origin> {
        self.outer.iter().rev().find_map(|(schema, node)| {
            schema.maybe_index_of_column(column).and_then(|at| node.columns.get(at)).cloned()
        })
    }

    fn not_understood(&mut self, expr: &Expr) -> Origin {
        self.unknown.insert(expr.to_string());
        Origin::default()
    }
}

/// Computed from all of these, so a copy of none.
fn computed(parts: impl IntoIterator<Item = Origin>) -> Origin {
    Origin { from: parts.into_iter().flat_map(|p| p.from).collect::<BTreeSet<_>>(), is_copy: false }
}

/// The rows of an answer, as `count(*)` counts them.
fn rows(node: &Node) -> Origin {
    Origin { from: node.rows_of.iter().map(|table| ColumnName::new(table, ROWS)).collect(), is_copy: false }
}
