//! Sorted horizontal bars with a light each; the caller gives the order. A value may be an interval, where what was
//! not reported leaves it open, or lie below zero, left of a common line. Pure.

use super::measure::{bold_width, text_width, wrap};
use super::palette::Ink;
use super::sheet::{Anchor, Sheet};
use super::{Light, Size};

#[derive(Clone, Debug, Default)]
pub struct Bars {
    pub bars: Vec<Bar>,
    /// Legend word for the open end of an interval; empty leaves it out.
    pub open_word: String,
}

#[derive(Clone, Debug, Default)]
pub struct Bar {
    pub label: String,
    /// `None` draws no bar: missing is not zero.
    pub from: Option<f64>,
    /// The other end of an interval, if it is one.
    pub to: Option<f64>,
    pub value: String,
    pub light: Option<Light>,
    pub light_word: String,
    pub tip: String,
    pub href: Option<String>,
}

const ROW: i32 = 30;
const BAR: i32 = 14;

pub(super) fn draw(sheet: &mut Sheet, bars: &Bars, size: Size, top: i32) -> i32 {
    let inset = sheet.inset();
    let open = bars.bars.iter().any(|bar| bar.to.is_some() && bar.to != bar.from);
    let mut y = top;
    if open {
        y = sheet.legend(top, &[(&bars.open_word, 26, |s, x, y| draw_open(s, x, x + 26, y))]) + 4;
    }
    let end = sheet.width() - inset;
    let widest = |wide: &dyn Fn(&Bar) -> i32| bars.bars.iter().map(wide).max().unwrap_or(0);
    let value = widest(&|bar| text_width(&bar.value, 13));
    let state = widest(&|bar| bar.light.map_or(0, |_| 20 + text_width(&bar.light_word, 13)));
    let stacked = size == Size::Narrow;
    let label = widest(&|bar| bold_width(&bar.label, 14)).min(sheet.width() / 3);
    let from = if stacked { inset } else { inset + label + 12 };
    let to = end - value - 10 - if stacked { 0 } else { state + if state > 0 { 14 } else { 0 } };
    let values = || bars.bars.iter().flat_map(|bar| [bar.from, bar.to]).flatten().filter(|value| value.is_finite());
    let (least, most) = (values().fold(0.0_f64, f64::min), values().fold(0.0_f64, f64::max));
    let x_of = |value: f64| {
        let share = if most > least { (value - least) / (most - least) } else { 0.0 };
        from + (share.clamp(0.0, 1.0) * f64::from(to - from)).round() as i32
    };
    let zero = x_of(0.0);
    for bar in &bars.bars {
        let lines = wrap(&bar.label, 14, if stacked { end - inset - state - 10 } else { label + 4 });
        let extra = 17 * (lines.len() as i32 - 1).max(0);
        let head = if stacked { 22 + extra } else { 0 };
        let height = if stacked { head + ROW - 4 } else { ROW + extra };
        sheet.mark(bar.href.as_deref(), &bar.tip, |sheet| {
            let middle = y + head + if stacked { 8 } else { height / 2 };
            let first = if stacked { y + 15 } else { middle + 5 - extra / 2 };
            sheet.lines(inset, first, &lines, 17, "t-label");
            if let Some(value) = bar.from {
                // Whatever is known is seen, however little it is.
                let (least, most) = (zero - i32::from(value < 0.0), zero + i32::from(value >= 0.0));
                let (left, right) = (x_of(value).min(least), x_of(value).max(most));
                sheet.rect((left, middle - BAR / 2), (right, middle + BAR / 2), Ink::Actual);
                if let Some(other) = bar.to.filter(|other| *other > value) {
                    draw_open(sheet, x_of(value), x_of(other), middle);
                }
            }
            sheet.line(&[(zero, middle - ROW / 2 + 4), (zero, middle + ROW / 2 - 4)], Ink::Soft, 1);
            // What lies left of the line leaves its right free.
            let beside = bar.to.or(bar.from).map_or(zero, |value| x_of(value).max(zero)) + 8;
            sheet.text(beside, middle + 5, &bar.value, "t-value", Anchor::Start);
            draw_light(sheet, bar, end - state, if stacked { y + 15 } else { middle + 5 });
            sheet.area((inset, y), (end, y + height));
        });
        y += height + if stacked { 8 } else { 0 };
    }
    y + 4
}

fn draw_light(sheet: &mut Sheet, bar: &Bar, x: i32, y: i32) {
    if let Some(light) = bar.light {
        super::light::draw(sheet, light, x + 7, y - 5);
        sheet.text(x + 20, y, &bar.light_word, &format!("t-state f-{}", light.name()), Anchor::Start);
    }
}

/// The open end of an interval: a thin line with a stop.
fn draw_open(sheet: &mut Sheet, from: i32, to: i32, y: i32) {
    sheet.line(&[(from, y), (to, y)], Ink::Actual, 2);
    sheet.line(&[(to, y - 5), (to, y + 5)], Ink::Actual, 2);
}
