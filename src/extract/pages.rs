//! The pages of a Parquet file, looked at before its reader is let near: that reader makes room for as many values as a
//! page claims before it reads the first, and room that is not there ends the program.

use super::columnar::BATCH_ROWS;
use super::limits::{CELL_BYTES_MAX, Limit, PAGES_BYTES_MAX};
use super::source::Refusal;
use super::thrift::{I32, STRUCT, Thrift};
use bytes::Bytes;
use parquet::basic::{Compression, Encoding, Type as Physical};
use parquet::column::page::{Page, PageReader};
use parquet::column::reader::ColumnReaderImpl;
use parquet::data_type::ByteArrayType;
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::serialized_reader::SerializedPageReader;
use std::sync::Arc;

/// What the reader keeps in memory for a value of a dictionary beside its bytes.
const VIEW_BYTES: u64 = 16;

/// Refuses a file whose pages claim more values than they or their rows can hold, or whose unpacked pages are beyond
/// the limit, a page of each column of a row group together.
pub fn check_pages(bytes: &Bytes, file: &ParquetMetaData) -> Result<(), Refusal> {
    for group in file.row_groups() {
        let mut held = 0;
        for chunk in group.columns() {
            let found = check_chunk(bytes, chunk, group.num_rows())?;
            held += found.bytes;
            if found.has_differences && held <= PAGES_BYTES_MAX {
                held += check_differences(bytes, chunk, group.num_rows())?;
            }
            if held > PAGES_BYTES_MAX {
                return Err(Refusal::too_large(Limit::Pages, held, ""));
            }
        }
    }
    Ok(())
}

fn damaged(what: &str) -> Refusal {
    Refusal::new("unreadable", format!("Parquet: {what}"))
}

/// What a column of a row group takes to read.
struct Found {
    /// Its dictionary and its largest page, unpacked.
    bytes: u64,
    /// Whether a page's values are written as differences.
    has_differences: bool,
}

fn check_chunk(bytes: &Bytes, chunk: &ColumnChunkMetaData, rows: i64) -> Result<Found, Refusal> {
    let (start, length) = chunk.byte_range();
    let range = usize::try_from(start).ok().zip(start.checked_add(length).and_then(|end| usize::try_from(end).ok()));
    let pages = range.and_then(|(start, end)| bytes.get(start..end)).ok_or_else(|| damaged("column"))?;
    let is_flat = chunk.column_descr().max_rep_level() == 0;
    let mut walk = Thrift { bytes: pages, at: 0 };
    let mut dictionary = 0;
    let mut largest = 0;
    let mut has_differences = false;
    while walk.at < pages.len() {
        let page = Header::read(&mut walk).ok_or_else(|| damaged("page header"))?;
        let stored = page.stored as usize;
        walk.at = walk.at.checked_add(stored).filter(|at| *at <= pages.len()).ok_or_else(|| damaged("page"))?;
        let unpacked = u64::from(match chunk.compression() {
            Compression::UNCOMPRESSED => page.stored,
            _ => page.unpacked,
        });
        match page.kind {
            Kind::Dictionary { values } => {
                if u64::from(values) * least_bytes(chunk) > unpacked {
                    return Err(damaged(&format!("dictionary: {values} values in {unpacked} bytes")));
                }
                dictionary = dictionary.max(unpacked + u64::from(values) * VIEW_BYTES);
            }
            Kind::Data { values, encoding } => {
                if is_flat && i64::from(values) > rows {
                    return Err(damaged(&format!("page: {values} values in {rows} rows")));
                }
                has_differences |= encoding == DELTA_LENGTH_BYTE_ARRAY || encoding == DELTA_BYTE_ARRAY;
                largest = largest.max(unpacked);
            }
            Kind::Other => {}
        }
    }
    Ok(Found { bytes: dictionary + largest, has_differences })
}

