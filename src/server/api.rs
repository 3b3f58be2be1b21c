//! The same as JSON: `/api/…`.

use super::jobs::RUNS_SHOWN;
use super::kept::{lasting, unkept};
use super::pages::View;
use super::routes::{Asked, read_query, status_of};
use super::state::Served;
use crate::dashboards::{Page, Panel};
use crate::error::Error;
use crate::jobs::list_runs;
use crate::rows::{Rows, json_objects};
use crate::text::Lang;
use crate::warehouse::Edition;
use axum::extract::{Path, RawQuery, State};
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use axum::{Router, routing::get};
use serde_json::{Value as Json, json};
use std::fmt::Display;

pub const JSON: &str = "application/json; charset=utf-8";

/// Rows of a table that one answer holds; the rest is asked for with `offset`.
const TABLE_ROWS_MAX: usize = 10_000;

pub fn router() -> Router<Served> {
    Router::new()
        .route("/editions", get(editions))
        .route("/editions/{number}", get(edition))
        .route("/pages", get(page_list))
        .route("/pages/{page}", get(page))
        .route("/pages/{page}/{panel}", get(panel))
        .route("/tables", get(tables))
        .route("/tables/{layer}/{name}", get(table))
        .route("/models", get(super::models::list))
        .route("/models/{layer}/{name}", get(super::models::table))
        .route("/runs", get(runs))
        .merge(super::sql::api())
        .fallback(nothing)
}

/// An address below `/api` that is none: said as JSON, like everything here.
async fn nothing(uri: Uri) -> Response {
    let path = uri.path().chars().take(80).collect::<String>();
    answer::<Json>(Err(Error::request("page_unknown").with("path", path)), Lang::default())
}

/// JSON, or the text of JSON, as it stays with its edition; a mistake with its status.
pub(super) fn answer<T: Display>(body: Result<T, Error>, lang: Lang) -> Response {
    match body {
        Ok(body) => lasting(JSON, format!("{body}\n")),
        Err(error) => {
            let body = format!("{}\n", json!({ "error": error.sentences(lang) }));
            (status_of(&error), [(header::CONTENT_TYPE, JSON)], body).into_response()
        }
    }
}

/// The text of a JSON object with rows as its last member. Put together as text, for a number in a tree of JSON would lose
/// the digits beyond the sixteenth.
pub(super) fn with_rows(head: &Json, rows: &Rows) -> String {
    let head = head.to_string();
    let open = head.strip_suffix('}').unwrap_or(&head);
    format!("{open},\"rows\":[{}]}}", json_objects(rows).join(","))
}

/// A panel's rows with what they are: title, unit, edition, as-of, query.
pub fn panel_json(edition: &Edition, page: &Page, panel: &Panel, view: &View, rows: &Rows) -> String {
    format!("{}\n", panel_object(edition, page, panel, view, rows))
}

fn panel_object(edition: &Edition, page: &Page, panel: &Panel, view: &View, rows: &Rows) -> String {
    let head = json!({
        "page": page.name,
        "panel": panel.id.get_ref(),
        "title": panel.title.in_lang(view.lang),
        "unit": panel.unit.in_lang(view.lang),
        "source": panel.source.in_lang(view.lang),
        "synthetic_targets": panel.synthetic,
        "edition": edition.edition,
        "as_of": edition.as_of.to_string(),
        "parameters": view.parameters,
        "query": panel.query.as_ref().map(|q| q.get_ref().trim()),
    });
    with_rows(&head, rows)
}

async fn editions(State(served): State<Served>) -> Response {
    let list = || -> Result<Json, Error> {
        let mut out = Vec::new();
        for number in served.warehouse().editions()? {
            let e = served.warehouse().edition(Some(number))?;
            out.push(json!({
                "edition": e.edition, "as_of": e.as_of.to_string(), "published_at": e.published_at,
                "tables": e.tables.len(), "checks_failed": e.checks.iter().filter(|c| c.rows > 0).count(),
            }));
        }
        Ok(Json::Array(out))
    };
    answer(list(), Lang::default())
}

async fn edition(State(served): State<Served>, Path(number): Path<String>) -> Response {
    let find = || -> Result<Json, Error> {
        let number = match number.as_str() {
            "newest" => None,
            text => Some(
                text.parse()
                    .map_err(|_| Error::request("page_parameter").with("name", "edition").with("value", text))?,
            ),
        };
        let edition = served.warehouse().edition(number)?;
        serde_json::to_value(edition).map_err(|e| Error::internal("output").with("cause", e))
    };
    answer(find(), Lang::default())
}

async fn page_list(State(served): State<Served>) -> Response {
    let dashboards = served.dashboards();
    let pages = dashboards.pages.iter().map(|p| {
        let panels: Vec<&str> = p.panels.iter().map(|panel| panel.id.get_ref().as_str()).collect();
        let parameters: Vec<&String> = p.parameters.keys().collect();
        json!({
            "page": p.name, "address": p.address, "title": {"zh": p.title.zh, "en": p.title.en},
            "parameters": parameters, "panels": panels,
        })
    });
    answer(Ok(pages.collect::<Json>()), Lang::default())
}

