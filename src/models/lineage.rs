//! Column lineage: from which columns each column of a query's answer is computed, read from DataFusion's logical plan.
//! What only filters, joins, groups or orders stands apart. Opens no table. A part of a plan that is not understood is
//! named, never left out.

mod expressions;

use datafusion::common::{DFSchema, TableReference};
use datafusion::logical_expr::utils::grouping_set_to_exprlist;
use datafusion::logical_expr::{Aggregate, Distinct, Expr, Join, JoinType, LogicalPlan};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A column of a table. The column `*` stands for the table's rows: what `count(*)` counts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ColumnName {
    pub table: String,
    pub column: String,
}

pub const ROWS: &str = "*";

impl ColumnName {
    pub fn new(table: &str, column: &str) -> ColumnName {
        ColumnName { table: table.to_owned(), column: column.to_owned() }
    }
}

impl fmt::Display for ColumnName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}

/// What one column's value is computed from; nothing for a constant of the SQL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    pub from: BTreeSet<ColumnName>,
    /// The one column that it is, value by value, but for its name and type.
    pub is_copy: bool,
}

/// The lineage of one query, one step back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lineage {
    /// In the order of the answer's columns.
    pub columns: Vec<(String, Origin)>,
    /// The tables whose rows become the answer's rows.
    pub rows_of: BTreeSet<String>,
    /// Columns that filter, join, group or order.
    pub decided_by: BTreeSet<ColumnName>,
    /// Parts of the plan that this module does not know.
    pub not_understood: BTreeSet<String>,
}

/// Reads the lineage of a plan over these tables.
pub fn lineage_of(plan: &LogicalPlan, tables: &BTreeSet<String>) -> Lineage {
    let mut walk = Walk {
        tables,
        decided_by: BTreeSet::new(),
        unknown: BTreeSet::new(),
        outer: Vec::new(),
        recursive: BTreeMap::new(),
    };
    let node = walk.plan(plan);
    let names = plan.schema().fields().iter().map(|f| f.name().clone());
    Lineage {
        columns: names.zip(node.columns).collect(),
        rows_of: node.rows_of,
        decided_by: walk.decided_by,
        not_understood: walk.unknown,
    }
}

/// What is known of the answer of a part of a plan, column by column in the order of its schema.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Node {
    columns: Vec<Origin>,
    rows_of: BTreeSet<String>,
}

struct Walk<'a> {
    tables: &'a BTreeSet<String>,
    decided_by: BTreeSet<ColumnName>,
    unknown: BTreeSet<String>,
    /// What encloses a subquery, the innermost last.
    outer: Vec<(DFSchema, Node)>,
    /// Recursive queries by name, as far as they are known.
    recursive: BTreeMap<String, Node>,
}

