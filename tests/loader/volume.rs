//! Much at once: how rows of text are split, long texts that are decoded in pieces, and a history of which a night writes
//! only what arrived.

use super::{csv_of, person, project};
use arrow::array::RecordBatch;
use jindu::extract::{PersonKeys, Refusal, Request, Summary, read_extract, read_name};
use jindu::load::{load_inbox, publish_meta};
use jindu::warehouse::{Retention, Warehouse};
use std::fs;
use std::path::Path;

const HEAD: &str =
    "身份证号,姓名,行政村,乡镇,性别,文化程度,技能水平,就业失业状况,求职意向,就业创业意愿,培训需求,更新日期";

/// Batches as they are handed out; a refusal beside those that came before it.
fn read_batches(bytes: &[u8]) -> (Result<Summary, Refusal>, Vec<RecordBatch>) {
    let project = project();
    let request = Request {
        project,
        contract: &project.feeds["ledger"],
        delivery: read_name("220821_2018-06.csv", &project.regions).unwrap(),
        file: "ledger/220821_2018-06.csv",
        sha256: "00",
        arrived_on: chrono::NaiveDate::from_ymd_opt(2018, 10, 8).unwrap(),
        keys: &PersonKeys::new(b"a key for tests").unwrap(),
    };
    let mut batches = Vec::new();
    let read = read_extract(bytes, &request, &mut |_, batch| {
        batches.push(batch);
        Ok(())
    });
    (read, batches)
}

/// Numbers that look like chance and are the same in every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

/// A cell as some program writes it: bare with marks inside, or quoted with marks, commas, breaks, and text behind.
fn cell(draw: &mut Draw) -> String {
    let some =
        |draw: &mut Draw, of: &[&str]| -> String { (0..draw.below(4)).map(|_| of[draw.below(of.len())]).collect() };
    match draw.below(3) {
        0 => format!("甲{}", some(draw, &["a", "\"", "乙", "\"\"", " "])),
        1 => format!("\"{}\"", some(draw, &["a", "\"\"", "乙", ",", "\n", "\r\n"])),
        _ => format!("\"{}\"b{}", some(draw, &["a", "\"\"", "乙", ","]), some(draw, &["b", "\"", "丙"])),
    }
}

/// The rows are those of the `csv` crate, whatever stands in their cells.
#[test]
fn rows_of_text_are_split_as_the_csv_crate_splits_them() {
    let mut draw = Draw(7);
    let mut text = format!("{HEAD}\r\n");
    for n in 0..3_000 {
        let end = ["\n", "\r\n", "\r\n\r\n", "\n\n"][draw.below(4)];
        let blanks = ",".repeat(draw.below(9));
        text += &format!(
            "{},张三,{},{}{blanks}{end}",
            super::id(&format!("2208211980{:02}{:02}{:03}", n / 1000 + 1, n % 28 + 1, n % 1000)),
            cell(&mut draw),
            cell(&mut draw)
        );
    }
    let (read, batches) = read_batches(text.as_bytes());
    let summary = read.unwrap();
    let rows: Vec<_> = batches.iter().flat_map(|b| super::plain_rows("220821", b)).collect();
    assert_eq!(summary.rows_rejected, 0, "{:?}", summary.rejects.first());
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), records.len());
    let clean = |cell: &str| cell.replace(['\n', '\r'], " ").trim().to_owned();
    for (row, record) in rows.iter().zip(&records) {
        for (at, column) in [(2, "village"), (3, "township")] {
            assert_eq!(row.get(column).map_or("", String::as_str), clean(&record[at]), "{record:?}");
        }
        let line =
            text.as_bytes()[..record.position().unwrap().byte() as usize].iter().filter(|b| **b == b'\n').count();
        let blank =
            text.as_bytes()[record.position().unwrap().byte() as usize..].iter().take_while(|b| b"\r\n".contains(b));
        let line = line + blank.filter(|b| **b == b'\n').count() + 1;
        assert_eq!(row["source_row"], line.to_string(), "{record:?}");
    }
}

/// A text in GBK that is decoded in pieces gives the rows of the same text in UTF-8; damage at its end refuses it before
/// any row is handed out.
#[test]
fn a_long_text_is_decoded_in_pieces() {
    let mut text = format!("{HEAD}\r\n");
    for n in 0..80_000u32 {
        let (year, month, day) = (50 + n % 40, n / 40 % 12 + 1, n / 480 % 28 + 1);
        let number = super::id(&format!("22082119{year:02}{month:02}{day:02}{:03}", n / 13_440));
        let village = "团结村".repeat(20 + n as usize % 30);
        text += &format!(
            "{number},张三,\"{village},\"\"{n}\"\"\",乡{n},男,初中,普通劳动力,转移就业,瓦工,有就业意愿,创业培训,2018-05-31\r\n"
        );
    }
    let (gbk, _, lossy) = encoding_rs::GB18030.encode(&text);
    assert!(!lossy && gbk.len() > 16 * 1024 * 1024, "{}", gbk.len());
    let (plain, plain_batches) = read_batches(text.as_bytes());
    let (pieces, piece_batches) = read_batches(&gbk);
    let counts = |s: &Summary| (s.rows_delivered, s.rows_loaded, s.rows_dropped, s.rows_rejected, s.repairs.clone());
    assert_eq!(counts(&plain.unwrap()), counts(&pieces.unwrap()));
    assert!(plain_batches == piece_batches, "rows differ");
    assert!(plain_batches.iter().map(RecordBatch::num_rows).sum::<usize>() > 10_000);
    let (damaged, batches) = read_batches(&[&*gbk, b"\xff\xff\n"].concat());
    assert_eq!((damaged.unwrap_err().reason, batches.len()), ("unreadable", 0));
    let (with_nul, batches) = read_batches(&[&*gbk, b"\0\n"].concat());
    assert_eq!((with_nul.unwrap_err().detail.as_str(), batches.len()), ("NUL", 0));
}

