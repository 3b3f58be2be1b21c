//! Files that were cut off, at every kind of place: what is packed or numbered is refused whole; of a text every row that is
//! there is accounted for; nothing is taken for the whole truth that is not.

use super::hostile::{good_csv, good_workbook, outcome, parquet};
use super::sheets::{Cell, edit_part, workbook};
use super::{csv_of, good_row, person, read};

/// Every place of a short file, some thousand of a long one.
fn places(bytes: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let step = (bytes.len() / 1_500).max(1);
    (0..bytes.len()).filter(move |at| at % step == 0 || *at > bytes.len() - 64)
}

fn refused_wherever_cut(bytes: &[u8], what: &str) {
    let whole = outcome(bytes);
    assert!(whole.contains('/'), "{what}: {whole}");
    for at in places(bytes) {
        let found = outcome(&bytes[..at]);
        assert!(found.starts_with("unreadable") || found.starts_with("header_missing"), "{what} cut at {at}: {found}");
    }
}

fn table() -> Vec<Vec<String>> {
    let mut rows = vec![good_row("employment").iter().map(|(h, _)| (*h).to_owned()).collect::<Vec<_>>()];
    for n in 1..30 {
        let cell = |(h, c): &(&str, String)| if *h == "身份证号" { person(n) } else { c.clone() };
        rows.push(good_row("employment").iter().map(cell).collect());
    }
    rows
}

fn book() -> Vec<u8> {
    let rows: Vec<Vec<Cell>> = table().into_iter().map(|r| r.into_iter().map(Cell::from).collect()).collect();
    workbook(&rows)
}

#[test]
fn workbooks_and_parquet_files() {
    refused_wherever_cut(&book(), "XLSX");
    refused_wherever_cut(&parquet(50), "Parquet");
}

#[test]
fn a_part_cut_off_inside_a_whole_package() {
    for part in ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"] {
        let mut length = 0;
        edit_part(&good_workbook(), part, |xml| {
            assert!(!xml.is_empty());
            xml
        });
        let whole = outcome(&book());
        let measured = std::cell::Cell::new(0);
        drop(edit_part(&book(), part, |xml| {
            measured.set(xml.len());
            xml
        }));
        length += measured.get();
        for at in (0..length).step_by((length / 300).max(1)) {
            let bytes = edit_part(&book(), part, |xml| String::from_utf8_lossy(&xml.as_bytes()[..at]).into_owned());
            let found = outcome(&bytes);
            let is_refused = found.starts_with("unreadable") || found.starts_with("header_missing");
            assert!(is_refused || found == whole, "{part} cut at {at} of {length}: {found}");
        }
    }
}

#[test]
fn old_workbooks() {
    let bytes =
        std::fs::read(crate::support::project().join("tests/fixtures/loader/brokers_220502_2018-09.xls")).unwrap();
    let found = |bytes: &[u8]| {
        read("brokers", "220502_2018-09.xls", bytes).map_or_else(|r| r.reason.to_owned(), |r| r.counts())
    };
    let whole = found(&bytes);
    for at in places(&bytes) {
        let found = found(&bytes[..at]);
        // The last sector may be shorter than its table says: what it holds is still whole.
        assert!(found == "unreadable" || found == "header_missing" || found == whole, "cut at {at}: {found}");
    }
}

#[test]
fn pages() {
    let rows: String = table().iter().map(|r| format!("<tr><td>{}</td></tr>", r.join("</td><td>"))).collect();
    let page = format!("<html><body><table>{rows}</table></body></html>");
    let end = page.find("</table>").unwrap();
    for at in (0..page.len()).filter(|at| page.is_char_boundary(*at)) {
        let found = outcome(&page.as_bytes()[..at]);
        let is_whole = found == "29/0/0/0" && at >= end + "</table>".len();
        assert!(
            is_whole || found.starts_with("unreadable") || found.starts_with("header_missing"),
            "cut at {at}: {found}"
        );
    }
}

#[test]
fn texts() {
    let csv = csv_of(&table());
    let text = String::from_utf8(csv.clone()).unwrap();
    let gbk = encoding_rs::GBK.encode(&text).0.into_owned();
    let utf16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (bytes, what) in [(csv, "UTF-8"), (gbk, "GBK"), (utf16, "UTF-16")] {
        for at in places(&bytes) {
            match read("employment", "220821_2018-06.csv", &bytes[..at]) {
                Err(r) => assert!(matches!(r.reason, "unreadable" | "header_missing"), "{what} cut at {at}: {r:?}"),
                // Every row of which a character is there is loaded or rejected.
                Ok(found) => {
                    found.counts();
                    let begun = match what {
                        "UTF-16" => String::from_utf16_lossy(
                            &bytes[2..at].chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect::<Vec<_>>(),
                        ),
                        "GBK" => encoding_rs::GB18030.decode(&bytes[..at]).0.into_owned(),
                        _ => String::from_utf8(bytes[..at].to_vec()).unwrap(),
                    };
                    let lines = begun.lines().filter(|l| !l.trim_matches([',', ' ']).is_empty()).count() as u64;
                    let summary = &found.summary;
                    assert_eq!(summary.rows_delivered + summary.rows_left_out + 1, lines, "{what} cut at {at}");
                }
            }
        }
    }
    assert!(outcome(good_csv().as_bytes()).starts_with("2/"));
}
