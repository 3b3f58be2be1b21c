//! The people of the sample: who somebody is follows from the county and a number, nothing is remembered.
//! So ten million people cost no more memory than ten thousand, and any feed can ask about anybody at any time.
//! Pure; what people do for a living is in `work.rs`.

use super::days::{age_on, day, month_end, month_start};
use super::draw::{Draw, Shuffle, split};
use super::ids::{PAIRS, write_id};
use super::names::write_person;
use super::regions::{CHANGBAISHAN, COUNTIES};

/// Ages are counted from here: the sample's reference day.
const REFERENCE: i32 = day(2018, 9, 30);

/// From this age to the next band's, in ten thousandths. 46.5 % are over 60 (DOMAIN §3: "near half"); the rest assumed.
const AGES: [(u64, u64); 10] = [
    (15, 60),
    (16, 300),
    (20, 700),
    (30, 900),
    (40, 1_450),
    (50, 1_940),
    (60, 2_700),
    (70, 1_450),
    (80, 400),
    (90, 100),
];
const OLDEST: u64 = 97;

/// 普通劳动力, 技能劳动力, 弱劳动力或半劳动力, 丧失劳动力, 无劳动力: under 60, and above. Assumed.
const SKILLS: [[u32; 5]; 2] = [[70, 9, 13, 5, 3], [26, 3, 42, 14, 15]];

/// Sequence pairs of ID numbers by who uses them: people of the county, people who came from it to the next county,
/// people of 长白山 (which has no code of its own), people in no ledger, and those of 长白山 among them.
const PAIRS_OWN: (u64, u64) = (0, 400);
const PAIRS_MOVED: (u64, u64) = (400, 71);
const PAIRS_CHANGBAISHAN: (u64, u64) = (471, 9);
const PAIRS_OUTSIDE_CHANGBAISHAN: (u64, u64) = (480, 1);
const PAIRS_OUTSIDE: (u64, u64) = (481, PAIRS - 481);

/// More people than this would meet on one birth date in one county, and ID numbers would repeat.
pub const MOST_PEOPLE: u64 = 10_000_000;

/// "In no month."
pub const NEVER: u32 = 13;

/// In whose ledger a row stands: the county of registration, or a second one that lists the person too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Home,
    Guest,
}

/// All people, by county.
pub struct Population {
    draw: Draw,
    counties: Vec<Share>,
}

struct Share {
    people: u64,
    /// A person's place in the order of birth.
    rank: Shuffle,
    /// The order in which people are chosen for classes, workshops and the like.
    walk: Shuffle,
}

/// Somebody. Months run from 1 to 12; [`NEVER`] is after them.
#[derive(Clone)]
pub struct Person {
    pub county: usize,
    pub local: u64,
    pub born_on: i32,
    pub is_male: bool,
    pub skill: Option<usize>,
    pub in_school: bool,
    /// First month in the ledger, and the first month no longer in it.
    pub joined: u32,
    pub left: u32,
    /// First month in the second county's ledger.
    pub guest_from: u32,
    rank: u64,
    draw: Draw,
    /// What people of the county share.
    shared: Draw,
}

impl Population {
    pub fn new(people: u64, draw: Draw) -> Population {
        let weights: Vec<u64> = COUNTIES.iter().map(|c| c.people_weight).collect();
        let counties = split(people, &weights)
            .into_iter()
            .enumerate()
            .map(|(county, people)| {
                let draw = draw.of("share").with(county as u64);
                Share {
                    people,
                    rank: Shuffle::new(people, draw.of("rank")),
                    walk: Shuffle::new(people, draw.of("walk")),
                }
            })
            .collect();
        Population { draw: draw.of("person"), counties }
    }

    /// How many people a county registers.
    pub fn count(&self, county: usize) -> u64 {
        self.counties[county].people
    }

