//! Dots on one scale, a row each; where what was not reported leaves a value open, two dots with a line between. The
//! scale begins at the least value, not at zero: a dot's place counts, not its distance from an edge. Pure.

use super::bars::{Bar, Bars};
use super::measure::{bold_width, longest_word, text_width, wrap};
use super::palette::Ink;
use super::sheet::{Anchor, Sheet};
use super::{Size, light};

const ROW: i32 = 26;
/// Light grid lines, at most so many.
const TICKS_MAX: i64 = 8;

pub(super) fn draw(sheet: &mut Sheet, dots: &Bars, size: Size, top: i32) -> i32 {
    let open = dots.bars.iter().any(|dot| dot.to.is_some() && dot.to != dot.from);
    let y = if open { sheet.legend(top, &[(&dots.open_word, 26, draw_sample)]) + 2 } else { top };
    let place = Place::measure(sheet, dots, size);
    let heads = y + 14;
    let first = heads + 8;
    let heights: Vec<i32> = dots.bars.iter().map(|dot| place.height(dot)).collect();
    let bottom = first + heights.iter().sum::<i32>();
    // The grid runs through no name: stacked rows have a strip of it each, the others one for all.
    let mut strips = vec![(first, bottom)];
    if place.stacked {
        let mut end = first;
        strips.clear();
        for height in &heights {
            end += height;
            strips.push((end - ROW + 2, end - 4));
        }
    }
    for tick in place.ticks() {
        let x = place.x(tick as f64);
        for (from, to) in &strips {
            sheet.line(&[(x, *from), (x, *to)], Ink::Grid, 1);
        }
        sheet.text(x, heads, &tick.to_string(), "t-small", Anchor::Middle);
    }
    let mut y = first;
    for (dot, height) in dots.bars.iter().zip(heights) {
        sheet.mark(dot.href.as_deref(), &dot.tip, |sheet| draw_row(sheet, dot, &place, y, height));
        y += height;
    }
    bottom + 4
}

struct Place {
    label: i32,
    label_width: i32,
    from: i32,
    to: i32,
    value: i32,
    state: i32,
    low: f64,
    high: f64,
    stacked: bool,
}

impl Place {
    fn measure(sheet: &Sheet, dots: &Bars, size: Size) -> Place {
        let (inset, end) = (sheet.inset(), sheet.width() - sheet.inset());
        let widest = |wide: &dyn Fn(&Bar) -> i32| dots.bars.iter().map(wide).max().unwrap_or(0);
        let value = widest(&|dot| text_width(&dot.value, 13));
        let state = widest(&|dot| dot.light.map_or(0, |_| 20 + text_width(&dot.light_word, 13)));
        let stacked = size == Size::Narrow;
        let word = widest(&|dot| longest_word(&dot.label, 14));
        let label = widest(&|dot| bold_width(&dot.label, 14)).min(sheet.width() / 3).max(word) + 4;
        let values = || dots.bars.iter().flat_map(|dot| [dot.from, dot.to]).flatten().filter(|value| value.is_finite());
        let state_left = end - state;
        let value_left = state_left - value - if state > 0 { 14 } else { 0 };
        Place {
            label: inset,
            label_width: if stacked { value_left - inset - 10 } else { label },
            from: if stacked { inset + 12 } else { inset + label + 20 },
            to: if stacked { end - 12 } else { value_left - 20 },
            value: value_left,
            state: state_left,
            low: values().reduce(f64::min).unwrap_or(0.0),
            high: values().reduce(f64::max).unwrap_or(1.0),
            stacked,
        }
    }

    fn x(&self, value: f64) -> i32 {
        let share = if self.high > self.low { (value - self.low) / (self.high - self.low) } else { 0.0 };
        self.from + (share.clamp(0.0, 1.0) * f64::from(self.to - self.from)).round() as i32
    }

    /// Whole numbers for the grid: the least value, then round ones.
    fn ticks(&self) -> Vec<i64> {
        let (low, high) = (self.low.ceil() as i64, self.high.floor() as i64);
        let steps = (0..18).flat_map(|power| [1, 2, 5].map(|m| m * 10_i64.pow(power)));
        let Some(step) = steps.into_iter().find(|step| high.saturating_sub(low) / step < TICKS_MAX) else {
            return Vec::new();
        };
        let round = low.div_euclid(step) + 1;
        // The first round one may stand too near to the least.
        let rest = (round..=high.div_euclid(step)).map(|i| i * step).filter(|tick| 2 * (tick - low) >= step);
        [low].into_iter().filter(|low| *low <= high).chain(rest).collect()
    }

    fn height(&self, dot: &Bar) -> i32 {
        let lines = wrap(&dot.label, 14, self.label_width).len() as i32;
        if self.stacked { 17 * lines + ROW } else { ROW.max(17 * lines + 6) }
    }
}

fn draw_row(sheet: &mut Sheet, dot: &Bar, place: &Place, top: i32, height: i32) {
    let lines = wrap(&dot.label, 14, place.label_width);
    let tall = 17 * lines.len() as i32;
    let (words, middle) = if place.stacked {
        (top + 15, top + tall + 12)
    } else {
        (top + height / 2 + 5 - (tall - 17) / 2, top + height / 2)
    };
    sheet.lines(place.label, words, &lines, 17, "t-label");
    if let Some(from) = dot.from.filter(|from| from.is_finite()) {
        match dot.to.filter(|to| to.is_finite() && *to != from) {
            Some(to) => draw_interval(sheet, place.x(from), place.x(to), middle),
            None => sheet.dot((place.x(from), middle), 5, Ink::Actual),
        }
    }
    let beside = if place.stacked { words } else { middle + 5 };
    sheet.text(place.value, beside, &dot.value, "t-value", Anchor::Start);
    if let Some(light) = dot.light {
        light::draw(sheet, light, place.state + 7, beside - 5);
        let class = format!("t-state f-{}", light.name());
        sheet.text(place.state + 20, beside, &dot.light_word, &class, Anchor::Start);
    }
    sheet.area((place.label, top), (sheet.width() - place.label, top + height));
}

fn draw_interval(sheet: &mut Sheet, from: i32, to: i32, y: i32) {
    sheet.line(&[(from, y), (to, y)], Ink::Actual, 2);
    sheet.dot((from, y), 4, Ink::Actual);
    sheet.dot((to, y), 4, Ink::Actual);
}

fn draw_sample(sheet: &mut Sheet, x: i32, y: i32) {
    draw_interval(sheet, x + 4, x + 22, y);
}