/// Lines that end in a lone return, as on old Macintoshes, are lines in a long text too.
#[test]
fn a_long_text_with_lone_returns() {
    let line = |n: usize| format!("{},{},,,,,,,,,,2018-05-31", person(n as u32 % 1_000), "村".repeat(450));
    let text = |end: fn(usize) -> &'static str| {
        let lines: String = (0..20_000).map(|n| line(n) + end(n)).collect();
        format!("{HEAD}\r\n{lines}")
    };
    let count = |text: String| {
        let (gbk, ..) = encoding_rs::GB18030.encode(&text);
        assert!(gbk.len() > 16 * 1024 * 1024, "{}", gbk.len());
        read_batches(&gbk).0.unwrap().rows_delivered
    };
    assert_eq!(count(text(|_| "\r\n")), 20_000);
    assert_eq!(count(text(|n| if n == 15_000 { "\r" } else { "\r\n" })), 20_000);
    assert_eq!(count(text(|n| if n == 19_999 { "\r" } else { "\n" })), 20_000);
}

/// Loads an inbox and publishes the load's own tables; the files of one of them.
fn files_after_a_night(data: &Path, inbox: &Path, table: &str) -> Vec<String> {
    let warehouse = Warehouse::open(data).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        load_inbox(project(), &warehouse, &project().jobs["nightly"], inbox, &|_, _| {}).await.unwrap();
        publish_meta(project(), &warehouse, &mut warehouse.state().unwrap()).await.unwrap();
        let version = warehouse.table(table, None).await.unwrap().unwrap();
        version.files.into_iter().map(|file| file.path).collect()
    })
}

#[test]
fn a_night_writes_the_rejects_of_the_months_in_which_something_arrived() {
    let (data, around) = (crate::support::scratch(), crate::support::scratch());
    let inbox = around.path().join("inbox");
    let folder = inbox.join("employment");
    fs::create_dir_all(&folder).unwrap();
    let put = |name: &str, n: u32| {
        let rows = [["身份证号", "起始日期", "就业类型", "就业地域"], ["2.2E+17", "2018-03-01", "转移就业", "省外"]];
        let mut rows: Vec<Vec<String>> = rows.iter().map(|r| r.map(str::to_owned).to_vec()).collect();
        rows.push(vec![person(n), "2018-03-01".into(), "转移就业".into(), "省外".into()]);
        fs::write(folder.join(name), csv_of(&rows)).unwrap();
    };
    let arrivals = |rows: &[(&str, &str)]| {
        let lines: String = rows.iter().map(|(name, day)| format!("employment/{name},{day} 08:00:00\n")).collect();
        fs::write(around.path().join("arrivals.csv"), format!("path,arrived_at\n{lines}")).unwrap();
    };
    put("220821_2018-05.csv", 1);
    put("220822_2018-05.csv", 2);
    arrivals(&[("220821_2018-05.csv", "2018-05-31"), ("220822_2018-05.csv", "2018-06-01")]);
    let first = files_after_a_night(data.path(), &inbox, "meta.rejects");
    assert_eq!(first.iter().map(|f| &f[..7]).collect::<Vec<_>>(), ["2018-05", "2018-06"]);
    assert_eq!(files_after_a_night(data.path(), &inbox, "meta.rejects"), first, "a second night changes nothing");
    put("220881_2018-06.csv", 3);
    arrivals(&[("220881_2018-06.csv", "2018-06-20")]);
    let second = files_after_a_night(data.path(), &inbox, "meta.rejects");
    assert_eq!(second[0], first[0], "the month before stays as it was");
    assert_ne!(second[1], first[1]);
    assert_eq!(second.len(), 2);
    // What no version needs any more goes; the month before is live still, though no night since has written it.
    let warehouse = Warehouse::open(data.path()).unwrap();
    let retention = Retention { newest: 1, last_of_month: false };
    warehouse.release(retention, &warehouse.state().unwrap()).unwrap();
    let is_there = |file: &String| warehouse.has_file("meta.rejects", file);
    assert!(second.iter().all(is_there) && !is_there(&first[1]), "{first:?} {second:?}");
    // The same inbox loaded at once gives the same files.
    arrivals(&[
        ("220821_2018-05.csv", "2018-05-31"),
        ("220822_2018-05.csv", "2018-06-01"),
        ("220881_2018-06.csv", "2018-06-20"),
    ]);
    let fresh = crate::support::scratch();
    assert_eq!(files_after_a_night(fresh.path(), &inbox, "meta.rejects"), second);
}
