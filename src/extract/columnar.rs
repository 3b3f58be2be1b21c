//! Parquet files as rows of text, so that one path types them all.

use super::source::{COLUMNS_MAX, Refusal, RowSource, SheetInfo, Visit};
use super::workbook::text_of_number;
use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, Int64Type};
use csv::StringRecord;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use std::sync::Arc;

/// Offers the one table of a Parquet file; its column names are the header.
pub fn visit(bytes: &[u8], visit: Visit<'_>) -> Result<bool, Refusal> {
    let unreadable = |e: parquet::errors::ParquetError| Refusal::new("unreadable", e.to_string());
    let bytes = parquet_bytes(bytes);
    let builder = ParquetRecordBatchReaderBuilder::try_new(bytes).map_err(unreadable)?;
    let header: Vec<String> = builder.schema().fields().iter().map(|f| f.name().clone()).collect();
    if header.len() > COLUMNS_MAX {
        return Err(Refusal::new("too_large", format!("columns: {}", header.len())));
    }
    let reader = builder.with_batch_size(4_096).build().map_err(unreadable)?;
    let mut source = ParquetRows { header: Some(header), reader, columns: Vec::new(), at: 0, len: 0, number: 0 };
    visit(&SheetInfo { name: "", is_1904: false, header_is_first: true }, &mut source)
}

fn parquet_bytes(bytes: &[u8]) -> bytes::Bytes {
    bytes::Bytes::copy_from_slice(bytes)
}

struct ParquetRows {
    header: Option<Vec<String>>,
    reader: ParquetRecordBatchReader,
    columns: Vec<StringArray>,
    at: usize,
    len: usize,
    number: u64,
}

impl RowSource for ParquetRows {
    fn next_row(&mut self, row: &mut StringRecord) -> Result<Option<u64>, Refusal> {
        row.clear();
        if let Some(header) = self.header.take() {
            header.iter().for_each(|name| row.push_field(name));
            return Ok(Some(0));
        }
        loop {
            while self.at == self.len {
                match self.reader.next() {
                    None => return Ok(None),
                    Some(Err(e)) => return Err(Refusal::new("unreadable", e.to_string())),
                    Some(Ok(batch)) => {
                        self.columns = batch.columns().iter().map(as_text).collect::<Result<_, _>>()?;
                        self.at = 0;
                        self.len = batch.num_rows();
                    }
                }
            }
            let at = self.at;
            self.at += 1;
            self.number += 1;
            row.clear();
            let mut blank = true;
            for column in &self.columns {
                let cell = if column.is_null(at) { "" } else { column.value(at) };
                blank &= cell.trim().is_empty();
                row.push_field(cell);
            }
            if !blank {
                return Ok(Some(self.number));
            }
        }
    }
}

fn as_text(column: &ArrayRef) -> Result<StringArray, Refusal> {
    let unreadable = |e: arrow::error::ArrowError| Refusal::new("unreadable", e.to_string());
    let texts: StringArray = match column.data_type() {
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            let floats = cast(column, &DataType::Float64).map_err(unreadable)?;
            let floats = floats.as_primitive::<Float64Type>();
            floats.iter().map(|x| x.map(text_of_number)).collect()
        }
        DataType::Int64 | DataType::UInt64 => {
            let ints = cast(column, &DataType::Int64).map_err(unreadable)?;
            let ints = ints.as_primitive::<Int64Type>();
            ints.iter().map(|n| n.map(text_of_integer)).collect()
        }
        DataType::Boolean => {
            column.as_boolean().iter().map(|b| b.map(|b| if b { "1" } else { "0" })).collect()
        }
        DataType::Utf8 => column.as_string::<i32>().clone(),
        _ => {
            let cast = cast(column, &DataType::Utf8).map_err(unreadable)?;
            cast.as_string::<i32>().clone()
        }
    };
    Ok(Arc::unwrap_or_clone(Arc::new(texts)))
}

/// More than 15 digits in a numeric column went through a spreadsheet: shown with an exponent, as there.
fn text_of_integer(n: i64) -> String {
    const EXACT_BELOW: i64 = 1_000_000_000_000_000;
    if n.abs() < EXACT_BELOW { n.to_string() } else { text_of_number(n as f64) }
}