/// The bytes that the shortest value of a column takes in a dictionary.
fn least_bytes(chunk: &ColumnChunkMetaData) -> u64 {
    match chunk.column_type() {
        Physical::BOOLEAN => 1,
        Physical::INT32 | Physical::FLOAT | Physical::BYTE_ARRAY => 4,
        Physical::INT64 | Physical::DOUBLE => 8,
        Physical::INT96 => 12,
        Physical::FIXED_LEN_BYTE_ARRAY => u64::try_from(chunk.column_descr().type_length()).unwrap_or(0).max(1),
    }
}

enum Kind {
    Dictionary { values: u32 },
    Data { values: u32, encoding: u32 },
    Other,
}

/// A page's header, as far as it says what the page holds; sizes in bytes.
struct Header {
    kind: Kind,
    stored: u32,
    unpacked: u32,
}

/// The field with a page's check sum.
const CHECK_SUM: i64 = 4;
/// The encodings' numbers in a page header.
const DELTA_LENGTH_BYTE_ARRAY: u32 = 6;
const DELTA_BYTE_ARRAY: u32 = 7;

impl Header {
    /// Reads a header (parquet-format's `PageHeader`); `None` if it is not one, or if what it says of its page is not what
    /// its type asks for: a reader goes by the type.
    fn read(walk: &mut Thrift<'_>) -> Option<Header> {
        const TYPE: i64 = 1;
        const UNPACKED: i64 = 2;
        const STORED: i64 = 3;
        const DATA: i64 = 5;
        const INDEX: i64 = 6;
        const DICTIONARY: i64 = 7;
        const DATA_V2: i64 = 8;
        let mut kinds = Vec::new();
        let (mut is, mut unpacked, mut stored) = (None, None, None);
        let mut field = 0;
        while let Some(kind) = walk.field(&mut field)? {
            match (field, kind) {
                (TYPE, I32) => is = Some(natural(walk)?),
                (UNPACKED, I32) => unpacked = Some(natural(walk)?),
                (STORED, I32) => stored = Some(natural(walk)?),
                (DATA, STRUCT) => {
                    let [values, encoding] = numbers(walk, [1, 2])?;
                    kinds.push((0, Kind::Data { values, encoding }));
                }
                (INDEX, STRUCT) => {
                    walk.skip(kind, 0)?;
                    kinds.push((1, Kind::Other));
                }
                (DICTIONARY, STRUCT) => {
                    let [values] = numbers(walk, [1])?;
                    kinds.push((2, Kind::Dictionary { values }));
                }
                (DATA_V2, STRUCT) => {
                    let [values, encoding] = numbers(walk, [1, 4])?;
                    kinds.push((3, Kind::Data { values, encoding }));
                }
                (TYPE..=DATA_V2, _) if field != CHECK_SUM => return None,
                _ => walk.skip(kind, 0)?,
            }
        }
        let (fits, kind) = kinds.pop()?;
        (kinds.is_empty() && is == Some(fits)).then_some(Header { kind, stored: stored?, unpacked: unpacked? })
    }
}

/// The numbers of a struct's named fields; `None` where one is missing.
fn numbers<const N: usize>(walk: &mut Thrift<'_>, names: [i64; N]) -> Option<[u32; N]> {
    let mut found = [None; N];
    let mut field = 0;
    while let Some(is) = walk.field(&mut field)? {
        match names.iter().position(|name| *name == field) {
            Some(at) if is == I32 => found[at] = Some(natural(walk)?),
            Some(_) => return None,
            None => walk.skip(is, 0)?,
        }
    }
    let all = found.map(|n| n.unwrap_or(u32::MAX));
    found.iter().all(Option::is_some).then_some(all)
}

/// A number from 0 to 2³¹-1; `None` if it is another.
fn natural(walk: &mut Thrift<'_>) -> Option<u32> {
    let zigzag = walk.varint()?;
    (zigzag & 1 == 0).then(|| u32::try_from(zigzag >> 1).ok()).flatten().filter(|n| i32::try_from(*n).is_ok())
}

