//! What every page has around its panels: head, skip link, header, navigation, breadcrumbs, language and edition, and
//! below them how the figures are made. Pure.

use super::format::in_its_language;
use super::{Choice, View, address_of, defaults};
use crate::charts::{Light, symbols};
use crate::dashboards::{Dashboards, Kind, Page};
use crate::text::{self, Lang, say};
use chrono::NaiveDateTime;
use maud::{DOCTYPE, Markup, PreEscaped, html};

pub(super) fn document(dashboards: &Dashboards, page: Option<&Page>, view: &View, title: &str, body: Markup) -> String {
    let above = page.map(|page| breadcrumbs(page, view, title)).unwrap_or_default();
    let below = page.map(|page| meta_line(Some(page), view)).unwrap_or_default();
    frame(dashboards, page, view, title, [above, below, body])
}

/// A page that no file defines: where it stands below the first page, and what it holds.
pub(super) fn document_below(
    dashboards: &Dashboards,
    view: &View,
    trail: &[(&str, String)],
    title: &str,
    body: Markup,
) -> String {
    let above = html! {
        nav.crumbs aria-label=(say(view.lang, "page.breadcrumbs", &[])) { ol {
            li { a href=(view.href("/")) { (say(view.lang, "page.home", &[])) } }
            @for (address, label) in trail { li { a href=(view.href(address)) { (label) } } }
            li aria-current="page" { (in_its_language(title, view.lang)) }
        } }
    };
    frame(dashboards, None, view, title, [above, meta_line(None, view), body])
}

/// What every page has around what is its own: above its title, between title and panels, and the panels.
fn frame(
    dashboards: &Dashboards,
    page: Option<&Page>,
    view: &View,
    title: &str,
    [above, below, body]: [Markup; 3],
) -> String {
    let lang = view.lang;
    let site = dashboards.site.title.in_lang(lang);
    let other = if lang == Lang::ZhCn { Lang::En } else { Lang::ZhCn };
    let pinned = view.pinned();
    let markup = html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) @if site != title { " \u{b7} " (site) } }
                link rel="stylesheet" href="/style.css";
                link rel="icon" href="data:,";
                link rel="alternate" hreflang=(other.tag()) href=(view.this_page(page, other, pinned));
            }
            body {
                a.skip href="#content" { (say(lang, "page.skip", &[])) }
                (PreEscaped(symbols()))
                header.top {
                    a.brand href=(view.href("/")) { (site) }
                    nav aria-label=(say(lang, "page.nav", &[])) { ul {
                        @for entry in nav_entries(dashboards, page, view) {
                            li { a href=(view.href(&entry.address)) aria-current=[entry.is_here.then_some("page")] { (entry.title) } }
                        }
                    } }
                    @if dashboards.has_search() { (search_box(view)) }
                    a.lang lang=(other.tag()) hreflang=(other.tag()) href=(view.this_page(page, other, pinned)) { (language_name(other)) }
                }
                main id="content" tabindex="-1" {
                    (above)
                    h1 { (in_its_language(title, lang)) }
                    (below)
                    (body)
                }
                (foot(dashboards, page, view))
            }
        }
    };
    markup.into_string()
}

/// A document that holds one thing and nothing around it, for a frame in another page: its links lead out of the frame.
pub(super) fn bare(view: &View, title: &str, body: Markup) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang=(view.lang.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="stylesheet" href="/style.css";
                link rel="icon" href="data:,";
                base target="_top";
            }
            body.bare { (PreEscaped(symbols())) main { (body) } }
        }
    };
    markup.into_string()
}

/// Looks a place up by its name; a form that sends an address.
fn search_box(view: &View) -> Markup {
    let (lang, label) = (view.lang, say(view.lang, "search.label", &[]));
    html! {
        form.search action=(crate::server::search::PATH) method="get" role="search" aria-label=(label) {
            @if lang != Lang::default() { input type="hidden" name="lang" value=(lang.tag()); }
            @if let Some(edition) = view.pinned() {
                input type="hidden" name="edition" value=(edition);
            }
            input type="search" name="q" maxlength="40" aria-label=(label) placeholder=(say(lang, "search.placeholder", &[]));
            button type="submit" { (say(lang, "panel.find_go", &[])) }
        }
    }
}

struct NavEntry<'a> {
    address: String,
    title: &'a str,
    is_here: bool,
}

