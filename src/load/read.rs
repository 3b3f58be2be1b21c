//! Reading many files side by side: each is archived, read by its contract, and written as data files of its slices.
//! Nothing is in force by this alone: the records decide that, and the commit follows them.

use super::budget::Budget;
use super::inbox::{Arrived, Hashed, PassedOver, Why, is_as_seen};
use super::outcome::arrival_key;
use crate::error::{Error, Result, io_error};
use crate::extract::{self, DeliveryName, PersonKeys, Refusal, Summary, raw_schema, read_extract};
use crate::project::Project;
use crate::warehouse::{DataFile, DeliveryRecord, RejectRecord, SliceRecord, State, Warehouse};
use arrow::array::RecordBatch;
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;
use std::path::Path;
use std::sync::mpsc;

/// A file to read: newly arrived, or from the archive because its contract changed.
pub struct Work {
    arrived: Arrived,
    feed: String,
    /// What the name says, or why the file is refused unread.
    name: Result<DeliveryName, Refusal>,
    /// The file of this night or an earlier one with the same bytes that stands before it.
    same_as: Option<String>,
}

/// How many results are recorded in one transaction, and how many rejected rows wait for one in memory.
const RECORDED_AT_A_TIME: usize = 64;
const REJECTS_AT_A_TIME: usize = 20_000;
/// The most room for a file's bytes that a thread keeps for its next file.
const BYTES_KEPT_MAX: usize = 8 * 1024 * 1024;
/// Results that wait to be recorded: each may hold the rejected rows of a whole file.
const RESULTS_WAITING_MAX: usize = 4;

/// What must be read: changed files, deliveries that were read by another contract than today's, and those (by id) whose
/// data files were let go and are needed again.
pub fn plan(
    project: &Project,
    known: &[DeliveryRecord],
    changed: Vec<Arrived>,
    lost: &BTreeSet<i64>,
    warehouse: &Warehouse,
) -> Vec<Work> {
    let recorded: HashMap<(&str, &str), &DeliveryRecord> =
        known.iter().map(|d| ((d.path.as_str(), d.sha256.as_str()), d)).collect();
    let mut arrivals: Vec<Arrived> =
        changed.into_iter().filter(|a| !recorded.contains_key(&(a.path.as_str(), a.seen.sha256.as_str()))).collect();
    for d in known {
        let feed = d.path.split('/').next().unwrap_or_default();
        let reading = project.reading_fingerprints.get(feed).map_or("", String::as_str);
        if d.reading != reading || lost.contains(&d.id) {
            arrivals.push(Arrived {
                place: warehouse.archive_path(&d.sha256),
                path: d.path.clone(),
                seen: crate::warehouse::SeenFile { bytes: d.bytes, modified_ns: -1, sha256: d.sha256.clone() },
                arrived_at: d.arrived_at.clone(),
            });
        }
    }
    arrivals.sort_by(|a, b| {
        let stem = |p: &str| p.rsplit_once('.').map_or(p, |(s, _)| s).to_owned();
        (&a.arrived_at, stem(&a.path), &a.path).cmp(&(&b.arrived_at, stem(&b.path), &b.path))
    });
    let again: std::collections::HashSet<(String, String)> =
        arrivals.iter().map(|a| (a.path.clone(), a.seen.sha256.clone())).collect();
    let mut first: HashMap<(String, String, String, String), String> = HashMap::new();
    let mut kept: Vec<&DeliveryRecord> = known
        .iter()
        .filter(|d| !again.contains(&(d.path.clone(), d.sha256.clone())) && !d.is_identical && d.refusal.is_none())
        .collect();
    kept.sort_by_key(|d| arrival_key(d));
    for d in kept {
        let key = (d.feed.clone(), d.region.clone(), d.period.clone(), d.sha256.clone());
        first.entry(key).or_insert_with(|| d.path.clone());
    }
    arrivals
        .into_iter()
        .map(|arrived| {
            let (feed, file) = arrived.path.split_once('/').unwrap_or(("", &arrived.path));
            let feed = feed.to_owned();
            let name = if project.feeds.contains_key(&feed) {
                extract::read_name(file, &project.regions)
            } else {
                Err(Refusal::new("unknown_feed", feed.clone()))
            };
            let mut same_as = None;
            if let Ok(name) = &name {
                let key = (feed.clone(), name.region.clone(), name.period.to_string(), arrived.seen.sha256.clone());
                same_as = first.insert(key, arrived.path.clone());
            }
            Work { arrived, feed, name, same_as }
        })
        .collect()
}

