//! What the sample says it holds: T1–T6 counted while it is written, by rules written down here a second time,
//! independently of the SQL that will be tested against them (DOMAIN §2). No files, no SQL.

use super::days::{iso, month_end};
use super::regions::{COUNTIES, UNITS, WITHOUT_TRAINING};
use serde::Serialize;
use std::collections::BTreeMap;

/// Everything a test of the warehouse may want to compare with.
#[derive(Clone, Debug, Serialize)]
pub struct SampleTotals {
    /// Always true: nobody in the sample exists.
    pub synthetic: bool,
    pub note: String,
    pub people: u64,
    pub seed: u64,
    /// `2018-09`.
    pub through: String,
    /// The last day of that month, to which `regions` refers.
    pub as_of: String,
    /// Rows and files by feed.
    pub rows: BTreeMap<&'static str, u64>,
    pub files: BTreeMap<&'static str, u64>,
    pub villages: u64,
    pub poor_villages: u64,
    /// Poor villages in the 15 poor counties that no broker serves in any month of the year.
    pub poor_villages_without_broker: u64,
    /// Distinct people in the newest ledgers, and those of them whom two ledgers list.
    pub people_in_ledger: u64,
    pub people_in_two_ledgers: u64,
    /// 220000, U01…U12, county codes, X22CBS, and POOR15: the figures as of `as_of`.
    pub regions: BTreeMap<String, Figures>,
    /// The same as of the end of every month from January, from the same registers: by date, then region.
    pub series: BTreeMap<String, BTreeMap<String, Figures>>,
}

/// T1–T6 of a region on a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    #[serde(rename = "T1")]
    pub fairs: u64,
    #[serde(rename = "T2")]
    pub workshops: u64,
    #[serde(rename = "T3")]
    pub bases: u64,
    #[serde(rename = "T4")]
    pub trained: u64,
    #[serde(rename = "T5")]
    pub brokers: u64,
    #[serde(rename = "T6")]
    pub employed: Share,
    /// Indicators whose feed this county has not delivered.
    pub not_reported: Vec<&'static str>,
}

/// A share before it is divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    pub numerator: u64,
    pub denominator: u64,
}

/// Counts by month and place while the sample is written. Places are the counties, then the units' own rows.
pub struct Tally {
    months: Vec<Vec<Figures>>,
    pub people_in_ledger: u64,
    pub people_in_two_ledgers: u64,
}

/// The place of what a unit reports for itself.
pub fn unit_place(unit: usize) -> usize {
    COUNTIES.len() + unit - 1
}

impl Tally {
    pub fn new(through: u32) -> Tally {
        let place = vec![Figures::default(); COUNTIES.len() + UNITS.len()];
        Tally { months: vec![place; through as usize], people_in_ledger: 0, people_in_two_ledgers: 0 }
    }

    /// The figures of a place at the end of a month.
    pub fn at(&mut self, month: u32, place: usize) -> &mut Figures {
        &mut self.months[month as usize - 1][place]
    }

    /// Changes a place's figures at the end of every month whose last day meets a condition.
    pub fn each_month(&mut self, place: usize, holds: impl Fn(i32) -> bool, add: impl Fn(&mut Figures)) {
        for month in 1..=self.months.len() as u32 {
            if holds(month_end(month)) {
                add(self.at(month, place));
            }
        }
    }

    /// The figures of all regions at the end of a month: counties, units, poor counties, province.
    pub fn regions(&self, month: u32) -> BTreeMap<String, Figures> {
        let mut regions = BTreeMap::new();
        let (mut province, mut poor) = (Figures::default(), Figures::default());
        let mut units = vec![Figures::default(); UNITS.len()];
        for (place, own) in self.months[month as usize - 1].iter().enumerate() {
            let unit = match COUNTIES.get(place) {
                Some(county) => county.unit - 1,
                None => place - COUNTIES.len(),
            };
            units[unit].add(own);
            province.add(own);
            if let Some(county) = COUNTIES.get(place) {
                if county.is_poor {
                    poor.add(own);
                }
                let mut own = own.clone();
                if county.code == WITHOUT_TRAINING {
                    own.not_reported.push("T4");
                }
                regions.insert(county.code.to_owned(), own);
            }
        }
        for ((code, _, _), figures) in UNITS.iter().zip(units) {
            regions.insert((*code).to_owned(), figures);
        }
        regions.insert("POOR15".to_owned(), poor);
        regions.insert("220000".to_owned(), province);
        regions
    }

    /// The figures of every month, by date.
    pub fn series(&self) -> BTreeMap<String, BTreeMap<String, Figures>> {
        (1..=self.months.len() as u32).map(|month| (iso(month_end(month)), self.regions(month))).collect()
    }
}

impl Figures {
    fn add(&mut self, other: &Figures) {
        self.fairs += other.fairs;
        self.workshops += other.workshops;
        self.bases += other.bases;
        self.trained += other.trained;
        self.brokers += other.brokers;
        self.employed.numerator += other.employed.numerator;
        self.employed.denominator += other.employed.denominator;
    }
}
