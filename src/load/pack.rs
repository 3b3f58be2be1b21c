//! How many small files a region's slices may lie in: beyond that they are packed into one. Which slices are in force
//! does not change by it, nor does the content of the table.

use crate::error::Result;
use crate::project::hex;
use crate::warehouse::{LiveFile, PackRecord, State, Warehouse};
use arrow::datatypes::SchemaRef;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// A file below this is small: opening it costs more than reading it.
pub const SMALL_FILE_BYTES: u64 = 8 * 1024 * 1024;
/// So many small files may lie in one region's folder: a year of months. One more, and they are packed.
pub const SMALL_FILES_MAX: usize = 12;

/// The files that hold the slices in force: the slices' own, and packs that hold slices in force and no others.
/// Packs are made where a region has too many small files; what is recorded as a pack is on disk, whole.
pub fn pack_slices(
    warehouse: &Warehouse,
    state: &mut State,
    feed: &str,
    schema: &SchemaRef,
    wanted: Vec<LiveFile>,
) -> Result<Vec<LiveFile>> {
    let table = format!("raw.{feed}");
    let before = state.packs(feed)?;
    let mut packs = whole_packs(warehouse, &table, &before, &wanted);
    let packed: HashSet<&str> = packs.iter().flat_map(|p| p.members.iter().map(String::as_str)).collect();
    let mut by_region: BTreeMap<Option<String>, Vec<Held>> = BTreeMap::new();
    for file in wanted.iter().filter(|f| !packed.contains(f.path.as_str())) {
        let held = Held { live: file.clone(), members: vec![file.path.clone()], is_pack: false };
        by_region.entry(file.partition.clone()).or_default().push(held);
    }
    for pack in packs.drain(..) {
        let held = Held { live: pack.live.clone(), members: pack.members, is_pack: true };
        by_region.entry(pack.live.partition).or_default().push(held);
    }
    let mut live = Vec::new();
    for (_, mut held) in by_region {
        held.sort_by(|a, b| a.live.cmp(&b.live));
        let small: Vec<&Held> = held.iter().filter(|h| h.live.bytes < SMALL_FILE_BYTES).collect();
        if small.len() > SMALL_FILES_MAX {
            let pack = make_pack(warehouse, &table, schema, &small)?;
            let gone: BTreeSet<String> = small.iter().map(|h| h.live.path.clone()).collect();
            held.retain(|h| !gone.contains(&h.live.path));
            held.push(pack);
        }
        live.extend(held);
    }
    packs.extend(
        live.iter().filter(|h| h.is_pack).map(|h| PackRecord { live: h.live.clone(), members: h.members.clone() }),
    );
    packs.sort_by(|a, b| a.live.cmp(&b.live));
    if packs != before {
        // What is recorded as a pack must be there whatever happens to the machine.
        warehouse.sync()?;
        state.record_packs(feed, &packs)?;
    }
    let mut files: Vec<LiveFile> = live.into_iter().map(|h| h.live).collect();
    files.sort();
    Ok(files)
}

/// The slices' own files among `wanted` that are neither on disk nor in a pack that can be used: they were let go with
/// old editions, and their deliveries must be read again from the archive.
pub fn missing_files(warehouse: &Warehouse, state: &State, feed: &str, wanted: &[LiveFile]) -> Result<Vec<String>> {
    let table = format!("raw.{feed}");
    let packs = whole_packs(warehouse, &table, &state.packs(feed)?, wanted);
    let packed: HashSet<&str> = packs.iter().flat_map(|p| p.members.iter().map(String::as_str)).collect();
    let alone = wanted.iter().map(|f| f.path.as_str()).filter(|path| !packed.contains(path));
    Ok(alone.filter(|path| !warehouse.has_file(&table, path)).map(str::to_owned).collect())
}

/// The packs that can be used: on disk, and every slice in them is among `wanted`.
fn whole_packs(warehouse: &Warehouse, table: &str, packs: &[PackRecord], wanted: &[LiveFile]) -> Vec<PackRecord> {
    let in_force: HashSet<&str> = wanted.iter().map(|f| f.path.as_str()).collect();
    let is_whole = |pack: &&PackRecord| {
        pack.members.iter().all(|m| in_force.contains(m.as_str())) && warehouse.has_file(table, &pack.live.path)
    };
    packs.iter().filter(is_whole).cloned().collect()
}

/// A file and the slices' files whose rows it holds.
struct Held {
    live: LiveFile,
    members: Vec<String>,
    is_pack: bool,
}

/// One file of the rows of all; named by what it holds, so that a night that is run again writes the same one.
fn make_pack(warehouse: &Warehouse, table: &str, schema: &SchemaRef, held: &[&Held]) -> Result<Held> {
    let mut members: Vec<String> = held.iter().flat_map(|h| h.members.iter().cloned()).collect();
    members.sort();
    let mut hash = Sha256::new();
    // A pack of packs has the same members as one made at once, but not the same order of rows.
    for held in held {
        hash.update(format!("{}\n", held.live.path));
    }
    let first = held[0].live.path.split('/').next().unwrap_or_default();
    let path = format!("{first}/pack-{}.parquet", hex(&hash.finalize()[..12]));
    let files: Vec<LiveFile> = held.iter().map(|h| h.live.clone()).collect();
    let live = warehouse.pack_files(table, path, schema, &files)?;
    Ok(Held { live, members, is_pack: true })
}
