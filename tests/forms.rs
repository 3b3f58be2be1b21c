//! Official forms as workbooks: what stands where, totals that add up, and both languages.

use crate::support::{ask, jindu, project, published_sample, run, run_well, scratch};
use calamine::{Data, Reader, Xlsx, open_workbook};
use std::path::Path;

/// The first sheet's cells as text, and the rows of the table: place and figures.
fn read_form(path: &Path) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let text = |cell: &Data| match cell {
        Data::Float(n) => format!("{n}"),
        Data::Empty => String::new(),
        other => other.to_string(),
    };
    range.rows().map(|row| row.iter().map(text).collect()).collect()
}

fn write_form(arguments: &[&str], lang: &str) -> Vec<Vec<String>> {
    let dir = scratch();
    let path = dir.path().join("form.xlsx");
    let mut command = jindu(&project(), published_sample(), Path::new("."));
    run_well(command.args(["--lang", lang, "form"]).args(arguments).arg("--out").arg(&path));
    read_form(&path)
}

/// Where the table begins and its rows up to the total.
fn table_of<'a>(cells: &'a [Vec<String>], total: &str) -> &'a [Vec<String>] {
    let end = cells.iter().position(|row| row[0] == total).unwrap();
    &cells[5..=end]
}

fn number(cell: &str) -> f64 {
    cell.parse().unwrap_or_else(|_| panic!("`{cell}` is no number"))
}

#[test]
fn totals_add_up_both_ways() {
    let cells = write_form(&["annex_3", "--period", "2018Q3"], "zh");
    let rows = table_of(&cells, "合计");
    assert_eq!(rows.len(), 13, "12 units and their total");
    let (total, units) = rows.split_last().unwrap();
    for column in 1..total.len() {
        let sum: f64 = units.iter().map(|row| number(&row[column])).sum();
        assert_eq!(number(&total[column]), sum, "column {column}");
    }
    // Task, reported, computed, difference: across too.
    for row in rows {
        for group in 0..3 {
            let at = 1 + 4 * group;
            assert_eq!(number(&row[at + 1]) - number(&row[at + 2]), number(&row[at + 3]), "{row:?}");
        }
    }
    assert_eq!([total[1].as_str(), &total[5], &total[9]], ["400", "38", "30"], "the plan's own numbers");
    let whole = "select numerator from measures.progress where region_code = '220000' and indicator_id = 'T1'";
    assert_eq!(total[3], ask(published_sample(), whole)[0]["numerator"].to_string());
}

#[test]
fn a_total_share_is_the_ratio_of_the_sums() {
    let cells = write_form(&["annex_5", "--period", "2018Q3"], "zh");
    let total = table_of(&cells, "合计").last().unwrap().clone();
    let share = |top: &str, bottom: &str| (10_000.0 * number(top) / number(bottom)).round() / 100.0;
    assert_eq!(number(&total[8]), share(&total[4], &total[1]));
    assert_eq!(number(&total[9]), share(&total[5], &total[2]));
    assert_eq!([total[7].as_str(), &total[10]], ["", ""], "a sum of shares means nothing");
}

#[test]
fn a_form_says_what_it_is_in_both_languages() {
    let said = |cells: &[Vec<String>]| cells.iter().flatten().filter(|c| !c.is_empty()).cloned().collect::<Vec<_>>();
    let zh = said(&write_form(&["annex_4", "--period", "2018Q2"], "zh"));
    for words in [
        "表号:附件4",
        "填报单位:吉林省",
        "报告期:2018年第2季度(2018年4月1日至2018年6月30日)",
        "单位负责人:",
        "填表人:",
        "报出日期:",
    ] {
        assert!(zh.iter().any(|cell| cell.contains(words)), "{words}: {zh:#?}");
    }
    let en = said(&write_form(&["annex_4", "--period", "2018Q2", "--place", "U08"], "en"));
    for words in [
        "Form no.: Annex 4",
        "Filled in by: Baicheng",
        "Report period: Q2 2018 (1 April 2018 to 30 June 2018)",
        "Issued on: ",
    ] {
        assert!(en.iter().any(|cell| cell.contains(words)), "{words}: {en:#?}");
    }
    assert!(!en.contains(&"Total".to_owned()), "one place has no total");
}

#[test]
fn what_there_is_not_is_told_with_what_there_is() {
    let ask = |arguments: &[&str]| {
        let out = run(jindu(&project(), published_sample(), Path::new(".")).arg("form").args(arguments));
        (out.status.code(), String::from_utf8(out.stderr).unwrap())
    };
    let (code, said) = ask(&["annex_6"]);
    assert!(code == Some(2) && said.contains("annex_3, annex_4, annex_5"), "{said}");
    let (code, said) = ask(&["annex_5", "--period", "2017Q1"]);
    assert!(code == Some(2) && said.contains("2018Q1, 2018Q2, 2018Q3"), "{said}");
    let (code, said) = ask(&["annex_5", "--place", "220821"]);
    assert!(code == Some(2) && said.contains("220821"), "{said}");
    let list = run_well(jindu(&project(), published_sample(), Path::new(".")).arg("form"));
    assert!(list.contains("annex_3") && list.contains("Annex 5"), "{list}");
}

/// A unit of which one county has not reported is named below the table, and its name is not cut.
#[test]
fn a_form_names_the_units_that_are_not_whole() {
    let province = crate::policy::Province::new();
    let fair = "1,,专场招聘会,春风招聘会,2018-03-01,广场".to_owned();
    province.deliver("events", "220821_2018-09", crate::policy::EVENTS, &[fair]);
    province.night("2018-09-30");
    let path = province.at("form.xlsx");
    let form = |lang: &str| {
        let mut command = jindu(&project(), &province.at("data"), Path::new("."));
        run_well(command.args(["--lang", lang, "form", "annex_3", "--period", "2018Q3", "--out"]).arg(&path));
        let cells: Vec<String> = read_form(&path).into_iter().flatten().filter(|c| !c.is_empty()).collect();
        std::fs::remove_file(&path).unwrap();
        cells
    };
    let partial = |cells: Vec<String>, words: &str| cells.into_iter().find(|c| c.contains(words)).unwrap();
    let zh = partial(form("zh"), "所属地区有未报的");
    assert!(zh.contains("白城市") && !zh.contains("长春市"), "{zh}");
    let en = partial(form("en"), "which have not reported");
    assert!(en.contains("Baicheng") && !en.contains("Changchun"), "{en}");
}