/// Bytes of the originals that are not in the archive yet.
pub fn originals_bytes(work: &[Work], warehouse: &Warehouse) -> u64 {
    let each: BTreeMap<&str, u64> =
        work.iter().map(|w| (w.arrived.seen.sha256.as_str(), w.arrived.seen.bytes)).collect();
    each.into_iter().filter(|(sha256, bytes)| !warehouse.is_archived(sha256, *bytes)).map(|(_, bytes)| bytes).sum()
}

/// Reads all, records each; returns the rows delivered, and the files that were no longer what had been planned.
pub fn read_all(
    project: &Project,
    warehouse: &Warehouse,
    state: &mut State,
    work: Vec<Work>,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<(u64, Vec<PassedOver>)> {
    let keys = warehouse.person_keys()?;
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(work.len().max(1));
    let needs: Vec<u64> = work.iter().map(memory_needed).collect();
    let budget = Budget::new();
    let total = work.len() as u64;
    let (sender, receiver) = mpsc::sync_channel(RESULTS_WAITING_MAX);
    let reader = Reading { project, warehouse, keys: &keys };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let sender = sender.clone();
            let (budget, needs, work, reader) = (&budget, &needs, &work, &reader);
            scope.spawn(move || {
                // One small file's bytes after the other's: memory that is given back and taken anew costs time.
                let mut bytes = Vec::new();
                while let Some((at, room)) = budget.admit(needs) {
                    let read = reader.read_one(&work[at], &mut bytes);
                    // Nothing large outlives the room that was made for it.
                    if bytes.capacity() > BYTES_KEPT_MAX {
                        bytes = Vec::new();
                    }
                    drop(room);
                    if sender.send(read).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut rows = 0;
        let mut done = 0;
        let mut rejects_pending = 0;
        let mut pending = Vec::new();
        let mut seen = Vec::new();
        let mut copies = Vec::new();
        let mut changed: Vec<PassedOver> = Vec::new();
        for result in receiver {
            done += 1;
            match result? {
                Done::Changed(passed_over) => changed.push(passed_over),
                Done::Read(record, _, file, Some(same_as)) => copies.push((record, file, same_as)),
                Done::Read(record, rejects, file, None) => {
                    rows += record.rows_delivered;
                    rejects_pending += rejects.len();
                    seen.extend(file.map(|file| (record.path.clone(), file)));
                    pending.push((*record, rejects));
                }
            }
            if pending.len() >= RECORDED_AT_A_TIME || rejects_pending >= REJECTS_AT_A_TIME {
                // The originals and the rows must last before the record that says they are here.
                warehouse.sync()?;
                state.record(&pending, &seen)?;
                pending.clear();
                seen.clear();
                rejects_pending = 0;
            }
            progress(done, total);
        }
        // A copy says nothing of its own: it counts once the file that it is a copy of was read.
        for (record, file, same_as) in copies {
            if changed.iter().any(|c| c.path == same_as) {
                changed.push(PassedOver { path: record.path.clone(), why: Why::Growing });
            } else {
                seen.extend(file.map(|file| (record.path.clone(), file)));
                pending.push((*record, Vec::new()));
            }
        }
        warehouse.sync()?;
        state.record(&pending, &seen)?;
        Ok((rows, changed))
    })
}

/// What reading a file takes of memory, judged by its size and its first bytes. One that cannot be opened needs none:
/// reading it says why.
fn memory_needed(work: &Work) -> u64 {
    const HEAD_BYTES: u64 = 64 * 1024;
    if work.arrived.seen.bytes > extract::BYTES_MAX {
        return 0;
    }
    let mut head = Vec::new();
    match std::fs::File::open(&work.arrived.place).and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head)) {
        Ok(_) => extract::memory_needed(&head, work.arrived.seen.bytes),
        Err(_) => 0,
    }
}

struct Reading<'a> {
    project: &'a Project,
    warehouse: &'a Warehouse,
    keys: &'a PersonKeys,
}

/// What became of a file.
enum Done {
    /// Its record, its rejects, the file as seen, and the file of this night that it is a copy of.
    Read(Box<DeliveryRecord>, Vec<RejectRecord>, Option<crate::warehouse::SeenFile>, Option<String>),
    /// Its bytes are no longer those that were hashed: it waits for the next night.
    Changed(PassedOver),
}

