//! The total row: exact sums, and the ratio of two sums for a share, never a sum or a mean of shares.

use crate::project::{FormTotal, PlainTotal};
use crate::rows::{Rows, Value};

/// Decimals of a share that is a total.
const SHARE_SCALE: u8 = 6;

/// The total of a column; blank where no place has a figure, or where there is none by its nature.
pub fn total_of(total: &FormTotal, column: &str, rows: &Rows) -> Value {
    match total {
        FormTotal::Plain(PlainTotal::None) => Value::Null,
        FormTotal::Plain(PlainTotal::Sum) => {
            sum(rows, column, column).map_or(Value::Null, |(unscaled, scale)| Value::Decimal { unscaled, scale })
        }
        FormTotal::Ratio([top, bottom]) => {
            let both = (sum(rows, top, bottom), sum(rows, bottom, top));
            let (Some((n, n_scale)), Some((d, d_scale))) = both else { return Value::Null };
            let power = |digits: u8| 10i128.checked_pow(u32::from(digits));
            let scaled = power(SHARE_SCALE + 2 + d_scale)
                .and_then(|p| n.checked_mul(p))
                .zip(power(n_scale).and_then(|p| d.checked_mul(p)));
            match scaled {
                Some((n, d)) if d > 0 => Value::Decimal { unscaled: half_up(n, d), scale: SHARE_SCALE },
                _ => Value::Null,
            }
        }
    }
}

/// The sum of a column over the rows that have it and another one, with its decimals.
fn sum(rows: &Rows, column: &str, other: &str) -> Option<(i128, u8)> {
    let (at, beside) = (rows.index_of(column)?, rows.index_of(other)?);
    let cells: Vec<(i128, u8)> =
        rows.rows.iter().filter(|row| !row[beside].is_null()).filter_map(|row| exact(&row[at])).collect();
    let scale = cells.iter().map(|(_, scale)| *scale).max()?;
    let same = cells.iter().map(|(n, s)| n.checked_mul(10i128.checked_pow(u32::from(scale - s))?));
    same.sum::<Option<i128>>().map(|total| (total, scale))
}

/// A number as whole units of its last decimal.
fn exact(value: &Value) -> Option<(i128, u8)> {
    match value {
        Value::Int(n) => Some((i128::from(*n), 0)),
        Value::Decimal { unscaled, scale } => Some((*unscaled, *scale)),
        _ => None,
    }
}

/// A number rounded half up (away from zero) to so many decimals.
pub fn rounded(value: &Value, decimals: u8) -> Option<(i128, u8)> {
    let (n, scale) = exact(value)?;
    if scale <= decimals {
        return Some((n, scale));
    }
    let unit = 10i128.checked_pow(u32::from(scale - decimals))?;
    let magnitude = half_up(n.abs(), unit);
    Some((if n < 0 { -magnitude } else { magnitude }, decimals))
}

/// `n / d` to the nearest whole number, halves up; for n ≥ 0 and d > 0.
fn half_up(n: i128, d: i128) -> i128 {
    let (whole, rest) = (n / d, n % d);
    whole + i128::from(rest >= d - rest)
}
