//! What a file's name says: `REGION_PERIOD[_anything].ext`.

use super::source::Refusal;
use crate::project::Regions;
use chrono::NaiveDate;

/// Whose delivery it is and up to when it speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryName {
    /// A county's or unit's code; "" for a file of all regions.
    pub region: String,
    pub period: Period,
}

/// How a file's name says that it holds everything.
const EVERYTHING: &str = "all";

impl DeliveryName {
    /// The one slice of a file whose rows say no region of their own: its region, or everything.
    pub fn whole_region(&self) -> &str {
        if self.region.is_empty() { EVERYTHING } else { &self.region }
    }
}

/// A month, a quarter or a year; compared by the last day that it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    pub year: i32,
    /// The last month covered.
    pub month: u32,
}

impl Period {
    /// The last day covered.
    pub fn last_day(self) -> NaiveDate {
        let (year, month) = if self.month == 12 { (self.year + 1, 1) } else { (self.year, self.month + 1) };
        NaiveDate::from_ymd_opt(year, month, 1).and_then(|d| d.pred_opt()).unwrap_or_default()
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// Reads a file's name. `name_not_understood` where the form, the month or the region does not exist.
pub fn read_name(file_name: &str, regions: &Regions) -> Result<DeliveryName, Refusal> {
    let refuse = || Refusal::new("name_not_understood", file_name.chars().take(120).collect::<String>());
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let mut parts = stem.splitn(3, '_');
    let (Some(region), Some(period)) = (parts.next(), parts.next()) else { return Err(refuse()) };
    let period = read_period(period).ok_or_else(refuse)?;
    let region = match region {
        EVERYTHING => String::new(),
        code if regions.delivers(code) => code.to_owned(),
        _ => return Err(refuse()),
    };
    Ok(DeliveryName { region, period })
}

/// `YYYY-MM`, `YYYYQn` or `YYYY`.
pub fn read_period(text: &str) -> Option<Period> {
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit()).then(|| s.parse::<u32>().ok()).flatten();
    let year = digits(text.get(..4)?)? as i32;
    if !(1900..=2199).contains(&year) {
        return None;
    }
    let rest = &text[4..];
    let month = match (rest.len(), rest.as_bytes().first()) {
        (0, _) => 12,
        (3, Some(b'-')) => digits(&rest[1..])?,
        (2, Some(b'Q' | b'q')) => digits(&rest[1..]).filter(|q| (1..=4).contains(q))? * 3,
        _ => return None,
    };
    (1..=12).contains(&month).then_some(Period { year, month })
}
