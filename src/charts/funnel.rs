//! A funnel: how many reach each step, one below the other from one edge. Behind each bar lies, pale, the whole that the
//! step is a part of, which need not be the step before. Pure.

use super::measure::{bold_width, text_width, wrap};
use super::palette::Ink;
use super::sheet::{Anchor, Sheet};

#[derive(Clone, Debug, Default)]
pub struct Funnel {
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, Default)]
pub struct Step {
    pub label: String,
    /// `None` draws no bar: missing is not zero.
    pub count: Option<f64>,
    /// The count that it is a part of.
    pub whole: Option<f64>,
    pub value: String,
    /// Its share of the whole, and what it lacks, in words.
    pub note: String,
    pub tip: String,
    pub href: Option<String>,
}

const BAR: i32 = 26;
const STEP: i32 = 40;

pub(super) fn draw(sheet: &mut Sheet, funnel: &Funnel, top: i32) -> i32 {
    let (inset, end) = (sheet.inset(), sheet.width() - sheet.inset());
    let widest = |wide: &dyn Fn(&Step) -> i32| funnel.steps.iter().map(wide).max().unwrap_or(0);
    let label = widest(&|step| bold_width(&step.label, 14));
    let beside = widest(&|step| text_width(&step.value, 13).max(text_width(&step.note, 12))) + 10;
    let stacked = label + 14 + beside + 120 > end - inset;
    let from = if stacked { inset } else { inset + label + 14 };
    let to = if stacked { end } else { end - beside };
    let most = funnel.steps.iter().flat_map(|step| [step.count, step.whole]).flatten().fold(0.0_f64, f64::max);
    let x_of = |count: f64| {
        let share = if most > 0.0 { count.max(0.0) / most } else { 0.0 };
        from + ((share * f64::from(to - from)).round() as i32).max(1)
    };
    let mut y = top + 4;
    for step in &funnel.steps {
        let lines = wrap(&step.label, 14, end - inset);
        let head = if stacked { 18 * lines.len() as i32 + heads(step, end - inset) } else { 0 };
        let bar = y + head;
        let right = step.count.map(x_of);
        sheet.mark(step.href.as_deref(), &step.tip, |sheet| {
            if let Some(whole) = step.whole.filter(|_| right.is_some()).map(x_of) {
                sheet.rect((from, bar), (whole, bar + BAR), Ink::BandFar);
            }
            if let Some(right) = right {
                sheet.rect((from, bar), (right, bar + BAR), Ink::Actual);
            }
            sheet.line(&[(from, bar), (from, bar + BAR)], Ink::Soft, 1);
            if stacked {
                let below = sheet.lines(inset, y + 12, &lines, 18, "t-label");
                draw_words(sheet, step, (inset, below), end - inset);
            } else {
                sheet.text(inset, bar + BAR / 2 + 5, &step.label, "t-label", Anchor::Start);
                let x = right.max(step.whole.filter(|_| right.is_some()).map(x_of)).unwrap_or(from) + 10;
                sheet.text(x, bar + 11, &step.value, "t-value", Anchor::Start);
                sheet.text(x, bar + 26, &step.note, "t-small", Anchor::Start);
            }
            sheet.area((inset, y), (end, bar + BAR));
        });
        y = bar + STEP;
    }
    y
}

/// The lines that count and shares take above a bar.
fn heads(step: &Step, room: i32) -> i32 {
    if one_line(step, room) { 18 } else { 18 * (1 + wrap(&step.note, 12, room).len() as i32) }
}

fn one_line(step: &Step, room: i32) -> bool {
    text_width(&step.value, 13) + 10 + text_width(&step.note, 12) <= room
}

fn draw_words(sheet: &mut Sheet, step: &Step, (x, y): (i32, i32), room: i32) {
    sheet.text(x, y, &step.value, "t-value", Anchor::Start);
    if one_line(step, room) {
        sheet.text(x + text_width(&step.value, 13) + 10, y, &step.note, "t-small", Anchor::Start);
    } else {
        sheet.lines(x, y + 18, &wrap(&step.note, 12, room), 18, "t-small");
    }
}
