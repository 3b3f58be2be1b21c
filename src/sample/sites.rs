//! Workshops, bases and other sites, and who works there; new workshops (T2) and provincial bases (T3) are counted on
//! the way. Sites are in real numbers however many people there are.

use super::World;
use super::days::{YEAR, day, month_end};
use super::draw::{Draw, Shuffle};
use super::feeds_people::SITE_ROSTER;
use super::feeds_places::SITES;
use super::names::{Firm, firm};
use super::people::{Person, outsider};
use super::regions::{BASES, COUNTIES, County, WORKSHOPS};
use super::sheet::{Cell, Delivery};
use super::totals::Tally;
use crate::error::Result;

/// Positions in the code lists of 载体类型 and 级别.
pub const WORKSHOP: usize = 0;
pub const BASE: usize = 1;
const AID_BASE: usize = 2;
const MARKET: usize = 3;
pub const PROVINCIAL: usize = 1;

/// Provincial bases recognised in the year, in batches: 20 by mid-year (the press), the others in autumn (DOMAIN §3).
const BASE_BATCHES: [(i32, usize); 5] = [
    (day(YEAR, 3, 28), 7),
    (day(YEAR, 6, 15), 13),
    (day(YEAR, 9, 20), 4),
    (day(YEAR, 10, 25), 5),
    (day(YEAR, 11, 20), 2),
];

/// A site, before anybody works there.
pub struct Site {
    pub number: String,
    pub county: usize,
    pub kind: usize,
    pub level: usize,
    pub recognised_on: i32,
    pub cancelled_on: Option<i32>,
    staffing: Staffing,
    draw: Draw,
}

/// Who stands on a site's roster.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Staffing {
    Usual,
    /// Only people whom no ledger lists: the workshop does not count.
    Outsiders,
    /// Everybody has left by the end of August.
    Left,
}

/// Somebody on a roster.
pub struct Worker {
    pub id: String,
    pub person: Option<Person>,
    pub started_on: i32,
    pub ended_on: Option<i32>,
}

impl Worker {
    /// Open on a day: begun, and not over (DOMAIN §2.15).
    fn is_open_on(&self, on: i32) -> bool {
        self.started_on <= on && self.ended_on.is_none_or(|ended_on| ended_on > on)
    }
}

/// All sites recognised by the through month.
pub fn plan(draw: Draw, through: u32) -> Vec<Site> {
    let draw = draw.of("sites");
    let end = month_end(through);
    let mut sites = Vec::new();
    let mut add = |county: usize, kind: usize, level: usize, recognised_on: i32, special: (Option<i32>, Staffing)| {
        let number = sites.len();
        sites.push(Site {
            number: format!("ZT{}{:04}", COUNTIES[county].code, number + 1),
            county,
            kind,
            level,
            recognised_on,
            cancelled_on: special.0.filter(|on| *on <= end),
            staffing: special.1,
            draw: draw.with(number as u64),
        });
    };
    let workshops = in_turn(WORKSHOPS, &["220822", "220882", "220524"], draw.of("workshops"));
    for (at, county) in workshops.iter().enumerate() {
        let jitter = draw.of("workshop day").with(at as u64).between(-6, 6) as i32;
        let recognised_on = day(YEAR, 1, 18) + (at * 340 / workshops.len()) as i32 + jitter;
        let special = match at {
            5 => (Some(day(YEAR, 7, 16)), Staffing::Usual),
            9 => (None, Staffing::Outsiders),
            14 => (None, Staffing::Left),
            _ => (None, Staffing::Usual),
        };
        add(*county, WORKSHOP, 3, recognised_on.min(day(YEAR, 12, 28)), special);
    }
    let batches = BASE_BATCHES.iter().flat_map(|(on, count)| std::iter::repeat_n(*on, *count));
    for ((at, county), on) in in_turn(BASES, &["220822"], draw.of("bases")).iter().enumerate().zip(batches) {
        let cancelled_on = (at == 3).then_some(day(YEAR, 8, 20));
        add(*county, BASE, PROVINCIAL, on, (cancelled_on, Staffing::Usual));
    }
    // Older ones and other kinds: kind, level, how many, recognised from, for how many days. Numbers assumed.
    let others: [(usize, usize, u64, i32, u64); 6] = [
        (WORKSHOP, 3, 14, day(2016, 5, 1), 560),
        (BASE, PROVINCIAL, 12, day(2016, 9, 1), 420),
        (BASE, 2, 18, day(2017, 3, 1), 600),
        (BASE, 3, 20, day(2017, 3, 1), 600),
        (AID_BASE, 2, 26, day(2016, 3, 1), 900),
        (MARKET, 3, 70, day(2012, 3, 1), 2_200),
    ];
    for (kind, level, count, from, days) in others {
        for at in 0..count {
            let draw = draw.of("others").with(from as u64).with(at);
            let county = draw.of("county").below(COUNTIES.len() as u64 - 1) as usize;
            add(county, kind, level, from + draw.of("day").below(days) as i32, (None, Staffing::Usual));
        }
    }
    sites.retain(|site| site.recognised_on <= end);
    sites.sort_by(|a, b| (a.county, &a.number).cmp(&(b.county, &b.number)));
    sites
}

