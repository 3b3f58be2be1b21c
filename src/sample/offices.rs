//! What the provincial office delivers: brands, papers received from the units, other offices' lists of people.

use super::World;
use super::days::{YEAR, day, month_end};
use super::feeds_people::{PERSON_LISTS, STATUSES};
use super::feeds_places::{BRANDS, SUBMISSIONS};
use super::people::Role;
use super::regions::{COUNTIES, UNITS};
use super::sheet::{Cell, Delivery, Sheet};
use crate::error::Result;

/// Above this, the lists of other offices come by county: one file may hold two million rows (FEEDS.md).
const PEOPLE_IN_ONE_LIST: u64 = 600_000;

/// Quarters that have ended by the through month.
pub fn quarters(world: &World) -> impl Iterator<Item = u32> {
    1..=world.through / 3
}

/// Writes the labour brands: four of five poor counties have one with local character by September.
pub fn write_brands(world: &World, delivery: &mut Delivery<'_>) -> Result<()> {
    let mut sheet = delivery.sheet(&BRANDS, "all", &world.period())?;
    for county in &COUNTIES {
        let draw = world.draw.of("brand").of(county.code);
        let chance = if county.lags() {
            0
        } else if county.is_poor {
            10_000
        } else {
            2_500
        };
        let recognised_on = day(YEAR - 1, 10, 1) + draw.of("day").below(400) as i32;
        if !draw.chance(chance) || recognised_on > month_end(world.through) {
            continue;
        }
        let (brand, subject) = draw.of("subject").pick(&[
            ("月嫂", "家政服务员"),
            ("建筑工", "瓦工"),
            ("草编", "手工编织"),
            ("保安", "保安员"),
            ("厨师", "中式烹调"),
            ("人参工", "人参种植"),
        ]);
        sheet.row(&[
            Cell::Text(county.code),
            Cell::Text(&format!("{}{brand}", county.short)),
            Cell::Day(recognised_on),
            Cell::Text(subject),
            Cell::Flag(county.is_poor || draw.of("local").chance(6_000)),
            Cell::Int(draw.of("exported").between(60, 2_400)),
        ])?;
    }
    sheet.close()
}

/// Writes which papers the units sent in: plans by 31 March, four packets a quarter; some late, a few missing.
pub fn write_submissions(world: &World, delivery: &mut Delivery<'_>) -> Result<()> {
    let mut sheet = delivery.sheet(&SUBMISSIONS, "all", &world.period())?;
    let end = month_end(world.through);
    for (number, (unit, ..)) in UNITS.iter().enumerate() {
        let quarters = quarters(world).flat_map(|quarter| (1..=4).map(move |kind| (kind, Some(quarter))));
        // 任务细化分解 is the 市(州)' duty only: the first nine units (DOMAIN J6).
        let once = [0, 5, 6, 7, 8, 9].into_iter().filter(|kind| *kind != 5 || number < 9).map(|kind| (kind, None));
        for (kind, quarter) in once.chain(quarters) {
            let draw = world.draw.of("paper").of(unit).with(kind as u64).with(u64::from(quarter.unwrap_or_default()));
            let due = quarter.map_or(day(YEAR, 3, 31), |quarter| month_end(quarter * 3));
            let is_late = draw.of("late").chance(900);
            let received_on = due + if is_late { draw.between(1, 12) } else { draw.between(-14, 0) } as i32;
            if draw.of("missing").chance(250) || received_on > end {
                continue;
            }
            let part = |field: &str| Cell::flag((kind == 0).then(|| draw.of(field).chance(9_400)));
            sheet.row(&[
                Cell::Text(unit),
                Cell::Code(kind),
                Cell::Text(&quarter.map_or(YEAR.to_string(), |quarter| format!("{YEAR}Q{quarter}"))),
                Cell::Day(received_on),
                part("targets"),
                part("support"),
                part("guarantee"),
                Cell::Text(&format!("{}人社发〔{YEAR}〕{}号", UNITS[number].2, draw.of("document").between(8, 160))),
            ])?;
        }
    }
    sheet.close()
}

/// Writes the lists of other offices at the end of every quarter (or of the last month, if no quarter has ended): the
/// national platform and the poverty office lack a few people each; the insurance office knows some of those at work.
pub fn write_person_lists(world: &World, delivery: &mut Delivery<'_>) -> Result<()> {
    let mut months: Vec<u32> = quarters(world).map(|quarter| quarter * 3).collect();
    if months.is_empty() {
        months.push(world.through);
    }
    for month in months {
        let period = format!("{YEAR}-{month:02}");
        if world.people > PEOPLE_IN_ONE_LIST {
            for (at, county) in COUNTIES.iter().enumerate() {
                let mut sheet = delivery.sheet(&PERSON_LISTS, county.code, &period)?;
                list_county(world, at, month, &mut sheet)?;
                sheet.close()?;
            }
        } else {
            let mut sheet = delivery.sheet(&PERSON_LISTS, "all", &period)?;
            (0..COUNTIES.len()).try_for_each(|at| list_county(world, at, month, &mut sheet))?;
            sheet.close()?;
        }
    }
    Ok(())
}

fn list_county(world: &World, at: usize, month: u32, sheet: &mut Sheet<'_, '_>) -> Result<()> {
    let (mut id, mut name) = (String::new(), String::new());
    for person in world.population.of_county(at).filter(|person| person.is_listed(Role::Home, month)) {
        let status = person.status(Role::Home, month);
        let is_insured = status.is_some_and(|status| status < 3) && person.draw("on insurance list").chance(5_000);
        let lists = [person.draw("on platform").chance(9_750), person.draw("on poor list").chance(9_860), is_insured];
        person.write_id(&mut id);
        person.write_name(&mut name);
        for list in (0..3).filter(|list| lists[*list]) {
            let words = match list {
                0 => status.map(|status| STATUSES[status]),
                1 => Some(if person.draw("exit").weighted(&[38, 60, 2]) == 1 { "已脱贫" } else { "未脱贫" }),
                _ => Some("在保"),
            };
            sheet.row(&[
                Cell::Code(list),
                Cell::Text(&id),
                Cell::Text(&name),
                Cell::Text(COUNTIES[at].code),
                Cell::text(words),
            ])?;
        }
    }
    Ok(())
}
