//! Fairs and other events, in real numbers however many people there are; fairs (T1) are counted on the way.

use super::World;
use super::days::{YEAR, civil, day, month_end, month_start};
use super::draw::Draw;
use super::feeds_places::{EVENT_KINDS, EVENTS};
use super::regions::{COUNTIES, County, FAIRS, UNITS};
use super::sheet::{Cell, Delivery, Sheet};
use super::totals::{Tally, unit_place};
use crate::error::Result;

/// Positions in the code list of 活动类型.
const FAIR: usize = 0;
const VISIT: usize = 1;

struct Event {
    number: String,
    kind: usize,
    name: String,
    held_on: i32,
    draw: Draw,
}

/// Fairs that a unit held itself, without a county: they stand at the unit and the province (FEEDS.md). Invented.
const UNIT_FAIRS: [(usize, u32, u32); 3] = [(1, 9, 12), (8, 3, 10), (9, 5, 22)];

/// Counties whose first fair their unit reports a second time: one event, two rows (DOMAIN §2.6). Invented.
const REPORTED_TWICE: [(&str, usize); 3] = [("220821", 8), ("220882", 8), ("222403", 9)];

/// Writes the events: a file a county, and one a unit that reports some itself.
pub fn write(world: &World, delivery: &mut Delivery<'_>, tally: &mut Tally) -> Result<()> {
    let end = month_end(world.through);
    let mut twice = Vec::new();
    for (at, county) in COUNTIES.iter().enumerate() {
        let mut sheet = delivery.sheet(&EVENTS, county.code, &world.period())?;
        let fairs = fairs(world, at);
        for event in fairs.iter().filter(|event| event.held_on <= end) {
            write_fair(&mut sheet, None, event, county.name)?;
            tally.each_month(at, |on| event.held_on <= on, |figures| figures.fairs += 1);
        }
        for event in others(world, at).iter().filter(|event| event.held_on <= end) {
            write_other(&mut sheet, event, county)?;
        }
        sheet.close()?;
        let unit = REPORTED_TWICE.iter().find(|(code, _)| *code == county.code);
        twice.extend(unit.and_then(|(_, unit)| fairs.into_iter().next().map(|event| (*unit, county, event))));
    }
    for (at, (code, name, short)) in UNITS.iter().enumerate().filter(|(at, _)| [0, 7, 8].contains(at)) {
        let mut sheet = delivery.sheet(&EVENTS, code, &world.period())?;
        for (_, county, event) in twice.iter().filter(|(unit, _, event)| *unit == at + 1 && event.held_on <= end) {
            let event = Event { number: format!("{code}-{}", event.number), name: event.name.clone(), ..*event };
            write_fair(&mut sheet, Some(county.code), &event, name)?;
        }
        for (number, (_, month, day_of_month)) in UNIT_FAIRS.iter().filter(|(unit, ..)| *unit == at + 1).enumerate() {
            let held_on = day(YEAR, *month, *day_of_month);
            if held_on <= end {
                let name = format!("{short}{YEAR}年就业扶贫专场招聘会(全市)");
                let draw = world.draw.of("unit fair").of(code);
                let event = Event { number: format!("HD{code}{:04}", number + 1), kind: FAIR, name, held_on, draw };
                write_fair(&mut sheet, None, &event, UNITS[at].1)?;
                tally.each_month(unit_place(at + 1), |on| held_on <= on, |figures| figures.fairs += 1);
            }
        }
        sheet.close()?;
    }
    Ok(())
}

/// The year's fairs of a county: its task, a little less or more, spread over the year. Laggards hold half of theirs,
/// and none in the second quarter.
fn fairs(world: &World, at: usize) -> Vec<Event> {
    let county = &COUNTIES[at];
    let draw = world.draw.of("fairs").of(county.code);
    let task = county.task[FAIRS];
    let year = if county.lags() { task / 2 } else { (task + draw.of("more").below(3)).saturating_sub(1) };
    let mut days: Vec<i32> = (0..year)
        .map(|at| {
            let middle = ((2 * at + 1) * 365 / (2 * year)) as i32;
            let held_on = day(YEAR, 1, 1) + middle + draw.with(at).of("day").between(-10, 10) as i32;
            let held_on = held_on.clamp(day(YEAR, 1, 4), day(YEAR, 12, 29));
            let (_, month, _) = civil(held_on);
            if county.lags() && (4..=6).contains(&month) { held_on + 95 } else { held_on }
        })
        .collect();
    days.sort_unstable();
    let events = days.into_iter().enumerate().map(|(at, held_on)| {
        let (_, month, _) = civil(held_on);
        let season = ["冬季", "春季", "夏季", "秋季"][(month % 12 / 3) as usize];
        Event {
            number: format!("HD{}{:04}", county.code, at + 1),
            kind: FAIR,
            name: format!("{}{YEAR}年{season}就业扶贫专场招聘会(第{}场)", county.short, at + 1),
            held_on,
            draw: draw.with(at as u64),
        }
    });
    events.collect()
}

