//! Subsidies and awards paid, for what the other registers say was done.

use super::World;
use super::days::{YEAR, day, month_end};
use super::draw::Draw;
use super::feeds_people::PAYMENTS;
use super::names::firm;
use super::people::Person;
use super::regions::{COUNTIES, County};
use super::registers::{job, loan, post};
use super::sheet::{Cell, Delivery, Sheet};
use super::sites::{self, BASE, PROVINCIAL, WORKSHOP};
use super::training::{TECHNICAL_SCHOOL, classes};
use super::work::{FLEXIBLE, TRANSFER, VENTURE};
use crate::error::Result;

/// Positions in the code list of 补贴类型.
const TRAINING: usize = 0;
const CERTIFICATE: usize = 1;
const YULU: usize = 2;
const PROJECT: usize = 3;
const WORKSHOP_AWARD: usize = 4;
const BASE_GRANT: usize = 5;
const FIRST_VENTURE: usize = 6;
const INSURANCE: usize = 7;
const JOB_SEARCH: usize = 8;
const INTERNSHIP: usize = 9;
const POST: usize = 10;
const EXPORT: usize = 11;
const INTEREST: usize = 12;

/// A payment; those to a person name one, those to an enterprise give its code.
struct Payment<'a> {
    kind: usize,
    person: Option<&'a Person>,
    payee: &'a str,
    enterprise_code: Option<&'a str>,
    reference: Option<&'a str>,
    people: i64,
    amount: i64,
    paid_on: i32,
}

/// A county's payments being written: numbered as they come, those after the through month left out.
struct Book<'s, 'd, 'a> {
    sheet: Sheet<'d, 'a>,
    county: &'s County,
    end: i32,
    number: u64,
    id: String,
    name: String,
}

/// Writes the payments, one file a county.
pub fn write(world: &World, delivery: &mut Delivery<'_>) -> Result<()> {
    for (at, county) in COUNTIES.iter().enumerate() {
        let sheet = delivery.sheet(&PAYMENTS, county.code, &world.period())?;
        let end = month_end(world.through);
        let mut book = Book { sheet, county, end, number: 0, id: String::new(), name: String::new() };
        for_classes(world, at, &mut book)?;
        for_sites(world, at, &mut book)?;
        for person in world.population.of_county(at).filter(|person| person.is_known(world.through)) {
            for_person(world, &person, &mut book)?;
        }
        book.sheet.close()?;
    }
    Ok(())
}

impl Book<'_, '_, '_> {
    fn pay(&mut self, payment: &Payment<'_>) -> Result<()> {
        if payment.paid_on > self.end || payment.amount <= 0 {
            return Ok(());
        }
        self.number += 1;
        if let Some(person) = payment.person {
            person.write_id(&mut self.id);
            person.write_name(&mut self.name);
        }
        let payee = if payment.payee.is_empty() { &self.name } else { payment.payee };
        let is_export = payment.kind == EXPORT;
        self.sheet.row(&[
            Cell::Text(&format!("BT{}{:07}", self.county.code, self.number)),
            Cell::Code(payment.kind),
            Cell::text(payment.person.map(|_| &*self.id)),
            Cell::Text(payee),
            Cell::text(payment.enterprise_code),
            Cell::text(payment.reference),
            Cell::Int(payment.people),
            Cell::Int(payment.amount),
            Cell::Day(payment.paid_on),
            Cell::flag(is_export.then_some(true)),
            Cell::flag(is_export.then_some(true)),
        ])
    }
}

fn for_classes(world: &World, at: usize, book: &mut Book<'_, '_, '_>) -> Result<()> {
    let end = book.end;
    for class in classes(world, at).iter().filter(|class| class.kind == TECHNICAL_SCHOOL || class.has_ended_by(end)) {
        let draw = world.draw.of("class payment").of(&class.number);
        let paid_on = class.ended_on + draw.of("days").between(20, 70) as i32;
        if class.kind == TECHNICAL_SCHOOL {
            for person in &class.people {
                let paid_on = class.started_on + draw.of("yulu").between(60, 120) as i32;
                book.pay(&Payment {
                    kind: YULU,
                    person: Some(person),
                    payee: "",
                    enterprise_code: None,
                    reference: Some(&class.number),
                    people: 1,
                    amount: 1_500,
                    paid_on,
                })?;
            }
            continue;
        }
        let completed = class.people.iter().filter(|person| class.is_completed_by(person)).count() as i64;
        let to_school = |kind: usize, amount: i64| Payment {
            kind,
            person: None,
            payee: &class.institution,
            enterprise_code: None,
            reference: Some(&class.number),
            people: completed,
            amount: amount * completed,
            paid_on,
        };
        // 项目制 is the fourth mode.
        book.pay(&to_school(if class.mode == 3 { PROJECT } else { TRAINING }, class.subsidy()))?;
        if class.kind == 0 && draw.of("certified").chance(5_000) {
            book.pay(&to_school(CERTIFICATE, 180))?;
        }
    }
    Ok(())
}

