//! Headers, rows that are no data, duplicates, slices of one file, encodings: tables as CSV text.

use super::{Read, csv_of, person, read};

const HEAD: [&str; 4] = ["身份证号", "起始日期", "就业类型", "就业地域"];

fn spell(n: u32) -> [String; 4] {
    [person(n), "2018-03-01".to_owned(), "转移就业".to_owned(), "省外".to_owned()]
}

fn table(rows: &[Vec<String>]) -> Vec<u8> {
    csv_of(rows)
}

fn texts(row: &[&str]) -> Vec<String> {
    row.iter().map(|c| (*c).to_owned()).collect()
}

fn employment(rows: &[Vec<String>]) -> Read {
    read("employment", "220821_2018-06.csv", &table(rows)).unwrap()
}

/// Reads rows; `loaded/dropped/rejected/left out`, or the refusal with its detail.
fn check(rows: &[Vec<String>], expected: &str) {
    let found = read("employment", "220821_2018-06.csv", &table(rows));
    let found = found.map_or_else(|r| format!("{}: {}", r.reason, r.detail), |r| r.counts());
    assert_eq!(found, expected, "{rows:?}");
}

#[test]
fn headers_are_found_by_text() {
    let row = || spell(1).to_vec();
    check(&[texts(&HEAD), row()], "1/0/0/0");
    check(
        &[texts(&["2018年就业登记表"]), texts(&["填报单位:某县", "填报日期:2018-06-30"]), texts(&HEAD), row()],
        "1/0/0/0",
    );
    check(&[texts(&[" 身份证 号码", "起始\n日期", "就业类型（必填）", "*就业地域"]), row()], "1/0/0/0");
    check(&[texts(&["公民身份号码", "就业时间", "就业类型", "就业地点"]), row()], "1/0/0/0");
    let turned: Vec<String> = spell(1).into_iter().rev().collect();
    check(&[HEAD.iter().rev().map(|h| (*h).to_owned()).collect(), turned], "1/0/0/0");
    let read = employment(&[texts(&["身份证号", "起始日期", "就业类型", "就业地域", "备用"]), row()]);
    assert_eq!(read.summary.unknown_columns, ["备用"]);
    check(
        &[texts(&["身份证号", "起始日期", "就业地域"]), row()],
        "header_missing: 就业类型 | 身份证号, 起始日期, 就业地域",
    );
    check(
        &[texts(&["身份证号", "身份证号码", "起始日期", "就业类型", "就业地域"]), row()],
        "header_ambiguous: 身份证号码 = 身份证号",
    );
    check(
        &[texts(&["甲", "乙"]), texts(&["1", "2"])],
        "header_missing: 身份证号, 起始日期, 就业类型, 就业地域 | 甲, 乙",
    );
    // A wanted column must be there although its cells may be blank.
    let ledger: Vec<&str> = "身份证号,姓名,性别,文化程度,技能水平,就业失业状况,求职意向,就业创业意愿,培训需求,更新日期"
        .split(',')
        .collect();
    let all = read_ledger(&ledger).unwrap();
    assert_eq!(all.counts(), "1/0/0/0");
    assert_eq!(all.summary.warnings["field_blank"], 8);
    let refusal = read_ledger(&ledger[..9]).unwrap_err();
    assert_eq!(refusal.reason, "header_missing");
    assert!(refusal.detail.starts_with("更新日期 | 身份证号, "), "{}", refusal.detail);
}

fn read_ledger(head: &[&str]) -> Result<Read, jindu::extract::Refusal> {
    let mut row = vec![String::new(); head.len()];
    row[0] = person(1);
    row[1] = "张三".to_owned();
    read("ledger", "220821_2018-06.csv", &csv_of(&[texts(head), row]))
}

#[test]
fn a_word_in_the_first_row_is_no_header() {
    // The channel of the first row is called like a column of the feed that the file does not have.
    let head = texts(&["身份证号", "起始日期", "就业类型", "就业地域", "渠道"]);
    let mut row = spell(1).to_vec();
    row.push("社保".to_owned());
    check(&[head, row], "1/0/0/0");
}

