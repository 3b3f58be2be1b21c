//! Parquet files as rows of text, so that one path types them all.

use super::footer::check_footer;
use super::limits::{CELL_BYTES_MAX, COLUMNS_MAX, Limit, ROWS_MAX};
use super::pages::check_pages;
use super::rows::Rows;
use super::source::{Refusal, RowSource, SheetInfo, Visit, check_row};
use super::workbook::text_of_number;
use arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Decimal128Type, Field, Float64Type, Int64Type, Schema, UInt64Type};
use arrow::util::display::FormatOptions;
use csv::StringRecord;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use std::sync::Arc;

/// Rows of a batch: small, for a long cell may stand in every one of them.
pub(super) const BATCH_ROWS: usize = 1_024;

/// Offers the one table of a Parquet file; its column names are the header.
pub fn visit(bytes: &[u8], visit: Visit<'_>) -> Result<bool, Refusal> {
    let unreadable = |e: parquet::errors::ParquetError| Refusal::new("unreadable", e.to_string());
    check_footer(bytes)?;
    let bytes = bytes::Bytes::copy_from_slice(bytes);
    let plain = ArrowReaderMetadata::load(&bytes, ArrowReaderOptions::new()).map_err(unreadable)?;
    let header: Vec<String> = plain.schema().fields().iter().map(|f| f.name().clone()).collect();
    if header.len() > COLUMNS_MAX {
        return Err(Refusal::too_large(Limit::Columns, header.len() as u64, ""));
    }
    let rows = plain.metadata().file_metadata().num_rows();
    if rows > ROWS_MAX as i64 {
        return Err(Refusal::too_large(Limit::Rows, rows as u64, ""));
    }
    for field in plain.schema().fields() {
        if let DataType::FixedSizeBinary(bytes) = field.data_type()
            && *bytes as usize > CELL_BYTES_MAX
        {
            return Err(Refusal::too_large(Limit::Cell, *bytes as u64, ""));
        }
    }
    check_pages(&bytes, plain.metadata())?;
    let options = ArrowReaderOptions::new().with_schema(Arc::new(as_views(plain.schema())));
    let builder = ParquetRecordBatchReaderBuilder::try_new_with_options(bytes, options).map_err(unreadable)?;
    let reader = builder.with_batch_size(BATCH_ROWS).build().map_err(unreadable)?;
    let mut source = ParquetRows { header: Some(header), reader, columns: Vec::new(), at: 0, len: 0, number: 0 };
    visit(&SheetInfo { header_is_first: true, ..SheetInfo::default() }, &mut source)
}

/// Texts as views into the file's pages: a text that stands in every row is in memory once, whatever the file asks to
/// have made of it.
fn as_views(schema: &Schema) -> Schema {
    let fields = schema.fields().iter().map(|field| {
        let of = match field.data_type() {
            DataType::Dictionary(_, of) => of.as_ref(),
            other => other,
        };
        let view = match of {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => DataType::Utf8View,
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => DataType::BinaryView,
            other => other.clone(),
        };
        Field::new(field.name(), view, field.is_nullable()).with_metadata(field.metadata().clone())
    });
    Schema::new_with_metadata(fields.collect::<Vec<_>>(), schema.metadata().clone())
}

struct ParquetRows {
    header: Option<Vec<String>>,
    reader: ParquetRecordBatchReader,
    columns: Vec<StringViewArray>,
    at: usize,
    len: usize,
    number: u64,
}

impl RowSource for ParquetRows {
    fn next_row(&mut self, row: &mut StringRecord) -> Result<Option<u64>, Refusal> {
        row.clear();
        if let Some(header) = self.header.take() {
            header.iter().for_each(|name| row.push_field(name));
            check_row(0, row)?;
            return Ok(Some(0));
        }
        let mut rows = Rows::default();
        self.push_row(&mut rows, row)?;
        Ok(rows.last().map(|read| {
            *row = read.to_record();
            read.number()
        }))
    }

    fn push_row(&mut self, rows: &mut Rows, _scratch: &mut StringRecord) -> Result<bool, Refusal> {
        while let Some(at) = self.next_in_batch()? {
            rows.begin_row(self.number);
            for column in &self.columns {
                rows.push_cell(if column.is_null(at) { "" } else { column.value(at) });
            }
            let Some(row) = rows.last() else { break };
            if !row.is_blank() {
                return row.check().map(|()| true);
            }
            rows.pop_row();
        }
        Ok(false)
    }
}

impl ParquetRows {
    /// Goes to the next row; its position in the batch at hand, `None` at the end.
    fn next_in_batch(&mut self) -> Result<Option<usize>, Refusal> {
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
        self.at += 1;
        self.number += 1;
        Ok(Some(self.at - 1))
    }
}

/// A column as text. What has no text (bytes that are no UTF-8, a day that no calendar has) refuses the file: a cast
/// that blanks it would lose it silently.
fn as_text(column: &ArrayRef) -> Result<StringViewArray, Refusal> {
    let strict = CastOptions { safe: false, format_options: FormatOptions::default() };
    let cast = |to: &DataType| {
        cast_with_options(column, to, &strict)
            .map_err(|_| Refusal::new("unreadable", format!("Parquet: {} is no text", column.data_type())))
    };
    Ok(match column.data_type() {
        DataType::Float64 => column.as_primitive::<Float64Type>().iter().map(|x| x.map(text_of_number)).collect(),
        DataType::Int64 => {
            let ints = column.as_primitive::<Int64Type>();
            ints.iter().map(|n| n.map(|n| text_of_integer(n.into()))).collect()
        }
        DataType::UInt64 => {
            let ints = column.as_primitive::<UInt64Type>();
            ints.iter().map(|n| n.map(|n| text_of_integer(n.into()))).collect()
        }
        DataType::Decimal128(_, 0) => {
            column.as_primitive::<Decimal128Type>().iter().map(|n| n.map(text_of_integer)).collect()
        }
        DataType::Boolean => column.as_boolean().iter().map(|b| b.map(|b| if b { "1" } else { "0" })).collect(),
        DataType::Utf8View => checked(column.as_string_view().clone())?,
        DataType::BinaryView => cast(&DataType::Utf8View)?.as_string_view().clone(),
        _ => {
            let texts = cast(&DataType::Utf8)?;
            checked(texts.as_string::<i32>().iter().collect())?
        }
    })
}

/// The reader checks texts written one behind the other as one run, in which a character may begin in one text and end in
/// the next, and takes a column's word in the file's own notes that its bytes are text: each text is looked at alone.
fn checked(texts: StringViewArray) -> Result<StringViewArray, Refusal> {
    let no_text = |_| Refusal::new("unreadable", "Parquet: bytes that are no UTF-8");
    texts.to_binary_view().to_string_view().map_err(no_text)
}

/// More than 15 digits in a numeric column went through a spreadsheet: shown with an exponent, as there.
fn text_of_integer(n: i128) -> String {
    const EXACT_BELOW: u128 = 1_000_000_000_000_000;
    if n.unsigned_abs() < EXACT_BELOW { n.to_string() } else { text_of_number(n as f64) }
}
