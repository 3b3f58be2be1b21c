//! Looking something up by name: `/search?q=…` finds the choices of page parameters that say they are searched, by what
//! they are called, by further words that their query gives (aliases, codes, first letters), and leads to their pages.

use super::pages::{self, Choice, View, address_of, defaults};
use super::state::Served;
use crate::dashboards::Dashboards;
use crate::error::Result;
use crate::warehouse::Edition;
use std::collections::BTreeMap;

pub const PATH: &str = "/search";
/// Places of an answer that are shown.
pub const FOUND_MAX: usize = 50;

/// What was found: a page's address for one choice, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The page, and its parameter that the choice is one of.
    pub page: String,
    pub name: String,
    pub address: String,
    pub choice: Choice,
    /// What the choice is one of: the parameter's title.
    pub of: crate::text::Words,
    /// What it lies in, the farthest first; told of the nearest only.
    pub above: Vec<Choice>,
    /// 0: called so; 1: begins so; 2: holds it.
    pub distance: usize,
}

/// What is called, begins like or holds the words, the nearest first, each in the order of its page.
pub async fn find(served: &Served, dashboards: &Dashboards, edition: &Edition, words: &str) -> Result<Vec<Found>> {
    let wanted = words.trim().to_lowercase();
    let mut found = Vec::new();
    if wanted.is_empty() {
        return Ok(found);
    }
    for page in &dashboards.pages {
        for (name, parameter) in page.parameters.iter().filter(|(_, p)| p.search) {
            let choices = served.choices(edition, &parameter.choices).await?;
            let near = choices.iter().filter_map(|choice| Some((choice, distance(choice, &wanted)?)));
            found.extend(near.map(|(choice, distance)| {
                let mut chosen = defaults(page);
                chosen.insert(name.clone(), choice.value.clone());
                let (address, choice, of) = (address_of(page, &chosen), choice.clone(), parameter.title.clone());
                let (page, name) = (page.name.clone(), name.clone());
                Found { page, name, address, choice, of, above: Vec::new(), distance }
            }));
        }
    }
    found.sort_by_key(|f| f.distance);
    for one in found.iter_mut().take(FOUND_MAX) {
        let place = dashboards.page(&one.page).and_then(|page| Some((page, page.parameters.get_key_value(&one.name)?)));
        if let Some((page, (name, parameter))) = place {
            let chosen = [(name.clone(), one.choice.value.clone())].into();
            let above = served.above(dashboards, &chosen, (page, name, parameter), edition).await?;
            one.above = above.into_iter().map(|(_, choice)| choice).collect();
        }
    }
    Ok(found)
}

fn distance(choice: &Choice, wanted: &str) -> Option<usize> {
    let names = [choice.value.as_str(), &choice.label, &choice.label_en].map(str::to_lowercase);
    let words = choice.search.to_lowercase();
    let all = || names.iter().map(String::as_str).chain(words.split_whitespace());
    if all().any(|name| name == wanted) {
        return Some(0);
    }
    if all().any(|name| name.starts_with(wanted)) {
        return Some(1);
    }
    all().any(|name| name.contains(wanted)).then_some(2)
}

/// Where a search leads: straight to what alone is called so, else a page of what was found.
pub enum Answer {
    There(String),
    Page(String),
}

/// Answers `/search?q=…`.
pub async fn answer(
    served: &Served,
    dashboards: &Dashboards,
    view: &View,
    edition: &Edition,
    asked: &BTreeMap<String, String>,
) -> Result<Answer> {
    let words = asked.get("q").map(String::as_str).unwrap_or_default();
    let found = find(served, dashboards, edition, words).await?;
    let mut exact = found.iter().filter(|f| f.distance == 0);
    Ok(match (exact.next(), exact.next()) {
        (Some(one), None) => Answer::There(view.href(&one.address)),
        _ => Answer::Page(pages::search_page(dashboards, view, words, &found)),
    })
}