/// The counties of a task, each as often as its task, and some once more: mixed, laggards last.
fn in_turn(task: usize, more: &[&str], draw: Draw) -> Vec<usize> {
    let often = |c: &County| c.task[task] as usize + usize::from(more.contains(&c.code));
    let list: Vec<usize> = COUNTIES.iter().enumerate().flat_map(|(at, c)| std::iter::repeat_n(at, often(c))).collect();
    let order = Shuffle::new(list.len() as u64, draw);
    let mut mixed: Vec<usize> = (0..list.len()).map(|at| list[order.at(at as u64) as usize]).collect();
    mixed.sort_by_key(|at| COUNTIES[*at].lags());
    mixed
}

/// The rosters of a county's sites, in the order of the sites; nobody is on two.
pub fn rosters(world: &World, county: usize) -> Vec<(&Site, Vec<Worker>)> {
    let end = month_end(world.through);
    let registered = world.population.count(county);
    // In a small sample a county has few people; sites must not employ them all.
    let most = (registered / 30).max(1) as usize;
    let walk = world.draw.of("roster walk").with(county as u64);
    let mut people = world.population.walk(county, walk).filter(|p| p.joined == 1 && p.is_able_upto(68));
    let mut outsiders = 6_000..;
    let sites = world.sites.iter().filter(|site| site.county == county);
    sites
        .map(|site| {
            let draw = site.draw.of("roster");
            let count = if site.kind == MARKET { 0 } else { draw.between(5, 22) as usize };
            let (count, strangers) = if site.staffing == Staffing::Outsiders {
                (0, count)
            } else {
                (count.min(most), usize::from(count > 12))
            };
            let known = people.by_ref().take(count).map(|person| {
                let mut id = String::new();
                person.write_id(&mut id);
                (id, Some(person))
            });
            let unknown = outsiders.by_ref().take(strangers).map(|n| (outsider(world.draw, county, n).id, None));
            let workers = known.chain(unknown).enumerate().map(|(at, (id, person))| {
                let draw = draw.with(at as u64);
                let started_on = site.recognised_on + draw.of("from").between(-75, 40) as i32;
                let leaves = match site.staffing {
                    Staffing::Left => Some(day(YEAR, 8, 1) + draw.of("left").below(28) as i32),
                    _ => draw.of("leaves").chance(900).then(|| started_on + draw.of("stays").between(60, 400) as i32),
                };
                Worker { id, person, started_on, ended_on: leaves.filter(|on| *on <= end && *on > started_on) }
            });
            (site, workers.filter(|worker| worker.started_on <= end).collect())
        })
        .collect()
}

/// The firm that runs a site.
pub fn firm_of(world: &World, site: &Site) -> Firm {
    firm(world.draw, &COUNTIES[site.county], 5_000 + site.draw.of("firm").below(40))
}

