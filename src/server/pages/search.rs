//! The page of what a search found. Pure.

use super::{View, shell};
use crate::dashboards::Dashboards;
use crate::server::search::Found;
use crate::text::say;
use maud::html;

/// What was found for the words, as links; says how else to look where that is nothing.
pub fn search_page(dashboards: &Dashboards, view: &View, words: &str, found: &[Found]) -> String {
    let lang = view.lang;
    let title = match words.trim() {
        "" => say(lang, "search.title", &[]),
        words => say(lang, "search.found", &[("words", words), ("n", &found.len().to_string())]),
    };
    let body = html! {
        @if found.is_empty() { p.lead { (say(lang, "search.hint", &[])) } }
        @else { ul.found { @for place in found { li {
            a href=(view.href(&place.address)) { (shell::label_of(&place.choice, lang)) }
            " " span.note { (place.of.in_lang(lang)) }
        } } } }
    };
    shell::document_below(dashboards, view, &[], &title, body)
}
