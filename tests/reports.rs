//! Reports of the load: who is late or missing, what changed shape, what is not understood and how it is learned, and what
//! each night read. Small deliveries written here, through the whole program. Everybody in them is made up.

use crate::support::{ask, copy_project, jindu, run, run_well, scratch};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const DAY: &str = "2018-06-30";
/// Two counties of one unit.
const ZHENLAI: &str = "220821";
const TONGYU: &str = "220822";
const BAICHENG: &str = "U08";
const LEDGER: &str = "身份证号,姓名,性别,文化程度,技能水平,就业失业状况,求职意向,就业创业意愿,培训需求,更新日期";

/// A province's deliveries with their arrivals, its own copy of the project, and a warehouse.
struct Office {
    dir: TempDir,
    arrivals: BTreeMap<String, String>,
}

impl Office {
    fn new() -> Office {
        let office = Office { dir: scratch(), arrivals: BTreeMap::new() };
        copy_project(&office.at("project"));
        std::fs::create_dir_all(office.at("inbox")).unwrap();
        office
    }

    fn at(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// A file that arrived on a day.
    fn deliver(&mut self, path: &str, arrived_on: &str, text: &str) {
        let file = self.at("inbox").join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
        self.arrivals.insert(path.to_owned(), format!("{arrived_on} 09:00:00"));
        let lines: Vec<String> = self.arrivals.iter().map(|(path, when)| format!("{path},{when}\n")).collect();
        std::fs::write(self.at("arrivals.csv"), format!("path,arrived_at\n{}", lines.concat())).unwrap();
    }

    /// A ledger of so many people in a county column, if one is given.
    fn ledger(&mut self, name: &str, arrived_on: &str, people: usize) {
        self.deliver(&format!("ledger/{name}.csv"), arrived_on, &ledger(people, "转移就业"));
    }

    fn command(&self, args: &[&str]) -> std::process::Command {
        let mut command = jindu(&self.at("project"), &self.at("data"), &self.at("inbox"));
        command.args(args);
        command
    }

    fn night(&self) {
        run_well(&mut self.command(&["night", "--as-of", DAY]));
    }

    /// Rows as `a|b|c`.
    fn lines(&self, sql: &str) -> Vec<String> {
        let text = run_well(&mut self.command(&["query", sql, "--format", "csv"]));
        text.lines().skip(1).map(str::to_owned).collect()
    }

    fn append(&self, path: &str, row: &str) {
        let path = self.at("project").join(path);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, format!("{}\n{row}\n", text.trim_end())).unwrap();
    }

    /// What `check` says of a project that is wrong.
    fn refused(&self) -> String {
        let out = run(&mut self.command(&["check"]));
        assert_eq!(out.status.code(), Some(2));
        String::from_utf8_lossy(&out.stderr).into_owned()
    }
}

/// The ID number of the nth person, with its check digit.
fn person(n: usize) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let body = format!("22082119800101{n:03}");
    let sum: u32 = body.bytes().zip(WEIGHTS).map(|(d, w)| u32::from(d - b'0') * w).sum();
    format!("{body}{}", ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][(sum % 11) as usize])
}

fn ledger(people: usize, status: &str) -> String {
    let row = |n: usize| format!("{},测试,,初中,普通劳动力,{status},瓦工,有就业意愿,无,2018-05-01\n", person(n));
    format!("{LEDGER}\n{}", (1..=people).map(row).collect::<String>())
}

