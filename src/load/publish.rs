//! The load as tables: `meta.deliveries`, `meta.slices`, `meta.rejects`, `meta.notes`, and the report of an edition.

use super::facts::fact_tables;
use super::monthly::Monthly;
use super::outcome::{Decided, arrival_key, decide};
use crate::error::{Error, Result};
use crate::extract::hide_numbers;
use crate::project::Project;
use crate::warehouse::{DataFile, DeliveryRecord, FeedReport, RejectRecord, State, TableRecord, Warehouse};
use arrow::array::{ArrayRef, Date32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The notes of a delivery that has none, and about how many one has that does.
const NO_NOTES: &str = "{}";
const NOTES_USUAL: u64 = 10;

/// Writes the load's own tables; each gets a new version only if its rows changed.
pub async fn publish_meta(project: &Project, warehouse: &Warehouse, state: &mut State) -> Result<u64> {
    let deliveries = state.deliveries()?;
    let decided = decide(&deliveries, &project.feeds);
    let mut order: Vec<usize> = (0..deliveries.len()).collect();
    order.sort_by_key(|i| arrival_key(&deliveries[*i]));
    let mut changed = 0;
    let mut tables = vec![
        ("meta.deliveries", deliveries_table(&deliveries, &decided, &order)?),
        ("meta.slices", slices_table(&deliveries, &decided)?),
    ];
    tables.extend(fact_tables(&project.feeds, &deliveries, &order)?);
    for (name, batch) in tables {
        changed += u64::from(keep_table(warehouse, state, name, &batch).await?);
    }
    let rejects = Monthly {
        name: "meta.rejects",
        schema: rejects_table(&[])?.schema(),
        deliveries: &deliveries,
        order: &order,
        rows_of: |d: &DeliveryRecord| d.rows_rejected,
        batch_of: |state: &State, some: &[usize]| {
            let some: Vec<&DeliveryRecord> = some.iter().map(|at| &deliveries[*at]).collect();
            let rows = state.rejects_of(&some.iter().map(|d| d.id).collect::<Vec<_>>())?;
            rejects_table(&some.into_iter().zip(rows).collect::<Vec<_>>())
        },
    };
    changed += u64::from(rejects.keep(warehouse, state).await?);
    let notes = Monthly {
        name: "meta.notes",
        schema: notes_table(&[], &[])?.schema(),
        deliveries: &deliveries,
        order: &order,
        rows_of: |d: &DeliveryRecord| if d.notes.len() > NO_NOTES.len() { NOTES_USUAL } else { 0 },
        batch_of: |_: &State, some: &[usize]| notes_table(&deliveries, some),
    };
    changed += u64::from(notes.keep(warehouse, state).await?);
    Ok(changed)
}

/// The columns of the load's own tables, by name.
pub fn meta_schemas() -> Result<BTreeMap<String, SchemaRef>> {
    let none = Decided { outcomes: Vec::new(), in_force: Vec::new() };
    let editions = crate::models::editions_table(&[])?.schema();
    let nights = crate::models::nights_table(&[], &BTreeMap::new())?.schema();
    let night_files = crate::models::night_files_table(&[])?.schema();
    let facts = fact_tables(&BTreeMap::new(), &[], &[])?;
    let mut schemas = BTreeMap::from([
        ("meta.deliveries".to_owned(), deliveries_table(&[], &none, &[])?.schema()),
        ("meta.slices".to_owned(), slices_table(&[], &none)?.schema()),
        ("meta.rejects".to_owned(), rejects_table(&[])?.schema()),
        ("meta.notes".to_owned(), notes_table(&[], &[])?.schema()),
        ("meta.editions".to_owned(), editions),
        ("meta.nights".to_owned(), nights),
        ("meta.night_files".to_owned(), night_files),
    ]);
    schemas.extend(facts.into_iter().map(|(name, batch)| (name.to_owned(), batch.schema())));
    Ok(schemas)
}

/// Keeps a small table made by the program itself; whether it changed.
pub async fn keep_table(warehouse: &Warehouse, state: &mut State, name: &str, batch: &RecordBatch) -> Result<bool> {
    let content = content_of(batch);
    if state.table(name)?.is_some_and(|t| t.content == content) {
        return Ok(false);
    }
    let mut file = DataFile::create(&warehouse.table_dir(name), format!("{content}.parquet"), batch.schema())?;
    file.write(batch)?;
    let live = file.finish(None)?;
    let rows = live.rows;
    let files = [live];
    let version = warehouse.commit(name, &batch.schema(), &files).await?;
    let fingerprint = content.clone();
    state.record_version(name, &TableRecord { version, fingerprint, content, rows }, &files)?;
    Ok(true)
}

/// A fingerprint of a table by its columns and its files, whose names hold the hash of what they were made from: (path,
/// rows, partition) of each.
pub fn files_content<'a>(files: impl Iterator<Item = (&'a str, u64, Option<&'a str>)>, schema: &Schema) -> String {
    let mut hash = Sha256::new();
    for field in schema.fields() {
        hash.update(format!("{} {}\n", field.name(), field.data_type()));
    }
    for (path, rows, partition) in files {
        hash.update(format!("{path} {rows} {}\n", partition.unwrap_or("")));
    }
    crate::project::hex(&hash.finalize()[..16])
}

