//! What people do for a living, month by month, and the spells of work that follow from it. Pure.

use super::days::{day, month_end, month_start};
use super::people::{Person, Role};
use super::regions::COUNTIES;

/// Positions in the code list of 就业失业状况.
pub const TRANSFER: usize = 0;
pub const VENTURE: usize = 1;
pub const PUBLIC_POST: usize = 2;
pub const FLEXIBLE: usize = 3;
pub const FARMING: usize = 4;
pub const UNEMPLOYED: usize = 5;

/// The four that count as employed (DOMAIN §2.1).
pub fn counts_as_employed(status: usize) -> bool {
    matches!(status, TRANSFER | VENTURE | PUBLIC_POST | FLEXIBLE)
}

/// Ten thousandths of the able who have work in a month: so that the province stands at 57–60 % in September 2018.
/// Assumed to rise by a good percentage point a month; the three laggards lie far below.
fn share_at_work(county: usize, month: u32) -> u64 {
    let county = &COUNTIES[county];
    // A few points up or down, by county.
    let own = county.code.bytes().fold(7_u64, |h, b| h * 31 + u64::from(b)) % 701;
    if county.lags() { 3_500 + own / 2 + 60 * u64::from(month) } else { 4_640 + own + 125 * u64::from(month) }
}

/// 转移, 自主创业, 公益性岗位, 灵活: among the able under 60, and among the others who work. Assumed.
const KINDS: [[u32; 4]; 2] = [[56, 6, 13, 25], [14, 3, 25, 58]];

/// How able a person is to work.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ability {
    Able,
    Some,
    None,
}

impl Person {
    fn ability(&self) -> Ability {
        let age = self.age_on(day(2018, 9, 30));
        match self.skill {
            Some(3 | 4) => Ability::None,
            _ if self.in_school || !(16..75).contains(&age) => Ability::None,
            None | Some(0 | 1) if age < 60 => Ability::Able,
            _ => Ability::Some,
        }
    }

    /// Whether the person could be in a class, on a roster or the like.
    pub fn is_able_upto(&self, oldest: i32) -> bool {
        self.ability() != Ability::None && self.age_on(day(2018, 9, 30)) < oldest
    }

    /// Whether the person has work in a month, as the county of a role sees it.
    pub fn works(&self, role: Role, month: u32) -> bool {
        let differs = role == Role::Guest && self.draw("conflict").chance(5_000);
        let luck = self.draw(if differs { "work guest" } else { "work" }).below(10_000);
        let able = match self.ability() {
            Ability::Able => share_at_work(self.county, month),
            Ability::Some => share_at_work(self.county, month) * 36 / 100,
            Ability::None => share_at_work(self.county, month) * 2 / 100,
        };
        luck < able && !self.is_between_jobs(month)
    }

    /// Three in a hundred lose their work for some months.
    fn is_between_jobs(&self, month: u32) -> bool {
        if !self.draw("break").chance(300) {
            return false;
        }
        let from = self.draw("break from").between(3, 11) as u32;
        let months = self.draw("break months").between(1, 4) as u32;
        (from..from + months).contains(&month)
    }

    /// The kind of work when there is some: it stays the same all year.
    pub fn kind_of_work(&self) -> usize {
        self.draw("kind").weighted(&KINDS[usize::from(self.ability() != Ability::Able)])
    }

    /// 就业失业状况 in a month's ledger; a few cells are blank.
    pub fn status(&self, role: Role, month: u32) -> Option<usize> {
        if self.draw("status blank").chance(60) {
            None
        } else if self.works(role, month) {
            Some(self.kind_of_work())
        } else if self.draw("farms").chance(3_500) && self.age_on(month_end(month)) < 76 {
            Some(FARMING)
        } else {
            Some(UNEMPLOYED)
        }
    }

    /// Spells of work up to a month: first day and, once it is over, last day. At most one break, so at most two.
    pub fn spells(&self, through: u32) -> Vec<(i32, Option<i32>)> {
        let mut spells: Vec<(i32, Option<i32>)> = Vec::new();
        let mut at_work = false;
        for month in 1..=through {
            let works = self.works(Role::Home, month);
            let some_day = |field: &str| month_start(month) + self.draw(field).with(u64::from(month)).below(28) as i32;
            if works && !at_work {
                // Before the year, but not before the sixteenth birthday.
                let before = day(2015, 3, 1) + self.draw("since").below(1_000) as i32;
                let before = before.max(self.born_on + 16 * 366).min(month_start(1));
                spells.push((if month == 1 { before } else { some_day("starts") }, None));
            } else if at_work
                && !works
                && let Some(last) = spells.last_mut()
            {
                last.1 = Some(some_day("ends"));
            }
            at_work = works;
        }
        spells
    }
}
