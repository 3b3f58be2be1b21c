//! Writes a synthetic delivery of any size: an inbox with all 17 feeds, and what a correct load must make of it.
//!
//! Nobody in it exists. Everything follows from the seed by hashing (`draw`), so the same arguments give the same bytes
//! and nothing has to be remembered: memory does not grow with the number of people. It writes into the folder that it
//! is given and reads nothing. This room alone may hold Chinese words and figures of the plan: it plays the counties.

mod arrivals;
mod brokers;
mod days;
mod draw;
mod events;
mod feeds_people;
mod feeds_places;
mod ids;
mod inspections;
mod ledger;
mod names;
mod offices;
mod payments;
mod people;
mod regions;
mod registers;
mod sheet;
mod sites;
mod stat_reports;
mod totals;
mod training;
mod villages;
mod work;

pub use days::YEAR as SAMPLE_YEAR;
pub use people::MOST_PEOPLE;
pub use totals::{Figures, SampleTotals, Share};

use crate::error::{Error, Result};
use days::{YEAR, iso, month_end};
use draw::Draw;
use people::Population;
use serde::Serialize;
use sheet::{Delivery, failed};
use sites::Site;
use std::path::{Path, PathBuf};
use totals::Tally;
use villages::Village;

/// The last month that is written where none is asked for.
pub const SAMPLE_THROUGH: &str = "2018-09";

/// What to write, and where.
#[derive(Clone, Debug)]
pub struct SampleOptions {
    /// Distinct people who appear in a ledger in the year, up to [`MOST_PEOPLE`].
    pub people: u64,
    /// Year and month of the last ledger, up to which the registers are complete too; a month of 2018.
    pub through: (i32, u32),
    pub seed: u64,
    /// A folder that does not exist or is empty.
    pub out: PathBuf,
}

/// What all feeds are written from. Its size does not depend on the number of people.
struct World {
    draw: Draw,
    people: u64,
    /// The last month, 1 to 12.
    through: u32,
    population: Population,
    villages: Vec<Vec<Village>>,
    sites: Vec<Site>,
}

impl World {
    /// The period in a register's file name: up to when it is complete.
    fn period(&self) -> String {
        format!("{YEAR}-{:02}", self.through)
    }
}

const NOTE: &str = "Synthetic: people, ID numbers, telephones, firms, villages and figures are made up. \
                    本目录全部数据均为虚构,不对应任何真实个人、企业、村庄或工作情况。";

/// Writes a delivery and says what it holds; `progress` hears the number of rows written so far.
pub fn write_sample(options: &SampleOptions, progress: &mut dyn FnMut(u64)) -> Result<SampleTotals> {
    check(options)?;
    let out = &options.out;
    std::fs::create_dir_all(out).map_err(|e| failed(out, e))?;
    let draw = Draw::new(options.seed);
    let through = options.through.1;
    let world = World {
        draw,
        people: options.people,
        through,
        population: Population::new(options.people, draw),
        villages: villages::build(draw),
        sites: sites::plan(draw, through),
    };
    let mut delivery = Delivery::new(out, progress);
    let mut tally = Tally::new(through);
    villages::write(&world, &mut delivery)?;
    ledger::write(&world, &mut delivery, &mut tally)?;
    registers::write_employment(&world, &mut delivery)?;
    registers::write_services(&world, &mut delivery)?;
    registers::write_posts(&world, &mut delivery)?;
    registers::write_loans(&world, &mut delivery)?;
    training::write(&world, &mut delivery, &mut tally)?;
    events::write(&world, &mut delivery, &mut tally)?;
    sites::write(&world, &mut delivery, &mut tally)?;
    brokers::write(&world, &mut delivery, &mut tally)?;
    payments::write(&world, &mut delivery)?;
    offices::write_brands(&world, &mut delivery)?;
    inspections::write(&world, &mut delivery)?;
    offices::write_person_lists(&world, &mut delivery)?;
    offices::write_submissions(&world, &mut delivery)?;
    stat_reports::write(&world, &mut delivery, &tally)?;
    arrivals::write(out, draw, &delivery.paths)?;
    let all_villages = || world.villages.iter().flatten();
    let totals = SampleTotals {
        synthetic: true,
        note: NOTE.to_owned(),
        people: options.people,
        seed: options.seed,
        through: world.period(),
        as_of: iso(month_end(through)),
        rows: delivery.rows,
        files: delivery.files,
        villages: all_villages().count() as u64,
        poor_villages: all_villages().filter(|v| v.is_poor).count() as u64,
        poor_villages_without_broker: all_villages().filter(|v| v.is_without_broker).count() as u64,
        people_in_ledger: tally.people_in_ledger,
        people_in_two_ledgers: tally.people_in_two_ledgers,
        regions: tally.regions(through),
        series: tally.series(),
    };
    write_text(&out.join("totals.json"), &json(out, &totals)?)?;
    write_text(&out.join("NOTICE.txt"), &format!("{}\n", NOTE.replace(". ", ".\n")))?;
    Ok(totals)
}

/// Refuses what cannot be written, before anything is.
fn check(options: &SampleOptions) -> Result<()> {
    if options.people == 0 || options.people > MOST_PEOPLE {
        return Err(Error::request("sample_people").with("people", options.people).with("most", MOST_PEOPLE));
    }
    let (year, month) = options.through;
    if year != YEAR || !(1..=12).contains(&month) {
        let through = format!("{year:04}-{month:02}");
        return Err(Error::request("sample_through").with("through", through).with("year", YEAR));
    }
    let is_taken = std::fs::read_dir(&options.out).is_ok_and(|mut entries| entries.next().is_some());
    if is_taken || options.out.is_file() {
        return Err(Error::request("sample_out_not_empty").with("path", options.out.display()));
    }
    Ok(())
}

fn json(out: &Path, totals: &impl Serialize) -> Result<String> {
    serde_json::to_string_pretty(totals).map(|text| text + "\n").map_err(|e| failed(out, e))
}

fn write_text(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).map_err(|e| failed(path, e))
}
