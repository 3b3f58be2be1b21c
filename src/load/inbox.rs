//! What lies in the inbox: which files are new or changed, and when each arrived.

use crate::clock;
use crate::error::{Error, Result, io_error};
use crate::project::{Job, hex};
use crate::warehouse::{SeenFile, State};
use chrono::{DateTime, NaiveDateTime, Utc};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
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
    pub passed_over: Vec<String>,
}

/// A file that changed less than this ago may still be growing: it is looked at a second time.
const QUIET: Duration = Duration::from_millis(700);

/// Lists the inbox: one folder a feed. A file whose size and time are as last seen is not opened.
pub fn list(inbox: &Path, job: &Job, state: &State) -> Result<Found> {
    if !inbox.is_dir() {
        return Err(Error::request("inbox_missing").with("dir", inbox.display()));
    }
    let mut found = Found::default();
    let mut files = Vec::new();
    walk(inbox, "", &mut files, &mut found.passed_over)?;
    files.sort_by(|a, b| a.1.cmp(&b.1));
    wait_until_quiet(&files, &mut found.passed_over);
    let arrivals = read_arrivals(inbox)?;
    let zone = job.zone()?;
    let unread = files.iter().filter(|(_, path)| !found.passed_over.contains(path));
    let mut seen_before = state.seen_files()?;
    let mut sums = hash_side_by_side(unread, &seen_before);
    let passed_over: HashSet<String> = found.passed_over.iter().cloned().collect();
    for (place, path) in files {
        let Ok(meta) = std::fs::metadata(&place) else { continue };
        if passed_over.contains(&path) {
            continue;
        }
        found.looked_at += 1;
        let modified: DateTime<Utc> = meta.modified().map(DateTime::from).unwrap_or_default();
        let modified_ns = modified.timestamp_nanos_opt().unwrap_or_default();
        let before = seen_before.remove(&path);
        if before.as_ref().is_some_and(|s| s.bytes == meta.len() && s.modified_ns == modified_ns) {
            continue;
        }
        let sha256 = match sums.remove(&path) {
            Some(sum) => sum?,
            None => hash_file(&place)?,
        };
        let seen = SeenFile { bytes: meta.len(), modified_ns, sha256 };
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

/// SHA-256 by path of the files whose size or time is not as last seen, worked out by several threads.
fn hash_side_by_side<'a>(
    files: impl Iterator<Item = &'a (PathBuf, String)>,
    seen: &HashMap<String, SeenFile>,
) -> HashMap<String, Result<String>> {
    let mut unread = Vec::new();
    for (place, path) in files {
        let Ok(meta) = std::fs::metadata(place) else { continue };
        let modified_ns = meta.modified().map(DateTime::<Utc>::from).ok().and_then(|m| m.timestamp_nanos_opt());
        let is_as_seen = |s: &SeenFile| s.bytes == meta.len() && Some(s.modified_ns) == modified_ns;
        if !seen.get(path).is_some_and(is_as_seen) {
            unread.push((place, path));
        }
    }
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(unread.len());
    let next = AtomicUsize::new(0);
    let hash = || {
        let mut sums = Vec::new();
        while let Some((place, path)) = unread.get(next.fetch_add(1, Ordering::Relaxed)) {
            sums.push((String::clone(path), hash_file(place)));
        }
        sums
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(hash)).collect();
        running.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    })
}

fn walk(dir: &Path, prefix: &str, files: &mut Vec<(PathBuf, String)>, passed_over: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(dir).map_err(|e| io_error(dir, &e))? {
        let entry = entry.map_err(|e| io_error(dir, &e))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        let kind = entry.file_type().map_err(|e| io_error(&entry.path(), &e))?;
        if kind.is_symlink() || name.starts_with('.') || name.starts_with("~$") {
            passed_over.push(path);
        } else if kind.is_dir() {
            walk(&entry.path(), &path, files, passed_over)?;
        } else if kind.is_file() && (!prefix.is_empty() || looks_like_extract(&name)) {
            files.push((entry.path(), path));
        }
    }
    Ok(())
}

/// Beside the feeds' folders only what could be an extract is looked at (and refused, for it has no feed): notices and
/// `arrivals.csv` are no deliveries.
fn looks_like_extract(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    name != "arrivals.csv" && ending.is_some_and(|e| matches!(e.as_str(), "csv" | "xls" | "xlsx" | "parquet"))
}

/// Files that changed within the last moments are looked at again; those that still grow wait for the next night.
fn wait_until_quiet(files: &[(PathBuf, String)], passed_over: &mut Vec<String>) {
    let young = |place: &Path| -> Option<(u64, std::time::SystemTime)> {
        let meta = std::fs::metadata(place).ok()?;
        let modified = meta.modified().ok()?;
        let age = (clock::now() - DateTime::<Utc>::from(modified)).to_std().unwrap_or_default();
        (age < QUIET).then_some((meta.len(), modified))
    };
    let recent: Vec<_> = files.iter().filter_map(|(place, path)| Some((place, path, young(place)?))).collect();
    if recent.is_empty() {
        return;
    }
    std::thread::sleep(QUIET);
    for (place, path, (bytes, modified)) in recent {
        let now = std::fs::metadata(place).ok().and_then(|m| Some((m.len(), m.modified().ok()?)));
        if now != Some((bytes, modified)) {
            passed_over.push(path.clone());
        }
    }
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

/// SHA-256 of a file, read in pieces.
fn hash_file(path: &Path) -> Result<String> {
    use std::io::Read;
    let mut file = std::fs::File::open(path).map_err(|e| io_error(path, &e))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0u8; 256 * 1024];
    loop {
        let n = file.read(&mut buffer).map_err(|e| io_error(path, &e))?;
        if n == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&buffer[..n]);
    }
}
