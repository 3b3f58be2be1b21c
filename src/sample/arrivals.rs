//! When each file of the sample arrived: `arrivals.csv` beside the feeds, for a copy or a checkout loses modification
//! times. Most offices are in time, a few late. Follows from the seed alone.

use super::days::{YEAR, day, iso, month_end};
use super::draw::Draw;
use super::write_text;
use crate::error::Result;
use std::fmt::Write;
use std::path::Path;

/// The forms of the quarter are due by its last day; everything else some days after the period.
const FORMS: &str = "stat_reports";

/// Writes `path,arrived_at` for every file (feed, name, period).
pub fn write(out: &Path, draw: Draw, files: &[(&'static str, String, String)]) -> Result<()> {
    let mut lines: Vec<(String, String)> = files
        .iter()
        .map(|(feed, name, period)| {
            let path = format!("{feed}/{name}");
            let draw = draw.of("arrival").of(&path);
            let minute = draw.of("minute").between(8 * 60, 17 * 60 + 59);
            let when = format!("{} {:02}:{:02}:00", iso(arrival_day(feed, period, draw)), minute / 60, minute % 60);
            (when, path)
        })
        .collect();
    lines.sort();
    let mut text = String::from("path,arrived_at\n");
    for (when, path) in lines {
        let _ = writeln!(text, "{path},{when}");
    }
    write_text(&out.join("arrivals.csv"), &text)
}

fn arrival_day(feed: &str, period: &str, draw: Draw) -> i32 {
    let digits = |from: usize| period.get(from..).and_then(|text| text.parse::<u32>().ok());
    let last_month = match (period.as_bytes().get(4), digits(5)) {
        (Some(b'-'), Some(month)) => month,
        (Some(b'Q'), Some(quarter)) => quarter * 3,
        // A register of the whole year, known at its beginning.
        _ => return day(YEAR, 1, 8),
    };
    let is_late = draw.of("late").chance(600);
    let days = match (feed == FORMS, is_late) {
        (true, false) => draw.of("days").between(-3, 0),
        (true, true) => draw.of("days").between(1, 2),
        (false, false) => draw.of("days").between(1, 5),
        (false, true) => draw.of("days").between(6, 11),
    };
    month_end(last_month) + days as i32
}
