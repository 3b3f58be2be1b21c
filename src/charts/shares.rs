//! How a whole divides over the lights: one bar a row, one part a light, in it the light's mark and its count where they
//! fit. Pure.

use super::light::Filling;
use super::measure::{bold_width, text_width, wrap};
use super::palette::Ink;
use super::sheet::{Anchor, Sheet};
use super::{Light, Size};

#[derive(Clone, Debug, Default)]
pub struct Shares {
    pub rows: Vec<ShareRow>,
    /// Legend: the lights that occur, with their words, in the order of the parts.
    pub words: Vec<(Light, String)>,
}

#[derive(Clone, Debug, Default)]
pub struct ShareRow {
    pub label: String,
    pub parts: Vec<(Light, i64)>,
    pub tips: Vec<String>,
    pub href: Option<String>,
}

const BAR: i32 = 22;
const MARK: i32 = 14;

pub(super) fn draw(sheet: &mut Sheet, shares: &Shares, size: Size, top: i32) -> i32 {
    let inset = sheet.inset();
    let mut y = super::light::draw_legend(sheet, &shares.words, top);
    let end = sheet.width() - inset;
    let stacked = size == Size::Narrow;
    let widest = shares.rows.iter().map(|row| bold_width(&row.label, 14)).max().unwrap_or(0);
    let label = if stacked { end - inset } else { widest.min(sheet.width() / 3) };
    let from = if stacked { inset } else { inset + label + 14 };
    for row in &shares.rows {
        let lines = wrap(&row.label, 14, label + 4);
        let extra = 17 * (lines.len() as i32 - 1).max(0);
        sheet.mark(row.href.as_deref(), "", |sheet| {
            if stacked {
                y = sheet.lines(inset, y + 15, &lines, 17, "t-label") - 9;
                draw_parts(sheet, row, from, end, y);
                y += BAR + 12;
            } else {
                let bar = y + 6 + extra / 2;
                sheet.lines(inset, bar + BAR / 2 + 5 - extra / 2, &lines, 17, "t-label");
                draw_parts(sheet, row, from, end, bar);
                y += BAR + 12 + extra;
            }
        });
    }
    y + 4
}

fn draw_parts(sheet: &mut Sheet, row: &ShareRow, from: i32, to: i32, top: i32) {
    let total: i64 = row.parts.iter().map(|(_, n)| (*n).max(0)).sum();
    let mut before = 0;
    let x_of = |n: i64| from + (n as f64 / total.max(1) as f64 * f64::from(to - from)).round() as i32;
    for (i, (light, n)) in row.parts.iter().enumerate().filter(|(_, (_, n))| *n > 0) {
        let (left, right) = (x_of(before), x_of(before + n));
        before += n;
        let tip = row.tips.get(i).map_or("", String::as_str);
        sheet.mark(None, tip, |sheet| {
            let end = (right - 1).max(left + 1);
            // States without a judgement are hollow: they weigh less on the eye than a light does. What nobody reported
            // has the broken edge of its mark.
            let is_hollow = matches!(light, Light::NotReported | Light::NoTask);
            sheet.rect((left, top), (end, top + BAR), if is_hollow { Ink::Ground } else { light.ink() });
            if is_hollow {
                let (right, bottom) = (end - 1, top + BAR - 1);
                sheet.line(&[(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], light.ink(), 1);
            }
            let (ink, text) = (if is_hollow { light.ink() } else { Ink::Ground }, n.to_string());
            let (words, room) = (text_width(&text, 13), right - left);
            let mut middle = (left + right) / 2;
            if room > words + MARK + 14 {
                let mark = middle - (words + 4) / 2;
                match is_hollow {
                    true => super::light::draw(sheet, *light, mark, top + BAR / 2),
                    false => Filling::of(Some(*light)).draw_mark(sheet, (mark, top + BAR / 2), MARK),
                }
                middle += (MARK + 4) / 2;
            }
            if room > words + 6 {
                sheet.text(middle, top + 16, &text, &format!("t-value f-{}", ink.class()), Anchor::Middle);
            }
        });
    }
    if total == 0 {
        sheet.line(&[(from, top + BAR / 2), (to, top + BAR / 2)], Ink::Grid, 1);
    }
}
