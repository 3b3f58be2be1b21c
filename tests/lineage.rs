//! Column lineage: what each column of an answer is computed from, case by case, and over the whole project.

use crate::docs::docs;
use arrow::datatypes::{DataType, Field, Schema};
use jindu::models::{ColumnName, Schemas, TableKind, plan_query};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Two tables: `staging.a` and `staging.b`, each with k, x and y.
fn schemas() -> Schemas {
    let fields = ["k", "x", "y"].map(|name| Field::new(name, DataType::Int64, true)).to_vec();
    let schema = Arc::new(Schema::new(fields));
    ["staging.a", "staging.b"].map(|name| (name.to_owned(), schema.clone())).into()
}

/// Columns by their tables without the layer: `a.x b.*`.
fn words(columns: &BTreeSet<ColumnName>) -> String {
    let short = |c: &ColumnName| c.to_string().replace("staging.", "");
    columns.iter().map(short).collect::<Vec<_>>().join(" ")
}

/// Each column as `name = copied` or `name < computed from`, then `| what only decides`.
fn check(sql: &str, expected: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (schema, lineage) = runtime.block_on(plan_query(sql, "test.sql", &schemas())).unwrap();
    assert_eq!(lineage.not_understood, BTreeSet::new(), "{sql}");
    assert_eq!(schema.fields().len(), lineage.columns.len(), "{sql}");
    let mut found = Vec::new();
    let mut in_values = BTreeSet::new();
    for (name, origin) in &lineage.columns {
        let sign = if origin.is_copy { '=' } else { '<' };
        found.push(format!("{name} {sign} {}", words(&origin.from)).trim_end().to_owned());
        in_values.extend(origin.from.iter().cloned());
    }
    let decided: BTreeSet<ColumnName> = lineage.decided_by.difference(&in_values).cloned().collect();
    let found = format!("{} | {}", found.join(", "), words(&decided));
    assert_eq!(found.trim(), expected, "{sql}");
}

#[test]
fn expressions() {
    check("select x as z from staging.a", "z = a.x |");
    check("select cast(x as varchar) as z from staging.a", "z = a.x |");
    check("select x + y as z, 1 as one from staging.a where k > 0", "z < a.x a.y, one < | a.k");
    check("select case when k = 1 then x else 0 end as z from staging.a", "z < a.k a.x |");
    check("select coalesce(x, y) as z from staging.a order by k", "z < a.x a.y | a.k");
    check("select z from (values (1), (2)) as v (z)", "z < |");
}

#[test]
fn aggregates_and_windows() {
    check("select k, sum(x) as s from staging.a group by k", "k = a.k, s < a.x |");
    check("select sum(x) filter (where y > 0) as s from staging.a group by k", "s < a.x a.y | a.k");
    check("select count(*) as n from staging.a where x = 1", "n < a.* | a.x");
    check("select count(*) filter (where y = 1) as n from staging.a", "n < a.* a.y |");
    check("select sum(x) over (partition by k order by y) as s from staging.a", "s < a.x a.y | a.k");
    check("select row_number() over (partition by k) as n from staging.a", "n < a.* | a.k");
    check("select k, y, sum(x) as s from staging.a group by rollup (k, y)", "k = a.k, y = a.y, s < a.x |");
    check("select k from staging.a group by k having max(x) > 1", "k = a.k | a.x");
}

#[test]
fn joins() {
    check("select a.x, b.y from staging.a a inner join staging.b b on a.k = b.k", "x = a.x, y = b.y | a.k b.k");
    check("select k, b.x from staging.a left join staging.b b using (k)", "k = a.k, x = b.x | b.k");
    check(
        "select b.k is not null as has from staging.a a left join staging.b b on a.k = b.k and b.x > a.y",
        "has < b.k | a.k a.y b.x",
    );
    check("select x from staging.a left semi join staging.b on a.k = b.k", "x = a.x | a.k b.k");
    check("select count(*) as n from staging.a cross join staging.b", "n < a.* b.* |");
}

