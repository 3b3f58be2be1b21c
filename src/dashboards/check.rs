//! What must hold between the parts of a page, found before any query runs. Pure.

use super::{Format, Kind, Name, Page, Panel, Site, Template, mistake};
use crate::charts::Light;
use crate::error::Error;
use crate::project::line_of;
use std::collections::{BTreeMap, BTreeSet};

/// Every broken promise of one page, with its line.
pub(super) fn check_page(page: &Page, text: &str) -> Vec<Error> {
    let found = |key: &'static str, at: usize| mistake(key, &page.name, line_of(text, at));
    let mut mistakes = Vec::new();
    for name in braced(&page.address) {
        if !page.parameters.contains_key(name) {
            mistakes.push(found("dashboard_parameter_unknown", 0).with("parameter", name));
        }
    }
    if !page.address.starts_with('/') {
        mistakes.push(found("dashboard_address", 0).with("address", &page.address));
    }
    let no_light = |name: &&String| Light::parse(name).is_none();
    for name in page.legend.keys().filter(no_light) {
        mistakes.push(found("dashboard_light", 0).with("light", name));
    }
    let mut ids = BTreeSet::new();
    for panel in &page.panels {
        let (id, at) = (panel.id.get_ref(), panel.id.span().start);
        if id.is_empty() || !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
            mistakes.push(found("dashboard_panel_id", at).with("panel", id));
        }
        if !ids.insert(id) {
            mistakes.push(found("dashboard_panel_twice", at).with("panel", id));
        }
        let of_columns = panel.columns.iter().filter(|column| column.format == Format::Light);
        let worded = of_columns.flat_map(|column| column.words.keys()).chain(panel.roles.light_words.keys());
        for name in worded.filter(no_light) {
            mistakes.push(found("dashboard_light", at).with("light", name));
        }
        for role in missing_parts(panel) {
            mistakes.push(found("dashboard_part_missing", at).with("panel", id).with("part", role));
        }
        if let Some(query) = &panel.query {
            for name in dollar_names(query.get_ref()).filter(|name| !page.parameters.contains_key(*name)) {
                let at = query.span().start;
                mistakes.push(found("dashboard_parameter_unknown", at).with("panel", id).with("parameter", name));
            }
        }
        for words in panel.texts() {
            if let Err(reason) = Template::read(words.get_ref()) {
                mistakes.push(found("dashboard_template", words.span().start).with("panel", id).with("reason", reason));
            }
        }
    }
    mistakes
}

/// Addresses at which the program answers by itself.
const OWN_PAGES: [&str; 3] = ["/jobs", "/models", "/sql"];

/// The navigation leads to pages that there are.
pub(super) fn check_site(site: &Site, text: &str) -> Vec<Error> {
    let unknown = site.nav.iter().filter(|entry| !OWN_PAGES.contains(&entry.address.get_ref().as_str()));
    let said = unknown.map(|entry| {
        let line = line_of(text, entry.address.span().start);
        let error = mistake("dashboard_own_page", "site", line).with("address", entry.address.get_ref());
        error.with("known", OWN_PAGES.join(", "))
    });
    said.collect()
}

/// Two pages at one address: the second would never be seen.
pub(super) fn shared_addresses(pages: &[Page]) -> Vec<Error> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for page in pages {
        if let Some(other) = seen.insert(&page.address, &page.name) {
            let found = mistake("dashboard_address_twice", &page.name, 1);
            mistakes.push(found.with("address", &page.address).with("other", format!("dashboards/{other}.toml")));
        }
    }
    mistakes
}

/// A parameter's parents stand on a page that there is, and that is about something.
pub(super) fn pages_within(pages: &[Page]) -> Vec<Error> {
    let mut mistakes = Vec::new();
    for page in pages {
        for within in page.parameters.values().filter_map(|parameter| parameter.within.as_ref()) {
            let is_there = |other: &Page| &other.name == within.get_ref() && other.subject().is_some();
            if !pages.iter().any(is_there) {
                mistakes.push(mistake("dashboard_within", &page.name, 1).with("page", within.get_ref()));
            }
        }
    }
    mistakes
}

