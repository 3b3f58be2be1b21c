//! What each night read, feed by feed and region by region: kept for ever beside the runs, however often a file is read
//! again later. No model reads it, for it changes when nothing arrived.

use super::State;
use crate::error::Result;
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

impl State {
    /// The nights up to the one that published an edition, oldest first. A kill between publishing and closing a run
    /// leaves an edition without a run: then the newest run that began before it was published.
    pub fn nights(&self, edition: u64, published_at: &str) -> Result<Vec<NightRecord>> {
        let last: Option<i64> = self.db.query_row(
            "select coalesce((select max(id) from runs where edition = ?1),
                (select max(id) from runs where started_at <= ?2))",
            params![edition as i64, published_at],
            |r| r.get(0),
        )?;
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
