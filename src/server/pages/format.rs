//! Values as text: how numbers, dates, codes and blanks are written. Pure.

use crate::dashboards::Format;
use crate::rows::{Rows, Value};
use crate::text::{self, Lang, say, say_if_known};
use maud::{Markup, html};

/// What stands for a value that is not there.
pub(super) const BLANK: &str = "\u{2013}";

/// A value in words. `places` overrules how many decimals a plain number gets.
pub(super) fn show(value: &Value, format: Format, lang: Lang, places: Option<u8>) -> String {
    match (value, format) {
        (Value::Null, _) => BLANK.to_owned(),
        (Value::Bool(true), _) => say(lang, "panel.yes", &[]),
        (Value::Bool(false), _) => say(lang, "panel.no", &[]),
        (Value::Date(day), Format::Month) => text::month(lang, *day),
        (Value::Date(day), _) => text::date(lang, *day),
        (Value::Text(words), Format::Month) => match month_of(value) {
            Some(day) => text::month(lang, day),
            None => words.clone(),
        },
        (Value::Text(words), Format::Date) => {
            words.get(..10).and_then(|day| day.parse().ok()).map_or_else(|| words.clone(), |day| text::date(lang, day))
        }
        (Value::Text(code), Format::Light) => say_light(lang, code),
        (Value::Text(code), Format::Reason) => {
            let said = |kind: &str| say_if_known(lang, &format!("{kind}.{code}"), &[]);
            said("reason")
                .or_else(|| said("refusal"))
                .or_else(|| said("repair"))
                .or_else(|| crate::extract::limit_sentence(lang, code))
                .unwrap_or_else(|| code.clone())
        }
        (Value::Text(words), _) if words.is_empty() => BLANK.to_owned(),
        (Value::Text(words), _) => text::visible(words),
        (_, Format::Code) => value.to_string(),
        (_, Format::Count) => number(value, 0),
        (_, Format::Decimal1) => number(value, 1),
        (_, Format::Decimal2) => number(value, 2),
        (_, Format::Pct) => format!("{}%", number(value, places.unwrap_or(2))),
        (_, Format::Share) => share(value),
        (_, Format::Points) => points(value),
        _ => number(value, places.unwrap_or_else(|| natural_places(value))),
    }
}

/// Does the format want its column set to the right?
pub(super) fn is_number(format: Format, sample: &Value) -> bool {
    match format {
        Format::Count | Format::Decimal1 | Format::Decimal2 | Format::Pct | Format::Share | Format::Points => true,
        Format::Plain => matches!(sample, Value::Int(_) | Value::Decimal { .. } | Value::Float(_)),
        _ => false,
    }
}

/// A cell, or a blank where the query has no such column.
pub(super) fn cell<'a>(rows: &'a Rows, row: usize, column: &str) -> &'a Value {
    rows.get(row, column).unwrap_or(&Value::Null)
}

/// A number for drawing; `None` for what is not one.
pub(super) fn as_f64(value: &Value) -> Option<f64> {
    value.as_f64().filter(|number| number.is_finite())
}

/// `2018-06`, `2018-06-30` or a date, as a day of that month.
pub(super) fn month_of(value: &Value) -> Option<chrono::NaiveDate> {
    match value {
        Value::Date(day) => Some(*day),
        Value::Text(text) => format!("{}-01", text.get(..7)?).parse().ok(),
        _ => None,
    }
}

fn number(value: &Value, places: u8) -> String {
    match value {
        Value::Int(n) => text::decimal(i128::from(*n), 0, places),
        Value::Decimal { unscaled, scale } => text::decimal(*unscaled, *scale, places),
        Value::Float(n) => text::float(*n, places),
        other => other.to_string(),
    }
}

fn natural_places(value: &Value) -> u8 {
    match value {
        Value::Int(_) => 0,
        Value::Decimal { unscaled, scale } => {
            let unit = 10_i128.checked_pow(u32::from(*scale)).unwrap_or(1);
            if unscaled % unit == 0 { 0 } else { 2 }
        }
        Value::Float(n) if n.fract() == 0.0 => 0,
        _ => 2,
    }
}

fn share(value: &Value) -> String {
    let percent = match value {
        Value::Decimal { unscaled, scale } => text::decimal(unscaled.saturating_mul(100), *scale, 2),
        other => as_f64(other).map_or(BLANK.to_owned(), |n| text::float(n * 100.0, 2)),
    };
    format!("{percent}%")
}

fn points(value: &Value) -> String {
    let text = number(value, 2);
    if as_f64(value).is_some_and(|n| n > 0.0) { format!("+{text}") } else { text }
}

/// The word of a light.
pub(super) fn say_light(lang: Lang, code: &str) -> String {
    match code {
        "done" => say(lang, "light.done", &[]),
        "green" => say(lang, "light.green", &[]),
        "watch" => say(lang, "light.watch", &[]),
        "yellow" => say(lang, "light.yellow", &[]),
        "red" => say(lang, "light.red", &[]),
        "not_reported" => say(lang, "light.not_reported", &[]),
        "no_task" => say(lang, "light.no_task", &[]),
        "in_doubt" => say(lang, "light.in_doubt", &[]),
        other => other.to_owned(),
    }
}

/// A value as a part of an address.
pub(super) fn encode(text: &str) -> String {
    text.bytes().fold(String::new(), |out, byte| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out + &char::from(byte).to_string(),
        _ => out + &format!("%{byte:02X}"),
    })
}

/// Words of the data, marked as Chinese where they stand on a page in another language: names of villages have no other.
pub(super) fn in_its_language(words: &str, lang: Lang) -> Markup {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    match lang != Lang::ZhCn && words.chars().any(is_chinese) {
        true => html! { span lang=(Lang::ZhCn.tag()) { (words) } },
        false => html! { (words) },
    }
}
