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
