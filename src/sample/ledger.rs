//! The ledger: one file a county and month, written row by row, and the share at work (T6) counted on the way.

use super::World;
use super::days::{YEAR, day, first_of_month, month_end, month_start};
use super::feeds_people::LEDGER;
use super::ids::{push_digits, write_phone};
use super::people::{NEVER, Person, Role};
use super::regions::COUNTIES;
use super::sheet::{Cell, Delivery, Sheet};
use super::totals::Tally;
use super::villages::Village;
use super::work::counts_as_employed;
use crate::error::Result;

/// Writes every county's ledger of every month.
pub fn write(world: &World, delivery: &mut Delivery<'_>, tally: &mut Tally) -> Result<()> {
    for (county, region) in COUNTIES.iter().enumerate() {
        for month in 1..=world.through {
            let mut sheet = delivery.sheet(&LEDGER, region.code, &format!("{YEAR}-{month:02}"))?;
            let mut page = Page { world, county, month, village_at: 0, words: Words::default() };
            for person in world.population.of_county(county) {
                page.write(&person, Role::Home, &mut sheet, tally)?;
            }
            // The people whom this county lists though the one before it in the table registers them.
            let before = (county + COUNTIES.len() - 1) % COUNTIES.len();
            for person in world.population.of_county(before).filter(|p| p.guest_from != NEVER) {
                page.write(&person, Role::Guest, &mut sheet, tally)?;
            }
            sheet.close()?;
        }
    }
    Ok(())
}

/// A county's ledger of a month in the making.
struct Page<'w> {
    world: &'w World,
    county: usize,
    month: u32,
    village_at: usize,
    words: Words,
}

/// Cells that are put together, kept to be written over.
#[derive(Default)]
struct Words {
    id: String,
    name: String,
    phone: String,
    household: String,
}

impl<'w> Page<'w> {
    fn write(&mut self, person: &Person, role: Role, sheet: &mut Sheet<'_, '_>, tally: &mut Tally) -> Result<()> {
        if !person.is_listed(role, self.month) {
            return Ok(());
        }
        let end = month_end(self.month);
        let age = person.age_on(end);
        let status = person.status(role, self.month);
        self.count(person, age, status, tally);
        self.fill_words(person, role);
        let village = self.village(person, role);
        let in_school = (!person.draw("school blank").chance(150)).then_some(person.in_school);
        let wish = work_wish(person, age, status);
        let graduate = (!person.in_school && (16..26).contains(&age) && person.draw("graduate").chance(2_000))
            .then(|| person.draw("graduate kind").weighted(&[30, 40, 30]));
        let verified_on = person.draw("verified").chance(9_700).then(|| verified_on(person)).filter(|on| *on <= end);
        let words = &self.words;
        sheet.row(&[
            Cell::Text(&words.id),
            Cell::Text(&words.name),
            Cell::code((!person.draw("sex blank").chance(20)).then_some(usize::from(!person.is_male))),
            Cell::Int(i64::from(age)),
            Cell::Code(ethnicity(person)),
            Cell::Text(&village.code),
            Cell::Text(&village.town),
            Cell::Text(&village.name),
            Cell::Text(&words.household),
            Cell::text(person.draw("has phone").chance(8_600).then_some(&*words.phone)),
            Cell::code((!person.draw("education blank").chance(150)).then(|| education(person, age))),
            Cell::code(person.skill),
            Cell::flag(in_school),
            Cell::code(status),
            Cell::code(
                (!person.draw("job wish blank").chance(700)).then(|| person.draw("job wish").below(13) as usize),
            ),
            Cell::code(wish),
            Cell::code((!person.draw("need blank").chance(200)).then(|| training_need(person, wish))),
            Cell::flag((age < 75).then(|| age < 55 && person.draw("goes out").chance(4_500))),
            Cell::code(graduate),
            Cell::day(
                graduate.map(|_| first_of_month(day(2015, 6, 15) + person.draw("left school").below(1_095) as i32)),
            ),
            Cell::Code(person.draw("exit").weighted(&[38, 60, 2])),
            Cell::Code(person.draw("survey").weighted(&[62, 22, 12, 4])),
            Cell::day(verified_on),
            Cell::day(person.updated_on(role, self.month)),
        ])
    }

