//! What each night read, feed by feed and region by region: kept for ever beside the runs, however often a file is read
//! again later. No model reads it, for it changes when nothing arrived.

use super::State;
use crate::error::Result;
use crate::extract::hide_numbers;
use rusqlite::params;

/// What one night read of one feed from one region; without a feed, a night that read nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NightRecord {
    pub run: i64,
    pub job: String,
    /// UTC, to the second.
    pub started_at: String,
    pub as_of: String,
    pub feed: Option<String>,
    /// The region of the files' names; `all` for files of all regions; none where the name was not understood.
    pub region: Option<String>,
    /// Files that had not been read before, and so below.
    pub files: i64,
    /// Files read again from the archive, for the way of reading them had changed; counted nowhere else.
    pub files_again: i64,
    pub files_refused: i64,
    pub files_identical: i64,
    pub rows_delivered: i64,
    pub rows_loaded: i64,
    pub rows_dropped: i64,
    pub rows_rejected: i64,
}

/// A file that a night read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NightFile {
    pub run: i64,
    pub feed: String,
    pub path: String,
    pub sha256: String,
    /// Read before, and again because the way of reading it had changed.
    pub is_again: bool,
}

impl State {
    /// The run that published an edition. A kill between publishing and closing a run leaves an edition without a run:
    /// then the newest that began before it was published.
    fn run_of(&self, edition: u64, published_at: &str) -> Result<Option<i64>> {
        let found = self.db.query_row(
            "select coalesce((select max(id) from runs where edition = ?1),
                (select max(id) from runs where started_at <= ?2))",
            params![edition as i64, published_at],
            |r| r.get(0),
        )?;
        Ok(found)
    }

    /// The files that each night read, up to the night that published an edition, oldest first.
    pub fn night_files(&self, edition: u64, published_at: &str) -> Result<Vec<NightFile>> {
        let last = self.run_of(edition, published_at)?;
        let mut statement = self.db.prepare(
            "select run, feed, path, sha256, is_again from readings where run > 0 and run <= ?1
            order by run, feed, path, sha256",
        )?;
        let out = statement
            .query_map([last], |r| {
                Ok(NightFile {
                    run: r.get(0)?,
                    feed: r.get(1)?,
                    path: hide_numbers(&r.get::<_, String>(2)?),
                    sha256: r.get(3)?,
                    is_again: r.get(4)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(out)
    }

    /// What the nights up to the one that published an edition read, oldest first.
    pub fn nights(&self, edition: u64, published_at: &str) -> Result<Vec<NightRecord>> {
        let last = self.run_of(edition, published_at)?;
        let mut statement = self.db.prepare(
            "select runs.id, runs.job, runs.started_at, runs.as_of, r.feed,
                case when r.period = '' then null when r.region = '' then 'all' else r.region end as place,
                count(r.path) filter (where not is_again), coalesce(sum(is_again), 0),
                count(r.refusal) filter (where not is_again),
                coalesce(sum(r.is_identical) filter (where not is_again), 0),
                coalesce(sum(r.rows_delivered) filter (where not is_again), 0),
                coalesce(sum(r.rows_loaded) filter (where not is_again), 0),
                coalesce(sum(r.rows_dropped) filter (where not is_again), 0),
                coalesce(sum(r.rows_rejected) filter (where not is_again), 0)
            from runs left join readings r on r.run = runs.id
            where runs.id <= ?1
            group by runs.id, runs.job, runs.started_at, runs.as_of, r.feed, place
            order by runs.id, r.feed, place",
        )?;
        let out = statement
            .query_map([last], |r| {
                Ok(NightRecord {
                    run: r.get(0)?,
                    job: r.get(1)?,
                    started_at: r.get(2)?,
                    as_of: r.get(3)?,
                    feed: r.get(4)?,
                    region: r.get(5)?,
                    files: r.get(6)?,
                    files_again: r.get(7)?,
                    files_refused: r.get(8)?,
                    files_identical: r.get(9)?,
                    rows_delivered: r.get(10)?,
                    rows_loaded: r.get(11)?,
                    rows_dropped: r.get(12)?,
                    rows_rejected: r.get(13)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(out)
    }
}
