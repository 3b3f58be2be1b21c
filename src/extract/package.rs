//! What must hold of an XLSX package before a reader opens it: that it is a workbook, is whole, and unpacks to a size
//! that fits in memory. The sizes that a package declares are not believed: its parts are unpacked and counted.

use super::limits::{PART_BYTES_MAX, SHEET_BYTES_MAX, XML_RUN_MAX};
use super::source::Refusal;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// What was seen of a package while it was measured.
#[derive(Clone, Copy, Debug, Default)]
pub struct Package {
    /// Some part speaks of merged cells. Where none does, no sheet need be gone through for them.
    pub has_merged_cells: bool,
}

/// Refuses what is no workbook, is damaged, encrypted or a bomb.
pub fn check_package(bytes: &[u8]) -> Result<Package, Refusal> {
    let damaged = |what: &str| Refusal::new("unreadable", format!("ZIP: {what}"));
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged("no directory"))?;
    let mut parts = Vec::new();
    let mut is_workbook = false;
    for at in 0..archive.len() {
        let part = archive.by_index_raw(at).map_err(|_| damaged("directory"))?;
        let name = part.name().map(|n| n.to_ascii_lowercase().replace('\\', "/")).unwrap_or_default();
        is_workbook |= name.contains("workbook") && name.ends_with(".xml");
        if part.encrypted() {
            return Err(Refusal::new("encrypted", ""));
        }
        if name.ends_with(".xml") || name.ends_with(".rels") {
            parts.push((at, name));
        }
    }
    if !is_workbook {
        return Err(Refusal::new("not_a_workbook", ""));
    }
    let mut package = Package::default();
    for (at, name) in parts {
        let part = archive.by_index(at).map_err(|_| damaged(&name))?;
        let is_sheet = name.contains("sheet") && !name.contains("sharedstrings");
        let limit = if is_sheet { SHEET_BYTES_MAX } else { PART_BYTES_MAX };
        check_part(part, &name, limit, &mut package)?;
    }
    Ok(package)
}

/// Unpacks a part into nothing, counting its bytes and the length of what stands between two tags.
fn check_part(mut part: impl Read, name: &str, limit: u64, package: &mut Package) -> Result<(), Refusal> {
    const MERGED: &[u8] = b"mergeCell";
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
            Err(_) => return Err(Refusal::new("unreadable", format!("ZIP: {name}"))),
        };
        if total == 0 {
            declared = unique_count(&buffer[..n]);
        }
        total += n as u64;
        if total > limit {
            return Err(Refusal::too_large("unpacked", format!("> {limit} bytes, {name}")));
        }
        seam.extend_from_slice(&buffer[..n.min(MERGED.len())]);
        package.has_merged_cells |= merged.find(&seam).is_some() || merged.find(&buffer[..n]).is_some();
        if n >= MERGED.len() {
            seam.clear();
            seam.extend_from_slice(&buffer[n - MERGED.len()..n]);
        }
        let mut rest = &buffer[..n];
        while let Some(at) = memchr::memchr(b'<', rest) {
            run = 0;
            rest = &rest[at + 1..];
        }
        run += rest.len();
        if run > XML_RUN_MAX {
            return Err(Refusal::too_large("text", format!("> {XML_RUN_MAX} bytes, {name}")));
        }
    }
    // A reader makes room for as many shared texts as are declared; none is shorter than its two tags.
    const SHORTEST_TEXT: u64 = 5;
    match declared {
        Some(texts) if texts.saturating_mul(SHORTEST_TEXT) > total.max(64 * 1024) => {
            Err(Refusal::new("unreadable", format!("{name}: {texts}")))
        }
        _ => Ok(()),
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
