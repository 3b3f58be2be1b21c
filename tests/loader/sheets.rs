//! Workbooks and web pages: cells that are no text, merged ranges, hidden sheets, lists, both systems of days, and file
//! endings that lie.

use super::{Read, describe, person, read, row_with};
use rust_xlsxwriter::{Format, Workbook, Worksheet};
use std::io::{Cursor, Read as _, Write as _};

/// A cell as a spreadsheet holds it.
#[derive(Clone)]
pub enum Cell {
    Text(String),
    Number(f64),
    /// A number that is shown as a date.
    Day(f64),
    Percent(f64),
    Formula(&'static str, &'static str),
    Blank,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<f64> for Cell {
    fn from(number: f64) -> Cell {
        Cell::Number(number)
    }
}

pub fn fill(sheet: &mut Worksheet, rows: &[Vec<Cell>]) {
    for (r, cells) in rows.iter().enumerate() {
        for (c, cell) in cells.iter().enumerate() {
            let (r, c) = (r as u32, c as u16);
            match cell {
                Cell::Text(text) => sheet.write_string(r, c, text).map(drop),
                Cell::Number(n) => sheet.write_number(r, c, *n).map(drop),
                Cell::Day(n) => {
                    sheet.write_number_with_format(r, c, *n, &Format::new().set_num_format("yyyy/m/d")).map(drop)
                }
                Cell::Percent(n) => {
                    sheet.write_number_with_format(r, c, *n, &Format::new().set_num_format("0.00%")).map(drop)
                }
                Cell::Formula(formula, result) => {
                    sheet.write_formula(r, c, rust_xlsxwriter::Formula::new(*formula).set_result(*result)).map(drop)
                }
                Cell::Blank => Ok(()),
            }
            .unwrap();
        }
    }
}

pub fn workbook(rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet(), rows);
    book.save_to_buffer().unwrap()
}

/// Rewrites one part of a package.
pub fn edit_part(bytes: &[u8], name: &str, edit: impl Fn(String) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let part_name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        if part_name == name {
            content = edit(String::from_utf8(content).unwrap()).into_bytes();
        }
        out.start_file(part_name, zip::write::SimpleFileOptions::default()).unwrap();
        out.write_all(&content).unwrap();
    }
    out.finish().unwrap().into_inner()
}

pub fn row(cells: &[&str]) -> Vec<Cell> {
    cells.iter().map(|c| Cell::from(*c)).collect()
}

fn head() -> Vec<Cell> {
    row(&["身份证号", "起始日期", "就业类型", "就业地域"])
}

fn spell(n: u32) -> Vec<Cell> {
    vec![person(n).into(), "2018-03-01".into(), "转移就业".into(), "省外".into()]
}

fn employment(bytes: &[u8]) -> Read {
    read("employment", "220821_2018-06.xlsx", bytes).unwrap()
}

/// A good row as a workbook with one cell put in its place.
fn check(feed: &str, header: &str, cell: impl Into<Cell>, expected: &str) {
    let (headers, cells) = row_with(feed, header, "\u{1}");
    let cell = cell.into();
    let cells = cells.into_iter().map(|c| if c == "\u{1}" { cell.clone() } else { c.into() });
    let bytes = workbook(&[headers.into_iter().map(Cell::from).collect(), cells.collect()]);
    let read = read(feed, "220821_2018-06.xlsx", &bytes).unwrap();
    assert_eq!(describe(feed, header, &read), expected, "{feed}: {header}");
}

#[test]
fn cells_that_are_numbers() {
    check("employment", "起始日期", 43164.0, "2018-03-05 +date_serial");
    check("employment", "起始日期", Cell::Day(43164.0), "2018-03-05");
    check("employment", "起始日期", 20180305.0, "2018-03-05 +date_form");
    check("employment", "起始日期", 43160.0 + 0.25, "2018-03-01 +date_serial");
    check("employment", "起始日期", 201803.0, "!started_on:date_invalid");
    check("employment", "月收入(元)", 3500.1, "3500.10");
    check("employment", "月收入(元)", Cell::Percent(35.5), "35.50");
    check("employment", "就业单位", Cell::Blank, "");
    check("employment", "月收入(元)", 0.1 + 0.2, "0.30");
    check("employment", "就业单位", Cell::Formula("=A1&\"x\"", "电子厂"), "电子厂");
    check("employment", "就业单位", "=1+1", "=1+1");
    check("employment", "社保", 1.0, "true");
    check("ledger", "性别", 1.0, "男 +code_mapped");
    check("ledger", "就业失业状况", 1.0, "转移就业 +code_mapped");
    check("stat_reports", "完成数", 12.0, "!unit:region_outside_slice");
}

