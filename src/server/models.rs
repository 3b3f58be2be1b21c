//! Addresses of the documentation: `/models`, `/models/LAYER/NAME` and the same below `/api`.

use super::api::answer;
use super::models_json;
use super::pages::{self, View};
use super::routes::{Asked, read_query};
use super::state::Served;
use crate::error::Result;
use crate::models::TableDocs;
use crate::text::Lang;
use crate::warehouse::Edition;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use serde_json::Value as Json;

/// The page at the view's path, if it is one of the documentation's. It needs no edition: only rows are an edition's.
pub async fn find_page(served: &Served, view: &View, edition: Option<&Edition>) -> Result<Option<String>> {
    let path = view.path.trim_end_matches('/');
    let Some(below) = path.strip_prefix("/models") else { return Ok(None) };
    let rows = |name: &str| edition.and_then(|e| e.tables.get(name)).map(|t| t.rows);
    if below.is_empty() {
        let docs = served.docs().await?;
        return Ok(Some(pages::models_page(&served.dashboards(), view, &docs, &rows)));
    }
    let Some((layer, name)) = below.strip_prefix('/').and_then(|b| b.split_once('/')).filter(|(_, n)| !n.contains('/'))
    else {
        return Ok(None);
    };
    let docs = served.docs().await?;
    let table = docs.find(&format!("{layer}.{}", short(name)))?;
    Ok(Some(pages::model_page(&served.dashboards(), view, &docs, table, &rows)))
}

fn short(name: &str) -> String {
    name.replace("%3A", ":").chars().take(80).collect()
}

pub async fn list(State(served): State<Served>, RawQuery(query): RawQuery) -> Response {
    let made = async {
        let (docs, edition) = (served.docs().await?, edition_of(&served, &read_query(query.as_deref())?)?);
        let rows = |name: &str| edition.as_ref().and_then(|e| e.tables.get(name)).map(|t| t.rows);
        Ok(models_json::list(&docs.tables.values().collect::<Vec<&TableDocs>>(), &rows))
    };
    answer(made.await, Lang::default())
}

pub async fn table(
    State(served): State<Served>,
    Path((layer, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let made = async {
        let (docs, edition) = (served.docs().await?, edition_of(&served, &read_query(query.as_deref())?)?);
        let table = docs.find(&format!("{}.{}", short(&layer), short(&name)))?;
        let rows = edition.as_ref().and_then(|e| e.tables.get(&table.name)).map(|t| t.rows);
        Result::<Json>::Ok(models_json::table(&docs, table, rows))
    };
    answer(made.await, Lang::default())
}

/// The edition asked for; the newest, if there is one, where none is.
fn edition_of(served: &Served, asked: &Asked) -> Result<Option<Edition>> {
    match asked.edition {
        Some(number) => served.warehouse().edition(Some(number)).map(Some),
        None => Ok(served.warehouse().edition(None).ok()),
    }
}
