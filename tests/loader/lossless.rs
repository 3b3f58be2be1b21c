//! Whatever dirt a clerk puts into cells, no row is lost silently: tables are drawn at random, and every row written is
//! loaded, dropped, rejected or left out, by its number.

use super::fuzz::{Draw, more};
use super::sheets::{Cell, workbook};
use super::{good_row, person, project, read};
use std::collections::BTreeSet;

/// What a written row must become.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    Loaded,
    /// Loaded or rejected: it has dirt in it.
    LoadedOrRejected,
    Dropped,
    Rejected,
    LeftOut,
    /// Not seen at all.
    Blank,
}

/// Dirt: what has been found in office cells, and what might.
const DIRT: [&str; 56] = [
    "",
    " ",
    "\u{3000}",
    "\u{a0}",
    "\t",
    "\u{200b}",
    "\u{feff}",
    "\u{202e}",
    "'",
    "\"",
    "\"\"",
    "=",
    "=\"",
    "=\"x\"",
    "=1+1",
    "@",
    "-",
    "—",
    "/",
    "无",
    "空",
    "NULL",
    "#N/A",
    "#REF!",
    "约",
    "余",
    "万",
    "万元",
    "%",
    "％",
    "0",
    "1",
    "-1",
    "１",
    "ｘ",
    "X",
    "1E400",
    "NaN",
    "99999999999999999999999999",
    "2.20821E+17",
    "43164",
    "2018-02-30",
    "2018年",
    "13月45日",
    "至今",
    "铁西区",
    "220184",
    "合计",
    "小计",
    "注:",
    "姓名",
    "\n",
    "\r\n",
    ";",
    "😀",
    "\u{10ffff}",
];

/// A table: its rows as cells, with what must become of those below the header.
struct Table {
    feed: &'static str,
    above: Vec<Vec<String>>,
    rows: Vec<(Vec<String>, Fate)>,
}

fn soil(cell: &mut String, draw: &mut Draw) {
    let dirt = DIRT[draw.below(DIRT.len())];
    let at = cell.char_indices().map(|(at, _)| at).chain([cell.len()]).nth(draw.below(cell.chars().count() + 1));
    match draw.below(5) {
        0 => *cell = dirt.to_owned(),
        1 => cell.insert_str(at.unwrap_or(0), dirt),
        2 => cell.push_str(dirt),
        3 => *cell = format!("{dirt}{cell}{dirt}"),
        _ => {
            let any = char::from_u32(draw.next() as u32 % 0x11_0000).filter(|c| *c != '\0').unwrap_or('x');
            cell.insert(at.unwrap_or(0), any);
        }
    }
}

