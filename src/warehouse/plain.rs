//! Arrow batches as the plain rows that pages, downloads and charts take. Pure.

use crate::error::{Error, Result};
use crate::rows::{Rows, Value};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, SchemaRef,
    UInt32Type, UInt64Type,
};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::NaiveDate;
use std::sync::Arc;

/// Arrow batches as plain rows.
pub fn plain_rows(schema: &SchemaRef, batches: &[RecordBatch]) -> Result<Rows> {
    let columns = schema.fields().iter().map(|f| f.name().clone()).collect();
    let mut rows = Vec::new();
    for batch in batches {
        let cells: Vec<Vec<Value>> = batch.columns().iter().map(plain_column).collect::<Result<_>>()?;
        let mut cells: Vec<_> = cells.into_iter().map(Vec::into_iter).collect();
        for _ in 0..batch.num_rows() {
            rows.push(cells.iter_mut().map(|c| c.next().unwrap_or(Value::Null)).collect());
        }
    }
    Ok(Rows { columns, rows })
}

fn plain_column(column: &Arc<dyn Array>) -> Result<Vec<Value>> {
    fn each<T>(values: impl Iterator<Item = Option<T>>, value: impl Fn(T) -> Value) -> Vec<Value> {
        values.map(|v| v.map_or(Value::Null, &value)).collect()
    }
    Ok(match column.data_type() {
        DataType::Utf8 => each(column.as_string::<i32>().iter(), |s| Value::Text(s.to_owned())),
        DataType::LargeUtf8 => each(column.as_string::<i64>().iter(), |s| Value::Text(s.to_owned())),
        DataType::Utf8View => each(column.as_string_view().iter(), |s| Value::Text(s.to_owned())),
        DataType::Null => vec![Value::Null; column.len()],
        DataType::Boolean => each(column.as_boolean().iter(), Value::Bool),
        DataType::Int64 => each(column.as_primitive::<Int64Type>().iter(), Value::Int),
        DataType::Int32 => each(column.as_primitive::<Int32Type>().iter(), |n| Value::Int(n.into())),
        DataType::Int16 => each(column.as_primitive::<Int16Type>().iter(), |n| Value::Int(n.into())),
        DataType::Int8 => each(column.as_primitive::<Int8Type>().iter(), |n| Value::Int(n.into())),
        // As a place or a count of a window function has it.
        DataType::UInt64 => each(column.as_primitive::<UInt64Type>().iter(), |n| match i64::try_from(n) {
            Ok(n) => Value::Int(n),
            Err(_) => Value::Decimal { unscaled: n.into(), scale: 0 },
        }),
        DataType::UInt32 => each(column.as_primitive::<UInt32Type>().iter(), |n| Value::Int(n.into())),
        DataType::Float64 => each(column.as_primitive::<Float64Type>().iter(), Value::Float),
        DataType::Date32 => {
            each(column.as_primitive::<Date32Type>().iter(), |d| day(d).map_or(Value::Null, Value::Date))
        }
        DataType::Decimal128(_, scale) if *scale >= 0 => {
            let scale = *scale as u8;
            each(column.as_primitive::<Decimal128Type>().iter(), |n| Value::Decimal { unscaled: n, scale })
        }
        _ => {
            let options = FormatOptions::default().with_null("");
            let failed = |e: arrow::error::ArrowError| Error::internal("session").with("cause", e);
            let formatter = ArrayFormatter::try_new(column, &options).map_err(failed)?;
            (0..column.len())
                .map(|i| if column.is_null(i) { Value::Null } else { Value::Text(formatter.value(i).to_string()) })
                .collect()
        }
    })
}

fn day(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(1970, 1, 1)?.checked_add_signed(chrono::Duration::try_days(i64::from(days))?)
}

/// The bytes that a batch takes once it is written out: a text that stands in every row is in memory once, and a column of
/// nothing takes none, but each cell is written.
pub fn written_bytes(batch: &RecordBatch) -> usize {
    /// A cell without its text: a comma in a file, a value in memory.
    const CELL_BYTES: usize = 8;
    batch.num_rows() * batch.num_columns() * CELL_BYTES + batch.columns().iter().map(text_bytes).sum::<usize>()
}

fn text_bytes(column: &Arc<dyn Array>) -> usize {
    let lengths = |values: &Arc<dyn Array>| -> Vec<usize> {
        match values.data_type() {
            DataType::Utf8 => values.as_string::<i32>().iter().map(|s| s.map_or(0, str::len)).collect(),
            DataType::LargeUtf8 => values.as_string::<i64>().iter().map(|s| s.map_or(0, str::len)).collect(),
            DataType::Utf8View => values.as_string_view().iter().map(|s| s.map_or(0, str::len)).collect(),
            _ => Vec::new(),
        }
    };
    match column.as_any_dictionary_opt() {
        Some(dictionary) => {
            let of = lengths(dictionary.values());
            dictionary.normalized_keys().iter().map(|key| of.get(*key).copied().unwrap_or(0)).sum()
        }
        None => lengths(column).iter().sum(),
    }
}