    /// The people of a county, in the order of their villages and households.
    pub fn of_county(&self, county: usize) -> impl Iterator<Item = Person> + '_ {
        (0..self.count(county)).map(move |local| self.person(county, local))
    }

    /// The people of a county in another order, from somewhere inside it: each once.
    pub fn walk(&self, county: usize, from: Draw) -> impl Iterator<Item = Person> + '_ {
        let share = &self.counties[county];
        let start = from.below(share.people);
        (0..share.people).map(move |at| self.person(county, share.walk.at((start + at) % share.people)))
    }

    pub fn person(&self, county: usize, local: u64) -> Person {
        let share = &self.counties[county];
        let shared = self.draw.with(county as u64);
        let draw = shared.with(local);
        let rank = share.rank.at(local);
        let born_on = REFERENCE - days_of_life(rank, share.people);
        let age = age_on(born_on, REFERENCE);
        let skill = draw.of("skill").weighted(&SKILLS[usize::from(age >= 60)]);
        let skill = (!draw.of("skill blank").chance(120)).then_some(skill);
        let in_school = draw.of("school").chance(match age {
            ..16 => 9_500,
            16..19 => 7_500,
            19..23 => 3_000,
            _ => 0,
        });
        let joined = if draw.of("joins").chance(300) { draw.of("joined").between(2, 12) as u32 } else { 1 };
        let is_guest = draw.of("guest").chance(25);
        let guest_from = if is_guest { draw.of("guest from").between(2, 8) as u32 } else { NEVER };
        let leaves = draw.of("leaves").chance(220);
        let mut left = if leaves { draw.of("left").between(2, 12) as u32 } else { NEVER };
        if is_guest {
            // Some are taken off the first list two months after they came onto the second; the others stay on both.
            left = if draw.of("moved").chance(4_000) { (guest_from + 2).min(12) } else { NEVER };
        }
        if left <= joined {
            left = NEVER;
        }
        let is_male = draw.of("sex").chance(5_250);
        Person { county, local, born_on, is_male, skill, in_school, joined, left, guest_from, rank, draw, shared }
    }
}

/// The days that the person at a place in the order of birth has lived, the youngest first.
fn days_of_life(rank: u64, people: u64) -> i32 {
    const WHOLE: u64 = 10_000 * 100_000;
    let at = (2 * rank + 1) * (WHOLE / 2) / people.max(1);
    let mut below = 0;
    let mut days = 0;
    for (band, (from, share)) in AGES.iter().enumerate() {
        let upto = AGES.get(band + 1).map_or(OLDEST, |(next, _)| *next);
        let width = share * 100_000;
        if at < below + width {
            let (first, last) = (from * 1_461 / 4 + 1, upto * 1_461 / 4);
            days = first + (at - below) * (last - first) / width;
            break;
        }
        below += width;
    }
    days as i32
}

impl Person {
    /// The point from which a field of this person is drawn.
    #[inline]
    pub fn draw(&self, field: &str) -> Draw {
        self.draw.of(field)
    }

    pub fn age_on(&self, on: i32) -> i32 {
        age_on(self.born_on, on)
    }

    /// Whether a ledger of a month lists the person: the home county's or the second one's.
    pub fn is_listed(&self, role: Role, month: u32) -> bool {
        match role {
            Role::Home => self.joined <= month && month < self.left,
            Role::Guest => self.guest_from <= month && self.joined <= month,
        }
    }

    /// The second county: the next in the table.
    pub fn guest_county(&self) -> usize {
        (self.county + 1) % COUNTIES.len()
    }

    /// Whether any ledger up to a month has listed the person.
    pub fn is_known(&self, month: u32) -> bool {
        self.joined <= month
    }

    /// Where the person counts in a month: in two ledgers, where the newer update is, ties the lower code (DOMAIN §2.3).
    pub fn counts_in(&self, month: u32) -> Option<usize> {
        let home = self.is_listed(Role::Home, month).then_some(self.county);
        let guest = self.is_listed(Role::Guest, month).then(|| self.guest_county());
        match (home, guest) {
            (Some(home), Some(guest)) => {
                let (at_home, as_guest) = (self.updated_on(Role::Home, month), self.updated_on(Role::Guest, month));
                Some(match at_home.cmp(&as_guest) {
                    std::cmp::Ordering::Greater => home,
                    std::cmp::Ordering::Less => guest,
                    std::cmp::Ordering::Equal => home.min(guest),
                })
            }
            (home, guest) => home.or(guest),
        }
    }