#[test]
fn id_numbers_that_a_spreadsheet_damaged() {
    // Eighteen digits in a numeric cell: the last are gone, though the check digit happens to hold.
    let lucky = (1..999).map(person).find(|p| !p.ends_with('X') && format!("{:.0}", p.parse::<f64>().unwrap()) == **p);
    let lucky = lucky.expect("one of these numbers is an exact float");
    check("employment", "身份证号", lucky.clone(), &lucky);
    check("employment", "身份证号", lucky.parse::<f64>().unwrap(), "!person_id:id_excel_damaged");
    check("employment", "身份证号", 220821198001010000.0, "!person_id:id_excel_damaged");
    check("employment", "身份证号", 2208211980010100.0, "!person_id:id_excel_damaged");
    // Fifteen digits fit a numeric cell.
    check("employment", "身份证号", 220821800101001.0, &format!("{} +id_15_digits", super::id("22082119800101001")));
}

#[test]
fn days_that_count_from_1904() {
    let mut day = spell(1);
    day[1] = Cell::Number(43164.0 - 1462.0);
    let mut shown = spell(2);
    shown[1] = Cell::Day(43164.0 - 1462.0);
    let mut written = spell(3);
    written[1] = "20180305".into();
    let bytes = workbook(&[head(), day, shown, written]);
    let bytes = edit_part(&bytes, "xl/workbook.xml", |xml| xml.replace("<workbookPr ", "<workbookPr date1904=\"1\" "));
    assert_eq!(employment(&bytes).column("started_on"), ["2018-03-05"; 3]);
}

#[test]
fn merged_titles_headers_and_bodies() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 4, "2018年就业扶贫载体登记表", &plain).unwrap();
    sheet.merge_range(1, 0, 1, 4, "填报单位:某县 填报日期:2018-06-30", &plain).unwrap();
    for (at, name) in ["县区", "载体类型", "名称"].iter().enumerate() {
        sheet.merge_range(2, at as u16, 3, at as u16, name, &plain).unwrap();
    }
    sheet.merge_range(2, 3, 2, 4, "吸纳就业", &plain).unwrap();
    sheet.write_string(3, 3, "人数").unwrap();
    sheet.write_string(3, 4, "贫困劳动力").unwrap();
    sheet.merge_range(2, 5, 3, 5, "认定时间", &plain).unwrap();
    // One county over three rows, one kind over two.
    sheet.merge_range(4, 0, 6, 0, "洮南市", &plain).unwrap();
    sheet.merge_range(4, 1, 5, 1, "就业扶贫车间", &plain).unwrap();
    sheet.write_string(6, 1, "返乡创业基地").unwrap();
    for (r, name) in [(4, "甲"), (5, "乙"), (6, "丙")] {
        sheet.write_string(r, 2, name).unwrap();
        sheet.write_number(r, 3, 10).unwrap();
        sheet.write_number(r, 4, 4).unwrap();
        sheet.write_string(r, 5, "2018-03-01").unwrap();
    }
    sheet.merge_range(7, 0, 7, 2, "合计", &plain).unwrap();
    sheet.write_number(7, 3, 30).unwrap();
    sheet.merge_range(8, 0, 8, 5, "注:吸纳就业为上半年数", &plain).unwrap();
    let found = read("sites", "U08_2018-06.xlsx", &book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(found.counts(), "3/0/0/2");
    assert_eq!(found.column("region_code"), ["220881"; 3]);
    assert_eq!(found.column("kind"), ["就业扶贫车间", "就业扶贫车间", "返乡创业基地"]);
    assert_eq!(found.column("poor_workers"), ["4"; 3]);
    assert_eq!(found.summary.repairs["merged_cell"], 3, "two counties and a kind were repeated");
    assert!(found.rows[1]["repairs"].contains("kind:merged_cell"));
}