/// Writes sites and rosters, a file of each a county.
pub fn write(world: &World, delivery: &mut Delivery<'_>, tally: &mut Tally) -> Result<()> {
    for (at, county) in COUNTIES.iter().enumerate() {
        let rosters = rosters(world, at);
        write_sites(world, at, &rosters, delivery)?;
        let mut sheet = delivery.sheet(&SITE_ROSTER, county.code, &world.period())?;
        for (site, workers) in &rosters {
            count(world, site, workers, tally);
            for worker in workers {
                let draw = world.draw.of(&worker.id).of(&site.number);
                sheet.row(&[
                    Cell::Text(&worker.id),
                    Cell::Text(&site.number),
                    Cell::Day(worker.started_on),
                    Cell::day(worker.ended_on),
                    Cell::Int(draw.of("months").pick(&[6, 12, 12, 12, 24, 36])),
                    Cell::Int(draw.of("wage").between(15, 38) * 100),
                ])?;
            }
        }
        sheet.close()?;
    }
    Ok(())
}

/// T2 and T3 (DOMAIN §2.5): recognised this year and not cancelled; a workshop also needs somebody of a ledger at work.
fn count(world: &World, site: &Site, workers: &[Worker], tally: &mut Tally) {
    if site.recognised_on < day(YEAR, 1, 1) {
        return;
    }
    for month in 1..=world.through {
        let on = month_end(month);
        let stands = site.recognised_on <= on && site.cancelled_on.is_none_or(|cancelled_on| cancelled_on > on);
        let is_listed = |w: &Worker| w.person.as_ref().is_some_and(|p| p.counts_in(month).is_some());
        if stands && site.kind == WORKSHOP && workers.iter().any(|w| w.is_open_on(on) && is_listed(w)) {
            tally.at(month, site.county).workshops += 1;
        }
        if stands && site.kind == BASE && site.level == PROVINCIAL {
            tally.at(month, site.county).bases += 1;
        }
    }
}

fn write_sites(world: &World, at: usize, rosters: &[(&Site, Vec<Worker>)], delivery: &mut Delivery<'_>) -> Result<()> {
    let county = &COUNTIES[at];
    let end = month_end(world.through);
    let mut sheet = delivery.sheet(&SITES, county.code, &world.period())?;
    for (site, workers) in rosters {
        let firm = firm_of(world, site);
        let villages = &world.villages[at];
        let village = &villages[site.draw.of("village").below(villages.len() as u64) as usize];
        let area = match site.kind {
            MARKET => site.draw.of("area").weighted(&[35, 5, 20, 25, 15]),
            WORKSHOP => site.draw.of("area").weighted(&[40, 60, 0, 0, 0]),
            _ => site.draw.of("area").weighted(&[40, 20, 35, 0, 5]),
        };
        let open = workers.iter().filter(|worker| worker.is_open_on(end)).count() as i64;
        // A few type a head count that their own roster does not bear out.
        let typed = open + if site.draw.of("differs").chance(800) { site.draw.of("by").between(1, 4) } else { 0 };
        let has_people = site.kind != MARKET;
        let name = match site.kind {
            WORKSHOP => format!("{}就业扶贫车间", firm.name),
            BASE => format!("{}返乡创业基地", firm.name),
            AID_BASE => format!("{}就业帮扶基地", firm.name),
            _ => format!("{}{}人力资源市场", county.short, village.town),
        };
        sheet.row(&[
            Cell::Text(&site.number),
            Cell::Code(site.kind),
            Cell::Code(site.level),
            Cell::Text(&name),
            Cell::text(has_people.then_some(&*firm.code)),
            Cell::Text(&village.code),
            Cell::Code(area),
            Cell::Day(site.recognised_on),
            Cell::day(site.cancelled_on),
            Cell::int(has_people.then(|| typed + site.draw.of("workers").between(4, 70))),
            Cell::int(has_people.then_some(typed)),
        ])?;
    }
    sheet.close()
}
