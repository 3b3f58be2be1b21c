//! The dirt table of FEEDS.md, row by row, as cells of a CSV file: `check("feed/file", "header", "cell", "outcome")`.

use super::{csv_of, describe, id, person, read, row_with};

/// Reads a good row with one cell put in; what that field comes to.
fn check_in(feed: &str, file: &str, header: &str, cell: &str, expected: &str) {
    let (headers, cells) = row_with(feed, header, cell);
    let found = read(feed, file, &csv_of(&[headers, cells]))
        .map_or_else(|r| format!("refused {}", r.reason), |r| describe(feed, header, &r));
    assert_eq!(found, expected, "{feed} {file}: {header} = {cell:?}");
}

fn check(feed: &str, header: &str, cell: &str, expected: &str) {
    check_in(feed, "220821_2018-06.csv", header, cell, expected);
}

#[test]
fn what_surrounds_a_cell_is_taken_off() {
    let good = person(1);
    let full_width: String = good.chars().map(|c| char::from_u32(c as u32 + 0xfee0).unwrap()).collect();
    check("employment", "身份证号", &good, &good);
    check("employment", "身份证号", &format!("=\"{good}\""), &format!("{good} +excel_text"));
    check("employment", "身份证号", &format!("'{good}"), &format!("{good} +excel_text"));
    check("employment", "身份证号", &format!("\t{good}\u{a0}"), &format!("{good} +white_space"));
    check("employment", "身份证号", &format!("\u{3000}{good}\u{200b}"), &format!("{good} +white_space"));
    check("employment", "身份证号", &format!("\u{202d}{good}\u{202c}"), &format!("{good} +white_space"));
    check("employment", "身份证号", &full_width, &format!("{good} +width"));
    let with_x = (1..).map(person).find(|p| p.ends_with('X')).unwrap();
    check("employment", "身份证号", &with_x.to_lowercase(), &format!("{with_x} +letter_case"));
    let wide_x = format!("{}ｘ", &with_x[..17]);
    check("employment", "身份证号", &wide_x, &format!("{with_x} +width +letter_case"));
    // Several at once, each told.
    check(
        "employment",
        "身份证号",
        &format!("\u{feff}=\"{}\"\u{3000}", with_x.to_lowercase()),
        &format!("{with_x} +excel_text +white_space +letter_case"),
    );
    // Nothing but what surrounds a cell is a blank, and so is a word for one inside it.
    check("employment", "就业单位", "=\"\"", "");
    check("employment", "就业单位", "\u{200b}\u{3000}\t", "");
    check("employment", "就业单位", "=\"无\"", " +excel_text +blank_word");
    check("employment", "身份证号", "=\"\"", "!person_id:id_missing");
    // A text that begins with an equals sign is no formula and stays.
    for text in ["=1+1", "=cmd|' /C calc'!A0", "=HYPERLINK(\"x\")", "+86", "@x", "=\"a\"&\"b"] {
        check("employment", "就业单位", text, text);
    }
    // Digits and letters become half width, other signs stay as they were typed.
    check("employment", "就业单位", "ＡＢＣ（长春）公司", "ABC（长春）公司 +width");
    check("employment", "就业单位", "甲\u{a0}乙\t丙", "甲 乙 丙 +white_space");
}

