//! What goes back to the sender: the county's own sheet with exactly the faulty cells marked and noted, the lists beside
//! it, the check before sending, and nothing personal anywhere else.

use super::sheets::{Cell, edit_part, row, workbook};
use super::{csv_of, id, person, project, read};
use crate::support;
use calamine::{Data, Reader, Xlsx};
use jindu::extract::REPAIR_KINDS;
use jindu::text::{self, Lang, say_if_known};
use rust_xlsxwriter::{Format, Workbook};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Read as _};
use std::path::PathBuf;
use std::process::Output;
use tempfile::TempDir;

/// A check before sending, and what it wrote.
struct Checked {
    dir: TempDir,
    out: Output,
    name: String,
}

/// `jindu load FILE --dry-run` over a file in a folder of its own; `more` are further arguments.
fn dry_run(name: &str, bytes: &[u8], more: &[&str]) -> Checked {
    let dir = support::scratch();
    let file = dir.path().join(name);
    fs::write(&file, bytes).unwrap();
    let (data, inbox) = (dir.path().join("data"), dir.path().join("inbox"));
    let mut command = support::jindu(&support::project(), &data, &inbox);
    command.args(["--lang", "zh", "load"]).arg(&file).arg("--dry-run").args(more);
    if !more.contains(&"--as-of") {
        command.args(["--as-of", "2018-10-08"]);
    }
    let out = support::run(&mut command);
    assert!(!data.exists() && !inbox.exists(), "a check makes no folder");
    Checked { dir, out, name: name.to_owned() }
}

impl Checked {
    fn code(&self) -> i32 {
        self.out.status.code().unwrap()
    }

    fn shown(&self) -> String {
        format!("{}\n{}", String::from_utf8_lossy(&self.out.stdout), String::from_utf8_lossy(&self.out.stderr))
    }

    fn paper(&self, ending: &str) -> PathBuf {
        let stem = self.name.rsplit_once('.').map_or(self.name.as_str(), |(stem, _)| stem);
        self.dir.path().join(format!("{stem}_退回.{ending}"))
    }

    fn book(&self) -> Book {
        Book::open(&fs::read(self.paper("xlsx")).unwrap_or_else(|e| panic!("{e}: {}", self.shown())))
    }

    fn json(&self) -> Json {
        serde_json::from_slice(&fs::read(self.paper("json")).unwrap()).unwrap()
    }

    fn csv(&self) -> Vec<Vec<String>> {
        let bytes = fs::read(self.paper("csv")).unwrap();
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").expect("the CSV has its mark");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
        reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
    }
}

/// A returned workbook taken apart.
struct Book {
    bytes: Vec<u8>,
    sheets: Vec<String>,
    /// The first sheet's cells as text, by row number and column.
    cells: BTreeMap<(u32, u32), String>,
    /// Which of them are numbers.
    numbers: BTreeSet<String>,
    /// Colour and note by cell.
    fills: BTreeMap<String, String>,
    notes: BTreeMap<String, String>,
    merged: Vec<String>,
}

const RED: &str = "FFFFC7CE";
const YELLOW: &str = "FFFFEB9C";

impl Book {
    fn open(bytes: &[u8]) -> Book {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
        let sheets = book.sheet_names();
        let range = book.worksheet_range(&sheets[0]).unwrap();
        let first = range.start().unwrap_or((0, 0));
        let text = |data: &Data| match data {
            Data::Float(x) => x.to_string(),
            other => other.to_string(),
        };
        let cells = range
            .used_cells()
            .map(|(r, c, data)| ((r as u32 + first.0 + 1, c as u32 + first.1), text(data)))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        let sheet = part(bytes, "xl/worksheets/sheet1.xml");
        assert!(!sheet.contains("<f>") && !sheet.contains("<f "), "a cell became a formula");
        assert!(!sheet.contains("hyperlink"), "a cell became a link");
        let fills = fills_of_styles(&part(bytes, "xl/styles.xml"));
        let mut found = BTreeMap::new();
        let mut numbers = BTreeSet::new();
        for cell in sheet.split("<c r=\"").skip(1) {
            let tag = cell.split('>').next().unwrap();
            let at = tag.split('"').next().unwrap().to_owned();
            let style: usize = attribute(tag, "s").map_or(0, |s| s.parse().unwrap());
            if let Some(colour) = fills.get(style).filter(|c| [RED, YELLOW].contains(&c.as_str())) {
                found.insert(at.clone(), colour.clone());
            }
            if attribute(tag, "t").is_none() && !tag.ends_with('/') {
                numbers.insert(at);
            }
        }
        let comments = has_part(bytes, "xl/comments1.xml").then(|| part(bytes, "xl/comments1.xml"));
        let notes = comments.iter().flat_map(|xml| xml.split("<comment ref=\"").skip(1)).map(|comment| {
            let at = comment.split('"').next().unwrap().to_owned();
            let texts = comment.split("<t").skip(1).filter_map(|t| t.split_once('>')?.1.split("</t>").next());
            (at, texts.filter(|t| !t.starts_with('<')).collect::<String>())
        });
        let merged = sheet.split("<mergeCell ref=\"").skip(1).map(|m| m.split('"').next().unwrap().to_owned());
        let merged: Vec<String> = merged.collect();
        // What a merged cell covers has its colour, and is no cell of its own.
        found.retain(|at, _| !merged.iter().any(|range| is_covered(at, range)));
        Book { bytes: bytes.to_vec(), sheets, cells, numbers, fills: found, notes: notes.collect(), merged }
    }

