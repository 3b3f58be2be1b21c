//! No ID number, telephone or name in what a refusal, a reject or a report shows.

use super::{csv_of, person, read};
use jindu::extract::hide_numbers;

#[test]
fn a_name_behind_a_colon_in_the_header_row_is_not_shown() {
    for filled_in_by in [format!("填表人:{NAME}"), format!("填表人：{NAME}"), format!("联系人 ： {NAME} {PHONE}")]
    {
        let mut head = ledger_head();
        head.push(filled_in_by.clone());
        check("ledger", &[head.clone(), ledger_row()]);
        let shown = all_that_is_shown("ledger", &csv_of(&[head.clone(), ledger_row()]));
        assert!(shown.contains("人:…"), "{shown}");
        // Nor where a header is missing and those found are listed.
        head.remove(0);
        check("ledger", &[head, ledger_row()[1..].to_vec()]);
    }
}

#[test]
fn numbers_are_hidden_wherever_they_stand() {
    let check = |text: &str, expected: &str| assert_eq!(hide_numbers(text), expected);
    check("220821198001010014", "******************");
    check("张三220821198001010014男", "张三******************男");
    check("电话13843612345", "电话***********");
    check("138 4361 2345", "*** **** ****");
    check("138-4361-2345", "***-****-****");
    check("１３８４３６１２３４５", "***********");
    check("0436-3223456", "****-*******");
    check("2.20821198001010E+17", "*.**************E+17");
    // Digits of other scripts.
    check("٢٢٠٨٢١١٩٨٠٠١٠١٠٠١٤", "******************");
    check("身份证①②③④⑤⑥⑦⑧⑨⑨⑨⑨⑨⑨⑨", "身份证***************");
    check("二〇一八年", "二〇一八年");
    for harmless in ["2018-03-05", "220821100201", "220821", "43164.5", "2018年3月5日", "5,000,000", "列1,列2", "2208"]
    {
        check(harmless, harmless);
    }
}

/// Everything of a reading that `jindu query`, a page or a log may show.
fn all_that_is_shown(feed: &str, bytes: &[u8]) -> String {
    match read(feed, "220821_2018-06.csv", bytes) {
        Err(refusal) => format!("{} {}", refusal.reason, refusal.detail),
        Ok(read) => {
            let s = read.summary;
            let rejects: Vec<_> =
                s.rejects.iter().map(|r| (&r.sheet, &r.field, &r.all_reasons, &r.raw_value)).collect();
            format!(
                "{} {:?} {:?} {:?} {:?} {:?}",
                s.sheet, rejects, s.unmapped, s.unknown_columns, s.warnings, s.columns
            )
        }
    }
}

const NAME: &str = "欧阳春晓";
const PHONE: &str = "13843612345";

fn check(feed: &str, rows: &[Vec<String>]) {
    let shown = all_that_is_shown(feed, &csv_of(rows));
    for secret in [NAME, PHONE, &person(1), &person(1)[..14]] {
        assert!(!shown.contains(secret), "{secret} is shown: {shown}");
    }
}

fn ledger_row() -> Vec<String> {
    [&person(1), NAME, "男", "初中", "普通劳动力", "转移就业", "瓦工", "有就业意愿", "创业培训", "2018-05-31", PHONE]
        .iter()
        .map(|c| (*c).to_string())
        .collect()
}

fn ledger_head() -> Vec<String> {
    "身份证号,姓名,性别,文化程度,技能水平,就业失业状况,求职意向,就业创业意愿,培训需求,更新日期,联系电话"
        .split(',')
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_file_without_a_header() {
    check("ledger", &[ledger_row(), ledger_row()]);
    // Some words of a header beside a person's cells.
    let mut half = ledger_head();
    half[0] = person(1);
    half[10] = PHONE.to_owned();
    check("ledger", &[half, ledger_row()]);
}

#[test]
fn rows_that_slipped_by_a_column() {
    for by in 1..11 {
        let mut row = ledger_row();
        row.rotate_right(by);
        check("ledger", &[ledger_head(), row]);
        let mut row = ledger_row();
        row.rotate_left(by);
        check("ledger", &[ledger_head(), row]);
    }
}

#[test]
fn faulty_cells() {
    for (at, cell) in [
        (0, format!("{}9", person(1))),
        (0, format!("{NAME}{}", person(1))),
        (2, PHONE.to_owned()),
        (3, person(1)),
        (9, PHONE.to_owned()),
        (1, String::new()),
    ] {
        let mut row = ledger_row();
        row[at] = cell;
        check("ledger", &[ledger_head(), row]);
    }
    // The same name and number in a second row that says something else.
    let mut other = ledger_row();
    other[3] = "小学".to_owned();
    check("ledger", &[ledger_head(), ledger_row(), other]);
    let head: Vec<String> = ["报送单位", "材料类型", "报告期", "收到日期"].map(str::to_owned).to_vec();
    check("submissions", &[head, [person(1), PHONE.to_owned(), PHONE.to_owned(), person(1)].to_vec()]);
    // A header that somebody typed a telephone into.
    let mut head = ledger_head();
    head.push(format!("有事打{PHONE}"));
    check("ledger", &[head, ledger_row()]);
}

#[test]
fn a_panic_while_reading_refuses_without_a_word() {
    let project = super::project();
    let request = jindu::extract::Request {
        project,
        contract: &project.feeds["ledger"],
        delivery: jindu::extract::read_name("220821_2018-06.csv", &project.regions).unwrap(),
        file: "ledger/220821_2018-06.csv",
        sha256: "00",
        arrived_on: chrono::NaiveDate::from_ymd_opt(2018, 10, 8).unwrap(),
        keys: &jindu::extract::PersonKeys::new(b"a key for tests").unwrap(),
    };
    let bytes = csv_of(&[ledger_head(), ledger_row()]);
    let refusal = jindu::extract::read_extract(&bytes, &request, &mut |_, _| panic!("{NAME} {PHONE}")).unwrap_err();
    assert_eq!(refusal.reason, "unreadable");
    assert!(refusal.detail.starts_with("panic: privacy.rs:"), "{}", refusal.detail);
    // Elsewhere a panic is a panic as before.
    assert!(std::panic::catch_unwind(|| panic!("expected by a test")).is_err());
}

#[test]
fn masked_cells() {
    let check = |text: &str, expected: &str| assert_eq!(jindu::extract::mask(text), expected);
    check("220821198001010014", "2208**********0014");
    check("欧阳春晓220821198001010014", "******************0014");
    check("220821198001010014欧阳春晓", "2208******************");
    check("13843612345", "***********");
    check("欧阳春晓", "****");
}
