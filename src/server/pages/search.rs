//! The page of what a search found. Pure.

use super::format::{encode, in_its_language};
use super::{View, shell};
use crate::dashboards::Dashboards;
use crate::server::search::{FOUND_MAX, Found};
use crate::text::say;
use maud::html;

/// What was found for the words, as links; says how else to look where that is nothing.
pub fn search_page(dashboards: &Dashboards, view: &View, words: &str, found: &[Found]) -> String {
    let lang = view.lang;
    // The words stay in the address of the other language.
    let view = &View { path: format!("{}?q={}", view.path, encode(words)), ..view.clone() };
    let title = match words.trim() {
        "" => say(lang, "search.title", &[]),
        words => say(lang, "search.found", &[("words", words), ("n", &found.len().to_string())]),
    };
    let body = html! {
        @if found.is_empty() {
            p.lead {
                @if !words.trim().is_empty() { (say(lang, "search.none", &[])) " " }
                (say(lang, "search.hint", &[]))
            }
        } @else { ul.found { @for place in found.iter().take(FOUND_MAX) { li {
            a href=(view.href(&place.address)) { (in_its_language(shell::label_of(&place.choice, lang), lang)) }
            " " span.note {
                @for above in &place.above { (in_its_language(shell::label_of(above, lang), lang)) " \u{203a} " }
                (place.of.in_lang(lang)) " " code { (place.choice.value) }
            }
        } } } }
        @if found.len() > FOUND_MAX { p.note { (say(lang, "search.more", &[("n", &FOUND_MAX.to_string())])) } }
    };
    shell::document_below(dashboards, view, &[], &title, body)
}
