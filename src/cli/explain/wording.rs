//! A rule explained on a terminal: what the plan says, each period's figures, the first records.

use super::find::name_of;
use super::{Explained, text as first_text};
use crate::cli::output;
use crate::rows::{Rows, Value};
use crate::text::{self, Lang, say, say_if_known};

/// What stands for a value that is not there.
const BLANK: &str = "\u{2013}";

pub(super) fn page(lang: Lang, found: &Explained) -> String {
    let mut out = head(lang, found);
    let figures = figures(lang, &found.figures);
    let is_number = [false, true, true, true, true, false, false, true, false];
    out.push('\n');
    out.push_str(&output::aligned(&figures, &is_number));
    let (all, failing) = (text::count(found.n_evidence.into()), text::count(found.n_failing.into()));
    out.push('\n');
    if found.n_evidence == 0 {
        out.push_str(&say(lang, "explain.evidence_none", &[]));
        out.push('\n');
        return out;
    }
    out.push_str(&say(lang, "explain.evidence", &[("all", &all), ("failing", &failing)]));
    out.push('\n');
    out.push_str(&output::table(&evidence(lang, &found.evidence)));
    out
}

/// The rule's name and the region, then what is written of the rule, a line each.
fn head(lang: Lang, found: &Explained) -> String {
    let (rule, region) = (&found.rule, &found.region);
    let in_lang = |column: &str| match lang {
        Lang::En => first_text(rule, &format!("{column}_en")),
        Lang::ZhCn => first_text(rule, column),
    };
    let (edition, as_of) = (found.edition.edition.to_string(), text::date(lang, found.edition.as_of));
    let place = format!("{} {}", first_text(region, "region_code"), first_text(region, name_of(lang)));
    let mut out = format!("{} {}\n", first_text(rule, "rule_id"), first_text(rule, name_of(lang)));
    out.push_str(&say(lang, "explain.where", &[("place", &place), ("edition", &edition), ("as_of", &as_of)]));
    out.push_str("\n\n");
    let mut line = |key: &str, value: String| {
        if !value.is_empty() {
            out.push_str(&say(lang, key, &[("value", &value)]));
            out.push('\n');
        }
    };
    line("explain.quote", first_text(rule, "quote"));
    line("explain.formula", in_lang("formula"));
    line("explain.threshold", threshold(lang, found));
    line("explain.due", due(lang, &first_text(rule, "due")));
    line("explain.scope_line", word(lang, "scope", &first_text(rule, "scope")));
    line("explain.proof_line", word(lang, "proof", &first_text(rule, "proof")));
    line("explain.lacks", in_lang("lacks"));
    line("explain.reference", in_lang("reference"));
    out
}

/// What the ratio must reach; periods may differ, then the table alone says it.
fn threshold(lang: Lang, found: &Explained) -> String {
    let figures = &found.figures;
    let value = |row: usize| number(figures, row, "threshold");
    let is_same = (1..figures.len()).all(|row| value(row) == value(0));
    let Some(least) = value(0).filter(|_| is_same) else { return String::new() };
    let unit = first_text(&found.rule, if lang == Lang::En { "unit_en" } else { "unit" });
    say(lang, "explain.threshold_of", &[("value", &least), ("unit", &unit)])
}

/// The day on which the rule is due: in words, or a month and a day of every year.
fn due(lang: Lang, due: &str) -> String {
    say_if_known(lang, &format!("explain.due_on.{due}"), &[])
        .unwrap_or_else(|| say(lang, "explain.due_by", &[("day", due)]))
}

/// A code of the tables in words; the code itself where the catalog has none.
fn word(lang: Lang, kind: &str, code: &str) -> String {
    say_if_known(lang, &format!("explain.{kind}.{code}"), &[]).unwrap_or_else(|| code.to_owned())
}