    /// `A3:red B4:yellow`, each with a note.
    fn marks(&self) -> String {
        let marked: Vec<String> = self
            .fills
            .iter()
            .map(|(at, colour)| format!("{at}:{}", if colour == RED { "red" } else { "yellow" }))
            .collect();
        assert_eq!(
            self.fills.keys().collect::<Vec<_>>(),
            self.notes.keys().collect::<Vec<_>>(),
            "every coloured cell has a note"
        );
        marked.join(" ")
    }

    fn row(&self, number: u32) -> Vec<&str> {
        let width = self.cells.keys().map(|(_, c)| c + 1).max().unwrap_or(0);
        (0..width).map(|c| self.cells.get(&(number, c)).map_or("", String::as_str)).collect()
    }

    /// All text of the summary sheet.
    fn summary(&self) -> String {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(self.bytes.clone())).unwrap();
        let range = book.worksheet_range(self.sheets.last().unwrap()).unwrap();
        range.used_cells().map(|(_, _, data)| format!("{data}\n")).collect()
    }
}

fn has_part(bytes: &[u8], name: &str) -> bool {
    zip::ZipArchive::new(Cursor::new(bytes)).unwrap().by_name(name).is_ok()
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}

/// Whether a cell such as `B6` lies in a range such as `B5:C6` and is not its first.
fn is_covered(at: &str, range: &str) -> bool {
    let split = |cell: &str| -> (u8, u32) { (cell.as_bytes()[0], cell[1..].parse().unwrap()) };
    let (first, last) = range.split_once(':').unwrap();
    let ((column, row), (from, top), (to, bottom)) = (split(at), split(first), split(last));
    at != first && (from..=to).contains(&column) && (top..=bottom).contains(&row)
}

/// The fill colour of every cell style, "" where it has none.
fn fills_of_styles(styles: &str) -> Vec<String> {
    let between = |open: &str, close: &str| styles.split(open).nth(1).unwrap().split(close).next().unwrap().to_owned();
    let fills: Vec<String> = between("<fills", "</fills>")
        .split("<fill>")
        .skip(1)
        .map(|fill| fill.split("<fgColor rgb=\"").nth(1).map_or("", |c| c.split('"').next().unwrap()).to_owned())
        .collect();
    let xfs = between("<cellXfs", "</cellXfs>");
    xfs.split("<xf ")
        .skip(1)
        .map(|xf| fills[attribute(&format!(" {xf}"), "fillId").unwrap().parse::<usize>().unwrap()].clone())
        .collect()
}

/// Nothing of these people stands on the terminal.
fn keeps_quiet(checked: &Checked, secrets: &[&str]) {
    for secret in secrets {
        assert!(!checked.shown().contains(secret), "{secret} is shown:\n{}", checked.shown());
    }
}

const HEAD: [&str; 7] = ["身份证号", "姓名", "起始日期", "就业类型", "就业地域", "就业单位", "月收入(元)"];

fn spell(n: u32) -> [String; 7] {
    ["", "张三丰", "2018-03-01", "转移就业", "省外", "=1+1", "3500"]
        .map(str::to_owned)
        .map(|cell| if cell.is_empty() { person(n) } else { cell })
}

