//! Thrift's compact protocol, in which a Parquet file describes itself: as far as it takes to walk past values.

pub const TRUE: u8 = 1;
pub const FALSE: u8 = 2;
pub const BYTE: u8 = 3;
pub const I16: u8 = 4;
pub const I32: u8 = 5;
pub const I64: u8 = 6;
pub const DOUBLE: u8 = 7;
pub const BINARY: u8 = 8;
pub const LIST: u8 = 9;
pub const SET: u8 = 10;
pub const STRUCT: u8 = 12;

/// Bytes, and how far the walk has come.
pub struct Thrift<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

impl Thrift<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    pub fn varint(&mut self) -> Option<u64> {
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
    pub fn field(&mut self, field: &mut i64) -> Option<Option<u8>> {
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
        // A reader keeps 16 bits of the number: one beyond would be another field to it.
        i16::try_from(*field).ok()?;
        Some(Some(head & 0x0f))
    }

    pub fn list(&mut self) -> Option<(u8, u64)> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        Some((head & 0x0f, count))
    }

    pub fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
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
                    // Readers differ in whether a flag in a list takes a byte; no description of a table has any.
                    if matches!(element, TRUE | FALSE) {
                        return None;
                    }
                    self.skip(element, depth + 1)?;
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
