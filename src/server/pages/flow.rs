//! The graph of models as drawings with their words: the layers, and of one table its neighbours. Pure.

use super::View;
use crate::charts::{self, Chart, Flow, FlowBox, FlowColumn, FlowEdge, Frame, Size};
use crate::models::{Docs, TableDocs, TableKind};
use crate::project::LAYERS;
use crate::text::say;
use maud::{Markup, PreEscaped, html};
use std::collections::{BTreeMap, BTreeSet};

/// The address of a table's page.
pub(super) fn address_of(name: &str) -> String {
    let (layer, short) = name.split_once('.').unwrap_or(("", name));
    format!("/models/{layer}/{short}")
}

/// What a table is grouped under: its layer, or `load` for what the load writes into one.
pub(super) fn group_of(table: &TableDocs) -> &str {
    if table.kind == TableKind::Load { "load" } else { &table.layer }
}

/// Groups in the direction of the flow: where lineage ends, the layers, the pages.
pub(super) fn groups() -> impl Iterator<Item = &'static str> {
    ["raw", "csv", "load"].into_iter().chain(LAYERS).chain(["pages"])
}

/// Layers as boxes, each with a line to those that read it and nothing between.
pub(super) fn layers(docs: &Docs, view: &View) -> Markup {
    let lang = view.lang;
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut reads: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for table in docs.tables.values() {
        let group = group_of(table);
        *sizes.entry(group).or_default() += 1;
        let read = table.reads.iter().filter_map(|r| docs.get(r)).map(group_of).filter(|r| *r != group);
        reads.entry(group).or_default().extend(read);
    }
    let order: Vec<&str> = groups().filter(|g| sizes.contains_key(g)).collect();
    let at = |group: &str| order.iter().position(|g| *g == group).unwrap_or(0);
    // A read against the order (measures and evidence read each other) makes no longer way; it is drawn as a second head.
    let before = |group: &str| -> BTreeSet<&str> {
        reads.get(group).into_iter().flatten().copied().filter(|r| at(r) < at(group)).collect()
    };
    let mut depth: BTreeMap<&str, usize> = BTreeMap::new();
    let mut above: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for group in &order {
        let near = before(group);
        depth.insert(group, near.iter().map(|r| depth.get(r).copied().unwrap_or(0) + 1).max().unwrap_or(0));
        let far = near.iter().flat_map(|r| above.get(r).into_iter().flatten().copied()).collect::<BTreeSet<_>>();
        above.insert(group, &near | &far);
    }
    let columns_wanted = depth.values().max().map_or(0, |d| d + 1);
    let mut columns = vec![FlowColumn::default(); columns_wanted];
    let mut places: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for group in &order {
        let column = &mut columns[depth[group]];
        places.insert(group, (depth[group], column.boxes.len()));
        let n = sizes[group].to_string();
        column.boxes.push(FlowBox {
            label: group_name(view, group),
            note: say(lang, "docs.n_tables", &[("n", &n)]),
            href: Some(format!("#{group}")),
            ..FlowBox::default()
        });
    }
    let mut edges = Vec::new();
    for group in &order {
        let near = before(group);
        // What a nearer layer reads too is reached through it.
        let through: BTreeSet<&str> = near.iter().flat_map(|r| above[r].iter().copied()).collect();
        for read in near.difference(&through) {
            let both_ways = reads.get(read).is_some_and(|r| r.contains(group));
            edges.push(FlowEdge { from: places[read], to: places[group], both_ways });
        }
    }
    let said = order.iter().filter(|g| reads.get(*g).is_some_and(|r| !r.is_empty())).map(|group| {
        let read = reads[group].iter().map(|r| group_name(view, r)).collect::<Vec<_>>().join(", ");
        say(lang, "docs.reads_of", &[("table", &group_name(view, group)), ("reads", &read)])
    });
    let alternative = said.collect::<Vec<_>>().join(" ");
    let title = say(lang, "docs.flow_title", &[]);
    drawn("flow", &title, &alternative, Flow { columns, edges })
}

pub(super) fn group_name(view: &View, group: &str) -> String {
    say(view.lang, &format!("docs.layer_{group}"), &[])
}

/// A table between what it reads and what reads it.
pub(super) fn neighbours(table: &TableDocs, view: &View) -> Markup {
    let lang = view.lang;
    let boxed = |name: &String| {
        let (layer, short) = name.split_once('.').unwrap_or(("", name));
        let (label, note) = (short.to_owned(), layer.to_owned());
        FlowBox { label, note, href: Some(view.href(&address_of(name))), ..FlowBox::default() }
    };
    let column = |key: &str, names: &BTreeSet<String>| {
        let n = names.len().to_string();
        FlowColumn { head: say(lang, key, &[("n", &n)]), boxes: names.iter().map(boxed).collect() }
    };
    let here = FlowBox { href: None, is_here: true, ..boxed(&table.name) };
    let mut columns = Vec::new();
    if !table.reads.is_empty() {
        columns.push(column("docs.reads_n", &table.reads));
    }
    let at = columns.len();
    columns.push(FlowColumn { head: String::new(), boxes: vec![here] });
    if !table.read_by.is_empty() {
        columns.push(column("docs.read_by_n", &table.read_by));
    }
    let edge = |from, to| FlowEdge { from, to, both_ways: false };
    let mut edges: Vec<FlowEdge> = (0..table.reads.len()).map(|i| edge((0, i), (at, 0))).collect();
    edges.extend((0..table.read_by.len()).map(|i| edge((at, 0), (at + 1, i))));
    let list = |names: &BTreeSet<String>| match names.is_empty() {
        true => say(lang, "docs.nothing", &[]),
        false => names.iter().cloned().collect::<Vec<_>>().join(", "),
    };
    let said = [("table", table.name.as_str()), ("reads", &list(&table.reads)), ("read_by", &list(&table.read_by))];
    let alternative = say(lang, "docs.neighbours_words", &said);
    drawn("neighbours", &say(lang, "docs.neighbours", &[]), &alternative, Flow { columns, edges })
}

fn drawn(id: &str, title: &str, alternative: &str, flow: Flow) -> Markup {
    let chart = Chart::Flow(flow);
    let svg = |size: Size, name: &str| {
        let frame = Frame {
            id: format!("{id}-{name}"),
            title: title.to_owned(),
            alternative: alternative.to_owned(),
            unit: String::new(),
            foot: Vec::new(),
            size,
            alone: false,
        };
        PreEscaped(charts::draw(&frame, &chart))
    };
    html! {
        div.figure {
            div.c-full { (svg(Size::Full, "full")) }
            div.c-wide { (svg(Size::Wide, "wide")) }
            div.c-narrow { (svg(Size::Narrow, "narrow")) }
        }
    }
}
