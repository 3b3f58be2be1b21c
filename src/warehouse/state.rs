//! What is not analytics: deliveries as they came, which files were seen, which model made which version. SQLite in
//! the data folder; every change is one transaction, so a kill leaves the state before or after it.

use crate::error::{Error, Result};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

/// A connection to the state.
pub struct State {
    pub(crate) db: Connection,
}

/// A delivery as it was recorded when it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeliveryRecord {
    pub id: i64,
    /// Path in the inbox, with `/`.
    pub path: String,
    pub feed: String,
    pub sha256: String,
    pub bytes: u64,
    /// `YYYY-MM-DD HH:MM:SS` in the job's time zone.
    pub arrived_at: String,
    /// The region of the file's name; "" for a file of all regions.
    pub region: String,
    /// `YYYY-MM`, the last month covered; "" where the name was not understood.
    pub period: String,
    /// Delivered before, byte for byte, for the same feed, region and period.
    pub is_identical: bool,
    pub refusal: Option<String>,
    pub refusal_detail: String,
    pub sheet: String,
    pub rows_delivered: u64,
    pub rows_loaded: u64,
    pub rows_dropped: u64,
    pub rows_rejected: u64,
    pub rows_left_out: u64,
    /// Counts of repairs, warnings, unmapped values and the unknown columns (JSON).
    pub notes: String,
    /// By what contract and words the rows were read.
    pub reading: String,
    pub slices: Vec<SliceRecord>,
}

/// The part of a delivery that belongs to one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SliceRecord {
    pub region: String,
    /// The data file, relative to the raw table; "" for a slice without rows.
    pub file: String,
    pub rows: u64,
    pub bytes: u64,
}

/// A row in quarantine.
#[derive(Clone, Debug)]
pub struct RejectRecord {
    pub delivery: i64,
    pub sheet: String,
    pub row: u64,
    pub field: String,
    pub reason: String,
    pub all_reasons: String,
    pub raw_value: String,
    pub raw_cells: String,
}

/// How a kept table came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRecord {
    pub version: u64,
    /// Of what it was made from.
    pub fingerprint: String,
    /// Of its rows.
    pub content: String,
    pub rows: u64,
}

/// Size and time of a file when it was last read: unchanged means nothing to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenFile {
    pub bytes: u64,
    pub modified_ns: i64,
    pub sha256: String,
}

const SCHEMA: &str = "
create table if not exists deliveries (
    id integer primary key, path text not null, feed text not null, sha256 text not null, bytes integer not null,
    arrived_at text not null, region text not null, period text not null, is_identical integer not null,
    refusal text, refusal_detail text not null, sheet text not null, rows_delivered integer not null,
    rows_loaded integer not null, rows_dropped integer not null, rows_rejected integer not null,
    rows_left_out integer not null, notes text not null, reading text not null, unique (path, sha256));
create table if not exists slices (
    delivery integer not null references deliveries on delete cascade, region text not null, file text not null,
    rows integer not null, bytes integer not null, primary key (delivery, region));
create table if not exists rejects (
    delivery integer not null references deliveries on delete cascade, seq integer not null, sheet text not null,
    row integer not null, field text not null, reason text not null, all_reasons text not null,
    raw_value text not null, raw_cells text not null, primary key (delivery, seq));
create table if not exists readings (
    run integer not null, path text not null, sha256 text not null, feed text not null, region text not null,
    period text not null, is_again integer not null, refusal text, is_identical integer not null,
    rows_delivered integer not null, rows_loaded integer not null, rows_dropped integer not null, rows_rejected integer not null,
    primary key (run, path, sha256));
create table if not exists seen_files (
    path text primary key, bytes integer not null, modified_ns integer not null, sha256 text not null);
create table if not exists tables (
    name text primary key, version integer not null, fingerprint text not null, content text not null,
    rows integer not null);
create table if not exists runs (
    id integer primary key, job text not null, scheduled_for text, started_at text not null, finished_at text,
    state text not null, as_of text not null, edition integer, error text);
create table if not exists steps (
    run integer not null references runs on delete cascade, seq integer not null, name text not null,
    duration_ms integer not null, rows integer not null, detail text not null, primary key (run, seq));
";

