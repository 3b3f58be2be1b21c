//! What must hold of an XLS file before a reader opens it. Its cells are laid out as whole rectangles and its chains
//! of sectors are followed to their end: both are measured here first, without keeping them.

use super::limits::{Limit, XLS_CELLS_MAX};
use super::source::Refusal;

/// Refuses what is no workbook, is encrypted, has chains that lead back into themselves, or sheets that are too wide
/// and long to lay out.
pub fn check_compound(bytes: &[u8]) -> Result<(), Refusal> {
    let file = Compound::open(bytes).ok_or_else(damaged)?;
    let directory = file.chain(u32_at(bytes, 48).ok_or_else(damaged)?).ok_or_else(damaged)?;
    if !directory.len().is_multiple_of(file.sector) {
        return Err(damaged());
    }
    let entries: Vec<Entry> = directory.chunks_exact(128).filter_map(Entry::read).collect();
    let find = |name: &str| entries.iter().find(|e| e.name.eq_ignore_ascii_case(name));
    if find("EncryptedPackage").is_some() {
        return Err(Refusal::new("encrypted", ""));
    }
    let Some(book) = find("Workbook").or_else(|| find("Book")) else {
        return Err(Refusal::new("not_a_workbook", ""));
    };
    let root = entries.first().ok_or_else(damaged)?;
    let mini_stream = || file.chain(root.start).ok_or_else(damaged);
    let mini_fat = || file.chain(u32_at(bytes, 60).unwrap_or(END)).ok_or_else(damaged);
    if u32_at(bytes, 64).is_some_and(|n| n > 0) {
        mini_stream()?;
        mini_fat()?;
    }
    // Below this size a stream lies in the small sectors.
    const MINI_BELOW: u64 = 4_096;
    let stream = if book.size < MINI_BELOW {
        let fat: Vec<u32> = mini_fat()?.chunks_exact(4).filter_map(|c| u32_at(c, 0)).collect();
        follow(&mini_stream()?, 64, 0, &fat, book.start).ok_or_else(damaged)?
    } else {
        file.chain(book.start).ok_or_else(damaged)?
    };
    check_sheets(&stream)
}

fn damaged() -> Refusal {
    Refusal::new("unreadable", "XLS: damaged")
}

const END: u32 = 0xffff_fffe;
const FREE_FROM: u32 = 0xffff_fff0;

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    fat: Vec<u32>,
}

impl<'a> Compound<'a> {
    fn open(bytes: &'a [u8]) -> Option<Compound<'a>> {
        let sector = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4_096,
            _ => return None,
        };
        let sectors = bytes.len() / sector + 1;
        let content = |id: u32| -> &'a [u8] {
            let start = (id as usize + 1) * sector;
            bytes.get(start..(start + sector).min(bytes.len())).unwrap_or_default()
        };
        let mut tables: Vec<u32> = (0..109).filter_map(|i| u32_at(bytes, 76 + 4 * i)).collect();
        let mut next = u32_at(bytes, 68)?;
        let mut seen = 0;
        while next < FREE_FROM {
            seen += 1;
            if seen > sectors {
                return None;
            }
            tables.extend(content(next).chunks_exact(4).filter_map(|c| u32_at(c, 0)));
            next = tables.pop()?;
        }
        let tables = tables.into_iter().filter(|id| *id < FREE_FROM);
        let mut fat = Vec::new();
        for id in tables {
            fat.extend(content(id).chunks_exact(4).filter_map(|c| u32_at(c, 0)));
            if fat.len() > sectors * 2 + 2_048 {
                return None;
            }
        }
        // The last sector in use begins inside the file, or its end is missing.
        const FREE: u32 = 0xffff_ffff;
        let last = fat.iter().rposition(|next| *next != FREE)?;
        ((last + 1) * sector < bytes.len()).then_some(Compound { bytes, sector, fat })
    }

    fn chain(&self, start: u32) -> Option<Vec<u8>> {
        follow(self.bytes, self.sector, self.sector, &self.fat, start)
    }
}

