//! Small multiples of monthly lines: what was done against the expected path, each on a scale of its own. A missing
//! value is a gap in the line, never zero. Pure.

use super::measure::{bold_width, text_width, wrap};
use super::palette::Ink;
use super::sheet::{Anchor, Sheet};
use super::{Light, Size};
use plotters::coord::CoordTranslate;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::{RangedCoordf64, RangedCoordi32};

#[derive(Clone, Debug, Default)]
pub struct Lines {
    pub plots: Vec<LinePlot>,
    pub actual_word: String,
    pub expected_word: String,
    /// Legend word of the forecast's band; empty leaves it out.
    pub forecast_word: String,
}

#[derive(Clone, Debug, Default)]
pub struct LinePlot {
    pub title: String,
    /// The newest value, beside the title.
    pub value: String,
    pub light: Option<Light>,
    pub light_word: String,
    pub points: Vec<LinePoint>,
    pub href: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct LinePoint {
    /// The month on the axis.
    pub tick: String,
    pub actual: Option<f64>,
    pub expected: Option<f64>,
    /// The ends of a forecast.
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    pub tip: String,
}

const PLOT: i32 = 104;
/// A plot that stands alone.
const PLOT_ALONE: i32 = 220;
const FOOT: i32 = 34;

pub(super) fn draw(sheet: &mut Sheet, lines: &Lines, size: Size, top: i32) -> i32 {
    let inset = sheet.inset();
    let mut y = sheet.legend(
        top,
        &[
            (&lines.actual_word, 26, |s, x, y| {
                s.line(&[(x, y), (x + 26, y)], Ink::Actual, 2);
                s.dot((x + 13, y), 3, Ink::Actual);
            }),
            (&lines.expected_word, 26, |s, x, y| s.line(&[(x, y), (x + 26, y)], Ink::Expected, 2)),
            (&lines.forecast_word, 26, |s, x, y| draw_band(s, &[(x, y), (x + 26, y - 6)], &[(x, y), (x + 26, y + 6)])),
        ],
    ) + 4;
    let columns = match size {
        Size::Full | Size::Wide => 3,
        Size::Half => 2,
        Size::Narrow => 1,
    };
    let columns = columns.min(lines.plots.len().max(1) as i32);
    let gutter = 24;
    let wide = (sheet.width() - 2 * inset - gutter * (columns - 1)) / columns;
    let beside = lines.plots.iter().all(|plot| light_width(plot) + text_width(&plot.value, 12) <= wide);
    let heads: Vec<Head> = lines.plots.iter().map(|plot| Head::measure(plot, wide, beside)).collect();
    let tall = if lines.plots.len() == 1 && size != Size::Narrow { PLOT_ALONE } else { PLOT };
    for (plots, heads) in lines.plots.chunks(columns as usize).zip(heads.chunks(columns as usize)) {
        // Plots side by side keep the room that the longest of their heads needs, so that their scales stand level.
        let head = heads.iter().map(Head::height).max().unwrap_or(0);
        for (column, (plot, words)) in plots.iter().zip(heads).enumerate() {
            let left = inset + column as i32 * (wide + gutter);
            sheet.mark(None, "", |sheet| {
                draw_head(sheet, plot, words, (left, y));
                draw_plot(sheet, plot, (left, y + head), (wide, tall));
            });
        }
        y += head + tall + FOOT;
    }
    y
}

/// What stands above a plot: its title, its light and its newest value, in as many lines as they need.
struct Head {
    title: Vec<String>,
    value: Vec<String>,
    /// The light and the value fit in one line.
    beside: bool,
}

impl Head {
    fn measure(plot: &LinePlot, wide: i32, beside: bool) -> Head {
        let room = if beside { i32::MAX } else { wide };
        Head { title: wrap(&plot.title, 14, wide), value: wrap(&plot.value, 12, room), beside }
    }

