//! Questions of an analyst's own: the page `/sql` with the saved queries below it, and `/api/sql`. A question's text
//! comes in a body, never in an address, and goes to `questions`, which asks through the one door and can be stopped.

use super::api::{self, objects};
use super::pages::{self, Found, Outcome, SqlPage, View};
use super::routes::{HTML, XLSX, failed, read_query, status_of, with_etag};
use super::same_site::{check_body_kind, check_same_site};
use super::state::Served;
use super::take::name_of;
use super::workbook::{Facts, write_workbook};
use crate::error::{Error, Kind, Result};
use crate::extract::hide_numbers;
use crate::models::{TableDocs, sql_type};
use crate::project::SavedQuery;
use crate::questions::{Question, write_stream};
use crate::rows::{Rows, write_csv};
use crate::text::{self, Lang};
use crate::warehouse::{Answer, Edition, hidden_columns, plain_rows};
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Bytes of a body: a text at its limit, every byte of it escaped.
const BODY_BYTES_MAX: usize = 512 * 1024;
/// Rows that the page shows; a download has them all.
const PAGE_ROWS: usize = 500;
/// Rows of a JSON answer, unless the question says how many it wants.
const JSON_ROWS: usize = 10_000;

pub fn pages() -> Router<Served> {
    Router::new()
        .route("/sql", get(page).post(ask_on_page))
        .route("/sql/", get(page))
        .route("/sql/{name}", get(saved))
        .route("/sql.js", get(script))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

pub fn api() -> Router<Served> {
    Router::new().route("/sql", post(ask)).route("/sql/{id}", delete(stop)).layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

async fn script(headers: HeaderMap) -> Response {
    with_etag(&headers, "text/javascript; charset=utf-8", include_str!("sql.js").as_bytes())
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

/// The forms that an answer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
    Csv,
    Xlsx,
    Arrow,
}

impl Form {
    fn parse(name: &str) -> Option<Form> {
        match name {
            "json" => Some(Form::Json),
            "csv" => Some(Form::Csv),
            "xlsx" => Some(Form::Xlsx),
            "arrow" => Some(Form::Arrow),
            _ => None,
        }
    }

    /// What the address says, else what the asker takes first, else JSON.
    fn of(asked: Option<&String>, headers: &HeaderMap) -> Result<Form> {
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

    fn ending(self) -> &'static str {
        match self {
            Form::Json => "json",
            Form::Csv => "csv",
            Form::Xlsx => "xlsx",
            Form::Arrow => "arrows",
        }
    }
}

const ARROW: &str = "application/vnd.apache.arrow.stream";

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
        answer_as(form, &edition, &body.sql, &answer, lang)
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
    body.map_err(|_| Error::request("query_body_size").with("limit", BODY_BYTES_MAX))
}

/// What the rows of an answer are: names and words.
fn about_answer(edition: &Edition, sql: &str, cut: bool, rows: usize, lang: Lang) -> Vec<(String, String)> {
    let words = if cut { "sql.rows_cut" } else { "sql.rows" };
    let said = [
        ("edition", edition.edition.to_string()),
        ("as_of", text::date(lang, edition.as_of)),
        ("rows", text::say(lang, words, &[("n", &text::count(rows as i128))])),
        ("query", sql.to_owned()),
    ];
    said.map(|(key, words)| (name_of(lang, key), words)).to_vec()
}

/// An answer as it is sent, with what it is in its headers too: the forms but JSON have no other place for that.
fn answer_as(form: Form, edition: &Edition, sql: &str, answer: &Answer, lang: Lang) -> Result<Response> {
    let rows = answer.batches.iter().map(|batch| batch.num_rows()).sum::<usize>();
    let bytes = match form {
        Form::Json => format!("{}\n", answer_json(edition, answer)?).into_bytes(),
        // A mark at the front, so that spreadsheets read it as UTF-8.
        Form::Csv => [b"\xef\xbb\xbf".as_slice(), &write_csv(&rows_of(answer)?)?].concat(),
        Form::Xlsx => {
            let rows = rows_of(answer)?;
            let heads = rows.columns.iter().map(String::as_str).collect();
            let about = about_answer(edition, sql, answer.cut, rows.len(), lang);
            write_workbook(
                &rows,
                &Facts { title: &text::say(lang, "sql.title", &[]), as_of: edition.as_of, heads, about },
                lang,
            )?
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

fn answer_json(edition: &Edition, answer: &Answer) -> Result<Json> {
    let rows = rows_of(answer)?;
    let columns = answer.schema.fields().iter();
    let columns: Vec<Json> =
        columns.map(|field| json!({ "name": field.name(), "type": sql_type(field.data_type()) })).collect();
    Ok(json!({
        "edition": edition.edition, "as_of": edition.as_of.to_string(), "columns": columns,
        "row_count": rows.len(), "cut": answer.cut, "rows": objects(&rows),
    }))
}

fn rows_of(answer: &Answer) -> Result<Rows> {
    plain_rows(&answer.schema, &answer.batches)
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

/// What depends on a body is kept by nobody.
fn unkept(kind: &'static str, body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], body).into_response()
}

async fn page(State(served): State<Served>, uri: Uri, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    respond(&served, &uri, query.as_deref(), page_of(&served, None, query.as_deref()).await, &headers).await
}

/// A saved query with its answer: `/sql/NAME`.
async fn saved(
    State(served): State<Served>,
    Path(name): Path<String>,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let html = match served.project().queries.get(&name) {
        Some(saved) => page_of(&served, Some(saved), query.as_deref()).await,
        None => Err(Error::request("page_unknown").with("path", uri.path().chars().take(80).collect::<String>())),
    };
    respond(&served, &uri, query.as_deref(), html, &headers).await
}

/// The page, or a saved query's; made once for an edition and a language.
async fn page_of(served: &Served, saved: Option<&SavedQuery>, query: Option<&str>) -> Result<Arc<str>> {
    let path = saved.map_or("/sql".to_owned(), |saved| format!("/sql/{}", saved.name));
    let (view, edition) = view_of(served, &path, query).await?;
    let key = format!("{} {} {:?} {path} {}", edition.edition, view.is_pinned, view.lang, view.editions.len());
    if let Some(known) = served.kept(&key) {
        return Ok(known);
    }
    let outcome = match saved {
        Some(SavedQuery { sql, .. }) => {
            Some(outcome_of(served, Question { sql, edition: edition.edition, id: None }, false).await)
        }
        None => None,
    };
    let sql = saved.map_or("", |saved| saved.sql.as_str());
    let html: Arc<str> = render(served, &view, saved, sql, outcome.as_ref()).await?.into();
    if !matches!(outcome, Some(Outcome::Failed(_))) {
        served.keep(key, html.clone());
    }
    Ok(html)
}

/// What the page's form sends: the text, and what is to become of it.
#[derive(Default)]
struct Sent {
    sql: String,
    wanted: String,
    id: Option<String>,
    /// Only the answer, for the page's own script.
    is_part: bool,
}

impl Sent {
    fn read(body: &[u8]) -> Sent {
        let mut sent = Sent::default();
        for (name, value) in url::form_urlencoded::parse(body) {
            match name.as_ref() {
                // A form ends its lines as mail does.
                "sql" => sent.sql = value.replace("\r\n", "\n"),
                "do" => sent.wanted = value.into_owned(),
                "id" if !value.is_empty() => sent.id = Some(value.into_owned()),
                "part" => sent.is_part = !value.is_empty(),
                _ => {}
            }
        }
        sent
    }
}

async fn ask_on_page(
    State(served): State<Served>,
    uri: Uri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match answer_on_page(&served, query.as_deref(), &headers, body).await {
        Ok(response) => with_script(response),
        Err(error) => {
            let lang = read_query(query.as_deref()).map(|asked| asked.lang).unwrap_or_default();
            failed(&served, &uri, lang, &error).await
        }
    }
}

async fn answer_on_page(
    served: &Served,
    query: Option<&str>,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response> {
    check_same_site(headers)?;
    check_body_kind(headers, "application/x-www-form-urlencoded")?;
    let sent = Sent::read(&read_body(body)?);
    let (view, edition) = view_of(served, "/sql", query).await?;
    let question = Question { sql: &sent.sql, edition: edition.edition, id: sent.id.as_deref() };
    let mut outcome = None;
    if let Some(form) = Form::parse(&sent.wanted) {
        match served.questions().ask(question, None).await {
            Ok(answer) => {
                let response = answer_as(form, &edition, &sent.sql, &answer, view.lang)?;
                return Ok(download(form, &edition, response));
            }
            Err(error) => outcome = Some(Outcome::Failed(error)),
        }
    }
    let outcome = match outcome {
        Some(outcome) => outcome,
        None => outcome_of(served, question, sent.wanted == "explain").await,
    };
    let status = match &outcome {
        Outcome::Failed(error) => status_of(error),
        _ => StatusCode::OK,
    };
    let html = match sent.is_part {
        true => pages::sql_result(&view, &sent.sql, Some(&outcome)),
        false => render(served, &view, None, &sent.sql, Some(&outcome)).await?,
    };
    let mut response = unkept(HTML, html.into_bytes());
    *response.status_mut() = status;
    Ok(response)
}

fn download(form: Form, edition: &Edition, mut response: Response) -> Response {
    let name = format!("attachment; filename=\"sql_{}.{}\"", edition.edition, form.ending());
    if let Ok(name) = name.parse() {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// A question's outcome as the page shows it; a mistake is one too.
async fn outcome_of(served: &Served, question: Question<'_>, explain: bool) -> Outcome {
    let outcome = match explain {
        true => served.questions().explain(question).await.map(Outcome::Plan),
        false => served.questions().ask(question, Some(PAGE_ROWS)).await.and_then(|answer| {
            let types = answer.schema.fields().iter().map(|field| sql_type(field.data_type())).collect();
            Ok(Outcome::Rows(Found { rows: rows_of(&answer)?, types, cut: answer.cut }))
        }),
    };
    outcome.unwrap_or_else(|error| {
        if error.kind == Kind::Internal {
            eprintln!("{error}");
        }
        Outcome::Failed(error)
    })
}

async fn view_of(served: &Served, path: &str, query: Option<&str>) -> Result<(View, Edition)> {
    let asked = read_query(query)?;
    let (view, edition) = served.view(path, asked.lang, asked.edition).await?;
    Ok((view, edition.ok_or_else(|| Error::request("no_edition"))?))
}

async fn render(
    served: &Served,
    view: &View,
    saved: Option<&SavedQuery>,
    sql: &str,
    outcome: Option<&Outcome>,
) -> Result<String> {
    let docs = served.docs().await?;
    let tables = docs.tables.values().filter(|table| served.reader().is_open(&table.name));
    let tables: Vec<TableDocs> = tables.map(|table| seen(served, table)).collect();
    let (queries, saved) = (&served.project().queries, saved.map(|query| query.name.as_str()));
    let page = SqlPage { tables: &tables, queries, saved, sql, outcome };
    Ok(pages::sql_page(&served.dashboards(), view, &page))
}

/// A table with only those columns that a question gets.
fn seen(served: &Served, table: &TableDocs) -> TableDocs {
    let hidden = hidden_columns(served.project(), &table.name);
    let mut table = table.clone();
    table.columns.retain(|column| !hidden.contains(&column.name));
    table
}

async fn respond(
    served: &Served,
    uri: &Uri,
    query: Option<&str>,
    html: Result<Arc<str>>,
    headers: &HeaderMap,
) -> Response {
    match html {
        Ok(html) => with_script(with_etag(headers, HTML, html.as_bytes())),
        Err(error) if error.key == "no_edition" => {
            let asked = read_query(query).unwrap_or_else(|_| super::routes::Asked {
                lang: Lang::default(),
                edition: None,
                parameters: BTreeMap::new(),
            });
            match served.view(uri.path(), asked.lang, None).await {
                Ok((view, _)) => {
                    let html = pages::no_edition_page(&served.dashboards(), &view);
                    (StatusCode::SERVICE_UNAVAILABLE, [(header::CONTENT_TYPE, HTML)], html).into_response()
                }
                Err(error) => failed(served, uri, asked.lang, &error).await,
            }
        }
        Err(error) => {
            let lang = read_query(query).map(|asked| asked.lang).unwrap_or_default();
            failed(served, uri, lang, &error).await
        }
    }
}

/// Lets the page run the one script, which asks this server only.
fn with_script(mut response: Response) -> Response {
    const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; \
                          img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}
