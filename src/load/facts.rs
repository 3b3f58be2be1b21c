//! Plain facts about files and contracts as tables, from which the models of `sql/meta` work out the rest:
//! `meta.columns`, `meta.file_regions`, `meta.feeds`, `meta.fields`.

use super::publish::{counts, names, table, texts};
use crate::error::Result;
use crate::project::{Contract, Field, FieldKind, Need, Slice};
use crate::warehouse::DeliveryRecord;
use arrow::array::RecordBatch;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// The tables by name; `order` are the deliveries' positions in the order of arrival.
pub fn fact_tables(
    feeds: &BTreeMap<String, Contract>,
    deliveries: &[DeliveryRecord],
    order: &[usize],
) -> Result<Vec<(&'static str, RecordBatch)>> {
    Ok(vec![
        ("meta.columns", columns_table(deliveries, order)?),
        ("meta.file_regions", file_regions_table(deliveries, order)?),
        ("meta.feeds", feeds_table(feeds)?),
        ("meta.fields", fields_table(feeds)?),
    ])
}

fn notes_of(delivery: &DeliveryRecord) -> Json {
    serde_json::from_str(&delivery.notes).unwrap_or_default()
}

/// One row a file and column found, with its meaning.
fn columns_table(deliveries: &[DeliveryRecord], order: &[usize]) -> Result<RecordBatch> {
    let mut found: Vec<(&DeliveryRecord, Json)> = Vec::new();
    for d in order.iter().map(|i| &deliveries[*i]) {
        if let Json::Array(columns) = notes_of(d)["columns"].take() {
            found.extend(columns.into_iter().map(|column| (d, column)));
        }
    }
    let each = || found.iter();
    table(vec![
        ("feed", texts(each().map(|(d, _)| Some(d.feed.as_str())))),
        ("file", names(each().map(|(d, _)| d.path.as_str()))),
        ("sha256", texts(each().map(|(d, _)| Some(d.sha256.as_str())))),
        ("position", counts(each().map(|(_, c)| c["at"].as_u64().unwrap_or_default()))),
        ("header", texts(each().map(|(_, c)| c["header"].as_str()))),
        ("field", texts(each().map(|(_, c)| c["field"].as_str()))),
        ("value", texts(each().map(|(_, c)| c["value"].as_str()))),
    ])
}

/// One row a file and region in which rows of it stand, with how many were loaded.
fn file_regions_table(deliveries: &[DeliveryRecord], order: &[usize]) -> Result<RecordBatch> {
    let mut found: Vec<(&DeliveryRecord, String, u64)> = Vec::new();
    for d in order.iter().map(|i| &deliveries[*i]) {
        for (region, rows) in notes_of(d)["regions"].as_object().into_iter().flatten() {
            found.push((d, region.clone(), rows.as_u64().unwrap_or_default()));
        }
    }
    let each = || found.iter();
    table(vec![
        ("feed", texts(each().map(|(d, ..)| Some(d.feed.as_str())))),
        ("file", names(each().map(|(d, ..)| d.path.as_str()))),
        ("sha256", texts(each().map(|(d, ..)| Some(d.sha256.as_str())))),
        ("region_code", texts(each().map(|(_, region, _)| Some(region.as_str())))),
        ("rows_loaded", counts(each().map(|(.., rows)| *rows))),
    ])
}

/// One row a feed that a contract describes.
fn feeds_table(feeds: &BTreeMap<String, Contract>) -> Result<RecordBatch> {
    let slice = |c: &Contract| match c.slice {
        Slice::Month => "month",
        Slice::Year => "year",
    };
    table(vec![
        ("feed", texts(feeds.keys().map(|name| Some(name.as_str())))),
        ("title", texts(feeds.values().map(|c| Some(c.title.zh.as_str())))),
        ("title_en", texts(feeds.values().map(|c| Some(c.title.en.as_str())))),
        ("slice", texts(feeds.values().map(|c| Some(slice(c))))),
    ])
}

/// One row a field of a contract; `codes` lists the values of a code list.
fn fields_table(feeds: &BTreeMap<String, Contract>) -> Result<RecordBatch> {
    let all: Vec<(&String, &Field)> = feeds.iter().flat_map(|(n, c)| c.fields.iter().map(move |f| (n, f))).collect();
    let codes: Vec<Option<String>> = all
        .iter()
        .map(|(_, f)| f.codes.iter().map(|c| c.value.as_str()).collect::<Vec<_>>())
        .map(|values| (!values.is_empty()).then(|| values.join(" | ")))
        .collect();
    let each = || all.iter();
    table(vec![
        ("feed", texts(each().map(|(feed, _)| Some(feed.as_str())))),
        ("field", texts(each().map(|(_, f)| Some(f.name.as_str())))),
        ("header", texts(each().map(|(_, f)| f.headers.first().map(String::as_str)))),
        ("type", texts(each().map(|(_, f)| Some(kind_name(f.kind))))),
        ("need", texts(each().map(|(_, f)| Some(need_name(f.need))))),
        ("codes", texts(codes.iter().map(Option::as_deref))),
    ])
}

fn need_name(need: Need) -> &'static str {
    match need {
        Need::Required => "required",
        Need::Wanted => "wanted",
        Need::Optional => "optional",
    }
}

fn kind_name(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "text",
        FieldKind::Id => "id",
        FieldKind::Region => "region",
        FieldKind::Unit => "unit",
        FieldKind::Date => "date",
        FieldKind::Month => "month",
        FieldKind::Int => "int",
        FieldKind::Yuan => "yuan",
        FieldKind::Number => "number",
        FieldKind::Pct => "pct",
        FieldKind::Bool => "bool",
        FieldKind::Code => "code",
        FieldKind::Period => "period",
    }
}
