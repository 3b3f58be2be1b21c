//! How a reader has arranged a table: searched, sorted, turned to a page. An address holds it (`find.who=白`,
//! `sort.who=-gap`, `page.who=2`), so that a view can be sent. Pure.

use super::View;
use super::format::cell;
use super::table::{columns_of, plain_words};
use crate::charts::Light;
use crate::dashboards::{Column, Format, Page, Panel};
use crate::rows::{Rows, Value};
use crate::text::Lang;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// One table's arrangement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrangement {
    /// Words that a row must show, in any case of letters; "" for all rows.
    pub find: String,
    /// The column sorted by, by its name in the query.
    pub sort: Option<String>,
    pub is_descending: bool,
    /// From 0.
    pub page: usize,
}

const FIND: &str = "find.";
const SORT: &str = "sort.";
const PAGE: &str = "page.";

/// The arrangements that an address asks for, by panel. What names no panel of the page is passed over.
pub fn read_arrangements(page: &Page, asked: &BTreeMap<String, String>) -> BTreeMap<String, Arrangement> {
    let mut tables: BTreeMap<String, Arrangement> = BTreeMap::new();
    for (name, value) in asked {
        let Some((what, id)) = [FIND, SORT, PAGE].iter().find_map(|p| Some((*p, name.strip_prefix(p)?))) else {
            continue;
        };
        if !page.panels.iter().any(|panel| panel.id.get_ref() == id) {
            continue;
        }
        let table = tables.entry(id.to_owned()).or_default();
        match what {
            FIND => table.find = value.trim().to_owned(),
            SORT => {
                let column = value.strip_prefix('-');
                table.is_descending = column.is_some();
                table.sort = Some(column.unwrap_or(value).to_owned()).filter(|c| !c.is_empty());
            }
            _ => table.page = value.parse::<usize>().unwrap_or(1).saturating_sub(1),
        }
    }
    tables.retain(|_, table| *table != Arrangement::default());
    tables
}

impl Arrangement {
    /// What stands in an address for it.
    fn query(&self, id: &str) -> Vec<(String, String)> {
        let mut out = Vec::new();
        if !self.find.is_empty() {
            out.push((format!("{FIND}{id}"), self.find.clone()));
        }
        if let Some(column) = &self.sort {
            let sign = if self.is_descending { "-" } else { "" };
            out.push((format!("{SORT}{id}"), format!("{sign}{column}")));
        }
        if self.page > 0 {
            out.push((format!("{PAGE}{id}"), (self.page + 1).to_string()));
        }
        out
    }
}

/// The name under which a table's search is sent.
pub(super) fn find_name(id: &str) -> String {
    format!("{FIND}{id}")
}

/// What an address needs for all of a page's tables, by name.
pub(super) fn query_of(tables: &BTreeMap<String, Arrangement>) -> Vec<(String, String)> {
    tables.iter().flat_map(|(id, table)| table.query(id)).collect()
}

/// The rows that a table shows, in its order, by their places among all. Rows without a value stand last either way.
pub(super) fn arranged(panel: &Panel, view: &View, rows: &Rows) -> Vec<usize> {
    let all = 0..rows.len();
    let Some(table) = view.tables.get(panel.id.get_ref()) else { return all.collect() };
    let columns = columns_of(panel, rows);
    let wanted = table.find.to_lowercase();
    let shows = |row: &usize| {
        wanted.is_empty() || columns.iter().any(|c| plain_words(c, view, rows, *row).to_lowercase().contains(&wanted))
    };
    let mut found: Vec<usize> = all.filter(shows).collect();
    if let Some(column) = columns.iter().find(|c| Some(sort_name(c)) == table.sort.as_deref()) {
        let key = |row: usize| cell(rows, row, column.column.in_lang(view.lang));
        found.sort_by(|a, b| {
            let (a, b) = (key(*a), key(*b));
            match (a.is_null(), b.is_null()) {
                (false, false) => {
                    let order = order_of(a, b, column.format);
                    if table.is_descending { order.reverse() } else { order }
                }
                (a, b) => a.cmp(&b),
            }
        });
    }
    found
}

/// What an address calls a table's column: the same in either language, so that another language keeps the order.
pub(super) fn sort_name(column: &Column) -> &str {
    column.column.in_lang(Lang::ZhCn)
}

/// Numbers by size, days by time, lights from the best to what has no light, other words by their letters.
fn order_of(a: &Value, b: &Value, format: Format) -> Ordering {
    if format == Format::Light {
        let place = |v: &Value| v.as_str().and_then(Light::parse).map_or(usize::MAX, Light::order);
        return place(a).cmp(&place(b));
    }
    a.order(b)
}
