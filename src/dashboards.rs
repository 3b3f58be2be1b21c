//! The pages of a project: `dashboards/NAME.toml` says what a page shows, in both languages, and asks for it in SQL.
//! Reads those files and nothing else; runs no query. A new page, panel or word needs no Rust.

use crate::error::Error;
use crate::models::Question;
use crate::project::line_of;
use crate::text::Words;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use toml::Spanned;

mod check;
mod template;

pub use template::{Part, Template};

/// Everything that the folder says.
#[derive(Clone, Debug, Default)]
pub struct Dashboards {
    pub site: Site,
    /// In the order of the navigation.
    pub pages: Vec<Page>,
    /// Every mistake in every file, each with its file and line; a page with a mistake is not in `pages`.
    pub mistakes: Vec<Error>,
    /// How often the server had read the folder before: a part of every kept page's key, so that none outlives its files.
    pub reading: u64,
}

impl Dashboards {
    /// Whether there is anything to be looked up.
    pub fn has_search(&self) -> bool {
        self.pages.iter().any(|page| page.parameters.values().any(|parameter| parameter.search))
    }

    /// A page by its name.
    pub fn page(&self, name: &str) -> Option<&Page> {
        self.pages.iter().find(|page| page.name == name)
    }

    /// What the panels ask, for the lineage of their figures.
    pub fn questions(&self) -> Vec<Question> {
        let of_panel = |page: &Page, panel: &Panel| {
            let sql = panel.query.as_ref()?.get_ref().clone();
            let name = format!("pages.{}:{}", page.name, panel.id.get_ref());
            let joint = |page: &str, panel: &str| format!("{page} \u{b7} {panel}");
            let title =
                Words { zh: joint(&page.title.zh, &panel.title.zh), en: joint(&page.title.en, &panel.title.en) };
            Some(Question { name, title, file: format!("dashboards/{}.toml", page.name), sql })
        };
        self.pages.iter().flat_map(|page| page.panels.iter().filter_map(move |panel| of_panel(page, panel))).collect()
    }
}

/// `dashboards/site.toml`: the name of the whole and what every page says below its panels.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    pub title: Words,
    #[serde(default)]
    pub source: Words,
    /// Why the split of targets is called synthetic; below every page that shows it.
    #[serde(default)]
    pub synthetic: Words,
    #[serde(default)]
    pub decisions: Vec<Words>,
    /// Pages of the program's own that stand in the navigation.
    #[serde(default)]
    pub nav: Vec<OwnPage>,
}

/// A page that no file of the folder defines, as the navigation lists it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnPage {
    /// `/jobs`, `/models` or `/sql`.
    pub address: Spanned<String>,
    pub title: Words,
    #[serde(default)]
    pub order: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The file's name without its ending; never written in the file.
    #[serde(skip)]
    pub name: String,
    /// Where the page answers, parameters in braces; by default `/NAME`.
    #[serde(default)]
    pub address: String,
    pub title: Words,
    /// The title in the navigation; a page without one is reached by links only.
    pub nav: Option<Words>,
    #[serde(default)]
    pub order: i64,
    pub lead: Option<Words>,
    /// What the marks mean on this page, by the light's name, where they are not the lights of the tasks.
    #[serde(default)]
    pub legend: BTreeMap<String, Words>,
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
    pub panels: Vec<Panel>,
}

impl Kind {
    /// Is it drawn, so that it may be taken away as an image?
    pub fn is_chart(self) -> bool {
        match self {
            Kind::Bullet | Kind::Line | Kind::Bars | Kind::Dots | Kind::Shares => true,
            Kind::Heat | Kind::Tiles | Kind::Map | Kind::Funnel => true,
            Kind::Table | Kind::Sentence | Kind::Text | Kind::Decisions => false,
        }
    }
}

impl Page {
    /// The parameter that the page is about: the last one in its address.
    pub fn subject(&self) -> Option<(&String, &Parameter)> {
        let name = check::braced(&self.address).last()?;
        self.parameters.get_key_value(name)
    }

    /// Does a panel of it show targets from the invented split?
    pub fn is_synthetic(&self) -> bool {
        self.panels.iter().any(|panel| panel.synthetic)
    }
}

