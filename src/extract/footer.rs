//! The description at a Parquet file's end, looked at before its reader is let near: that reader descends into nested
//! groups on the stack, and a stack that overflows ends the program. Office tables are flat.

use super::limits::{FOOTER_BYTES_MAX, GROUPS_DEEP_MAX, Limit};
use super::source::Refusal;
use super::thrift::{I32, LIST, STRUCT, Thrift};

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