impl Walk<'_> {
    fn plan(&mut self, plan: &LogicalPlan) -> Node {
        match plan {
            LogicalPlan::Projection(p) => {
                let input = self.plan(&p.input);
                let columns = p.expr.iter().map(|e| self.value(e, &input, p.input.schema())).collect();
                Node { columns, rows_of: input.rows_of }
            }
            LogicalPlan::Filter(f) => {
                let input = self.plan(&f.input);
                self.decide(&f.predicate, &input, f.input.schema());
                input
            }
            LogicalPlan::Window(w) => {
                let mut node = self.plan(&w.input);
                let input = node.clone();
                node.columns.extend(w.window_expr.iter().map(|e| self.value(e, &input, w.input.schema())));
                node
            }
            LogicalPlan::Aggregate(a) => self.aggregate(a),
            LogicalPlan::Sort(s) => {
                let input = self.plan(&s.input);
                s.expr.iter().for_each(|e| self.decide(&e.expr, &input, s.input.schema()));
                input
            }
            LogicalPlan::Join(j) => self.join(j),
            LogicalPlan::Union(u) => {
                let nodes: Vec<Node> = u.inputs.iter().map(|input| self.plan(input)).collect();
                nodes.into_iter().reduce(|all, next| together(&all, &next)).unwrap_or_default()
            }
            LogicalPlan::TableScan(scan) => {
                let name = full_name(&scan.table_name);
                let node = match self.recursive.get(&name) {
                    Some(known) => known.clone(),
                    None => self.table(&name, scan.projected_schema.fields().iter().map(|f| f.name().as_str())),
                };
                scan.filters.iter().for_each(|e| self.decide(e, &node, &scan.projected_schema));
                node
            }
            LogicalPlan::Distinct(Distinct::On(d)) => {
                let input = self.plan(&d.input);
                let schema = d.input.schema();
                let ordered = d.sort_expr.iter().flatten().map(|s| &s.expr);
                d.on_expr.iter().chain(ordered).for_each(|e| self.decide(e, &input, schema));
                let columns = d.select_expr.iter().map(|e| self.value(e, &input, schema)).collect();
                Node { columns, rows_of: input.rows_of }
            }
            LogicalPlan::Values(v) => {
                let nothing = Node::default();
                let mut columns = vec![Origin::default(); v.schema.fields().len()];
                for row in &v.values {
                    for (column, cell) in columns.iter_mut().zip(row) {
                        column.from.extend(self.value(cell, &nothing, &v.schema).from);
                    }
                }
                Node { columns, ..nothing }
            }
            LogicalPlan::EmptyRelation(e) => {
                Node { columns: vec![Origin::default(); e.schema.fields().len()], ..Node::default() }
            }
            LogicalPlan::Unnest(u) => {
                let input = self.plan(&u.input);
                let made =
                    |at: &usize| Origin { is_copy: false, ..input.columns.get(*at).cloned().unwrap_or_default() };
                Node { columns: u.dependency_indices.iter().map(made).collect(), rows_of: input.rows_of.clone() }
            }
            LogicalPlan::RecursiveQuery(r) => {
                let mut node = self.plan(&r.static_term);
                // What a round adds can reach further only through what the round before added.
                loop {
                    self.recursive.insert(r.name.clone(), node.clone());
                    let next = together(&node, &self.plan(&r.recursive_term));
                    if next == node {
                        break node;
                    }
                    node = next;
                }
            }
            LogicalPlan::SubqueryAlias(s) => self.plan(&s.input),
            LogicalPlan::Subquery(s) => self.plan(&s.subquery),
            LogicalPlan::Repartition(r) => self.plan(&r.input),
            LogicalPlan::Limit(l) => self.plan(&l.input),
            LogicalPlan::Distinct(Distinct::All(input)) => self.plan(input),
            other => {
                self.unknown.insert(other.display().to_string());
                Node { columns: vec![Origin::default(); other.schema().fields().len()], ..Node::default() }
            }
        }
    }

    fn table<'n>(&mut self, name: &str, columns: impl Iterator<Item = &'n str>) -> Node {
        if !self.tables.contains(name) {
            self.unknown.insert(name.to_owned());
        }
        let copied = |column| Origin { from: BTreeSet::from([ColumnName::new(name, column)]), is_copy: true };
        Node { columns: columns.map(copied).collect(), rows_of: BTreeSet::from([name.to_owned()]) }
    }

    fn aggregate(&mut self, a: &Aggregate) -> Node {
        let (input, schema) = (self.plan(&a.input), a.input.schema());
        let Ok(keys) = grouping_set_to_exprlist(&a.group_expr) else {
            self.unknown.insert(a.group_expr.iter().map(Expr::to_string).collect::<Vec<_>>().join(", "));
            return Node { columns: vec![Origin::default(); a.schema.fields().len()], rows_of: input.rows_of };
        };
        let mut columns: Vec<Origin> = keys.iter().map(|e| self.value(e, &input, schema)).collect();
        columns.iter().for_each(|key| self.decided_by.extend(key.from.iter().cloned()));
        if matches!(a.group_expr.first(), Some(Expr::GroupingSet(_))) {
            // Which of the keys a row is grouped by: a number that the plan adds behind them.
            columns.push(Origin::default());
        }
        columns.extend(a.aggr_expr.iter().map(|e| self.value(e, &input, schema)));
        Node { columns, rows_of: input.rows_of }
    }

    fn join(&mut self, j: &Join) -> Node {
        let (left, right) = (self.plan(&j.left), self.plan(&j.right));
        for (on_left, on_right) in &j.on {
            self.decide(on_left, &left, j.left.schema());
            self.decide(on_right, &right, j.right.schema());
        }
        let both = Node {
            columns: left.columns.iter().chain(&right.columns).cloned().collect(),
            rows_of: &left.rows_of | &right.rows_of,
        };
        if let Some(filter) = &j.filter {
            match j.left.schema().join(j.right.schema()) {
                Ok(schema) => self.decide(filter, &both, &schema),
                Err(_) => drop(self.unknown.insert(filter.to_string())),
            }
        }
        match j.join_type {
            JoinType::Inner | JoinType::Left | JoinType::Right | JoinType::Full => both,
            JoinType::LeftSemi | JoinType::LeftAnti => left,
            JoinType::RightSemi | JoinType::RightAnti => right,
            JoinType::LeftMark | JoinType::RightMark => {
                self.unknown.insert(j.join_type.to_string());
                Node { columns: vec![Origin::default(); j.schema.fields().len()], rows_of: both.rows_of }
            }
        }
    }
}

/// Two answers under one schema, as a union makes them.
fn together(a: &Node, b: &Node) -> Node {
    let both = |(a, b): (&Origin, &Origin)| Origin {
        from: &a.from | &b.from,
        is_copy: a.is_copy && b.is_copy && a.from == b.from,
    };
    Node { columns: a.columns.iter().zip(&b.columns).map(both).collect(), rows_of: &a.rows_of | &b.rows_of }
}

fn full_name(table: &TableReference) -> String {
    match table.schema() {
        Some(schema) => format!("{schema}.{}", table.table()),
        None => table.table().to_owned(),
    }
}
