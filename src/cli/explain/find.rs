//! Which rule and which region somebody means by what they typed; several or none is an error that lists the nearest.

use super::text;
use crate::error::{Error, Result};
use crate::models::nearest;
use crate::rows::{Rows, Value};
use crate::text::{Lang, say};
use crate::warehouse::{Edition, Reader};

/// How many an error lists; more would hide the sentence.
const LISTED: usize = 12;
/// How many near misses an error lists.
const NEAREST: usize = 3;

const RULES: &str = "select * from policy.rules where valid_from <= (select as_of from run.context)
    and (valid_to is null or valid_to > (select as_of from run.context)) order by sort_order";

/// Every place that figures stand at, whether this rule has figures there, and whether the words are an alias of it.
const REGIONS: &str = "with
    regions as (
        select * from policy.regions where valid_from <= (select as_of from run.context)
            and (valid_to is null or valid_to > (select as_of from run.context))
    ),
    places as (select distinct region_code from measures.region_parts),
    judged as (select distinct region_code from measures.rule_results where rule_id = $rule),
    aliases as (
        select distinct region_code from policy.region_aliases
        where lower(alias) = lower($words) and valid_from <= (select as_of from run.context)
            and (valid_to is null or valid_to > (select as_of from run.context))
    )
    select regions.region_code, regions.name, regions.short_name, regions.name_en, regions.level,
        judged.region_code is not null as is_judged, aliases.region_code is not null as is_alias
    from regions
    inner join places on regions.region_code = places.region_code
    left join judged on regions.region_code = judged.region_code
    left join aliases on regions.region_code = aliases.region_code
    order by regions.sort_order, regions.region_code";

/// The regions that this one is a part of and the rule has figures for.
const ABOVE: &str = "with judged as (select distinct region_code from measures.rule_results where rule_id = $rule)
    select distinct regions.region_code, regions.name, regions.name_en
    from measures.region_parts as region_parts
    inner join judged on region_parts.region_code = judged.region_code
    inner join policy.regions as regions on region_parts.region_code = regions.region_code
    where region_parts.part_code = $region and regions.valid_from <= (select as_of from run.context)
        and (regions.valid_to is null or regions.valid_to > (select as_of from run.context))
    order by regions.region_code desc";

/// The one row of `policy.rules` that is meant.
pub async fn rule(reader: &Reader, edition: &Edition, lang: Lang, words: &str) -> Result<Rows> {
    let rules = reader.ask_rows(edition, RULES, &[]).await?;
    let by_id = matching(&rules, &["rule_id"], |id| same(id, words));
    let exact = if by_id.is_empty() { matching(&rules, NAMES, |name| same(name, words)) } else { by_id };
    let meant = if exact.is_empty() { matching(&rules, NAMES, |name| holds(name, words)) } else { exact };
    let label = |row: usize| format!("{} {}", cell(&rules, row, "rule_id"), cell(&rules, row, name_of(lang)));
    match meant[..] {
        [row] => Ok(only(&rules, row)),
        [] => {
            let near = near_ones(&rules, &["rule_id", "name", "name_en"], words).into_iter().map(label);
            Err(Error::request("explain_rule_unknown").with("rule", words).with("nearest", joined(lang, near)))
        }
        _ => {
            let found = listed(lang, &meant, label);
            Err(Error::request("explain_rule_several").with("rule", words).with("found", found))
        }
    }
}

/// The region that is meant, as one row. Of a unit and a county of one name, the one that the rule judges.
pub async fn region(reader: &Reader, edition: &Edition, lang: Lang, rule: &str, words: &str) -> Result<Rows> {
    let words = words.trim();
    let regions = reader.ask_rows(edition, REGIONS, &[("rule", rule), ("words", words)]).await?;
    let is = |row: usize, column: &str| regions.get(row, column) == Some(&Value::Bool(true));
    let mut meant = matching(&regions, &["region_code", "name", "short_name", "name_en"], |name| same(name, words));
    if meant.is_empty() {
        meant = (0..regions.len()).filter(|row| is(*row, "is_alias")).collect();
    }
    if meant.is_empty() {
        meant = matching(&regions, NAMES, |name| holds(name, words));
    }
    let judged: Vec<usize> = meant.iter().copied().filter(|row| is(*row, "is_judged")).collect();
    let meant = if judged.is_empty() { meant } else { judged };
    let label = |row: usize| format!("{} {}", cell(&regions, row, "region_code"), cell(&regions, row, name_of(lang)));
    match meant[..] {
        [row] => Ok(without_questions(only(&regions, row))),
        [] => {
            let columns = ["region_code", "name", "short_name", "name_en"];
            let near = near_ones(&regions, &columns, words).into_iter().map(label);
            Err(Error::request("explain_region_unknown").with("region", words).with("nearest", joined(lang, near)))
        }
        _ => {
            let found = listed(lang, &meant, label);
            Err(Error::request("explain_region_several").with("region", words).with("found", found))
        }
    }
}