async fn page(State(served): State<Served>, Path(page): Path<String>, RawQuery(query): RawQuery) -> Response {
    let asked = match read_query(query.as_deref()) {
        Ok(asked) => asked,
        Err(error) => return answer::<Json>(Err(error), Lang::default()),
    };
    let lang = asked.lang;
    answer(page_answer(&served, &page, None, asked).await, lang)
}

async fn panel(
    State(served): State<Served>,
    Path((page, panel)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let asked = match read_query(query.as_deref()) {
        Ok(asked) => asked,
        Err(error) => return answer::<Json>(Err(error), Lang::default()),
    };
    let lang = asked.lang;
    answer(page_answer(&served, &page, Some(&panel), asked).await, lang)
}

async fn page_answer(served: &Served, name: &str, only: Option<&str>, asked: Asked) -> Result<String, Error> {
    let unknown = || Error::request("page_unknown").with("path", name);
    let dashboards = served.dashboards();
    let page = dashboards.pages.iter().find(|p| p.name == name).ok_or_else(unknown)?;
    let (mut view, edition) = served.view(&page.address, asked.lang, asked.edition).await?;
    let edition = edition.ok_or_else(|| Error::request("no_edition"))?;
    served.fill(&dashboards, &mut view, page, &edition, &asked.parameters).await?;
    let mut panels = Vec::new();
    for panel in page.panels.iter().filter(|p| p.query.is_some() && only.is_none_or(|id| p.id.get_ref() == id)) {
        let rows = served.answer(&view, panel, &edition).await?;
        panels.push(panel_object(&edition, page, panel, &view, &rows));
    }
    match only {
        None => {
            let (name, edition) = (json!(page.name), edition.edition);
            Ok(format!("{{\"page\":{name},\"edition\":{edition},\"panels\":[{}]}}", panels.join(",")))
        }
        Some(_) => panels.pop().ok_or_else(unknown),
    }
}

async fn tables(State(served): State<Served>, RawQuery(query): RawQuery) -> Response {
    let list = || -> Result<Json, Error> {
        let edition = served.warehouse().edition(read_query(query.as_deref())?.edition)?;
        let open = edition.tables.iter().filter(|(name, _)| served.reader().is_open(name));
        Ok(open.map(|(name, t)| json!({ "table": name, "rows": t.rows, "version": t.version })).collect())
    };
    answer(list(), Lang::default())
}

/// `/api/tables/measures/progress?edition=1&offset=0`.
async fn table(
    State(served): State<Served>,
    Path((layer, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let asked = match read_query(query.as_deref()) {
        Ok(asked) => asked,
        Err(error) => return answer::<Json>(Err(error), Lang::default()),
    };
    let lang = asked.lang;
    answer(table_answer(&served, &format!("{layer}.{name}"), asked).await, lang)
}

async fn table_answer(served: &Served, name: &str, asked: Asked) -> Result<String, Error> {
    let unknown = || Error::request("query_table").with("table", name).with("suggestion", "-");
    let edition = served.warehouse().edition(asked.edition)?;
    let rows = match name {
        _ if served.reader().is_live(name) => None,
        _ => Some(edition.tables.get(name).filter(|_| served.reader().is_open(name)).ok_or_else(unknown)?.rows),
    };
    let offset: usize = match asked.parameters.get("offset") {
        None => 0,
        Some(text) => {
            text.parse().map_err(|_| Error::request("page_parameter").with("name", "offset").with("value", text))?
        }
    };
    // The name is one of those known, letter by letter, so it may stand in the text. In one order, so that no row is on two pages or none.
    let columns = served.reader().ask_rows(&edition, &format!("select * from {name} limit 0"), &[]).await?.columns;
    let order = columns.iter().map(|column| format!("\"{column}\"")).collect::<Vec<_>>().join(", ");
    let sql = format!("select * from {name} order by {order} limit {TABLE_ROWS_MAX} offset {offset}");
    let found = served.reader().ask_rows(&edition, &sql, &[]).await?;
    let head = json!({
        "table": name, "edition": edition.edition, "as_of": edition.as_of.to_string(),
        "rows_total": rows, "offset": offset,
    });
    Ok(with_rows(&head, &found))
}

async fn runs(State(served): State<Served>) -> Response {
    let list = || -> Result<Json, Error> {
        let runs = list_runs(&served.warehouse().state()?, RUNS_SHOWN)?;
        serde_json::to_value(runs).map_err(|e| Error::internal("output").with("cause", e))
    };
    // Runs go on while an edition stands.
    match list() {
        Ok(runs) => unkept(JSON, format!("{runs}\n").into()),
        Err(error) => answer::<Json>(Err(error), Lang::default()),
    }
}
