//! A trial: models over an edition with some policy rows changed, in memory; nothing is written.

use super::build::{cores, run_once, sort_by_grain};
use super::graph::{Graph, Model};
use super::header::KeptAs;
use super::session::{Sources, build_runtime};
use crate::error::{Error, Result};
use crate::project::Project;
use crate::warehouse::{Edition, TableVersion, Warehouse};
use arrow::array::RecordBatch;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the wanted models, and all checks behind the changed policy file, come out as. `project` holds the changed rows;
/// `changed` is the policy file's name. Models that the change does not reach are not in the answer: they stay as they are.
pub async fn try_policy(
    project: &Project,
    graph: &Graph,
    warehouse: &Warehouse,
    edition: &Edition,
    changed: &str,
    wanted: &[&str],
) -> Result<BTreeMap<String, RecordBatch>> {
    let reached = reached_from(graph, &format!("csv.{changed}"));
    let needed = needed_for(graph, &reached, wanted);
    let runtime = build_runtime()?;
    let mut tables: BTreeMap<String, Arc<TableVersion>> = BTreeMap::new();
    let mut made: BTreeMap<String, RecordBatch> = BTreeMap::new();
    for model in graph.models.iter().filter(|m| needed.contains(&m.name)) {
        if model.header.kept_as == KeptAs::View {
            continue;
        }
        for name in graph.tables_behind(model) {
            open(graph, warehouse, edition, &reached, &name, &mut tables).await?;
        }
        let as_of = edition.as_of;
        let sources =
            Sources { project, warehouse, graph, as_of, tables: &tables, made: &made, runtime: runtime.clone() };
        let batch = run_once(&sources, model, cores()).await?;
        made.insert(model.name.clone(), sort_by_grain(model, &batch)?);
    }
    made.retain(|name, _| wanted.contains(&name.as_str()) || name.starts_with("checks."));
    Ok(made)
}

/// Everything that reads a table, itself or through others.
fn reached_from(graph: &Graph, start: &str) -> BTreeSet<String> {
    let mut reached = BTreeSet::from([start.to_owned()]);
    // The models stand in an order in which each comes after what it reads.
    for model in &graph.models {
        if model.reads.iter().any(|r| reached.contains(r)) {
            reached.insert(model.name.clone());
        }
    }
    reached
}

/// Of the models reached, those that the wanted ones and the checks need.
fn needed_for(graph: &Graph, reached: &BTreeSet<String>, wanted: &[&str]) -> BTreeSet<String> {
    let is_asked = |m: &Model| wanted.contains(&m.name.as_str()) || m.file.layer == "checks";
    let mut needed = BTreeSet::new();
    for model in graph.models.iter().rev().filter(|m| reached.contains(&m.name)) {
        if is_asked(model) || needed.contains(&model.name) {
            needed.insert(model.name.clone());
            needed.extend(model.reads.iter().filter(|r| reached.contains(*r)).cloned());
        }
    }
    needed
}

/// Opens a kept table of the edition that the change does not reach.
async fn open(
    graph: &Graph,
    warehouse: &Warehouse,
    edition: &Edition,
    reached: &BTreeSet<String>,
    name: &str,
    tables: &mut BTreeMap<String, Arc<TableVersion>>,
) -> Result<()> {
    let is_view = graph.get(name).is_some_and(|m| m.header.kept_as == KeptAs::View);
    let is_given = name.starts_with("csv.") || name == "run.context" || is_view;
    if is_given || reached.contains(name) || tables.contains_key(name) {
        return Ok(());
    }
    let missing = || Error::request("trial_table").with("table", name).with("edition", edition.edition);
    let entry = edition.tables.get(name).ok_or_else(missing)?;
    let version = warehouse.table(name, Some(entry.version)).await?.ok_or_else(missing)?;
    tables.insert(name.to_owned(), Arc::new(version));
    Ok(())
}