impl State {
    /// Opens or creates the state in a data folder.
    pub fn open(path: &Path) -> Result<State> {
        let db = Connection::open(path)?;
        db.busy_timeout(Duration::from_secs(30))?;
        db.pragma_update(None, "journal_mode", "wal")?;
        // A night that is said to be done survives the machine, not only the process.
        db.pragma_update(None, "synchronous", "full")?;
        db.pragma_update(None, "foreign_keys", "on")?;
        db.execute_batch(SCHEMA)?;
        db.execute_batch(super::versions::SCHEMA)?;
        Ok(State { db })
    }

    /// Every file that was read, by its path in the inbox.
    pub fn seen_files(&self) -> Result<HashMap<String, SeenFile>> {
        let mut statement = self.db.prepare("select path, bytes, modified_ns, sha256 from seen_files")?;
        let seen = statement
            .query_map([], |r| {
                let file = SeenFile { bytes: r.get::<_, i64>(1)? as u64, modified_ns: r.get(2)?, sha256: r.get(3)? };
                Ok((r.get(0)?, file))
            })?
            .collect::<Result<_, _>>()?;
        Ok(seen)
    }

    pub fn deliveries(&self) -> Result<Vec<DeliveryRecord>> {
        let mut statement = self.db.prepare(
            "select id, path, feed, sha256, bytes, arrived_at, region, period, is_identical, refusal, refusal_detail,
                sheet, rows_delivered, rows_loaded, rows_dropped, rows_rejected, rows_left_out, notes, reading
            from deliveries order by id",
        )?;
        let mut out: Vec<DeliveryRecord> = statement
            .query_map([], |r| {
                let count = |i: usize| r.get::<_, i64>(i).map(|n| n as u64);
                Ok(DeliveryRecord {
                    id: r.get(0)?,
                    path: r.get(1)?,
                    feed: r.get(2)?,
                    sha256: r.get(3)?,
                    bytes: count(4)?,
                    arrived_at: r.get(5)?,
                    region: r.get(6)?,
                    period: r.get(7)?,
                    is_identical: r.get(8)?,
                    refusal: r.get(9)?,
                    refusal_detail: r.get(10)?,
                    sheet: r.get(11)?,
                    rows_delivered: count(12)?,
                    rows_loaded: count(13)?,
                    rows_dropped: count(14)?,
                    rows_rejected: count(15)?,
                    rows_left_out: count(16)?,
                    notes: r.get(17)?,
                    reading: r.get(18)?,
                    slices: Vec::new(),
                })
            })?
            .collect::<Result<_, _>>()?;
        let mut statement =
            self.db.prepare("select delivery, region, file, rows, bytes from slices order by delivery, region")?;
        let mut slices = statement.query([])?;
        while let Some(r) = slices.next()? {
            let delivery: i64 = r.get(0)?;
            if let Ok(at) = out.binary_search_by_key(&delivery, |d| d.id) {
                out[at].slices.push(SliceRecord {
                    region: r.get(1)?,
                    file: r.get(2)?,
                    rows: r.get::<_, i64>(3)? as u64,
                    bytes: r.get::<_, i64>(4)? as u64,
                });
            }
        }
        Ok(out)
    }

