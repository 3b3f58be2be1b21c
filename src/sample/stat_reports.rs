//! The statistical forms (annexes 3 to 5) as the units report them, from what was counted while the sample was written.

use super::World;
use super::days::{YEAR, month_end};
use super::feeds_places::{STAT_REPORTS, STAT_REPORTS_WIDE};
use super::names::write_person;
use super::offices::quarters;
use super::regions::{COUNTIES, UNITS};
use super::sheet::{Cell, Delivery, Sheet};
use super::totals::{Figures, Tally};
use crate::error::Result;

/// Writes the units' quarterly forms: every other unit in the wide shape; each file repeats the earlier quarters. Most
/// report what was counted; two units report more.
pub fn write(world: &World, delivery: &mut Delivery<'_>, tally: &Tally) -> Result<()> {
    for quarter in quarters(world) {
        for (number, (unit, ..)) in UNITS.iter().enumerate() {
            let is_wide = number % 2 == 1;
            let feed = if is_wide { &STAT_REPORTS_WIDE } else { &STAT_REPORTS };
            let mut sheet = delivery.sheet(feed, unit, &format!("{YEAR}Q{quarter}"))?;
            for earlier in 1..=quarter {
                let regions = tally.regions(earlier * 3);
                if let Some(figures) = regions.get(*unit) {
                    let report = Report::new(world, number, earlier, figures);
                    if is_wide { report.write_wide(&mut sheet)? } else { report.write_long(&mut sheet)? }
                }
            }
            sheet.close()?;
        }
    }
    Ok(())
}

/// One unit's form of one quarter.
struct Report {
    unit: usize,
    quarter: u32,
    values: [f64; 8],
    planned: [Option<f64>; 8],
    filler: String,
    head: String,
}

impl Report {
    fn new(world: &World, unit: usize, quarter: u32, figures: &Figures) -> Report {
        // 四平 and 松原 report more people trained and at work than their counties' papers show. Invented.
        let adds = |number: u64, pct: u64| if matches!(unit, 2 | 6) { number + number * pct / 100 } else { number };
        let all = figures.employed.denominator;
        let at_work = adds(figures.employed.numerator, 4).min(all);
        let share = (at_work * 20_000 / all.max(1)).div_ceil(2) as f64 / 100.0;
        let trained = adds(figures.trained, 15);
        let counts = [figures.fairs, figures.workshops, figures.bases, trained, figures.brokers, all, at_work];
        let mut values = [share; 8];
        counts.iter().enumerate().for_each(|(at, count)| values[at] = *count as f64);
        let mut planned = [None; 8];
        (0..5).for_each(|task| {
            let of_unit = COUNTIES.iter().filter(|c| c.unit == unit + 1).map(|c| c.task[task]);
            planned[task] = Some(of_unit.sum::<u64>() as f64);
        });
        planned[7] = Some(60.0);
        let name = |role: &str| {
            let draw = world.draw.of(role).with(unit as u64);
            let mut name = String::new();
            write_person(&mut name, draw.of("family"), draw.of("given"), draw.chance(5_000), false);
            name
        };
        Report { unit, quarter, values, planned, filler: name("filler"), head: name("head") }
    }

    fn issued_on(&self) -> i32 {
        month_end(self.quarter * 3) - (self.unit as i32 % 4)
    }

    fn write_long(&self, sheet: &mut Sheet<'_, '_>) -> Result<()> {
        for (indicator, value) in self.values.iter().enumerate() {
            // Annexes 3 to 5 (DOMAIN J12): which indicator stands in which is assumed.
            let form = if indicator < 3 {
                "附件3"
            } else if indicator < 5 {
                "附件4"
            } else {
                "附件5"
            };
            sheet.row(&[
                Cell::Text(UNITS[self.unit].0),
                Cell::Text(&format!("{YEAR}Q{}", self.quarter)),
                Cell::Code(indicator),
                self.planned[indicator].map_or(Cell::Blank, Cell::Number),
                Cell::Number(*value),
                Cell::Text(form),
                Cell::Text(&self.filler),
                Cell::Text(&self.head),
                Cell::Day(self.issued_on()),
            ])?;
        }
        Ok(())
    }

    fn write_wide(&self, sheet: &mut Sheet<'_, '_>) -> Result<()> {
        let period = format!("{YEAR}Q{}", self.quarter);
        let mut cells = vec![Cell::Text(UNITS[self.unit].0), Cell::Text(&period)];
        cells.extend(self.values.iter().map(|value| Cell::Number(*value)));
        cells.extend([Cell::Text(&self.filler), Cell::Text(&self.head), Cell::Day(self.issued_on())]);
        sheet.row(&cells)
    }
}
