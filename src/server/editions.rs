//! Two editions side by side: `/editions/1/2` says what changed from the first to the second.

use super::pages::{self, View};
use super::state::Served;
use crate::dashboards::Dashboards;
use crate::error::{Error, Result};
use crate::rows::Value;
use crate::text::Words;
use crate::warehouse::{Edition, compare_editions};
use std::collections::BTreeMap;

/// Levels of regions whose figures are compared.
const LEVELS: [&str; 4] = ["province", "unit", "group", "county"];

/// The page at the view's path, if it is one of two editions.
pub async fn find_page(served: &Served, dashboards: &Dashboards, view: &View) -> Result<Option<String>> {
    let Some(below) = view.path.trim_end_matches('/').strip_prefix("/editions/") else { return Ok(None) };
    let Some((old, new)) = below.split_once('/').filter(|(_, new)| !new.contains('/')) else { return Ok(None) };
    let (old, new) = (edition(served, old)?, edition(served, new)?);
    let found = compare_editions(served.reader(), &old, &new, &LEVELS).await?;
    let names = match &found.figures {
        Some(_) => names(served, &new).await?,
        None => BTreeMap::new(),
    };
    Ok(Some(pages::editions_page(dashboards, view, (&old, &new), &found, &names)))
}

/// Where the picker of an edition leads that is to stand beside the one in the path: `/editions/3?edition=1`.
pub fn chosen(view: &View, asked: Option<u64>) -> Option<String> {
    let here: u64 = view.path.trim_end_matches('/').strip_prefix("/editions/")?.parse().ok()?;
    let other = asked?;
    let newest = View { is_pinned: false, ..view.clone() };
    Some(newest.href(&format!("/editions/{}/{}", other.min(here), other.max(here))))
}

fn edition(served: &Served, number: &str) -> Result<Edition> {
    let wrong = || Error::request("page_parameter").with("name", "edition").with("value", number);
    served.warehouse().edition(Some(number.parse().map_err(|_| wrong())?))
}

/// What regions and indicators are called, by their codes.
async fn names(served: &Served, edition: &Edition) -> Result<BTreeMap<String, Words>> {
    let sql = "select region_code as code, name, name_en from policy.regions
        inner join run.context on valid_from <= as_of and (valid_to is null or valid_to > as_of)
        union all
        select indicator_id as code, name, name_en from policy.indicators
        inner join run.context on valid_from <= as_of and (valid_to is null or valid_to > as_of)";
    let rows = served.reader().ask_rows(edition, sql, &[]).await?;
    let text = |row: usize, column: &str| rows.get(row, column).map(Value::to_string).unwrap_or_default();
    let words = |row| (text(row, "code"), Words { zh: text(row, "name"), en: text(row, "name_en") });
    Ok((0..rows.len()).map(words).collect())
}
