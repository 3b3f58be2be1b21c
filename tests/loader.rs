//! The loader: every row of FEEDS.md's dirt table, slices and outcomes, hostile files, privacy, and the whole shared
//! delivery. Most cases go through one helper a file: `check(input, expected)`.

mod bombs;
mod cut;
mod delivery;
mod dirt;
mod forms;
mod fuzz;
mod hostile;
mod inbox;
mod lossless;
mod outcomes;
mod privacy;
mod returned;
pub mod sheets;
mod volume;

use arrow::array::{Array, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use chrono::NaiveDate;
use jindu::extract::{PersonKeys, Refusal, Request, Summary, read_extract, read_name};
use jindu::project::Project;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The repository's project, read once.
fn project() -> &'static Project {
    static PROJECT: OnceLock<Project> = OnceLock::new();
    PROJECT.get_or_init(|| Project::read(&crate::support::project()).unwrap())
}

/// A file as read: every loaded row as column → text (blank columns left out), with the slice it went to.
#[derive(Debug)]
struct Read {
    rows: Vec<BTreeMap<String, String>>,
    summary: Summary,
}

impl Read {
    fn column(&self, name: &str) -> Vec<&str> {
        self.rows.iter().map(|r| r.get(name).map_or("", String::as_str)).collect()
    }

    /// `loaded/dropped/rejected/left out`, after checking that nothing was lost.
    fn counts(&self) -> String {
        let s = &self.summary;
        assert_eq!(s.rows_delivered, s.rows_loaded + s.rows_dropped + s.rows_rejected, "rows were lost");
        assert_eq!(s.rows_loaded, self.rows.len() as u64);
        assert_eq!(s.rows_rejected, s.rejects.len() as u64);
        format!("{}/{}/{}/{}", s.rows_loaded, s.rows_dropped, s.rows_rejected, s.rows_left_out)
    }

    fn reasons(&self) -> Vec<String> {
        self.summary.rejects.iter().map(|r| r.all_reasons.clone()).collect()
    }
}

/// Reads bytes as a delivery of a feed that arrived on 2018-10-08.
fn read(feed: &str, file_name: &str, bytes: &[u8]) -> Result<Read, Refusal> {
    let project = project();
    let request = Request {
        project,
        contract: &project.feeds[feed],
        delivery: read_name(file_name, &project.regions)?,
        file: &format!("{feed}/{file_name}"),
        sha256: "00",
        arrived_on: NaiveDate::from_ymd_opt(2018, 10, 8).unwrap(),
        keys: &PersonKeys::new(b"a key for tests").unwrap(),
    };
    let mut rows = Vec::new();
    let summary = read_extract(bytes, &request, &mut |region, batch| {
        rows.extend(plain_rows(region, &batch));
        Ok(())
    })?;
    Ok(Read { rows, summary })
}

fn plain_rows(region: &str, batch: &RecordBatch) -> Vec<BTreeMap<String, String>> {
    let options = FormatOptions::default();
    let mut rows = vec![BTreeMap::from([("slice_region".to_owned(), region.to_owned())]); batch.num_rows()];
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let formatter = ArrayFormatter::try_new(column, &options).unwrap();
        for (at, row) in rows.iter_mut().enumerate().filter(|(at, _)| column.is_valid(*at)) {
            row.insert(field.name().clone(), formatter.value(at).to_string());
        }
    }
    rows
}

/// An ID number with its right check digit from its first 17 digits (GB 11643, written out once more on purpose).
pub fn id(first_17: &str) -> String {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = first_17.chars().zip(WEIGHTS).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
    format!("{first_17}{}", ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"][(sum % 11) as usize])
}

/// The ID number of the nth person, born in 1980, male where n is odd.
pub fn person(n: u32) -> String {
    id(&format!("22082119800101{n:03}"))
}

/// Rows as CSV text.
pub fn csv_of<R: AsRef<[C]>, C: AsRef<str>>(rows: &[R]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.as_ref().iter().map(|c| c.as_ref().as_bytes())).unwrap();
    }
    writer.into_inner().unwrap()
}