#[test]
fn headers_of_two_levels() {
    let upper = texts(&["载体类型", "名称", "认定时间", "吸纳就业", ""]);
    let lower = texts(&["", "", "", "人数", "贫困劳动力"]);
    let row = texts(&["就业扶贫车间", "甲车间", "2018-03-01", "30", "12"]);
    let file = csv_of(&[
        texts(&["就业扶贫载体登记表", "", "", "", ""]),
        upper.clone(),
        lower.clone(),
        row.clone(),
        upper,
        lower,
    ]);
    let read = read("sites", "220821_2018-06.csv", &file).unwrap();
    assert_eq!(read.counts(), "1/0/0/2", "the header of the second page is left out");
    assert_eq!((read.rows[0]["workers"].as_str(), read.rows[0]["poor_workers"].as_str()), ("30", "12"));
    assert_eq!(read.rows[0]["site_id"], "~甲车间|就业扶贫车间");
}

#[test]
fn headers_of_three_levels() {
    let rows = [
        texts(&["就业扶贫载体登记表", "", "", "", ""]),
        texts(&["填报单位:某县", "", "", "单位:人", ""]),
        texts(&["载体类型", "名称", "认定时间", "用工情况", ""]),
        texts(&["", "", "", "吸纳就业", ""]),
        texts(&["", "", "", "人数", "贫困劳动力"]),
        texts(&["就业扶贫车间", "甲车间", "2018-03-01", "30", "12"]),
    ];
    let read = read("sites", "220821_2018-06.csv", &table(&rows)).unwrap();
    assert_eq!(read.counts(), "1/0/0/0");
    assert_eq!((read.rows[0]["workers"].as_str(), read.rows[0]["poor_workers"].as_str()), ("30", "12"));
}

#[test]
fn rows_that_are_no_data_are_left_out_and_counted() {
    let (a, b) = (spell(1).to_vec(), spell(2).to_vec());
    check(
        &[
            texts(&HEAD),
            a.clone(),
            texts(&["合计", "", "2", "2"]),
            texts(&["", "小 计：", "", "1"]),
            texts(&["注:以上为上半年数"]),
            texts(&["说明：无", "", "", ""]),
            texts(&["", "", "", ""]),
            texts(&["/", "-", "", "无"]),
            texts(&HEAD),
            texts(&["1", "2", "3", "4"]),
            b,
        ],
        "2/0/0/7",
    );
    // A word for a total beside a day or a person's number is a row with a fault.
    check(&[texts(&HEAD), texts(&[&person(1), "2018-03-01", "合计", "0"])], "0/0/1/0");
    // A name that only begins like a total is data, and so is a row that says more.
    check(&[texts(&HEAD), texts(&["合计", "2018-03-01", "转移就业", "省外"])], "0/0/1/0");
    check(&[texts(&HEAD), texts(&["注:", "2018-03-01", "转移就业", "省外"])], "0/0/1/0");
    // A blank template has nothing but its running number.
    let events = csv_of(&[
        ["序号", "活动类型", "活动名称", "举办日期"],
        ["1", "春风行动", "甲", "2018-03-01"],
        ["2", "", "", ""],
    ]);
    assert_eq!(read("events", "220821_2018-06.csv", &events).unwrap().counts(), "1/0/0/1");
}

#[test]
fn duplicates_within_a_file() {
    let (a, mut other) = (spell(1).to_vec(), spell(1).to_vec());
    other[3] = "境外".to_owned();
    let mut bad = spell(1).to_vec();
    bad[2] = "当兵".to_owned();
    let mut dirty = spell(1).to_vec();
    dirty[0] = format!("'{}", dirty[0].to_lowercase());
    dirty[1] = "2018年3月1日".to_owned();
    check(&[texts(&HEAD), a.clone(), a.clone(), a.clone()], "1/2/0/0");
    check(&[texts(&HEAD), a.clone(), dirty], "1/1/0/0");
    check(&[texts(&HEAD), a.clone(), other.clone(), a.clone()], "1/1/1/0");
    let read_rows = employment(&[texts(&HEAD), a.clone(), other]);
    assert_eq!(read_rows.reasons(), ["person_id:duplicate_in_file"]);
    assert_eq!(read_rows.column("place"), ["省外"], "the first is kept");
    // A row that was rejected holds no key: the next one loads.
    check(&[texts(&HEAD), bad, a], "1/0/1/0");
    // Rows that differ in an unknown column only are equal.
    let noted = |note: &str| spell(1).into_iter().chain([note.to_owned()]).collect::<Vec<_>>();
    check(&[texts(&["身份证号", "起始日期", "就业类型", "就业地域", "备注1"]), noted("x"), noted("y")], "1/1/0/0");
}