#[test]
fn words_for_a_blank_are_blank() {
    for word in ["-", "—", "/", "无", "空", "NULL", "null", "N/A", "#N/A", "－", "／", "——"] {
        check("employment", "就业单位", word, " +blank_word");
        check("employment", "月收入(元)", word, " +blank_word");
    }
    // … but a value where the code list has it,
    check("ledger", "培训需求", "无", "无");
    check("ledger", "培训需求", "/", " +blank_word ?field_blank");
    check("inspections", "严重程度", "无", "无");
    check("employment", "合同", "无", "false");
    // … a blank in the kind of work wished for,
    check("ledger", "求职意向", "无", " +blank_word ?field_blank");
    // … and never the beginning of a longer text.
    check("employment", "就业单位", "无锡电子厂", "无锡电子厂");
    check("employment", "就业单位", "/无", "/无");
    check("employment", "就业单位", "空军", "空军");
    check("employment", "月收入(元)", "-1", "!monthly_wage:negative_number");
    check("employment", "终止日期", "—", " +blank_word");
    check("employment", "县区", "无", "220821");
    check("employment", "社保", "/", " +blank_word");
    check("employment", "起始日期", "无", "!started_on:required_blank");
    check("employment", "就业类型", "空", "!kind:required_blank");
    check("ledger", "姓名", "无", "!name:required_blank");
}

#[test]
fn dates_in_every_form() {
    for (cell, expected) in [
        ("2018-03-05", "2018-03-05"),
        ("2018年3月5日", "2018-03-05 +date_form"),
        ("2018年03月05日", "2018-03-05 +date_form"),
        ("2018 年 3 月 5 日", "2018-03-05 +date_form"),
        ("２０１８年３月５日", "2018-03-05 +width +date_form"),
        ("2018.3.5", "2018-03-05 +date_form"),
        ("2018-3-5", "2018-03-05 +date_form"),
        ("2018/03/05", "2018-03-05 +date_form"),
        ("20180305", "2018-03-05 +date_form"),
        ("43164", "2018-03-05 +date_serial"),
        ("43164.5", "2018-03-05 +date_serial"),
        ("2018-03-05 08:30:00", "2018-03-05 +date_form"),
        ("2018/3/5 0:00", "2018-03-05 +date_form"),
        ("2018-03-05T08:30:00", "2018-03-05 +date_form"),
        ("3月5日", "2018-03-05 +date_form ?year_assumed"),
        ("2018-09-31", "!started_on:date_invalid"),
        ("2018-02-29", "!started_on:date_invalid"),
        ("2018-02-30", "!started_on:date_invalid"),
        ("2018年13月1日", "!started_on:date_invalid"),
        ("20180230", "!started_on:date_invalid"),
        ("2016-02-29", "2016-02-29"),
        ("2018年3月", "!started_on:date_invalid"),
        ("201803", "!started_on:date_invalid"),
        ("长期", "!started_on:date_invalid"),
        ("至今", "!started_on:date_invalid"),
        ("1899-12-31", "!started_on:date_invalid"),
        ("18-3-5", "!started_on:date_invalid"),
        ("3/5/2018", "!started_on:date_invalid"),
        ("2018-3-5-1", "!started_on:date_invalid"),
        ("2018年3月5日至2018年4月1日", "!started_on:date_invalid"),
        ("2018-00-05", "!started_on:date_invalid"),
        ("2018.3.0", "!started_on:date_invalid"),
        ("2月29日", "!started_on:date_invalid"),
        ("1900-02-29", "!started_on:date_invalid"),
        ("2000-02-29", "2000-02-29"),
        ("2018 - 3 - 5", "2018-03-05 +date_form"),
        ("２０１８．３．５", "2018-03-05 +width +date_form"),
        ("2018－03－05", "2018-03-05 +date_form"),
        ("99999", "2173-10-13 +date_serial ?future_date"),
        ("999999", "!started_on:date_invalid"),
        ("-43164", "!started_on:date_invalid"),
        ("4.3164E4", "!started_on:date_invalid"),
        ("去年", "!started_on:date_invalid"),
        ("", "!started_on:required_blank"),
    ] {
        check("employment", "起始日期", cell, expected);
    }
    check("employment", "终止日期", "至今", " +blank_word");
    check("employment", "终止日期", "长期", " +blank_word");
    check("employment", "终止日期", "2018-02-30", " ?date_blanked");
    check("employment", "终止日期", "2018-12-31", "2018-12-31 ?future_date");
    check("ledger", "更新日期", "昨天", " ?date_blanked");
    // A month stands for its first day where the field allows it.
    check("brokers", "认定时间", "2018年3月", "2018-03-01 +date_form");
    check("brokers", "认定时间", "201803", "2018-03-01 +date_form");
    check("brokers", "认定时间", "2018-3", "2018-03-01 +date_form");
    check("brokers", "认定时间", "201813", "!recognised_on:date_invalid");
    check("ledger", "毕业时间", "2018年7月", "2018-07-01 +date_form");
    // A date without a year is of the period's.
    check_in("employment", "220821_2017-12.csv", "起始日期", "3月5日", "2017-03-05 +date_form ?year_assumed");
}

