//! From a panel's rows to what a chart draws: which column plays which part, and every word in it. Pure.

mod places;

use super::View;
use super::format::{as_f64, cell, month_of, say_light, show};
use super::sentence::fill_address;
use crate::charts::{
    self, Bar, Bars, Bullet, BulletRow, Chart, Frame, Light, LinePlot, LinePoint, Lines, ShareRow, Shares, Size,
};
use crate::dashboards::{Format, Kind, Name, Panel, Width};
use crate::rows::{Rows, Value};
use crate::text::{self, count, float, say};

/// The widths that a panel's chart is drawn for; the style shows the one that fits.
pub(super) fn sizes(panel: &Panel) -> &'static [Size] {
    match panel.width {
        Width::Full => &[Size::Full, Size::Wide, Size::Narrow],
        Width::TwoThirds => &[Size::Wide, Size::Narrow],
        Width::Half => &[Size::Half, Size::Narrow],
        Width::Third => &[Size::Narrow],
    }
}

/// The chart as SVG text; `None` if the panel is no chart or has nothing to draw.
pub(super) fn draw(panel: &Panel, view: &View, rows: &Rows, size: Size, alone: bool) -> Option<String> {
    if rows.rows.is_empty() {
        return None;
    }
    let reader = Reader { panel, view, rows };
    let (chart, facts) = match panel.chart.get_ref() {
        Kind::Bullet => reader.bullet(),
        Kind::Line => reader.lines(),
        Kind::Bars => {
            let (bars, facts) = reader.bars();
            (Chart::Bars(bars), facts)
        }
        Kind::Dots => {
            let (dots, facts) = reader.bars();
            (Chart::Dots(dots), facts)
        }
        Kind::Shares => reader.shares(),
        Kind::Heat => reader.heat(),
        Kind::Tiles => reader.tiles(),
        Kind::Map => reader.map(),
        Kind::Funnel => reader.funnel(),
        Kind::Table | Kind::Sentence | Kind::Text | Kind::Decisions => return None,
    };
    let place = match size {
        Size::Full => "full",
        Size::Wide => "wide",
        Size::Half => "half",
        Size::Narrow => "narrow",
    };
    let frame = Frame {
        id: format!("{}-{place}", panel.id.get_ref()),
        title: reader.title(),
        alternative: reader.alternative(&facts),
        unit: super::panel::unit_words(panel, view.lang),
        foot: super::panel::foot_words(panel, view),
        size,
        alone,
    };
    Some(charts::draw(&frame, &chart))
}

/// What is left at the end of a sentence whose last part is empty.
const LOOSE_ENDS: [char; 5] = [',', ';', ' ', '\u{ff0c}', '\u{ff1b}'];

struct Reader<'a> {
    panel: &'a Panel,
    view: &'a View,
    rows: &'a Rows,
}

/// A drawn row in words, for the text alternative.
type Fact = (String, String);

