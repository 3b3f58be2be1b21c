//! Inspections of employers, in real numbers however many people there are.

use super::World;
use super::days::{YEAR, day, month_end};
use super::draw::Draw;
use super::feeds_places::INSPECTIONS;
use super::names::firm;
use super::regions::{COUNTIES, County};
use super::sheet::{Cell, Delivery, Sheet};
use crate::error::Result;

/// Writes inspections, one file a county: a dozen or two a year, one in five with a finding, few of them serious.
pub fn write(world: &World, delivery: &mut Delivery<'_>) -> Result<()> {
    let end = month_end(world.through);
    for county in &COUNTIES {
        let draw = world.draw.of("inspections").of(county.code);
        let mut sheet = delivery.sheet(&INSPECTIONS, county.code, &world.period())?;
        for number in 0..if county.lags() { 4 } else { 9 + county.villages as u64 / 25 } {
            let draw = draw.with(number);
            let inspected_on = day(YEAR, 1, 8) + draw.of("day").below(350) as i32;
            if inspected_on <= end {
                inspection(world, county, number, draw, inspected_on, end, &mut sheet)?;
            }
        }
        sheet.close()?;
    }
    Ok(())
}

fn inspection(
    world: &World,
    county: &County,
    number: u64,
    draw: Draw,
    inspected_on: i32,
    end: i32,
    sheet: &mut Sheet<'_, '_>,
) -> Result<()> {
    // The same firms as in the employment register.
    let firm = firm(world.draw, county, draw.of("firm").below(24));
    let severity = draw.of("severity").weighted(&[80, 18, 2]);
    let found = severity > 0;
    let after =
        |field: &str, low: i64, high: i64| found.then(|| inspected_on + draw.of(field).between(low, high) as i32);
    let owes = found && draw.of("owes").chance(4_000);
    let owed = if owes { draw.of("owed").between(3, 90) * 1_000 } else { 0 };
    let closed_on = after("closed", 8, 60).filter(|on| *on <= end);
    let recovered = if closed_on.is_some() { owed } else { 0 };
    let listed_on = (severity == 2).then_some(inspected_on + 30).filter(|on| *on <= end);
    sheet.row(&[
        Cell::Text(&format!("JC{}{:04}", county.code, number + 1)),
        Cell::Code(draw.of("kind").weighted(&[55, 25, 14, 6])),
        Cell::Text(&firm.name),
        Cell::Text(&firm.code),
        Cell::Day(inspected_on),
        Cell::text(
            found.then(|| draw.of("finding").pick(&["未签订劳动合同", "未足额发放工资", "未参加社会保险", "台账不全"])),
        ),
        Cell::Code(severity),
        Cell::day(after("notified", 1, 12).filter(|on| *on <= end)),
        Cell::day(found.then_some(inspected_on + 30)),
        Cell::day(closed_on),
        Cell::int(owes.then_some(owed)),
        Cell::int(owes.then_some(recovered)),
        Cell::int(found.then(|| draw.of("affected").between(1, 12))),
        Cell::day(listed_on),
        Cell::day(listed_on.map(|on| on + 365)),
    ])
}
