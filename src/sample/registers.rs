//! The registers with a row for every so many people: employment, services, public posts, loans.

use super::World;
use super::days::{YEAR, day, month_end, month_start};
use super::feeds_people::{EMPLOYMENT, LOANS, POSTS, SERVICES};
use super::names::{firm, write_person};
use super::people::{Person, Role};
use super::regions::COUNTIES;
use super::sheet::{Cell, Delivery};
use super::work::{FARMING, PUBLIC_POST, TRANSFER, VENTURE};
use crate::error::Result;

/// Places of work by kind of work (乡(镇)内, 乡外县内, 县外市内, 市外省内, 省外, 境外): so that of all at work three in
/// four work near home, one in ten elsewhere in the province, one in seven outside it (DOMAIN §3).
const PLACES_OF_WORK: [[u32; 6]; 4] =
    [[22, 24, 10, 12, 31, 1], [58, 28, 5, 4, 5, 0], [97, 3, 0, 0, 0, 0], [74, 20, 3, 2, 1, 0]];
const OUTSIDE: [&str; 10] = [
    "辽宁省大连市",
    "辽宁省沈阳市",
    "北京市",
    "天津市",
    "山东省青岛市",
    "山东省烟台市",
    "浙江省宁波市",
    "江苏省苏州市",
    "广东省深圳市",
    "黑龙江省哈尔滨市",
];

/// Where and how somebody works: the same in every feed.
pub struct Job {
    pub kind: usize,
    pub place: usize,
    pub channel: usize,
}

pub fn job(person: &Person) -> Job {
    let kind = person.kind_of_work();
    let place = person.draw("place").weighted(&PLACES_OF_WORK[kind]);
    let channel = match (kind, place) {
        (VENTURE, _) => 7,
        (PUBLIC_POST, _) => 0,
        (_, 4 | 5) => person.draw("channel").weighted(&[6, 5, 9, 12, 4, 0, 44, 18, 2]),
        (_, 2 | 3) => person.draw("channel").weighted(&[9, 0, 10, 12, 0, 4, 42, 21, 2]),
        _ => person.draw("channel").weighted(&[18, 0, 4, 14, 0, 0, 34, 28, 2]),
    };
    Job { kind, place, channel }
}

/// The spells of work that the register holds. Two truths (DOMAIN §2.1): a few spells were never recorded, and the end
/// of a few others was not. A few farmers are there as well, from spring.
fn recorded_spells(person: &Person, job: &mut Job, through: u32) -> Vec<(i32, Option<i32>)> {
    if !person.is_known(through) || person.draw("spell missing").chance(180) {
        return Vec::new();
    }
    let mut spells = person.spells(through);
    if spells.is_empty()
        && through >= 4
        && person.draw("spell of farming").chance(700)
        && person.status(Role::Home, through) == Some(FARMING)
    {
        *job = Job { kind: FARMING, place: 0, channel: 7 };
        spells.push((month_start(4) + person.draw("sows").below(28) as i32, None));
    }
    if person.draw("end missing").chance(2_000) {
        spells.truncate(1);
        spells.iter_mut().for_each(|spell| spell.1 = None);
    }
    spells
}