#[test]
fn hidden_sheets_and_lists_are_no_data() {
    let mut book = Workbook::new();
    fill(book.add_worksheet().set_name("旧").unwrap().set_hidden(true), &[head(), spell(1), spell(2)]);
    // A drop-down list under a header that the feed knows.
    fill(book.add_worksheet().set_name("字典").unwrap(), &[row(&["就业类型"]), row(&["转移就业"]), row(&["自主创业"])]);
    fill(book.add_worksheet().set_name("数据").unwrap().set_active(true), &[head(), spell(3)]);
    fill(book.add_worksheet().set_name("二").unwrap(), &[head(), spell(4)]);
    let found = employment(&book.save_to_buffer().unwrap());
    assert_eq!(
        (found.counts().as_str(), found.summary.sheet.as_str(), found.summary.sheets_left_out),
        ("1/0/0/0", "数据", 1)
    );
    assert_eq!(found.rows[0]["person_id"], person(3));
}

/// A filter hides rows of the whole truth: they are read like any other.
#[test]
fn hidden_rows_and_columns_are_data() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    fill(sheet, &[head(), spell(1), spell(2), spell(3)]);
    sheet.set_row_hidden(2).unwrap();
    sheet.set_column_hidden(3).unwrap();
    assert_eq!(employment(&book.save_to_buffer().unwrap()).counts(), "3/0/0/0");
}

#[test]
fn headers_in_workbooks() {
    let found = |rows: &[Vec<Cell>]| {
        let found = read("employment", "220821_2018-06.xlsx", &workbook(rows));
        found.map_or_else(|r| format!("{}: {}", r.reason, r.detail), |r| r.counts())
    };
    assert_eq!(found(&[head()]), "0/0/0/0");
    assert_eq!(found(&[]), "header_missing: 身份证号, 起始日期, 就业类型, 就业地域 | ");
    assert_eq!(
        found(&[row(&["身份证号", "起始日期", "就业类型"]), spell(1)]),
        "header_missing: 就业地域 | 身份证号, 起始日期, 就业类型"
    );
    let twice = row(&["身份证号", "起始日期", "就业时间", "就业类型", "就业地域"]);
    assert_eq!(found(&[twice, spell(1)]), "header_ambiguous: 就业时间 = 起始日期");
}

#[test]
fn old_workbooks() {
    let bytes =
        std::fs::read(crate::support::project().join("tests/fixtures/loader/brokers_220502_2018-09.xls")).unwrap();
    let found = read("brokers", "220502_2018-09.xls", &bytes).unwrap();
    assert!(found.summary.rows_loaded > 0);
    found.counts();
}

const PAGE: &str = "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><head><meta charset=gb2312><title>表</title>\
    <style>td { mso-number-format:'\\@' }</style></head><body><table border=1>\
    <tr><td colspan=4>2018年就业登记表</td></tr>\
    <tr><th>身份证号</th><th>起始<br>日期</th><th>就业类型</th><th>就业地域</th></tr>";

#[test]
fn pages_named_xls() {
    let line =
        |n: u32, more: &str| format!("<tr><td>{}</td><td>2018年3月{n}日</td>{more}<td>省&nbsp;外</td></tr>", person(n));
    let page = format!(
        "{PAGE}{}{}<tr><td colspan=3>合计</td><td>2</td></tr></table></body></html>",
        line(1, "<td rowspan=2>转移就业</td>"),
        line(2, "")
    );
    for bytes in [page.clone().into_bytes(), encoding_rs::GBK.encode(&page).0.into_owned()] {
        let found = read("employment", "220821_2018-06.xls", &bytes).unwrap();
        assert_eq!(found.counts(), "2/0/0/1");
        assert_eq!(found.column("kind"), ["转移就业"; 2]);
        assert_eq!(found.summary.repairs["merged_cell"], 1);
    }
    // Tags that are never closed, a head that never ends, upper case.
    let sloppy = format!(
        "<TABLE><TR><TD>身份证号<TD>起始日期<TD>就业类型<TD>就业地域<TR><TD>{}<TD>2018-3-1<TD>转移就业<TD>省外",
        person(1)
    );
    assert_eq!(read("employment", "220821_2018-06.xls", sloppy.as_bytes()).unwrap().counts(), "1/0/0/0");
    let headless = format!("<html><head><meta name=x>{}", sloppy.to_lowercase());
    assert_eq!(read("employment", "220821_2018-06.xls", headless.as_bytes()).unwrap().counts(), "1/0/0/0");
}

#[test]
fn endings_that_lie() {
    let bytes = workbook(&[head(), spell(1)]);
    for name in ["220821_2018-06.csv", "220821_2018-06.xls", "220821_2018-06.parquet", "220821_2018-06"] {
        assert_eq!(read("employment", name, &bytes).unwrap().counts(), "1/0/0/0", "{name}");
    }
}
