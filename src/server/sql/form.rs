//! The forms that an answer takes: JSON, CSV, a workbook, an Arrow stream.

use super::super::api::{self, with_rows};
use super::super::beside;
use super::super::kept::unkept;
use super::super::routes::XLSX;
use super::super::workbook::{Facts, write_workbook};
use crate::error::{Error, Result};
use crate::models::sql_type;
use crate::questions::write_stream;
use crate::rows::{Rows, write_csv};
use crate::text::{self, Lang};
use crate::warehouse::{Answer, Edition, plain_rows};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use serde_json::{Value as Json, json};

/// The forms that an answer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Json,
    Csv,
    Xlsx,
    Arrow,
}

impl Form {
    pub fn parse(name: &str) -> Option<Form> {
        match name {
            "json" => Some(Form::Json),
            "csv" => Some(Form::Csv),
            "xlsx" => Some(Form::Xlsx),
            "arrow" => Some(Form::Arrow),
            _ => None,
        }
    }

    /// What the address says, else what the asker takes first, else JSON.
    pub fn of(asked: Option<&String>, headers: &HeaderMap) -> Result<Form> {
        if let Some(name) = asked {
            return Form::parse(name).ok_or_else(|| Error::request("query_format").with("format", name));
        }
        let taken = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kinds = taken.split(',').map(|kind| kind.split(';').next().unwrap_or_default().trim());
        let known =
            [("application/json", Form::Json), ("text/csv", Form::Csv), (XLSX, Form::Xlsx), (ARROW, Form::Arrow)];
        let found = kinds.filter_map(|kind| known.iter().find(|(name, _)| *name == kind)).next();
        Ok(found.map_or(Form::Json, |(_, form)| *form))
    }

    fn kind(self) -> &'static str {
        match self {
            Form::Json => api::JSON,
            Form::Csv => "text/csv; charset=utf-8",
            Form::Xlsx => XLSX,
            Form::Arrow => ARROW,
        }
    }

    pub fn ending(self) -> &'static str {
        match self {
            Form::Json => "json",
            Form::Csv => "csv",
            Form::Xlsx => "xlsx",
            Form::Arrow => "arrows",
        }
    }
}

const ARROW: &str = "application/vnd.apache.arrow.stream";

/// What the rows of an answer are: names and words.
fn about_answer(edition: &Edition, sql: &str, cut: bool, rows: usize, lang: Lang) -> Vec<(String, String)> {
    let words = if cut { "sql.rows_cut" } else { "sql.rows" };
    vec![
        (text::say(lang, "take.edition", &[]), edition.edition.to_string()),
        (text::say(lang, "take.as_of", &[]), text::date(lang, edition.as_of)),
        (text::say(lang, "take.count", &[]), text::say(lang, words, &[("n", &text::count(rows as i128))])),
        (text::say(lang, "take.query", &[]), sql.to_owned()),
    ]
}

/// An answer as it is sent, made beside the other answers: a large one takes a processor for some time.
pub async fn answer_as(form: Form, edition: &Edition, sql: &str, answer: Answer, lang: Lang) -> Result<Response> {
    let (edition, sql) = (edition.clone(), sql.to_owned());
    beside(move || made_as(form, &edition, &sql, &answer, lang)).await
}

/// An answer with what it is in its headers too: the forms but JSON have no other place for that.
fn made_as(form: Form, edition: &Edition, sql: &str, answer: &Answer, lang: Lang) -> Result<Response> {
    let rows = answer.batches.iter().map(|batch| batch.num_rows()).sum::<usize>();
    let bytes = match form {
        Form::Json => format!("{}\n", answer_json(edition, answer)?).into_bytes(),
        // A mark at the front, so that spreadsheets read it as UTF-8.
        Form::Csv => [b"\xef\xbb\xbf".as_slice(), &write_csv(&rows_of(answer)?)?].concat(),
        Form::Xlsx => {
            let (rows, title) = (rows_of(answer)?, text::say(lang, "sql.title", &[]));
            let heads = rows.columns.iter().map(String::as_str).collect();
            let about = about_answer(edition, sql, answer.cut, rows.len(), lang);
            write_workbook(&rows, &Facts { title: &title, as_of: edition.as_of, heads, about }, lang)?
        }
        Form::Arrow => {
            let mut bytes = Vec::new();
            write_stream(&mut bytes, answer)?;
            bytes
        }
    };
    let mut response = unkept(form.kind(), bytes);
    let said = [
        ("x-jindu-edition", edition.edition.to_string()),
        ("x-jindu-as-of", edition.as_of.to_string()),
        ("x-jindu-rows", rows.to_string()),
        ("x-jindu-cut", answer.cut.to_string()),
    ];
    for (name, value) in said {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    Ok(response)
}

fn answer_json(edition: &Edition, answer: &Answer) -> Result<String> {
    let rows = rows_of(answer)?;
    let columns = answer.schema.fields().iter();
    let columns: Vec<Json> =
        columns.map(|field| json!({ "name": field.name(), "type": sql_type(field.data_type()) })).collect();
    let head = json!({
        "edition": edition.edition, "as_of": edition.as_of.to_string(), "columns": columns,
        "row_count": rows.len(), "cut": answer.cut,
    });
    Ok(with_rows(&head, &rows))
}

pub fn rows_of(answer: &Answer) -> Result<Rows> {
    plain_rows(&answer.schema, &answer.batches)
}
