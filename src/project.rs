//! The project folder, read and validated once: jobs, feeds, policy rows, models. Knows no region, indicator or
//! header itself. Reports every mistake at once, with file and line.

mod aliases;
mod changes;
mod contract;
mod form;
mod job;
mod policy;
mod queries;
mod reading;
mod regions;

pub use aliases::{LEARNED_FILE, LearnedCode};
pub use changes::{Changed, change_rows};
pub use contract::{BlankKey, Code, Contract, Field, FieldKind, Need, Slice};
pub use form::{Form, FormColumn, FormTotal, PlainTotal};
pub use job::{Job, Keep, Missed, Step};
pub use policy::{CsvFile, Validity};
pub use queries::SavedQuery;
pub use reading::Reading;
pub use regions::{Region, Regions, Wanted};

use crate::error::{Error, Result, io_error};
use contract::Mistake;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The folders of `sql/` in the direction of the flow.
pub const LAYERS: [&str; 8] = ["policy", "meta", "staging", "measures", "evidence", "supervision", "reports", "checks"];

/// The words for columns: table (blank = wherever the column occurs, or a layer), column, sentence_zh, sentence_en.
pub const COLUMNS_FILE: &str = "sql/columns.csv";

/// A project as read from disk.
#[derive(Clone)]
pub struct Project {
    pub dir: PathBuf,
    pub feeds: BTreeMap<String, Contract>,
    pub reading: Reading,
    pub regions: Regions,
    pub policy: BTreeMap<String, CsvFile>,
    pub models: Vec<ModelFile>,
    /// `sql/columns.csv`: what the columns mean; nothing is built from it.
    pub columns: Option<CsvFile>,
    pub jobs: BTreeMap<String, Job>,
    /// Layouts of official forms, by the report that they show.
    pub forms: BTreeMap<String, Form>,
    /// Saved queries by name; nothing is built from them.
    pub queries: BTreeMap<String, SavedQuery>,
    /// Changes whenever anything that decides how an extract is read changes, by feed.
    pub reading_fingerprints: BTreeMap<String, String>,
}

/// A model's text as it stands in the project.
#[derive(Clone, Debug)]
pub struct ModelFile {
    pub layer: String,
    pub name: String,
    /// Path inside the project.
    pub path: String,
    pub sql: String,
}

impl Project {
    /// The tables of the edition before that an edition keeps at hand: the name under `previous`, and the table.
    pub fn carried(&self) -> impl Iterator<Item = (&String, &String)> {
        self.jobs.values().flat_map(|job| &job.carry)
    }

    /// Reads a project folder; fails with every mistake found.
    pub fn read(dir: &Path) -> Result<Project> {
        let (project, mistakes) = Project::read_what_can_be(dir)?;
        Error::all(mistakes).map_or(Ok(project), Err)
    }

    /// Reads a project folder; what is broken is left out and comes back as mistakes.
    pub fn read_what_can_be(dir: &Path) -> Result<(Project, Vec<Error>)> {
        if !dir.join("jobs").is_dir() || !dir.join("sql").is_dir() {
            return Err(Error::request("project_missing").with("dir", dir.display()));
        }
        let mut mistakes = Vec::new();
        let reading: Reading = keep(read_toml(dir, "jobs/reading.toml"), &mut mistakes).unwrap_or_default();
        let mut feeds = BTreeMap::new();
        let mut feed_texts = BTreeMap::new();
        for (name, shown) in list(dir, "jobs/feeds", "toml", &mut mistakes) {
            let Some(mut contract) = keep(read_toml::<Contract>(dir, &shown), &mut mistakes) else { continue };
            contract.name.clone_from(&name);
            let text = std::fs::read_to_string(dir.join(&shown)).unwrap_or_default();
            for (needle, mistake) in contract.mistakes() {
                mistakes.push(contract_mistake(&shown, &text, &needle, mistake));
            }
            feed_texts.insert(name.clone(), text);
            feeds.insert(name, contract);
        }
        let mut jobs = BTreeMap::new();
        for (name, shown) in list(dir, "jobs", "toml", &mut mistakes) {
            if name != "reading"
                && let Some(job) = keep(read_toml::<Job>(dir, &shown), &mut mistakes)
                && keep(job.check(&shown), &mut mistakes).is_some()
            {
                jobs.insert(name, job);
            }
        }
        let mut policy = BTreeMap::new();
        for (name, shown) in list(dir, "sql/policy", "csv", &mut mistakes) {
            if let Some(file) = keep(CsvFile::read(&dir.join(&shown), &shown), &mut mistakes) {
                policy.insert(name, file);
            }
        }
        let columns = match dir.join(COLUMNS_FILE) {
            path if path.is_file() => keep(CsvFile::read(&path, COLUMNS_FILE), &mut mistakes),
            _ => None,
        };
        let regions = keep(Regions::read(&policy), &mut mistakes).unwrap_or_default();
        mistakes.extend(aliases::read_learned(&policy, &mut feeds));
        let mut models = Vec::new();
        for layer in LAYERS {
            models.extend(sql_files(dir, layer, &mut mistakes));
        }
        let mut queries = BTreeMap::new();
        for file in sql_files(dir, "queries", &mut mistakes) {
            if let Some(query) = keep(queries::read_query(file), &mut mistakes) {
                queries.insert(query.name.clone(), query);
            }
        }
        let mut forms = BTreeMap::new();
        for (name, shown) in list(dir, "sql/reports", "toml", &mut mistakes) {
            if let Some(mut form) = keep(read_toml::<Form>(dir, &shown), &mut mistakes) {
                form.name.clone_from(&name);
                forms.insert(name, form);
            }
        }
        let reading_fingerprints = fingerprints(dir, &feed_texts, &feeds, &policy);
        let dir = dir.to_owned();
        let project = Project {
            dir,
            feeds,
            reading,
            regions,
            policy,
            models,
            columns,
            jobs,
            forms,
            queries,
            reading_fingerprints,
        };
        Ok((project, mistakes))
    }
}