#[test]
fn numbers_as_offices_write_them() {
    for (cell, expected) in [
        ("5000", "5000"),
        ("5,000", "5000 +number_form"),
        ("5，000", "5000 +number_form"),
        ("１２", "12 +width"),
        ("3万", "30000 +number_form +ten_thousands"),
        ("1.2万元", "12000 +number_form +ten_thousands"),
        ("约1.2万人", "12000 +number_form +ten_thousands ?number_approximate"),
        ("300人", "300 +number_form"),
        ("约300人", "300 +number_form ?number_approximate"),
        ("1200余", "1200 +number_form ?number_approximate"),
        ("1200余人", "1200 +number_form ?number_approximate"),
        ("300人左右", "300 +number_form ?number_approximate"),
        ("12.0", "12"),
        ("1E3", "1000 +number_form"),
        ("12.5", " ?number_blanked"),
        ("5,00", " ?number_blanked"),
        ("三百", " ?number_blanked"),
        ("99999999999999999999999", " ?number_blanked"),
        ("-5", "!attendees:negative_number"),
        ("－5", "!attendees:negative_number"),
        ("近300人", "300 +number_form ?number_approximate"),
        ("300多人", "300 +number_form ?number_approximate"),
        ("1,234,567", "1234567 +number_form"),
        ("12,34,567", " ?number_blanked"),
        ("0.3万", "3000 +number_form +ten_thousands"),
        ("３万", "30000 +width +number_form +ten_thousands"),
        ("300人次", "300 +number_form"),
        ("约", " ?number_blanked"),
        ("万", " ?number_blanked"),
        ("3+5", " ?number_blanked"),
        ("0x10", " ?number_blanked"),
        ("NaN", " ?number_blanked"),
        ("1E400", " ?number_blanked"),
    ] {
        check("events", "参会人数", cell, expected);
    }
    check_in("stat_reports", "U01_2018-06.csv", "完成数", "三百", "!actual:number_invalid");
    check("payments", "金额(元)", "一百元", "!amount:number_invalid");
    check("payments", "金额(元)", "99999999999999999999", "!amount:number_invalid");
    check("payments", "金额(元)", "100.005", "100.01 +number_rounded");
}

#[test]
fn money_is_in_yuan() {
    check("employment", "月收入(元)", "3500.5", "3500.50");
    check("employment", "月收入(万元)", "0.35", "3500.00 +ten_thousands");
    check("employment", "月收入（万元）", "0.35", "3500.00 +ten_thousands");
    // A cell that says its unit is not multiplied a second time.
    check("employment", "月收入(万元)", "1.2万", "12000.00 +number_form +ten_thousands");
    check("employment", "月收入(万元)", "3500元", "3500.00 +number_form");
    let amount = |header: &str, cell: &str| {
        let head = ["合同编号", "借款人", "借款主体", header, "放款日期"];
        let row = ["D1", "王五", "个人", cell, "2018-03-01"];
        read("loans", "220821_2018-06.csv", &csv_of(&[head, row])).unwrap().rows[0]["amount"].clone()
    };
    assert_eq!(amount("贷款金额(元)", "50000"), "50000.00");
    assert_eq!(amount("贷款金额(万元)", "5"), "50000.00");
    assert_eq!(amount("贷款金额", "5"), "5.00");
    assert_eq!(amount("贷款金额（ 万元 ）", "5.5"), "55000.00");
    assert_eq!(amount("贷款金额(万元)", "5,000"), "50000000.00");
    // Ten thousands are of money: a count under such a header stays.
    let head = ["活动编号", "活动类型", "活动名称", "举办日期", "参会人数(万元)"];
    let row = ["HD1", "春风行动", "甲", "2018-03-01", "5"];
    let counted = read("events", "220821_2018-06.csv", &csv_of(&[head, row])).unwrap();
    assert_eq!(counted.column("attendees"), ["5"]);
}