/// A fingerprint of rows: column names, types and every cell in order.
pub fn content_of(batch: &RecordBatch) -> String {
    let mut hash = Sha256::new();
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        hash.update(format!("{} {}\n", field.name(), field.data_type()));
        crate::models::hash_column(&mut hash, column);
    }
    crate::project::hex(&hash.finalize()[..16])
}

/// Files by outcome and rows in force, feed by feed.
pub fn feed_reports(project: &Project, state: &State) -> Result<BTreeMap<String, FeedReport>> {
    let deliveries = state.deliveries()?;
    let decided = decide(&deliveries, &project.feeds);
    let mut out: BTreeMap<String, FeedReport> = BTreeMap::new();
    for (d, outcome) in deliveries.iter().zip(&decided.outcomes) {
        let report = out.entry(d.feed.clone()).or_default();
        *report.files.entry(outcome.name().to_owned()).or_default() += 1;
        if outcome.name() == "current" {
            report.rows_delivered += d.rows_delivered;
            report.rows_loaded += d.rows_loaded;
            report.rows_dropped += d.rows_dropped;
            report.rows_rejected += d.rows_rejected;
        }
    }
    Ok(out)
}

pub(super) fn table(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch> {
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true)).collect();
    debug_assert!(fields.iter().all(|f| *f.data_type() != DataType::Null));
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, a)| a).collect())
        .map_err(|e| Error::internal("meta_table").with("cause", e))
}

pub(super) fn texts<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

/// Files' names, without what could be a person's number.
pub(super) fn names<'a>(paths: impl Iterator<Item = &'a str>) -> ArrayRef {
    Arc::new(paths.map(|path| Some(hide_numbers(path))).collect::<StringArray>())
}

pub(super) fn counts(values: impl Iterator<Item = u64>) -> ArrayRef {
    Arc::new(Int64Array::from_iter_values(values.map(|n| n as i64)))
}

fn deliveries_table(deliveries: &[DeliveryRecord], decided: &Decided, order: &[usize]) -> Result<RecordBatch> {
    let each = || order.iter().map(|i| &deliveries[*i]);
    let blank = |s: &'static str| s;
    let arrived_on = each().map(|d| d.arrived_at.get(..10).and_then(|t| t.parse().ok()));
    table(vec![
        ("feed", texts(each().map(|d| Some(d.feed.as_str())))),
        ("file", names(each().map(|d| d.path.as_str()))),
        ("sha256", texts(each().map(|d| Some(d.sha256.as_str())))),
        ("bytes", counts(each().map(|d| d.bytes))),
        ("arrived_at", texts(each().map(|d| Some(d.arrived_at.as_str())))),
        ("arrived_on", Arc::new(Date32Array::from_iter(arrived_on.map(|d| d.map(crate::extract::columns::days_of))))),
        ("region", texts(each().map(|d| Some(if d.region.is_empty() { blank("all") } else { &d.region })))),
        ("period", texts(each().map(|d| (!d.period.is_empty()).then_some(d.period.as_str())))),
        ("outcome", texts(order.iter().map(|i| Some(decided.outcomes[*i].name())))),
        ("refusal_reason", texts(each().map(|d| d.refusal.as_deref()))),
        ("refusal_detail", texts(each().map(|d| d.refusal.as_ref().map(|_| d.refusal_detail.as_str())))),
        ("rows_delivered", counts(each().map(|d| d.rows_delivered))),
        ("rows_loaded", counts(each().map(|d| d.rows_loaded))),
        ("rows_dropped", counts(each().map(|d| d.rows_dropped))),
        ("rows_rejected", counts(each().map(|d| d.rows_rejected))),
        ("rows_left_out", counts(each().map(|d| d.rows_left_out))),
        // The place in the order of arrival, by which deliveries of one slice and period are told apart.
        ("arrival", counts(1..=order.len() as u64)),
    ])
}

