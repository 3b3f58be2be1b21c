//! What the routes share: the reader, the dashboards, and the answers that are kept.

use super::beside;
use super::kept::{Era, Kept};
use super::pages::{self, Answer, Answers, Choice, View};
use crate::dashboards::{Dashboards, Kind, Listed, Page, Panel, Parameter, read_dashboards};
use crate::error::{Error, Result};
use crate::load::meta_schemas;
use crate::models::Docs;
use crate::project::{Job, Project, Step};
use crate::questions::{Place, Questions};
use crate::rows::{Rows, Value};
use crate::text::Lang;
use crate::warehouse::{Edition, Limits, Reader, Warehouse};
use chrono::{DateTime, NaiveDateTime};
use chrono_tz::Tz;
use futures::{FutureExt, StreamExt, stream};
use std::collections::{BTreeMap, HashMap};
use std::fs::DirEntry;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::sync::OnceCell;

/// What one panel's query may cost.
const PANEL_LIMITS: Limits =
    Limits { text_bytes: 64 * 1024, rows: 200_000, time: Duration::from_secs(20), memory_bytes: 512 * 1024 * 1024 };
/// The dashboards' folder in the project.
const FOLDER: &str = "dashboards";
/// What a question of an analyst's own may cost.
const QUESTION_LIMITS: Limits =
    Limits { text_bytes: 64 * 1024, rows: 200_000, time: Duration::from_secs(60), memory_bytes: 512 * 1024 * 1024 };
/// Panels of a page that are asked for side by side.
const PANELS_AT_ONCE: usize = 3;
/// Rows handed to a page; a download has them all.
const PAGE_ROWS_MAX: usize = 5_000;
/// Steps above what a page shows.
const STEPS_ABOVE_MAX: usize = 8;
/// Lists of choices kept.
const CHOICES_KEPT: usize = 500;

/// The dashboards as they were last read.
struct Shown {
    dashboards: Arc<Dashboards>,
    /// What their folder looked like.
    folder: Vec<(PathBuf, u64, Option<SystemTime>)>,
}

/// Shared by all requests.
#[derive(Clone)]
pub struct Served(Arc<Inner>);

struct Inner {
    reader: Reader,
    dashboards: Mutex<Shown>,
    project: Arc<Project>,
    questions: Questions,
    /// Made when they are first asked for, for one reading of the dashboards.
    docs: Mutex<(u64, Arc<OnceCell<Arc<Docs>>>)>,
    zone: Tz,
    answers: Kept,
    choices: Mutex<HashMap<String, Arc<Vec<Choice>>>>,
    /// What pages say of editions, by number: an edition never changes.
    editions: Mutex<BTreeMap<u64, pages::Edition>>,
}

impl Served {
    /// Analysts' questions are answered by this program itself.
    pub fn new(project: Arc<Project>, warehouse: Warehouse) -> Result<Served> {
        let program = std::env::current_exe().map_err(|e| Error::internal("query_process").with("cause", e))?;
        let (folder, data) = (project.dir.clone(), warehouse.dir().to_owned());
        let place = Place { program, project: folder, data, limits: QUESTION_LIMITS };
        Served::answered_at(project, warehouse, place)
    }

    /// Analysts' questions are answered by the program at a place, within its limits.
    pub fn answered_at(project: Arc<Project>, warehouse: Warehouse, place: Place) -> Result<Served> {
        let folder = project.dir.join(FOLDER);
        let shown = Shown { folder: look_of(&folder), dashboards: Arc::new(read_dashboards(&folder)) };
        let dashboards = Mutex::new(shown);
        let zone = zone_of(&project);
        let reader = Reader::new(project.clone(), warehouse, PANEL_LIMITS)?;
        let (docs, answers, choices, editions) = Default::default();
        let questions = Questions::new(place);
        Ok(Served(Arc::new(Inner { reader, dashboards, project, questions, docs, zone, answers, choices, editions })))
    }

    /// The dashboards as their folder has them now: a changed file is read again by the next request.
    pub fn dashboards(&self) -> Arc<Dashboards> {
        let folder = self.0.project.dir.join(FOLDER);
        let look = look_of(&folder);
        let mut shown = self.0.dashboards.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.folder != look {
            let dashboards = Dashboards { reading: shown.dashboards.reading + 1, ..read_dashboards(&folder) };
            *shown = Shown { folder: look, dashboards: Arc::new(dashboards) };
        }
        shown.dashboards.clone()
    }

    pub fn reader(&self) -> &Reader {
        &self.0.reader
    }

    pub fn warehouse(&self) -> &Warehouse {
        self.0.reader.warehouse()
    }

    pub fn project(&self) -> &Project {
        &self.0.project
    }

    /// Where questions of an analyst's own go.
    pub fn questions(&self) -> &Questions {
        &self.0.questions
    }

    /// The answers made before.
    pub fn answers(&self) -> &Kept {
        &self.0.answers
    }