    /// Records deliveries with their slices and rejects, and the files as seen, in one transaction. A delivery that
    /// was recorded before under another reading is replaced.
    pub fn record(
        &mut self,
        deliveries: &[(DeliveryRecord, Vec<RejectRecord>)],
        seen: &[(String, SeenFile)],
    ) -> Result<()> {
        let tx = self.db.transaction()?;
        for (d, rejects) in deliveries {
            // Read again, a delivery keeps its number: of two that arrived in one moment the later recorded one holds.
            let before: Option<i64> = tx
                .query_row(
                    "select id from deliveries where path = ?1 and sha256 = ?2",
                    params![d.path, d.sha256],
                    |r| r.get(0),
                )
                .optional()?;
            let is_again = before.is_some();
            tx.execute("delete from deliveries where id = ?1", [before])?;
            tx.execute(
                "insert into deliveries (path, feed, sha256, bytes, arrived_at, region, period, is_identical, refusal,
                    refusal_detail, sheet, rows_delivered, rows_loaded, rows_dropped, rows_rejected, rows_left_out,
                    notes, reading, id)
                values (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19)",
                params![
                    d.path,
                    d.feed,
                    d.sha256,
                    d.bytes as i64,
                    d.arrived_at,
                    d.region,
                    d.period,
                    d.is_identical,
                    d.refusal,
                    d.refusal_detail,
                    d.sheet,
                    d.rows_delivered as i64,
                    d.rows_loaded as i64,
                    d.rows_dropped as i64,
                    d.rows_rejected as i64,
                    d.rows_left_out as i64,
                    d.notes,
                    d.reading,
                    before,
                ],
            )?;
            let id = tx.last_insert_rowid();
            // The one run that is open while the writer's lock is held; 0 where no run was begun.
            tx.execute(
                "insert or replace into readings (run, path, sha256, feed, region, period, is_again, refusal,
                    is_identical, rows_delivered, rows_loaded, rows_dropped, rows_rejected)
                select coalesce((select max(id) from runs where finished_at is null), 0), path, sha256, feed, region,
                    period, ?2, refusal, is_identical, rows_delivered, rows_loaded, rows_dropped, rows_rejected
                from deliveries where id = ?1",
                params![id, is_again],
            )?;
            for s in &d.slices {
                tx.execute(
                    "insert into slices (delivery, region, file, rows, bytes) values (?1,?2,?3,?4,?5)",
                    params![id, s.region, s.file, s.rows as i64, s.bytes as i64],
                )?;
            }
            let mut insert = tx.prepare(
                "insert into rejects (delivery, seq, sheet, row, field, reason, all_reasons, raw_value, raw_cells)
                values (?1,?2,?3,?4,?5,?6,?7,?8,?9)",
            )?;
            for (seq, r) in rejects.iter().enumerate() {
                insert.execute(params![
                    id,
                    seq as i64,
                    r.sheet,
                    r.row as i64,
                    r.field,
                    r.reason,
                    r.all_reasons,
                    r.raw_value,
                    r.raw_cells
                ])?;
            }
        }
        for (path, file) in seen {
            tx.execute(
                "insert into seen_files (path, bytes, modified_ns, sha256) values (?1,?2,?3,?4)
                on conflict (path) do update set bytes = ?2, modified_ns = ?3, sha256 = ?4",
                params![path, file.bytes as i64, file.modified_ns, file.sha256],
            )?;
        }
        tx.commit()?;
        Ok(())
    }

    /// Notes files whose time changed while their bytes did not.
    pub fn touch(&mut self, files: &[(String, SeenFile)]) -> Result<()> {
        self.record(&[], files)
    }

    /// The rows of some deliveries that are in quarantine, each delivery's in their order and without their cells: people's
    /// cells stay here.
    pub fn rejects_of(&self, deliveries: &[i64]) -> Result<Vec<Vec<RejectRecord>>> {
        let mut statement = self.db.prepare(
            "select delivery, sheet, row, field, reason, all_reasons, raw_value from rejects
            where delivery = ?1 order by seq",
        )?;
        let mut out = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            let rows = statement
                .query_map([delivery], |r| {
                    Ok(RejectRecord {
                        delivery: r.get(0)?,
                        sheet: r.get(1)?,
                        row: r.get::<_, i64>(2)? as u64,
                        field: r.get(3)?,
                        reason: r.get(4)?,
                        all_reasons: r.get(5)?,
                        raw_value: r.get(6)?,
                        raw_cells: String::new(),
                    })
                })?
                .collect::<Result<_, _>>()?;
            out.push(rows);
        }
        Ok(out)
    }

    pub fn table(&self, name: &str) -> Result<Option<TableRecord>> {
        let mut statement =
            self.db.prepare("select version, fingerprint, content, rows from tables where name = ?1")?;
        let found = statement
            .query_row([name], |r| {
                Ok(TableRecord {
                    version: r.get::<_, i64>(0)? as u64,
                    fingerprint: r.get(1)?,
                    content: r.get(2)?,
                    rows: r.get::<_, i64>(3)? as u64,
                })
            })
            .optional()?;
        Ok(found)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(cause: rusqlite::Error) -> Error {
        let is_full = cause.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull);
        let key = if is_full { "disk_full_at" } else { "state" };
        Error::internal(key).with("path", "state.sqlite").with("cause", cause)
    }
}