/// The rule judges other places than this one: said with the places above it that have figures.
pub async fn out_of_scope(reader: &Reader, edition: &Edition, lang: Lang, rule: &Rows, region: &Rows) -> Result<Error> {
    let (id, code) = (text(rule, "rule_id"), text(region, "region_code"));
    let above = reader.ask_rows(edition, ABOVE, &[("rule", &id), ("region", &code)]).await?;
    let label = |row: usize| format!("{} {}", cell(&above, row, "region_code"), cell(&above, row, name_of(lang)));
    let above = joined(lang, (0..above.len()).map(label));
    let scope = text(rule, "scope");
    let scope = crate::text::say_if_known(lang, &format!("explain.scope.{scope}"), &[]).unwrap_or(scope);
    Ok(Error::request("explain_scope")
        .with("rule", format!("{id} {}", text(rule, name_of(lang))))
        .with("region", format!("{code} {}", text(region, name_of(lang))))
        .with("scope", scope)
        .with("above", above))
}

const NAMES: &[&str] = &["name", "name_en"];

pub(super) fn name_of(lang: Lang) -> &'static str {
    if lang == Lang::En { "name_en" } else { "name" }
}

fn same(name: &str, words: &str) -> bool {
    name.to_lowercase() == words.trim().to_lowercase()
}

fn holds(name: &str, words: &str) -> bool {
    let words = words.trim().to_lowercase();
    !words.is_empty() && name.to_lowercase().contains(&words)
}

fn cell(rows: &Rows, row: usize, column: &str) -> String {
    rows.get(row, column).map(Value::to_string).unwrap_or_default()
}

/// The rows of which one of the columns is meant.
fn matching(rows: &Rows, columns: &[&str], is_meant: impl Fn(&str) -> bool) -> Vec<usize> {
    (0..rows.len()).filter(|row| columns.iter().any(|column| is_meant(&cell(rows, *row, column)))).collect()
}

fn only(rows: &Rows, row: usize) -> Rows {
    Rows { columns: rows.columns.clone(), rows: vec![rows.rows[row].clone()] }
}

/// A region as the tables know it, without what was asked of it here.
fn without_questions(mut rows: Rows) -> Rows {
    if let Some(at) = rows.index_of("is_judged") {
        rows.columns.truncate(at);
        rows.rows.iter_mut().for_each(|row| row.truncate(at));
    }
    rows
}

/// The rows with the names nearest to what was typed, the nearest first.
fn near_ones(rows: &Rows, columns: &[&str], words: &str) -> Vec<usize> {
    let words = words.trim().to_lowercase();
    let each = |row: usize| columns.iter().map(move |column| (row, cell(rows, row, column).to_lowercase()));
    let mut left: Vec<(usize, String)> = (0..rows.len()).flat_map(each).filter(|(_, name)| !name.is_empty()).collect();
    let mut found = Vec::new();
    while found.len() < NEAREST {
        let Some(name) = nearest(&words, left.iter().map(|(_, name)| name.as_str())).map(str::to_owned) else { break };
        let Some(row) = left.iter().find(|(_, other)| *other == name).map(|(row, _)| *row) else { break };
        found.push(row);
        left.retain(|(other, _)| *other != row);
    }
    found
}

fn listed(lang: Lang, rows: &[usize], label: impl Fn(usize) -> String) -> String {
    let more = rows.len().saturating_sub(LISTED);
    let more = (more > 0).then(|| say(lang, "explain.more", &[("n", &more.to_string())]));
    joined(lang, rows.iter().take(LISTED).map(|row| label(*row)).chain(more))
}

fn joined(lang: Lang, labels: impl Iterator<Item = String>) -> String {
    let all = labels.collect::<Vec<_>>().join(&say(lang, "explain.joint", &[]));
    if all.is_empty() { "\u{2013}".to_owned() } else { all }
}