    /// What answers depend on now; `None` if the editions cannot be listed.
    pub fn era(&self) -> Option<Era> {
        let editions = self.warehouse().editions().ok()?;
        Some(Era { dashboards: self.dashboards().reading, editions })
    }

    /// The documentation of the project's tables and panels, made anew when the dashboards have changed.
    pub async fn docs(&self) -> Result<Arc<Docs>> {
        let inner = self.0.clone();
        let dashboards = self.dashboards();
        let docs = {
            let mut docs = self.0.docs.lock().unwrap_or_else(PoisonError::into_inner);
            if docs.0 != dashboards.reading {
                *docs = (dashboards.reading, Arc::default());
            }
            docs.1.clone()
        };
        let read = move || Docs::read(&inner.project, &meta_schemas()?, &dashboards.questions()).map(Arc::new);
        let made = || beside(read);
        docs.get_or_try_init(made).await.cloned()
    }

    /// What a reader looks at. A pinned edition lists no later one, so its pages stay as they are.
    pub async fn view(&self, path: &str, lang: Lang, edition: Option<u64>) -> Result<(View, Option<Edition>)> {
        let numbers = self.warehouse().editions()?;
        let mut view = View {
            lang,
            // An address that begins with two slashes would lead to another host.
            path: format!("/{}", path.trim_start_matches('/')),
            parameters: BTreeMap::new(),
            choices: BTreeMap::new(),
            above: Vec::new(),
            edition: None,
            is_pinned: edition.is_some(),
            editions: Vec::new(),
            newest_arrival: None,
            tables: BTreeMap::new(),
        };
        let Some(newest) = numbers.last().copied() else { return Ok((view, None)) };
        let shown = self.warehouse().edition(Some(edition.unwrap_or(newest)))?;
        let listed = numbers.iter().rev().filter(|n| **n <= shown.edition);
        view.editions = listed.map(|n| self.listed(*n)).collect::<Result<_>>()?;
        view.edition = Some(self.of_page(&shown));
        let newest = "select max(arrived_on) as day from meta.deliveries where outcome <> 'refused'";
        let rows = self.0.reader.ask_rows(&shown, newest, &[]).await?;
        if let Some(Value::Date(day)) = rows.get(0, "day") {
            view.newest_arrival = Some(*day);
        }
        Ok((view, Some(shown)))
    }

    /// Fills in a page's parameters from what the address said; a value that is no choice is refused.
    pub async fn fill(
        &self,
        dashboards: &Dashboards,
        view: &mut View,
        page: &Page,
        edition: &Edition,
        asked: &BTreeMap<String, String>,
    ) -> Result<()> {
        for (name, parameter) in &page.parameters {
            let choices = self.choices(edition, &parameter.choices).await?;
            let default = || Some(&parameter.default).filter(|value| !value.is_empty());
            let value = asked.get(name).or_else(default).or(choices.first().map(|choice| &choice.value));
            let chosen = choices.iter().find(|choice| Some(&choice.value) == value);
            let Some(chosen) = chosen else {
                let value = value.map_or("", String::as_str);
                return Err(Error::request("page_parameter").with("name", name).with("value", value));
            };
            let is_listed = |choice: &&Choice| parameter.list == Listed::All || choice.parent == chosen.parent;
            view.parameters.insert(name.clone(), chosen.value.clone());
            view.choices.insert(name.clone(), choices.iter().filter(is_listed).cloned().collect());
        }
        for (name, parameter) in &page.parameters {
            let above = self.above(dashboards, &view.parameters, (page, name, parameter), edition).await?;
            view.above.splice(0..0, above);
        }
        view.tables = pages::read_arrangements(page, asked);
        Ok(())
    }

    /// The choices above the chosen one, the farthest first, each with its address: those of the parameter itself, then those
    /// of the page that it lies within.
    pub async fn above(
        &self,
        dashboards: &Dashboards,
        parameters: &BTreeMap<String, String>,
        (page, name, parameter): (&Page, &str, &Parameter),
        edition: &Edition,
    ) -> Result<Vec<(String, Choice)>> {
        let mut choices = self.choices(edition, &parameter.choices).await?;
        let (mut on, mut named, mut parameter, mut parameters) = (page, name, parameter, parameters.clone());
        let mut at = parameters.get(name).cloned();
        let mut above = Vec::new();
        // A tree of places is a handful of steps deep; the bound keeps a loop in the data from being one here.
        while above.len() < STEPS_ABOVE_MAX {
            let chosen = choices.iter().find(|choice| Some(&choice.value) == at.as_ref());
            let Some(parent) = chosen.and_then(|choice| choice.parent.clone()) else { break };
            if !choices.iter().any(|choice| choice.value == parent) {
                let within = parameter.within.as_ref().and_then(|within| dashboards.page(within.get_ref()));
                let Some((outer, subject)) = within.and_then(|outer| Some((outer, outer.subject()?))) else { break };
                (on, named, parameter, parameters) = (outer, subject.0, subject.1, pages::defaults(outer));
                choices = self.choices(edition, &parameter.choices).await?;
            }
            let Some(choice) = choices.iter().find(|choice| choice.value == parent) else { break };
            parameters.insert(named.to_owned(), parent.clone());
            above.insert(0, (pages::address_of(on, &parameters), choice.clone()));
            at = Some(parent);
        }
        Ok(above)
    }

