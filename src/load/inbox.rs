//! What lies in the inbox: which files are new or changed, and when each arrived.

use crate::clock;
use crate::error::{Error, Result, io_error};
use crate::project::{Job, hex};
use crate::warehouse::{SeenFile, State};
use chrono::{DateTime, NaiveDateTime, Utc};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A file that must be read.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// On disk.
    pub place: PathBuf,
    /// In the inbox, with `/` between its parts.
    pub path: String,
    pub seen: SeenFile,
    /// `YYYY-MM-DD HH:MM:SS` in the job's time zone.
    pub arrived_at: String,
}

/// The inbox as found.
#[derive(Default)]
pub struct Found {
    pub looked_at: u64,
    pub changed: Vec<Arrived>,
    /// Files whose time changed but not their bytes.
    pub touched: Vec<(String, SeenFile)>,
    pub passed_over: Vec<PassedOver>,
}

/// Something in the inbox that was not read this night, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassedOver {
    pub path: String,
    pub why: Why,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its name begins with a dot, or with `~$` as an open workbook's shadow does.
    Hidden,
    /// A symbolic link: it may lead anywhere.
    Link,
    /// A pipe, a socket, a device.
    NoFile,
    /// It changed while it was looked at: read once it is complete.
    Growing,
    /// It vanished before it was read.
    Gone,
    /// The program may not read it, or the disk cannot.
    Unreadable,
}

impl Why {
    /// The name by which the catalogs call it (`passed.NAME`).
    pub fn name(self) -> &'static str {
        match self {
            Why::Hidden => "hidden",
            Why::Link => "link",
            Why::NoFile => "no_file",
            Why::Growing => "growing",
            Why::Gone => "gone",
            Why::Unreadable => "unreadable",
        }
    }

    pub fn of(cause: &std::io::Error) -> Why {
        if cause.kind() == std::io::ErrorKind::NotFound { Why::Gone } else { Why::Unreadable }
    }
}

/// A file that changed less than this ago may still be growing: it is looked at a second time.
const QUIET: Duration = Duration::from_millis(700);

/// A data folder inside the inbox would be read as deliveries of its own.
fn refuse_own_data(inbox: &Path, data: &Path) -> Result<()> {
    let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if real(data).starts_with(real(inbox)) {
        return Err(Error::request("data_in_inbox").with("data", data.display()).with("inbox", inbox.display()));
    }
    Ok(())
}

/// Lists the inbox: one folder a feed. A file whose size and time are as last seen is not opened.
pub fn list(inbox: &Path, data: &Path, job: &Job, state: &State) -> Result<Found> {
    if !inbox.is_dir() {
        return Err(Error::request("inbox_missing").with("dir", inbox.display()));
    }
    refuse_own_data(inbox, data)?;
    let mut found = Found::default();
    let mut files = Vec::new();
    std::fs::read_dir(inbox).map_err(|e| io_error(inbox, &e))?;
    walk(inbox, "", &mut files, &mut found.passed_over);
    files.sort_by(|a, b| a.1.cmp(&b.1));
    let growing = wait_until_quiet(&files);
    let arrivals = read_arrivals(inbox)?;
    let zone = job.zone()?;
    let mut seen_before = state.seen_files()?;
    let mut looked_at = look_side_by_side(files.iter().filter(|(_, path)| !growing.contains(path)), &seen_before);
    for (place, path) in files {
        if growing.contains(&path) {
            found.passed_over.push(PassedOver { path, why: Why::Growing });
            continue;
        }
        found.looked_at += 1;
        let before = seen_before.remove(&path);
        let looked = match looked_at.remove(&path) {
            Some(looked) => looked,
            None => look(&place, before.as_ref()),
        };
        let read = match looked {
            Ok(looked) => looked,
            Err(cause) => {
                found.passed_over.push(PassedOver { path, why: Why::of(&cause) });
                continue;
            }
        };
        let Some(Looked { sha256, bytes_hashed, bytes, modified }) = read else { continue };
        if bytes_hashed != bytes {
            found.passed_over.push(PassedOver { path, why: Why::Growing });
            continue;
        }
        let seen = SeenFile { bytes, modified_ns: nanos_of(modified), sha256 };
        if before.is_some_and(|s| s.sha256 == seen.sha256) {
            found.touched.push((path, seen));
            continue;
        }
        let by_clock = || modified.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string();
        let arrived_at = arrivals.get(&path).cloned().unwrap_or_else(by_clock);
        found.changed.push(Arrived { place, path, seen, arrived_at });
    }
    Ok(found)
}