/// Header on line 1, a good row on line 2, then one fault a line.
fn faulty_spells() -> Vec<[String; 7]> {
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend((1..=7).map(spell));
    rows[2][0] = "2.20821E+17".to_owned();
    rows[3][2] = "2018-02-30".to_owned();
    rows[4][3] = "@摸鱼".to_owned();
    rows[5][0] = person(1);
    rows[5][4] = "境外".to_owned();
    rows[6][6] = "很多".to_owned();
    rows
}

#[test]
fn a_text_file_in_gbk() {
    let rows = faulty_spells();
    let text = String::from_utf8(csv_of(&rows)).unwrap();
    let bytes = encoding_rs::GBK.encode(&text).0.into_owned();
    let checked = dry_run("220821_2018-06.csv", &bytes, &["--as", "employment"]);
    assert_eq!(checked.code(), 1, "{}", checked.shown());
    let book = checked.book();
    assert_eq!(book.marks(), "A3:red A6:red C4:red D5:red G7:yellow");
    for (at, cells) in rows.iter().enumerate() {
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        assert_eq!(book.row(at as u32 + 1), cells, "row {}", at + 1);
    }
    // ID numbers, dates and the text that looks like a formula are text; amounts are numbers.
    let numbers: Vec<&String> = book.numbers.iter().collect();
    assert_eq!(numbers, ["G2", "G3", "G4", "G5", "G6", "G8"]);
    assert!(part(&book.bytes, "xl/worksheets/sheet1.xml").contains("<t>=1+1</t>"));
    for (cell, words) in [
        ("A3", ["文本", "11010519491231002X"].as_slice()),
        ("A6", &["第 2 行", "身份证号、起始日期"]),
        ("C4", &["日期", "2018-03-05"]),
        ("D5", &["转移就业、自主创业、公益性岗位、灵活就业、农业就业"]),
        ("G7", &["数字", "照常装载", "3500"]),
    ] {
        let note = &book.notes[cell];
        assert!(words.iter().all(|w| note.contains(w)) && note.contains("应为") && note.contains("例如"), "{note}");
    }
    assert_eq!(book.sheets, ["原表", "退回说明"]);
    let summary = book.summary();
    for words in [
        "就业记录 (employment)",
        "镇赉县 (220821)",
        "2018-06",
        "2018-10-08",
        "@摸鱼",
        "_重报",
        "sql/policy/code_aliases.csv",
    ] {
        assert!(summary.contains(words), "{words} is not in\n{summary}");
    }
    keeps_quiet(&checked, &["张三丰", &person(1), &person(2), "2.20821E+17"]);
}

#[test]
fn the_lists_say_the_same_and_compute_nothing() {
    let checked = dry_run("220821_2018-06.csv", &csv_of(&faulty_spells()), &["--as", "employment"]);
    let lines = checked.csv();
    assert_eq!(
        lines[0],
        ["工作表", "行", "列", "表头", "字段", "原因代码", "类别", "问题", "应为", "例如", "填写的内容"]
    );
    let short: Vec<String> = lines[1..].iter().map(|l| format!("{} {} {} {}", l[1], l[2], l[5], l[10])).collect();
    assert_eq!(
        short,
        [
            "3 A id_excel_damaged 2.20821E+17",
            "4 C date_invalid 2018-02-30",
            "5 D code_unmapped '@摸鱼",
            &format!("6 A duplicate_in_file {}", person(1)),
            "7 G number_blanked 很多",
        ]
    );
    for cell in lines.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
    }
    let json = checked.json();
    assert_eq!(
        json["rows"],
        serde_json::json!({"delivered": 7, "loaded": 3, "dropped": 0, "rejected": 4, "left_out": 0})
    );
    let says = |key: &str| json[key].as_str().unwrap().to_owned();
    assert_eq!([says("standing"), says("region"), says("period")], ["rejected", "220821", "2018-06"]);
    let faults = json["faults"].as_array().unwrap();
    assert_eq!(faults.len(), 5);
    assert_eq!(faults[2]["value"], "@摸鱼");
    assert_eq!(faults[3]["wrong"].as_str().unwrap(), lines[4][7]);
    assert_eq!(json["reasons"].as_array().unwrap().len(), 5);
    assert_eq!(json["unmapped"][0]["add_to"], "sql/policy/code_aliases.csv");
}