#[test]
fn percentages_are_of_a_hundred() {
    let share = |indicator: &str, cell: &str| {
        let head = ["填报单位", "报告期", "指标", "完成数"];
        read("stat_reports", "all_2018-06.csv", &csv_of(&[head, ["长春市", "2018Q1", indicator, cell]])).unwrap().rows
            [0]["actual"]
            .clone()
    };
    for (cell, expected) in [
        ("60%", "60.0000"),
        ("0.6", "60.0000"),
        ("60", "60.0000"),
        ("58.33", "58.3300"),
        ("58.33%", "58.3300"),
        ("０．６", "60.0000"),
        ("60％", "60.0000"),
        ("0.5%", "0.5000"),
        ("0", "0.0000"),
        ("1", "100.0000"),
        ("100%", "100.0000"),
        ("1%", "1.0000"),
        ("100", "100.0000"),
        ("1.5", "1.5000"),
        ("0.005", "0.5000"),
        ("0.6%", "0.6000"),
        ("=\"58.33%\"", "58.3300"),
    ] {
        assert_eq!(share("就业比例", cell), expected, "{cell}");
    }
    // A count of one is not a hundred.
    assert_eq!(share("专场招聘会", "1"), "1.0000");
}

#[test]
fn code_lists_by_value_alias_and_code() {
    check("ledger", "性别", "男", "男");
    check("ledger", "性别", "1", "男 +code_mapped");
    check("ledger", "性别", "１", "男 +width +code_mapped");
    check("ledger", "就业失业状况", "务工", "转移就业 +code_mapped");
    check("ledger", "就业失业状况", "03", "未就业 +code_mapped");
    // A spreadsheet drops the zero in front of a code.
    check("ledger", "就业失业状况", "3", "未就业 +code_mapped");
    check("ledger", "文化程度", "中专", "高中 +code_mapped");
    check("ledger", "文化程度", "博士后", " ?code_blanked");
    check("ledger", "文化程度", "", " ?field_blank");
    check("employment", "就业类型", "当兵", "!kind:code_unmapped");
    check("employment", "就业地域", "乡（镇）内", "乡(镇)内 +code_mapped");
    check("employment", "就业渠道", "天上掉", " ?code_blanked");
    check("ledger", "文化程度", "大 专", "大专 +code_mapped");
    check("ledger", "文化程度", "０７１", "初中 +width +code_mapped");
    check("ledger", "性别", "0", " ?code_blanked");
    check("ledger", "性别", "3", " ?code_blanked");
    check("ledger", "就业创业意愿", "无就业创业意愿", "无意愿 +code_mapped");
    check("posts", "岗位类型", "其他岗位", "!kind:code_unmapped");
    // A word of one list is none of another.
    check("employment", "就业类型", "务工", "!kind:code_unmapped");
    for (cell, expected) in [
        ("是", "true"),
        ("√", "true"),
        ("y", "true"),
        ("有", "true"),
        ("1", "true"),
        ("否", "false"),
        ("N", "false"),
        ("0", "false"),
        ("无", "false"),
        ("", ""),
        ("也许", " ?code_blanked"),
    ] {
        check("employment", "社保", cell, expected);
    }
    let file = csv_of(&[
        ["岗位编号", "岗位类型", "用人单位", "上岗日期"],
        ["1", "护林", "甲", "2018-01-01"],
        ["2", "护林", "乙", "2018-01-01"],
    ]);
    let read = read("posts", "220821_2018-06.csv", &file).unwrap();
    assert_eq!(read.summary.unmapped[&("kind".to_owned(), "护林".to_owned())], 2, "every unmapped value is counted");
}