#[test]
fn a_delivery_is_in_time_on_its_due_day_and_late_a_day_after() {
    let mut office = Office::new();
    // The ledger of a month is due five days after its end.
    office.ledger("220821_2018-01", "2018-02-05", 3);
    office.ledger("220821_2018-02", "2018-03-06", 3);
    // A refused file is no delivery; what replaced it later is late.
    office.deliver("ledger/220821_2018-03.csv", "2018-04-02", "no,header\n1,2\n");
    office.ledger("220821_2018-03_again", "2018-04-09", 3);
    office.deliver("ledger/220821_2018-04.csv", "2018-05-02", "no,header\n1,2\n");
    // The first file counts, not the one that replaced it.
    office.ledger("220821_2018-05", "2018-06-01", 3);
    office.ledger("220821_2018-05_again", "2018-06-20", 4);
    // A unit's file speaks for the county whose rows it holds, and for no other of its counties.
    let of_tongyu =
        ledger(2, "转移就业").replace(LEDGER, &format!("{LEDGER},县(市、区)")).replace("05-01\n", "05-01,220822\n");
    office.deliver(&format!("ledger/{BAICHENG}_2018-05.csv"), "2018-06-05", &of_tongyu);
    office.night();
    let of = |region: &str| {
        office.lines(&format!(
            "select period, due_on, status, days_late, arrived_on, first_file, refused_file from meta.due
            where feed = 'ledger' and region_code = '{region}' order by period"
        ))
    };
    assert_eq!(
        of(ZHENLAI),
        [
            "2018-01,2018-02-05,on_time,,2018-02-05,ledger/220821_2018-01.csv,",
            "2018-02,2018-03-05,late,1,2018-03-06,ledger/220821_2018-02.csv,",
            "2018-03,2018-04-05,late,4,2018-04-09,ledger/220821_2018-03_again.csv,",
            "2018-04,2018-05-05,missing,56,,,ledger/220821_2018-04.csv",
            "2018-05,2018-06-05,on_time,,2018-06-01,ledger/220821_2018-05.csv,",
            "2018-06,2018-07-05,awaited,,,,",
        ]
    );
    let tongyu = of(TONGYU);
    assert_eq!(tongyu[4], "2018-05,2018-06-05,on_time,,2018-06-05,ledger/U08_2018-05.csv,");
    assert!(tongyu[..4].iter().all(|line| line.contains(",missing,")), "{tongyu:?}");
    assert!(of("220881")[4].contains(",missing,"), "a unit's file without a county's rows does not speak for it");
    // Units' forms are due on the quarter's last day itself, and judged on it.
    assert_eq!(
        office
            .lines("select count(*), min(status), min(due_on), max(due_on) from meta.due where feed = 'stat_reports'"),
        ["24,missing,2018-03-31,2018-06-30"]
    );
    let shown = run_well(&mut office.command(&["loads", "--view", "late", "--feed", "ledger"]));
    assert!(shown.contains("220821_2018-02.csv") && shown.lines().count() == 4, "{shown}");
    let out = run(&mut office.command(&["loads", "--view", "late", "--feed", "ledgers"]));
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.code() == Some(2) && said.contains("`ledgers`") && said.contains("one of: "), "{said}");
    let shown = run_well(&mut office.command(&["loads", "--view", "missing", "--region", ZHENLAI]));
    assert!(shown.contains("2018-05-05") && shown.contains("header_missing"), "{shown}");
    assert_eq!(
        office.lines("select n_files, n_refused, n_due, n_on_time, n_late, n_missing, n_awaited from meta.feed_regions where feed = 'ledger' and region_code = '220821'"),
        ["7,2,5,2,2,1,1"]
    );
}

#[test]
fn a_register_is_judged_by_how_far_it_reaches() {
    let mut office = Office::new();
    office.append(
        "sql/policy/deliveries_due.csv",
        "brands,county,quarter,period_end,5,测试,2018-01-01,2018-01-01,,a test",
    );
    let brands = "品牌名称,打造时间\n查干湖渔工,2018-03-01\n";
    // One register that reaches June answers for both quarters: late for the first, in time for the second.
    office.deliver("brands/220821_2018-06.csv", "2018-07-03", brands);
    // One that reaches only May answers for the first.
    office.deliver("brands/220822_2018-05.csv", "2018-04-05", brands);
    office.night();
    let lines = office.lines(
        "select region_code, period, status from meta.due where feed = 'brands' and region_code in ('220821', '220822')
        order by region_code, period",
    );
    assert_eq!(
        lines,
        ["220821,2018-03,late", "220821,2018-06,on_time", "220822,2018-03,on_time", "220822,2018-06,awaited"]
    );
}

#[test]
fn a_fall_or_a_rise_at_the_bound_is_sudden() {
    let mut office = Office::new();
    // 30 % fewer at the bound, one row less of a fall, 150 % more at the bound, one row less of a rise, too few to compare.
    for (region, before, now) in [
        ("220821", 10, 7),
        ("220822", 10, 8),
        ("220881", 10, 25),
        ("220882", 10, 24),
        ("220802", 9, 1),
        ("220102", 12, 0),
        ("220103", 0, 10),
    ] {
        office.ledger(&format!("{region}_2018-04"), "2018-05-02", before);
        office.ledger(&format!("{region}_2018-05"), "2018-06-02", now);
    }
    // A late file of an old period is compared with the period before it, and the newer one with it.
    office.ledger("220104_2018-03", "2018-04-02", 20);
    office.ledger("220104_2018-05", "2018-06-02", 25);
    office.ledger("220104_2018-04", "2018-06-20", 10);
    office.night();
    assert_eq!(
        office.lines("select region, period, jump, rows_before, rows_now, round(change_pct, 1) as pct from meta.jumps order by region, period"),
        [
            "220102,2018-05,fall,12,0,-100",
            "220103,2018-05,rise,0,10,",
            "220104,2018-04,fall,20,10,-50",
            "220104,2018-05,rise,10,25,150",
            "220821,2018-05,fall,10,7,-30",
            "220881,2018-05,rise,10,25,150",
        ]
    );
}

