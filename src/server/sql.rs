//! Questions of an analyst's own: `/api/sql`, and the page `/sql` (`page`). A question's text comes in a body, never in an
//! address, and goes to `questions`, which asks through the one door and can be stopped.

mod form;
mod page;

pub use page::pages;

use super::api;
use super::kept::unkept;
use super::routes::{read_query, status_of};
use super::same_site::{check_body_kind, check_same_site};
use super::state::Served;
use crate::error::{Error, Kind, Result};
use crate::extract::hide_numbers;
use crate::questions::Question;
use crate::text::Lang;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{delete, post};
use form::{Form, answer_as};
use serde::Deserialize;
use serde_json::json;

/// Bytes of a body: a text at its limit, every byte of it escaped.
const BODY_BYTES_MAX: usize = 512 * 1024;
/// Rows of a JSON answer, unless the question says how many it wants.
const JSON_ROWS: usize = 10_000;

pub fn api() -> Router<Served> {
    Router::new().route("/sql", post(ask)).route("/sql/{id}", delete(stop)).layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

/// What `/api/sql` is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    sql: String,
    edition: Option<u64>,
    /// Under this name the question can be stopped.
    id: Option<String>,
    /// No more rows than these; the answer says whether there are more.
    rows: Option<usize>,
    /// The plan instead of the rows.
    #[serde(default)]
    explain: bool,
}

async fn ask(
    State(served): State<Served>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let mut lang = Lang::default();
    let answered = async {
        let asked = read_query(query.as_deref())?;
        lang = asked.lang;
        check_same_site(&headers)?;
        check_body_kind(&headers, "application/json")?;
        let form = Form::of(asked.parameters.get("format"), &headers)?;
        let body: Body = serde_json::from_slice(&read_body(body)?)
            .map_err(|e| Error::request("query_body").with("cause", hide_numbers(&e.to_string())))?;
        let edition = served.warehouse().edition(body.edition.or(asked.edition))?;
        let question = Question { sql: &body.sql, edition: edition.edition, id: body.id.as_deref() };
        if body.explain {
            let steps = served.questions().explain(question).await?;
            return Ok(unkept(api::JSON, format!("{}\n", json!({ "edition": edition.edition, "plan": steps })).into()));
        }
        let most = body.rows.or((form == Form::Json).then_some(JSON_ROWS));
        let answer = served.questions().ask(question, most).await?;
        answer_as(form, &edition, &body.sql, answer, lang).await
    };
    match answered.await {
        Ok(response) => response,
        Err(error) => refused(&error, lang),
    }
}

/// Stops a running question. When this is answered the question is being ended; its own answer says that it was.
async fn stop(
    State(served): State<Served>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let lang = read_query(query.as_deref()).map(|asked| asked.lang).unwrap_or_default();
    let stopped = check_same_site(&headers).and_then(|()| match served.questions().stop(&id) {
        true => Ok(()),
        false => Err(Error::request("query_unknown")),
    });
    match stopped {
        Ok(()) => unkept(api::JSON, format!("{}\n", json!({ "stopped": true })).into()),
        Err(error) => refused(&error, lang),
    }
}

fn read_body(body: Result<Bytes, BytesRejection>) -> Result<Bytes> {
    body.map_err(|rejected| match rejected {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            Error::request("query_body_size").with("limit", BODY_BYTES_MAX)
        }
        // Its time was over (`connections`), or its sender went.
        _ => Error::request("query_body_time"),
    })
}

/// An error with its HTTP status and, where it has one, its place in the text.
fn refused(error: &Error, lang: Lang) -> Response {
    if error.kind == Kind::Internal {
        eprintln!("{error}");
    }
    let status = status_of(error);
    let mut said = json!(error.sentences(lang));
    said["status"] = status.as_u16().into();
    if let Some((line, column)) = error.position() {
        said["line"] = line.into();
        said["column"] = column.into();
    }
    let mut response = unkept(api::JSON, format!("{}\n", json!({ "error": said })).into());
    *response.status_mut() = status;
    response
}