#[test]
fn regions_by_digits_and_names() {
    for (cell, expected) in [
        ("220822", "220822"),
        ("220822100", "220822 +region_mapped"),
        ("220822100201", "220822 +region_mapped"),
        ("通榆", "220822 +region_mapped"),
        ("通榆县", "220822 +region_mapped"),
        ("通 榆 县", "220822 +region_mapped"),
        ("白城市通榆县", "220822 +region_mapped"),
        ("吉林省白城市通榆县", "220822 +region_mapped"),
        ("前郭", "220721 +region_mapped"),
        ("长白县", "220623 +region_mapped"),
        ("伊通县", "220323 +region_mapped"),
        ("220184", "220381 +region_mapped"),
        ("四平市铁西区", "220302 +region_mapped"),
        ("", "!region:region_unknown"),
        ("铁西区", "!region:region_unknown"),
        ("朝阳区", "!region:region_unknown"),
        ("吉林市", "!region:region_unknown"),
        ("210106", "!region:region_unknown"),
        ("沈阳市铁西区", "!region:region_unknown"),
        ("22082", "!region:region_unknown"),
    ] {
        check_in("employment", "all_2018-06.csv", "县(市、区)", cell, expected);
    }
    for (cell, expected) in [
        ("220621120", "X22CBS +region_mapped"),
        ("220621121201", "X22CBS +region_mapped"),
        ("222426120000", "X22CBS +region_mapped"),
        ("220621119", "220621 +region_mapped"),
        ("长白山保护开发区管委会", "X22CBS +region_mapped"),
        ("220184100201", "220381 +region_mapped"),
        ("2208221002", "!region:region_unknown"),
        ("２２０８２２", "220822 +width"),
        ("=\"220822\"", "220822 +excel_text"),
        ("220000", "!region:region_unknown"),
        ("通榆县瞻榆镇", "!region:region_unknown"),
    ] {
        check_in("employment", "all_2018-06.csv", "县(市、区)", cell, expected);
    }
    check_in("employment", "220104_2018-06.csv", "县区", "朝阳区", "220104 +region_mapped");
    check_in("employment", "U01_2018-06.csv", "县区", "朝阳区", "220104 +region_mapped");
    check_in("employment", "U03_2018-06.csv", "县区", "朝阳区", "!region:region_unknown");
    // Ambiguous names hold inside the file's region only.
    check_in("employment", "220302_2018-06.csv", "县区", "铁西区", "220302 +region_mapped");
    check_in("employment", "U03_2018-06.csv", "县区", "铁西区", "220302 +region_mapped");
    check_in("employment", "220821_2018-06.csv", "县区", "铁西区", "!region:region_unknown");
    check_in("employment", "U02_2018-06.csv", "县区", "吉林市", "U02 +region_mapped");
    // A county of another file's region is outside; a blank is the file's.
    check_in("employment", "220821_2018-06.csv", "县区", "通榆县", "!region:region_outside_slice");
    check_in("employment", "220821_2018-06.csv", "县区", "", "220821");
    check_in("employment", "U08_2018-06.csv", "县区", "", "U08");
    check_in("employment", "U08_2018-06.csv", "县区", "通榆县", "220822 +region_mapped");
    check_in("villages", "all_2018.csv", "县(市、区)", "", "!county:required_blank");
}

