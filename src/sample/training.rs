//! Classes and who is in them: the training register, and the people trained (T4) counted on the way.

use super::World;
use super::days::{YEAR, day, month_end};
use super::draw::Draw;
use super::feeds_people::TRAINING;
use super::people::{Outsider, Person, outsider};
use super::regions::{COUNTIES, TRAINED, WITHOUT_TRAINING};
use super::sheet::{Cell, Delivery, Sheet};
use super::totals::Tally;
use crate::error::Result;
use std::collections::BTreeMap;

/// People trained in the whole year: the province's task of 5,000 and a little more, but no more than this share of the
/// people (a sample of 20,000 stands for 200,000, of whom one in forty is trained: T4 would be out of sight otherwise).
const TRAINED_IN_YEAR: u64 = 5_200;
const TRAINED_AT_MOST_PCT: u64 = 26;

/// 技工教育 by position in the code list: not counted for T4 (DOMAIN §2.4).
pub const TECHNICAL_SCHOOL: usize = 4;
/// Types of training (就业技能, 劳务品牌, 创业, 实用技术, 技工教育) and how long each takes, in days. Assumed.
const TYPES: [u32; 5] = [43, 15, 9, 33, 0];
const LENGTHS: [(i64, i64); 5] = [(10, 25), (15, 30), (7, 10), (3, 10), (120, 140)];
/// Numbers of classes that do not come in the year's turn.
const LAST_YEARS_CLASS: usize = 900;
const SCHOOL_CLASS: usize = 910;
const SECOND_CLASS: usize = 950;
/// Subjects: DOMAIN C1 for the practical ones.
const SUBJECTS: [&[&str]; 5] = [
    &["家政服务", "缝纫", "电焊", "中式烹饪", "养老护理", "保安", "装配"],
    &["家政服务员", "建筑工", "月嫂", "厨师"],
    &["创办你的企业", "产生你的企业想法"],
    &["棚膜蔬菜", "食用菌栽植", "人参种植", "杂粮杂豆", "禽畜养殖", "品牌培训", "电商孵化"],
    &["汽车维修", "数控加工", "护理"],
];

/// A class and its people.
pub struct Class {
    pub number: String,
    pub kind: usize,
    pub subject: &'static str,
    pub mode: usize,
    pub institution: String,
    pub started_on: i32,
    /// Planned until it comes.
    pub ended_on: i32,
    pub people: Vec<Person>,
    outsiders: Vec<Outsider>,
}

/// The classes that a county has begun by the through month: some hundred people at most, however many it registers.
pub fn classes(world: &World, at: usize) -> Vec<Class> {
    let county = &COUNTIES[at];
    let registered = world.population.count(at);
    let draw = world.draw.of("training").of(county.code);
    if registered == 0 || county.code == WITHOUT_TRAINING {
        return Vec::new();
    }
    let pace = if county.lags() { 55 } else { draw.of("pace").between(92, 108) as u64 };
    let year = (world.people * TRAINED_AT_MOST_PCT / 100).min(TRAINED_IN_YEAR);
    let quota = (year * county.task[TRAINED] * pace / 500_000).min(registered * 30 / 100);
    let mut trainees = world.population.walk(at, draw.of("walk")).filter(|p| p.joined == 1 && p.is_able_upto(66));
    let mut classes = Vec::new();
    let mut seated = 0;
    while seated < quota {
        let draw = draw.with(seated);
        let left = quota - seated;
        // 20 to 50 in a class; a rest too small for a class of its own sits with the last.
        let size = if left < 45 { left } else { draw.of("size").between(20, 40.min(left as i64 - 20)) as u64 };
        let middle = ((seated + size / 2) * 335 / quota) as i32;
        let started_on = day(YEAR, 1, 12) + middle + draw.of("jitter").between(-8, 8) as i32;
        seated += size;
        if started_on <= month_end(world.through) {
            classes.push(class(world, at, classes.len(), draw, started_on, trainees.by_ref().take(size as usize)));
        } else {
            trainees.by_ref().take(size as usize).for_each(drop);
        }
    }
    if quota >= 50 {
        // Begun in the old year: not of this year, though it ended in it.
        let draw = draw.of("last year");
        classes.push(class(world, at, LAST_YEARS_CLASS, draw, day(YEAR - 1, 12, 11), trainees.by_ref().take(22)));
    }
    let school_from = day(YEAR, 3, 5);
    if quota >= 80 && school_from <= month_end(world.through) {
        // A term of technical schooling for the young (两后生).
        let draw = draw.of("school");
        let young =
            world.population.walk(at, draw).filter(|p| p.joined == 1 && (16..22).contains(&p.age_on(school_from)));
        classes.push(class(world, at, SCHOOL_CLASS, draw, school_from, young.take(16)));
    }
    if let Some(again) = second_class(world, at, &classes) {
        classes.push(again);
    }
    classes
}