    /// The date of the last update that a month's ledger shows: most are updated every month, laggards' less often.
    pub fn updated_on(&self, role: Role, month: u32) -> Option<i32> {
        let is_guest = self.guest_from != NEVER;
        if role == Role::Guest && self.is_listed(Role::Home, month) && self.draw("same update").chance(2_000) {
            return self.updated_on(Role::Home, month);
        }
        if !is_guest && self.draw("update blank").chance(30) {
            return None;
        }
        let (county, draw) = match role {
            Role::Home => (self.county, self.draw("update")),
            Role::Guest => (self.guest_county(), self.draw("update guest")),
        };
        let per_10k = if COUNTIES[county].lags() { 7_000 } else { 9_400 };
        let updated = (self.joined..=month).rev().find(|m| draw.with(u64::from(*m)).chance(per_10k));
        Some(match updated {
            Some(m) => {
                let length = month_end(m) - month_start(m) + 1;
                month_start(m) + draw.with(u64::from(m)).of("day").below(length as u64) as i32
            }
            None => day(2017, 7, 1) + draw.of("before").below(180) as i32,
        })
    }

    /// The household, within the county: about two people each, neighbours in the register.
    pub fn household(&self) -> u64 {
        const PATTERNS: [[u64; 8]; 4] =
            [[0, 0, 1, 1, 1, 2, 3, 3], [0, 1, 1, 2, 2, 3, 3, 3], [0, 0, 0, 1, 1, 2, 2, 3], [0, 0, 1, 2, 2, 3, 3, 3]];
        let block = self.local / 8;
        let pattern = self.shared.of("block").with(block).pick(&PATTERNS);
        block * 4 + pattern[(self.local % 8) as usize]
    }

    pub fn is_korean(&self) -> bool {
        COUNTIES[self.county].unit == 9 && self.shared.of("korean").with(self.household()).chance(3_000)
    }

    pub fn write_name(&self, out: &mut String) {
        // Every second member bears the household's surname, the others (who married in) their own.
        let family = if self.local.is_multiple_of(2) {
            self.shared.of("family").with(self.household())
        } else {
            self.draw("family")
        };
        write_person(out, family, self.draw("given"), self.is_male, self.is_korean());
    }

    /// The ID number. Its first six digits are where the person was first registered: mostly this county, else a former
    /// code of it, the county before it in the table, or a county of another province.
    pub fn write_id(&self, out: &mut String) {
        let county = &COUNTIES[self.county];
        let came = self.draw("prefix").below(10_000);
        let (prefix, pairs) = if county.code == CHANGBAISHAN {
            (county.prefix(), PAIRS_CHANGBAISHAN)
        } else if came >= 9_800 {
            (county.elsewhere_code, PAIRS_OWN)
        } else if came >= 9_400 && self.county > 0 {
            (COUNTIES[self.county - 1].prefix(), PAIRS_MOVED)
        } else if came >= 9_000 && !county.former_code.is_empty() && self.born_on < day(1985, 1, 1) {
            (county.former_code, PAIRS_OWN)
        } else {
            (county.prefix(), PAIRS_OWN)
        };
        // People born on one day follow each other in rank, so their remainders differ.
        write_id(out, prefix, self.born_on, pairs.0 + self.rank % pairs.1, self.is_male);
    }
}

/// Somebody in no ledger: a broker, a trainee or a worker who is not registered as poor.
pub struct Outsider {
    pub id: String,
    pub name: String,
}

/// An outsider of a county; numbers below 12,000 are different people.
pub fn outsider(world: Draw, county: usize, number: u64) -> Outsider {
    let draw = world.of("outsider").with(county as u64).with(number);
    let (first, count) = if COUNTIES[county].code == CHANGBAISHAN { PAIRS_OUTSIDE_CHANGBAISHAN } else { PAIRS_OUTSIDE };
    // 7,919 is prime: each number has a birth date of its own, from 1962 to 1994.
    let born_on = day(1962, 1, 1) + (number * 7_919 % 12_000) as i32;
    let is_male = draw.of("sex").chance(6_500);
    let (mut id, mut name) = (String::new(), String::new());
    write_id(&mut id, COUNTIES[county].prefix(), born_on, first + draw.of("pair").below(count), is_male);
    write_person(&mut name, draw.of("family"), draw.of("given"), is_male, false);
    Outsider { id, name }
}
