//! The plain table that rooms hand each other: a query's answer without Arrow, a chart's or a download's input.
//! Pure; touches nothing.

use crate::error::{Error, Result};
use chrono::NaiveDate;
use std::cmp::Ordering;
use std::fmt;

/// One cell. Exact: counts are integers, money and shares are decimals; `Float` is for statistics only.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    /// `unscaled / 10^scale`.
    Decimal {
        unscaled: i128,
        scale: u8,
    },
    Float(f64),
    Text(String),
    Date(NaiveDate),
}

/// A query's answer: column names and rows of as many cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Value>>,
}

impl Rows {
    /// The position of a column.
    pub fn index_of(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c == column)
    }

    /// The cell at a row and a named column; `None` where there is no such column or row.
    pub fn get(&self, row: usize, column: &str) -> Option<&Value> {
        self.rows.get(row)?.get(self.index_of(column)?)
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// Each row as the text of a JSON object. Of columns that share a name the last one counts.
pub fn json_objects(rows: &Rows) -> Vec<String> {
    let is_last = |at: &usize| !rows.columns[at + 1..].contains(&rows.columns[*at]);
    let kept: Vec<(usize, String)> = (0..rows.columns.len())
        .filter(is_last)
        .map(|at| (at, serde_json::Value::from(rows.columns[at].as_str()).to_string()))
        .collect();
    let member = |row: &[Value], (at, name): &(usize, String)| {
        format!("{name}:{}", row.get(*at).unwrap_or(&Value::Null).json_text())
    };
    let object = |row: &Vec<Value>| kept.iter().map(|column| member(row, column)).collect::<Vec<_>>().join(",");
    rows.rows.iter().map(|row| format!("{{{}}}", object(row))).collect()
}

/// The order of two numbers that are no floats; `None` where one is, or a common scale has no room.
fn exact_order(a: &Value, b: &Value) -> Option<Ordering> {
    let parts = |v: &Value| match v {
        Value::Int(n) => Some((i128::from(*n), 0)),
        Value::Decimal { unscaled, scale } => Some((*unscaled, *scale)),
        _ => None,
    };
    let ((a, a_scale), (b, b_scale)) = (parts(a)?, parts(b)?);
    let scale = a_scale.max(b_scale);
    let at = |n: i128, own: u8| n.checked_mul(10i128.checked_pow(u32::from(scale - own))?);
    Some(at(a, a_scale)?.cmp(&at(b, b_scale)?))
}

impl Value {
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The text of a text cell.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(s) => Some(s),
            _ => None,
        }
    }

    /// A whole number, where the cell holds one exactly.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(n) => Some(*n),
            Value::Decimal { unscaled, scale } => {
                let one = 10i128.checked_pow(u32::from(*scale))?;
                (unscaled % one == 0).then(|| i64::try_from(unscaled / one).ok()).flatten()
            }
            _ => None,
        }
    }

    /// Where a cell stands to another of its column: blanks first, numbers by exact size, days by time, texts by letters.
    pub fn order(&self, other: &Value) -> Ordering {
        let place = |v: &Value| match v {
            Value::Null => 0,
            Value::Bool(_) => 1,
            Value::Int(_) | Value::Decimal { .. } | Value::Float(_) => 2,
            Value::Date(_) => 3,
            Value::Text(_) => 4,
        };
        match (self, other) {
            (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
            (Value::Date(a), Value::Date(b)) => a.cmp(b),
            (Value::Text(a), Value::Text(b)) => a.cmp(b),
            _ if place(self) == 2 && place(other) == 2 => exact_order(self, other)
                .or_else(|| self.as_f64()?.partial_cmp(&other.as_f64()?))
                .unwrap_or(Ordering::Equal),
            _ => place(self).cmp(&place(other)),
        }
    }

    /// The nearest float, for drawing only.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Int(n) => Some(*n as f64),
            Value::Decimal { unscaled, scale } => Some(*unscaled as f64 / 10f64.powi(i32::from(*scale))),
            Value::Float(x) => Some(*x),
            _ => None,
        }
    }

    /// The cell as the text of JSON: decimals as numbers with all their digits and trailing zeros cut, dates as ISO text,
    /// and what is no number (`NaN`, `Infinity`) as text too, for `null` says that there is none.
    pub fn json_text(&self) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        match self {
            Value::Null => "null".to_owned(),
            Value::Float(x) if x.is_finite() => serde_json::Value::from(*x).to_string(),
            Value::Bool(_) | Value::Int(_) | Value::Decimal { .. } => self.to_string(),
            Value::Text(s) => quoted(s),
            Value::Float(_) | Value::Date(_) => quoted(&self.to_string()),
        }
    }

    /// The same within a larger tree, in which a number has some 16 digits at most.
    pub fn to_json(&self) -> serde_json::Value {
        let text = self.json_text();
        serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text))
    }
}

/// Plain text: blank for null, decimals without trailing zeros, dates as ISO.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => Ok(()),
            Value::Bool(b) => write!(f, "{b}"),
            Value::Int(n) => write!(f, "{n}"),
            // As PostgreSQL, JavaScript and Python read it.
            Value::Float(x) if x.is_infinite() => f.write_str(if *x > 0.0 { "Infinity" } else { "-Infinity" }),
            Value::Float(x) => write!(f, "{x}"),
            Value::Text(s) => f.write_str(s),
            Value::Date(d) => write!(f, "{d}"),
            Value::Decimal { unscaled, scale } => {
                let scale = usize::from(*scale);
                let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
                let (whole, part) = digits.split_at(digits.len() - scale);
                let part = part.trim_end_matches('0');
                let sign = if *unscaled < 0 { "-" } else { "" };
                let dot = if part.is_empty() { "" } else { "." };
                write!(f, "{sign}{whole}{dot}{part}")
            }
        }
    }
}

/// Rows as CSV with a header. Text that a spreadsheet would take for a formula is guarded by a leading `'`.
pub fn write_csv(rows: &Rows) -> Result<Vec<u8>> {
    let failed = |e: String| Error::internal("output").with("cause", e);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(rows.columns.iter().map(|column| guarded_text(column))).map_err(|e| failed(e.to_string()))?;
    for row in &rows.rows {
        writer.write_record(row.iter().map(guarded)).map_err(|e| failed(e.to_string()))?;
    }
    writer.into_inner().map_err(|e| failed(e.to_string()))
}

/// A cell's text as it may stand in a spreadsheet's file.
fn guarded(value: &Value) -> String {
    match value {
        Value::Text(text) => guarded_text(text),
        other => other.to_string(),
    }
}

/// A column's name may be an asker's own.
fn guarded_text(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("{guard}{text}")
}