/// A value that the address carries; only what `choices` returns is taken.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    pub title: Words,
    /// What is taken where the address says nothing; empty: the first choice.
    #[serde(default)]
    pub default: String,
    /// Returns `value`, `label`, `label_en` and, optionally, `parent` (a value: for the breadcrumbs) and `search` (more
    /// words by which the choice is found, with blanks between).
    pub choices: String,
    /// The search box looks among these choices.
    #[serde(default)]
    pub search: bool,
    /// Which of the choices the page lists.
    #[serde(default)]
    pub list: Listed,
    /// The page whose choices are the parents of these, where they are not choices of this parameter themselves.
    pub within: Option<Spanned<String>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listed {
    #[default]
    All,
    /// Those with the parent of the one that is chosen.
    Siblings,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Bullet,
    Line,
    Bars,
    /// A value or an interval a row, on a scale that need not begin at zero.
    Dots,
    Shares,
    /// Places by tasks, each pair a light.
    Heat,
    /// Places as tiles, roughly where they lie.
    Tiles,
    /// Places by their outlines.
    Map,
    /// How many reach each step.
    Funnel,
    Table,
    Sentence,
    /// Words without a query.
    Text,
    /// The site's decisions, in full.
    Decisions,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Width {
    #[default]
    Full,
    TwoThirds,
    Half,
    Third,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Panel {
    pub id: Spanned<String>,
    pub title: Words,
    pub chart: Spanned<Kind>,
    pub query: Option<Spanned<String>>,
    #[serde(default)]
    pub width: Width,
    #[serde(default)]
    pub unit: Words,
    #[serde(default)]
    pub source: Words,
    pub note: Option<Words>,
    /// What to say when the query returns nothing.
    pub empty: Option<Words>,
    /// Left out of the page when its query returns nothing.
    #[serde(default)]
    pub optional: bool,
    /// Shows that the targets of units and counties are an invented split.
    #[serde(default)]
    pub synthetic: bool,
    /// For `sentence` (filled from each row) and `text`: `{column:format}`, `[words](/address/{column})`, `**strong**`.
    pub text: Option<TemplateWords>,
    /// Other words for rows whose `roles.variant` column holds this value.
    #[serde(default)]
    pub variants: BTreeMap<String, TemplateWords>,
    /// For `sentence`: large, the first thing that is read.
    #[serde(default)]
    pub headline: bool,
    /// Which columns a chart draws.
    #[serde(default)]
    pub roles: Roles,
    /// The table beside the chart, or the table itself.
    #[serde(default)]
    pub columns: Vec<Column>,
    /// Rows listed on the page; the CSV has all.
    #[serde(default = "rows_shown")]
    pub rows_shown: usize,
}

fn rows_shown() -> usize {
    100
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateWords {
    pub zh: Spanned<String>,
    pub en: Spanned<String>,
}

/// A column's name, or one for each language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Name {
    One(String),
    Each(Words),
}

impl Name {
    pub fn in_lang(&self, lang: crate::text::Lang) -> &str {
        match self {
            Name::One(name) => name,
            Name::Each(words) => words.in_lang(lang),
        }
    }

    pub fn names(&self) -> Vec<&str> {
        match self {
            Name::One(name) => vec![name],
            Name::Each(words) => vec![&words.zh, &words.en],
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Roles {
    pub label: Option<Name>,
    pub unit: Option<Name>,
    pub actual: Option<Name>,
    /// The upper end of an interval (bars, dots).
    pub actual_to: Option<Name>,
    /// What the actual is measured against (bullet), or the count that a step is a part of (funnel).
    pub target: Option<Name>,
    pub expected: Option<Name>,
    /// Percentage points ahead (+) or behind (−).
    pub gap: Option<Name>,
    pub light: Option<Name>,
    /// What lights are called in this chart, by the light's name, where they are not the lights of the tasks.
    #[serde(default)]
    pub light_words: BTreeMap<String, Words>,
    /// A few words after the gap (bullet, heat, tiles, map) or the count (funnel): what a figure lacks, of whom it is a part.
    pub note: Option<Name>,
    /// How the label is written; codes such as reasons become words.
    #[serde(default)]
    pub label_format: Format,
    /// How the numbers of a chart are written.
    #[serde(default)]
    pub format: Format,
    /// Chooses among `variants` (sentence).
    pub variant: Option<Name>,
    /// Decimal places of the row's numbers; without it whole numbers stay whole and others get two.
    pub places: Option<Name>,
    /// Gap, in percentage points, where the bands change (bullet): the worse bound first.
    #[serde(default)]
    pub bands: Vec<Name>,
    /// A chart of its own for each value (line).
    pub facet: Option<Name>,
    pub month: Option<Name>,
    pub count: Option<Name>,
    /// The head of a cell's column (heat), or a tile's column from the west (tiles).
    pub column: Option<Name>,
    /// A tile's row from the north (tiles).
    pub row: Option<Name>,
    /// A border as text (map): degrees `east,north` parted by blanks, rings by semicolons; blank for a place without one.
    pub outline: Option<Name>,
    /// Where a place's mark stands (map), in degrees.
    pub east: Option<Name>,
    pub north: Option<Name>,
    /// The ends of a forecast (line).
    pub lower: Option<Name>,
    pub upper: Option<Name>,
    /// An address for a row's label (heat).
    pub label_link: Option<Template>,
    /// An address for the mark: `/regions/{region_code}`.
    pub link: Option<Template>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub column: Name,
    pub label: Words,
    #[serde(default)]
    pub format: Format,
    /// The other end of a range: `3–5`.
    pub to: Option<Name>,
    /// A column with the unit to write after the number.
    pub unit: Option<Name>,
    pub places: Option<Name>,
    pub link: Option<Template>,
    /// Words for the codes that the column holds; a light keeps its mark before them.
    #[serde(default)]
    pub words: BTreeMap<String, Words>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// As it is; whole numbers with separators, others with two decimals.
    #[default]
    Plain,
    /// As it is, digits too: codes, file names.
    Code,
    Count,
    Decimal1,
    Decimal2,
    /// A number that is a percentage already: `59.43%`.
    Pct,
    /// A share of one, shown as a percentage.
    Share,
    /// Percentage points with their sign.
    Points,
    Date,
    Month,
    Light,
    /// A series as text, values in order with blanks between and `-` for a missing one, drawn as a small line.
    Series,
    /// Why a row was returned or a file refused, or what was repaired, said in the catalog's words (`reason.CODE`,
    /// `refusal.CODE`, `repair.CODE`, the limit that a refusal's detail names).
    Reason,
}

/// Reads every file of the folder.
pub fn read_dashboards(folder: &Path) -> Dashboards {
    let mut all = Dashboards::default();
    let mut files: Vec<_> = match std::fs::read_dir(folder) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(error) => {
            all.mistakes
                .push(Error::request("dashboards_unreadable").with("folder", folder.display()).with("reason", error));
            Vec::new()
        }
    };
    files.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    for path in files {
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match std::fs::read_to_string(&path) {
            Err(error) => all.mistakes.push(mistake("dashboard_unreadable", &name, 1).with("reason", error)),
            Ok(text) if name == "site" => match toml::from_str(&text) {
                Ok(site) => {
                    all.mistakes.extend(check::check_site(&site, &text));
                    all.site = site;
                }
                Err(error) => all.mistakes.push(shape_mistake(&name, &text, &error)),
            },
            Ok(text) => match read_page(&name, &text) {
                Ok(page) => all.pages.push(page),
                Err(mistakes) => all.mistakes.extend(mistakes),
            },
        }
    }
    all.pages.sort_by(|a, b| (a.order, &a.name).cmp(&(b.order, &b.name)));
    all.mistakes.extend(check::shared_addresses(&all.pages));
    all.mistakes.extend(check::pages_within(&all.pages));
    all
}

/// Reads one page: its shape, then every promise between its parts.
pub fn read_page(name: &str, text: &str) -> Result<Page, Vec<Error>> {
    let mut page: Page = toml::from_str(text).map_err(|error| vec![shape_mistake(name, text, &error)])?;
    page.name = name.to_owned();
    if page.address.is_empty() {
        page.address = format!("/{name}");
    }
    let mistakes = check::check_page(&page, text);
    if mistakes.is_empty() { Ok(page) } else { Err(mistakes) }
}

fn shape_mistake(name: &str, text: &str, error: &toml::de::Error) -> Error {
    let line = error.span().map_or(1, |span| line_of(text, span.start));
    mistake("dashboard_shape", name, line).with("reason", error.message())
}

fn mistake(key: &'static str, name: &str, line: usize) -> Error {
    Error::request(key).with("file", format!("dashboards/{name}.toml")).with("line", line)
}
