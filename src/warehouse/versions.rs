//! Which data file is live in which versions of its table, as intervals in the state: so that the files that no kept
//! edition needs are found without reading the history of any table.

use super::delta::LiveFile;
use super::state::{State, TableRecord};
use crate::error::Result;
use rusqlite::{Connection, params};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const SCHEMA: &str = "
create table if not exists table_files (
    name text not null, path text not null, added integer not null, removed integer,
    primary key (name, path, added)) without rowid;
create index if not exists table_files_open on table_files (name) where removed is null;
create table if not exists tracked_tables (name text primary key, since integer not null) without rowid;
create table if not exists packs (
    feed text not null, region text not null, file text not null, rows integer not null, bytes integer not null,
    members text not null, primary key (feed, file)) without rowid;
create table if not exists kept_editions (edition integer primary key, because text not null, kept_at text not null);
";

/// A data file that holds the rows of several slices of one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackRecord {
    pub live: LiveFile,
    /// The files of the slices, as the deliveries name them.
    pub members: Vec<String>,
}

impl State {
    /// Records a table's version with the files that are live in it. Killed before this, the next night records the
    /// same version again.
    pub fn record_version(&mut self, name: &str, table: &TableRecord, files: &[LiveFile]) -> Result<()> {
        let tx = self.db.transaction()?;
        put_table(&tx, name, table)?;
        let version = table.version as i64;
        tx.execute("insert or ignore into tracked_tables (name, since) values (?1, ?2)", params![name, version])?;
        let open: BTreeSet<String> = {
            let mut statement = tx.prepare("select path from table_files where name = ?1 and removed is null")?;
            statement.query_map([name], |r| r.get(0))?.collect::<Result<_, _>>()?
        };
        let live: BTreeSet<&str> = files.iter().map(|f| f.path.as_str()).collect();
        {
            let mut close =
                tx.prepare("update table_files set removed = ?3 where name = ?1 and path = ?2 and removed is null")?;
            for path in open.iter().filter(|p| !live.contains(p.as_str())) {
                close.execute(params![name, path, version])?;
            }
            let mut add = tx.prepare("insert or ignore into table_files (name, path, added) values (?1, ?2, ?3)")?;
            for path in live.iter().filter(|p| !open.contains(**p)) {
                add.execute(params![name, path, version])?;
            }
        }
        tx.commit()?;
        Ok(())
    }

    /// Records that a table stands as it is, made anew from other inputs.
    pub fn record_table(&self, name: &str, table: &TableRecord) -> Result<()> {
        put_table(&self.db, name, table)
    }

    /// The files that are live in no kept version of their table and not in its newest, by table.
    pub(super) fn unneeded_files(&self, kept: &BTreeMap<String, BTreeSet<u64>>) -> Result<Vec<(String, String)>> {
        let mut statement = self.db.prepare(
            "select name, path, added, removed from table_files f where not exists (
                select 1 from table_files g where g.name = f.name and g.path = f.path and g.removed is null)
            order by name, path, added",
        )?;
        let mut rows = statement.query([])?;
        let mut needed: BTreeMap<(String, String), bool> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (name, path): (String, String) = (row.get(0)?, row.get(1)?);
            let (added, removed) = (row.get::<_, i64>(2)? as u64, row.get::<_, i64>(3)? as u64);
            let is_kept = added < removed && kept.get(&name).is_some_and(|v| v.range(added..removed).next().is_some());
            *needed.entry((name, path)).or_default() |= is_kept;
        }
        Ok(needed.into_iter().filter(|(_, needed)| !needed).map(|(file, _)| file).collect())
    }

    pub(super) fn forget_file(&self, name: &str, path: &str) -> Result<()> {
        self.db.execute("delete from table_files where name = ?1 and path = ?2", params![name, path])?;
        Ok(())
    }

    /// Whether every file of a table that was ever live is recorded here.
    pub(super) fn is_tracked_whole(&self, name: &str) -> Result<bool> {
        let found =
            self.db.query_row("select count(*) from tracked_tables where name = ?1 and since = 0", [name], |r| {
                r.get::<_, i64>(0)
            })?;
        Ok(found > 0)
    }

    /// Every file of a table that some version may need.
    pub(super) fn files_of(&self, name: &str) -> Result<BTreeSet<String>> {
        let mut statement = self.db.prepare("select distinct path from table_files where name = ?1")?;
        let files = statement.query_map([name], |r| r.get(0))?.collect::<Result<_, _>>()?;
        Ok(files)
    }

    /// The packs of a feed in the order of their files.
    pub fn packs(&self, feed: &str) -> Result<Vec<PackRecord>> {
        let mut statement =
            self.db.prepare("select region, file, rows, bytes, members from packs where feed = ?1 order by file")?;
        let packs = statement
            .query_map([feed], |r| {
                let members: String = r.get(4)?;
                Ok(PackRecord {
                    live: LiveFile {
                        path: r.get(1)?,
                        bytes: r.get::<_, i64>(3)? as u64,
                        rows: r.get::<_, i64>(2)? as u64,
                        partition: Some(r.get(0)?),
                    },
                    members: members.split('\n').map(str::to_owned).collect(),
                })
            })?
            .collect::<Result<_, _>>()?;
        Ok(packs)
    }

    /// Makes the packs of a feed exactly these.
    pub fn record_packs(&mut self, feed: &str, packs: &[PackRecord]) -> Result<()> {
        let tx = self.db.transaction()?;
        tx.execute("delete from packs where feed = ?1", [feed])?;
        for pack in packs {
            tx.execute(
                "insert into packs (feed, region, file, rows, bytes, members) values (?1,?2,?3,?4,?5,?6)",
                params![
                    feed,
                    pack.live.partition.as_deref().unwrap_or_default(),
                    pack.live.path,
                    pack.live.rows as i64,
                    pack.live.bytes as i64,
                    pack.members.join("\n")
                ],
            )?;
        }
        tx.commit()?;
        Ok(())
    }

    /// Editions that stay for a reason of their own, with it.
    pub fn kept_editions(&self) -> Result<BTreeMap<u64, String>> {
        let mut statement = self.db.prepare("select edition, because from kept_editions")?;
        let kept =
            statement.query_map([], |r| Ok((r.get::<_, i64>(0)? as u64, r.get(1)?)))?.collect::<Result<_, _>>()?;
        Ok(kept)
    }

    /// Keeps an edition whatever its age, or with `None` leaves it to its age again.
    pub fn keep_edition(&self, edition: u64, because: Option<&str>, now: &str) -> Result<()> {
        match because {
            Some(because) => self.db.execute(
                "insert into kept_editions (edition, because, kept_at) values (?1, ?2, ?3)
                on conflict (edition) do update set because = ?2, kept_at = ?3",
                params![edition as i64, because, now],
            )?,
            None => self.db.execute("delete from kept_editions where edition = ?1", [edition as i64])?,
        };
        Ok(())
    }
}

fn put_table(db: &Connection, name: &str, table: &TableRecord) -> Result<()> {
    db.execute(
        "insert into tables (name, version, fingerprint, content, rows) values (?1,?2,?3,?4,?5)
        on conflict (name) do update set version = ?2, fingerprint = ?3, content = ?4, rows = ?5",
        params![name, table.version as i64, table.fingerprint, table.content, table.rows as i64],
    )?;
    Ok(())
}
