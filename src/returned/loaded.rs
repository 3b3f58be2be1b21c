//! The papers for what was loaded: deliveries in force or refused that have faults, read once more from the archive by
//! the same path, so that nothing personal is kept twice.

use super::{Checked, Delivered, Papers, Standing, check_delivery, write_papers};
use crate::error::{Result, io_error};
use crate::extract::{self, Limit, Refusal, read_name};
use crate::load::{Outcome, decide};
use crate::project::Project;
use crate::text::Lang;
use crate::warehouse::{DeliveryRecord, Warehouse};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Which deliveries; blank is all.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub feed: Option<String>,
    /// A region's code as in file names; `all` for files of all regions.
    pub region: Option<String>,
}

/// A delivery that was sent back.
#[derive(Clone, Debug)]
pub struct SentBack {
    pub feed: String,
    pub file: String,
    pub standing: Standing,
    pub refusal: Option<&'static str>,
    pub rows_rejected: u64,
    pub cells: u64,
    pub workbook: PathBuf,
}

/// Writes the papers of every wanted delivery with faults to `out/FEED/`. `progress` gets (files done, files in all).
pub fn write_returned(
    project: &Project,
    warehouse: &Warehouse,
    wanted: &Wanted,
    out: &Path,
    lang: Lang,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Vec<SentBack>> {
    let deliveries = warehouse.state()?.deliveries()?;
    let work = plan(project, &deliveries, wanted, out, lang);
    for folder in work.iter().filter_map(|(_, papers)| papers.workbook.parent()) {
        make_private_folder(folder)?;
    }
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(work.len().max(1));
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results: Mutex<BTreeMap<usize, Result<Option<SentBack>>>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some((delivery, papers)) = work.get(at) else { return };
                    let result = send_back(project, warehouse, delivery, papers, lang);
                    if let Ok(mut results) = results.lock() {
                        results.insert(at, result);
                    }
                    progress(done.fetch_add(1, Ordering::Relaxed) as u64 + 1, work.len() as u64);
                }
            });
        }
    });
    let results = results.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    results.into_values().filter_map(Result::transpose).collect()
}

/// The deliveries to send back with the names of their papers, in the order of arrival.
fn plan<'d>(
    project: &Project,
    deliveries: &'d [DeliveryRecord],
    wanted: &Wanted,
    out: &Path,
    lang: Lang,
) -> Vec<(&'d DeliveryRecord, Papers)> {
    let decided = decide(deliveries, &project.feeds);
    let is_wanted = |d: &DeliveryRecord| {
        let region = if d.region.is_empty() { "all" } else { &d.region };
        wanted.feed.as_ref().is_none_or(|feed| *feed == d.feed)
            && wanted.region.as_ref().is_none_or(|code| code == region || name_begins(d, code))
    };
    let mut chosen: Vec<&DeliveryRecord> = deliveries
        .iter()
        .zip(&decided.outcomes)
        .filter(|(d, outcome)| match outcome {
            Outcome::Current => has_faults(d),
            Outcome::Refused => !was_sent_again(d, deliveries),
            _ => false,
        })
        .map(|(d, _)| d)
        .filter(|d| is_wanted(d))
        .collect();
    chosen.sort_by(|a, b| (&a.feed, &a.arrived_at, &a.path).cmp(&(&b.feed, &b.arrived_at, &b.path)));
    let mut taken: BTreeMap<PathBuf, usize> = BTreeMap::new();
    chosen
        .into_iter()
        .map(|d| {
            let folder = if d.feed.is_empty() { out.to_owned() } else { out.join(&d.feed) };
            let first = Papers::named(&folder, file_name(d), 1, lang);
            let number = taken.entry(first.workbook.clone()).or_default();
            *number += 1;
            let papers = Papers::named(&folder, file_name(d), *number, lang);
            (d, papers)
        })
        .collect()
}

/// A file whose name was not understood may still begin with its region.
fn name_begins(d: &DeliveryRecord, code: &str) -> bool {
    d.period.is_empty() && file_name(d).starts_with(code)
}

/// The name below the feed's folder.
fn file_name(d: &DeliveryRecord) -> &str {
    d.path.split_once('/').map_or(d.path.as_str(), |(_, file)| file)
}

fn has_faults(d: &DeliveryRecord) -> bool {
    let warned = || {
        let notes: serde_json::Value = serde_json::from_str(&d.notes).unwrap_or_default();
        notes["warnings"].as_object().is_some_and(|kinds| !kinds.is_empty())
    };
    d.rows_rejected > 0 || warned()
}

/// Whether the same slice came later and was read.
fn was_sent_again(d: &DeliveryRecord, deliveries: &[DeliveryRecord]) -> bool {
    let same = |o: &&DeliveryRecord| o.feed == d.feed && o.region == d.region && o.period == d.period;
    !d.period.is_empty() && deliveries.iter().filter(same).any(|o| o.refusal.is_none() && o.arrived_at > d.arrived_at)
}

fn send_back(
    project: &Project,
    warehouse: &Warehouse,
    d: &DeliveryRecord,
    papers: &Papers,
    lang: Lang,
) -> Result<Option<SentBack>> {
    let file = file_name(d);
    let is_too_large = d.bytes > extract::BYTES_MAX;
    let name = match read_name(file, &project.regions) {
        Ok(_) if is_too_large => Err(Refusal::too_large(Limit::File, d.bytes, "")),
        name => name,
    };
    let bytes = match &name {
        // Refused unread: there is nothing to look at.
        Err(_) => Vec::new(),
        Ok(_) => {
            let path = warehouse.archive_path(&d.sha256);
            std::fs::read(&path).map_err(|e| io_error(&path, &e))?
        }
    };
    let arrived_on: NaiveDate = d.arrived_at.get(..10).and_then(|day| day.parse().ok()).unwrap_or_default();
    let name = if project.feeds.contains_key(&d.feed) { name } else { Err(Refusal::new("unknown_feed", &*d.feed)) };
    let delivered = Delivered { file_name: file, feed: &d.feed, name, arrived_at: &d.arrived_at, arrived_on };
    let checked = check_delivery(project, &delivered, &bytes);
    if checked.standing() == Standing::Clean {
        return Ok(None);
    }
    write_papers(project, &checked, &bytes, papers, lang)?;
    Ok(Some(sent_back(&checked, papers)))
}

fn sent_back(checked: &Checked<'_>, papers: &Papers) -> SentBack {
    SentBack {
        feed: checked.delivered.feed.to_owned(),
        file: checked.delivered.file_name.to_owned(),
        standing: checked.standing(),
        refusal: checked.read.as_ref().err().map(|r| r.reason),
        rows_rejected: checked.read.as_ref().map_or(0, |s| s.rows_rejected),
        cells: checked.remarks.cells(),
        workbook: papers.workbook.clone(),
    }
}

/// A folder for papers that hold people's data: new ones are for the caller alone.
pub fn make_private_folder(folder: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(|e| io_error(folder, &e))
}