#[test]
fn three_towns_belong_to_changbaishan() {
    let region = |file: &str, village: &str, county: &str| {
        let head = ["村代码", "村名", "县(市、区)"];
        let read = read("villages", file, &csv_of(&[head, [village, "某村", county]])).unwrap();
        read.rows
            .first()
            .map_or_else(|| read.reasons().join(""), |r| format!("{} in {}", r["region_code"], r["slice_region"]))
    };
    assert_eq!(region("all_2018.csv", "220621120201", "220621"), "X22CBS in X22CBS");
    assert_eq!(region("all_2018.csv", "220621121000", "抚松县"), "X22CBS in X22CBS");
    assert_eq!(region("all_2018.csv", "222426120999", "安图县"), "X22CBS in X22CBS");
    assert_eq!(region("all_2018.csv", "220621122201", "220621"), "220621 in 220621");
    assert_eq!(region("220621_2018.csv", "220621120201", "220621"), "county:region_outside_slice");
    assert_eq!(region("X22CBS_2018.csv", "220621120201", "220621"), "X22CBS in X22CBS");
}

#[test]
fn names_lose_blanks_and_have_one_kind_of_dot() {
    check("ledger", "姓名", "张 三", "张三 +white_space");
    check("ledger", "姓名", "张　三", "张三 +white_space");
    check("ledger", "姓名", "阿依古丽•买买提", "阿依古丽·买买提 +name_dots");
    check("ledger", "姓名", "阿依古丽．买买提", "阿依古丽·买买提 +name_dots");
    check("ledger", "姓名", "阿依古丽·买买提", "阿依古丽·买买提");
    check("ledger", "姓名", "阿依古丽 • 买买提", "阿依古丽·买买提 +white_space +name_dots");
    check("ledger", "姓名", "\u{3000}欧阳\u{a0}春晓\u{200b}", "欧阳春晓 +white_space");
    // A firm's name keeps its blanks and its dots: it is no person's.
    check("employment", "就业单位", "A • B 公司", "A • B 公司");
}

#[test]
fn id_numbers() {
    let check_id = |cell: &str, expected: &str| check("employment", "身份证号", cell, expected);
    let good = person(1);
    let with_x = (1..).map(person).find(|p| p.ends_with('X')).unwrap();
    check_id("220821800101001", &format!("{} +id_15_digits", id("22082119800101001")));
    check_id(&format!("{good}43"), &format!("{good} +id_20_digits"));
    check_id(&format!("{good}43B1"), &format!("{good} +id_20_digits"));
    check_id(&format!("{} {}", &good[..6], &good[6..]), &format!("{good} +white_space"));
    check_id("", "!person_id:id_missing");
    check_id("无", "!person_id:id_missing");
    check_id(&good[..17], "!person_id:id_length");
    check_id(&format!("{good}4"), "!person_id:id_length");
    check_id("身份证号码不详", "!person_id:id_length");
    check_id("张三张三张三", "!person_id:id_length");
    check_id(&format!("{}A", &good[..17]), "!person_id:id_check_digit");
    let wrong = format!("{}{}", &good[..17], if good.ends_with('1') { "2" } else { "1" });
    check_id(&wrong, "!person_id:id_check_digit");
    check_id(&id("22082119800230001"), "!person_id:id_birth_date");
    check_id(&id("22082118991231001"), "!person_id:id_birth_date");
    check_id(&id("22082120991231001"), "!person_id:id_birth_date");
    for length in [1, 14, 16, 17, 19, 21, 23] {
        check_id(&"2".repeat(length), "!person_id:id_length");
    }
    check_id("220821800230001", "!person_id:id_birth_date");
    check_id("220821801301001", "!person_id:id_birth_date");
    check_id("22082180010100X", "!person_id:id_length");
    // Of twenty digits the first eighteen must hold all the same.
    let last = if good.ends_with('1') { '2' } else { '1' };
    check_id(&format!("{}{last}43", &good[..17]), "!person_id:id_check_digit");
    check_id(&format!("{}{last}43B1", &good[..17]), "!person_id:id_check_digit");
    check_id(&id("22082119800229001"), &id("22082119800229001"));
    check_id(&id("22082119810229001"), "!person_id:id_birth_date");
    check_id(&format!("{}Ⅹ", &with_x[..17]), "!person_id:id_length");
    check_id(&format!("{}*", &good[..17]), "!person_id:id_check_digit");
    check_id("2.20821E+17", "!person_id:id_excel_damaged");
    check_id("2.20821e17", "!person_id:id_excel_damaged");
    check_id("=\"2.20821E+17\"", "!person_id:id_excel_damaged");
    check_id("2.20821198001010E+17", "!person_id:id_excel_damaged");
    let digits = (1..).map(person).find(|p| !p.ends_with('X')).unwrap();
    check_id(&format!("{digits}.0"), "!person_id:id_excel_damaged");
    check_id(&format!("{with_x}.0"), "!person_id:id_length");
    // The prefix is where somebody first registered: any code since 1981, any province's, none compared.
    for first in ["22240319650101001", "65010119800101001", "99999919800101001"] {
        check_id(&id(first), &id(first));
    }
    // Sex and age beside the number are warnings.
    check("ledger", "性别", "女", "女 ?sex_differs_from_id");
    check("ledger", "年龄", "38", "38");
    check("ledger", "年龄", "39", "39");
    check("ledger", "年龄", "40", "40 ?age_differs_from_id");
    check("ledger", "年龄", "38岁", "38 +number_form");
}

