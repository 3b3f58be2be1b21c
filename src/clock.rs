//! The one place where the clock is read. Everything else is told what time it is.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

/// Now, in UTC.
pub fn now() -> DateTime<Utc> {
    Utc::now()
}

/// A moment as it is stored: UTC, to the second.
pub fn stamp(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The day that it is in a time zone.
pub fn day_in(zone: Tz, at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// Milliseconds since a moment of this clock, for durations.
pub fn millis_since(start: DateTime<Utc>) -> u64 {
    (now() - start).num_milliseconds().max(0) as u64
}