/// Texts written as differences claim a number of their own inside the page, and a short page can make of them one long
/// text after the other. The bytes of the longest run of texts that is in memory at once.
fn check_differences(bytes: &Bytes, chunk: &ColumnChunkMetaData, rows: i64) -> Result<u64, Refusal> {
    let unreadable = |e: ParquetError| Refusal::new("unreadable", e.to_string());
    let column = chunk.column_descr();
    if column.max_rep_level() > 0 {
        return Err(damaged("list of texts written as differences"));
    }
    let open = || {
        let rows = usize::try_from(rows).unwrap_or(0);
        SerializedPageReader::new(Arc::new(bytes.clone()), chunk, rows, None).map_err(unreadable)
    };
    let mut pages = open()?;
    while let Some(page) = pages.get_next_page().map_err(unreadable)? {
        let claims = claims_of(&page, column.max_def_level() > 0).ok_or_else(|| damaged("differences"))?;
        if claims > u64::from(page.num_values()) {
            return Err(damaged(&format!("differences: {claims} values in a page of {}", page.num_values())));
        }
    }
    if chunk.column_type() != Physical::BYTE_ARRAY {
        return Ok(0);
    }
    let mut reader = ColumnReaderImpl::<ByteArrayType>::new(chunk.column_descr_ptr(), Box::new(open()?));
    let mut levels = Vec::new();
    let mut values = Vec::new();
    let (mut most, mut run, mut at) = (0, 0, 0);
    loop {
        levels.clear();
        values.clear();
        let (read, _, _) = reader.read_records(1, Some(&mut levels), None, &mut values).map_err(unreadable)?;
        if read == 0 {
            return Ok(most.max(run));
        }
        if let Some(long) = values.iter().map(|v| v.len()).find(|bytes| *bytes > CELL_BYTES_MAX) {
            return Err(Refusal::too_large(Limit::Cell, long as u64, ""));
        }
        if at % BATCH_ROWS == 0 {
            most = most.max(run);
            run = 0;
        }
        at += 1;
        run += values.iter().map(|v| v.len() as u64).sum::<u64>();
    }
}

/// The most values that a page of differences claims to hold; 0 for a page of another kind, `None` if it is damaged.
fn claims_of(page: &Page, has_levels: bool) -> Option<u64> {
    let encoding = page.encoding();
    if page.is_dictionary_page() || !matches!(encoding, Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY)
    {
        return Some(0);
    }
    let data: &[u8] = page.buffer();
    let values = match page {
        Page::DataPage { def_level_encoding, .. } if has_levels => {
            const LENGTH: usize = 4;
            let length = data.get(..LENGTH).filter(|_| *def_level_encoding == Encoding::RLE)?;
            let length = length.iter().rev().fold(0usize, |n, b| n << 8 | usize::from(*b));
            data.get(LENGTH.checked_add(length)?..)?
        }
        Page::DataPageV2 { def_levels_byte_len, rep_levels_byte_len, .. } => {
            data.get((*def_levels_byte_len as usize).checked_add(*rep_levels_byte_len as usize)?..)?
        }
        _ => data,
    };
    let (lengths, end) = packed(values)?;
    match encoding {
        Encoding::DELTA_BYTE_ARRAY => Some(lengths.max(packed(values.get(end..)?)?.0)),
        _ => Some(lengths),
    }
}

/// How many numbers a run of packed differences claims to hold, and where it ends (parquet-format's
/// `DELTA_BINARY_PACKED`); `None` if it is cut short.
fn packed(data: &[u8]) -> Option<(u64, usize)> {
    let mut walk = Thrift { bytes: data, at: 0 };
    let block = walk.varint()?;
    let parts = walk.varint()?;
    let count = walk.varint()?;
    walk.varint()?;
    let in_part = block.checked_div(parts)?;
    let parts = usize::try_from(parts).ok()?;
    let mut left = count.saturating_sub(1);
    while left > 0 {
        walk.varint()?;
        let end = walk.at.checked_add(parts)?;
        let widths = data.get(walk.at..end)?;
        walk.at = end;
        for width in widths {
            if left == 0 {
                break;
            }
            let bytes = u64::from(*width).checked_mul(in_part)? / 8;
            walk.at = walk.at.checked_add(usize::try_from(bytes).ok()?)?;
            left = left.saturating_sub(in_part);
        }
    }
    Some((count, walk.at))
}
