//! Typed rows as Arrow batches, each slice's apart, with where every row came from and what was done to it.

use super::columns::{NONE, days_of, raw_schema, text_array, text_array_of};
use super::person::PSEUDONYM_CHARS;
use super::rows::Rows;
use super::source::Refusal;
use super::typing::TypedRows;
use super::{Request, Sink};
use crate::project::Contract;
use arrow::array::{ArrayRef, BooleanArray, Date32Array, Int64Array, RecordBatch};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A run of rows of one sheet, of which `kept` are loaded.
pub struct Run<'a> {
    pub request: &'a Request<'a>,
    pub sheet: &'a str,
    pub rows: &'a Rows,
    pub typed: &'a TypedRows<'a>,
    pub kept: &'a [u32],
}

impl Run<'_> {
    /// Hands the kept rows to the sink, each slice's apart.
    pub fn emit(&self, sink: Sink<'_>) -> Result<(), Refusal> {
        let notes = Notes::new(self.request.contract, self.typed, self.rows.len());
        let region = self.request.delivery.region.as_str();
        if !region.is_empty() {
            return self.emit_slice(region, self.kept, &notes, sink);
        }
        let columns = &self.typed.columns;
        let mut by_place: Vec<Vec<u32>> = vec![Vec::new(); columns.places.len()];
        for row in self.kept {
            let place = columns.region[*row as usize];
            // Every kept row has a region: one without is rejected.
            if place != NONE {
                by_place[place as usize].push(*row);
            }
        }
        let by_region: BTreeMap<&str, &Vec<u32>> = columns.places.iter().map(String::as_str).zip(&by_place).collect();
        by_region.iter().try_for_each(|(region, kept)| self.emit_slice(region, kept, &notes, sink))
    }

    fn emit_slice(&self, region: &str, kept: &[u32], notes: &Notes, sink: Sink<'_>) -> Result<(), Refusal> {
        if kept.is_empty() {
            return Ok(());
        }
        let Run { request, rows, typed, .. } = self;
        let at = || kept.iter().map(|r| *r as usize);
        let n = kept.len();
        let columns = &typed.columns;
        let same = |text: &str| text_array_of(n, n * text.len(), kept.iter().map(|_| Some(text)));
        let mut arrays: Vec<ArrayRef> = columns.to_arrays(request.contract, kept);
        if request.contract.id_index().is_some() {
            arrays.push(text_array_of(n, n * PSEUDONYM_CHARS, at().map(|r| columns.persons.key(r))));
            arrays.push(Arc::new(Date32Array::from_iter(
                at().map(|r| columns.persons.get(r).map(|p| days_of(p.born_on))),
            )));
            arrays.push(Arc::new(BooleanArray::from_iter(at().map(|r| columns.persons.get(r).map(|p| p.is_male)))));
        }
        arrays.push(text_array(n, at().map(|r| columns.region(r))));
        arrays.push(same(&request.delivery.period.to_string()));
        arrays.push(same(request.file));
        arrays.push(same(request.sha256));
        arrays.push(same(self.sheet));
        arrays.push(Arc::new(Int64Array::from_iter_values(at().map(|r| rows.number(r) as i64))));
        arrays.push(text_array(n, at().map(|r| Some(notes.repairs[r].as_str()))));
        arrays.push(text_array(n, at().map(|r| Some(notes.warnings[r].as_str()))));
        let batch = RecordBatch::try_new(raw_schema(request.contract), arrays)
            .map_err(|e| Refusal::new("unreadable", e.to_string()))?;
        sink(region, batch)
    }
}

/// Repairs and warnings by row, as text.
struct Notes {
    repairs: Vec<String>,
    warnings: Vec<String>,
}

impl Notes {
    fn new(contract: &Contract, typed: &TypedRows<'_>, len: usize) -> Notes {
        let mut notes = Notes { repairs: vec![String::new(); len], warnings: vec![String::new(); len] };
        let add = |to: &mut String, field: u16, what: &str| {
            if !to.is_empty() {
                to.push(' ');
            }
            to.push_str(&contract.fields[usize::from(field)].name);
            to.push(':');
            to.push_str(what);
        };
        for (row, field, repairs) in &typed.noted.repairs {
            repairs.kinds().for_each(|kind| add(&mut notes.repairs[*row as usize], *field, kind));
        }
        for fault in typed.noted.faults.iter().filter(|f| !f.rejects) {
            add(&mut notes.warnings[fault.row as usize], fault.field, fault.reason);
        }
        notes
    }
}
