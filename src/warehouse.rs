//! Name ↔ place ↔ version. The only room that knows where a table is. Writers are `load` and `models`; everybody else
//! asks the reader.

mod compare;
mod cover;
mod delta;
mod editions;
mod files;
mod nights;
mod pack;
mod plain;
mod reader;
mod retention;
mod scan;
mod state;
mod steps;
mod veil;
mod versions;

pub use compare::{Comparison, columns_of, compare_editions};
pub use delta::{LiveFile, TableVersion};
pub use editions::{CheckResult, Edition, FeedReport, LoadReport, Previous, TableRef};
use files::write_from;
pub use files::{DataFile, TEMPORARY_PREFIX, write_whole};
pub use nights::{NightFile, NightRecord};
pub use plain::plain_rows;
pub use reader::{Answer, Limits, Reader, is_open};
pub use retention::{Removed, Retention};
pub use state::{DeliveryRecord, RejectRecord, SeenFile, SliceRecord, State, TableRecord};
pub use steps::PlanStep;
pub use veil::stars_for_signs;
pub use versions::PackRecord;

use crate::error::{Error, Result, io_error};
use crate::extract::{PersonKeys, SLICE_REGION};
use crate::project::{Contract, Project};
use arrow::datatypes::{DataType, Field, Schema};
use datafusion::catalog::TableProvider;
use std::fs::{File, TryLockError};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Columns that hold people's data under the loader's own names: in no session.
const HIDDEN_ALWAYS: [&str; 1] = ["raw_cells"];

/// A data folder.
#[derive(Clone, Debug)]
pub struct Warehouse {
    dir: PathBuf,
}

/// Held while a night writes; gone with the process that holds it.
pub struct WriterLock {
    _file: File,
}

impl Warehouse {
    /// Opens a data folder, making it if need be.
    pub fn open(dir: &Path) -> Result<Warehouse> {
        if !dir.is_dir() {
            std::fs::create_dir_all(dir).map_err(|e| io_error(dir, &e))?;
            restrict(dir, 0o700)?;
        }
        Ok(Warehouse { dir: dir.to_owned() })
    }