    /// T6 (DOMAIN §2.1–2.3): of those aged 16 to 59, able (a blank counts as able) and not at school, who has work.
    /// Somebody in two ledgers counts once.
    fn count(&self, person: &Person, age: i32, status: Option<usize>, tally: &mut Tally) {
        if person.guest_from != NEVER && person.counts_in(self.month) != Some(self.county) {
            return;
        }
        if self.month == self.world.through {
            tally.people_in_ledger += 1;
            let twice = person.is_listed(Role::Home, self.month) && person.is_listed(Role::Guest, self.month);
            tally.people_in_two_ledgers += u64::from(twice);
        }
        let says_in_school = person.in_school && !person.draw("school blank").chance(150);
        if (16..60).contains(&age) && matches!(person.skill, None | Some(0 | 1)) && !says_in_school {
            let share = &mut tally.at(self.month, self.county).employed;
            share.denominator += 1;
            share.numerator += u64::from(status.is_some_and(counts_as_employed));
        }
    }

    fn fill_words(&mut self, person: &Person, role: Role) {
        let words = &mut self.words;
        person.write_id(&mut words.id);
        person.write_name(&mut words.name);
        write_phone(&mut words.phone, person.draw("phone"));
        words.household.clear();
        words.household.push_str(COUNTIES[self.county].code);
        let household = match role {
            Role::Home => person.household(),
            // Households of newcomers stand behind all others.
            Role::Guest => 9_000_000 + person.local,
        };
        push_digits(&mut words.household, household as u32, 7);
    }

    /// Eight neighbours live in one village; villages follow each other in the register as on the map.
    fn village(&mut self, person: &Person, role: Role) -> &'w Village {
        let villages: &'w [Village] = &self.world.villages[self.county];
        let last = villages.len() - 1;
        match role {
            Role::Guest => &villages[person.draw("guest village").below(villages.len() as u64) as usize],
            Role::Home => {
                let total = villages[last].weight_upto;
                let people = self.world.population.count(self.county);
                let block = person.local / 8 * 8;
                while self.village_at < last && villages[self.village_at].weight_upto * people <= block * total {
                    self.village_at += 1;
                }
                &villages[self.village_at]
            }
        }
    }
}

fn ethnicity(person: &Person) -> usize {
    if person.is_korean() {
        return 2;
    }
    match COUNTIES[person.county].code {
        "220323" => person.draw("ethnicity").weighted(&[62, 37, 0, 1, 0]),
        "220721" | "220821" | "220822" => person.draw("ethnicity").weighted(&[84, 4, 0, 12, 0]),
        _ => person.draw("ethnicity").weighted(&[93, 5, 0, 1, 1]),
    }
}

/// The older, the shorter the schooling. Assumed.
fn education(person: &Person, age: i32) -> usize {
    let weights: [u32; 6] = match age {
        ..20 => [1, 12, 60, 26, 1, 0],
        20..35 => [2, 22, 55, 14, 5, 2],
        35..60 => [5, 42, 45, 7, 1, 0],
        _ => [30, 52, 16, 2, 0, 0],
    };
    person.draw("education").weighted(&weights)
}

fn work_wish(person: &Person, age: i32, status: Option<usize>) -> Option<usize> {
    if person.draw("wish blank").chance(200) {
        return None;
    }
    let weights: [u32; 3] = match (status, person.skill) {
        _ if age >= 66 || matches!(person.skill, Some(3 | 4)) => [4, 0, 96],
        (Some(1), _) => [25, 65, 10],
        (Some(0 | 2 | 3), _) => [80, 6, 14],
        _ => [58, 7, 35],
    };
    Some(person.draw("wish").weighted(&weights))
}

fn training_need(person: &Person, wish: Option<usize>) -> usize {
    let weights: [u32; 5] = match wish {
        Some(0) => [18, 6, 1, 20, 55],
        Some(1) => [8, 3, 30, 14, 45],
        _ => [1, 0, 0, 5, 94],
    };
    person.draw("need").weighted(&weights)
}

/// Most were verified by the end of March, the national deadline (DOMAIN A2); newcomers in their first month.
fn verified_on(person: &Person) -> i32 {
    if person.joined > 1 {
        month_start(person.joined) + person.draw("verified on").below(28) as i32
    } else {
        day(YEAR, 1, 5) + person.draw("verified on").below(95) as i32
    }
}
