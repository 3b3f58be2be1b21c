//! Towns and villages of every county, and the register of villages.
//! Village codes have twelve digits and are the same wherever a village is named: ledger, brokers, sites, register.

use super::World;
use super::days::YEAR;
use super::draw::{Draw, Shuffle};
use super::feeds_places::VILLAGES;
use super::names::place;
use super::regions::{CHANGBAISHAN, COUNTIES, County};
use super::sheet::{Cell, Delivery};
use crate::error::Result;

/// A village committee.
pub struct Village {
    pub code: String,
    pub name: String,
    pub town: String,
    pub is_poor: bool,
    /// No broker serves it, in any month: every poor county has such poor villages.
    pub is_without_broker: bool,
    /// People living below and in this village, in the order of the register: a cumulative weight.
    pub weight_upto: u64,
}

/// The special towns of 长白山 (FEEDS.md): 池西, 池南, 池北.
const CHANGBAISHAN_TOWNS: [(&str, &str); 3] =
    [("220621120", "池西区"), ("220621121", "池南区"), ("222426120", "池北区")];

/// Poor villages have about three times as many poor people as others. Assumed.
const WEIGHT_POOR: u64 = 3;

/// All villages by county, in the order of [`COUNTIES`].
pub fn build(draw: Draw) -> Vec<Vec<Village>> {
    COUNTIES.iter().map(|county| in_county(county, draw.of("villages").of(county.code))).collect()
}

fn in_county(county: &County, draw: Draw) -> Vec<Village> {
    let poor = Shuffle::new(county.villages as u64, draw.of("poor"));
    let mut is_poor = vec![false; county.villages];
    (0..county.poor_villages).for_each(|at| is_poor[poor.at(at as u64) as usize] = true);
    let names = draw.of("names").below(624);
    let town_names = draw.of("town names").below(624);
    let mut poor_seen = 0;
    let mut weight_upto = 0;
    let mut villages = Vec::with_capacity(county.villages);
    for (at, is_poor) in is_poor.into_iter().enumerate() {
        let town = at * county.towns / county.villages;
        // The first village of this town.
        let first = (town * county.villages).div_ceil(county.towns);
        let (town_code, town_name) = if county.code == CHANGBAISHAN {
            (CHANGBAISHAN_TOWNS[town].0.to_owned(), CHANGBAISHAN_TOWNS[town].1.to_owned())
        } else {
            // The larger half are towns (镇, 100–), the rest townships (乡, 200–).
            let of_town = town < county.towns.div_ceil(2);
            let number = if of_town { 100 + town } else { 200 + town - county.towns.div_ceil(2) };
            let name = place(town_names + town as u64 * 7);
            (format!("{}{number:03}", county.code), format!("{name}{}", if of_town { "镇" } else { "乡" }))
        };
        poor_seen += usize::from(is_poor);
        // The fourth poor village and every twelfth after it, in poor counties.
        let is_without_broker = county.is_poor && is_poor && poor_seen % 12 == 4;
        weight_upto += if is_poor { WEIGHT_POOR } else { 1 };
        villages.push(Village {
            code: format!("{town_code}{:03}", 200 + at - first),
            name: format!("{}村", place(names + at as u64)),
            town: town_name,
            is_poor,
            is_without_broker,
            weight_upto,
        });
    }
    villages
}

/// Writes the register of villages, one file for the province.
pub fn write(world: &World, delivery: &mut Delivery<'_>) -> Result<()> {
    let mut sheet = delivery.sheet(&VILLAGES, "all", &YEAR.to_string())?;
    for (county, villages) in COUNTIES.iter().zip(&world.villages) {
        for village in villages {
            sheet.row(&[
                Cell::Text(&village.code),
                Cell::Text(&village.name),
                Cell::Text(&village.town),
                Cell::Text(county.code),
                Cell::Flag(village.is_poor),
            ])?;
        }
    }
    sheet.close()
}