#[test]
fn columns_that_change_are_named() {
    let mut office = Office::new();
    let plain = ledger(1, "转移就业");
    office.deliver("ledger/220821_2018-03.csv", "2018-04-01", &plain);
    // A new unknown column in front moves nothing; a known one under another name is renamed.
    let april = plain.replace("身份证号,姓名", "序号,身份证号码,姓名").replace(&person(1), &format!("1,{}", person(1)));
    office.deliver("ledger/220821_2018-04.csv", "2018-05-01", &april);
    // The unknown column is gone again, a known one has come, and two stand the other way round.
    let may = plain
        .replace("身份证号,姓名,", "姓名,身份证号码,")
        .replace(&format!("{},测试", person(1)), &format!("测试,{}", person(1)))
        .replace("更新日期\n", "更新日期,年龄\n")
        .replace("05-01\n", "05-01,38\n");
    office.deliver("ledger/220821_2018-05.csv", "2018-06-01", &may);
    // Another county's file is no delivery before.
    office.deliver("ledger/220822_2018-05.csv", "2018-06-01", &plain);
    office.night();
    assert_eq!(
        office.lines("select period, change, what, is_known, header_before, header_now from meta.drift order by period, change, what"),
        [
            "2018-04,appeared,序号,false,,序号",
            "2018-04,header,person_id,true,身份证号,身份证号码",
            "2018-05,appeared,age,true,,年龄",
            "2018-05,order,2,true,,",
            "2018-05,vanished,序号,false,序号,",
        ]
    );
}

#[test]
fn a_learned_mapping_is_read_from_the_next_night_on() {
    let mut office = Office::new();
    office.deliver("ledger/220821_2018-04.csv", "2018-05-02", &ledger(2, "在家务农"));
    office.deliver("ledger/220821_2018-05.csv", "2018-06-02", &ledger(3, "在家务农"));
    office.deliver("ledger/220822_2018-05.csv", "2018-06-02", &ledger(1, "王小明").replace("测试", ""));
    office.night();
    let farming =
        "select cast(count(*) as varchar), min(add_to), min(add_row) from meta.unmapped where text = '在家务农'";
    assert_eq!(
        office.lines(
            "select n_rows, n_files, first_file, last_file, add_to, add_row from meta.unmapped where text = '在家务农'"
        ),
        [
            "5,2,ledger/220821_2018-04.csv,ledger/220821_2018-05.csv,sql/policy/code_aliases.csv,\"ledger,status,在家务农,<code>,2018-04-01,,<why>,<who>,<date>\""
        ]
    );
    // A row that is faulty elsewhere may have slipped: what stands in it is masked, and no row is offered.
    assert_eq!(
        office.lines("select text, add_row from meta.unmapped where first_file = 'ledger/220822_2018-05.csv'"),
        ["***,"]
    );
    let shown = run_well(&mut office.command(&["loads", "--view", "unmapped"]));
    assert!(shown.contains("在家务农") && shown.contains("sql/policy/code_aliases.csv"), "{shown}");
    assert!(!shown.contains("王小明"), "{shown}");

    // The mapping holds from May on: April stays as it is.
    office
        .append("sql/policy/code_aliases.csv", "ledger,status,在家务农,农业就业,2018-05-01,,县里来函,测试,2018-06-03");
    run_well(&mut office.command(&["check"]));
    let told = run(&mut office.command(&["night", "--as-of", DAY]));
    let told = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(told.contains("read 3"), "the files are read again from the archive: {told}");
    // Nothing new came that night.
    let last = "select sum(files), sum(files_again), sum(rows_delivered) from meta.nights where run = 2";
    assert_eq!(office.lines(last), ["0,3,0"]);
    assert_eq!(office.lines("select n_rows, n_files from meta.unmapped where text = '在家务农'"), ["2,1"]);
    assert_eq!(
        office.lines("select what, n_files from meta.remarks where kind = 'repair' and region_code = '220821'"),
        ["code_mapped,1"]
    );
    assert!(office.lines(farming)[0].starts_with("1,"));
    let told = run(&mut office.command(&["night", "--as-of", DAY]));
    assert!(String::from_utf8_lossy(&told.stderr).contains("nothing changed"));
    // Who set it and why changes nothing that is read.
    let path = office.at("project/sql/policy/code_aliases.csv");
    let text = std::fs::read_to_string(&path).unwrap().replace("县里来函", "县里来函二号");
    std::fs::write(path, text).unwrap();
    let told = run(&mut office.command(&["night", "--as-of", DAY]));
    assert!(String::from_utf8_lossy(&told.stderr).contains("read 0"));
}

