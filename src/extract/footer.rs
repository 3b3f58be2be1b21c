//! The description at a Parquet file's end, looked at before its reader is let near: that reader descends into nested
//! groups on the stack, and a stack that overflows ends the program. Office tables are flat.

use super::limits::{FOOTER_BYTES_MAX, GROUPS_DEEP_MAX, Limit};
use super::source::Refusal;

/// Refuses a file without an end mark, with a description beyond the limit, or with groups in groups in groups.
pub fn check_footer(bytes: &[u8]) -> Result<(), Refusal> {
    let Some(end) = bytes.len().checked_sub(8).filter(|_| bytes.ends_with(b"PAR1")) else {
        return Err(Refusal::new("unreadable", "Parquet: no end mark"));
    };
    let length = bytes[end..end + 4].iter().rev().fold(0usize, |n, b| n << 8 | usize::from(*b));
    if length > FOOTER_BYTES_MAX {
        return Err(Refusal::too_large(Limit::Footer, length as u64, ""));
    }
    let damaged = || Refusal::new("unreadable", "Parquet: footer");
    let start = end.checked_sub(length).ok_or_else(damaged)?;
    let depth = groups_deep(&bytes[start..end]).ok_or_else(damaged)?;
    if depth > GROUPS_DEEP_MAX {
        return Err(Refusal::too_large(Limit::Groups, depth as u64, ""));
    }
    Ok(())
}

/// How deep the schema's deepest column lies; `None` where the description cannot be followed.
fn groups_deep(footer: &[u8]) -> Option<usize> {
    const SCHEMA: i64 = 2;
    const CHILDREN: i64 = 5;
    let mut thrift = Thrift { bytes: footer, at: 0 };
    let mut field = 0;
    while let Some(kind) = thrift.field(&mut field)? {
        if field != SCHEMA {
            thrift.skip(kind, 0)?;
            continue;
        }
        let (element, count) = thrift.list()?;
        if kind != LIST || element != STRUCT {
            return None;
        }
        // Elements come parents first: for every open group, how many of its children are still to come.
        let mut open: Vec<u64> = Vec::new();
        let mut deepest = 0;
        for _ in 0..count {
            let mut children = 0;
            let mut field = 0;
            while let Some(kind) = thrift.field(&mut field)? {
                match (field, kind) {
                    (CHILDREN, I32) => children = thrift.varint()? >> 1,
                    _ => thrift.skip(kind, 0)?,
                }
            }
            if let Some(left) = open.last_mut() {
                *left = left.saturating_sub(1);
            }
            if children > 0 {
                open.push(children);
                deepest = deepest.max(open.len());
            }
            while open.last() == Some(&0) {
                open.pop();
            }
        }
        return Some(deepest);
    }
    None
}

const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const STRUCT: u8 = 12;

/// Thrift's compact protocol, as far as it takes to walk past values.
struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Thrift<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut out = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            out |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(out);
            }
        }
        None
    }

    /// The next field's type, its number put into `field`; `Some(None)` at the end of the struct.
    fn field(&mut self, field: &mut i64) -> Option<Option<u8>> {
        let head = self.byte()?;
        if head == 0 {
            return Some(None);
        }
        *field = match head >> 4 {
            0 => {
                let n = self.varint()?;
                (n >> 1) as i64 ^ -((n & 1) as i64)
            }
            more => *field + i64::from(more),
        };
        Some(Some(head & 0x0f))
    }

    fn list(&mut self) -> Option<(u8, u64)> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        Some((head & 0x0f, count))
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        const NESTED_MAX: usize = 16;
        if depth > NESTED_MAX {
            return None;
        }
        match kind {
            TRUE | FALSE => {}
            BYTE => drop(self.byte()?),
            I16 | I32 | I64 => drop(self.varint()?),
            // Never past the end: a list may claim any number of them.
            DOUBLE => self.at = self.at.checked_add(8).filter(|at| *at <= self.bytes.len())?,
            BINARY => {
                let length = usize::try_from(self.varint()?).ok()?;
                self.at = self.at.checked_add(length).filter(|at| *at <= self.bytes.len())?;
            }
            LIST | SET => {
                let (element, count) = self.list()?;
                for _ in 0..count {
                    // In a list a flag takes a byte.
                    match element {
                        TRUE | FALSE => drop(self.byte()?),
                        _ => self.skip(element, depth + 1)?,
                    }
                }
            }
            STRUCT => {
                let mut field = 0;
                while let Some(kind) = self.field(&mut field)? {
                    self.skip(kind, depth + 1)?;
                }
            }
            _ => return None,
        }
        Some(())
    }
}
