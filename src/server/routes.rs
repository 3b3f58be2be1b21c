//! Addresses to pages, panels and JSON.

use super::api;
use super::beside;
use super::editions;
use super::jobs;
use super::kept::{keep, lasting, unkept};
use super::models;
use super::pages;
use super::search;
use super::sql;
use super::state::Served;
use super::take;
use crate::dashboards::Page;
use crate::error::{Error, Kind};
use crate::forms::{AskedForm, form_bytes};
use crate::rows::write_csv;
use crate::text::Lang;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Router, routing::get};
use std::collections::BTreeMap;

/// All routes.
pub fn router(served: Served) -> Router {
    Router::new()
        .route("/style.css", get(style))
        .route("/panels/{page}/{file}", get(panel))
        .route("/forms/{file}", get(form))
        .merge(sql::pages())
        .route("/healthz", get(|| async { "ok\n" }))
        .nest("/api", api::router())
        .fallback(get(page))
        .layer(middleware::from_fn_with_state(served.clone(), keep))
        .layer(middleware::from_fn(only_local_names))
        .with_state(served)
}

/// A panel may stand in a frame of any page that this machine serves.
const FRAMED: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; \
     base-uri 'self'; frame-ancestors 'self' http://localhost:* http://127.0.0.1:*";
/// Nothing is fetched from another host, and no script runs.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                              form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

/// A page of another site must not read this one through a name that resolves here.
async fn only_local_names(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|h| h.to_str().ok()).unwrap_or("localhost");
    let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
    let name = if port.bytes().all(|b| b.is_ascii_digit()) { name } else { host };
    if ["localhost", "127.0.0.1", "[::1]"].iter().any(|local| name.eq_ignore_ascii_case(local)) {
        let mut response = next.run(request).await;
        let headers = response.headers_mut();
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, header::HeaderValue::from_static("nosniff"));
        headers.insert(header::REFERRER_POLICY, header::HeaderValue::from_static("same-origin"));
        // The one page with a script, and a panel for frames, say so themselves.
        let policy = header::HeaderValue::from_static(CONTENT_POLICY);
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
        return response;
    }
    (StatusCode::FORBIDDEN, "this server answers to localhost only\n").into_response()
}

/// What an address asks for beside its path.
pub struct Asked {
    pub lang: Lang,
    pub edition: Option<u64>,
    pub parameters: BTreeMap<String, String>,
}

/// Reads `?lang=…&edition=…` and a page's own parameters.
pub fn read_query(query: Option<&str>) -> Result<Asked, Error> {
    let mut asked = Asked { lang: Lang::default(), edition: None, parameters: BTreeMap::new() };
    for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        match name.as_ref() {
            "lang" => asked.lang = Lang::parse(&value).unwrap_or_default(),
            "edition" if !value.is_empty() => {
                let wrong = || Error::request("page_parameter").with("name", "edition").with("value", short(&value));
                asked.edition = Some(value.parse().map_err(|_| wrong())?);
            }
            _ => {
                asked.parameters.insert(name.into_owned(), short(&value));
            }
        }
    }
    Ok(asked)
}

fn short(value: &str) -> String {
    value.chars().take(80).collect()
}