#[test]
fn duplicates_are_of_one_slice() {
    let head = texts(&["身份证号", "起始日期", "就业类型", "就业地域", "县区"]);
    let in_county = |county: &str| spell(1).into_iter().chain([county.to_owned()]).collect::<Vec<_>>();
    let file = table(&[head, in_county("220821"), in_county("220822")]);
    assert_eq!(read("employment", "all_2018-06.csv", &file).unwrap().counts(), "2/0/0/0", "two slices");
    assert_eq!(read("employment", "U08_2018-06.csv", &file).unwrap().counts(), "1/0/1/0", "one slice of a unit");
}

#[test]
fn blank_keys() {
    let head = ["流水号", "补贴类型", "领取单位", "金额(元)", "发放日期"];
    let row = ["", "岗位补贴", "甲", "100", "2018-03-01"];
    let payments = read("payments", "220821_2018-06.csv", &csv_of(&[head, row, row])).unwrap();
    assert_eq!(payments.counts(), "2/0/0/0", "payments without a number stand by themselves");
    let head = ["活动编号", "活动类型", "活动名称", "举办日期", "举办地点"];
    let row = ["", "春风行动", "甲", "2018-03-01", "县城"];
    let events = read("events", "220821_2018-06.csv", &csv_of(&[head, row, row])).unwrap();
    assert_eq!(events.counts(), "1/1/0/0", "an event's number is made from name, day and place");
    assert_eq!(events.rows[0]["event_id"], "~甲|2018-03-01|县城");
}

#[test]
fn a_file_of_all_regions_is_a_slice_for_each() {
    let head = texts(&["身份证号", "起始日期", "就业类型", "就业地域", "县区"]);
    let in_county = |n: u32, county: &str| spell(n).into_iter().chain([county.to_owned()]).collect::<Vec<_>>();
    let mut bad = in_county(4, "镇赉县");
    bad[1] = "昨天".to_owned();
    let rows = [head, in_county(1, "220822"), in_county(2, "大安市"), in_county(3, "通榆"), in_county(5, "U08"), bad];
    let all = read("employment", "all_2018-06.csv", &table(&rows)).unwrap();
    assert_eq!(all.counts(), "4/0/1/0");
    let mut slices = all.column("slice_region");
    slices.sort_unstable();
    assert_eq!(slices, ["220822", "220822", "220882", "U08"]);
    let regions: Vec<&str> = all.summary.regions.iter().map(String::as_str).collect();
    assert_eq!(regions, ["220821", "220822", "220882", "U08"], "a region whose rows are all rejected has rows");
    // In a unit's file everything is the unit's slice, with and without a county.
    let unit = read("employment", "U08_2018-06.csv", &table(&rows)).unwrap();
    assert_eq!(unit.column("slice_region"), ["U08"; 4]);
    assert_eq!(unit.column("region_code"), ["220822", "220882", "220822", "U08"]);
}

#[test]
fn statistical_reports_long_and_wide() {
    let long = csv_of(&[
        ["填报单位", "报告期", "指标", "完成数"],
        ["长春市", "2018Q1", "就业扶贫车间", "3"],
        ["U01", "2018q2", "就业比例", "0.6"],
    ]);
    let read_long = read("stat_reports", "U01_2018Q2.csv", &long).unwrap();
    assert_eq!(read_long.counts(), "2/0/0/0");
    assert_eq!(read_long.column("period"), ["2018Q1", "2018Q2"]);
    let wide = csv_of(&[
        texts(&["统计报表附件3"]),
        texts(&["填报单位", "报告期", "专场招聘会（场）", "就业扶贫车间", "就业比例", "填表人"]),
        texts(&["长春市", "2018Q1", "5", "3", "58.33%", "赵六"]),
        texts(&["长春市", "2018Q2", "6", "", "0.6", "赵六"]),
        texts(&["合计", "", "11", "3", "", ""]),
    ]);
    let read_wide = read("stat_reports", "U01_2018Q2.csv", &wide).unwrap();
    assert_eq!(read_wide.counts(), "5/0/0/1", "unit, period and indicator are a row");
    assert_eq!(read_wide.column("actual"), ["5.0000", "3.0000", "58.3300", "6.0000", "60.0000"]);
    assert_eq!(read_wide.column("indicator"), ["专场招聘会", "就业扶贫车间", "就业比例", "专场招聘会", "就业比例"]);
    let outside = csv_of(&[
        ["填报单位", "报告期", "指标", "完成数"],
        ["吉林市", "2018Q1", "劳务经纪人", "3"],
        ["长春市", "上半年", "劳务经纪人", "3"],
    ]);
    let outside = read("stat_reports", "U01_2018Q2.csv", &outside).unwrap();
    assert_eq!(outside.reasons(), ["unit:region_outside_slice", "period:code_unmapped"]);
}