/// Writes the spells of work, one file a county.
pub fn write_employment(world: &World, delivery: &mut Delivery<'_>) -> Result<()> {
    let (mut id, mut name) = (String::new(), String::new());
    for (at, county) in COUNTIES.iter().enumerate() {
        let firms = 12 + (world.population.count(at) / 60).min(400);
        let firms: Vec<_> = (0..firms).map(|number| firm(world.draw, county, number)).collect();
        let mut sheet = delivery.sheet(&EMPLOYMENT, county.code, &world.period())?;
        for person in world.population.of_county(at) {
            let mut job = job(&person);
            for (started_on, ended_on) in recorded_spells(&person, &mut job, world.through) {
                person.write_id(&mut id);
                person.write_name(&mut name);
                let employer = (job.kind == TRANSFER && job.place < 4)
                    .then(|| &firms[person.draw("employer").below(firms.len() as u64) as usize]);
                let is_hired = matches!(job.kind, TRANSFER | PUBLIC_POST);
                let wage = match job.kind {
                    TRANSFER if job.place >= 4 => person.draw("wage").between(28, 60) * 100,
                    TRANSFER => person.draw("wage").between(18, 42) * 100,
                    PUBLIC_POST => person.draw("wage").between(3, 12) * 100,
                    _ => person.draw("wage").between(6, 35) * 100,
                };
                let to_region = match job.place {
                    0 | 1 => county.name,
                    4 => person.draw("outside").pick(&OUTSIDE),
                    5 => "韩国",
                    _ => "吉林省长春市",
                };
                sheet.row(&[
                    Cell::Text(&id),
                    Cell::Text(&name),
                    Cell::Day(started_on),
                    Cell::day(ended_on),
                    Cell::Code(job.kind),
                    Cell::Code(job.place),
                    Cell::Code(job.channel),
                    Cell::text(employer.map(|f| &*f.name)),
                    Cell::text(employer.map(|f| &*f.code)),
                    Cell::Int(wage),
                    Cell::flag(is_hired.then(|| person.draw("contract").chance(8_600))),
                    Cell::flag(is_hired.then(|| person.draw("insured").chance(5_200))),
                    Cell::flag(is_hired.then(|| person.draw("paid").chance(9_850))),
                    Cell::Text(to_region),
                ])?;
            }
        }
        sheet.close()?;
    }
    Ok(())
}

/// Kinds of service, by position in the code list.
const REFERRAL: usize = 0;
const GUIDANCE: usize = 1;
const POLICY_ADVICE: usize = 2;
const VENTURE_GUIDANCE: usize = 3;
const FOLLOW_UP: usize = 5;
const SURVEY: usize = 6;

/// Writes contacts with people, one file a county: a survey in winter, then follow-ups of those at work and referrals
/// for the others; at most one of a kind a month.
pub fn write_services(world: &World, delivery: &mut Delivery<'_>) -> Result<()> {
    let (mut id, mut mentor) = (String::new(), String::new());
    for (at, county) in COUNTIES.iter().enumerate() {
        // Laggards reach fewer.
        let pace = if county.lags() { 55 } else { 100 };
        let mut sheet = delivery.sheet(&SERVICES, county.code, &world.period())?;
        for person in world.population.of_county(at) {
            let surveyed_in = person.joined.max(person.draw("survey month").between(1, 3) as u32);
            let mut has_id = false;
            for month in person.joined..=world.through.min(person.left - 1) {
                let draw = person.draw("service").with(u64::from(month));
                let works = person.works(Role::Home, month);
                let is_able = person.is_able_upto(66);
                let is_venture = person.kind_of_work() == VENTURE;
                let kinds = [
                    (SURVEY, u64::from(month == surveyed_in) * 8_200),
                    (FOLLOW_UP, if works { 1_300 } else { 0 }),
                    (REFERRAL, if is_able && !works { 1_200 } else { 0 }),
                    (GUIDANCE, if is_able { 160 } else { 0 }),
                    (POLICY_ADVICE, 120),
                    (VENTURE_GUIDANCE, if works && is_venture { 700 } else { 0 }),
                ];
                for (kind, per_10k) in kinds {
                    let draw = draw.with(kind as u64);
                    if !draw.chance(per_10k * pace / 100) {
                        continue;
                    }
                    if !has_id {
                        person.write_id(&mut id);
                        has_id = true;
                    }
                    let has_mentor = kind == VENTURE_GUIDANCE;
                    if has_mentor {
                        let of = world.draw.of("mentor").with(at as u64).with(draw.of("mentor").below(12));
                        write_person(&mut mentor, of.of("family"), of.of("given"), true, false);
                    }
                    let contacts: [u32; 5] = if kind == SURVEY { [75, 22, 2, 1, 0] } else { [24, 46, 14, 10, 6] };
                    let results: &[&str] = match kind {
                        REFERRAL => &["已推荐", "已面试", "已上岗", "未达成意向"],
                        FOLLOW_UP => &["在岗稳定", "在岗稳定", "拟换岗"],
                        SURVEY => &["信息核实"],
                        _ => &["已答复"],
                    };
                    sheet.row(&[
                        Cell::Text(&id),
                        Cell::Day(month_start(month) + draw.of("day").below(28) as i32),
                        Cell::Code(kind),
                        Cell::Code(draw.of("contact").weighted(&contacts)),
                        Cell::Int(0),
                        Cell::text(has_mentor.then_some(&*mentor)),
                        Cell::Text(draw.of("result").pick(results)),
                    ])?;
                }
            }
        }
        sheet.close()?;
    }
    Ok(())
}

