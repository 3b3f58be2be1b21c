//! Pages as HTML text, made from a page's definition and its panels' rows. Pure: no query, file or clock. Everything
//! works without JavaScript and nothing is fetched from another host.

mod arrange;
mod chart;
mod editions;
mod flow;
mod format;
mod jobs;
mod models;
mod panel;
mod search;
mod sentence;
mod shell;
mod sql;
mod table;

pub use arrange::{Arrangement, read_arrangements};
pub use editions::editions_page;
pub use jobs::{JobShown, jobs_page};
pub use models::{model_page, models_page};
pub use search::search_page;
pub use sql::{Found, Outcome, SqlPage, sql_page, sql_result};

use crate::charts::Size;
use crate::dashboards::{Dashboards, Page, Panel};
use crate::error::Error;
use crate::rows::Rows;
use crate::text::{Lang, say};
use chrono::{NaiveDate, NaiveDateTime};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// What one reader looks at: everything of a page that is not its panels.
#[derive(Clone, Debug)]
pub struct View {
    pub lang: Lang,
    /// The path asked for, without its query.
    pub path: String,
    /// The page's parameters in force, by name.
    pub parameters: BTreeMap<String, String>,
    /// What each parameter may be, as far as the page lists it.
    pub choices: BTreeMap<String, Vec<Choice>>,
    /// What the chosen lies in, the farthest first, each with its address.
    pub above: Vec<(String, Choice)>,
    /// `None` before the first night.
    pub edition: Option<Edition>,
    /// The address names the edition, so every link keeps it.
    pub is_pinned: bool,
    /// Newest first.
    pub editions: Vec<Edition>,
    /// The day on which the newest file arrived.
    pub newest_arrival: Option<NaiveDate>,
    /// How the reader arranged the page's tables, by panel.
    pub tables: BTreeMap<String, Arrangement>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edition {
    pub number: i64,
    pub as_of: NaiveDate,
    /// Local time of the job that published it; `None` if the record of it cannot be read.
    pub published_at: Option<NaiveDateTime>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub label_en: String,
    pub parent: Option<String>,
    /// Further words by which it is found, with blanks between.
    pub search: String,
}

/// A panel's rows; `cut` if the limit left some out.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub rows: Rows,
    pub cut: bool,
}

/// Panel id → what its query returned. A panel without an entry is shown as empty.
pub type Answers = BTreeMap<String, Result<Answer, Error>>;

/// A whole page.
pub fn page(dashboards: &Dashboards, page: &Page, view: &View, answers: &Answers) -> String {
    let title = shell::filled_title(page, view);
    let body = html! {
        @if let Some(lead) = &page.lead { p.lead { (lead.in_lang(view.lang)) } }
        (shell::choices(page, view))
        div.panels {
            @for part in page.panels.iter().filter(|part| !is_left_out(part, answers)) {
                (panel::section(dashboards, page, part, view, answers.get(part.id.get_ref())))
            }
        }
    };
    shell::document(dashboards, Some(page), view, &title, body)
}

/// Whether a panel has nothing to say and says so by not being there.
fn is_left_out(panel: &Panel, answers: &Answers) -> bool {
    let answer = answers.get(panel.id.get_ref());
    panel.optional && matches!(answer, Some(Ok(answer)) if answer.rows.is_empty())
}

/// One chart as a file of its own; `None` for a panel that is no chart or has no rows.
pub fn panel_svg(panel: &Panel, view: &View, answer: &Answer) -> Option<String> {
    let size = match chart::sizes(panel) {
        [Size::Narrow] | [] => Size::Half,
        [first, ..] => *first,
    };
    chart::draw(panel, view, &answer.rows, size, true)
}

/// One panel as a document of its own, for a frame in another page.
pub fn panel_page(dashboards: &Dashboards, page: &Page, panel: &Panel, view: &View, answer: Answer) -> String {
    let body = panel::section(dashboards, page, panel, view, Some(&Ok(answer)));
    shell::bare(view, &panel_title(panel, view), body)
}

/// A panel's title, its parameters filled in.
pub fn panel_title(panel: &Panel, view: &View) -> String {
    shell::filled(panel.title.in_lang(view.lang), view)
}

/// A page that says what went wrong, in the frame of all others.
pub fn error_page(dashboards: &Dashboards, view: &View, error: &Error) -> String {
    let title = say(view.lang, "page.error_title", &[]);
    let body = html! { div.panels { section.panel.w-full.failed { (panel::error_words(view.lang, error)) } } };
    shell::document(dashboards, None, view, &title, body)
}

