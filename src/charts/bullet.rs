//! Bullet chart after Stephen Few: one row an indicator, all on one scale (share of the target), a bar for what was
//! done, a mark for what was expected by now, a mark for the target, bands of one hue behind. Pure.

use super::measure::{bold_width, text_width, wrap};
use super::palette::Ink;
use super::sheet::{Anchor, Sheet};
use super::{Light, Size};

#[derive(Clone, Debug, Default)]
pub struct Bullet {
    pub rows: Vec<BulletRow>,
    /// Legend words: actual, expected, target, bands; an empty word leaves its entry out.
    pub actual_word: String,
    pub expected_word: String,
    pub target_word: String,
    pub bands_word: String,
}

#[derive(Clone, Debug, Default)]
pub struct BulletRow {
    pub label: String,
    /// What stands beside the bar: `312 / 400`.
    pub value: String,
    /// How far ahead or behind, in words.
    pub gap: String,
    pub light: Option<Light>,
    pub light_word: String,
    /// Whether there is a target at all; without one there is no scale, so nothing is drawn on it.
    pub has_target: bool,
    /// Shares of the target; `None` draws nothing, never zero.
    pub actual: Option<f64>,
    pub expected: Option<f64>,
    /// Where the bands change, as shares of the target, ascending (at most two).
    pub bands: Vec<f64>,
    pub tip: String,
    pub href: Option<String>,
}

/// The scale ends a little after the target; a bar beyond it gets an arrow, its number stands beside it.
const MAX_SHARE: f64 = 1.25;
const BAR: i32 = 12;
const BAND: i32 = 24;
/// The head of the expected mark.
const MARK: i32 = 10;
const ARROW: i32 = 10;

pub(super) fn draw(sheet: &mut Sheet, bullet: &Bullet, size: Size, top: i32) -> i32 {
    let inset = sheet.inset();
    let mut y = sheet.legend(
        top,
        &[
            (&bullet.actual_word, 26, |s, x, y| s.rect((x, y - 5), (x + 26, y + 5), Ink::Actual)),
            (&bullet.expected_word, 10, |s, x, y| draw_expected(s, x + 5, y - 6, y + 7)),
            (&bullet.target_word, 6, |s, x, y| s.rect((x + 2, y - 8), (x + 4, y + 9), Ink::Text)),
            (&bullet.bands_word, 26, |s, x, y| {
                s.rect((x, y - 6), (x + 9, y + 6), Ink::BandNear);
                s.rect((x + 9, y - 6), (x + 18, y + 6), Ink::BandMid);
                s.rect((x + 18, y - 6), (x + 26, y + 6), Ink::BandFar);
            }),
        ],
    ) + 6;
    let place = Place::measure(sheet, bullet, size, inset);
    let first = y;
    for row in &bullet.rows {
        sheet.mark(row.href.as_deref(), &row.tip, |sheet| y = draw_row(sheet, row, &place, y));
    }
    if !place.stacked && y > first {
        draw_axis(sheet, &place, y);
        y += 22;
    }
    y
}

struct Place {
    label: i32,
    label_width: i32,
    from: i32,
    to: i32,
    value: i32,
    max: f64,
    stacked: bool,
}

impl Place {
    fn measure(sheet: &Sheet, bullet: &Bullet, size: Size, inset: i32) -> Place {
        let rows = &bullet.rows;
        let most = rows.iter().flat_map(|row| [row.actual, row.expected]).flatten().fold(1.0_f64, f64::max);
        let max = if most > 1.0 { (most + 0.02).min(MAX_SHARE) } else { 1.0 };
        let end = sheet.width() - inset;
        if size == Size::Narrow {
            return Place {
                label: inset,
                label_width: end - inset,
                from: inset,
                // a mark at the very end is as wide as any other
                to: end - MARK / 2,
                value: end,
                max,
                stacked: true,
            };
        }
        let widest = |wide: fn(&BulletRow) -> i32| rows.iter().map(wide).max().unwrap_or(0);
        let label = widest(|row| bold_width(&row.label, 14)).min(if size == Size::Half { 140 } else { 190 });
        let value = widest(|row| bold_width(&row.value, 14).max(state_width(row))).min(sheet.width() * 2 / 5);
        Place {
            label: inset,
            label_width: label + 4,
            from: inset + label + 16,
            to: end - value - 18,
            value: end - value,
            max,
            stacked: false,
        }
    }

    fn x(&self, share: f64) -> i32 {
        let share = share.clamp(0.0, self.max) / self.max;
        self.from + (share * f64::from(self.to - self.from)).round() as i32
    }
}

fn state_width(row: &BulletRow) -> i32 {
    20 + text_width(&row.light_word, 13) + text_width(&row.gap, 12) + 10
}

