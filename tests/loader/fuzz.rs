//! Some thousand damaged files, drawn from a seed: never a panic, never a row that is neither loaded, dropped nor
//! rejected.

use super::sheets::{Cell, workbook};
use super::{csv_of, good_row, person, read};

/// Numbers that look random and are the same every time (xorshift64*).
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Draw {
        Draw(seed | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

/// Damages bytes in one to eight places.
fn mutate(bytes: &mut Vec<u8>, draw: &mut Draw) {
    const PIECES: [&[u8]; 14] = [
        b"\"",
        b"\n",
        b",",
        b"\0",
        b"\xff\xfe",
        b"\xe5\xbc\xa0",
        b"=\"",
        b"<td rowspan=9999999999>",
        b"</table>",
        b"999999999999999999999",
        b"-",
        b"%",
        b"\xe4\xb8\x87",
        b"</row></sheetData>",
    ];
    for _ in 0..1 + draw.below(8) {
        if bytes.is_empty() {
            return;
        }
        let at = draw.below(bytes.len());
        match draw.below(7) {
            0 => bytes[at] = draw.next() as u8,
            1 => bytes[at] ^= 1 << draw.below(8),
            2 => bytes.truncate(at),
            3 => {
                let end = (at + 1 + draw.below(40)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => {
                let piece = PIECES[draw.below(PIECES.len())];
                bytes.splice(at..at, piece.iter().copied());
            }
            5 => {
                let end = (at + 1 + draw.below(200)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => {
                let end = (at + 4).min(bytes.len());
                bytes[at..end].fill(if draw.below(2) == 0 { 0 } else { 0xff });
            }
        }
    }
}

fn check(feed: &str, name: &str, bytes: &[u8], what: &str) {
    match read(feed, name, bytes) {
        Ok(found) => drop(found.counts()),
        Err(refusal) => {
            assert!(!refusal.reason.is_empty());
            assert!(!refusal.detail.contains(&person(1)), "{what}: {}", refusal.detail);
        }
    }
}

/// `JINDU_FUZZ_TIMES=50` does fifty times as many as CI.
pub fn more(times: u64) -> u64 {
    times * std::env::var("JINDU_FUZZ_TIMES").ok().and_then(|t| t.parse().ok()).unwrap_or(1)
}

fn run(feed: &str, name: &str, seed_file: &[u8], times: u64) {
    read(feed, name, seed_file).unwrap();
    for n in 0..more(times) {
        let mut bytes = seed_file.to_vec();
        mutate(&mut bytes, &mut Draw::new(0x9e37_79b9_7f4a_7c15 ^ (n << 8)));
        check(feed, name, &bytes, &format!("{name}, mutation {n}"));
    }
}

fn table(feed: &str) -> Vec<Vec<String>> {
    let good = good_row(feed);
    let mut rows = vec![good.iter().map(|(h, _)| (*h).to_owned()).collect::<Vec<_>>()];
    for n in 1..12 {
        rows.push(good.iter().map(|(h, c)| if *h == "身份证号" { person(n) } else { c.clone() }).collect());
    }
    rows
}

#[test]
fn damaged_text_files() {
    for feed in ["ledger", "employment", "stat_reports"] {
        let csv = csv_of(&table(feed));
        let name = if feed == "stat_reports" { "U01_2018-06.csv" } else { "220821_2018-06.csv" };
        run(feed, name, &csv, 1_000);
        let gbk = encoding_rs::GBK.encode(std::str::from_utf8(&csv).unwrap()).0.into_owned();
        run(feed, name, &gbk, 300);
    }
}

#[test]
fn damaged_pages() {
    let rows: String = table("ledger").iter().map(|r| format!("<tr><td>{}</td></tr>", r.join("</td><td>"))).collect();
    run("ledger", "220821_2018-06.xls", format!("<html><body><table>{rows}</table></body></html>").as_bytes(), 1_000);
}

#[test]
fn damaged_workbooks() {
    let rows: Vec<Vec<Cell>> = table("ledger").into_iter().map(|r| r.into_iter().map(Cell::from).collect()).collect();
    let book = workbook(&rows);
    run("ledger", "220821_2018-06.xlsx", &book, 1_000);
    // Damage inside the parts, which the package's check sums would hide.
    for part in ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"] {
        for n in 0..more(200) {
            let bytes = super::sheets::edit_part(&book, part, |xml| {
                let mut bytes = xml.into_bytes();
                mutate(&mut bytes, &mut Draw::new(77 + (n << 7)));
                String::from_utf8_lossy(&bytes).into_owned()
            });
            check("ledger", "220821_2018-06.xlsx", &bytes, &format!("{part}, mutation {n}"));
        }
    }
}

#[test]
fn damaged_old_workbooks() {
    let bytes =
        std::fs::read(crate::support::project().join("tests/fixtures/loader/brokers_220502_2018-09.xls")).unwrap();
    run("brokers", "220502_2018-09.xls", &bytes, 3_000);
}

#[test]
fn damaged_parquet_files() {
    run("employment", "220821_2018-06.parquet", &super::hostile::parquet(20), 2_000);
    for (encoding, version) in super::hostile::DIFFERENCES {
        let file = super::hostile::parquet_of_differences(20, encoding, version);
        run("employment", "220821_2018-06.parquet", &file, 1_000);
    }
}

#[path = "../../fuzz/checks.rs"]
mod checks;

/// What the fuzzers found or walked through, once more through the same checks (fuzz/).
#[test]
fn the_corpus_of_the_fuzzers() {
    let mut files = 0;
    let mut bytes = 0;
    for target in ["csv", "header", "cell", "xlsx", "xls", "html", "parquet"] {
        let check = match target {
            "csv" => checks::csv,
            "header" => checks::header,
            "cell" => checks::cell,
            "xlsx" => checks::xlsx,
            "xls" => checks::xls,
            "html" => checks::html,
            _ => checks::parquet,
        };
        let folder = crate::support::project().join("fuzz/corpus").join(target);
        let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).collect();
        paths.sort();
        assert!(paths.len() > 2, "{target} has no corpus");
        for path in paths {
            let data = std::fs::read(&path).unwrap();
            files += 1;
            bytes += data.len();
            if std::panic::catch_unwind(|| check(checks::project(), &data)).is_err() {
                panic!("{}", path.display());
            }
        }
    }
    assert!(files > 50 && bytes < 1_000_000, "{files} files of {bytes} bytes");
}

#[test]
fn random_bytes() {
    let mut draw = Draw::new(5);
    for n in 0..more(2_000) {
        let magic: &[u8] = [
            b"".as_slice(),
            b"PAR1",
            b"PK\x03\x04",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"\xff\xfe",
            b"<html><table>",
            b"\xef\xbb\xbf",
        ][draw.below(7)];
        let mut bytes = magic.to_vec();
        let len = draw.below(2_000);
        bytes.extend((0..len).map(|_| draw.next() as u8));
        check("ledger", "220821_2018-06.csv", &bytes, &format!("random {n}"));
    }
}
