//! Tables that are no models: extracts by their contracts, policy files, what the load writes. Lineage ends at them.

use super::{ColumnDocs, TableDocs, TableKind, sql_type};
use crate::models::schemas::PREVIOUS;
use crate::models::sentences::Sentences;
use crate::project::{Contract, Project};
use arrow::datatypes::SchemaRef;
use std::collections::BTreeSet;

/// A table that is no model, with its columns.
pub(super) fn source_docs(project: &Project, sentences: &Sentences, name: &str, schema: &SchemaRef) -> TableDocs {
    let (layer, short) = name.split_once('.').unwrap_or(("", name));
    let contract = (layer == "raw").then(|| project.feeds.get(short)).flatten();
    let kind = match layer {
        "raw" => TableKind::Extract,
        "csv" => TableKind::Rows,
        _ => TableKind::Load,
    };
    let sentence = match contract {
        Some(contract) => contract.title.clone(),
        None => sentences.of_table(name).cloned().unwrap_or_default(),
    };
    let file = match kind {
        TableKind::Extract => format!("jobs/feeds/{short}.toml"),
        TableKind::Rows => project.policy.get(short).map(|f| f.path.clone()).unwrap_or_default(),
        _ => String::new(),
    };
    let columns = schema.fields().iter().map(|field| {
        let field_of = contract.and_then(|c| c.fields.iter().find(|f| &f.name == field.name()));
        // A policy file's columns are those of the model that types them.
        let policy = format!("policy.{short}");
        let carried = project.carried().find(|(name, _)| layer == PREVIOUS && *name == short);
        let meant_in = if kind == TableKind::Rows { &policy } else { carried.map_or(name, |(_, table)| table) };
        let own = sentences.of_table_or_layer(meant_in, field.name());
        let own = own.or_else(|| field_of.and_then(|f| f.description.as_ref()));
        let own = own.or_else(|| sentences.of_name(field.name()));
        ColumnDocs {
            name: field.name().clone(),
            data_type: sql_type(field.data_type()),
            sentence: own.cloned(),
            from: BTreeSet::new(),
            is_copy: false,
            ends: BTreeSet::new(),
            chosen_by: BTreeSet::new(),
            header: contract.and_then(|c| header_of(c, field.name())),
        }
    });
    TableDocs {
        name: name.to_owned(),
        layer: layer.to_owned(),
        kind,
        sentence,
        grain: contract.map(|c| c.key.clone()).unwrap_or_default(),
        file,
        sql: String::new(),
        reads: BTreeSet::new(),
        read_by: BTreeSet::new(),
        columns: columns.collect(),
        decided_by: BTreeSet::new(),
        not_understood: BTreeSet::new(),
    }
}

/// The header under which an extract holds a column; of what the load makes of one, the header of that one.
fn header_of(contract: &Contract, column: &str) -> Option<String> {
    let made_from = match column {
        "region_code" => contract.region_field.as_deref(),
        name if name.starts_with("person_") => contract.id_index().map(|at| contract.fields[at].name.as_str()),
        _ => None,
    };
    let named = |name: &str| contract.fields.iter().find(|f| f.name == name);
    let field = named(column).or_else(|| made_from.and_then(named))?;
    field.headers.first().cloned()
}