/// The headers of a feed with a row that loads without a remark.
fn good_row(feed: &str) -> Vec<(&'static str, String)> {
    let cells: &[(&'static str, &str)] = match feed {
        "ledger" => &[
            ("姓名", "张三"),
            ("性别", "男"),
            ("文化程度", "初中"),
            ("技能水平", "普通劳动力"),
            ("就业失业状况", "转移就业"),
            ("求职意向", "瓦工"),
            ("就业创业意愿", "有就业意愿"),
            ("培训需求", "创业培训"),
            ("更新日期", "2018-05-31"),
        ],
        "employment" => &[("起始日期", "2018-03-01"), ("就业类型", "转移就业"), ("就业地域", "省外")],
        "events" => {
            &[("活动编号", "HD1"), ("活动类型", "专场招聘会"), ("活动名称", "春风"), ("举办日期", "2018-03-01")]
        }
        "brokers" => &[("姓名", "李四"), ("服务村代码", "220821100201"), ("认定时间", "2018-03-01")],
        "posts" => &[("岗位编号", "G1"), ("岗位类型", "其他"), ("用人单位", "村委会"), ("上岗日期", "2018-03-01")],
        "payments" => &[
            ("流水号", "L1"),
            ("补贴类型", "岗位补贴"),
            ("领取单位", "甲公司"),
            ("金额(元)", "100"),
            ("发放日期", "2018-03-01"),
        ],
        "loans" => &[
            ("合同编号", "D1"),
            ("借款人", "王五"),
            ("借款主体", "个人"),
            ("贷款金额(元)", "50000"),
            ("放款日期", "2018-03-01"),
        ],
        "sites" => &[("载体类型", "就业扶贫车间"), ("名称", "甲车间"), ("认定时间", "2018-03-01")],
        "inspections" => &[("检查编号", "J1"), ("检查类型", "自查"), ("检查日期", "2018-03-01")],
        "submissions" => {
            &[("报送单位", "长春市"), ("材料类型", "工作方案"), ("报告期", "2018Q1"), ("收到日期", "2018-03-01")]
        }
        "stat_reports" => &[("填报单位", "长春市"), ("报告期", "2018Q1"), ("指标", "专场招聘会"), ("完成数", "3")],
        "villages" => &[("村代码", "220821100201"), ("村名", "团结村"), ("县(市、区)", "220821")],
        "person_lists" => &[("名单", "全国平台"), ("县(市、区)", "220821")],
        other => panic!("no good row for {other}"),
    };
    let mut out: Vec<_> = cells.iter().map(|(h, c)| (*h, (*c).to_owned())).collect();
    if matches!(feed, "ledger" | "employment" | "brokers" | "person_lists") {
        out.insert(0, ("身份证号", person(1)));
    }
    out
}

/// A good row with one cell put in its place, or added at the end.
fn row_with(feed: &str, header: &str, cell: &str) -> (Vec<String>, Vec<String>) {
    let mut headers = Vec::new();
    let mut cells = Vec::new();
    let mut placed = false;
    for (name, value) in good_row(feed) {
        let here = name == header;
        placed |= here;
        headers.push(name.to_owned());
        cells.push(if here { cell.to_owned() } else { value });
    }
    if !placed {
        headers.push(header.to_owned());
        cells.push(cell.to_owned());
    }
    (headers, cells)
}

/// The name of a field by one of its headers.
fn field_of(feed: &str, header: &str) -> String {
    let fields = &project().feeds[feed].fields;
    let bare = |h: &str| h.split(['(', '（']).next().unwrap_or_default().to_owned();
    let exact = fields.iter().find(|f| f.headers.iter().any(|h| h == header));
    let found = exact.or_else(|| fields.iter().find(|f| f.headers.iter().any(|h| bare(h) == bare(header))));
    found.unwrap_or_else(|| panic!("{feed} has no header {header}")).name.clone()
}

/// What a lone row comes to in one field: `value +repairs ?warnings` of that field, or `!reason` of the whole row.
fn describe(feed: &str, header: &str, read: &Read) -> String {
    read.counts();
    if let Some(reject) = read.summary.rejects.first() {
        return format!("!{}", reject.all_reasons);
    }
    let field = field_of(feed, header);
    let row = read.rows.first().unwrap_or_else(|| panic!("no row was loaded: {}", read.counts()));
    let key = if field == "region" { "region_code" } else { field.as_str() };
    let notes = |column: &str, sign: &str| -> String {
        let text = row.get(column).map_or("", String::as_str);
        let own = text.split(' ').filter_map(|n| n.split_once(':')).filter(|(f, _)| *f == field);
        own.map(|(_, kind)| format!(" {sign}{kind}")).collect()
    };
    format!("{}{}{}", row.get(key).map_or("", String::as_str), notes("repairs", "+"), notes("warnings", "?"))
}
