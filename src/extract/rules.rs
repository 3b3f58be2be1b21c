//! Rules that look at more than one cell of a row: percentages by indicator, made identifiers, the order of dates,
//! parts and wholes, the delivery's period.

use super::Request;
use super::clean::Repairs;
use super::typing::{Fault, TypedRows};
use crate::project::Contract;
use chrono::Datelike;
use std::collections::BTreeSet;

/// Applies all rules to a typed run of rows.
pub fn apply_rules(request: &Request<'_>, typed: &mut TypedRows<'_>) {
    adjust_percentages(request.contract, typed);
    make_ids(request.contract, typed);
    check_rows(request, typed);
}

/// A number field that is a percentage in some rows only: a share of at most one becomes one of a hundred.
fn adjust_percentages(contract: &Contract, typed: &mut TypedRows<'_>) {
    for (field, definition) in contract.fields.iter().enumerate() {
        for (code_field, values) in &definition.percent_when {
            let Some(code) = contract.field_index(code_field) else { continue };
            let one = 10i128.pow(typed.columns.scale(field));
            let has_sign: BTreeSet<u32> = typed
                .noted
                .repairs
                .iter()
                .filter(|(_, f, repairs)| usize::from(*f) == field && repairs.kinds().any(|k| k == "percent"))
                .map(|(row, ..)| *row)
                .collect();
            for row in 0..typed.columns.len() {
                let is_pct = typed.columns.text(code, row).is_some_and(|t| values.iter().any(|v| v == t));
                if is_pct
                    && let Some(n) = typed.columns.number(field, row)
                    && (1..=one).contains(&n)
                    && !has_sign.contains(&(row as u32))
                {
                    typed.columns.set_number(field, row, n * 100);
                    typed.noted.repairs.push((row as u32, field as u16, Repairs::PERCENT));
                }
            }
        }
    }
}

/// A blank identifier is made from the fields that the contract names.
fn make_ids(contract: &Contract, typed: &mut TypedRows<'_>) {
    let Some(made) = &contract.made_id else { return };
    let Some(field) = contract.field_index(&made.field) else { return };
    let from: Vec<usize> = made.from.iter().filter_map(|f| contract.field_index(f)).collect();
    for row in 0..typed.columns.len() {
        if typed.columns.text(field, row).is_none() {
            let mut text = String::from("~");
            from.iter().for_each(|f| typed.columns.write_plain(*f, row, &mut text));
            let text = text.replace(['\u{1f}', '\u{1e}'], "|");
            typed.columns.set_text(field, row, text.trim_end_matches('|'));
        }
    }
}

/// Checks between a row's fields: order of dates, parts and wholes, the delivery's period.
fn check_rows(request: &Request<'_>, typed: &mut TypedRows<'_>) {
    let contract = request.contract;
    let pairs = |list: &[[String; 2]]| -> Vec<(usize, usize)> {
        list.iter().filter_map(|[a, b]| Some((contract.field_index(a)?, contract.field_index(b)?))).collect()
    };
    let period_end = request.delivery.period.last_day();
    let period_field = contract.period_date.as_deref().and_then(|f| contract.field_index(f));
    let (date_order, shares) = (pairs(&contract.date_order), pairs(&contract.share_over_total));
    let mut more = Vec::new();
    for row in 0..typed.columns.len() {
        let mut fault = |field: usize, reason, rejects| {
            more.push(Fault { row: row as u32, field: field as u16, reason, rejects });
        };
        for (first, second) in &date_order {
            if let (Some(a), Some(b)) = (typed.columns.date(*first, row), typed.columns.date(*second, row))
                && a > b
            {
                fault(*second, "date_order", true);
            }
        }
        for (part, whole) in &shares {
            if let (Some(a), Some(b)) = (typed.columns.number(*part, row), typed.columns.number(*whole, row))
                && a > b
            {
                fault(*part, "share_over_total", true);
            }
        }
        if let Some(field) = period_field
            && let Some(date) = typed.columns.date(field, row)
            && (date > period_end || date.year() != request.delivery.period.year)
        {
            fault(field, "outside_period", false);
        }
    }
    typed.noted.faults.extend(more);
}
