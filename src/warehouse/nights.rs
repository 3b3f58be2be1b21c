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
    pub files: i64,
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
                count(r.path), count(r.refusal), coalesce(sum(r.is_identical), 0), coalesce(sum(r.rows_delivered), 0),
                coalesce(sum(r.rows_loaded), 0), coalesce(sum(r.rows_dropped), 0), coalesce(sum(r.rows_rejected), 0)
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
                    files_refused: r.get(7)?,
                    files_identical: r.get(8)?,
                    rows_delivered: r.get(9)?,
                    rows_loaded: r.get(10)?,
                    rows_dropped: r.get(11)?,
                    rows_rejected: r.get(12)?,
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(out)
    }
}