/// A file that is not as last seen.
struct Looked {
    sha256: String,
    bytes_hashed: u64,
    /// Its size and time before it was hashed.
    bytes: u64,
    modified: DateTime<Utc>,
}

/// Hashes a file whose size or time is not as last seen; `None` where both are.
fn look(place: &Path, before: Option<&SeenFile>) -> std::io::Result<Option<Looked>> {
    let (bytes, modified) = stat(place)?;
    if before.is_some_and(|s| s.bytes == bytes && s.modified_ns == nanos_of(modified)) {
        return Ok(None);
    }
    let (sha256, bytes_hashed) = hash_file(place)?;
    Ok(Some(Looked { sha256, bytes_hashed, bytes, modified }))
}

/// Looks at files by several threads; what came of each, by its path.
fn look_side_by_side<'a>(
    files: impl Iterator<Item = &'a (PathBuf, String)>,
    seen: &HashMap<String, SeenFile>,
) -> HashMap<String, std::io::Result<Option<Looked>>> {
    let files: Vec<_> = files.collect();
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(files.len());
    let next = AtomicUsize::new(0);
    let work = || {
        let mut looked = Vec::new();
        while let Some((place, path)) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            looked.push((path.clone(), look(place, seen.get(path))));
        }
        looked
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    })
}

/// Bytes of the files that the next night will read, as far as sizes and times tell.
pub fn unread_bytes(inbox: &Path, state: Option<&State>) -> u64 {
    let mut files = Vec::new();
    walk(inbox, "", &mut files, &mut Vec::new());
    let seen_before = state.and_then(|s| s.seen_files().ok()).unwrap_or_default();
    let unread = |(place, path): &(PathBuf, String)| -> Option<u64> {
        let (bytes, modified) = stat(place).ok()?;
        let is_seen = seen_before.get(path).is_some_and(|s| s.bytes == bytes && s.modified_ns == nanos_of(modified));
        (!is_seen).then_some(bytes)
    };
    files.iter().filter_map(unread).sum()
}

/// Size and time of a file as it lies there now, not of what a link leads to.
fn stat(place: &Path) -> std::io::Result<(u64, DateTime<Utc>)> {
    let meta = std::fs::symlink_metadata(place)?;
    if !meta.is_file() {
        return Err(std::io::Error::other("no file any more"));
    }
    Ok((meta.len(), meta.modified().map(DateTime::from)?))
}

/// Whether a file is still what was hashed, by size and time.
pub fn is_as_seen(place: &Path, seen: &SeenFile) -> bool {
    stat(place).is_ok_and(|(bytes, modified)| bytes == seen.bytes && nanos_of(modified) == seen.modified_ns)
}

fn nanos_of(modified: DateTime<Utc>) -> i64 {
    modified.timestamp_nanos_opt().unwrap_or_default()
}

/// Collects files; what cannot be listed or is no file is passed over.
fn walk(dir: &Path, prefix: &str, files: &mut Vec<(PathBuf, String)>, passed_over: &mut Vec<PassedOver>) {
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(cause) => return passed_over.push(PassedOver { path: prefix.to_owned(), why: Why::of(&cause) }),
    };
    for entry in entries {
        let Ok(entry) = entry else {
            passed_over.push(PassedOver { path: prefix.to_owned(), why: Why::Unreadable });
            continue;
        };
        let name = plain_name(&entry.file_name());
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        let Ok(kind) = entry.file_type() else {
            passed_over.push(PassedOver { path, why: Why::Gone });
            continue;
        };
        let why = if kind.is_symlink() {
            Why::Link
        } else if name.starts_with('.') || name.starts_with("~$") {
            Why::Hidden
        } else if kind.is_dir() {
            walk(&entry.path(), &path, files, passed_over);
            continue;
        } else if kind.is_file() {
            if !prefix.is_empty() || looks_like_extract(&name) {
                files.push((entry.path(), path));
            }
            continue;
        } else {
            Why::NoFile
        };
        passed_over.push(PassedOver { path, why });
    }
}