fn slices_table(deliveries: &[DeliveryRecord], decided: &Decided) -> Result<RecordBatch> {
    let each =
        || decided.in_force.iter().map(|s| (s, &deliveries[s.delivery], &deliveries[s.delivery].slices[s.slice]));
    table(vec![
        ("feed", texts(each().map(|(s, ..)| Some(s.feed.as_str())))),
        ("slice_region", texts(each().map(|(.., r)| Some(r.region.as_str())))),
        ("slice_period", texts(each().map(|(_, d, _)| Some(d.period.as_str())))),
        ("source_file", names(each().map(|(_, d, _)| d.path.as_str()))),
        ("source_sha256", texts(each().map(|(_, d, _)| Some(d.sha256.as_str())))),
        ("rows_loaded", counts(each().map(|(.., r)| r.rows))),
    ])
}

fn rejects_table(rejects: &[(&DeliveryRecord, Vec<RejectRecord>)]) -> Result<RecordBatch> {
    let each = || rejects.iter().flat_map(|(d, rows)| rows.iter().map(move |r| (d, r)));
    table(vec![
        ("feed", texts(each().map(|(d, _)| Some(d.feed.as_str())))),
        ("file", names(each().map(|(d, _)| d.path.as_str()))),
        ("sha256", texts(each().map(|(d, _)| Some(d.sha256.as_str())))),
        ("sheet", texts(each().map(|(_, r)| Some(r.sheet.as_str())))),
        ("row_number", counts(each().map(|(_, r)| r.row))),
        ("field", texts(each().map(|(_, r)| Some(r.field.as_str())))),
        ("reason", texts(each().map(|(_, r)| Some(r.reason.as_str())))),
        ("all_reasons", texts(each().map(|(_, r)| Some(r.all_reasons.as_str())))),
        ("raw_value", texts(each().map(|(_, r)| Some(r.raw_value.as_str())))),
    ])
}

/// Repairs, warnings, unmapped values and unknown columns of every file, one row a kind.
fn notes_table(deliveries: &[DeliveryRecord], order: &[usize]) -> Result<RecordBatch> {
    struct Note<'a> {
        delivery: &'a DeliveryRecord,
        kind: &'static str,
        field: String,
        what: String,
        rows: u64,
    }
    let mut notes: Vec<Note<'_>> = Vec::new();
    for d in order.iter().map(|i| &deliveries[*i]) {
        let Ok(json) = serde_json::from_str::<serde_json::Value>(&d.notes) else { continue };
        for (key, kind) in [("repairs", "repair"), ("warnings", "warning")] {
            for (what, rows) in json[key].as_object().into_iter().flatten() {
                let rows = rows.as_u64().unwrap_or_default();
                notes.push(Note { delivery: d, kind, field: String::new(), what: what.clone(), rows });
            }
        }
        for item in json["unmapped"].as_array().into_iter().flatten() {
            let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
            let rows = item["rows"].as_u64().unwrap_or_default();
            notes.push(Note { delivery: d, kind: "unmapped_value", field: text("field"), what: text("text"), rows });
        }
        for column in json["unknown_columns"].as_array().into_iter().flatten() {
            let what = column.as_str().unwrap_or_default().to_owned();
            notes.push(Note {
                delivery: d,
                kind: "unknown_column",
                field: String::new(),
                what,
                rows: d.rows_delivered,
            });
        }
    }
    table(vec![
        ("feed", texts(notes.iter().map(|n| Some(n.delivery.feed.as_str())))),
        ("file", names(notes.iter().map(|n| n.delivery.path.as_str()))),
        ("sha256", texts(notes.iter().map(|n| Some(n.delivery.sha256.as_str())))),
        ("kind", texts(notes.iter().map(|n| Some(n.kind)))),
        ("field", texts(notes.iter().map(|n| (!n.field.is_empty()).then_some(n.field.as_str())))),
        ("what", texts(notes.iter().map(|n| Some(n.what.as_str())))),
        ("rows", counts(notes.iter().map(|n| n.rows))),
    ])
}