/// The HTTP status of an error.
pub fn status_of(error: &Error) -> StatusCode {
    match (error.kind, error.key) {
        (
            _,
            "page_unknown" | "form_unknown" | "form_period" | "form_place" | "edition_unknown" | "page_parameter"
            | "query_table" | "model_unknown" | "no_edition" | "query_unknown",
        ) => StatusCode::NOT_FOUND,
        (_, "query_busy") => StatusCode::TOO_MANY_REQUESTS,
        (_, "query_other_site") => StatusCode::FORBIDDEN,
        (_, "query_body_kind") => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        (_, "query_body_time") => StatusCode::REQUEST_TIMEOUT,
        (_, "query_body_size") => StatusCode::PAYLOAD_TOO_LARGE,
        (_, "query_stopped" | "query_id_taken") => StatusCode::CONFLICT,
        (Kind::Data, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (Kind::Request, _) => StatusCode::BAD_REQUEST,
        (Kind::Internal, _) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

pub const HTML: &str = "text/html; charset=utf-8";

async fn style() -> Response {
    lasting("text/css; charset=utf-8", pages::style())
}

async fn page(State(served): State<Served>, uri: Uri, RawQuery(query): RawQuery) -> Response {
    let asked = match read_query(query.as_deref()) {
        Ok(asked) => asked,
        Err(error) => return failed(&served, &uri, Lang::default(), &error).await,
    };
    let lang = asked.lang;
    match find_page(&served, &uri, asked).await {
        Ok(response) => response,
        Err(error) => failed(&served, &uri, lang, &error).await,
    }
}

async fn find_page(served: &Served, uri: &Uri, asked: Asked) -> Result<Response, Error> {
    let dashboards = served.dashboards();
    let asked_edition = asked.edition;
    let (mut view, edition) = served.view(uri.path(), asked.lang, asked.edition).await?;
    if let Some(html) = models::find_page(served, &view, edition.as_ref()).await? {
        return Ok(lasting(HTML, html));
    }
    // Nights are there before the first edition is.
    if let Some(html) = jobs::find_page(served, &dashboards, &view)? {
        return Ok(unkept(HTML, html.into()));
    }
    let Some(edition) = edition else {
        let html = pages::no_edition_page(&dashboards, &view);
        return Ok((StatusCode::SERVICE_UNAVAILABLE, [(header::CONTENT_TYPE, HTML)], html).into_response());
    };
    if uri.path() == search::PATH {
        return Ok(match search::answer(served, &dashboards, &view, &edition, &asked.parameters).await? {
            search::Answer::There(address) => Redirect::to(&address).into_response(),
            search::Answer::Page(html) => lasting(HTML, html),
        });
    }
    if let Some(address) = editions::chosen(&view, asked_edition) {
        return Ok(Redirect::to(&address).into_response());
    }
    if let Some(html) = editions::find_page(served, &dashboards, &view).await? {
        return Ok(lasting(HTML, html));
    }
    let found = dashboards.pages.iter().find_map(|page| Some((page, match_address(&page.address, uri.path())?)));
    let Some((page, in_path)) = found else {
        if !dashboards.mistakes.is_empty() {
            let html = pages::broken_page(&dashboards, &view, &dashboards.mistakes);
            return Ok((StatusCode::INTERNAL_SERVER_ERROR, [(header::CONTENT_TYPE, HTML)], html).into_response());
        }
        let html = pages::not_found_page(&dashboards, &view);
        return Ok((StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, HTML)], html).into_response());
    };
    let mut parameters = asked.parameters;
    parameters.extend(in_path);
    served.fill(&dashboards, &mut view, page, &edition, &parameters).await?;
    let (html, is_whole) = served.page(&dashboards, &view, page, &edition).await;
    Ok(if is_whole { lasting(HTML, html) } else { unkept(HTML, html.into()) })
}

pub async fn failed(served: &Served, uri: &Uri, lang: Lang, error: &Error) -> Response {
    if error.kind == Kind::Internal {
        eprintln!("{error}");
    }
    let html = match served.view(uri.path(), lang, None).await {
        Ok((view, _)) => pages::error_page(&served.dashboards(), &view, error),
        Err(_) => String::new(),
    };
    (status_of(error), [(header::CONTENT_TYPE, HTML)], html).into_response()
}

/// The parameters that a path carries, if it is of this address: `/regions/{region}` and `/regions/220821`.
fn match_address(address: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let trim = |p: &str| p.trim_end_matches('/').to_owned();
    let (address, path) = (trim(address), trim(path));
    let (mut wanted, mut given) = (address.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(found),
            (Some(w), Some(g)) => match w.strip_prefix('{').and_then(|w| w.strip_suffix('}')) {
                Some(name) => {
                    let value = percent_decoded(g)?;
                    found.insert(name.to_owned(), short(&value));
                }
                None if w == g => {}
                None => return None,
            },
            _ => return None,
        }
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let joined = format!("v={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(joined.as_bytes()).next().map(|(_, v)| v.into_owned())
}

pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// An official form as a workbook: `/forms/annex.xlsx?period=…&place=…`.
async fn form(State(served): State<Served>, Path(file): Path<String>, uri: Uri, RawQuery(query): RawQuery) -> Response {
    let asked = match read_query(query.as_deref()) {
        Ok(asked) => asked,
        Err(error) => return failed(&served, &uri, Lang::default(), &error).await,
    };
    let lang = asked.lang;
    match find_form(&served, &file, &uri, asked).await {
        Ok(response) => response,
        Err(error) => failed(&served, &uri, lang, &error).await,
    }
}

async fn find_form(served: &Served, file: &str, uri: &Uri, asked: Asked) -> Result<Response, Error> {
    let name = file.strip_suffix(".xlsx").ok_or_else(|| Error::request("page_unknown").with("path", uri.path()))?;
    let edition = served.warehouse().edition(asked.edition)?;
    let given = |name: &str| asked.parameters.get(name).map(String::as_str).filter(|v| !v.is_empty());
    let form = AskedForm { name, period: given("period"), place: given("place"), lang: asked.lang };
    let (bytes, period) = form_bytes(served.reader(), &edition, &form).await?;
    let place = form.place.map(|p| format!("_{p}")).unwrap_or_default();
    Ok(attached(lasting(XLSX, bytes), &format!("{name}_{period}{place}.xlsx")))
}

/// An answer that is saved under a name.
fn attached(mut response: Response, name: &str) -> Response {
    if let Ok(value) = format!("attachment; filename=\"{name}\"").parse() {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// One panel as CSV, JSON, XLSX, SVG, PNG or a document for a frame: `/panels/glance/targets.csv`.
async fn panel(
    State(served): State<Served>,
    Path((page, file)): Path<(String, String)>,
    uri: Uri,
    RawQuery(query): RawQuery,
) -> Response {
    let asked = match read_query(query.as_deref()) {
        Ok(asked) => asked,
        Err(error) => return failed(&served, &uri, Lang::default(), &error).await,
    };
    let lang = asked.lang;
    match find_panel(&served, &page, &file, &uri, asked).await {
        Ok(response) => response,
        Err(error) => failed(&served, &uri, lang, &error).await,
    }
}

async fn find_panel(served: &Served, page: &str, file: &str, uri: &Uri, asked: Asked) -> Result<Response, Error> {
    let unknown = || Error::request("page_unknown").with("path", uri.path());
    let (id, ending) = file.rsplit_once('.').ok_or_else(unknown)?;
    let dashboards = served.dashboards();
    let page: &Page = dashboards.pages.iter().find(|p| p.name == page).ok_or_else(unknown)?;
    let panel = page.panels.iter().find(|p| p.id.get_ref() == id).ok_or_else(unknown)?;
    let (mut view, edition) = served.view(uri.path(), asked.lang, asked.edition).await?;
    let edition = edition.ok_or_else(|| Error::request("no_edition"))?;
    served.fill(&dashboards, &mut view, page, &edition, &asked.parameters).await?;
    let rows = served.answer(&view, panel, &edition).await?;
    Ok(match ending {
        // A mark at the front, so that spreadsheets read it as UTF-8.
        "csv" => {
            let body = [b"\xef\xbb\xbf".as_slice(), &write_csv(&rows)?].concat();
            lasting("text/csv; charset=utf-8", body)
        }
        "json" => lasting(api::JSON, api::panel_json(&edition, page, panel, &view, &rows)),
        "svg" => {
            let answer = pages::Answer { rows, cut: false };
            let svg = pages::panel_svg(panel, &view, &answer).ok_or_else(unknown)?;
            lasting("image/svg+xml", svg)
        }
        "png" => {
            let answer = pages::Answer { rows, cut: false };
            let svg = pages::panel_svg(panel, &view, &answer).ok_or_else(unknown)?;
            lasting("image/png", beside(move || take::png(&svg)).await?)
        }
        "html" => {
            let answer = pages::Answer { rows, cut: false };
            let html = pages::panel_page(&dashboards, page, panel, &view, answer);
            let mut response = lasting(HTML, html);
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_static(FRAMED));
            response
        }
        "xlsx" => {
            let name = format!("{}_{id}.xlsx", page.name);
            let (page, panel) = (page.clone(), panel.clone());
            let bytes = beside(move || take::panel_workbook(&page, &panel, &view, &edition, &rows)).await?;
            attached(lasting(XLSX, bytes), &name)
        }
        _ => return Err(unknown()),
    })
}
