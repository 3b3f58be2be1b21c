//! Rural labour brokers, in real numbers however many people there are; the active ones (T5) are counted on the way.

use super::World;
use super::days::{YEAR, day, month_end, month_start};
use super::draw::{Draw, split};
use super::feeds_places::BROKERS as FEED;
use super::people::outsider;
use super::regions::{BROKERS, COUNTIES};
use super::sheet::{Cell, Delivery};
use super::totals::Tally;
use super::villages::Village;
use crate::error::Result;

/// Distinct brokers active on 2018-06-30: the press figure (DOMAIN §3).
pub const ACTIVE_AT_MIDYEAR: u64 = 6_356;
/// Given up by mid-year, and added after it. Assumed, so that the year ends a little above the task of 6,500.
const WITHDRAWN_BEFORE: u64 = 92;
const ADDED_AFTER: u64 = 252;
const MIDYEAR: i32 = day(YEAR, 6, 30);

/// A county's entry on a broker.
struct Broker {
    id: String,
    name: String,
    is_poor: bool,
    recognised_on: i32,
    withdrawn_on: Option<i32>,
    draw: Draw,
    number: usize,
}

/// Whether the first broker of a county is also in the next county's register.
fn is_shared(county: usize) -> bool {
    county.is_multiple_of(6) && county + 1 < COUNTIES.len()
}

/// Writes the brokers, one file a county. A broker in two registers counts where recognised last, then the lower code.
pub fn write(world: &World, delivery: &mut Delivery<'_>, tally: &mut Tally) -> Result<()> {
    let weights: Vec<u64> =
        COUNTIES.iter().map(|c| c.task[BROKERS] * if c.lags() { 70 } else { pace(world, c.code) }).collect();
    let [active, withdrawn, added] =
        [ACTIVE_AT_MIDYEAR, WITHDRAWN_BEFORE, ADDED_AFTER].map(|total| split(total, &weights));
    for (at, county) in COUNTIES.iter().enumerate() {
        let mut own = in_county(world, at, [active[at], withdrawn[at], added[at]]);
        for broker in own.iter().skip(usize::from(is_shared(at))) {
            let (from, to) = (broker.recognised_on, broker.withdrawn_on);
            tally.each_month(at, |on| from <= on && to.is_none_or(|to| to > on), |f| f.brokers += 1);
        }
        if let Some(broker) = own.first().filter(|_| is_shared(at)) {
            let (first, second) = (broker.recognised_on, second_recognition(at, broker.recognised_on));
            for month in 1..=world.through {
                let on = month_end(month);
                if second <= on && second > first {
                    tally.at(month, at + 1).brokers += 1;
                } else if first <= on {
                    tally.at(month, at).brokers += 1;
                }
            }
        }
        if at > 0 && is_shared(at - 1) {
            let before = in_county(world, at - 1, [active[at - 1], withdrawn[at - 1], added[at - 1]]);
            let number = own.len();
            own.extend(before.into_iter().take(1).map(|broker| Broker {
                recognised_on: second_recognition(at - 1, broker.recognised_on),
                number,
                ..broker
            }));
        }
        let end = month_end(world.through);
        let (must, may): (Vec<_>, Vec<_>) =
            world.villages[at].iter().filter(|v| !v.is_without_broker).partition(|v| v.is_poor);
        let mut sheet = delivery.sheet(&FEED, county.code, &world.period())?;
        for broker in own.iter().filter(|broker| broker.recognised_on <= end) {
            let led = broker.draw.of("led").below(36) as i64;
            sheet.row(&[
                Cell::Text(&broker.id),
                Cell::Text(&broker.name),
                Cell::Text(&village(broker, &must, &may).code),
                Cell::Flag(broker.is_poor),
                Cell::Flag(broker.draw.of("trained").chance(8_800)),
                Cell::Day(broker.recognised_on),
                Cell::day(broker.withdrawn_on.filter(|on| *on <= end)),
                Cell::Int(led),
                Cell::Int(led * broker.draw.of("poor share").between(0, 40) / 100),
            ])?;
        }
        sheet.close()?;
    }
    Ok(())
}

fn pace(world: &World, code: &str) -> u64 {
    world.draw.of("broker pace").of(code).between(96, 104) as u64
}

/// Poor villages first, one broker each; the others anywhere.
fn village<'v>(broker: &Broker, must: &[&'v Village], may: &[&'v Village]) -> &'v Village {
    match must.get(broker.number) {
        Some(village) => village,
        None if may.is_empty() => broker.draw.of("village").pick(must),
        None => broker.draw.of("village").pick(may),
    }
}

/// When the next county recognised a broker of a county too: the same day in one case, later in the others.
fn second_recognition(county: usize, first: i32) -> i32 {
    if county == 6 { first } else { (first + 25).min(MIDYEAR) }
}

fn in_county(world: &World, at: usize, [active, withdrawn, added]: [u64; 3]) -> Vec<Broker> {
    let walk = world.draw.of("broker walk").with(at as u64);
    // One in twelve is poor, as far as the county's people reach.
    let most = (world.population.count(at) / 30) as usize;
    let mut poor =
        world.population.walk(at, walk).filter(|p| p.joined == 1 && !p.in_school && p.is_able_upto(60)).take(most);
    (0..active + withdrawn + added)
        .map(|number| {
            let draw = world.draw.of("broker").with(at as u64).with(number);
            let is_shared = number == 0 && is_shared(at);
            let person = if number % 12 == 5 { poor.next() } else { None };
            let is_poor = person.is_some();
            let (id, name) = match person {
                Some(person) => {
                    let (mut id, mut name) = (String::new(), String::new());
                    person.write_id(&mut id);
                    person.write_name(&mut name);
                    (id, name)
                }
                None => {
                    let other = outsider(world.draw, at, number);
                    (other.id, other.name)
                }
            };
            let (recognised_on, withdrawn_on) = if number < active {
                let leaves = !is_shared && draw.of("gives up").chance(110);
                (before_midyear(draw), leaves.then(|| MIDYEAR + draw.of("gave up").between(1, 184) as i32))
            } else if number < active + withdrawn {
                (
                    day(2016, 3, 1) + draw.of("since").below(600) as i32,
                    Some(day(YEAR, 1, 10) + draw.of("gave up").below(170) as i32),
                )
            } else {
                (MIDYEAR + draw.of("since").between(1, 180) as i32, None)
            };
            Broker { id, name, is_poor, recognised_on, withdrawn_on, draw, number: number as usize }
        })
        .collect()
}

/// Four in ten were recognised in earlier years, the others from January to June, most of them in spring.
fn before_midyear(draw: Draw) -> i32 {
    let draw_day = draw.of("since");
    match draw.of("when").weighted(&[40, 4, 5, 13, 15, 13, 10]) {
        0 => day(2016, 1, 5) + draw_day.below(700) as i32,
        month => (month_start(month as u32) + draw_day.below(31) as i32).min(month_end(month as u32)),
    }
}
