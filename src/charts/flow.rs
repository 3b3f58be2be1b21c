//! A flow from left to right: boxes in columns, lines from each box to those that take from it. Where the columns do not fit
//! side by side they stand below each other, with one arrow between two: who takes from whom is then in the words beside it.
//! Pure.

use super::measure::{bold_width, text_width, wrap};
use super::palette::Ink;
use super::sheet::{Anchor, Sheet};

#[derive(Clone, Debug, Default)]
pub struct Flow {
    pub columns: Vec<FlowColumn>,
    /// Lines between boxes, each as (column, place in it).
    pub edges: Vec<FlowEdge>,
}

#[derive(Clone, Debug, Default)]
pub struct FlowColumn {
    pub head: String,
    pub boxes: Vec<FlowBox>,
}

#[derive(Clone, Debug, Default)]
pub struct FlowBox {
    pub label: String,
    /// A second, smaller line.
    pub note: String,
    pub href: Option<String>,
    pub tip: String,
    /// The one that the chart is about.
    pub is_here: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct FlowEdge {
    pub from: (usize, usize),
    pub to: (usize, usize),
    /// Each takes from the other.
    pub both_ways: bool,
}

/// Between two columns: room for a line's way up or down and its head.
const GAP_MIN: i32 = 44;
const PAD: i32 = 10;
const BETWEEN: i32 = 8;

/// A box's place: left, top, right, bottom.
type Place = (i32, i32, i32, i32);

pub(super) fn draw(sheet: &mut Sheet, flow: &Flow, top: i32) -> i32 {
    let columns: Vec<&FlowColumn> = flow.columns.iter().collect();
    let widths: Vec<i32> = columns.iter().map(|c| column_width(c)).collect();
    let room = sheet.width() - 2 * sheet.inset();
    let gaps = (columns.len() as i32 - 1).max(0);
    if widths.iter().sum::<i32>() + gaps * GAP_MIN > room {
        return draw_stacked(sheet, flow, top);
    }
    let gap = if gaps == 0 { 0 } else { ((room - widths.iter().sum::<i32>()) / gaps).min(140) };
    let height = columns.iter().map(|c| boxes_height(c)).max().unwrap_or(0);
    let head = top + 14;
    let from = head + 14;
    let mut places: Vec<Vec<Place>> = Vec::new();
    let mut x = sheet.inset();
    for (column, width) in columns.iter().zip(&widths) {
        sheet.text(x, head, &column.head, "t-small", Anchor::Start);
        let mut y = from + (height - boxes_height(column)) / 2;
        places.push(
            column
                .boxes
                .iter()
                .map(|b| {
                    let place = (x, y, x + width, y + box_height(b, *width));
                    y = place.3 + BETWEEN;
                    place
                })
                .collect(),
        );
        x += width + gap;
    }
    for edge in &flow.edges {
        draw_edge(sheet, &places, edge, way_from(flow, edge, gap));
    }
    for (column, places) in columns.iter().zip(&places) {
        column.boxes.iter().zip(places).for_each(|(b, place)| draw_box(sheet, b, *place));
    }
    from + height + 6
}

fn column_width(column: &FlowColumn) -> i32 {
    let widest = column.boxes.iter().map(box_width).max().unwrap_or(0);
    widest.max(text_width(&column.head, 12))
}

fn box_width(b: &FlowBox) -> i32 {
    bold_width(&b.label, 14).max(text_width(&b.note, 12)) + 2 * PAD
}

/// A label longer than its box is wide goes on in a line below.
fn label_lines(b: &FlowBox, width: i32) -> Vec<String> {
    // What is measured word by word is a little wider than the whole.
    wrap(&b.label, 14, width - 2 * PAD + 6)
}

fn box_height(b: &FlowBox, width: i32) -> i32 {
    let label = 18 * (label_lines(b, width).len() as i32 - 1).max(0);
    label + if b.note.is_empty() { 30 } else { 46 }
}

fn boxes_height(column: &FlowColumn) -> i32 {
    let width = column_width(column);
    column.boxes.iter().map(|b| box_height(b, width) + BETWEEN).sum::<i32>() - BETWEEN
}

fn draw_box(sheet: &mut Sheet, b: &FlowBox, (left, top, right, bottom): Place) {
    sheet.mark(b.href.as_deref(), &b.tip, |sheet| {
        let (ground, label, note) = match b.is_here {
            true => (Ink::Actual, "t-label f-ground", "t-small f-ground"),
            false => (Ink::BandNear, "t-label", "t-small"),
        };
        sheet.rect((left, top), (right, bottom), if b.is_here { Ink::Actual } else { Ink::BandFar });
        sheet.rect((left + 1, top + 1), (right - 1, bottom - 1), ground);
        let below = sheet.lines(left + PAD, top + 20, &label_lines(b, right - left), 18, label);
        sheet.text(left + PAD, below - 1, &b.note, note, Anchor::Start);
        sheet.area((left, top), (right, bottom));
    });
}

/// How far before its end a line turns up or down. Each box has a way of its own into a column, so that it is seen whose
/// line it is; where all lines of a column end in one box they share the way.
fn way_from(flow: &Flow, edge: &FlowEdge, gap: i32) -> i32 {
    let into: Vec<&FlowEdge> = flow.edges.iter().filter(|e| e.to.0 == edge.to.0).collect();
    if into.iter().all(|e| e.to == edge.to) {
        return gap / 2;
    }
    let mut sources: Vec<(usize, usize)> = into.iter().map(|e| e.from).collect();
    sources.sort_unstable();
    sources.dedup();
    let at = sources.iter().position(|from| *from == edge.from).unwrap_or(0) as i32 + 1;
    (gap - 14) * at / (sources.len() as i32 + 1) + 10
}

fn draw_edge(sheet: &mut Sheet, places: &[Vec<Place>], edge: &FlowEdge, way: i32) {
    let place = |at: (usize, usize)| places.get(at.0).and_then(|column| column.get(at.1)).copied();
    let (Some(from), Some(to)) = (place(edge.from), place(edge.to)) else { return };
    let (y_from, y_to) = ((from.1 + from.3) / 2, (to.1 + to.3) / 2);
    // The way up or down lies before the column that it leads to: on a longer line the boxes between hide it, level as it is.
    let turn = to.0 - way;
    sheet.line(&[(from.2, y_from), (turn, y_from), (turn, y_to), (to.0 - 2, y_to)], Ink::Soft, 1);
    sheet.polygon(&[(to.0 - 7, y_to - 4), (to.0 - 7, y_to + 4), (to.0, y_to)], Ink::Soft);
    if edge.both_ways {
        // Beside the first head: at the other end the line may be shared with other boxes.
        sheet.polygon(&[(to.0 - 11, y_to - 4), (to.0 - 11, y_to + 4), (to.0 - 18, y_to)], Ink::Soft);
    }
}

/// Column below column; boxes side by side as far as they fit.
fn draw_stacked(sheet: &mut Sheet, flow: &Flow, top: i32) -> i32 {
    let (left, right) = (sheet.inset(), sheet.width() - sheet.inset());
    let mut y = top;
    for (i, column) in flow.columns.iter().filter(|c| !c.boxes.is_empty()).enumerate() {
        if i > 0 {
            let middle = left + 14;
            sheet.line(&[(middle, y), (middle, y + 18)], Ink::Soft, 1);
            sheet.polygon(&[(middle - 4, y + 15), (middle + 4, y + 15), (middle, y + 22)], Ink::Soft);
            y += 26;
        }
        if !column.head.is_empty() {
            y = sheet.lines(left, y + 14, &wrap(&column.head, 12, right - left), 17, "t-small") - 6;
        }
        let mut x = left;
        let mut bottom = y;
        for b in &column.boxes {
            let width = box_width(b).min(right - left);
            if x > left && x + width > right {
                (x, y) = (left, bottom + BETWEEN);
            }
            bottom = bottom.max(y + box_height(b, width));
            draw_box(sheet, b, (x, y, x + width, y + box_height(b, width)));
            x += width + BETWEEN;
        }
        y = bottom + 4;
    }
    y + 4
}