/// The bytes of a chain of sectors; `None` where it leaves its table or comes back to itself.
fn follow(bytes: &[u8], sector: usize, offset: usize, fat: &[u32], start: u32) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut id = start;
    while id != END {
        let at = offset + id as usize * sector;
        out.extend_from_slice(bytes.get(at..(at + sector).min(bytes.len()))?);
        if out.len() > bytes.len() + sector {
            return None;
        }
        id = *fat.get(id as usize)?;
    }
    Some(out)
}

struct Entry {
    name: String,
    start: u32,
    size: u64,
}

impl Entry {
    fn read(bytes: &[u8]) -> Option<Entry> {
        let units: Vec<u16> = (0..32).filter_map(|i| u16_at(bytes, 2 * i)).take_while(|u| *u != 0).collect();
        let size = u64::from(u32_at(bytes, 120)?);
        Some(Entry { name: String::from_utf16_lossy(&units), start: u32_at(bytes, 116)?, size })
    }
}

/// Adds up the rectangles of all sheets, as declared and as filled.
fn check_sheets(stream: &[u8]) -> Result<(), Refusal> {
    const BOUND_SHEET: u16 = 0x85;
    const FILE_PASS: u16 = 0x2f;
    let mut total = 0u64;
    for (kind, data) in records(stream) {
        match kind {
            FILE_PASS => return Err(Refusal::new("encrypted", "")),
            BOUND_SHEET => {
                let at = u32_at(data, 0).ok_or_else(damaged)? as usize;
                total += sheet_cells(stream.get(at..).ok_or_else(damaged)?).ok_or_else(damaged)?;
                if total > XLS_CELLS_MAX {
                    return Err(Refusal::too_large(Limit::Rectangle, total, ""));
                }
            }
            0x0a => break,
            _ => {}
        }
    }
    Ok(())
}

fn records(stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (kind, len) = (u16_at(stream, at)?, u16_at(stream, at + 2)? as usize);
        let data = stream.get(at + 4..at + 4 + len)?;
        at += 4 + len;
        Some((kind, data))
    })
}

/// The cells of one sheet's rectangle; `None` for a rectangle that ends before it begins.
fn sheet_cells(sheet: &[u8]) -> Option<u64> {
    let (mut rows, mut columns) = ((u16::MAX, 0), (u16::MAX, 0));
    let mut declared = 0u64;
    let mut depth = 0;
    for (kind, data) in records(sheet) {
        match kind {
            0x0809 => depth += 1,
            0x0a if depth <= 1 => break,
            0x0a => depth -= 1,
            0x0200 => declared = declared.max(declared_cells(data)?),
            // NUMBER, LABEL, RSTRING, BOOLERR, RK, LABELSST, MULRK, FORMULA
            0x0203 | 0x0204 | 0xd6 | 0x0205 | 0x027e | 0xfd | 0xbd | 0x06 if data.len() >= 4 => {
                let (row, first) = (u16_at(data, 0)?, u16_at(data, 2)?);
                let last = if kind == 0xbd { u16_at(data, data.len() - 2)?.max(first) } else { first };
                rows = (rows.0.min(row), rows.1.max(row));
                columns = (columns.0.min(first), columns.1.max(last));
            }
            _ => {}
        }
    }
    let side = |(first, last): (u16, u16)| u64::from(last.saturating_sub(first)) + 1;
    Some(declared.max(side(rows) * side(columns)))
}

fn declared_cells(data: &[u8]) -> Option<u64> {
    let (first_row, end_row, mut first, end) = match data.len() {
        10 => (u32::from(u16_at(data, 0)?), u32::from(u16_at(data, 2)?), u16_at(data, 4)?, u16_at(data, 6)?),
        14 | 16 => (u32_at(data, 0)?, u32_at(data, 4)?, u16_at(data, 8)?, u16_at(data, 10)?),
        _ => return Some(0),
    };
    if end == 0 || end_row == 0 {
        return Some(1);
    }
    if first > 0xff || end < first {
        first = 0;
    }
    let rows = u64::from(end_row.checked_sub(first_row)?);
    Some(rows * u64::from(end.checked_sub(first)?))
}
