//! A heat map: a row a place, a column a task, in each cell the light's colour and its mark, and a figure where it fits.
//! A pair without a cell stays a gap. Heads that do not fit above their columns become numbers with a key. Pure.

use super::Light;
use super::light::{self, Filling};
use super::measure::{bold_width, longest_word, text_width, wrap};
use super::sheet::{Anchor, Sheet};

#[derive(Clone, Debug, Default)]
pub struct Heat {
    pub columns: Vec<String>,
    pub rows: Vec<HeatRow>,
    /// Legend: the lights that occur, with their words, from best to worst.
    pub words: Vec<(Light, String)>,
}

#[derive(Clone, Debug, Default)]
pub struct HeatRow {
    pub label: String,
    pub href: Option<String>,
    /// One place a column; `None` is a gap.
    pub cells: Vec<Option<HeatCell>>,
}

#[derive(Clone, Debug, Default)]
pub struct HeatCell {
    pub light: Option<Light>,
    /// The figure, shown where every figure of the chart fits.
    pub value: String,
    pub tip: String,
    pub href: Option<String>,
}

const ROW: i32 = 30;
const CELL_MAX: i32 = 130;
/// A pointer's target is no smaller.
const CELL_MIN: i32 = 24;
const MARK: i32 = 14;

pub(super) fn draw(sheet: &mut Sheet, heat: &Heat, top: i32) -> i32 {
    let place = Place::measure(sheet, heat);
    let y = light::draw_legend(sheet, &heat.words, top);
    let mut y = draw_heads(sheet, heat, &place, y);
    for row in &heat.rows {
        y = draw_row(sheet, row, &place, y);
    }
    y + 4
}

struct Place {
    label: i32,
    label_width: i32,
    from: i32,
    cell: i32,
    /// Row labels stand above their cells, because beside them a cell would be too small.
    stacked: bool,
    shows_values: bool,
}

impl Place {
    fn measure(sheet: &Sheet, heat: &Heat) -> Place {
        let (inset, room) = (sheet.inset(), sheet.width() - 2 * sheet.inset());
        let n = heat.columns.len().max(1) as i32;
        let widest = |wide: &dyn Fn(&str) -> i32| heat.rows.iter().map(|row| wide(&row.label)).max().unwrap_or(0);
        let word = widest(&|label| longest_word(label, 14));
        let beside = widest(&|label| bold_width(label, 14)).min(room / 4).max(word) + 4;
        let stacked = (room - beside - 8) / n < CELL_MIN;
        let from = if stacked { inset } else { inset + beside + 8 };
        let cell = ((inset + room - from) / n).min(CELL_MAX);
        let values = heat.rows.iter().flat_map(|row| &row.cells).flatten().map(|cell| text_width(&cell.value, 13));
        let shows_values = values.max().is_some_and(|value| value > 0 && value + MARK + 18 <= cell);
        let label_width = if stacked { room } else { beside };
        Place { label: inset, label_width, from, cell, stacked, shows_values }
    }

    fn left(&self, column: usize) -> i32 {
        self.from + column as i32 * self.cell
    }
}

/// The heads, horizontal and whole; where one is too wide for its column all become numbers, with a key above.
fn draw_heads(sheet: &mut Sheet, heat: &Heat, place: &Place, top: i32) -> i32 {
    let room = place.cell - 4;
    let wrapped: Vec<Vec<String>> = heat.columns.iter().map(|head| wrap(head, 12, room)).collect();
    let fits = heat.columns.iter().all(|head| longest_word(head, 12) <= room);
    let lines = wrapped.iter().map(Vec::len).max().unwrap_or(0);
    if fits && lines <= 3 {
        let bottom = top + 16 * lines as i32;
        for (i, head) in wrapped.iter().enumerate() {
            for (j, line) in head.iter().enumerate() {
                let y = bottom - 16 * (head.len() - 1 - j) as i32;
                sheet.text(place.left(i) + place.cell / 2, y, line, "t-small", Anchor::Middle);
            }
        }
        return bottom + 6;
    }
    let bottom = draw_key(sheet, heat, top) + 16;
    for i in 0..heat.columns.len() {
        sheet.text(place.left(i) + place.cell / 2, bottom, &(i + 1).to_string(), "t-small", Anchor::Middle);
    }
    bottom + 6
}

fn draw_key(sheet: &mut Sheet, heat: &Heat, top: i32) -> i32 {
    let (from, to) = (sheet.inset(), sheet.width() - sheet.inset());
    let (mut x, mut y) = (from, top + 14);
    for (i, head) in heat.columns.iter().enumerate() {
        let words = format!("{} {head}", i + 1);
        let wide = text_width(&words, 12);
        if x > from && x + wide > to {
            (x, y) = (from, y + 17);
        }
        let lines = wrap(&words, 12, to - x);
        sheet.lines(x, y, &lines, 17, "t-small");
        y += 17 * (lines.len() as i32 - 1).max(0);
        x += wide + 14;
    }
    y + 6
}

fn draw_row(sheet: &mut Sheet, row: &HeatRow, place: &Place, top: i32) -> i32 {
    let label = wrap(&row.label, 14, place.label_width);
    let tall = 17 * label.len() as i32;
    let (cells, bottom) =
        if place.stacked { (top + tall + 6, top + tall + 6 + ROW) } else { (top, top + ROW.max(tall + 6)) };
    sheet.mark(row.href.as_deref(), "", |sheet| {
        let first = if place.stacked { top + 15 } else { (top + bottom) / 2 + 5 - (tall - 17) / 2 };
        sheet.lines(place.label, first, &label, 17, "t-label");
        let end = if place.stacked { top + tall + 4 } else { bottom };
        sheet.area((place.label, top), (place.label + place.label_width, end));
    });
    for (i, cell) in row.cells.iter().enumerate() {
        let Some(cell) = cell else { continue };
        let left = place.left(i);
        sheet.mark(cell.href.as_deref(), &cell.tip, |sheet| {
            draw_cell(sheet, cell, place, (left, cells), (left + place.cell - 2, bottom - 2));
        });
    }
    bottom + if place.stacked { 4 } else { 0 }
}

fn draw_cell(sheet: &mut Sheet, cell: &HeatCell, place: &Place, from: (i32, i32), to: (i32, i32)) {
    let filling = Filling::of(cell.light);
    filling.draw(sheet, from, to);
    let (middle, y) = ((from.0 + to.0) / 2, (from.1 + to.1) / 2);
    let value = if place.shows_values { cell.value.as_str() } else { "" };
    // All marks stand in one line below each other, and so do the ends of all figures.
    let mark = if place.shows_values { from.0 + 6 + MARK / 2 } else { middle };
    filling.draw_mark(sheet, (mark, y), MARK);
    sheet.text(to.0 - 6, y + 5, value, &format!("t-value f-{}", filling.text.class()), Anchor::End);
    sheet.area(from, to);
}