/// What else a county does: kind, how many a year, from and to which month. Numbers assumed.
const OTHERS: [(usize, u64, i64, i64); 10] = [
    (VISIT, 7, 1, 12),
    (2, 1, 1, 1),
    (3, 1, 2, 3),
    (4, 1, 5, 5),
    (5, 1, 9, 9),
    (6, 6, 1, 12),
    (7, 4, 1, 12),
    (8, 1, 4, 11),
    (9, 4, 1, 12),
    (10, 1, 3, 12),
];

fn others(world: &World, at: usize) -> Vec<Event> {
    let county = &COUNTIES[at];
    let draw = world.draw.of("events").of(county.code);
    let mut events = Vec::new();
    for (kind, count, from, to) in OTHERS {
        for number in 0..count {
            let draw = draw.with(kind as u64).with(number);
            let month = draw.of("month").between(from, to) as u32;
            let held_on = month_start(month) + draw.of("day").below(27) as i32;
            if county.lags() && (draw.of("missing").chance(4_000) || (kind == VISIT && (4..=6).contains(&month))) {
                continue;
            }
            let word = EVENT_KINDS[kind];
            events.push(Event {
                number: format!("HD{}{:02}{:02}", county.code, 50 + kind, number + 1),
                kind,
                name: format!("{}{YEAR}年{word}(第{}次)", county.short, number + 1),
                held_on,
                draw,
            });
        }
    }
    events
}

/// A fair has 20–60 enterprises, 500–3,000 posts, 40–1,200 visitors (DOMAIN §3).
fn write_fair(sheet: &mut Sheet<'_, '_>, region: Option<&str>, event: &Event, host: &str) -> Result<()> {
    let draw = event.draw;
    let enterprises = draw.of("enterprises").between(20, 60);
    let posts = (enterprises * draw.of("posts").between(18, 52)).clamp(500, 3_000);
    let visitors = 40 + draw.of("visitors").below(1_161).min(draw.of("fewer").below(1_161)) as i64;
    let poor = visitors * draw.of("poor").between(8, 45) / 100;
    let intents = visitors * draw.of("intents").between(10, 35) / 100;
    let poor_intents = (poor * draw.of("poor intents").between(10, 40) / 100).min(intents);
    sheet.row(&[
        Cell::text(region),
        Cell::Text(&event.number),
        Cell::Code(event.kind),
        Cell::Text(&event.name),
        Cell::Day(event.held_on),
        Cell::Text(draw.of("place").pick(&["人力资源市场", "文化广场", "体育馆", "镇政府广场", "会展中心"])),
        Cell::Text(&format!("{host}人力资源和社会保障局")),
        Cell::Code(draw.of("media").weighted(&[6, 16, 6, 28, 16, 12, 16])),
        Cell::Blank,
        Cell::Int(enterprises),
        Cell::Int(posts),
        Cell::Int(visitors),
        Cell::Int(poor),
        Cell::Int(intents),
        Cell::Int(poor_intents),
        Cell::Int(poor_intents * draw.of("hired").between(20, 90) / 100),
    ])
}

/// The pairs of labour cooperation (DOMAIN H1): 延边 and 宁波, 白城 and 长春, 白山 and 吉林.
fn partner(county: &County) -> Option<&'static str> {
    match county.unit {
        9 => Some("浙江省宁波市"),
        8 => Some("长春市"),
        6 => Some("吉林市"),
        _ => None,
    }
}

fn write_other(sheet: &mut Sheet<'_, '_>, event: &Event, county: &County) -> Result<()> {
    let draw = event.draw;
    let is_fair = matches!(event.kind, VISIT | 3 | 4 | 5);
    let enterprises = draw.of("enterprises").between(3, 25);
    let visitors = draw.of("visitors").between(20, 300);
    let poor = visitors * draw.of("poor").between(15, 70) / 100;
    let count = |number: i64| Cell::int(is_fair.then_some(number));
    let media = match event.kind {
        7 => Some(4 + draw.of("media").below(3) as usize),
        9 | 10 => Some(draw.of("media").below(4) as usize),
        _ => None,
    };
    sheet.row(&[
        Cell::Blank,
        Cell::Text(&event.number),
        Cell::Code(event.kind),
        Cell::Text(&event.name),
        Cell::Day(event.held_on),
        Cell::Text(draw.of("place").pick(&["村部", "镇政府广场", "人力资源市场", "企业", "网上"])),
        Cell::Text(&format!("{}人力资源和社会保障局", county.name)),
        Cell::code(media),
        Cell::text((event.kind == 8).then(|| partner(county)).flatten()),
        count(enterprises),
        count(enterprises * draw.of("posts").between(5, 40)),
        count(visitors),
        count(poor),
        count(visitors / 6),
        count((poor / 5).min(visitors / 6)),
        count(poor / 12),
    ])
}