/// The pages of the folder and those of the program's own, in one order.
fn nav_entries<'a>(dashboards: &'a Dashboards, page: Option<&Page>, view: &View) -> Vec<NavEntry<'a>> {
    let of_files = dashboards.pages.iter().filter_map(|entry| {
        let (title, is_here) = (entry.nav.as_ref()?.in_lang(view.lang), page.is_some_and(|p| p.name == entry.name));
        Some((entry.order, NavEntry { address: address_of(entry, &defaults(entry)), title, is_here }))
    });
    let own = dashboards.site.nav.iter().map(|entry| {
        let address = entry.address.get_ref().clone();
        let is_here = page.is_none() && (view.path == address || view.path.starts_with(&format!("{address}/")));
        (entry.order, NavEntry { address, title: entry.title.in_lang(view.lang), is_here })
    });
    let mut all: Vec<_> = of_files.chain(own).collect();
    all.sort_by_key(|(order, _)| *order);
    all.into_iter().map(|(_, entry)| entry).collect()
}

/// The page's title with `{parameter}` replaced by the name of what is chosen.
pub(super) fn filled_title(page: &Page, view: &View) -> String {
    filled(page.title.in_lang(view.lang), view)
}

pub(super) fn filled(text: &str, view: &View) -> String {
    view.parameters.iter().fold(text.to_owned(), |text, (name, value)| {
        let label = chosen(view, name, value).map_or(value.as_str(), |choice| label_of(choice, view.lang));
        text.replace(&format!("{{{name}}}"), label)
    })
}

/// For each parameter of the page: what else can be looked at, as links.
pub(super) fn choices(page: &Page, view: &View) -> Markup {
    html! {
        @if !page.parameters.is_empty() { div.choosing { @for (name, parameter) in &page.parameters {
            @let all = view.choices.get(name).map_or(&[][..], Vec::as_slice);
            @if !all.is_empty() {
                details.choices {
                    summary { (say(view.lang, "page.choose_title", &[("what", parameter.title.in_lang(view.lang))])) }
                    ul { @for choice in all {
                        @let here = view.parameters.get(name) == Some(&choice.value);
                        @let deep = choice.parent.as_deref().is_some_and(|parent| all.iter().any(|c| c.value == parent && c.parent.is_some()));
                        li class=[deep.then_some("deep")] {
                            a href=(address_with(page, view, name, &choice.value)) aria-current=[here.then_some("page")] { (in_its_language(label_of(choice, view.lang), view.lang)) }
                        }
                    } }
                }
            }
        } } }
    }
}

fn breadcrumbs(page: &Page, view: &View, title: &str) -> Markup {
    html! {
        @if page.address != "/" {
            nav.crumbs aria-label=(say(view.lang, "page.breadcrumbs", &[])) { ol {
                li { a href=(view.href("/")) { (say(view.lang, "page.home", &[])) } }
                @for (address, choice) in &view.above { li { a href=(view.href(address)) { (in_its_language(label_of(choice, view.lang), view.lang)) } } }
                li aria-current="page" { (in_its_language(title, view.lang)) }
            } }
        }
    }
}

fn meta_line(page: Option<&Page>, view: &View) -> Markup {
    let lang = view.lang;
    let Some(edition) = &view.edition else { return html! {} };
    html! {
        div.meta {
            p {
                strong { (say(lang, "page.as_of", &[("date", &text::date(lang, edition.as_of))])) }
                span { (say(lang, "page.edition", &[("n", &edition.number.to_string())])) }
                @if let Some(at) = edition.published_at { span { a href=(view.href("/jobs")) { (published(lang, at)) } } }
                @if let Some(day) = view.newest_arrival { span { (say(lang, "page.fresh", &[("date", &text::date(lang, day))])) } }
                @if page.is_some_and(Page::is_synthetic) {
                    span.tag { (say(lang, "page.synthetic", &[])) }
                }
            }
            @if view.editions.len() > 1 { (edition_picker(page, view, edition.number)) }
            @if view.is_pinned {
                p.pinned role="status" {
                    (say(lang, "page.edition_pinned", &[("n", &edition.number.to_string())])) " "
                    a href=(view.this_page(page, lang, None)) { (say(lang, "page.edition_newest", &[])) }
                }
            }
        }
    }
}