fn for_sites(world: &World, at: usize, book: &mut Book<'_, '_, '_>) -> Result<()> {
    for (site, workers) in sites::rosters(world, at) {
        if site.recognised_on < day(YEAR, 1, 1) || site.cancelled_on.is_some() {
            continue;
        }
        let firm = sites::firm_of(world, site);
        let draw = world.draw.of("site payment").of(&site.number);
        let people = workers.iter().filter(|worker| worker.person.is_some()).count() as i64;
        // 1,000 yuan a person, at most 50,000 (DOMAIN D3); grants to bases: assumed.
        let (kind, amount) = match (site.kind, site.level) {
            (WORKSHOP, _) => (WORKSHOP_AWARD, (people * 1_000).min(50_000)),
            (BASE, PROVINCIAL) => (BASE_GRANT, 200_000),
            _ => continue,
        };
        book.pay(&Payment {
            kind,
            person: None,
            payee: &firm.name,
            enterprise_code: Some(&firm.code),
            reference: Some(&site.number),
            people,
            amount,
            paid_on: site.recognised_on + draw.of("days").between(40, 110) as i32,
        })?;
    }
    Ok(())
}

/// What is paid for somebody: by chance, on a day of the year that may still lie ahead.
fn for_person(world: &World, person: &Person, book: &mut Book<'_, '_, '_>) -> Result<()> {
    let some_day = |draw: Draw| day(YEAR, 2, 10) + draw.of("paid on").below(320) as i32;
    let job = job(person);
    let to_person = |kind: usize, amount: i64, paid_on: i32| Payment {
        kind,
        person: Some(person),
        payee: "",
        enterprise_code: None,
        reference: None,
        people: 1,
        amount,
        paid_on,
    };
    if let Some((number, started_on, _)) = post(person, world.through) {
        let draw = person.draw("post payment");
        if draw.chance(4_500) {
            let paid_on = some_day(draw).max(started_on + 30);
            book.pay(&Payment {
                reference: Some(&number),
                ..to_person(POST, draw.of("amount").between(6, 36) * 100, paid_on)
            })?;
        }
    }
    if let Some(loan) = loan(person, world.through)
        && let Some(amount) = loan.interest_subsidy
    {
        let to_borrower = to_person(INTEREST, amount, loan.lent_on + 95);
        book.pay(&Payment { reference: Some(&loan.number), ..to_borrower })?;
    }
    let works = |kind: usize| job.kind == kind && !person.spells(world.through).is_empty();
    let draw = person.draw("payment");
    if draw.of("venture").chance(4_000) && works(VENTURE) {
        book.pay(&to_person(FIRST_VENTURE, 5_000, some_day(draw.of("venture"))))?;
    }
    if draw.of("insurance").chance(500) && works(FLEXIBLE) {
        book.pay(&to_person(INSURANCE, draw.of("amount").between(12, 48) * 100, some_day(draw.of("insurance"))))?;
    }
    let age = person.age_on(day(YEAR, 9, 30));
    if (20..26).contains(&age) && draw.of("search").chance(250) {
        book.pay(&to_person(JOB_SEARCH, 1_000, some_day(draw.of("search"))))?;
    }
    let is_intern = (18..26).contains(&age) && draw.of("intern").chance(150);
    let is_export = job.place >= 2 && draw.of("export").chance(500) && works(TRANSFER);
    for (kind, amount, holds) in [(INTERNSHIP, 2_400, is_intern), (EXPORT, 300, is_export)] {
        if holds {
            let firm = firm(world.draw, book.county, 6_000 + draw.of("firm").below(15));
            book.pay(&Payment {
                payee: &firm.name,
                enterprise_code: Some(&firm.code),
                ..to_person(kind, amount, some_day(draw.with(kind as u64)))
            })?;
        }
    }
    Ok(())
}