#[test]
fn encodings_and_delimiters_by_content() {
    let csv = String::from_utf8(table(&[texts(&HEAD), spell(1).to_vec()])).unwrap();
    let gbk = encoding_rs::GBK.encode(&csv).0.into_owned();
    let utf16 = |big: bool| -> Vec<u8> {
        let bytes = |u: u16| if big { u.to_be_bytes() } else { u.to_le_bytes() };
        std::iter::once(0xfeff).chain(csv.encode_utf16()).flat_map(bytes).collect()
    };
    let with_mark = [b"\xef\xbb\xbf".as_slice(), csv.as_bytes()].concat();
    for bytes in [csv.clone().into_bytes(), with_mark, gbk, utf16(true), utf16(false)] {
        assert_eq!(read("employment", "220821_2018-06.xls", &bytes).unwrap().counts(), "1/0/0/0");
    }
    for delimiter in ["\t", ";"] {
        let text = csv.replace(',', delimiter);
        assert_eq!(read("employment", "220821_2018-06.csv", text.as_bytes()).unwrap().counts(), "1/0/0/0");
        // A title full of commas does not decide.
        let text = format!("表,一,二,三,四,五,六,七,八\n{text}");
        assert_eq!(read("employment", "220821_2018-06.csv", text.as_bytes()).unwrap().counts(), "1/0/0/0");
    }
    for end in ["\r\n", "\r"] {
        let text = format!("{}{end}{end}{}", csv.replace('\n', end), spell(2).join(","));
        let found = read("employment", "220821_2018-06.csv", text.as_bytes()).unwrap();
        assert_eq!(found.counts(), "2/0/0/0");
        assert_eq!(found.column("source_row"), ["2", "5"], "rows are numbered as an editor numbers lines");
    }
    // Some lines that end so, in a file of others: each has a number of its own.
    let text =
        format!("{}\r\n{}\r{}\r\n{}\n", HEAD.join(","), spell(1).join(","), spell(2).join(","), spell(3).join(","));
    let found = read("employment", "220821_2018-06.csv", text.as_bytes()).unwrap();
    assert_eq!(found.column("source_row"), ["2", "3", "4"]);
    // Ideographs beyond GBK that GB 18030 has.
    let gb18030 = encoding_rs::GB18030.encode(&csv.replace("转移就业", "转移就业 ")).0.into_owned();
    assert_eq!(read("employment", "220821_2018-06.csv", &gb18030).unwrap().counts(), "1/0/0/0");
}

#[test]
fn quoted_cells_may_have_line_breaks() {
    let mut row = spell(1).to_vec();
    row.push("第一车间,\n第二车间".to_owned());
    let mut bad = spell(2).to_vec();
    bad[1] = "昨天".to_owned();
    let found = employment(&[texts(&["身份证号", "起始日期", "就业类型", "就业地域", "就业单位"]), row, bad]);
    assert_eq!(found.counts(), "1/0/1/0");
    assert_eq!(found.summary.rejects[0].row, 4);
}

#[test]
fn file_names() {
    let regions = &super::project().regions;
    for (name, expected) in [
        ("220821_2018-06.xlsx", "220821 2018-06"),
        ("U08_2018Q2_重报.csv", "U08 2018-06"),
        ("U08_2018Q3.csv", "U08 2018-09"),
        ("all_2018.parquet", " 2018-12"),
        ("X22CBS_2018-06_a_b.csv", "X22CBS 2018-06"),
        ("220821_201806.csv", "name_not_understood"),
        ("220821_2018-13.csv", "name_not_understood"),
        ("220821_2018-00.csv", "name_not_understood"),
        ("220821_2018Q5.csv", "name_not_understood"),
        ("220899_2018-06.csv", "name_not_understood"),
        ("U13_2018-06.csv", "name_not_understood"),
        ("220800_2018-06.csv", "name_not_understood"),
        ("通榆县_2018-06.csv", "name_not_understood"),
        ("2018-06.csv", "name_not_understood"),
        ("", "name_not_understood"),
        ("_", "name_not_understood"),
    ] {
        let found = jindu::extract::read_name(name, regions);
        let found = found.map_or_else(|r| r.reason.to_owned(), |n| format!("{} {}", n.region, n.period));
        assert_eq!(found, expected, "{name}");
    }
}