#[test]
fn a_learned_mapping_also_names_a_column_of_the_wide_form() {
    let mut office = Office::new();
    let wide = "填报单位,报告期,就业扶贫车间,招聘会场次\n白城市,2018Q1,2,7\n";
    office.deliver("stat_reports/U08_2018Q1.csv", "2018-03-30", wide);
    office.night();
    assert_eq!(office.lines("select rows_loaded from meta.deliveries"), ["1"]);
    office.append(
        "sql/policy/code_aliases.csv",
        "stat_reports,indicator,招聘会场次,专场招聘会,2018-01-01,,一测,测试,2018-06-03",
    );
    office.night();
    assert_eq!(office.lines("select rows_loaded from meta.deliveries"), ["2"]);
    assert_eq!(
        office.lines("select header, field, value from meta.columns where value is not null order by position"),
        ["就业扶贫车间,indicator,就业扶贫车间", "招聘会场次,indicator,专场招聘会"]
    );
}

#[test]
fn a_wrong_mapping_is_refused_with_file_and_line() {
    let rows = [
        ("ledgre,status,甲,农业就业,2018-01-01,,r,w,2018-01-01", "there is no feed `ledgre`"),
        ("ledger,name,甲,农业就业,2018-01-01,,r,w,2018-01-01", "ledger has no code list `name`"),
        ("ledger,status,甲,种地,2018-01-01,,r,w,2018-01-01", "ledger.status has no code `种地`"),
        ("ledger,status,务农,未就业,2018-01-01,,r,w,2018-01-01", "reads it as `农业就业`"),
        ("ledger,status,,未就业,2018-01-01,,r,w,2018-01-01", "the text is blank"),
        ("ledger,status,甲,未就业,2018-13-01,,r,w,2018-01-01", "valid_from is no day"),
        ("ledger,status,甲,未就业,2018-05-01,2018-05-01,r,w,2018-01-01", "is not after valid_from"),
    ];
    let office = Office::new();
    for (row, _) in rows {
        office.append("sql/policy/code_aliases.csv", row);
    }
    // Two rows of one text: one after the other is well, at the same time is not.
    for row in [
        "ledger,status,乙,未就业,2018-01-01,2018-05-01,r,w,2018-01-01",
        "ledger,status,乙,农业就业,2018-05-01,,r,w,2018-01-01",
        "ledger,status, 乙 ,灵活就业,2018-06-01,,r,w,2018-01-01",
    ] {
        office.append("sql/policy/code_aliases.csv", row);
    }
    let said = office.refused();
    for (at, (_, sentence)) in rows.iter().enumerate() {
        let line =
            said.lines().find(|l| l.contains(sentence)).unwrap_or_else(|| panic!("`{sentence}` is not in\n{said}"));
        assert!(line.contains(&format!("sql/policy/code_aliases.csv line {}", at + 2)), "{line}");
    }
    assert!(said.contains("line 11: `乙` of ledger.status is also mapped in line 10"), "{said}");
    assert!(!said.contains("line 9:") && !said.contains("line 10:"), "{said}");
}

#[test]
fn a_region_alias_holds_only_while_it_is_in_force() {
    let mut office = Office::new();
    office.append("sql/policy/region_aliases.csv", "镇南,220821,,learned,region,2018-05-01,,a test");
    let text =
        ledger(1, "转移就业").replace(LEDGER, &format!("{LEDGER},县(市、区)")).replace("05-01\n", "05-01,镇南\n");
    office.deliver("ledger/220821_2018-04.csv", "2018-05-02", &text);
    office.deliver("ledger/220821_2018-05.csv", "2018-06-02", &text);
    office.night();
    assert_eq!(
        office.lines("select period, rows_loaded, rows_rejected from meta.deliveries order by period"),
        ["2018-04,0,1", "2018-05,1,0"]
    );
    assert_eq!(
        office.lines("select kind, text, add_to, add_row from meta.unmapped"),
        ["region,镇南,sql/policy/region_aliases.csv,\"镇南,<region_code>,220821,learned,region,2018-04-01,,<why>\""]
    );
}