/// A line for each period.
fn figures(lang: Lang, figures: &Rows) -> Rows {
    let columns = ["period", "numerator", "denominator", "value", "threshold", "state", "due", "days_late", "missing"];
    let missing = if lang == Lang::En { "missing_regions_en" } else { "missing_regions" };
    let row = |row: usize| {
        let is_partial = figures.get(row, "is_partial") == Some(&Value::Bool(true));
        let lacking = cell(figures, row, missing);
        vec![
            cell(figures, row, "period"),
            plain(figures.get(row, "numerator")),
            plain(figures.get(row, "denominator")),
            ratio(figures, row).unwrap_or_else(|| BLANK.to_owned()),
            number(figures, row, "threshold").unwrap_or_else(|| BLANK.to_owned()),
            word(lang, "state", &cell(figures, row, "state")),
            shown(figures.get(row, "due_on")),
            shown(figures.get(row, "days_late")),
            if is_partial { say(lang, "explain.partial", &[("missing", &lacking)]) } else { lacking },
        ]
    };
    worded(lang, &columns, (0..figures.len()).map(row))
}

/// A line for each record.
fn evidence(lang: Lang, evidence: &Rows) -> Rows {
    let columns = ["place", "period", "source", "key", "item", "counts", "reason", "date", "days_late", "file", "row"];
    let of = |zh: &'static str, en: &'static str| if lang == Lang::En { en } else { zh };
    let (place, source) = (of("short_name", "name_en"), of("source_title", "source_title_en"));
    let sentence = of("sentence", "sentence_en");
    let row = |row: usize| {
        let get = |column: &str| evidence.get(row, column);
        let known = |column: &str, code: &str| match cell(evidence, row, column) {
            words if words.is_empty() => cell(evidence, row, code),
            words => words,
        };
        vec![
            known(place, "region_code"),
            cell(evidence, row, "period"),
            word(lang, "source", &known(source, "source")),
            cell(evidence, row, "record_key"),
            shown(get("item")),
            format!("{}/{}", plain(get("numerator")), plain(get("denominator"))),
            known(sentence, "reason"),
            shown(get("on_date")),
            shown(get("days_late")),
            shown(get("source_file")),
            shown(get("source_row")),
        ]
    };
    worded(lang, &columns, (0..evidence.len()).map(row))
}

/// Texts under headings in the reader's language.
fn worded(lang: Lang, columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Rows {
    let columns = columns.iter().map(|column| say(lang, &format!("explain.column.{column}"), &[])).collect();
    Rows { columns, rows: rows.map(|row| row.into_iter().map(Value::Text).collect()).collect() }
}

fn cell(rows: &Rows, row: usize, column: &str) -> String {
    rows.get(row, column).map(Value::to_string).unwrap_or_default()
}

fn shown(value: Option<&Value>) -> String {
    value.map(Value::to_string).filter(|text| !text.is_empty()).unwrap_or_else(|| BLANK.to_owned())
}

/// Whole numbers as they are, others with two decimals.
fn plain(value: Option<&Value>) -> String {
    match value {
        Some(whole) if whole.as_i64().is_some() => text::count(whole.as_i64().unwrap_or(0).into()),
        Some(Value::Decimal { unscaled, scale }) => text::decimal(*unscaled, *scale, 2),
        other => shown(other),
    }
}

/// A threshold: in percent where the rule is judged by a share, else a number as it is.
fn number(figures: &Rows, row: usize, column: &str) -> Option<String> {
    match figures.get(row, column) {
        Some(Value::Decimal { unscaled, scale }) if is_share(figures, row) => {
            Some(format!("{}%", text::decimal(unscaled.checked_mul(100)?, *scale, 2)))
        }
        Some(Value::Null) | None => None,
        value => Some(plain(value)),
    }
}

/// The ratio from its numerator and denominator, so that it is rounded once.
fn ratio(figures: &Rows, row: usize) -> Option<String> {
    let (Some(Value::Decimal { unscaled: n, scale: of_n }), Some(Value::Decimal { unscaled: d, scale: of_d })) =
        (figures.get(row, "numerator"), figures.get(row, "denominator"))
    else {
        return None;
    };
    let (factor, sign) = if is_share(figures, row) { (100, "%") } else { (1, "") };
    Some(text::ratio((n.checked_mul(factor)?, *of_n), (*d, *of_d), 2)? + sign)
}

fn is_share(figures: &Rows, row: usize) -> bool {
    figures.get(row, "is_share") == Some(&Value::Bool(true))
}