/// A name as text. Bytes that are none are written out, so that two names never become one.
fn plain_name(name: &std::ffi::OsStr) -> String {
    let mut out = String::new();
    for part in name.as_encoded_bytes().utf8_chunks() {
        out.push_str(part.valid());
        part.invalid().iter().for_each(|byte| out.push_str(&format!("\\x{byte:02x}")));
    }
    out
}

/// Beside the feeds' folders only what could be an extract is looked at (and refused, for it has no feed): notices and
/// `arrivals.csv` are no deliveries.
fn looks_like_extract(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    name != "arrivals.csv" && ending.is_some_and(|e| matches!(e.as_str(), "csv" | "xls" | "xlsx" | "parquet"))
}

/// Files that changed within the last moments are looked at again; those that still grow wait for the next night.
fn wait_until_quiet(files: &[(PathBuf, String)]) -> HashSet<String> {
    let young = |place: &Path| {
        let (bytes, modified) = stat(place).ok()?;
        let age = (clock::now() - modified).to_std().unwrap_or_default();
        (age < QUIET).then_some((bytes, modified))
    };
    let recent: Vec<_> = files.iter().filter_map(|(place, path)| Some((place, path, young(place)?))).collect();
    if recent.is_empty() {
        return HashSet::new();
    }
    std::thread::sleep(QUIET);
    let still_grows = |(place, path, before): (&PathBuf, &String, _)| {
        let now = stat(place);
        // What is gone by now is told apart later.
        now.is_ok_and(|now| now != before).then(|| path.clone())
    };
    recent.into_iter().filter_map(still_grows).collect()
}

/// `arrivals.csv` beside (or in) the inbox: when each file arrived, where copying lost the files' own times.
fn read_arrivals(inbox: &Path) -> Result<HashMap<String, String>> {
    let beside = inbox.parent().map(|p| p.join("arrivals.csv"));
    let Some(path) = [Some(inbox.join("arrivals.csv")), beside].into_iter().flatten().find(|p| p.is_file()) else {
        return Ok(HashMap::new());
    };
    let broken = |line: u64, cause: String| {
        Error::request("arrivals").with("file", path.display()).with("line", line).with("cause", cause)
    };
    let mut reader = csv::Reader::from_path(&path).map_err(|e| broken(1, e.to_string()))?;
    let header = reader.headers().map_err(|e| broken(1, e.to_string()))?.clone();
    let at = |name: &str| header.iter().position(|h| h.trim_start_matches('\u{feff}') == name);
    let (Some(file), Some(when)) = (at("path"), at("arrived_at")) else {
        return Err(broken(1, "path, arrived_at".to_owned()));
    };
    let mut out = HashMap::new();
    for record in reader.records() {
        let record = record.map_err(|e| broken(e.position().map_or(0, csv::Position::line), e.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let (path, when) = (record.get(file).unwrap_or(""), record.get(when).unwrap_or(""));
        let when = NaiveDateTime::parse_from_str(when, "%Y-%m-%d %H:%M:%S")
            .map_err(|e| broken(line, format!("{when}: {e}")))?;
        out.insert(path.to_owned(), when.format("%Y-%m-%d %H:%M:%S").to_string());
    }
    Ok(out)
}

/// SHA-256 of a file, read in pieces, and how many bytes were read.
fn hash_file(path: &Path) -> std::io::Result<(String, u64)> {
    let mut file = Hashed::new(std::fs::File::open(path)?);
    std::io::copy(&mut file, &mut std::io::sink())?;
    Ok(file.sum())
}

/// A reader that hashes what passes through it.
pub struct Hashed<R> {
    from: R,
    hash: Sha256,
    bytes: u64,
}

impl<R: Read> Hashed<R> {
    pub fn new(from: R) -> Hashed<R> {
        Hashed { from, hash: Sha256::new(), bytes: 0 }
    }

    /// SHA-256 of what was read, and how many bytes.
    pub fn sum(self) -> (String, u64) {
        (hex(&self.hash.finalize()), self.bytes)
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.from.read(buffer)?;
        self.hash.update(&buffer[..n]);
        self.bytes += n as u64;
        Ok(n)
    }
}