#[test]
fn what_is_not_required_never_costs_a_row() {
    for cell in ["123", "2.20821E+17", "张三", "无", "-"] {
        let found = row_of("payments", "领取人身份证号", cell);
        assert!(found.starts_with(" "), "{cell}: {found}");
        assert!(found.contains("?field_blank") || found.contains("+blank_word"), "{cell}: {found}");
    }
    check("sites", "注销时间", "昨天", " ?date_blanked");
    check("sites", "从业人数", "若干", " ?number_blanked");
    check("sites", "级别", "部级", " ?code_blanked");
    check("brokers", "是否参加培训", "待定", " ?code_blanked");
    for header in ["性别", "文化程度", "技能水平", "就业失业状况", "求职意向", "就业创业意愿", "培训需求", "更新日期"]
    {
        check("ledger", header, "", " ?field_blank");
        check("ledger", header, "/", " +blank_word ?field_blank");
    }
}

fn row_of(feed: &str, header: &str, cell: &str) -> String {
    let (headers, cells) = row_with(feed, header, cell);
    describe(feed, header, &read(feed, "220821_2018-06.csv", &csv_of(&[headers, cells])).unwrap())
}

/// A quarantined row keeps all its cells as text and every reason.
#[test]
fn a_rejected_row_is_kept_whole() {
    let head = ["身份证号", "起始日期", "就业类型", "就业地域", "备用", ""];
    let row = ["123", "昨天", "当兵", "省外", "=x", "y"];
    let found = read("employment", "220821_2018-06.csv", &csv_of(&[head, row])).unwrap();
    let reject = &found.summary.rejects[0];
    assert_eq!(reject.all_reasons, "person_id:id_length started_on:date_invalid kind:code_unmapped");
    assert_eq!((reject.row, reject.field.as_str(), reject.reason), (2, "person_id", "id_length"));
    let cells: serde_json::Value = serde_json::from_str(&reject.raw_cells).unwrap();
    let expected = serde_json::json!({"身份证号": "123", "起始日期": "昨天", "就业类型": "当兵", "就业地域": "省外",
        "备用": "=x", "#6": "y"});
    assert_eq!(cells, expected);
}