#[test]
fn unions_and_subqueries() {
    check("select x as z from staging.a union all select y from staging.b", "z < a.x b.y |");
    check("select x as z from staging.a union select x from staging.a where k = 1", "z = a.x | a.k");
    check(
        "with a as (select * from staging.a), b as (select k, x + y as z from a) select * from b",
        "k = a.k, z < a.x a.y |",
    );
    check(
        "with outside as (with inside as (select x as i from staging.a) select i as o from inside) select o from outside",
        "o = a.x |",
    );
    check("select (select max(x) from staging.b) as m from staging.a", "m < b.x |");
    check("select x from staging.a where k in (select k from staging.b where y = 1)", "x = a.x | a.k b.k b.y");
    check(
        "select exists (select 1 from staging.b where b.k = a.k) as has, x from staging.a",
        "has < b.*, x = a.x | a.k b.k",
    );
    check("select * from staging.a", "k = a.k, x = a.x, y = a.y |");
    check("select distinct on (k) x from staging.a order by k, y", "x = a.x | a.k a.y");
    check(
        "with recursive r as (select k, x from staging.a union all select r.k, b.y from r join staging.b on r.x = b.x) \
         select x from r",
        "x < a.x b.y | b.x",
    );
}

/// What is said by the SQL itself and by no row.
const CONSTANTS: [&str; 23] = [
    "checks.places_known.indicator_id",
    "checks.ranking_is_whole.ranking_id",
    "measures.entitlements.benefit",
    "measures.entitlements.ground",
    "measures.list_matches.is_in_ledger",
    "measures.person_records.feed",
    "measures.place_counts.indicator_id",
    "measures.platform_records.feed",
    "measures.platform_records.platform",
    "measures.row_warnings.feed",
    "measures.row_warnings.reason",
    "measures.rule_periods.period_kind",
    "measures.villages.level",
    "meta.unmapped.add_to",
    "meta.unmapped.kind",
    "supervision.candidates.reason",
    "supervision.candidates.trigger",
    "supervision.contributions.ranking_id",
    "supervision.duties.ranking_id",
    "supervision.laggards.ranking_id",
    "supervision.ranking.ranking_id",
    "supervision.standing.ranking_id",
    "supervision.standing.trigger",
];

#[test]
fn every_column_of_the_project_goes_back_to_an_extract_a_policy_row_or_the_load() {
    let docs = docs();
    let mut asked = 0;
    for table in docs.tables.values().filter(|t| !t.kind.is_source()) {
        assert_eq!(table.not_understood, BTreeSet::new(), "{}", table.name);
        let mut unexpected = Vec::new();
        for column in &table.columns {
            for end in column.ends.iter().chain(&column.chosen_by) {
                let source = docs.get(&end.table).unwrap_or_else(|| panic!("{}: no table {end}", table.name));
                assert!(source.kind.is_source(), "{}.{} ends at {end}", table.name, column.name);
                assert!(end.column == "*" || source.column(&end.column).is_some(), "{end} is no column");
            }
            let name = format!("{}.{}", table.name, column.name);
            // The evidence names its rule and feed itself, and a rule without records counts nothing.
            let may_be_said = table.layer == "evidence" || table.name == "measures.rule_counts";
            let is_panel = table.kind == TableKind::Panel;
            if column.ends.is_empty() && !may_be_said && !is_panel && !CONSTANTS.contains(&name.as_str()) {
                unexpected.push(name);
            }
            asked += 1;
        }
        assert!(unexpected.is_empty(), "no row says {unexpected:?}");
    }
    assert!(asked > 1000, "only {asked} columns");
}

/// The figure of the share in employment rests on the ledger's columns, by their headers.
#[test]
fn a_figure_on_a_page_goes_back_to_the_extracts_header() {
    let docs = docs();
    let panel = docs.find("pages.glance:targets").unwrap();
    let figure = panel.columns.iter().find(|c| c.from.contains(&ColumnName::new("measures.progress", "actual")));
    let figure = figure.unwrap_or_else(|| panic!("{:?}", panel.columns));
    let status = ColumnName::new("raw.ledger", "status");
    assert!(figure.chosen_by.contains(&status), "{:?}", figure.chosen_by);
    let born = ColumnName::new("raw.ledger", "person_born_on");
    assert!(figure.ends.contains(&born), "{:?}", figure.ends);
    let header = |name: &ColumnName| docs.get(&name.table).unwrap().column(&name.column).unwrap().header.clone();
    assert_eq!(header(&status).as_deref(), Some("就业失业状况"));
    assert_eq!(header(&born).as_deref(), Some("身份证号"));
}
