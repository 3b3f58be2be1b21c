//! What must hold of an XLSX package before a reader opens it: that it is a workbook, is whole, and unpacks to a size
//! that fits in memory. The sizes that a package declares are not believed: its parts are unpacked and counted.

use super::limits::{Limit, PACKAGE_BYTES_MAX, PARTS_MAX, XML_RUN_MAX};
use super::source::Refusal;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// What was seen of a package while it was measured.
#[derive(Clone, Copy, Debug, Default)]
pub struct Package {
    /// Some part speaks of merged cells. Where none does, no sheet need be gone through for them.
    pub has_merged_cells: bool,
}

/// Refuses what is no workbook, is damaged, encrypted or a bomb. Every part is measured, whatever it is called: which of
/// them a reader will open is for the package itself to say.
pub fn check_package(bytes: &[u8]) -> Result<Package, Refusal> {
    let damaged = |what: &str| Refusal::new("unreadable", format!("ZIP: {what}"));
    // Counted before anything makes room for them.
    let entries = count_entries(bytes);
    if entries > PARTS_MAX {
        return Err(Refusal::too_large(Limit::Parts, entries as u64, ""));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged("no directory"))?;
    let mut names = Vec::new();
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).map_err(|_| damaged("directory"))?;
        let name = part.name().map(|n| n.to_ascii_lowercase().replace('\\', "/")).unwrap_or_default();
        if part.encrypted() {
            return Err(Refusal::new("encrypted", ""));
        }
        names.push(name);
    }
    if !names.iter().any(|name| name.contains("workbook") && name.ends_with(".xml")) {
        return Err(Refusal::new("not_a_workbook", ""));
    }
    let mut package = Package::default();
    let mut total = 0;
    for (at, name) in names.iter().enumerate() {
        let part = match archive.by_index(at) {
            Ok(part) => part,
            Err(_) if is_markup(name) => return Err(damaged(name)),
            Err(_) => continue,
        };
        total += check_part(part, name, &mut package)?;
        if total > PACKAGE_BYTES_MAX {
            return Err(Refusal::too_large(Limit::Package, total, ""));
        }
    }
    Ok(package)
}

/// Entries of the package's directory, and whatever looks like one: an upper bound.
fn count_entries(bytes: &[u8]) -> usize {
    const ENTRY: &[u8] = b"PK\x01\x02";
    let mut n = 0;
    let mut rest = bytes;
    while let Some(at) = memchr::memmem::find(rest, ENTRY) {
        n += 1;
        rest = &rest[at + ENTRY.len()..];
    }
    n
}

fn is_markup(name: &str) -> bool {
    name.ends_with(".xml") || name.ends_with(".rels")
}

/// Unpacks a part into nothing, counting its bytes and the length of what stands between two tags; how many bytes.
fn check_part(mut part: impl Read, name: &str, package: &mut Package) -> Result<u64, Refusal> {
    const MERGED: &[u8] = b"mergeCell";
    let is_markup = is_markup(name);
    let is_sheet = is_markup && name.contains("sheet") && !name.contains("sharedstrings");
    let limit = if is_sheet { Limit::Sheet } else { Limit::Part };
    let merged = memchr::memmem::Finder::new(MERGED);
    // The end of the bytes before, for a word that is cut in two.
    let mut seam: Vec<u8> = Vec::new();
    let mut buffer = vec![0u8; 64 * 1024];
    let mut total = 0u64;
    let mut run = 0usize;
    let mut declared = None;
    loop {
        let n = match part.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => n,
            Err(_) if is_markup => return Err(Refusal::new("unreadable", format!("ZIP: {name}"))),
            // A damaged picture is nobody's loss.
            Err(_) => break,
        };
        if total == 0 {
            declared = unique_count(&buffer[..n]);
        }
        total += n as u64;
        if total > limit.most() {
            return Err(Refusal::too_large(limit, total, name));
        }
        if !package.has_merged_cells {
            seam.extend_from_slice(&buffer[..n.min(MERGED.len())]);
            package.has_merged_cells = merged.find(&seam).is_some() || merged.find(&buffer[..n]).is_some();
            seam.extend_from_slice(&buffer[n.min(MERGED.len())..n]);
            seam.drain(..seam.len().saturating_sub(MERGED.len()));
        }
        match memchr::memrchr(b'<', &buffer[..n]) {
            Some(at) => run = n - at,
            None => run += n,
        }
        if is_markup && run > XML_RUN_MAX {
            return Err(Refusal::too_large(Limit::Text, run as u64, name));
        }
    }
    // A reader makes room for as many shared texts as are declared; none is shorter than its two tags.
    const SHORTEST_TEXT: u64 = 5;
    match declared {
        Some(texts) if texts.saturating_mul(SHORTEST_TEXT) > total.max(64 * 1024) => {
            Err(Refusal::new("unreadable", format!("{name}: {texts}")))
        }
        _ => Ok(total),
    }
}

/// The number of shared texts that the first bytes of the part declare.
fn unique_count(head: &[u8]) -> Option<u64> {
    let head = String::from_utf8_lossy(&head[..head.len().min(4_096)]);
    let after = head.split("uniqueCount").nth(1)?;
    let digits: String =
        after.trim_start_matches(['=', ' ', '"', '\'']).chars().take_while(char::is_ascii_digit).collect();
    if digits.len() > 18 {
        return Some(u64::MAX);
    }
    digits.parse().ok()
}