#[test]
fn every_reason_has_its_sentence() {
    use jindu::text::{Lang, say_if_known};
    let feeds = std::fs::read_to_string(crate::support::project().join("src/text/messages.en.toml")).unwrap();
    let of = |section: &str| -> Vec<String> {
        let lines = feeds.lines().skip_while(|l| *l != format!("[{section}]")).skip(1);
        lines.take_while(|l| !l.is_empty()).map(|l| l.split(' ').next().unwrap().to_owned()).collect()
    };
    let codes = "id_missing id_length id_birth_date id_check_digit id_excel_damaged required_blank date_invalid \
        number_invalid code_unmapped region_unknown region_outside_slice duplicate_in_file date_order negative_number \
        share_over_total field_blank code_blanked date_blanked number_blanked year_assumed number_approximate \
        sex_differs_from_id age_differs_from_id future_date person_not_in_ledger outside_period roster_differs";
    let refusals = "unreadable header_missing header_ambiguous name_not_understood unknown_feed too_large encrypted \
        not_a_workbook";
    let limits: Vec<&str> = jindu::extract::Limit::ALL.iter().map(|l| l.name()).collect();
    for (section, codes) in [
        ("reason", codes.split_whitespace().collect()),
        ("refusal", refusals.split_whitespace().collect()),
        ("limit", limits),
    ] {
        let codes: Vec<&str> = codes;
        for code in &codes {
            for lang in Lang::ALL {
                let said = say_if_known(lang, &format!("{section}.{code}"), &[]).unwrap_or_default();
                assert!(said.chars().count() > 3, "{section}.{code} has no sentence in {lang:?}");
            }
        }
        let stray: Vec<String> = of(section)
            .into_iter()
            .filter(|c| !codes.contains(&c.as_str()) && !["both", "at_row", "at_part"].contains(&c.as_str()))
            .collect();
        assert!(stray.is_empty(), "{section} has sentences for what does not occur: {stray:?}");
    }
}

#[test]
fn a_blank_required_id_is_the_only_reason() {
    let head = ["身份证号", "起始日期", "就业类型", "就业地域"];
    let read =
        read("employment", "220821_2018-06.csv", &csv_of(&[head, ["", "2018-01-01", "转移就业", "省外"]])).unwrap();
    assert_eq!(read.reasons(), ["person_id:id_missing"]);
    assert_eq!(read.summary.rejects[0].raw_value, "");
}

#[test]
fn rules_between_cells() {
    let rejects = |feed: &str, more: &[(&str, &str)]| {
        let (mut head, mut row) = row_with(feed, more[0].0, more[0].1);
        for (header, cell) in &more[1..] {
            head.push((*header).to_owned());
            row.push((*cell).to_owned());
        }
        let read = read(feed, "220821_2018-06.csv", &csv_of(&[head, row])).unwrap();
        read.counts();
        read.reasons().join("")
    };
    assert_eq!(rejects("employment", &[("终止日期", "2018-02-28")]), "ended_on:date_order");
    assert_eq!(rejects("employment", &[("终止日期", "2018-03-01")]), "");
    assert_eq!(rejects("brokers", &[("撤销时间", "2018-02-01")]), "withdrawn_on:date_order");
    assert_eq!(
        rejects("events", &[("参会人数", "10"), ("贫困劳动力参会人数", "11")]),
        "poor_attendees:share_over_total"
    );
    assert_eq!(rejects("events", &[("参会人数", "10"), ("贫困劳动力参会人数", "10")]), "");
    assert_eq!(
        rejects("events", &[("达成意向人数", "1"), ("贫困劳动力达成意向人数", "2")]),
        "poor_intents:share_over_total"
    );
    assert_eq!(rejects("payments", &[("涉及人数", "-1")]), "people:negative_number");
    check("payments", "发放日期", "2018-07-01", "2018-07-01 ?outside_period");
    check("payments", "发放日期", "2017-12-31", "2017-12-31 ?outside_period");
    check("payments", "发放日期", "2018-06-30", "2018-06-30");
}