/// The public post that somebody holds: its number, first and last day.
pub fn post(person: &Person, through: u32) -> Option<(String, i32, Option<i32>)> {
    if !person.is_known(through) || person.kind_of_work() != PUBLIC_POST {
        return None;
    }
    let (started_on, ended_on) = person.spells(through).pop()?;
    Some((format!("GW{}{:07}", COUNTIES[person.county].code, person.local), started_on, ended_on))
}

/// Writes public posts, one file a county.
pub fn write_posts(world: &World, delivery: &mut Delivery<'_>) -> Result<()> {
    let mut id = String::new();
    for (at, county) in COUNTIES.iter().enumerate() {
        let villages = &world.villages[at];
        let mut sheet = delivery.sheet(&POSTS, county.code, &world.period())?;
        for person in world.population.of_county(at) {
            let Some((number, started_on, ended_on)) = post(&person, world.through) else { continue };
            person.write_id(&mut id);
            let village = &villages[person.draw("post village").below(villages.len() as u64) as usize];
            sheet.row(&[
                Cell::Text(&number),
                Cell::Code(person.draw("post kind").weighted(&[10, 12, 18, 42, 13, 5])),
                Cell::Text(&format!("{}村民委员会", village.name)),
                Cell::Text(&id),
                Cell::Flag(!person.draw("full time").chance(150)),
                Cell::Day(started_on),
                Cell::day(ended_on),
            ])?;
        }
        sheet.close()?;
    }
    Ok(())
}

/// A secured venture loan.
pub struct Loan {
    pub number: String,
    pub kind: usize,
    pub amount: i64,
    pub lent_on: i32,
    pub interest_subsidy: Option<i64>,
}

/// The loan of somebody with a venture of their own, if there is one.
pub fn loan(person: &Person, through: u32) -> Option<Loan> {
    if !person.is_known(through) || person.kind_of_work() != VENTURE || !person.draw("borrows").chance(4_000) {
        return None;
    }
    person.spells(through).pop()?;
    let kind = person.draw("loan kind").weighted(&[78, 8, 5, 9]);
    // Caps (DOMAIN E6–E8): 20万, 200万, 400万; one in a thousand is above.
    let (most, cap) = [(20, 200_000), (60, 2_000_000), (120, 4_000_000), (15, 200_000)][kind];
    let amount =
        if person.draw("over cap").chance(10) { cap + 50_000 } else { person.draw("amount").between(3, most) * 10_000 };
    let lent_on = day(YEAR, 1, 8) + person.draw("lent on").below(350) as i32;
    let interest_subsidy = person.draw("subsidised").chance(7_000).then_some(amount * 435 / 20_000);
    (lent_on <= month_end(through)).then(|| Loan {
        number: format!("DK{}{:07}", COUNTIES[person.county].code, person.local),
        kind,
        amount,
        lent_on,
        interest_subsidy,
    })
}

/// Writes loans, one file a county.
pub fn write_loans(world: &World, delivery: &mut Delivery<'_>) -> Result<()> {
    let (mut id, mut name) = (String::new(), String::new());
    for (at, county) in COUNTIES.iter().enumerate() {
        let mut sheet = delivery.sheet(&LOANS, county.code, &world.period())?;
        for person in world.population.of_county(at) {
            let Some(loan) = loan(&person, world.through) else { continue };
            person.write_id(&mut id);
            person.write_name(&mut name);
            sheet.row(&[
                Cell::Text(&loan.number),
                Cell::Text(&id),
                Cell::Text(&name),
                Cell::Code(loan.kind),
                Cell::Int(loan.amount),
                Cell::Day(loan.lent_on),
                Cell::int(loan.interest_subsidy),
            ])?;
        }
        sheet.close()?;
    }
    Ok(())
}
