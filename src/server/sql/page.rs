//! The page `/sql`, and `/sql/NAME` for each saved query. Works as a plain form; its script asks for parts of it.

use super::super::kept::{lasting, unkept};
use super::super::pages::{self, Found, Outcome, SqlPage, View};
use super::super::routes::{Asked, HTML, failed, read_query, status_of};
use super::super::same_site::{check_body_kind, check_same_site};
use super::super::state::Served;
use super::form::{Form, answer_as, rows_of};
use super::{BODY_BYTES_MAX, read_body};
use crate::dashboards::Dashboards;
use crate::error::{Error, Kind, Result};
use crate::models::{TableDocs, sql_type};
use crate::project::SavedQuery;
use crate::questions::Question;
use crate::text::Lang;
use crate::warehouse::{Edition, hidden_columns};
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::collections::BTreeMap;

/// Rows that the page shows; a download has them all.
const PAGE_ROWS: usize = 500;
pub fn pages() -> Router<Served> {
    Router::new()
        .route("/sql", get(page).post(ask_on_page))
        .route("/sql/", get(page))
        .route("/sql/{name}", get(saved))
        .route("/sql.js", get(script))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

async fn script() -> Response {
    lasting("text/javascript; charset=utf-8", include_str!("../sql.js"))
}

async fn page(State(served): State<Served>, uri: Uri, RawQuery(query): RawQuery) -> Response {
    respond(&served, &uri, query.as_deref(), page_of(&served, None, query.as_deref()).await).await
}

/// A saved query with its answer: `/sql/NAME`.
async fn saved(
    State(served): State<Served>,
    Path(name): Path<String>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Response {
    let html = match served.project().queries.get(&name) {
        Some(saved) => page_of(&served, Some(saved), query.as_deref()).await,
        None => Err(Error::request("page_unknown").with("path", uri.path().chars().take(80).collect::<String>())),
    };
    respond(&served, &uri, query.as_deref(), html).await
}

/// The page, or a saved query's, with its status.
async fn page_of(served: &Served, saved: Option<&SavedQuery>, query: Option<&str>) -> Result<Response> {
    let path = saved.map_or("/sql".to_owned(), |saved| format!("/sql/{}", saved.name));
    let (view, edition) = view_of(served, &path, query).await?;
    let dashboards = served.dashboards();
    let outcome = match saved {
        Some(SavedQuery { sql, .. }) => {
            Some(outcome_of(served, Question { sql, edition: edition.edition, id: None }, false).await)
        }
        None => None,
    };
    let sql = saved.map_or("", |saved| saved.sql.as_str());
    let html = render(served, &dashboards, &view, saved, sql, outcome.as_ref()).await?;
    Ok(match outcome {
        Some(outcome @ Outcome::Failed(_)) => (status_in(&outcome), unkept(HTML, html.into())).into_response(),
        _ => lasting(HTML, html),
    })
}

/// The status of a page that shows an outcome.
fn status_in(outcome: &Outcome) -> StatusCode {
    match outcome {
        Outcome::Failed(error) => status_of(error),
        _ => StatusCode::OK,
    }
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
            let mut response = failed(&served, &uri, lang, &error).await;
            *response.status_mut() = status_of(&error);
            response
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
                let response = answer_as(form, &edition, &sent.sql, answer, view.lang).await?;
                return Ok(download(form, &edition, response));
            }
            Err(error) => outcome = Some(Outcome::Failed(error)),
        }
    }
    let outcome = match outcome {
        Some(outcome) => outcome,
        None => outcome_of(served, question, sent.wanted == "explain").await,
    };
    let status = status_in(&outcome);
    let html = match sent.is_part {
        true => pages::sql_result(&view, &sent.sql, Some(&outcome)),
        false => render(served, &served.dashboards(), &view, None, &sent.sql, Some(&outcome)).await?,
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
    dashboards: &Dashboards,
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
    Ok(pages::sql_page(dashboards, view, &page))
}

/// A table with only those columns that a question gets.
fn seen(served: &Served, table: &TableDocs) -> TableDocs {
    let hidden = hidden_columns(served.project(), &table.name);
    let mut table = table.clone();
    table.columns.retain(|column| !hidden.contains(&column.name));
    table
}

async fn respond(served: &Served, uri: &Uri, query: Option<&str>, made: Result<Response>) -> Response {
    match made {
        Ok(response) => with_script(response),
        Err(error) if error.key == "no_edition" => {
            let asked = read_query(query).unwrap_or_else(|_| Asked {
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