impl Reading<'_> {
    /// Reads one file; `bytes` is room for what it holds.
    fn read_one(&self, work: &Work, bytes: &mut Vec<u8>) -> Result<Done> {
        let arrived = &work.arrived;
        let sha256 = arrived.seen.sha256.clone();
        let is_too_large = arrived.seen.bytes > extract::BYTES_MAX;
        if let Err(why) = self.original(arrived, is_too_large, bytes)? {
            return Ok(Done::Changed(PassedOver { path: arrived.path.clone(), why }));
        }
        let mut record = DeliveryRecord {
            path: arrived.path.clone(),
            feed: work.feed.clone(),
            sha256: sha256.clone(),
            bytes: arrived.seen.bytes,
            arrived_at: arrived.arrived_at.clone(),
            is_identical: work.same_as.is_some(),
            reading: self.project.reading_fingerprints.get(&work.feed).cloned().unwrap_or_default(),
            notes: "{}".to_owned(),
            ..DeliveryRecord::default()
        };
        let mut rejects = Vec::new();
        match &work.name {
            Err(refusal) => refuse(&mut record, refusal),
            Ok(name) => {
                record.region.clone_from(&name.region);
                record.period = name.period.to_string();
                if is_too_large {
                    refuse(&mut record, &Refusal::too_large(extract::Limit::File, arrived.seen.bytes, ""));
                } else if work.same_as.is_none() {
                    rejects = self.read_rows(bytes, work, name, &mut record)?;
                }
            }
        }
        let seen = (arrived.seen.modified_ns >= 0).then(|| arrived.seen.clone());
        Ok(Done::Read(Box::new(record), rejects, seen, work.same_as.clone()))
    }

    /// Reads a file's bytes into `bytes` and keeps them in the archive; one that is too large to be read is only kept.
    /// `Err` where they cannot be had, or are not those that were hashed.
    fn original(&self, arrived: &Arrived, is_too_large: bool, bytes: &mut Vec<u8>) -> Result<Result<(), Why>> {
        let (place, seen) = (&arrived.place, &arrived.seen);
        let is_archived = seen.modified_ns < 0;
        bytes.clear();
        let sha256 = if is_too_large {
            let archive = self.warehouse.archive_path(&seen.sha256);
            let was_there = self.warehouse.is_archived(&seen.sha256, seen.bytes);
            let mut file = match std::fs::File::open(place) {
                Ok(file) => Hashed::new(file),
                Err(e) if is_archived => return Err(io_error(place, &e)),
                Err(e) => return Ok(Err(Why::of(&e))),
            };
            self.warehouse.archive(&seen.sha256, seen.bytes, &mut file)?;
            let sha256 = if was_there { seen.sha256.clone() } else { file.sum().0 };
            if sha256 != seen.sha256 {
                std::fs::remove_file(&archive).map_err(|e| io_error(&archive, &e))?;
            }
            sha256
        } else {
            match read_whole(place, seen.bytes, bytes) {
                Ok(()) => {}
                Err(e) if is_archived => return Err(io_error(place, &e)),
                Err(e) => return Ok(Err(Why::of(&e))),
            }
            crate::project::hex(&Sha256::digest(&bytes))
        };
        if sha256 != seen.sha256 && is_archived {
            return Err(Error::internal("archive_damaged").with("path", place.display()));
        }
        if sha256 != seen.sha256 || !(is_archived || is_as_seen(place, seen)) {
            return Ok(Err(Why::Growing));
        }
        if !is_too_large {
            self.warehouse.archive(&seen.sha256, seen.bytes, &mut bytes.as_slice())?;
        }
        Ok(Ok(()))
    }

    fn read_rows(
        &self,
        bytes: &[u8],
        work: &Work,
        name: &DeliveryName,
        record: &mut DeliveryRecord,
    ) -> Result<Vec<RejectRecord>> {
        let contract = self.project.feeds[&work.feed].on(name.period.last_day());
        let contract = contract.as_ref();
        let arrived_on = arrived_day(&record.arrived_at)?;
        let shown_path = extract::hide_numbers(&record.path);
        let request = extract::Request {
            project: self.project,
            contract,
            delivery: name.clone(),
            file: &shown_path,
            sha256: &record.sha256,
            arrived_on,
            keys: self.keys,
        };
        let dir = self.warehouse.table_dir(&format!("raw.{}", work.feed));
        let tag = format!("{}-{}-{}", name.period, &record.sha256[..12], record.reading);
        let tag = format!("{tag}-{}", path_tag(&record.path));
        let known = extract::likenesses(contract);
        let mut files: BTreeMap<String, DataFile> = BTreeMap::new();
        let mut failure: Option<Error> = None;
        let read = {
            let mut sink = |region: &str, batch: RecordBatch| -> Result<(), Refusal> {
                let written = match files.entry(region.to_owned()) {
                    std::collections::btree_map::Entry::Occupied(file) => file.into_mut().write(&batch),
                    std::collections::btree_map::Entry::Vacant(slot) => {
                        let relative = format!("{}={region}/{tag}.parquet", extract::SLICE_REGION);
                        DataFile::create_like(&dir, relative, raw_schema(contract), &known)
                            .and_then(|file| slot.insert(file).write(&batch))
                    }
                };
                written.map_err(|e| {
                    failure = Some(e);
                    Refusal::new("unreadable", "")
                })
            };
            read_extract(bytes, &request, &mut sink)
        };
        if let Some(error) = failure {
            return Err(error);
        }
        match read {
            Err(refusal) => {
                refuse(record, &refusal);
                Ok(Vec::new())
            }
            Ok(summary) => {
                for (region, file) in files {
                    let live = file.finish(Some(region.clone()))?;
                    record.slices.push(SliceRecord { region, file: live.path, rows: live.rows, bytes: live.bytes });
                }
                // A file without loadable rows is a delivery of none for the region in its name, and for everything where
                // the feed's rows stand at no region.
                if record.slices.is_empty() && (!name.region.is_empty() || contract.region_field.is_none()) {
                    let region = name.whole_region().to_owned();
                    record.slices.push(SliceRecord { region, file: String::new(), rows: 0, bytes: 0 });
                }
                // A file of all regions is the whole truth for every region that it has rows for, loaded or not.
                for region in summary.regions.iter().filter(|_| name.region.is_empty()) {
                    if !record.slices.iter().any(|slice| slice.region == *region) {
                        let region = region.clone();
                        record.slices.push(SliceRecord { region, file: String::new(), rows: 0, bytes: 0 });
                    }
                }
                Ok(note(record, summary))
            }
        }
    }
}