pub fn not_found_page(dashboards: &Dashboards, view: &View) -> String {
    let title = say(view.lang, "page.not_found", &[]);
    let body = html! { p.lead { (say(view.lang, "page.not_found_hint", &[])) } };
    shell::document(dashboards, None, view, &title, body)
}

/// Before the first night there is nothing to show, and this says so.
pub fn no_edition_page(dashboards: &Dashboards, view: &View) -> String {
    let title = say(view.lang, "page.edition_none", &[]);
    let body = html! { p.lead { (say(view.lang, "page.edition_none_hint", &[])) } };
    shell::document(dashboards, None, view, &title, body)
}

/// In place of a page whose file has mistakes: each with its file and line.
pub fn broken_page(dashboards: &Dashboards, view: &View, mistakes: &[Error]) -> String {
    let title = say(view.lang, "page.broken", &[]);
    let body: Markup = html! {
        p.lead { (say(view.lang, "page.broken_hint", &[])) }
        div.panels { @for mistake in mistakes { section.panel.w-full.failed { (panel::error_words(view.lang, mistake)) } } }
    };
    shell::document(dashboards, None, view, &title, body)
}

/// Everything that `/style.css` serves: the charts' inks and the pages' own rules.
pub fn style() -> String {
    crate::charts::page_style() + include_str!("style.css")
}

impl View {
    /// An address inside the house that keeps the reader's language and pinned edition.
    pub fn href(&self, path: &str) -> String {
        self.href_as(path, self.lang, self.pinned())
    }

    /// The edition that the address names.
    fn pinned(&self) -> Option<i64> {
        self.edition.as_ref().filter(|_| self.is_pinned).map(|edition| edition.number)
    }

    fn href_as(&self, path: &str, lang: Lang, edition: Option<i64>) -> String {
        let mut address = path.to_owned();
        let mut joint = if path.contains('?') { '&' } else { '?' };
        let lang = (lang != Lang::default()).then(|| format!("lang={}", lang.tag()));
        for part in lang.into_iter().chain(edition.map(|number| format!("edition={number}"))) {
            address.push(joint);
            address.push_str(&part);
            joint = '&';
        }
        address
    }

    /// This page in another language or edition, with the parameters that its path does not hold and its tables as they are.
    fn this_page(&self, page: Option<&Page>, lang: Lang, edition: Option<i64>) -> String {
        self.this_page_with(page, lang, edition, &self.tables)
    }

    fn this_page_with(
        &self,
        page: Option<&Page>,
        lang: Lang,
        edition: Option<i64>,
        tables: &BTreeMap<String, Arrangement>,
    ) -> String {
        let path = page.map_or_else(|| self.path.clone(), |page| address_of(page, &self.parameters));
        let tables = arrange::query_of(tables);
        self.href_as(&with_query(path, tables.iter().map(|(name, value)| (name, value))), lang, edition)
    }

    /// This page with one table arranged otherwise, at that table.
    fn rearranged(&self, page: &Page, panel: &Panel, table: Arrangement) -> String {
        let id = panel.id.get_ref();
        let mut tables = self.tables.clone();
        tables.insert(id.clone(), table);
        format!("{}#{id}", self.this_page_with(Some(page), self.lang, self.pinned(), &tables))
    }

    /// A download names its edition, so that the same address always gives the same bytes.
    fn download(&self, page: &Page, panel: &Panel, ending: &str) -> String {
        let path = format!("/panels/{}/{}.{ending}", page.name, panel.id.get_ref());
        let path = with_query(path, self.parameters.iter());
        self.href_as(&path, self.lang, self.edition.as_ref().map(|edition| edition.number))
    }
}

/// The address of a page with these parameters: those in its path there, the others as a query unless they are the
/// default.
pub fn address_of(page: &Page, parameters: &BTreeMap<String, String>) -> String {
    let mut path = page.address.clone();
    let mut others = Vec::new();
    for (name, value) in parameters {
        let place = format!("{{{name}}}");
        if path.contains(&place) {
            path = path.replace(&place, &format::encode(value));
        } else if page.parameters.get(name).is_some_and(|parameter| &parameter.default != value) {
            others.push((name, value));
        }
    }
    with_query(path, others)
}

/// A page's parameters where an address names none.
pub fn defaults(page: &Page) -> BTreeMap<String, String> {
    page.parameters.iter().map(|(name, parameter)| (name.clone(), parameter.default.clone())).collect()
}

fn with_query<'a>(path: String, parameters: impl IntoIterator<Item = (&'a String, &'a String)>) -> String {
    parameters.into_iter().fold(path, |path, (name, value)| {
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{path}{joint}{}={}", format::encode(name), format::encode(value))
    })
}