impl Reader<'_> {
    fn title(&self) -> String {
        super::shell::filled(self.panel.title.in_lang(self.view.lang), self.view)
    }

    fn alternative(&self, facts: &[Fact]) -> String {
        let lang = self.view.lang;
        let mut said: Vec<String> = facts
            .iter()
            .take(12)
            .map(|(label, text)| say(lang, "chart.alternative_row", &[("label", label), ("text", text)]))
            .collect();
        if facts.len() > 12 {
            said.push(say(lang, "chart.alternative_more", &[("n", &(facts.len() - 12).to_string())]));
        }
        let (n, rows) = (facts.len().to_string(), said.join(&say(lang, "chart.alternative_joint", &[])));
        say(lang, "chart.alternative", &[("title", &self.title()), ("n", &n), ("rows", &rows)])
    }

    fn value(&self, name: &Option<Name>, row: usize) -> &Value {
        name.as_ref().map_or(&Value::Null, |name| cell(self.rows, row, name.in_lang(self.view.lang)))
    }

    fn text(&self, name: &Option<Name>, row: usize) -> String {
        self.value(name, row).to_string()
    }

    fn label(&self, row: usize) -> String {
        let roles = &self.panel.roles;
        match self.value(&roles.label, row) {
            Value::Text(code) if roles.label_format == Format::Plain => code.clone(),
            value => show(value, roles.label_format, self.view.lang, None),
        }
    }

    fn places(&self, row: usize) -> Option<u8> {
        as_f64(self.value(&self.panel.roles.places, row)).map(|places| places as u8)
    }

    /// A number as the reader sees it, with a `%` if that is its unit.
    fn number(&self, name: &Option<Name>, row: usize) -> String {
        let sign = if self.text(&self.panel.roles.unit, row) == "%" { "%" } else { "" };
        match self.value(name, row) {
            Value::Null => say(self.view.lang, "chart.missing", &[]),
            value => show(value, self.panel.roles.format, self.view.lang, self.places(row)) + sign,
        }
    }

    fn light(&self, row: usize) -> (Option<Light>, String) {
        let code = self.text(&self.panel.roles.light, row);
        (Light::parse(&code), if code.is_empty() { code } else { self.light_word(&code) })
    }

    /// What the panel calls a light, else its own name.
    fn light_word(&self, code: &str) -> String {
        let words = self.panel.roles.light_words.get(code);
        words.map_or_else(|| say_light(self.view.lang, code), |words| words.in_lang(self.view.lang).to_owned())
    }

    fn href(&self, row: usize) -> Option<String> {
        let path = fill_address(&self.panel.roles.link.as_ref()?.parts, self.rows, row)?;
        Some(self.view.href(&path))
    }

    fn gap(&self, row: usize) -> String {
        let lang = self.view.lang;
        let value = self.value(&self.panel.roles.gap, row);
        let Some(gap) = as_f64(value) else { return String::new() };
        let size = show(value, Format::Decimal2, lang, None).replace('\u{2212}', "");
        match gap {
            gap if gap > 0.0 => say(lang, "chart.ahead", &[("n", &size)]),
            gap if gap < 0.0 => say(lang, "chart.behind", &[("n", &size)]),
            _ => say(lang, "chart.level", &[]),
        }
    }

    fn gap_and_note(&self, row: usize) -> String {
        let parts = [self.gap(row), self.text(&self.panel.roles.note, row)];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" \u{b7} ")
    }

    fn bullet(&self) -> (Chart, Vec<Fact>) {
        let (lang, roles) = (self.view.lang, &self.panel.roles);
        let mut facts = Vec::new();
        let mut rows = Vec::new();
        for row in 0..self.rows.rows.len() {
            let target = as_f64(self.value(&roles.target, row)).filter(|target| *target > 0.0);
            let share = |name| Some(as_f64(self.value(name, row))? / target?);
            let expected = share(&roles.expected);
            let (light, light_word) = self.light(row);
            let (label, gap) = (self.label(row), self.gap_and_note(row));
            let (actual_words, target_words) = (self.number(&roles.actual, row), self.number(&roles.target, row));
            let unit = Some(self.text(&roles.unit, row)).filter(|unit| unit != "%").unwrap_or_default();
            let value = match target {
                Some(_) => {
                    let args = [("actual", actual_words.as_str()), ("target", &target_words), ("unit", &unit)];
                    say(lang, "chart.of_target", &args).trim_end().to_owned()
                }
                None => format!("{actual_words} {unit}").trim_end().to_owned(),
            };
            let tip = say(
                lang,
                "chart.bullet_tip",
                &[
                    ("label", &label),
                    ("actual", &actual_words),
                    ("target", &target_words),
                    ("expected", &self.number(&roles.expected, row)),
                    ("light", &light_word),
                    ("gap", &gap),
                ],
            );
            let bands = roles.bands.iter().filter_map(|name| {
                let bound = as_f64(cell(self.rows, row, name.in_lang(lang)))?;
                Some((expected? + bound / 100.0).max(0.0))
            });
            facts.push((label.clone(), [value.as_str(), &light_word, &gap].join(" ").trim_end().to_owned()));
            rows.push(BulletRow {
                value,
                gap,
                light,
                light_word,
                has_target: target.is_some(),
                actual: share(&roles.actual),
                expected,
                bands: bands.collect(),
                tip: tip.trim_end_matches(LOOSE_ENDS).to_owned(),
                href: self.href(row),
                label,
            });
        }
        let bands = if roles.bands.is_empty() { String::new() } else { say(lang, "chart.bands", &[]) };
        let bullet = Bullet {
            rows,
            actual_word: say(lang, "chart.actual", &[]),
            expected_word: say(lang, "chart.expected", &[]),
            target_word: say(lang, "chart.target", &[]),
            bands_word: bands,
        };
        (Chart::Bullet(bullet), facts)
    }

    fn lines(&self) -> (Chart, Vec<Fact>) {
        let (lang, roles) = (self.view.lang, &self.panel.roles);
        let mut facts: Vec<Fact> = Vec::new();
        let mut plots: Vec<LinePlot> = Vec::new();
        for row in 0..self.rows.rows.len() {
            let title = match roles.facet {
                Some(_) => self.text(&roles.facet, row),
                None => self.title(),
            };
            let month = month_of(self.value(&roles.month, row));
            let (actual, expected) = (self.number(&roles.actual, row), self.number(&roles.expected, row));
            let month_words = month.map(|day| text::month(lang, day)).unwrap_or_default();
            let args =
                [("label", title.as_str()), ("month", &month_words), ("actual", &actual), ("expected", &expected)];
            let mut point = LinePoint {
                tick: month.map(|day| text::month_short(lang, day)).unwrap_or_default(),
                actual: as_f64(self.value(&roles.actual, row)),
                expected: as_f64(self.value(&roles.expected, row)),
                lower: as_f64(self.value(&roles.lower, row)),
                upper: as_f64(self.value(&roles.upper, row)),
                tip: say(lang, "chart.line_tip", &args),
            };
            if point.actual.is_none() && point.lower.is_some() {
                let (lower, upper) = (self.number(&roles.lower, row), self.number(&roles.upper, row));
                let said = say(lang, "chart.line_forecast", &[("lower", &lower), ("upper", &upper)]);
                point.tip = [point.tip, said].join(" \u{b7} ");
            }
            if plots.last().is_none_or(|plot| plot.title != title) {
                facts.push((title.clone(), String::new()));
                let (light, light_word) = self.light(row);
                let value = say(lang, "chart.missing", &[]);
                plots.push(LinePlot { title, value, light, light_word, href: self.href(row), ..LinePlot::default() });
            }
            let (Some(plot), Some(fact)) = (plots.last_mut(), facts.last_mut()) else { continue };
            if point.actual.is_some() {
                let unit = Some(self.text(&roles.unit, row)).filter(|unit| unit != "%").unwrap_or_default();
                let expected = format!("{expected} {unit}");
                let args = [("month", point.tick.as_str()), ("value", &actual), ("expected", expected.trim_end())];
                plot.value = say(lang, "chart.line_value", &args);
                fact.1 = plot.value.clone();
            }
            plot.points.push(point);
        }
        let lines = Lines {
            plots,
            actual_word: say(lang, "chart.actual", &[]),
            expected_word: say(lang, "chart.expected", &[]),
            forecast_word: roles.lower.as_ref().map(|_| say(lang, "chart.forecast", &[])).unwrap_or_default(),
        };
        (Chart::Lines(lines), facts)
    }

    fn bars(&self) -> (Bars, Vec<Fact>) {
        let (lang, roles) = (self.view.lang, &self.panel.roles);
        let mut facts = Vec::new();
        let mut bars = Vec::new();
        for row in 0..self.rows.rows.len() {
            let (label, (light, light_word)) = (self.label(row), self.light(row));
            let (from, to) = (self.value(&roles.actual, row), self.value(&roles.actual_to, row));
            let mut value = self.number(&roles.actual, row);
            if *to != Value::Null && to != from {
                value = format!("{value}\u{2013}{}", self.number(&roles.actual_to, row));
            }
            let unit = Some(self.text(&roles.unit, row)).filter(|unit| unit != "%").unwrap_or_default();
            let value = format!("{value} {unit}").trim_end().to_owned();
            let tip = say(lang, "chart.bar_tip", &[("label", &label), ("value", &value), ("light", &light_word)]);
            facts.push((label.clone(), format!("{value} {light_word}").trim_end().to_owned()));
            bars.push(Bar {
                from: as_f64(from),
                to: as_f64(to),
                value,
                light,
                light_word,
                tip: tip.trim_end_matches(LOOSE_ENDS).to_owned(),
                href: self.href(row),
                label,
            });
        }
        (Bars { bars, open_word: say(lang, "chart.uncertain", &[]) }, facts)
    }

    fn shares(&self) -> (Chart, Vec<Fact>) {
        let (lang, roles) = (self.view.lang, &self.panel.roles);
        let mut rows: Vec<ShareRow> = Vec::new();
        let mut words: Vec<(Light, String)> = Vec::new();
        for row in 0..self.rows.rows.len() {
            let label = self.label(row);
            let (Some(light), word) = self.light(row) else { continue };
            let Some(n) = as_f64(self.value(&roles.count, row)).map(|n| n as i64).filter(|n| *n > 0) else { continue };
            if rows.last().is_none_or(|before| before.label != label) {
                rows.push(ShareRow { label: label.clone(), href: self.href(row), ..ShareRow::default() });
            }
            let Some(share) = rows.last_mut() else { continue };
            let n_words = count(i128::from(n));
            share.parts.push((light, n));
            share.tips.push(say(lang, "chart.share_tip", &[("label", &label), ("light", &word), ("n", &n_words)]));
            if !words.iter().any(|(known, _)| *known == light) {
                words.push((light, word));
            }
        }
        words.sort_by_key(|(light, _)| light.order());
        let mut facts = Vec::new();
        for row in &mut rows {
            let mut parts: Vec<_> = row.parts.drain(..).zip(row.tips.drain(..)).collect();
            parts.sort_by_key(|((light, _), _)| light.order());
            let said = parts
                .iter()
                .map(|((light, n), _)| format!("{} {}", self.light_word(light.name()), float(*n as f64, 0)));
            facts.push((row.label.clone(), said.collect::<Vec<_>>().join(", ")));
            (row.parts, row.tips) = parts.into_iter().unzip();
        }
        (Chart::Shares(Shares { rows, words }), facts)
    }
}