    /// Opens a data folder that must be there already, for reading.
    pub fn open_existing(dir: &Path) -> Result<Warehouse> {
        if !dir.is_dir() {
            return Err(Error::request("data_missing").with("dir", dir.display()));
        }
        Ok(Warehouse { dir: dir.to_owned() })
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The state; also for reading it beside a running night.
    pub fn state(&self) -> Result<State> {
        State::open(&self.dir.join("state.sqlite"))
    }

    /// The one writer's lock, across threads and processes. Fails at once where a night is running.
    pub fn lock_writer(&self) -> Result<WriterLock> {
        let path = self.dir.join("night.lock");
        let file = File::options().create(true).append(true).open(&path).map_err(|e| io_error(&path, &e))?;
        match file.try_lock() {
            Ok(()) => {
                self.keep_private()?;
                Ok(WriterLock { _file: file })
            }
            Err(TryLockError::WouldBlock) => Err(Error::request("night_running").with("dir", self.dir.display())),
            Err(TryLockError::Error(e)) => Err(io_error(&path, &e)),
        }
    }

    /// What holds people's data is for the program's own user, also in a data folder that was there before.
    fn keep_private(&self) -> Result<()> {
        for folder in ["archive", "tables/raw"] {
            let folder = self.dir.join(folder);
            if folder.is_dir() {
                restrict(&folder, 0o700)?;
            }
        }
        let state = self.dir.join("state.sqlite");
        if !state.exists() {
            File::create(&state).map_err(|e| io_error(&state, &e))?;
        }
        restrict(&state, 0o600)
    }

    /// The key of the pseudonyms, made at first use and kept in the data folder.
    pub fn person_keys(&self) -> Result<PersonKeys> {
        const KEY_BYTES: usize = 32;
        let path = self.dir.join("pseudonym.key");
        if !path.exists() {
            // Another key would tear every person's rows apart: those read before from those read from now on.
            if self.dir.join("archive").is_dir() {
                return Err(Error::request("pseudonym_key_lost").with("path", path.display()));
            }
            let mut key = [0u8; KEY_BYTES];
            let random = Path::new("/dev/urandom");
            File::open(random).and_then(|mut f| f.read_exact(&mut key)).map_err(|e| io_error(random, &e))?;
            write_whole(&path, &key)?;
            restrict(&path, 0o600)?;
            self.sync()?;
        }
        self.read_person_keys()
    }

    fn read_person_keys(&self) -> Result<PersonKeys> {
        const KEY_BYTES_MIN: usize = 16;
        let path = self.dir.join("pseudonym.key");
        let key = std::fs::read(&path).map_err(|e| io_error(&path, &e))?;
        PersonKeys::new(&key)
            .filter(|_| key.len() >= KEY_BYTES_MIN)
            .ok_or_else(|| Error::request("pseudonym_key").with("path", path.display()))
    }

    /// The keys of pseudonyms; `None` before the first night has made them.
    fn person_keys_if_any(&self) -> Result<Option<PersonKeys>> {
        self.dir.join("pseudonym.key").exists().then(|| self.read_person_keys()).transpose()
    }

    /// The folder of a table, by `layer.name`.
    pub fn table_dir(&self, name: &str) -> PathBuf {
        self.dir.join("tables").join(name.replace('.', "/"))
    }

    /// Where the original of a delivery is kept.
    pub fn archive_path(&self, sha256: &str) -> PathBuf {
        self.dir.join("archive").join(&sha256[..2]).join(sha256)
    }

    /// Keeps the `bytes` bytes that a reader gives under their SHA-256, without holding them in memory;
    /// [`Warehouse::sync`] makes them last.
    pub fn archive(&self, sha256: &str, bytes: u64, from: &mut dyn Read) -> Result<()> {
        if self.is_archived(sha256, bytes) { Ok(()) } else { write_from(&self.archive_path(sha256), from) }
    }

    /// Whether an original is in the archive, whole: a machine that stopped may have left a part of it.
    pub fn is_archived(&self, sha256: &str, bytes: u64) -> bool {
        std::fs::metadata(self.archive_path(sha256)).is_ok_and(|meta| meta.len() == bytes)
    }

    /// Puts all that was written to the disk of the data folder, so that it is there if the machine stops. One call for
    /// many files costs what one file would.
    pub fn sync(&self) -> Result<()> {
        sync_disk(&self.dir).map_err(|e| io_error(&self.dir, &e))
    }

    /// Bytes that the disk of the data folder still takes; `None` where it does not say.
    pub fn free_bytes(&self) -> Option<u64> {
        free_bytes(&self.dir)
    }

    /// Refuses to begin what the disk cannot hold.
    pub fn check_space(&self, needed: u64) -> Result<()> {
        match self.free_bytes().filter(|free| *free < needed) {
            Some(free) => Err(self.disk_full(free, needed)),
            None => Ok(()),
        }
    }

    /// The error for a disk that is full: which, how much it has left, how much is missing, what to do.
    pub fn disk_full(&self, free: u64, needed: u64) -> Error {
        const MEGABYTE: u64 = 1_000_000;
        let megabytes = |bytes: u64| bytes.div_ceil(MEGABYTE).max(1);
        Error::internal("disk_full")
            .with("dir", std::path::absolute(&self.dir).unwrap_or_else(|_| self.dir.clone()).display())
            .with("free", free / MEGABYTE)
            .with("missing", megabytes(needed.saturating_sub(free)))
    }

    /// A table at a version, or at its newest; `None` where there is none.
    pub async fn table(&self, name: &str, version: Option<u64>) -> Result<Option<TableVersion>> {
        delta::open_table(&self.table_dir(name), version).await
    }

    /// Makes a table consist of exactly these files, in one commit.
    pub async fn commit(&self, name: &str, schema: &Schema, files: &[LiveFile]) -> Result<u64> {
        let partition = partition_of(name);
        let mut fields: Vec<Field> = schema.fields().iter().map(|f| f.as_ref().clone()).collect();
        fields.extend(partition.map(|p| Field::new(p, DataType::Utf8, true)));
        let created_ms = crate::clock::now().timestamp_millis();
        // The files must last before the log that names them, and the log before whoever notes its version.
        self.sync()?;
        let dir = self.table_dir(name);
        let version = delta::commit_files(&dir, &Schema::new(fields), partition, files, created_ms).await?;
        self.sync()?;
        Ok(version)
    }

    /// A table as a session may see it: the files of a version without the hidden columns.
    pub fn provider(&self, name: &str, version: &TableVersion, hidden: &[String]) -> Result<Arc<dyn TableProvider>> {
        Ok(Arc::new(scan::FilesTable::new(&self.table_dir(name), version, partition_of(name), hidden)?))
    }

    /// Bytes of the newest data file of each table outside raw: what building them once more takes at most.
    pub fn newest_bytes<'a>(&self, names: impl Iterator<Item = &'a String>) -> u64 {
        let newest = |name: &String| {
            let files = std::fs::read_dir(self.table_dir(name)).into_iter().flatten().flatten();
            let files = files.filter_map(|f| f.metadata().ok()).filter(|m| m.is_file());
            files.max_by_key(|m| m.modified().ok()).map_or(0, |m| m.len())
        };
        names.filter(|name| partition_of(name).is_none()).map(newest).sum()
    }