fn draw_table(draw: &mut Draw) -> Table {
    let feed = ["ledger", "employment", "brokers", "posts", "loans", "inspections"][draw.below(6)];
    let contract = &project().feeds[feed];
    let mut columns: Vec<(String, String)> = good_row(feed).into_iter().map(|(h, c)| (h.to_owned(), c)).collect();
    // Canonical names or aliases, any order, unknown columns between them.
    for (header, _) in &mut columns {
        let field = contract.fields.iter().find(|f| f.headers.contains(header)).unwrap();
        // Money in ten thousands is another column.
        let names: Vec<&String> = field.headers.iter().filter(|h| !h.contains('(')).collect();
        if !names.is_empty() {
            header.clone_from(names[draw.below(names.len())]);
        }
    }
    for n in 0..draw.below(3) {
        columns.push((format!("备用{n}"), "x".to_owned()));
    }
    for at in (1..columns.len()).rev() {
        columns.swap(at, draw.below(at + 1));
    }
    let key = contract.fields.iter().find(|f| f.name == contract.key[0]).unwrap();
    let key_at = columns.iter().position(|(h, _)| key.headers.contains(h)).unwrap();
    let width = columns.len();
    let header: Vec<String> = columns.iter().map(|(h, _)| h.clone()).collect();
    let titles = ["2018年登记表", "填报单位:某县  填报日期:2018-06-30", "单位:人"];
    let mut above: Vec<Vec<String>> = (0..draw.below(3)).map(|n| vec![titles[n].to_owned()]).collect();
    above.push(header.clone());
    let good = |n: u32| -> Vec<String> {
        let key = |at: usize| if feed_has_persons(feed) { person(n) } else { format!("B{n}-{at}") };
        columns.iter().enumerate().map(|(at, (_, c))| if at == key_at { key(at) } else { c.clone() }).collect()
    };
    let padded = |first: &str| {
        let mut row = vec![String::new(); width];
        row[0] = first.to_owned();
        row
    };
    let mut rows: Vec<(Vec<String>, Fate)> = Vec::new();
    let mut loaded: Vec<u32> = Vec::new();
    let n_rows = 1 + draw.below(60) as u32;
    for n in 1..=n_rows {
        let row = match draw.below(12) {
            0 => (padded(["合计", "小 计", "总计："][draw.below(3)]), Fate::LeftOut),
            1 => (padded("注:以上为上半年数"), Fate::LeftOut),
            2 => (header.clone(), Fate::LeftOut),
            3 => (vec![String::new(); width], Fate::Blank),
            4 if !loaded.is_empty() => (good(loaded[draw.below(loaded.len())]), Fate::Dropped),
            5 if !loaded.is_empty() => {
                let mut row = good(loaded[draw.below(loaded.len())]);
                let dates = ["2018-03-01", "2018-05-31"];
                let at = row.iter().position(|c| dates.contains(&c.as_str())).unwrap();
                // Another day, which is a key only where days are.
                row[at] = "2018-04-01".to_owned();
                let field = contract.fields.iter().find(|f| f.headers.contains(&columns[at].0)).unwrap();
                if contract.key.contains(&field.name) { (good(n + 500), Fate::Loaded) } else { (row, Fate::Rejected) }
            }
            6..=9 => {
                let mut row = good(n);
                (0..1 + draw.below(3)).for_each(|_| soil(&mut row[draw.below(width)], draw));
                // The key stays its own: who is whose duplicate is then known.
                if !feed_has_persons(feed) {
                    row[key_at].push_str(&format!("#{n}"));
                }
                (row, Fate::LoadedOrRejected)
            }
            _ => {
                loaded.push(n);
                (good(n), Fate::Loaded)
            }
        };
        rows.push(row);
    }
    Table { feed, above, rows }
}

fn feed_has_persons(feed: &str) -> bool {
    project().feeds[feed]
        .id_index()
        .is_some_and(|i| project().feeds[feed].key[0] == project().feeds[feed].fields[i].name)
}

/// Reads the table from bytes; `number_of` says which row of the file each written row became.
fn check(table: &Table, name: &str, bytes: &[u8], number_of: &[u64], what: &str) {
    let found = match read(table.feed, name, bytes) {
        Ok(found) => found,
        // A mark and line breaks put at random may swallow rows: the file is refused, and so not silently.
        Err(refusal) => {
            assert!(refusal.detail.starts_with("quotation mark"), "{what}: {refusal:?}");
            return;
        }
    };
    found.counts();
    let of = |fate: fn(Fate) -> bool| -> BTreeSet<u64> {
        table.rows.iter().zip(number_of).filter(|((_, f), _)| fate(*f)).map(|(_, n)| *n).collect()
    };
    let loaded: BTreeSet<u64> = found.column("source_row").iter().map(|n| n.parse().unwrap()).collect();
    let rejected: BTreeSet<u64> = found.summary.rejects.iter().map(|r| r.row).collect();
    assert_eq!(loaded.len() + rejected.len(), found.rows.len() + found.summary.rejects.len(), "{what}: a row twice");
    assert!(loaded.is_disjoint(&rejected), "{what}: loaded and rejected");
    let told: BTreeSet<u64> = loaded.union(&rejected).copied().collect();
    let expected = of(|f| matches!(f, Fate::Loaded | Fate::LoadedOrRejected | Fate::Rejected));
    assert!(told.is_subset(&expected), "{what}: rows that are no data: {:?}", told.difference(&expected));
    // Dirt can make a narrow row one that says nothing but a note or a total: it is left out, and counted as such.
    let silent: BTreeSet<u64> = expected.difference(&told).copied().collect();
    for ((row, fate), _) in table.rows.iter().zip(number_of).filter(|(_, n)| silent.contains(n)) {
        assert!(*fate == Fate::LoadedOrRejected && says_no_more(row), "{what}: {row:?} was lost");
    }
    assert!(of(|f| f == Fate::Loaded).is_subset(&loaded), "{what}: a good row was rejected: {:?}", found.reasons());
    assert!(of(|f| f == Fate::Rejected).is_subset(&rejected), "{what}: a second row was loaded");
    assert_eq!(found.summary.rows_dropped, of(|f| f == Fate::Dropped).len() as u64, "{what}: dropped");
    let left_out = of(|f| f == Fate::LeftOut).len() + silent.len();
    assert_eq!(found.summary.rows_left_out, left_out as u64, "{what}: left out");
}

