//! Fingerprints of columns: equal cells in equal order give equal bytes to the hash.

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type};
use sha2::{Digest, Sha256};

/// Adds a column's cells, nulls told apart from every value.
pub fn hash_column(hash: &mut Sha256, column: &ArrayRef) {
    macro_rules! primitive {
        ($type:ty) => {
            for value in column.as_primitive::<$type>().iter() {
                match value {
                    None => hash.update([0]),
                    Some(v) => {
                        hash.update([1]);
                        hash.update(v.to_le_bytes());
                    }
                }
            }
        };
    }
    match column.data_type() {
        DataType::Utf8 => {
            for value in column.as_string::<i32>().iter() {
                match value {
                    None => hash.update([0]),
                    Some(v) => {
                        hash.update([1]);
                        hash.update((v.len() as u32).to_le_bytes());
                        hash.update(v.as_bytes());
                    }
                }
            }
        }
        DataType::Boolean => {
            for value in column.as_boolean().iter() {
                hash.update([match value {
                    None => 0,
                    Some(false) => 1,
                    Some(true) => 2,
                }]);
            }
        }
        DataType::Int64 => primitive!(Int64Type),
        DataType::Int32 => primitive!(Int32Type),
        DataType::Date32 => primitive!(Date32Type),
        DataType::Float64 => primitive!(Float64Type),
        DataType::Decimal128(..) => primitive!(Decimal128Type),
        other => hash.update(format!("{other} {}", column.len())),
    }
}