#[cfg(unix)]
#[test]
fn only_the_owner_reads_the_papers() {
    use std::os::unix::fs::PermissionsExt;
    let checked = dry_run("220821_2018-06.csv", &csv_of(&faulty_spells()), &["--as", "employment"]);
    for ending in ["xlsx", "csv", "json"] {
        let mode = fs::metadata(checked.paper(ending)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{ending}");
    }
    let left: Vec<_> = fs::read_dir(checked.dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 4, "the file and its three papers: {left:?}");
}

/// Titles, a header of two levels, a county over three rows, a kind over two.
fn site_book() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("载体").unwrap();
    let plain = Format::new();
    sheet.merge_range(0, 0, 0, 5, "2018年6月就业扶贫载体登记表", &plain).unwrap();
    sheet.merge_range(1, 0, 1, 5, "填报单位:白城市 填报日期:2018-07-02", &plain).unwrap();
    for (at, name) in [(0, "县区"), (1, "载体类型"), (2, "名称"), (5, "认定时间")] {
        sheet.merge_range(2, at, 3, at, name, &plain).unwrap();
    }
    sheet.merge_range(2, 3, 2, 4, "吸纳就业", &plain).unwrap();
    sheet.write_string(3, 3, "人数").unwrap();
    sheet.write_string(3, 4, "贫困劳动力").unwrap();
    sheet.merge_range(4, 0, 6, 0, "洮南市", &plain).unwrap();
    sheet.merge_range(4, 1, 5, 1, "扶贫大棚", &plain).unwrap();
    sheet.write_string(6, 1, "返乡创业基地").unwrap();
    sheet.write_string(7, 0, "北京市朝阳区").unwrap();
    sheet.write_string(7, 1, "就业扶贫车间").unwrap();
    for (r, name) in [(4, "甲"), (5, "乙"), (6, "丙"), (7, "丁")] {
        sheet.write_string(r, 2, name).unwrap();
        sheet.write_number(r, 3, 10).unwrap();
        sheet.write_number(r, 4, 4).unwrap();
        sheet.write_string(r, 5, "2018-03-01").unwrap();
    }
    sheet.write_string(6, 4, "约4人").unwrap();
    sheet.merge_range(8, 0, 8, 2, "合计", &plain).unwrap();
    sheet.write_number(8, 3, 40).unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn merged_headers_and_bodies() {
    let bytes = site_book();
    let checked = dry_run("U08_2018-06.xlsx", &bytes, &["--as", "sites"]);
    let book = checked.book();
    // The kind over two rows is one cell, and so is its mark.
    assert_eq!(book.marks(), "A8:red B5:red E7:yellow", "{}", checked.shown());
    assert!(book.notes["B5"].contains("第 5 至 6 行"), "{}", book.notes["B5"]);
    let mut merged = book.merged.clone();
    merged.sort();
    assert_eq!(merged, ["A1:F1", "A2:F2", "A3:A4", "A5:A7", "A9:C9", "B3:B4", "B5:B6", "C3:C4", "D3:E3", "F3:F4"]);
    assert_eq!(book.row(1)[0], "2018年6月就业扶贫载体登记表");
    assert_eq!(book.row(4), ["", "", "", "人数", "贫困劳动力", ""]);
    assert_eq!(book.sheets[0], "载体");
    assert_eq!(checked.json()["rows"]["rejected"], 3);
    // Read again, the returned workbook is what was delivered.
    let (before, after) =
        (read("sites", "U08_2018-06.xlsx", &bytes).unwrap(), read("sites", "U08_2018-06.xlsx", &book.bytes).unwrap());
    assert_eq!((before.counts(), before.reasons()), (after.counts(), after.reasons()));
    // Mended in its red cells, it is loaded whole.
    let mended = edit_part(&book.bytes, "xl/worksheets/sheet1.xml", |xml| {
        xml.replace("扶贫大棚", "就业扶贫车间").replace("北京市朝阳区", "洮北区")
    });
    assert_eq!(read("sites", "U08_2018-06_重报.xlsx", &mended).unwrap().counts(), "4/0/0/1");
}

#[test]
fn an_old_workbook() {
    let bytes = fs::read(support::project().join("tests/fixtures/loader/brokers_220502_2018-09.xls")).unwrap();
    // Seen from February 2018, what was recognised later lies in the future.
    let checked = dry_run("220502_2018-09.xls", &bytes, &["--as", "brokers", "--as-of", "2018-02-01"]);
    assert_eq!(checked.code(), 1, "{}", checked.shown());
    let book = checked.book();
    let original = read("brokers", "220502_2018-09.xls", &bytes).unwrap();
    assert_eq!(original.reasons(), ["person_id:id_check_digit"]);
    let rejected = format!("G{}:red", original.summary.rejects[0].row);
    let later = original.column("recognised_on").iter().filter(|day| **day > "2018-02-01").count();
    assert!(later > 0);
    assert!(book.marks().contains(&rejected), "{}", book.marks());
    assert_eq!((book.marks().matches("yellow").count(), book.marks().matches("red").count()), (later, 1));
    let columns: BTreeSet<&str> = book.fills.keys().map(|at| &at[..1]).collect();
    assert_eq!(columns.len(), 2, "a number and days are marked: {:?}", book.fills);
    assert_eq!(read("brokers", "220502_2018-09.xlsx", &book.bytes).unwrap().counts(), original.counts());
    assert!(book.numbers.iter().all(|at| !at.starts_with('G')), "ID numbers are text");
}

#[test]
fn a_wide_report() {
    let head = ["填报单位", "报告期", "专场招聘会", "就业扶贫车间", "劳务经纪人", "就业比例"];
    let rows = [
        head.map(str::to_owned),
        ["白城市", "2018Q1", "3", "若干", "12", "58.33%"].map(str::to_owned),
        ["白城市", "2018Q2", "5", "4", "约20", "60%"].map(str::to_owned),
        ["白城市", "2018Q2", "6", "4", "20", "60%"].map(str::to_owned),
    ];
    let checked = dry_run("U08_2018Q2.csv", &csv_of(&rows), &["--as", "stat_reports"]);
    // The repeated quarter differs in one figure; the others are equal and dropped.
    assert_eq!(checked.book().marks(), "C4:red D2:red E3:yellow", "{}", checked.shown());
    assert_eq!(checked.json()["rows"]["dropped"], 3);
}

#[test]
fn a_table_saved_as_a_page() {
    let page = format!(
        "<html><table><tr><td colspan=4>登记表</td></tr><tr><th>身份证号<th>起始日期<th>就业类型<th>就业地域</tr>\
        <tr><td>{}</td><td>2018-03-01</td><td rowspan=2>不知道</td><td>省外</td></tr>\
        <tr><td>{}</td><td>2018-03-01</td><td>月球</td></tr></table>",
        person(1),
        person(2)
    );
    let checked = dry_run("220821_2018-06.xls", page.as_bytes(), &["--as", "employment"]);
    let book = checked.book();
    assert_eq!(book.marks(), "C3:red D4:red");
    assert_eq!(book.merged, ["A1:D1", "C3:C4"]);
}

#[test]
fn refused_headers_are_shown_where_they_are() {
    let check = |rows: &[Vec<Cell>], marks: &str, words: &[&str]| {
        let checked = dry_run("220821_2018-06.xlsx", &workbook(rows), &["--as", "employment"]);
        assert_eq!(checked.code(), 1);
        let book = checked.book();
        assert_eq!(book.marks(), marks, "{}", checked.shown());
        let notes = book.notes.values().cloned().collect::<String>() + &book.summary();
        assert!(words.iter().all(|w| notes.contains(w)), "{notes}");
        keeps_quiet(&checked, &[&person(1), "张三丰"]);
    };
    let person_row = || vec![person(1).into(), "2018-03-01".into(), "转移就业".into(), "省外".into(), "张三丰".into()];
    let head = row(&["身份证号", "起始日期", "就业类型", "在哪儿就业", "姓名"]);
    check(&[row(&["就业登记表"]), head, person_row()], "A2:red D2:yellow", &["缺少这些表头", "就业地域"]);
    let twice = row(&["身份证号", "起始日期", "就业时间", "就业类型", "就业地域"]);
    check(&[twice, person_row()], "B1:red C1:red", &["同一个意思"]);
    // No header at all: the first cell says so, and no row of people is taken for one.
    check(&[person_row(), person_row()], "A1:red", &["缺少这些表头", "身份证号", "5 列数据,没有表头"]);
}

#[test]
fn what_cannot_be_read_has_a_summary_only() {
    let whole = workbook(&[row(&["身份证号"])]);
    for (bytes, reason) in [
        (b"\x89PNG\r\n\x1a\n".to_vec(), "not_a_workbook"),
        (whole[..whole.len() / 2].to_vec(), "unreadable"),
        (Vec::new(), "unreadable"),
    ] {
        let checked = dry_run("220821_2018-06.xlsx", &bytes, &["--as", "employment"]);
        assert_eq!(checked.code(), 1);
        assert!(checked.shown().contains(reason), "{}", checked.shown());
        let book = checked.book();
        assert_eq!(book.sheets, ["退回说明"]);
        assert!(book.summary().contains("另存为"), "{}", book.summary());
        assert_eq!(checked.json()["refusal"]["reason"], reason);
        assert_eq!(checked.csv().len(), 2);
    }
}

#[test]
fn a_good_file_needs_no_papers() {
    let rows = [HEAD.map(str::to_owned), spell(1), spell(2)];
    let checked = dry_run("220821_2018-06.csv", &csv_of(&rows), &["--as", "employment"]);
    assert_eq!(checked.code(), 0, "{}", checked.shown());
    assert!(!checked.paper("xlsx").exists());
    assert!(checked.shown().contains("可装载 2"), "{}", checked.shown());
}

#[test]
fn guesses_are_shown_and_asked_for() {
    let titled = |title: &str, unit: &str| {
        let mut rows = vec![vec![title.to_owned()], vec![unit.to_owned()]];
        rows.push(HEAD.map(str::to_owned).to_vec());
        rows.extend([spell(1).to_vec(), spell(2).to_vec()]);
        csv_of(&rows)
    };
    let check = |name: &str, bytes: &[u8], what: &str| {
        let checked = dry_run(name, bytes, &[]);
        assert_eq!(checked.code(), 2, "{}", checked.shown());
        assert!(checked.shown().contains(&format!("--dry-run --as {what}")), "{name}\n{}", checked.shown());
        assert!(!checked.paper("xlsx").exists());
        keeps_quiet(&checked, &["张三丰", &person(1)]);
    };
    check("台账.csv", &titled("镇赉县2018年5月就业记录", ""), "employment/220821_2018-05");
    check(
        "台账.csv",
        &titled("2018年第二季度就业记录", "填报单位:通榆县  填报日期:2018-07-02"),
        "employment/220822_2018-06",
    );
    // The day of filling in is no period: the rows tell.
    check("台账.csv", &titled("就业记录", "填报单位:白城市 填报日期:2018年7月2日"), "employment/U08_2018-03");
    check("镇赉县就业201806.csv", &titled("", ""), "employment/220821_2018-06");
    check("220821_2018-06.csv", &titled("", ""), "employment/220821_2018-06");
    check("台账.csv", &titled("", ""), "employment/地区_2018-03");
    // A county column, and a file of a unit's counties.
    let sites = |counties: &[&str]| {
        let mut rows = vec![["县区", "载体类型", "名称", "认定时间"].map(str::to_owned)];
        rows.extend(counties.iter().map(|c| [*c, "就业扶贫车间", "甲", "2018-04-01"].map(str::to_owned)));
        csv_of(&rows)
    };
    check("x.csv", &sites(&["洮南市"]), "sites/220881_2018-04");
    check("x.csv", &sites(&["洮南市", "镇赉县"]), "sites/U08_2018-04");
    check("x.csv", &sites(&["洮南市", "敦化市"]), "sites/all_2018-04");
    check("x.csv", b"nothing,to,see\n1,2,3\n", "数据表/地区_期间");
    // As it asked, so it is answered.
    let checked = dry_run("台账.csv", &titled("镇赉县2018年5月就业记录", ""), &["--as", "employment/220821_2018-05"]);
    assert_eq!(checked.code(), 0, "{}", checked.shown());
    // Checked under another name than its own, it is to be sent under that one.
    let checked = dry_run("台账.csv", &csv_of(&faulty_spells()), &["--as", "employment/220821_2018-05"]);
    for words in [
        "文件名用 220821_2018-05.csv 或 220821_2018-05_重报.xlsx",
        "load 台账.csv --dry-run --as employment/220821_2018-05",
    ] {
        assert!(checked.shown().contains(words), "{}", checked.shown());
    }
    let wrong = dry_run("台账.csv", b"x", &["--as", "employment/220821_2018-13"]);
    assert_eq!(wrong.code(), 2);
    assert_eq!(dry_run("台账.csv", b"x", &["--as", "orchards/220821_2018-06"]).code(), 2);
}

#[test]
fn a_check_is_asked_for_in_full_and_kept_out_of_the_inbox() {
    let dir = support::scratch();
    let inbox = dir.path().join("inbox");
    let folder = inbox.join("employment");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("220821_2018-06.csv");
    fs::write(&file, csv_of(&faulty_spells())).unwrap();
    let data = dir.path().join("data");
    let run = |more: &[&str]| {
        let mut command = support::jindu(&support::project(), &data, &inbox);
        support::run(command.arg("load").arg(&file).args(more))
    };
    let out = run(&[]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains("--dry-run"));
    assert_eq!(run(&["--dry-run"]).status.code(), Some(2), "beside the file is inside the inbox");
    // The folder says the feed, the name the rest.
    let papers = dir.path().join("papers");
    assert_eq!(run(&["--dry-run", "--out", papers.to_str().unwrap()]).status.code(), Some(1));
    assert!(papers.join("220821_2018-06_returned.xlsx").is_file());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    assert!(!data.exists());
}

#[test]
fn what_a_night_loaded_is_sent_back() {
    let dir = support::scratch();
    let (inbox, data, papers) = (dir.path().join("inbox"), dir.path().join("data"), dir.path().join("papers"));
    fs::create_dir_all(inbox.join("employment")).unwrap();
    fs::create_dir_all(inbox.join("sites")).unwrap();
    let good = [HEAD.map(str::to_owned), spell(1), spell(2)];
    let mut replaced = faulty_spells();
    replaced[2][0] = person(30);
    let mut arrivals = String::from("path,arrived_at\n");
    let mut put = |path: &str, at: &str, bytes: &[u8]| {
        fs::write(inbox.join(path), bytes).unwrap();
        arrivals.push_str(&format!("{path},{at}\n"));
    };
    put("employment/220821_2018-06.csv", "2018-07-02 08:00:00", &csv_of(&faulty_spells()));
    put("employment/220821_2018-05.csv", "2018-06-02 08:00:00", &csv_of(&replaced));
    put("employment/220822_2018-06.csv", "2018-07-02 09:00:00", &csv_of(&good));
    put("sites/U08_2018-06.xlsx", "2018-07-03 08:00:00", &site_book());
    put("sites/220881_2018-06.xlsx", "2018-07-02 08:00:00", b"\x89PNG\r\n\x1a\n");
    put("sites/220822_2018-06.xlsx", "2018-07-02 08:00:00", b"\x89PNG\r\n\x1a\nagain");
    put(
        "sites/220822_2018-06_重报.csv",
        "2018-07-05 08:00:00",
        &csv_of(&[["载体类型", "名称", "认定时间"], ["就业扶贫车间", "甲", "2018-04-01"]]),
    );
    put("sites/220821_201806.csv", "2018-07-02 08:00:00", b"x");
    fs::write(dir.path().join("arrivals.csv"), arrivals).unwrap();
    let warehouse = jindu::warehouse::Warehouse::open(&data).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let job = &project().jobs["nightly"];
    runtime.block_on(jindu::load::load_inbox(project(), &warehouse, job, &inbox, &|_, _| {})).unwrap();
    let run = |more: &[&str]| {
        let mut command = support::jindu(&support::project(), &data, &inbox);
        let shown = support::run_well(command.args(["--lang", "zh", "returned", "--out"]).arg(&papers).args(more));
        assert!(!shown.contains("张三丰") && !shown.contains(&person(1)), "{shown}");
    };
    let written = || -> Vec<String> {
        let mut found = Vec::new();
        for feed in fs::read_dir(&papers).unwrap() {
            let feed = feed.unwrap();
            for file in fs::read_dir(feed.path()).unwrap() {
                let name = file.unwrap().file_name().into_string().unwrap();
                if name.ends_with(".xlsx") {
                    found.push(format!("{}/{name}", feed.file_name().into_string().unwrap()));
                }
            }
        }
        found.sort();
        found
    };
    run(&["--feed", "employment"]);
    // Neither what was replaced nor what has no fault.
    assert_eq!(written(), ["employment/220821_2018-06_退回.xlsx"]);
    run(&[]);
    assert_eq!(
        written(),
        [
            "employment/220821_2018-06_退回.xlsx",
            "sites/220821_201806_退回.xlsx",
            "sites/220881_2018-06_退回.xlsx",
            "sites/U08_2018-06_退回.xlsx",
        ]
    );
    let book = Book::open(&fs::read(papers.join("employment/220821_2018-06_退回.xlsx")).unwrap());
    assert_eq!(book.marks(), "A3:red A6:red C4:red D5:red G7:yellow");
    assert!(book.summary().contains("2018-07-02 08:00:00"));
    // Once more, the same bytes.
    let before = fs::read(papers.join("sites/U08_2018-06_退回.xlsx")).unwrap();
    run(&["--region", "U08"]);
    assert!(
        before == fs::read(papers.join("sites/U08_2018-06_退回.xlsx")).unwrap(),
        "the same delivery gives the same bytes"
    );
    let mut command = support::jindu(&support::project(), &data, &inbox);
    let out = support::run(command.args(["returned", "--out"]).arg(inbox.join("employment")));
    assert_eq!(out.status.code(), Some(2));
}

#[test]
fn notes_have_a_limit_and_say_so() {
    let more = 30;
    let mut rows = vec![HEAD.map(str::to_owned)];
    for n in 0..(jindu::returned::NOTES_MAX + more) as u32 {
        let mut row = spell(0);
        row[0] = id(&format!("2208211980{:02}{:02}{:03}", 1 + n / 1000 % 12, 1 + n / 12_000, n % 1000));
        row[6] = "很多".to_owned();
        rows.push(row);
    }
    // The last row is sent back: its note comes first.
    let last = rows.len();
    rows[last - 1][2] = "2018-02-30".to_owned();
    let checked = dry_run("220821_2018-06.csv", &csv_of(&rows), &["--as", "employment"]);
    let book = checked.book();
    assert_eq!(book.notes.len(), jindu::returned::NOTES_MAX);
    assert_eq!(book.fills.len(), jindu::returned::NOTES_MAX + more + 1, "all are coloured");
    assert!(book.notes.contains_key(&format!("C{last}")));
    assert!(book.summary().contains(&format!("另有 {} 个单元格只标了颜色", more + 1)), "{}", book.summary());
    assert_eq!(checked.csv().len(), jindu::returned::NOTES_MAX + more + 2, "the list has them all");
}

#[test]
fn long_cells_and_control_characters_stay_readable() {
    let long = "长".repeat(jindu::returned::CELL_CHARS_MAX + 5);
    let mut rows = faulty_spells();
    rows[1][5] = long;
    rows[2][5] = "\u{1}\u{b}_x0041_<&>\u{fffe}".to_owned();
    let checked = dry_run("220821_2018-06.csv", &csv_of(&rows), &["--as", "employment"]);
    let book = checked.book();
    assert_eq!(book.cells[&(2, 5)].chars().count(), jindu::returned::CELL_CHARS_MAX);
    assert!(book.cells[&(3, 5)].contains("<&>"), "{:?}", book.cells[&(3, 5)]);
    assert!(book.summary().contains("1 个单元格的文字太长"), "{}", book.summary());
}

#[test]
fn every_reason_has_its_words() {
    let keys: BTreeSet<&str> = text::keys(Lang::ZhCn).collect();
    let codes = |prefix: &str| -> Vec<&str> { keys.iter().filter_map(|key| key.strip_prefix(prefix)).collect() };
    let mut wanted: Vec<String> = Vec::new();
    assert!(codes("reason.").len() >= 27 && codes("refusal.").len() >= 8);
    for (prefix, words) in [("reason.", "fault"), ("refusal.", "refused")] {
        for code in codes(prefix) {
            wanted.extend(["wrong", "expected", "example"].map(|part| format!("{words}.{code}.{part}")));
        }
    }
    for kind in [
        "text", "id", "region", "place", "unit", "date", "month", "int", "yuan", "number", "pct", "bool", "code",
        "period",
    ] {
        wanted.extend([format!("form.{kind}"), format!("sample.{kind}")]);
    }
    wanted.extend(REPAIR_KINDS.map(|kind| format!("repair.{kind}")));
    for lang in Lang::ALL {
        for key in &wanted {
            assert!(say_if_known(lang, key, &[]).is_some_and(|text| !text.trim().is_empty()), "{key} in {lang:?}");
        }
    }
    // An example that a clerk copies is right.
    let sample = say_if_known(Lang::ZhCn, "sample.id", &[]).unwrap();
    assert_eq!(sample, id(&sample[..17]));
}