/// Two cells at most of which one begins as a note, or a total and figures.
fn says_no_more(row: &[String]) -> bool {
    let bare =
        |c: &String| c.chars().filter(|c| !c.is_whitespace() && !('\u{200b}'..='\u{200f}').contains(c)).collect();
    let filled: Vec<String> =
        row.iter().map(bare).filter(|c: &String| !c.trim_matches('\u{feff}').is_empty()).collect();
    let is_total = |c: &String| ["合计", "小计"].contains(&c.trim_matches(['\u{feff}', '：', ':']));
    let is_figure =
        |c: &String| c.len() < 15 && c.trim_matches('-').chars().all(|c| c.is_ascii_digit() || ".,%".contains(c));
    let is_note = filled.len() <= 2 && filled.iter().any(|c| c.trim_start_matches('\u{feff}').starts_with("注:"));
    is_note || (filled.iter().any(is_total) && filled.iter().all(|c| is_total(c) || is_figure(c)))
}

#[test]
fn every_row_of_a_text_is_accounted_for() {
    for seed in 0..more(1_500) {
        let mut draw = Draw::new(0x5851_f42d_4c95_7f2d ^ (seed << 9));
        let table = draw_table(&mut draw);
        let delimiter = [b',', b'\t', b';'][draw.below(3)];
        let end = [csv::Terminator::CRLF, csv::Terminator::Any(b'\n')][draw.below(2)];
        let mut bytes = Vec::new();
        let mut line = 1;
        let mut numbers = Vec::new();
        let rows = table.above.iter().map(|r| (r, false)).chain(table.rows.iter().map(|(r, _)| (r, true)));
        for (row, is_data) in rows {
            let mut writer = csv::WriterBuilder::new()
                .delimiter(delimiter)
                .terminator(end)
                .flexible(true)
                .quote_style(if row.iter().all(String::is_empty) {
                    csv::QuoteStyle::Never
                } else {
                    csv::QuoteStyle::Necessary
                })
                .from_writer(Vec::new());
            writer.write_record(row).unwrap();
            let written = writer.into_inner().unwrap();
            if is_data {
                numbers.push(line);
            }
            // As an editor numbers lines: a return that stands alone ends one too.
            let lines = String::from_utf8(written.clone()).unwrap().replace("\r\n", "\n").replace('\r', "\n");
            line += lines.matches('\n').count() as u64;
            bytes.extend_from_slice(&written);
        }
        let name = "220821_2018-06.csv";
        check(&table, name, &bytes, &numbers, &format!("seed {seed}, UTF-8"));
        let (gbk, _, lossy) = encoding_rs::GB18030.encode(std::str::from_utf8(&bytes).unwrap());
        if !lossy && std::str::from_utf8(&gbk).is_err() {
            check(&table, name, &gbk, &numbers, &format!("seed {seed}, GB18030"));
        }
    }
}

#[test]
fn every_row_of_a_workbook_is_accounted_for() {
    for seed in 0..more(400) {
        let mut draw = Draw::new(0x1405_7b7e_f767_814f ^ (seed << 9));
        let table = draw_table(&mut draw);
        let mut cells: Vec<Vec<Cell>> = Vec::new();
        for row in table.above.iter().chain(table.rows.iter().map(|(r, _)| r)) {
            let of = |c: &String| match c.parse::<f64>() {
                _ if c.is_empty() => Cell::Blank,
                // Numbers of few digits as numbers.
                Ok(n) if c.len() < 6 && n.is_finite() && c.is_ascii() => Cell::Number(n),
                _ => Cell::Text(c.clone()),
            };
            cells.push(row.iter().map(of).collect());
        }
        let first = table.above.len() as u64 + 1;
        let numbers: Vec<u64> = (0..table.rows.len() as u64).map(|n| first + n).collect();
        check(&table, "220821_2018-06.xlsx", &workbook(&cells), &numbers, &format!("seed {seed}"));
    }
}
