//! What a file is, told by its content where its name does not say: the feed whose contract knows most of the header,
//! the region and the period of the title rows, else of the rows themselves. A guess is shown and never acted upon.

use super::file::Row;
use super::header::{HeaderNames, find_header};
use super::name::{DeliveryName, Period, read_name, read_period};
use super::source::visit_sheets;
use super::{PersonKeys, Request, copy_head, read_extract, shield};
use crate::project::{Contract, FieldKind, Need, Project, Reading, Regions, Wanted};
use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::Date32Type;
use chrono::{Datelike, NaiveDate};
use csv::StringRecord;
use std::collections::BTreeSet;

/// What a file seems to be; blank where nothing tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guess {
    /// The feeds that fit best: one, or several that fit equally well.
    pub feeds: Vec<String>,
    /// "" is a file of all regions.
    pub region: Option<String>,
    pub period: Option<Period>,
}

/// How well a sheet fits a feed; the greatest fits best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    is_whole: bool,
    known_less_unknown: i64,
}

/// Guesses from the first rows of every sheet, then from the rows. `feed` is what is known already; the file's name
/// (without its folder) may say region or period too.
pub fn guess_delivery(
    bytes: &[u8],
    file_name: &str,
    project: &Project,
    feed: Option<&str>,
    arrived_on: NaiveDate,
    keys: &PersonKeys,
) -> Guess {
    let mut sheets: Vec<Vec<Row>> = Vec::new();
    // A file that cannot be read says nothing; why, the reading itself tells.
    let _ = shield::shielded(|| {
        visit_sheets(bytes, &mut |_, rows| {
            sheets.push(copy_head(rows)?);
            Ok(false)
        })
    });
    let mut best: Option<(Fit, Vec<String>)> = None;
    let mut above: Vec<String> = Vec::new();
    for contract in project.feeds.values().filter(|c| feed.is_none_or(|f| f == c.name)) {
        for head in &sheets {
            let Some((fit, rows_above)) = fit(head, contract, &project.reading) else { continue };
            match &mut best {
                Some((least, feeds)) if *least == fit => feeds.push(contract.name.clone()),
                Some((least, _)) if *least > fit => {}
                _ => {
                    best = Some((fit, vec![contract.name.clone()]));
                    above = rows_above;
                }
            }
        }
    }
    let mut feeds = best.map(|(_, feeds)| feeds).unwrap_or_default();
    feeds.dedup();
    let named = read_name(file_name, &project.regions).ok();
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let period = named.as_ref().map(|n| n.period).or_else(|| period_of(&above, stem, &project.reading));
    let day = period.map_or(arrived_on, |p| p.last_day());
    let region = named.map(|n| n.region).or_else(|| region_of(&above, stem, project, day));
    let mut guess = Guess { region, period, feeds };
    if let [feed] = guess.feeds.as_slice()
        && (guess.region.is_none() || guess.period.is_none())
    {
        let contract = &project.feeds[feed];
        let told = look_at_rows(bytes, contract, project, &guess, arrived_on, keys);
        guess.region = guess.region.or_else(|| region_of_rows(&told.regions, &project.regions));
        guess.period = guess.period.or(told.period);
    }
    guess
}

/// How the first rows of a sheet fit a contract, and the texts above the header.
fn fit(head: &[Row], contract: &Contract, reading: &Reading) -> Option<(Fit, Vec<String>)> {
    let records: Vec<StringRecord> = head.iter().map(|row| row.cells.clone()).collect();
    let names = HeaderNames::new(contract, reading);
    let (is_whole, known, unknown, rows) = match find_header(&records, contract, &names, false) {
        Ok(Some(header)) => (true, header.columns.len(), header.unknown.len(), header.rows),
        Ok(None) => return None,
        Err(fault) => {
            let filled = records[fault.row].iter().filter(|c| !c.trim().is_empty()).count();
            (false, fault.known.len(), filled.saturating_sub(fault.known.len()), fault.row + 1)
        }
    };
    let mut above: Vec<String> = Vec::new();
    for cell in records[..rows].iter().flatten().map(str::trim).filter(|c| !c.is_empty()) {
        if above.last().is_none_or(|last| last != cell) {
            above.push(cell.to_owned());
        }
    }
    Some((Fit { is_whole, known_less_unknown: known as i64 - unknown as i64 }, above))
}

/// A region named after a word such as "reporting unit", else in a title, else in the file's name.
fn region_of(above: &[String], stem: &str, project: &Project, day: NaiveDate) -> Option<String> {
    let regions = &project.regions;
    let whole = |text: &str| {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let found = regions.resolve(&text, Wanted::Region, "", day);
        found.or_else(|| regions.resolve(&text, Wanted::Unit, "", day)).map(str::to_owned)
    };
    let mut after_word = above.iter().filter_map(|cell| {
        let word = project.reading.above.iter().find(|w| cell.starts_with(w.trim_end_matches(':')))?;
        let rest =
            cell.strip_prefix(word.trim_end_matches(':'))?.trim_start_matches([':', '\u{ff1a}', ' ', '\u{3000}']);
        whole(rest.split_whitespace().next()?).or_else(|| regions.find_in(rest, day).map(str::to_owned))
    });
    let first = stem.split(['_', '-', ' ']).find_map(|part| regions.delivers(part).then(|| part.to_owned()));
    let in_title = || above.iter().find_map(|cell| regions.find_in(cell, day)).map(str::to_owned);
    after_word.next().or(first).or_else(in_title).or_else(|| regions.find_in(stem, day).map(str::to_owned))
}

