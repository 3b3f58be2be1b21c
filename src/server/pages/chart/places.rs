//! Charts of places and steps: heat map, tile map, outline map, funnel. Pure.

use super::{Fact, Reader};
use crate::charts::{Chart, Funnel, Heat, HeatCell, HeatRow, Light, OutlineMap, OutlinePlace, Step, Tile, Tiles};
use crate::dashboards::Format;
use crate::rows::Value;
use crate::server::pages::format::{as_f64, show};
use crate::server::pages::sentence::fill_address;
use crate::text::say;

impl Reader<'_> {
    pub(super) fn heat(&self) -> (Chart, Vec<Fact>) {
        let roles = &self.panel.roles;
        let mut heat = Heat::default();
        let mut facts: Vec<Fact> = Vec::new();
        for row in 0..self.rows.rows.len() {
            let (label, head) = (self.label(row), self.text(&roles.column, row));
            let column = heat.columns.iter().position(|known| *known == head).unwrap_or_else(|| {
                heat.columns.push(head.clone());
                heat.columns.len() - 1
            });
            let (light, word) = self.light(row);
            let link = roles.label_link.as_ref().and_then(|link| fill_address(&link.parts, self.rows, row));
            let href = link.map(|path| self.view.href(&path));
            // Two places may share a name, not an address.
            let is_known = |known: &HeatRow| known.label == label && known.href == href;
            let place = heat.rows.iter().position(is_known).unwrap_or_else(|| {
                heat.rows.push(HeatRow { label: label.clone(), href, cells: Vec::new() });
                facts.push((label.clone(), String::new()));
                heat.rows.len() - 1
            });
            if let Some((_, said)) = facts.get_mut(place) {
                let joint = if said.is_empty() { "" } else { ", " };
                *said += &format!("{joint}{head} {word}");
            }
            let tip = self.place_tip(row, &format!("{label} \u{b7} {head}"), &word);
            let cell = HeatCell { light, value: self.figure(row), tip, href: self.href(row) };
            if let Some(known) = heat.rows.get_mut(place) {
                known.cells.resize(known.cells.len().max(column + 1), None);
                known.cells[column] = Some(cell);
            }
        }
        heat.words = self.lights_shown();
        (Chart::Heat(heat), facts)
    }

    pub(super) fn tiles(&self) -> (Chart, Vec<Fact>) {
        let roles = &self.panel.roles;
        let whole = |name, row| self.value(name, row).as_i64();
        let mut facts = Vec::new();
        let mut tiles = Vec::new();
        for row in 0..self.rows.rows.len() {
            let (label, (light, word)) = (self.label(row), self.light(row));
            facts.push((label.clone(), word.clone()));
            // A place that the map has no tile for is in the table and in the words.
            let (Some(column), Some(from_north)) = (whole(&roles.column, row), whole(&roles.row, row)) else {
                continue;
            };
            let tip = self.place_tip(row, &label, &word);
            let (value, href) = (self.figure(row), self.href(row));
            tiles.push(Tile { column, row: from_north, label, value, light, tip, href });
        }
        (Chart::Tiles(Tiles { tiles, words: self.lights_shown() }), facts)
    }

    pub(super) fn map(&self) -> (Chart, Vec<Fact>) {
        let (lang, roles) = (self.view.lang, &self.panel.roles);
        let mut facts = Vec::new();
        let mut places = Vec::new();
        for row in 0..self.rows.rows.len() {
            let (label, (light, word)) = (self.label(row), self.light(row));
            facts.push((label.clone(), word.clone()));
            let degrees = |name| as_f64(self.value(name, row));
            places.push(OutlinePlace {
                tip: self.place_tip(row, &label, &word),
                href: self.href(row),
                rings: read_rings(&self.text(&roles.outline, row)),
                point: degrees(&roles.east).zip(degrees(&roles.north)),
                light,
                label,
            });
        }
        let map = OutlineMap {
            places,
            words: self.lights_shown(),
            schematic_word: say(lang, "chart.schematic", &[]),
            borderless_word: say(lang, "chart.borderless", &[]),
        };
        (Chart::Map(map), facts)
    }

    pub(super) fn funnel(&self) -> (Chart, Vec<Fact>) {
        let (lang, roles) = (self.view.lang, &self.panel.roles);
        let (mut facts, mut steps) = (Vec::new(), Vec::new());
        for row in 0..self.rows.rows.len() {
            let label = self.label(row);
            let value = match self.value(&roles.count, row) {
                Value::Null => say(lang, "chart.missing", &[]),
                count => format!("{} {}", show(count, Format::Count, lang, None), self.text(&roles.unit, row)),
            };
            let value = value.trim_end().to_owned();
            let note = self.text(&roles.note, row);
            let words = [value.as_str(), &note].join(" ").trim_end().to_owned();
            let tip = say(lang, "chart.alternative_row", &[("label", &label), ("text", &words)]);
            facts.push((label.clone(), words));
            let (count, whole) = (self.value(&roles.count, row), self.value(&roles.target, row));
            let (count, whole, href) = (as_f64(count), as_f64(whole), self.href(row));
            steps.push(Step { label, count, whole, value, note, tip, href });
        }
        (Chart::Funnel(Funnel { steps }), facts)
    }

    /// What a place's mark says to the pointer: name, light, how far ahead or behind.
    fn place_tip(&self, row: usize, label: &str, light: &str) -> String {
        let args = [("label", label), ("light", light), ("gap", &self.gap_and_note(row))];
        say(self.view.lang, "chart.place_tip", &args).trim_end_matches(super::LOOSE_ENDS).to_owned()
    }

    /// The figure in a mark: the gap with its sign; nothing where there is none.
    fn figure(&self, row: usize) -> String {
        match self.value(&self.panel.roles.gap, row) {
            Value::Null => String::new(),
            gap => show(gap, Format::Points, self.view.lang, None),
        }
    }

    /// The lights that occur, with their words, from best to worst.
    fn lights_shown(&self) -> Vec<(Light, String)> {
        let mut lights: Vec<Light> = (0..self.rows.rows.len()).filter_map(|row| self.light(row).0).collect();
        lights.sort_by_key(|light| light.order());
        lights.dedup();
        lights.into_iter().map(|light| (light, self.light_word(light.name()))).collect()
    }
}

/// Rings of `east,north` degrees; a point that is none is left out.
fn read_rings(text: &str) -> Vec<Vec<(f64, f64)>> {
    let degrees = |point: &str| {
        let (east, north) = point.split_once(',')?;
        Some((east.parse().ok()?, north.parse().ok()?))
    };
    let rings = text.split(';').map(|ring| ring.split_whitespace().filter_map(degrees).collect::<Vec<_>>());
    rings.filter(|ring| ring.len() > 2).collect()
}
