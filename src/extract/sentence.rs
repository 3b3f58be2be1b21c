//! A refusal in words: what a clerk reads. Pure; the words are the catalogs'.

use super::limits::Limit;
use crate::text::{Lang, count, say, say_if_known};

/// What follows the name of a limit in a refusal's detail: `found > most`, with where it was in brackets.
pub fn limit_detail(limit: Limit, found: u64, place: &str) -> String {
    let place = if place.is_empty() { String::new() } else { format!(" ({place})") };
    format!("{}: {found} > {}{place}", limit.name(), limit.most())
}

/// The sentence for a file beyond a limit, from the detail of its refusal: which limit, its value, what to do. `None`
/// where the detail is of another kind.
pub fn limit_sentence(lang: Lang, detail: &str) -> Option<String> {
    let (name, rest) = detail.split_once(": ")?;
    let limit = Limit::ALL.into_iter().find(|l| l.name() == name)?;
    let (found, rest) = rest.split_once(" > ")?;
    let (_, place) = rest.split_once(" (").unwrap_or((rest, ""));
    let place = place.trim_end_matches(')');
    let place = match place.strip_prefix("row ") {
        Some(row) => say(lang, "limit.at_row", &[("row", row)]),
        None if place.is_empty() => String::new(),
        None => say(lang, "limit.at_part", &[("part", place)]),
    };
    // A number as long as a telephone's is hidden.
    let found = found.parse::<u64>().map_or_else(|_| found.to_owned(), |n| count(n.into()));
    let most = count(limit.most().into());
    say_if_known(lang, &format!("limit.{name}"), &[("found", &found), ("most", &most), ("place", &place)])
}

/// A whole refusal in words: the reason's sentence, then what was found.
pub fn refusal_sentence(lang: Lang, reason: &str, detail: &str) -> String {
    let Some(of_reason) = say_if_known(lang, &format!("refusal.{reason}"), &[]) else { return detail.to_owned() };
    let detail = limit_sentence(lang, detail).unwrap_or_else(|| detail.to_owned());
    if detail.is_empty() { of_reason } else { say(lang, "limit.both", &[("reason", &of_reason), ("detail", &detail)]) }
}