/// Reads a file of `expected` bytes into the room of the one before. Of one that grew meanwhile no more is read than
/// shows that it did: room was made for so much only.
fn read_whole(path: &Path, expected: u64, bytes: &mut Vec<u8>) -> std::io::Result<()> {
    bytes.clear();
    let room = expected as usize + 1;
    if bytes.capacity() < room {
        // The old room goes before the new is taken.
        *bytes = Vec::new();
        bytes.reserve_exact(room);
    }
    std::fs::File::open(path)?.take(room as u64).read_to_end(bytes).map(drop)
}

/// Two files with the same bytes under different names must not share a data file.
fn path_tag(path: &str) -> String {
    crate::project::hex(&Sha256::digest(path.as_bytes())[..4])
}

fn arrived_day(arrived_at: &str) -> Result<NaiveDate> {
    arrived_at
        .get(..10)
        .and_then(|d| d.parse().ok())
        .ok_or_else(|| Error::internal("arrival_day").with("arrived_at", arrived_at))
}

fn refuse(record: &mut DeliveryRecord, refusal: &Refusal) {
    record.refusal = Some(refusal.reason.to_owned());
    record.refusal_detail = refusal.detail.chars().take(2_000).collect();
}

fn note(record: &mut DeliveryRecord, summary: Summary) -> Vec<RejectRecord> {
    record.sheet.clone_from(&summary.sheet);
    record.rows_delivered = summary.rows_delivered;
    record.rows_loaded = summary.rows_loaded;
    record.rows_dropped = summary.rows_dropped;
    record.rows_rejected = summary.rows_rejected;
    record.rows_left_out = summary.rows_left_out;
    let unmapped: Vec<serde_json::Value> = summary
        .unmapped
        .iter()
        .map(|((field, text), n)| serde_json::json!({"field": field, "text": text, "rows": n}))
        .collect();
    let columns: Vec<serde_json::Value> = summary
        .columns
        .iter()
        .map(|c| serde_json::json!({"at": c.position, "header": c.header, "field": c.field, "value": c.value}))
        .collect();
    record.notes = serde_json::json!({
        "repairs": summary.repairs,
        "warnings": summary.warnings,
        "unmapped": unmapped,
        "unknown_columns": summary.unknown_columns,
        "columns": columns,
        "regions": summary.rows_by_region,
    })
    .to_string();
    summary
        .rejects
        .into_iter()
        .map(|r| RejectRecord {
            delivery: 0,
            sheet: r.sheet,
            row: r.row,
            field: r.field,
            reason: r.reason.to_owned(),
            all_reasons: r.all_reasons,
            raw_value: r.raw_value,
            raw_cells: r.raw_cells,
        })
        .collect()
}