/// A month or a quarter named in a title, else in the file's name. The day on which a form was filled in is no period.
fn period_of(above: &[String], stem: &str, reading: &Reading) -> Option<Period> {
    let says_filing = |cell: &&String| reading.above.iter().any(|w| cell.contains(w.trim_end_matches(':')));
    let titles = above.iter().filter(|cell| !says_filing(cell));
    titles.map(String::as_str).chain([stem]).find_map(|text| find_period(text, reading))
}

/// The first month or quarter in a text: a year, then a month after a dash, a dot or the language's word, or the name
/// of a quarter; or six or eight digits.
pub fn find_period(text: &str, reading: &Reading) -> Option<Period> {
    let text: String = text.chars().map(super::clean::half_width).filter(|c| !c.is_whitespace()).collect();
    let [year_word, month_word, _] = &reading.date_words;
    let starts = text
        .char_indices()
        .filter(|(at, c)| c.is_ascii_digit() && !text[..*at].ends_with(|before: char| before.is_ascii_digit()));
    starts.map(|(at, _)| &text[at..]).find_map(|rest| {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (year, after) = (rest.get(..4)?, rest.get(4..)?);
        match digits {
            6 | 8 => read_period(&format!("{year}-{}", &after[..2])),
            4 => {
                let after =
                    after.strip_prefix(year_word.as_str()).or_else(|| after.strip_prefix(['-', '.', '/', 'Q']))?;
                let quarter = reading.quarters.iter().position(|words| words.iter().any(|w| after.starts_with(w)));
                if let Some(quarter) = quarter {
                    return read_period(&format!("{year}Q{}", quarter + 1));
                }
                let month: String = after.chars().take_while(char::is_ascii_digit).collect();
                if rest[4..].starts_with('Q') {
                    return read_period(&format!("{year}Q{month}"));
                }
                let is_month = rest[4..].starts_with('-')
                    || after[month.len()..].starts_with(month_word.as_str())
                    || after[month.len()..].starts_with(['-', '.', '/'])
                    || after.len() == month.len();
                (is_month && (1..=2).contains(&month.len()))
                    .then(|| read_period(&format!("{year}-{:0>2}", month)))
                    .flatten()
            }
            _ => None,
        }
    })
}

/// What the rows tell when they are read as a file of a region ("" is all of them).
#[derive(Default)]
struct Told {
    regions: BTreeSet<String>,
    period: Option<Period>,
}

fn look_at_rows(
    bytes: &[u8],
    contract: &Contract,
    project: &Project,
    guess: &Guess,
    arrived_on: NaiveDate,
    keys: &PersonKeys,
) -> Told {
    let today = Period { year: arrived_on.year(), month: arrived_on.month() };
    let field = telling_field(contract);
    let read = |region: &str| {
        let delivery = DeliveryName { region: region.to_owned(), period: guess.period.unwrap_or(today) };
        let request = Request { project, contract, delivery, file: "", sha256: "", arrived_on, keys };
        let mut latest: Option<Period> = None;
        let read = read_extract(bytes, &request, &mut |_, batch| {
            latest = latest.max(field.and_then(|name| latest_period(&batch, name, arrived_on)));
            Ok(())
        });
        Told { regions: read.map(|summary| summary.regions).unwrap_or_default(), period: latest }
    };
    let told = read(guess.region.as_deref().unwrap_or_default());
    if told.period.is_some() || !told.regions.is_empty() || guess.region.is_some() {
        return told;
    }
    // Rows without a county stand in their file's region: for their days any one will do.
    let period = project.regions.first_of("county", "").and_then(|region| read(region).period);
    Told { period, ..told }
}

/// The field that says up to when the rows speak: a period, the contract's own date, or the first that must be there.
fn telling_field(contract: &Contract) -> Option<&str> {
    let dates = || contract.fields.iter().filter(|f| matches!(f.kind, FieldKind::Date | FieldKind::Month));
    let period = contract.fields.iter().find(|f| f.kind == FieldKind::Period);
    period
        .map(|f| f.name.as_str())
        .or(contract.period_date.as_deref())
        .or_else(|| dates().find(|f| f.need == Need::Required).map(|f| f.name.as_str()))
        .or_else(|| dates().find(|f| f.need == Need::Wanted).map(|f| f.name.as_str()))
}

/// The latest period or day (none after the arrival) in a column of a batch.
fn latest_period(batch: &RecordBatch, name: &str, arrived_on: NaiveDate) -> Option<Period> {
    let column = batch.column_by_name(name)?;
    if let Some(texts) = column.as_string_opt::<i32>() {
        return texts.iter().flatten().filter_map(read_period).max();
    }
    let days = column.as_primitive_opt::<Date32Type>()?;
    let dates = (0..days.len()).filter(|at| days.is_valid(*at)).filter_map(|at| days.value_as_date(at));
    dates.filter(|day| *day <= arrived_on).max().map(|day| Period { year: day.year(), month: day.month() })
}

/// One region, the unit of several, or a file of all.
fn region_of_rows(found: &BTreeSet<String>, regions: &Regions) -> Option<String> {
    let unit_of = |code: &String| regions.get(code).map(|r| r.unit.clone()).filter(|u| !u.is_empty());
    let mut units = found.iter().map(unit_of);
    match (found.len(), units.next()?) {
        (1, _) => found.first().cloned(),
        (_, Some(unit)) if units.all(|u| u.as_ref() == Some(&unit)) => Some(unit),
        _ => Some(String::new()),
    }
}