    /// What a parameter may be, as its query says; asked once an edition.
    pub async fn choices(&self, edition: &Edition, sql: &str) -> Result<Arc<Vec<Choice>>> {
        let key = format!("{} {sql}", edition.edition);
        if let Some(known) = self.0.choices.lock().ok().and_then(|c| c.get(&key).cloned()) {
            return Ok(known);
        }
        let rows = self.0.reader.ask_rows(edition, sql, &[]).await?;
        let text = |row: usize, column: &str| rows.get(row, column).filter(|v| !v.is_null()).map(Value::to_string);
        let choices: Vec<Choice> = (0..rows.len())
            .map(|row| Choice {
                value: text(row, "value").unwrap_or_default(),
                label: text(row, "label").unwrap_or_default(),
                label_en: text(row, "label_en").unwrap_or_default(),
                parent: text(row, "parent"),
                search: text(row, "search").unwrap_or_default(),
            })
            .collect();
        let choices = Arc::new(choices);
        if let Ok(mut kept) = self.0.choices.lock() {
            if kept.len() >= CHOICES_KEPT {
                kept.clear();
            }
            kept.insert(key, choices.clone());
        }
        Ok(choices)
    }

    /// A page as HTML, and whether all of its panels could be answered.
    pub async fn page(&self, dashboards: &Dashboards, view: &View, page: &Page, edition: &Edition) -> (String, bool) {
        let mut asked = Vec::new();
        for panel in page.panels.iter().filter(|panel| panel.query.is_some()) {
            let answer = async move {
                let answer = self.answer(view, panel, edition).await.map(|mut rows| {
                    // A table shows a page of all its rows.
                    let is_table = *panel.chart.get_ref() == Kind::Table;
                    let kept = if is_table { usize::MAX } else { PAGE_ROWS_MAX };
                    let cut = rows.rows.len() > kept;
                    rows.rows.truncate(kept);
                    Answer { rows, cut }
                });
                (panel.id.get_ref().clone(), answer)
            };
            asked.push(answer.boxed());
        }
        let answers: Answers = stream::iter(asked).buffered(PANELS_AT_ONCE).collect().await;
        (pages::page(dashboards, page, view, &answers), answers.values().all(Result::is_ok))
    }

    /// All rows of a panel.
    pub async fn answer(&self, view: &View, panel: &Panel, edition: &Edition) -> Result<Rows> {
        let Some(query) = &panel.query else { return Ok(Rows::default()) };
        let parameters: Vec<(&str, &str)> = view.parameters.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.0.reader.ask_rows(edition, query.get_ref(), &parameters).await
    }

    /// What pages say of an edition in their lists.
    fn listed(&self, number: u64) -> Result<pages::Edition> {
        let known = |editions: &BTreeMap<u64, pages::Edition>| editions.get(&number).cloned();
        if let Some(edition) = known(&self.0.editions.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(edition);
        }
        let edition = self.of_page(&self.warehouse().edition(Some(number))?);
        self.0.editions.lock().unwrap_or_else(PoisonError::into_inner).insert(number, edition.clone());
        Ok(edition)
    }

    /// A recorded moment in the time zone of the job that publishes.
    pub fn local_time(&self, stamp: &str) -> Option<NaiveDateTime> {
        Some(DateTime::parse_from_rfc3339(stamp).ok()?.with_timezone(&self.0.zone).naive_local())
    }

    fn of_page(&self, edition: &Edition) -> pages::Edition {
        pages::Edition {
            number: edition.edition as i64,
            as_of: edition.as_of,
            published_at: self.local_time(&edition.published_at),
        }
    }
}

/// The files of a folder, each with its size and the time of its last change.
fn look_of(folder: &Path) -> Vec<(PathBuf, u64, Option<SystemTime>)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let file = |entry: DirEntry| {
        let facts = entry.metadata().ok()?;
        Some((entry.path(), facts.len(), facts.modified().ok()))
    };
    let mut files: Vec<_> = entries.filter_map(file).collect();
    files.sort();
    files
}

/// The time zone of the job that publishes: pages say in it when they were made.
fn zone_of(project: &Project) -> Tz {
    let publishes = |job: &&Job| job.steps.contains(&Step::Publish);
    project.jobs.values().find(publishes).and_then(|job| job.zone().ok()).unwrap_or(Tz::UTC)
}
