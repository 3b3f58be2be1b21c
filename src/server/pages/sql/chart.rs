//! The chart of an answer whose rows are one. Pure.

use super::super::View;
use super::{Found, is_number};
use crate::charts::{self, Bar, Bars, Chart, Frame, LinePlot, LinePoint, Lines, Size};
use crate::rows::{Rows, Value};
use crate::text::{self, Lang, say};
use chrono::{Datelike, NaiveDate};
use maud::{Markup, PreEscaped, html};
use std::collections::BTreeSet;

/// Bars beyond which a chart is a wall.
const BARS_MAX: usize = 40;
/// Points of a line.
const POINTS_MAX: usize = 400;

/// Rows that begin with a day are a line, those that begin with a text are bars, of their first number; others are no
/// chart.
pub fn chart(view: &View, found: &Found) -> Option<Markup> {
    let rows = &found.rows;
    if found.cut || rows.len() < 2 {
        return None;
    }
    let column = (1..rows.columns.len()).find(|i| is_number(found, *i))?;
    let number = |row: &Vec<Value>| row[column].as_f64().filter(|n| n.is_finite());
    let days: Option<Vec<NaiveDate>> = rows.rows.iter().map(|row| as_day(&row[0])).collect();
    let chart = match days {
        Some(days) if rows.len() <= POINTS_MAX && days.is_sorted_by(|a, b| a < b) => {
            line(view.lang, rows, column, &days, number)
        }
        None if rows.len() <= BARS_MAX && rows.rows.iter().all(|row| matches!(row[0], Value::Text(_))) => {
            // A bar begins at zero and goes to the right.
            let any_below = rows.rows.iter().filter_map(number).any(|n| n < 0.0);
            (!any_below).then(|| bars(rows, column, number))?
        }
        _ => return None,
    };
    Some(drawn(view, rows, column, &chart))
}

fn as_day(value: &Value) -> Option<NaiveDate> {
    match value {
        Value::Date(day) => Some(*day),
        _ => None,
    }
}

fn bars(rows: &Rows, column: usize, number: impl Fn(&Vec<Value>) -> Option<f64>) -> Chart {
    let bar = |row: &Vec<Value>| {
        let (label, value) = (text::visible(&row[0].to_string()), shown(&row[column]));
        let tip = format!("{label}: {value}");
        Bar { from: number(row), tip, label, value, ..Bar::default() }
    };
    Chart::Bars(Bars { bars: rows.rows.iter().map(bar).collect(), open_word: String::new() })
}

fn line(
    lang: Lang,
    rows: &Rows,
    column: usize,
    days: &[NaiveDate],
    number: impl Fn(&Vec<Value>) -> Option<f64>,
) -> Chart {
    let months: BTreeSet<(i32, u32)> = days.iter().map(|day| (day.year(), day.month())).collect();
    let years: BTreeSet<i32> = days.iter().map(Datelike::year).collect();
    let tick = |day: NaiveDate| match (years.len() > 1, months.len() == days.len()) {
        (true, _) => day.format("%Y-%m").to_string(),
        (false, true) => text::month_short(lang, day),
        (false, false) => day.format("%m-%d").to_string(),
    };
    let point = |(row, day): (&Vec<Value>, &NaiveDate)| LinePoint {
        tick: tick(*day),
        actual: number(row),
        expected: None,
        lower: None,
        upper: None,
        tip: format!("{}: {}", text::date(lang, *day), shown(&row[column])),
    };
    let points: Vec<LinePoint> = rows.rows.iter().zip(days).map(point).collect();
    let newest = rows.rows.last().zip(days.last());
    let value = newest.map(|(row, day)| format!("{}: {}", tick(*day), shown(&row[column]))).unwrap_or_default();
    let plot = LinePlot { title: text::visible(&rows.columns[column]), value, points, ..LinePlot::default() };
    Chart::Lines(Lines { plots: vec![plot], ..Lines::default() })
}

/// A number as charts write it.
fn shown(value: &Value) -> String {
    super::super::format::show(value, crate::dashboards::Format::Plain, Lang::default(), None)
}

fn drawn(view: &View, rows: &Rows, column: usize, chart: &Chart) -> Markup {
    let lang = view.lang;
    let (value, by) = (text::visible(&rows.columns[column]), text::visible(&rows.columns[0]));
    let title = say(lang, "sql.chart", &[("value", &value), ("by", &by)]);
    let svg = |size: Size, name: &str| {
        let frame = Frame {
            id: format!("sql-{name}"),
            title: title.clone(),
            alternative: say(lang, "sql.chart_words", &[("n", &rows.len().to_string())]),
            unit: String::new(),
            foot: Vec::new(),
            size,
            alone: false,
        };
        PreEscaped(charts::draw(&frame, chart))
    };
    html! {
        p.note { (title) }
        div.figure {
            div.c-full { (svg(Size::Full, "full")) }
            div.c-wide { (svg(Size::Wide, "wide")) }
            div.c-narrow { (svg(Size::Narrow, "narrow")) }
        }
    }
}
