//! Returned to sender: what a reading found in a delivery, as papers that a county office can work with: its own sheet
//! with the faulty cells marked and noted, a summary, and both as CSV and JSON. The papers hold people's data: they are
//! written to the folder that the caller names, readable by its owner alone, and are never served.

mod book;
mod listing;
mod loaded;
mod marks;
mod summary;
mod wording;

pub use book::{CELL_CHARS_MAX, NOTES_MAX};
pub use loaded::{SentBack, Wanted, make_private_folder, write_returned};
pub use summary::{first_rows, next_steps};
pub use wording::{FaultWords, Wording, region_name};

use crate::error::{Error, Result, io_error};
use crate::extract::{self, Count, DeliveryName, PersonKeys, Refusal, Remarks, Request, Summary, read_with_remarks};
use crate::project::{Contract, Project};
use crate::text::{Lang, say};
use chrono::NaiveDate;
use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A file as it was delivered, or as somebody wants to deliver it.
pub struct Delivered<'a> {
    /// Its name without folders.
    pub file_name: &'a str,
    pub feed: &'a str,
    /// What its name (or who asks) says, or why it is refused unread.
    pub name: Result<DeliveryName, Refusal>,
    /// `YYYY-MM-DD`, with the time where it is known.
    pub arrived_at: &'a str,
    pub arrived_on: NaiveDate,
}

/// What a reading of a delivery found.
pub struct Checked<'a> {
    pub delivered: &'a Delivered<'a>,
    /// With what was learned and is in force at the period's end.
    pub contract: Option<Cow<'a, Contract>>,
    pub read: Result<Summary, Refusal>,
    pub remarks: Remarks,
}

/// How a delivery stands, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// No row of it is loaded.
    Refused,
    /// Some rows are not loaded.
    Rejected,
    /// All rows are loaded, some with warnings.
    Warned,
    Clean,
}

impl Standing {
    pub fn name(self) -> &'static str {
        match self {
            Standing::Refused => "refused",
            Standing::Rejected => "rejected",
            Standing::Warned => "warned",
            Standing::Clean => "clean",
        }
    }
}

impl Checked<'_> {
    pub fn standing(&self) -> Standing {
        match &self.read {
            Err(_) => Standing::Refused,
            Ok(summary) if summary.rows_rejected > 0 => Standing::Rejected,
            Ok(_) if self.remarks.cells() > 0 => Standing::Warned,
            Ok(_) => Standing::Clean,
        }
    }

    /// Rejects (`true`) or warnings by reason and field, most cells first.
    pub fn counts(&self, rejects: bool) -> Vec<(&'static str, u16, &Count)> {
        let own = self.remarks.counts.iter().filter(|((warns, ..), _)| *warns != rejects);
        let mut out: Vec<_> = own.map(|((_, reason, field), count)| (*reason, *field, count)).collect();
        out.sort_by_key(|(_, _, count)| std::cmp::Reverse(count.cells));
        out
    }

    /// Where the data stands: the sheet's position among those looked at, and its name.
    fn place(&self) -> Option<&extract::Place> {
        // What is too large to be read is too large to be sent back.
        if self.read.as_ref().is_err_and(|refusal| refusal.reason == "too_large") {
            return None;
        }
        self.remarks.place.as_ref().or_else(|| self.remarks.header_fault.as_ref().map(|fault| &fault.place))
    }
}

/// Reads a delivery by the one path that loads it, and loads nothing.
pub fn check_delivery<'a>(project: &'a Project, delivered: &'a Delivered<'a>, bytes: &[u8]) -> Checked<'a> {
    let feed = project.feeds.get(delivered.feed);
    let contract = match &delivered.name {
        Ok(name) => feed.map(|c| c.on(name.period.last_day())),
        Err(_) => feed.map(Cow::Borrowed),
    };
    let mut remarks = Remarks::default();
    let read = match (&delivered.name, contract.as_deref()) {
        (Err(refusal), _) => Err(refusal.clone()),
        (Ok(_), None) => Err(Refusal::new("unknown_feed", delivered.feed)),
        (Ok(name), Some(contract)) => passing_keys().map_or_else(
            || Err(Refusal::new("unreadable", "")),
            |keys| {
                let request = Request {
                    project,
                    contract,
                    delivery: name.clone(),
                    file: delivered.file_name,
                    sha256: "",
                    arrived_on: delivered.arrived_on,
                    keys: &keys,
                };
                read_with_remarks(bytes, &request, &mut remarks, &mut |_, _| Ok(()))
            },
        ),
    };
    Checked { delivered, contract, read, remarks }
}

/// Rows that are checked and thrown away need pseudonyms too; these are nobody's.
pub fn passing_keys() -> Option<PersonKeys> {
    PersonKeys::new(b"rows that are checked and not kept")
}

/// Where the papers of one delivery lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Papers {
    pub workbook: PathBuf,
    pub csv: PathBuf,
    pub json: PathBuf,
}

/// How much of a file's own name its papers bear.
const STEM_BYTES_MAX: usize = 180;

impl Papers {
    /// `FOLDER/220821_2018-06_SUFFIX.xlsx` and so on: the county's own name comes first. `number` tells apart what
    /// would get one name.
    pub fn named(folder: &Path, file_name: &str, number: usize, lang: Lang) -> Papers {
        let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
        let stem: String =
            stem.chars().map(|c| if c.is_control() || matches!(c, '/' | '\\') { '_' } else { c }).collect();
        // A suffix and an ending must fit into a file system's 255 bytes.
        let stem = &stem[..stem.floor_char_boundary(STEM_BYTES_MAX)];
        let again = if number > 1 { number.to_string() } else { String::new() };
        let stem = format!("{stem}_{}{again}", say(lang, "returned.suffix", &[]));
        let path = |ending: &str| folder.join(format!("{stem}.{ending}"));
        Papers { workbook: path("xlsx"), csv: path("csv"), json: path("json") }
    }
}

/// Writes the three papers of a delivery. `bytes` is the file once more: its sheet is copied from it.
pub fn write_papers(project: &Project, checked: &Checked<'_>, bytes: &[u8], papers: &Papers, lang: Lang) -> Result<()> {
    let wording = Wording::new(project, checked, lang);
    write_private(&papers.workbook, &mut |file| book::write_book(checked, &wording, bytes, &papers.workbook, file))?;
    write_private(&papers.csv, &mut |file| listing::write_csv(checked, &wording, &papers.csv, file))?;
    write_private(&papers.json, &mut |file| listing::write_json(checked, &wording, &papers.json, file))
}

/// A file that only its owner reads, there whole or not at all.
fn write_private(path: &Path, write: &mut dyn FnMut(&File) -> Result<()>) -> Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let temporary = folder.join(format!("{}{name}", crate::warehouse::TEMPORARY_PREFIX));
    // What a killed run left behind may have other rights.
    let _ = std::fs::remove_file(&temporary);
    let mut options = File::options();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let file = options.open(&temporary).map_err(|e| io_error(&temporary, &e))?;
    let written = write(&file).and_then(|()| std::fs::rename(&temporary, path).map_err(|e| io_error(path, &e)));
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

fn write_failed(path: &Path, cause: impl std::fmt::Display) -> Error {
    Error::internal("file_write").with("path", path.display()).with("cause", cause)
}