#[test]
fn each_night_says_what_it_read_and_editions_keep_their_nights() {
    let mut office = Office::new();
    office.ledger("220821_2018-04", "2018-05-02", 3);
    office.ledger("220822_2018-04", "2018-05-02", 2);
    office.deliver("ledger/nobody.csv", "2018-05-02", "a\n");
    office.night();
    let nights = "select run, feed, region, files, files_refused, files_identical, rows_delivered, rows_loaded, rows_dropped, rows_rejected
        from meta.nights order by run, feed, region nulls last";
    let first = ["1,ledger,220821,1,0,0,3,3,0,0", "1,ledger,220822,1,0,0,2,2,0,0", "1,ledger,,1,1,0,0,0,0,0"];
    assert_eq!(office.lines(nights), first);
    // A night that finds nothing publishes nothing, and the edition's nights stay.
    office.night();
    assert_eq!(office.lines(nights), first);
    office.ledger("220821_2018-05", "2018-06-02", 3);
    office.ledger("220821_2018-04_copy", "2018-06-02", 3);
    office.night();
    let now = office.lines(nights);
    assert_eq!(now[..3], first);
    assert_eq!(now[3..], ["2,,,0,0,0,0,0,0,0", "3,ledger,220821,2,0,1,3,3,0,0"]);
    let read = run_well(&mut office.command(&["loads", "--night", "3"]));
    assert!(read.contains("220821_2018-04_copy") && read.contains("identical") && !read.contains("220822"), "{read}");
    let reasons = run_well(&mut office.command(&["loads", "--view", "reasons", "--night", "1"]));
    assert!(reasons.contains("name_not_understood"), "{reasons}");
    let old = run_well(&mut office.command(&["query", nights, "--format", "csv", "--edition", "1"]));
    assert_eq!(old.lines().skip(1).collect::<Vec<_>>(), first);
}

/// The whole shared delivery: who is late and who is missing, counted once more from the folder's listing and
/// `arrivals.csv` alone, but for which files were refused and what counties a unit's file holds.
pub fn compare_due(extracts: &Path, data: &Path) {
    let text = std::fs::read_to_string(extracts.join("arrivals.csv")).unwrap();
    let arrivals: BTreeMap<&str, &str> = text
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(',');
            Some((cells.next()?, cells.next()?.get(..10)?))
        })
        .collect();
    let string = |row: &Json, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let out: Vec<String> = ask(data, "select file from meta.deliveries where outcome in ('refused', 'identical')")
        .iter()
        .map(|r| string(r, "file"))
        .collect();
    let inside: Vec<(String, String)> =
        ask(data, "select file, region_code from meta.file_regions where rows_loaded > 0")
            .iter()
            .map(|r| (string(r, "file"), string(r, "region_code")))
            .collect();
    let due = ask(
        data,
        "select feed, region_code, period, cast(due_on as varchar) as due_on, status, cast(arrived_on as varchar) as arrived_on from meta.due",
    );
    assert!(due.len() > 1_000, "{}", due.len());
    let period = |name: &str| -> Option<String> {
        let text = name.split('_').nth(1)?.split('.').next()?;
        Some(match text.split_once('Q') {
            Some((year, quarter)) => format!("{year}-{:02}", quarter.parse::<u32>().ok()? * 3),
            None if text.len() == 4 => format!("{text}-12"),
            None => text.to_owned(),
        })
    };
    let mut wrong = Vec::new();
    for row in &due {
        let (feed, region, asked) = (string(row, "feed"), string(row, "region_code"), string(row, "period"));
        let monthly = feed == "ledger" || feed == "person_lists";
        let first = arrivals
            .iter()
            .filter(|(path, _)| path.starts_with(&format!("{feed}/")) && !out.iter().any(|o| o == *path))
            .filter(|(path, _)| {
                let name = &path[feed.len() + 1..];
                let own = name.starts_with(&format!("{region}_")) || (region == "220000" && name.starts_with("all_"));
                own || inside.iter().any(|(file, of)| file == *path && *of == region)
            })
            .filter(|(path, _)| {
                period(&path[feed.len() + 1..])
                    .is_some_and(|p| if monthly { p == asked } else { p >= asked && p[..4] == asked[..4] })
            })
            .map(|(_, day)| (*day).to_owned())
            .min()
            .unwrap_or_default();
        let due_on = string(row, "due_on");
        let status = match first.as_str() {
            "" if due_on.as_str() <= "2018-09-30" => "missing",
            "" => "awaited",
            day if day <= due_on.as_str() => "on_time",
            _ => "late",
        };
        if status != string(row, "status") || first != string(row, "arrived_on") {
            wrong.push(format!("{row} should be {status} {first}"));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