fn draw_row(sheet: &mut Sheet, row: &BulletRow, place: &Place, top: i32) -> i32 {
    let label = wrap(&row.label, 14, place.label_width);
    let extra = 18 * (label.len() as i32 - 1).max(0);
    if place.stacked {
        let beside =
            label.len() == 1 && bold_width(&row.label, 14) + bold_width(&row.value, 14) + 12 < place.to - place.from;
        let below = sheet.lines(place.label, top + 15, &label, 18, "t-label") - 18;
        let value = if beside { below } else { below + 20 };
        sheet.text(place.value, value, &row.value, "t-label", Anchor::End);
        draw_bar(sheet, row, place, value + 11);
        let room = place.to - place.from;
        draw_state(sheet, row, place.label, value + 54, room);
        let bottom = value + 55 + 20 * state_lines(row, room);
        sheet.area((place.label, top), (place.to, bottom - 6));
        return bottom;
    }
    let room = sheet.width() - place.label - place.value;
    let value = wrap(&row.value, 14, room);
    let beside = 18 * value.len() as i32 + 20 * state_lines(row, room);
    let height = (48 + extra).max(beside + 10);
    let middle = top + height / 2;
    sheet.lines(place.label, middle + 5 - extra / 2, &label, 18, "t-label");
    draw_bar(sheet, row, place, middle - BAND / 2);
    let y = sheet.lines(place.value, middle - beside / 2 + 15, &value, 18, "t-label");
    draw_state(sheet, row, place.value, y + 2, room);
    sheet.area((place.label, top), (sheet.width() - place.label, top + height - 2));
    top + height
}

fn draw_bar(sheet: &mut Sheet, row: &BulletRow, place: &Place, top: i32) {
    let (bar_top, bar_end) = (top + (BAND - BAR) / 2, top + (BAND + BAR) / 2);
    if !row.has_target {
        sheet.line(&[(place.from, top + BAND / 2), (place.to, top + BAND / 2)], Ink::Grid, 1);
        return;
    }
    let mut from = 0.0;
    let inks: &[Ink] = match row.bands.len() {
        0 => &[Ink::BandNear],
        1 => &[Ink::BandFar, Ink::BandNear],
        _ => &[Ink::BandFar, Ink::BandMid, Ink::BandNear],
    };
    let ends = row.bands.iter().take(2).copied().chain([place.max]);
    for (ink, end) in inks.iter().zip(ends) {
        sheet.rect((place.x(from), top), (place.x(end), top + BAND), *ink);
        from = end.max(from);
    }
    if let Some(actual) = row.actual {
        let end = place.x(actual);
        if actual > place.max {
            sheet.rect((place.from, bar_top), (end - ARROW, bar_end), Ink::Actual);
            let arrow = [(end - ARROW, bar_top - 5), (end, bar_top + BAR / 2), (end - ARROW, bar_end + 5)];
            sheet.polygon(&arrow, Ink::Actual);
        } else {
            sheet.rect((place.from, bar_top), (end.max(place.from + 1), bar_end), Ink::Actual);
        }
    }
    let expected = row.expected.map(|expected| place.x(expected));
    if let Some(expected) = expected {
        draw_expected(sheet, expected, top, top + BAND);
    }
    draw_target(sheet, place.x(1.0), expected, top, top + BAND);
}

/// The target mark, edged like the expected one; where both meet it runs through that one and stands out above and below.
fn draw_target(sheet: &mut Sheet, x: i32, expected: Option<i32>, top: i32, bottom: i32) {
    let meets = expected.is_some_and(|expected| (expected - x).abs() <= MARK / 2);
    if !meets {
        sheet.rect((x - 2, top), (x + 2, bottom), Ink::Ground);
    }
    let beyond = if meets { 6 } else { 1 };
    sheet.rect((x - 1, top - beyond), (x + 1, bottom + beyond), Ink::Text);
}

/// The expected mark: a line with a head, edged in the ground's colour so that it is seen on bar and band alike.
fn draw_expected(sheet: &mut Sheet, x: i32, top: i32, bottom: i32) {
    sheet.rect((x - 3, top - 1), (x + 3, bottom + 1), Ink::Ground);
    sheet.rect((x - 2, top - 2), (x + 2, bottom + 2), Ink::Expected);
    let half = MARK / 2;
    sheet.polygon(&[(x - half, top - 5), (x + half, top - 5), (x, top + 3)], Ink::Expected);
}

/// The light and the gap stand in one line if there is room, else below each other.
fn state_lines(row: &BulletRow, room: i32) -> i32 {
    if state_width(row) > room && row.light.is_some() && !row.gap.is_empty() { 2 } else { 1 }
}

fn draw_state(sheet: &mut Sheet, row: &BulletRow, x: i32, y: i32, room: i32) {
    let (mut at, mut line) = (x, y);
    if let Some(light) = row.light {
        super::light::draw(sheet, light, x + 7, y - 5);
        sheet.text(x + 20, y, &row.light_word, &format!("t-state f-{}", light.name()), Anchor::Start);
        (at, line) = match state_lines(row, room) {
            1 => (x + 30 + text_width(&row.light_word, 13), y),
            _ => (x, y + 18),
        };
    }
    sheet.text(at, line, &row.gap, "t-small", Anchor::Start);
}

fn draw_axis(sheet: &mut Sheet, place: &Place, y: i32) {
    let percents: &[i32] = match place.to - place.from {
        ..110 => &[0, 100],
        110..230 => &[0, 50, 100],
        _ => &[0, 25, 50, 75, 100],
    };
    for percent in percents.iter().copied() {
        let x = place.x(f64::from(percent) / 100.0);
        sheet.line(&[(x, y - 2), (x, y + 3)], Ink::Soft, 1);
        let anchor = if percent == 0 { Anchor::Start } else { Anchor::Middle };
        sheet.text(x, y + 17, &format!("{percent}%"), "t-small", anchor);
    }
}
