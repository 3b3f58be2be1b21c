//! A form asked for by name, period and place: its rows from an edition, through the one door.

use super::{Head, write_form};
use crate::error::{Error, Result};
use crate::models::nearest;
use crate::project::Form;
use crate::rows::{Rows, Value};
use crate::text::{Lang, date, period, say};
use crate::warehouse::{Edition, Reader};

/// A form asked for by name, period and place.
pub struct AskedForm<'a> {
    pub name: &'a str,
    /// By default the newest in the edition.
    pub period: Option<&'a str>,
    /// One place's form, by its code.
    pub place: Option<&'a str>,
    pub lang: Lang,
}

/// The workbook and the period that it is of.
pub async fn form_bytes(reader: &Reader, edition: &Edition, asked: &AskedForm<'_>) -> Result<(Vec<u8>, String)> {
    let forms = &reader.project().forms;
    let form = forms.get(asked.name).ok_or_else(|| {
        let known: Vec<&str> = forms.keys().map(String::as_str).collect();
        let suggestion = nearest(asked.name, known.iter().copied()).unwrap_or("-");
        Error::request("form_unknown")
            .with("form", asked.name)
            .with("suggestion", suggestion)
            .with("known", known.join(", "))
    })?;
    // Names of the project's own, checked by `jindu check`; what the asker says goes in as parameters.
    let (table, period_column, place, order) =
        (format!("reports.{}", form.name), &form.period, &form.place, &form.order);
    let periods = reader
        .ask_rows(edition, &format!("select distinct {period_column} as period from {table} order by period"), &[])
        .await?;
    let known: Vec<String> = periods.rows.iter().map(|row| row[0].to_string()).collect();
    let chosen = asked.period.map(str::to_owned).or_else(|| known.last().cloned()).unwrap_or_default();
    if !known.contains(&chosen) {
        return Err(Error::request("form_period").with("period", chosen).with("known", known.join(", ")));
    }
    let sql = format!(
        "select * from {table} where {period_column} = $period and ($place = '' or {place} = $place) order by {order}"
    );
    let parameters = [("period", chosen.as_str()), ("place", asked.place.unwrap_or_default())];
    let rows = reader.ask_rows(edition, &sql, &parameters).await?;
    if let (true, Some(place)) = (rows.is_empty(), asked.place) {
        return Err(Error::request("form_place").with("place", place).with("form", &form.name));
    }
    let name = asked.place.and_then(|_| rows.get(0, form.place_name.in_lang(asked.lang))).map(Value::to_string);
    let words = period_in_words(form, asked.lang, &chosen, &rows);
    let head = Head { place: name.as_deref(), period: &words, edition: edition.edition, as_of: edition.as_of };
    Ok((write_form(form, asked.lang, &rows, &head)?, chosen))
}

/// The report period, with its days where the form has them: they may be others than the quarter's.
fn period_in_words(form: &Form, lang: Lang, chosen: &str, rows: &Rows) -> String {
    let name = period(lang, chosen);
    let day = |column: &String| match rows.get(0, column) {
        Some(Value::Date(day)) => Some(date(lang, *day)),
        _ => None,
    };
    let days = form.days.as_ref().and_then(|[first, last]| day(first).zip(day(last)));
    match days {
        Some((first, last)) => say(lang, "forms.days", &[("period", &name), ("first", &first), ("last", &last)]),
        None => name,
    }
}