/// This view as another edition has it, or what changed between that one and this: a form that sends an address.
fn edition_picker(page: Option<&Page>, view: &View, here: i64) -> Markup {
    let lang = view.lang;
    let (action, kept) = super::table::as_form(&view.this_page(page, lang, None), "edition");
    let label = say(lang, "page.editions_pick", &[]);
    html! {
        details.editions {
            summary { (say(lang, "page.editions_older", &[])) }
            form method="get" action=(action) {
                (kept)
                select name="edition" aria-label=(label) { @for other in view.editions.iter().filter(|e| e.number != here) {
                    option value=(other.number) {
                        (say(lang, "page.as_of", &[("date", &text::date(lang, other.as_of))])) " \u{b7} "
                        (say(lang, "page.edition", &[("n", &other.number.to_string())]))
                    }
                } }
                button type="submit" { (say(lang, "page.editions_go", &[])) }
                button type="submit" formaction={ "/editions/" (here) } {
                    (say(lang, "editions.beside", &[("n", &here.to_string())]))
                }
            }
        }
    }
}

fn foot(dashboards: &Dashboards, page: Option<&Page>, view: &View) -> Markup {
    let lang = view.lang;
    let site = &dashboards.site;
    let help = dashboards.pages.iter().find(|page| page.name == "help");
    html! {
        footer.bottom {
            @if page.is_some_and(Page::is_synthetic) { p.note.synthetic { (site.synthetic.in_lang(lang)) } }
            section.legend aria-labelledby="legend-h" {
                h2 id="legend-h" { (say(lang, "page.lights_legend", &[])) }
                ul { @match page.map(|page| &page.legend).filter(|legend| !legend.is_empty()) {
                    Some(legend) => @for light in Light::ALL { @if let Some(words) = legend.get(light.name()) {
                        li { (super::table::light_as(light.name(), words.in_lang(lang))) }
                    } },
                    None => @for light in Light::ALL { li {
                        (super::table::light(lang, light.name())) " " span { (light_meaning(lang, light)) }
                    } },
                } }
            }
            @if !site.decisions.is_empty() && !page.is_some_and(shows_decisions) {
                details.decide {
                    summary { (say(lang, "page.decisions", &[])) }
                    ol { @for decision in &site.decisions { li { (decision.in_lang(lang)) } } }
                }
            }
            p.note {
                @if let Some(help) = help { a href=(view.href(&help.address)) { (say(lang, "page.decisions_more", &[])) } " \u{b7} " }
                (site.source.in_lang(lang))
            }
        }
    }
}

fn published(lang: Lang, at: NaiveDateTime) -> Markup {
    let (date, time) = (text::date(lang, at.date()), at.format("%H:%M").to_string());
    let when = say(lang, "date.moment", &[("date", &date), ("time", &time)]);
    html! { time datetime=(at.format("%Y-%m-%dT%H:%M")) { (say(lang, "page.published", &[("when", &when)])) } }
}

fn light_meaning(lang: Lang, light: Light) -> String {
    match light {
        Light::Done => say(lang, "light_meaning.done", &[]),
        Light::Green => say(lang, "light_meaning.green", &[]),
        Light::Watch => say(lang, "light_meaning.watch", &[]),
        Light::Yellow => say(lang, "light_meaning.yellow", &[]),
        Light::Red => say(lang, "light_meaning.red", &[]),
        Light::NotReported => say(lang, "light_meaning.not_reported", &[]),
        Light::NoTask => say(lang, "light_meaning.no_task", &[]),
        Light::InDoubt => say(lang, "light_meaning.in_doubt", &[]),
    }
}

fn shows_decisions(page: &Page) -> bool {
    page.panels.iter().any(|panel| *panel.chart.get_ref() == Kind::Decisions)
}

/// A language names itself.
fn language_name(lang: Lang) -> String {
    say(lang, "page.language_name", &[])
}

fn address_with(page: &Page, view: &View, name: &str, value: &str) -> String {
    let mut parameters = view.parameters.clone();
    parameters.insert(name.to_owned(), value.to_owned());
    view.href(&address_of(page, &parameters))
}

fn chosen<'a>(view: &'a View, name: &str, value: &str) -> Option<&'a Choice> {
    view.choices.get(name)?.iter().find(|choice| choice.value == value)
}

pub(super) fn label_of(choice: &Choice, lang: Lang) -> &str {
    match lang {
        Lang::En if !choice.label_en.is_empty() => &choice.label_en,
        _ => &choice.label,
    }
}