/// Contract + learned codes + reading words + region rows + this program's reading version, by feed.
fn fingerprints(
    dir: &Path,
    texts: &BTreeMap<String, String>,
    feeds: &BTreeMap<String, Contract>,
    policy: &BTreeMap<String, CsvFile>,
) -> BTreeMap<String, String> {
    let mut shared = Sha256::new();
    shared.update(crate::extract::READING_VERSION);
    shared.update(std::fs::read(dir.join("jobs/reading.toml")).unwrap_or_default());
    for name in ["regions", "region_aliases", "special_townships"] {
        if let Some(file) = policy.get(name) {
            shared.update(name);
            shared.update(&file.bytes);
        }
    }
    texts
        .iter()
        .map(|(name, text)| {
            let mut hash = shared.clone();
            hash.update(text);
            if let Some(contract) = feeds.get(name) {
                contract.hash_learned(&mut hash);
            }
            (name.clone(), hex(&hash.finalize()[..8]))
        })
        .collect()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn keep<T>(result: Result<T>, mistakes: &mut Vec<Error>) -> Option<T> {
    result.map_err(|e| mistakes.push(e)).ok()
}

/// The files of a folder with an ending, by name: (name without ending, path inside the project).
fn list(dir: &Path, folder: &str, ending: &str, mistakes: &mut Vec<Error>) -> Vec<(String, String)> {
    let path = dir.join(folder);
    if !path.is_dir() {
        return Vec::new();
    }
    let entries = match std::fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(e) => {
            mistakes.push(io_error(&path, &e));
            return Vec::new();
        }
    };
    let mut out: Vec<(String, String)> = entries
        .filter_map(|e| e.ok())
        .filter_map(|e| e.file_name().into_string().ok())
        .filter_map(|file| {
            let name = file.strip_suffix(&format!(".{ending}"))?;
            (!name.starts_with('.')).then(|| (name.to_owned(), format!("{folder}/{file}")))
        })
        .collect();
    out.sort();
    out
}

/// The SQL files of one folder of `sql/`, by name.
fn sql_files(dir: &Path, layer: &str, mistakes: &mut Vec<Error>) -> Vec<ModelFile> {
    let mut files = Vec::new();
    for (name, shown) in list(dir, &format!("sql/{layer}"), "sql", mistakes) {
        let path = dir.join(&shown);
        match std::fs::read_to_string(&path) {
            Ok(sql) => files.push(ModelFile { layer: layer.to_owned(), name, path: shown, sql }),
            Err(e) => mistakes.push(io_error(&path, &e)),
        }
    }
    files
}

fn read_toml<T: DeserializeOwned>(dir: &Path, shown: &str) -> Result<T> {
    let path = dir.join(shown);
    let text = std::fs::read_to_string(&path).map_err(|e| io_error(&path, &e))?;
    toml::from_str(&text).map_err(|e| {
        let line = e.span().map_or(1, |span| line_of(&text, span.start));
        Error::request("project_toml").with("file", shown).with("line", line).with("cause", e.message())
    })
}

fn contract_mistake(shown: &str, text: &str, needle: &str, mistake: Mistake) -> Error {
    let line = text.find(needle).map_or(1, |at| line_of(text, at));
    let error = |key| Error::request(key).with("file", shown).with("line", line);
    match mistake {
        Mistake::NoSuchField { what, name } => error("contract_field").with("what", what).with("name", name),
        Mistake::NoHeader { name } => error("contract_no_header").with("name", name),
        Mistake::CodesAndType { name } => error("contract_codes").with("name", name),
        Mistake::HeaderTwice { header, other } => {
            error("contract_header_twice").with("header", header).with("other", other)
        }
    }
}

/// The line, counted from 1, of a byte position.
pub fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
}