    fn height(&self) -> i32 {
        18 * (self.title.len() + usize::from(!self.beside) + self.value.len().max(1)) as i32 + 18
    }
}

fn light_width(plot: &LinePlot) -> i32 {
    plot.light.map_or(0, |_| 19 + text_width(&plot.light_word, 13) + 10)
}

fn draw_head(sheet: &mut Sheet, plot: &LinePlot, head: &Head, (left, top): (i32, i32)) {
    let mut y = top + 15;
    sheet.mark(plot.href.as_deref(), "", |sheet| {
        y = sheet.lines(left, y, &head.title, 18, "t-label");
        let end = head.title.iter().map(|line| bold_width(line, 14)).max().unwrap_or(0);
        sheet.area((left, top), (left + end, y - 10));
    });
    let mut x = left;
    if let Some(light) = plot.light {
        super::light::draw(sheet, light, x + 7, y - 5);
        sheet.text(x + 19, y, &plot.light_word, &format!("t-state f-{}", light.name()), Anchor::Start);
        if head.beside {
            x += light_width(plot);
        } else {
            y += 18;
        }
    }
    sheet.lines(x, y, &head.value, 18, "t-small");
}

fn draw_plot(sheet: &mut Sheet, plot: &LinePlot, (left, top): (i32, i32), (wide, tall): (i32, i32)) {
    let values = plot
        .points
        .iter()
        .flat_map(|point| [point.actual, point.expected, point.lower, point.upper])
        .flatten()
        .filter(|v| v.is_finite());
    let ticks = scale(values);
    let (low, high) = (ticks.first().copied().unwrap_or(0.0), ticks.last().copied().unwrap_or(1.0));
    let texts: Vec<String> = ticks.iter().map(|tick| tick_text(*tick)).collect();
    let margin = texts.iter().map(|text| text_width(text, 12)).max().unwrap_or(0) + 8;
    let end = plot.points.last().map_or(0, |point| text_width(&point.tick, 12) / 2 + 1);
    let (from, to) = (left + margin, left + wide - end.max(6));
    let (above, below) = (top, top + tall);
    let last = (plot.points.len() as i32 - 1).max(1);
    let place = Cartesian2d::<RangedCoordi32, RangedCoordf64>::new(0..last, low..high, (from..to, below..above));

    for (tick, text) in ticks.iter().zip(&texts) {
        let (_, y) = place.translate(&(0, *tick));
        sheet.line(&[(from, y), (to, y)], if *tick == 0.0 { Ink::Soft } else { Ink::Grid }, 1);
        sheet.text(from - 6, y + 4, text, "t-small", Anchor::End);
    }
    let at = |i: usize, value: f64| place.translate(&(i as i32, value));
    // A forecast's ends belong together: a point that lacks one has neither.
    let ends = |end: fn(&LinePoint) -> Option<f64>| {
        let both =
            plot.points.iter().map(move |point| end(point).filter(|_| point.lower.is_some() && point.upper.is_some()));
        runs(both).into_iter().map(|run| run.iter().map(|(i, value)| at(*i, *value)).collect::<Vec<_>>())
    };
    for (upper, lower) in ends(|point| point.upper).zip(ends(|point| point.lower)) {
        draw_band(sheet, &upper, &lower);
    }
    for run in runs(plot.points.iter().map(|point| point.expected)) {
        let points: Vec<_> = run.iter().map(|(i, value)| at(*i, *value)).collect();
        match points[..] {
            // A value without neighbours would draw no line.
            [(x, y)] => sheet.line(&[(x - 12, y), (x + 5, y)], Ink::Expected, 2),
            _ => sheet.line(&points, Ink::Expected, 2),
        }
    }
    for run in runs(plot.points.iter().map(|point| point.actual)) {
        let points: Vec<_> = run.iter().map(|(i, value)| at(*i, *value)).collect();
        sheet.line(&points, Ink::Actual, 2);
    }
    let step = (to - from) / last;
    for (i, point) in plot.points.iter().enumerate() {
        let (x, _) = at(i, low);
        sheet.mark(None, &point.tip, |sheet| {
            if let Some(actual) = point.actual {
                sheet.dot(at(i, actual), 3, Ink::Actual);
            }
            sheet.area(((x - step / 2).max(from - 4), above), (x + step / 2, below));
        });
    }
    draw_months(sheet, plot, below + 17, |i| at(i, low).0);
}

/// Where a forecast may end: a band between two thin lines.
fn draw_band(sheet: &mut Sheet, upper: &[(i32, i32)], lower: &[(i32, i32)]) {
    let around: Vec<(i32, i32)> = upper.iter().chain(lower.iter().rev()).copied().collect();
    sheet.polygon(&around, Ink::BandMid);
    sheet.line(upper, Ink::Actual, 1);
    sheet.line(lower, Ink::Actual, 1);
}

/// As many month names as fit without touching; the first and the last always.
fn draw_months(sheet: &mut Sheet, plot: &LinePlot, y: i32, x_of: impl Fn(usize) -> i32) {
    let Some(last) = plot.points.len().checked_sub(1) else { return };
    let half = |i: usize| text_width(&plot.points[i].tick, 12) / 2;
    let mut free = i32::MIN;
    for i in 0..=last {
        let (from, to) = (x_of(i) - half(i), x_of(i) + half(i));
        let before_last = i == last || to + 6 < x_of(last) - half(last);
        if from > free && before_last {
            sheet.text(x_of(i), y, &plot.points[i].tick, "t-small", Anchor::Middle);
            free = to + 6;
        }
    }
}

/// Stretches of neighbouring known values, with their places.
fn runs(values: impl Iterator<Item = Option<f64>>) -> Vec<Vec<(usize, f64)>> {
    let mut runs: Vec<Vec<(usize, f64)>> = Vec::new();
    let mut open = false;
    for (i, value) in values.enumerate() {
        match value.filter(|value| value.is_finite()) {
            Some(value) if open => {
                if let Some(run) = runs.last_mut() {
                    run.push((i, value));
                }
            }
            Some(value) => runs.push(vec![(i, value)]),
            None => {}
        }
        open = value.is_some_and(f64::is_finite);
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Three to six round values that hold all others; from zero, unless everything lies far above it.
fn scale(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values {
        low = low.min(value);
        high = high.max(value);
    }
    if !low.is_finite() {
        return vec![0.0, 1.0];
    }
    let far = low > 0.0 && high > low && high - low < 0.3 * high;
    let floor = if far { low } else { low.min(0.0) };
    let span = (high - floor).max(if far { high * 0.02 } else { 1.0 });
    let rough = span / 3.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|step| *step >= rough).unwrap_or(rough);
    let (first, last) = ((floor / step).floor() as i64, (high / step).ceil() as i64);
    (first..=last.max(first + 1)).map(|i| i as f64 * step).collect()
}

fn tick_text(value: f64) -> String {
    let places = usize::from(value.fract().abs() > 1e-9);
    let text = format!("{:.places$}", value.abs());
    let (whole, part) = text.split_once('.').map_or((text.as_str(), None), |(whole, part)| (whole, Some(part)));
    let mut grouped = String::new();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if value < 0.0 { "\u{2212}" } else { "" };
    part.map_or_else(|| format!("{sign}{grouped}"), |part| format!("{sign}{grouped}.{part}"))
}