fn class(
    world: &World,
    at: usize,
    number: usize,
    draw: Draw,
    started_on: i32,
    people: impl Iterator<Item = Person>,
) -> Class {
    let county = &COUNTIES[at];
    let kind = match number {
        SCHOOL_CLASS => TECHNICAL_SCHOOL,
        LAST_YEARS_CLASS.. => 0,
        _ => draw.of("type").weighted(&TYPES),
    };
    let (shortest, longest) = LENGTHS[kind];
    let institution = [
        format!("{}就业培训学校", county.short),
        format!("{}职业技能培训中心", county.short),
        format!("{}农民科技教育学校", county.short),
    ];
    Class {
        number: format!("PX{}{:04}", county.code, number + 1),
        kind,
        subject: draw.of("subject").pick(SUBJECTS[kind]),
        mode: draw.of("mode").weighted(&[22, 14, 10, 26, 28]),
        institution: institution[draw.of("institution").weighted(&[5, 3, 2])].clone(),
        started_on,
        ended_on: started_on + draw.of("length").between(shortest, longest) as i32,
        people: people.collect(),
        outsiders: (0..draw.of("outsiders").below(3))
            .map(|n| outsider(world.draw, at, 3_000 + number as u64 * 3 + n))
            .collect(),
    }
}

/// A class for some who were trained before: person-times are more than persons.
fn second_class(world: &World, at: usize, classes: &[Class]) -> Option<Class> {
    let started_on = day(YEAR, 8, 20);
    let before = classes
        .iter()
        .filter(|c| c.kind != TECHNICAL_SCHOOL && c.ended_on < started_on && c.started_on >= day(YEAR, 1, 1));
    let people: Vec<Person> = before.flat_map(|c| &c.people).filter(|p| p.draw("again").chance(900)).cloned().collect();
    let draw = world.draw.of("second class").with(at as u64);
    (!people.is_empty() && started_on <= month_end(world.through))
        .then(|| Class {
            kind: 0,
            subject: "家政服务",
            ..class(world, at, SECOND_CLASS, draw, started_on, people.into_iter())
        })
        .map(|class| Class { ended_on: started_on + 14, ..class })
}

impl Class {
    pub fn has_ended_by(&self, on: i32) -> bool {
        self.ended_on <= on
    }

    /// Whether somebody finished the class, once it is over.
    pub fn is_completed_by(&self, person: &Person) -> bool {
        person.draw("completes").of(&self.number).chance(9_650)
    }

    /// Yuan for each person.
    pub fn subsidy(&self) -> i64 {
        [1_200, 1_000, 1_500, 600, 3_000][self.kind]
    }

    /// Whether it counts for T4: begun this year, no technical schooling.
    fn counts(&self) -> bool {
        self.kind != TECHNICAL_SCHOOL && self.started_on >= day(YEAR, 1, 1)
    }
}

/// Writes the register, one file a county, and counts everybody once, from the end of the first course that counts.
pub fn write(world: &World, delivery: &mut Delivery<'_>, tally: &mut Tally) -> Result<()> {
    let end = month_end(world.through);
    for (at, county) in COUNTIES.iter().enumerate() {
        if county.code == WITHOUT_TRAINING {
            continue;
        }
        let mut sheet = delivery.sheet(&TRAINING, county.code, &world.period())?;
        let mut trained: BTreeMap<u64, (i32, Person)> = BTreeMap::new();
        for class in classes(world, at) {
            let is_over = class.has_ended_by(end);
            for person in &class.people {
                let completed = class.is_completed_by(person);
                if completed && is_over && class.counts() {
                    let first = trained.entry(person.local).or_insert_with(|| (class.ended_on, person.clone()));
                    first.0 = first.0.min(class.ended_on);
                }
                let (mut id, mut name) = (String::new(), String::new());
                person.write_id(&mut id);
                person.write_name(&mut name);
                row(
                    &mut sheet,
                    &class,
                    (&id, &name),
                    is_over.then_some(completed),
                    person.draw("class").of(&class.number),
                    end,
                )?;
            }
            for other in &class.outsiders {
                let draw = world.draw.of(&other.id);
                row(&mut sheet, &class, (&other.id, &other.name), is_over.then_some(true), draw, end)?;
            }
        }
        sheet.close()?;
        for (ended_on, person) in trained.into_values() {
            for month in (1..=world.through).filter(|month| ended_on <= month_end(*month)) {
                if let Some(county) = person.counts_in(month) {
                    tally.at(month, county).trained += 1;
                }
            }
        }
    }
    Ok(())
}

fn row(
    sheet: &mut Sheet<'_, '_>,
    class: &Class,
    (id, name): (&str, &str),
    completed: Option<bool>,
    draw: Draw,
    end: i32,
) -> Result<()> {
    let ended_on = completed.map(|_| class.ended_on);
    let followed_up_on = ended_on.map(|on| on + draw.of("followed up").between(15, 60) as i32);
    let followed_up_on = followed_up_on.filter(|on| *on <= end && draw.of("is followed up").chance(7_200));
    sheet.row(&[
        Cell::Text(id),
        Cell::Text(name),
        Cell::Text(&class.number),
        Cell::Code(class.kind),
        Cell::Text(class.subject),
        Cell::Code(class.mode),
        Cell::Text(&class.institution),
        Cell::Flag(!class.institution.ends_with("科技教育学校")),
        Cell::Day(class.started_on),
        Cell::day(ended_on),
        Cell::flag(completed),
        // One in two hundred and fifty was asked to pay.
        Cell::Int(if draw.of("pays").chance(40) { 100 } else { 0 }),
        Cell::int(completed.filter(|c| *c).map(|_| class.subsidy())),
        Cell::day(followed_up_on),
    ])
}