    pub fn editions(&self) -> Result<Vec<u64>> {
        editions::list_editions(&self.dir.join("editions"))
    }

    /// An edition by number, or the newest.
    pub fn edition(&self, number: Option<u64>) -> Result<Edition> {
        editions::read_edition(&self.dir.join("editions"), number)
    }

    /// Publishes an edition under the next number.
    pub fn publish(&self, edition: Edition) -> Result<Edition> {
        editions::write_edition(&self.dir.join("editions"), edition)
    }

    /// Removes what a killed night left half written. Only under the writer's lock.
    pub fn remove_leftovers(&self) -> Result<()> {
        for folder in ["tables", "archive", "editions"] {
            remove_temporary(&self.dir.join(folder))?;
        }
        Ok(())
    }
}

/// The columns of a raw table that no SQL session gets: the contract's personal fields.
pub fn hidden_columns(project: &Project, table: &str) -> Vec<String> {
    let mut hidden: Vec<String> = HIDDEN_ALWAYS.iter().map(|c| (*c).to_owned()).collect();
    if let Some(contract) = table.strip_prefix("raw.").and_then(|feed| project.feeds.get(feed)) {
        hidden.extend(personal_fields(contract));
    }
    hidden
}

fn personal_fields(contract: &Contract) -> impl Iterator<Item = String> + '_ {
    contract.fields.iter().filter(|f| f.personal || f.kind == crate::project::FieldKind::Id).map(|f| f.name.clone())
}

/// Raw tables are laid out by the delivering region, so that a region's rows lie in files of their own.
fn partition_of(name: &str) -> Option<&'static str> {
    name.starts_with("raw.").then_some(SLICE_REGION)
}

fn remove_temporary(dir: &Path) -> Result<()> {
    if !dir.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(dir).map_err(|e| io_error(dir, &e))? {
        let entry = entry.map_err(|e| io_error(dir, &e))?;
        let path = entry.path();
        if entry.file_type().is_ok_and(|t| t.is_dir()) {
            remove_temporary(&path)?;
        } else if is_leftover(&entry.file_name().to_string_lossy()) {
            std::fs::remove_file(&path).map_err(|e| io_error(&path, &e))?;
        }
    }
    Ok(())
}

/// Our own unfinished files, and those of the Delta log's store (`00000000000000000007.json#1`).
fn is_leftover(name: &str) -> bool {
    name.starts_with(TEMPORARY_PREFIX) || name.rsplit_once('#').is_some_and(|(_, n)| n.parse::<u32>().is_ok())
}

#[cfg(target_os = "linux")]
fn sync_disk(dir: &Path) -> std::io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(dir)?)?)
}

#[cfg(all(unix, not(target_os = "linux")))]
fn sync_disk(_dir: &Path) -> std::io::Result<()> {
    rustix::fs::sync();
    Ok(())
}

#[cfg(not(unix))]
fn sync_disk(_dir: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn free_bytes(dir: &Path) -> Option<u64> {
    rustix::fs::statvfs(dir).ok().map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_dir: &Path) -> Option<u64> {
    None
}

/// People's data are for the program's own user.
#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(|e| io_error(path, &e))
}

#[cfg(not(unix))]
fn restrict(_path: &Path, _mode: u32) -> Result<()> {
    Ok(())
}