fn missing_parts(panel: &Panel) -> Vec<&'static str> {
    let roles = &panel.roles;
    let label = ("roles.label", roles.label.is_some());
    let actual = ("roles.actual", roles.actual.is_some());
    let query = ("query", panel.query.is_some());
    let light = ("roles.light", roles.light.is_some());
    let count = ("roles.count", roles.count.is_some());
    let column = ("roles.column", roles.column.is_some());
    let outline = ("roles.outline", roles.outline.is_some());
    let (east, north) = (("roles.east", roles.east.is_some()), ("roles.north", roles.north.is_some()));
    let needed = match panel.chart.get_ref() {
        Kind::Bullet => vec![query, label, actual, ("roles.target", roles.target.is_some())],
        Kind::Line => vec![query, actual, ("roles.month", roles.month.is_some())],
        Kind::Bars | Kind::Dots => vec![query, label, actual],
        Kind::Shares => vec![query, label, light, count],
        Kind::Heat => vec![query, label, light, column],
        Kind::Tiles => vec![query, label, light, column, ("roles.row", roles.row.is_some())],
        Kind::Map => vec![query, label, light, outline, east, north],
        Kind::Funnel => vec![query, label, count],
        Kind::Table => vec![query, ("columns", !panel.columns.is_empty())],
        Kind::Sentence => vec![query, ("text", panel.text.is_some())],
        Kind::Text => vec![("text", panel.text.is_some())],
        Kind::Decisions => vec![],
    };
    needed.into_iter().filter(|(_, there)| !there).map(|(part, _)| part).collect()
}

impl Panel {
    fn texts(&self) -> impl Iterator<Item = &toml::Spanned<String>> {
        self.text.iter().chain(self.variants.values()).flat_map(|text| [&text.zh, &text.en])
    }

    /// Every column that the panel expects of its query, sorted: what `check` compares with the planned query.
    pub fn columns_used(&self) -> Vec<String> {
        let roles = &self.roles;
        let mut names: BTreeSet<String> = BTreeSet::new();
        let single = [
            &roles.label,
            &roles.unit,
            &roles.actual,
            &roles.actual_to,
            &roles.target,
            &roles.expected,
            &roles.gap,
            &roles.light,
            &roles.places,
            &roles.facet,
            &roles.month,
            &roles.count,
            &roles.variant,
            &roles.note,
            &roles.column,
            &roles.row,
            &roles.outline,
            &roles.east,
            &roles.north,
            &roles.lower,
            &roles.upper,
        ];
        let of_columns = self.columns.iter().flat_map(|column| {
            [Some(&column.column), column.to.as_ref(), column.unit.as_ref(), column.places.as_ref()]
        });
        let all = single.into_iter().map(Option::as_ref).chain(of_columns).flatten().chain(&roles.bands);
        names.extend(all.flat_map(Name::names).map(str::to_owned));
        let links = self.columns.iter().filter_map(|column| column.link.as_ref());
        let links = links.chain(&roles.link).chain(&roles.label_link);
        names.extend(links.flat_map(Template::columns).map(str::to_owned));
        if self.query.is_some() {
            for template in self.texts().filter_map(|words| Template::read(words.get_ref()).ok()) {
                names.extend(template.columns().into_iter().map(str::to_owned));
            }
        }
        names.into_iter().collect()
    }
}

/// `region` of `/regions/{region}`.
pub(super) fn braced(address: &str) -> impl Iterator<Item = &str> {
    address.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}

/// The `$name`s of a query, outside quotes and comments.
fn dollar_names(sql: &str) -> impl Iterator<Item = &str> {
    sql.lines().flat_map(|line| {
        let code = line.split("--").next().unwrap_or(line);
        let outside = code.split('\'').step_by(2);
        outside.flat_map(|part| part.split('$').skip(1)).map(|part| {
            let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(part.len());
            &part[..end]
        })
    })
}
