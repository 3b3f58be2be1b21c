//! Words, numbers and dates as a reader of a language writes them. The words lie in `text/*.toml`, one catalog a
//! language with the same dotted keys. May touch nothing else: no files, no clock.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A language that pages, errors and tables are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    #[default]
    ZhCn,
    En,
}

impl Lang {
    pub const ALL: [Lang; 2] = [Lang::ZhCn, Lang::En];

    /// The language tag (BCP 47), as in `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Lang::ZhCn => "zh-CN",
            Lang::En => "en",
        }
    }

    /// Reads `zh`, `zh-CN`, `en`, `en-GB`, …; `None` for a language without a catalog.
    pub fn parse(tag: &str) -> Option<Lang> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "zh" => Some(Lang::ZhCn),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    fn index(self) -> usize {
        match self {
            Lang::ZhCn => 0,
            Lang::En => 1,
        }
    }
}

/// One text in both languages, as project files write it: `{ zh = "…", en = "…" }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub zh: String,
    pub en: String,
}

impl Words {
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhCn => &self.zh,
            Lang::En => &self.en,
        }
    }
}

static CATALOGS: LazyLock<[BTreeMap<String, String>; 2]> = LazyLock::new(|| {
    [
        read_catalog(concat!(include_str!("text/zh-CN.toml"), "\n", include_str!("text/messages.zh-CN.toml"))),
        read_catalog(concat!(include_str!("text/en.toml"), "\n", include_str!("text/messages.en.toml"))),
    ]
});

/// The text under a key with its `{name}` places filled. A key without a text stands for itself, so that a gap is
/// seen rather than hidden; a test holds that there is none.
pub fn say(lang: Lang, key: &str, args: &[(&str, &str)]) -> String {
    say_if_known(lang, key, args).unwrap_or_else(|| key.to_owned())
}

/// The text under a key that data made (a reason code, an outcome); `None` if the catalog does not know it.
pub fn say_if_known(lang: Lang, key: &str, args: &[(&str, &str)]) -> Option<String> {
    let text = CATALOGS[lang.index()].get(key)?;
    Some(args.iter().fold(text.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value)))
}

/// The catalog's own copy of a key that somebody else wrote; `None` if it has none.
pub fn known_key(key: &str) -> Option<&'static str> {
    CATALOGS[0].get_key_value(key).map(|(known, _)| known.as_str())
}

/// Every key of a language's catalog, sorted: for the test that both say the same things.
pub fn keys(lang: Lang) -> impl Iterator<Item = &'static str> {
    CATALOGS[lang.index()].keys().map(String::as_str)
}

fn read_catalog(source: &str) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    // The catalogs are part of the program: a test reads both, so a broken one never leaves the house.
    if let Ok(table) = source.parse::<toml::Table>() {
        flatten(&table, "", &mut texts);
    }
    texts
}

fn flatten(table: &toml::Table, prefix: &str, texts: &mut BTreeMap<String, String>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        match value {
            toml::Value::String(text) => drop(texts.insert(key, text.clone())),
            toml::Value::Table(inner) => flatten(inner, &key, texts),
            _ => {}
        }
    }
}

/// A text that somebody else chose (a file's name, a cell), safe to show: what would steer a terminal or turn the
/// direction of writing is written out, as `\u{202e}`.
pub fn visible(text: &str) -> String {
    let steers = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if steers(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// A whole number with thousands separators: `12,345`, `−7`.
pub fn count(value: i128) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::from(if value < 0 { "\u{2212}" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An exact decimal with so many places, rounded half up (away from zero), with thousands separators.
pub fn decimal(unscaled: i128, scale: u8, places: u8) -> String {
    let rounded = match i128::checked_pow(10, u32::from(scale.abs_diff(places))) {
        Some(factor) if scale > places => {
            let half = factor / 2;
            (unscaled.unsigned_abs() as i128).saturating_add(half) / factor * unscaled.signum()
        }
        Some(factor) => unscaled.saturating_mul(factor),
        None => 0,
    };
    if places == 0 {
        return count(rounded);
    }
    let unit = 10_i128.pow(u32::from(places.min(18)));
    let (whole, part) = (rounded.abs() / unit, rounded.abs() % unit);
    let sign = if rounded < 0 { "\u{2212}" } else { "" };
    format!("{sign}{}.{part:0width$}", count(whole), width = usize::from(places))
}

/// The quotient of two exact decimals, each as its digits and its scale, rounded once and half up; `None` without a
/// denominator. One digit more than is shown, cut off, is enough to round by.
pub fn ratio(numerator: (i128, u8), denominator: (i128, u8), places: u8) -> Option<String> {
    let scale = places + 1;
    let to_scale = 10_i128.checked_pow(u32::from(scale) + u32::from(denominator.1))?;
    let n = numerator.0.checked_mul(to_scale)?;
    let d = denominator.0.checked_mul(10_i128.checked_pow(u32::from(numerator.1))?)?;
    Some(decimal(n.checked_div(d)?, scale, places))
}

/// A measured (not exact) number with so many places: statistics only, so binary rounding is good enough.
pub fn float(value: f64, places: u8) -> String {
    if !value.is_finite() {
        return "\u{2013}".to_owned();
    }
    let unit = 10_f64.powi(i32::from(places));
    decimal((value * unit).round() as i128, places, places)
}

/// A day in full: `30 September 2018`, or year, month, day in Chinese.
pub fn date(lang: Lang, day: NaiveDate) -> String {
    let month = month_name(lang, day.month());
    let (year, day) = (day.year().to_string(), day.day().to_string());
    say(lang, "date.day", &[("year", &year), ("month", &month), ("day", &day)])
}

/// A month in full: `September 2018`.
pub fn month(lang: Lang, day: NaiveDate) -> String {
    let month = month_name(lang, day.month());
    say(lang, "date.month", &[("year", &day.year().to_string()), ("month", &month)])
}

/// A report period (`2018`, `2018Q3`, `2018-09`) in words; any other text stays as it is.
pub fn period(lang: Lang, period: &str) -> String {
    let whole = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some((year, quarter)) = period.split_once('Q')
        && whole(year)
        && whole(quarter)
    {
        return say(lang, "date.quarter", &[("year", year), ("quarter", quarter)]);
    }
    if let Ok(day) = format!("{period}-01").parse() {
        return month(lang, day);
    }
    if whole(period) { say(lang, "date.year", &[("year", period)]) } else { period.to_owned() }
}

/// A month on an axis: `Sep`.
pub fn month_short(lang: Lang, day: NaiveDate) -> String {
    match lang {
        Lang::ZhCn => month_name(lang, day.month()),
        Lang::En => month_name(lang, day.month()).chars().take(3).collect(),
    }
}

fn month_name(lang: Lang, month: u32) -> String {
    say(lang, &format!("date.m{month}"), &[])
}
