//! Broken and hostile files: each ends in its own clear refusal, or is read. Whoever adds a limit adds its case here.

use super::sheets::{Cell, edit_part, workbook};
use super::{csv_of, person, read};
use arrow::array::{ArrayRef, DictionaryArray, Int32Array, Int64Array, RecordBatch, StringArray};
use jindu::extract::refusal_sentence;
use jindu::text::Lang;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;
use std::io::{Cursor, Write};
use std::sync::Arc;
use zip::write::SimpleFileOptions;

pub const HEAD: [&str; 5] = ["身份证号", "起始日期", "就业类型", "就业地域", "就业单位"];

pub fn spell(n: u32, employer: &str) -> [String; 5] {
    [person(n), "2018-03-01".to_owned(), "转移就业".to_owned(), "省外".to_owned(), employer.to_owned()]
}

pub fn good_csv() -> String {
    let rows = [HEAD.map(str::to_owned), spell(1, "甲"), spell(2, "乙")];
    String::from_utf8(csv_of(&rows)).unwrap()
}

pub fn good_workbook() -> Vec<u8> {
    let rows: Vec<Vec<Cell>> =
        [HEAD.map(str::to_owned), spell(1, "甲")].into_iter().map(|r| r.map(Cell::from).to_vec()).collect();
    workbook(&rows)
}

/// A Parquet file of employment rows.
pub fn parquet(rows: u32) -> Vec<u8> {
    write_parquet(&parquet_batch(rows))
}

fn parquet_batch(rows: u32) -> RecordBatch {
    let text = |value: &dyn Fn(u32) -> String| -> ArrayRef {
        Arc::new((1..=rows).map(|n| Some(value(n))).collect::<StringArray>())
    };
    let columns = vec![
        ("身份证号", text(&person)),
        ("起始日期", text(&|_| "2018-03-01".to_owned())),
        ("就业类型", text(&|_| "转移就业".to_owned())),
        ("就业地域", text(&|_| "省外".to_owned())),
        ("月收入(元)", Arc::new(Int64Array::from_iter_values((1..=rows).map(i64::from))) as ArrayRef),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

pub fn write_parquet(batch: &RecordBatch) -> Vec<u8> {
    write_parquet_with(batch, WriterProperties::new())
}

pub fn write_parquet_with(batch: &RecordBatch, properties: WriterProperties) -> Vec<u8> {
    let mut writer = parquet::arrow::ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.into_inner().unwrap()
}

/// As [`parquet`], its texts written as differences, in pages of the first or the second kind.
pub fn parquet_of_differences(rows: u32, encoding: Encoding, version: WriterVersion) -> Vec<u8> {
    let properties = WriterProperties::builder()
        .set_writer_version(version)
        .set_dictionary_enabled(false)
        .set_column_encoding(ColumnPath::from("身份证号"), encoding)
        .set_column_encoding(ColumnPath::from("就业类型"), encoding)
        .build();
    write_parquet_with(&parquet_batch(rows), properties)
}

/// The encodings and the pages in which texts can be written as differences.
pub const DIFFERENCES: [(Encoding, WriterVersion); 4] = [
    (Encoding::DELTA_LENGTH_BYTE_ARRAY, WriterVersion::PARQUET_1_0),
    (Encoding::DELTA_LENGTH_BYTE_ARRAY, WriterVersion::PARQUET_2_0),
    (Encoding::DELTA_BYTE_ARRAY, WriterVersion::PARQUET_1_0),
    (Encoding::DELTA_BYTE_ARRAY, WriterVersion::PARQUET_2_0),
];

/// Reads bytes as an employment file: its counts, or the refusal with its detail.
pub fn outcome(bytes: &[u8]) -> String {
    outcome_of("employment", bytes)
}

/// As [`outcome`], for another feed. A file beyond a limit is told so in a sentence of either language that names the
/// limit's value.
pub fn outcome_of(feed: &str, bytes: &[u8]) -> String {
    match read(feed, "220821_2018-06.csv", bytes) {
        Ok(found) => found.counts(),
        Err(refusal) => {
            for lang in Lang::ALL {
                let said = refusal_sentence(lang, refusal.reason, &refusal.detail);
                assert!(!said.contains(['{', '}']) && said != refusal.detail, "{lang:?}: {said}");
                if refusal.reason == "too_large" {
                    let most = refusal.detail.split(" > ").nth(1).unwrap().split(' ').next().unwrap();
                    let most = jindu::text::count(most.parse().unwrap());
                    assert!(said.contains(&most), "{lang:?}: {said} does not name {most}");
                }
            }
            format!("{}: {}", refusal.reason, refusal.detail)
        }
    }
}

pub fn check(bytes: &[u8], expected: &str) {
    let found = outcome(bytes);
    assert!(found.starts_with(expected), "expected {expected}, found {found}");
}

#[test]
fn text_that_is_none() {
    check(b"", "unreadable: 0 bytes");
    check(&[0; 100], "unreadable: NUL");
    check(format!("{}\0\0\0", good_csv()).as_bytes(), "unreadable: NUL");
    let with_mark = [b"\xef\xbb\xbf".as_slice(), good_csv().as_bytes(), b"\0"].concat();
    check(&with_mark, "unreadable: NUL");
    let utf16: Vec<u8> = good_csv().encode_utf16().flat_map(u16::to_le_bytes).collect();
    check(&utf16, "unreadable: NUL");
    check(&[b"\xff\xfe".as_slice(), &utf16, b"x"].concat(), "unreadable: UTF-16LE");
    // A character cut in two: the file is not read as another encoding that happens to fit.
    let cut = format!("{}乙方", good_csv());
    check(&cut.as_bytes()[..cut.len() - 1], "unreadable: UTF-8, byte ");
    let mut gbk = encoding_rs::GBK.encode(&good_csv()).0.into_owned();
    gbk.push(0xd5);
    check(&gbk, "unreadable: gb18030");
    check(b"\n\n\n", "header_missing");
    check("ÿþýü".as_bytes(), "header_missing");
}

#[test]
fn files_that_are_no_tables() {
    check(b"\x89PNG\r\n\x1a\n", "not_a_workbook");
    check(b"%PDF-1.4", "not_a_workbook");
    check(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "not_a_workbook");
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("word/document.xml", SimpleFileOptions::default()).unwrap();
    writer.write_all(b"<xl/>").unwrap();
    check(&writer.finish().unwrap().into_inner(), "not_a_workbook");
    let book = good_workbook();
    for keep in [10, book.len() / 2, book.len() - 30] {
        check(&book[..keep], "unreadable: ZIP");
    }
    check(b"PAR1", "unreadable: Parquet");
    let parquet = parquet(10);
    check(&parquet, "10/0/0/0");
    check(&parquet[..parquet.len() - 20], "unreadable");
    check(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unreadable: XLS");
}

/// A compound file that holds nothing but these names, as an encrypted XLSX does.
fn compound(names: &[&str]) -> Vec<u8> {
    const FREE: u32 = 0xffff_ffff;
    const END: u32 = 0xffff_fffe;
    let mut out = vec![0u8; 512 * 3];
    let mut put = |at: usize, bytes: &[u8]| out[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    for (at, n) in [(24, 0x3e_u16), (26, 3), (28, 0xfffe), (30, 9), (32, 6)] {
        put(at, &n.to_le_bytes());
    }
    for (at, n) in [(44, 1), (48, 1), (56, 4_096), (60, END), (68, END), (76, 0)] {
        put(at, &u32::to_le_bytes(n));
    }
    (1..109).for_each(|i| put(76 + 4 * i, &FREE.to_le_bytes()));
    put(512, &0xffff_fffd_u32.to_le_bytes());
    put(516, &END.to_le_bytes());
    (2..128).for_each(|i| put(512 + 4 * i, &FREE.to_le_bytes()));
    for (n, name) in ["Root Entry"].iter().chain(names).enumerate() {
        let at = 1_024 + 128 * n;
        let units: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        put(at, &units);
        put(at + 64, &((units.len() + 2) as u16).to_le_bytes());
        put(at + 66, &[if n == 0 { 5 } else { 2 }]);
        put(at + 116, &END.to_le_bytes());
    }
    out
}

#[test]
fn workbooks_under_a_password() {
    check(&compound(&["EncryptionInfo", "EncryptedPackage"]), "encrypted");
    check(&compound(&["WordDocument"]), "not_a_workbook");
    // An old workbook whose second record says that the rest is encrypted.
    let mut old =
        std::fs::read(crate::support::project().join("tests/fixtures/loader/brokers_220502_2018-09.xls")).unwrap();
    let begin = old.windows(4).position(|w| w == [0x09, 0x08, 0x10, 0x00]).expect("a BOF record");
    old[begin + 20..begin + 22].copy_from_slice(&0x2f_u16.to_le_bytes());
    check(&old, "encrypted");
    // A package whose parts are.
    let mut book = good_workbook();
    for (magic, at) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let places: Vec<usize> = book.windows(4).enumerate().filter(|(_, w)| w == magic).map(|(i, _)| i).collect();
        places.into_iter().for_each(|place| book[place + at] |= 1);
    }
    check(&book, "encrypted");
}

/// What a workbook may hold instead of text.
#[test]
fn cells_that_are_not_what_they_seem() {
    let book = |cell: &str| {
        edit_part(&good_workbook(), "xl/worksheets/sheet1.xml", |xml| {
            let at = xml.find("<c r=\"E2\"").unwrap();
            let end = at + xml[at..].find("</c>").unwrap() + 4;
            format!("{}{cell}{}", &xml[..at], &xml[end..])
        })
    };
    let employer = |cell: &str| match read("employment", "220821_2018-06.xlsx", &book(cell)) {
        Ok(found) => found.rows.first().and_then(|r| r.get("employer").cloned()).unwrap_or_default(),
        Err(refusal) => format!("{}: {}", refusal.reason, refusal.detail),
    };
    // A formula is what it came to when it was saved; one that never came to anything is blank.
    assert_eq!(employer("<c r=\"E2\" t=\"str\"><f>1+1</f><v>甲公司</v></c>"), "甲公司");
    assert_eq!(employer("<c r=\"E2\"><f>1+1</f></c>"), "");
    assert_eq!(employer("<c r=\"E2\"><f>1+1</f><v>3</v></c>"), "3");
    assert_eq!(employer("<c r=\"E2\" t=\"e\"><f>A1/0</f><v>#DIV/0!</v></c>"), "#DIV/0!");
    assert_eq!(employer("<c r=\"E2\" t=\"inlineStr\"><is><t>=1+1</t></is></c>"), "=1+1");
    assert_eq!(
        employer("<c r=\"E2\" t=\"s\"><v>99999</v></c>"),
        "unreadable: Cell string index not found in shared strings table"
    );
    assert_eq!(employer("<c r=\"E2\" t=\"zzz\"><v>1</v></c>").split(':').next(), Some("unreadable"));
}

#[test]
fn five_thousand_columns_of_a_parquet_file() {
    let one: ArrayRef = Arc::new(StringArray::from(vec!["x"]));
    let columns: Vec<(String, ArrayRef)> = (0..5_000).map(|n| (format!("c{n}"), one.clone())).collect();
    check(&write_parquet(&RecordBatch::try_from_iter(columns).unwrap()), "too_large: columns: 5000 > 2000");
}

#[test]
fn a_quotation_mark_that_is_never_closed() {
    let rows: String = (1..200).map(|n| spell(n, "甲").join(",") + "\n").collect();
    let head = HEAD.join(",");
    let in_body = format!("{head}\n{rows}{},2018-03-01,转移就业,省外,\"甲\n{rows}", person(300));
    check(in_body.as_bytes(), "unreadable: quotation mark, row 201");
    // Closed by the next quoted cell, many rows below.
    let closed = format!(
        "{head}\n{},2018-03-01,转移就业,省外,\"甲\n{rows}{},2018-03-01,转移就业,省外,\"乙,丙\"\n",
        person(300),
        person(301)
    );
    check(closed.as_bytes(), "unreadable: quotation mark, row 2");
    let in_header = format!("身份证号,起始日期,就业类型,就业地域,\"就业单位\n{rows}{rows}\"\n{rows}");
    check(in_header.as_bytes(), "unreadable: quotation mark, row 1");
    // A mark inside a cell is a character.
    check(format!("{head}\n{},2018-03-01,转移就业,省外,5\" 管厂\n", person(1)).as_bytes(), "1/0/0/0");
}

#[test]
fn cells_rows_and_columns_beyond_the_limits() {
    let long = "长".repeat(10 * 1024 * 1024 / 3);
    check(&csv_of(&[HEAD.map(str::to_owned), spell(1, &long)]), "too_large: cell: 10485759 > 131072 (row 2)");
    let wide: Vec<String> = (0..5_000).map(|n| format!("列{n}")).collect();
    check(&csv_of(&[wide.clone(), wide.clone()]), "too_large: columns: 5000 > 2000");
    check(&workbook(&[wide.iter().map(|c| Cell::from(c.as_str())).collect()]), "too_large: columns: 2001 > 2000");
    let page = format!("<table><tr>{}</tr></table>", "<td>x</td>".repeat(5_000));
    check(page.as_bytes(), "too_large: columns: 2001 > 2000");
    check(b"<table><tr><td colspan=999999999999>x</td></tr></table>", "too_large: columns: 2001 > 2000");
    // A row of long cells, and a page that lays a long cell out over everything.
    let many: Vec<String> = (0..20).map(|_| "长".repeat(30_000)).collect();
    check(&csv_of(&[many]), "too_large: row: ");
    let spread = format!(
        "<table><tr><td colspan=1999 rowspan=1000000>{}</td></tr>{}</table>",
        "x".repeat(10_000),
        "<tr><td>y</td></tr>".repeat(10)
    );
    check(spread.as_bytes(), "too_large: row: ");
}

#[test]
fn a_million_rows_of_text() {
    let mut csv = String::from("岗位编号,岗位类型,用人单位,上岗日期\n");
    (0..1_000_000u32).for_each(|n| csv.push_str(&format!("G{n},其他,第{n}村,2018-03-01\n")));
    let project = super::project();
    let request = jindu::extract::Request {
        project,
        contract: &project.feeds["posts"],
        delivery: jindu::extract::read_name("220821_2018-06.csv", &project.regions).unwrap(),
        file: "posts/220821_2018-06.csv",
        sha256: "00",
        arrived_on: chrono::NaiveDate::from_ymd_opt(2018, 10, 8).unwrap(),
        keys: &jindu::extract::PersonKeys::new(b"a key for tests").unwrap(),
    };
    let (mut rows, mut most) = (0, 0);
    let summary = jindu::extract::read_extract(csv.as_bytes(), &request, &mut |_, batch| {
        rows += batch.num_rows();
        most = most.max(batch.num_rows());
        Ok(())
    });
    assert_eq!((summary.unwrap().rows_loaded, rows), (1_000_000, 1_000_000));
    assert!(most <= jindu::extract::limits::ROWS_AT_A_TIME, "rows come in runs");
    // Rows that are left out count against the limit too.
    let notes = HEAD.join(",") + "\n" + &"合计,,,,\n".repeat(2_000_001);
    check(notes.as_bytes(), "too_large: rows: 2000001 > 2000000");
}

#[test]
fn workbooks_that_claim_much() {
    let book = good_workbook();
    let sheet = "xl/worksheets/sheet1.xml";
    // A cell in the last corner of the sheet, with a value and without.
    let corner = |cell: &str| {
        edit_part(&book, sheet, |xml| {
            xml.replace("</sheetData>", &format!("<row r=\"1048576\">{cell}</row></sheetData>"))
        })
    };
    check(&corner("<c r=\"XFD1048576\"><v>1</v></c>"), "too_large: columns: 16384 > 2000");
    check(&corner("<c r=\"XFD1048576\"/>"), "1/0/0/0");
    let dimension =
        edit_part(&book, sheet, |xml| xml.replace("<dimension ref=\"A1:E2\"/>", "<dimension ref=\"A1:XFD1048576\"/>"));
    check(&dimension, "1/0/0/0");
    // More shared texts than the file could hold.
    let texts = edit_part(&book, "xl/sharedStrings.xml", |xml| {
        let at = xml.find("uniqueCount=\"").unwrap() + 13;
        format!("{}99999999999{}", &xml[..at], &xml[at..])
    });
    check(&texts, "unreadable: xl/sharedstrings.xml");
    // Ranges over everything, thousands of times.
    let range = "<mergeCell ref=\"A1:E1048576\"/>".repeat(5_000);
    let merged = edit_part(&book, sheet, |xml| {
        xml.replace("</sheetData>", &format!("</sheetData><mergeCells count=\"5000\">{range}</mergeCells>"))
    });
    check(&merged, "unreadable: merged cells overlap");
}

#[test]
fn bombs() {
    // 300 MB of blanks in the shared texts, 300 KB packed; then a single text of 8 MB.
    let book = good_workbook();
    let blanks = edit_part(&book, "xl/sharedStrings.xml", |xml| {
        xml.replace("</sst>", &format!("{}</sst>", "<si><t/></si>".repeat(23_000_000)))
    });
    assert!(blanks.len() < 3_000_000);
    check(&blanks, "too_large: part: 268");
    let text = edit_part(&book, "xl/sharedStrings.xml", |xml| {
        xml.replace("</sst>", &format!("<si><t>{}</t></si></sst>", "x".repeat(8_000_000)))
    });
    check(&text, "too_large: text: ");
    // Entities that multiply themselves are not expanded.
    let laughs = edit_part(&book, "xl/worksheets/sheet1.xml", |xml| {
        let entities: String =
            (1..20).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
        xml.replacen("<worksheet", &format!("<!DOCTYPE x [<!ENTITY l0 \"ha\">{entities}]><worksheet"), 1)
            .replace("<v>0</v>", "<v>&l19;</v>")
    });
    let found = outcome(&laughs);
    assert!(found.len() < 500, "{}", found.len());
    // One long text that stands in every cell of a Parquet file.
    let long: ArrayRef = Arc::new(StringArray::from_iter_values((0..50_000).map(|_| "x".repeat(1_000))));
    let mut columns = vec![
        ("身份证号", long.clone()),
        ("起始日期", long.clone()),
        ("就业类型", long.clone()),
        ("就业地域", long.clone()),
    ];
    check(&write_parquet(&RecordBatch::try_from_iter(columns.clone()).unwrap()), "0/0/50000/0");
    let longer: ArrayRef = Arc::new(StringArray::from_iter_values((0..100).map(|_| "x".repeat(1_000_000))));
    columns = vec![
        ("身份证号", longer.clone()),
        ("起始日期", longer.clone()),
        ("就业类型", longer.clone()),
        ("就业地域", longer),
    ];
    check(&write_parquet(&RecordBatch::try_from_iter(columns).unwrap()), "too_large: cell: 1000000 > 131072 (row 1)");
}

#[test]
fn old_workbooks_that_claim_much() {
    let bytes =
        std::fs::read(crate::support::project().join("tests/fixtures/loader/brokers_220502_2018-09.xls")).unwrap();
    let found = |bytes: &[u8]| {
        read("brokers", "220502_2018-09.xls", bytes).map_or_else(|r| r.reason.to_owned(), |r| r.counts())
    };
    let good = found(&bytes);
    // Every row number of a cell record set to the last row: the rectangle becomes 65,536 rows.
    let dimension = [0x00, 0x02, 0x0e, 0x00];
    let at = bytes.windows(4).position(|w| w == dimension).expect("a DIMENSIONS record");
    let mut claims = bytes.clone();
    claims[at + 4 + 4..at + 4 + 8].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(found(&claims), "too_large");
    let mut backwards = bytes.clone();
    backwards[at + 4..at + 4 + 4].copy_from_slice(&70_000u32.to_le_bytes());
    assert_eq!(found(&backwards), "unreadable");
    // A chain of sectors that leads back to itself.
    let mut circle = bytes.clone();
    let fat = 512 * (1 + u32::from_le_bytes(bytes[76..80].try_into().unwrap()) as usize);
    for id in 0..(bytes.len() / 512 - 1) {
        circle[fat + 4 * id..fat + 4 * id + 4].copy_from_slice(&(id as u32).to_le_bytes());
    }
    assert_eq!(found(&circle), "unreadable");
    assert_eq!(found(&bytes), good);
}

#[test]
fn columns_that_have_no_text_refuse_the_file() {
    let good = |n: &str| Arc::new(StringArray::from(vec![n.to_owned()])) as ArrayRef;
    let with = |name: &'static str, column: ArrayRef| {
        let columns = vec![
            ("身份证号", good(&person(1))),
            ("起始日期", good("2018-03-01")),
            ("就业类型", good("转移就业")),
            ("就业地域", good("省外")),
            (name, column),
        ];
        write_parquet(&RecordBatch::try_from_iter(columns).unwrap())
    };
    use arrow::array::{BinaryArray, Decimal128Array, TimestampMillisecondArray, UInt64Array};
    check(
        &with("就业单位", Arc::new(BinaryArray::from(vec![b"\xff\xfe".as_slice()]))),
        "unreadable: Parquet: BinaryView is no text",
    );
    check(&with("就业单位", Arc::new(BinaryArray::from(vec!["甲".as_bytes()]))), "1/0/0/0");
    check(&with("终止日期", Arc::new(TimestampMillisecondArray::from(vec![1_530_000_000_000]))), "1/0/0/0");
    check(&with("终止日期", Arc::new(TimestampMillisecondArray::from(vec![i64::MAX]))), "unreadable: Parquet");
    let ids = |column: ArrayRef| {
        let columns = vec![
            ("身份证号", column),
            ("起始日期", good("2018-03-01")),
            ("就业类型", good("转移就业")),
            ("就业地域", good("省外")),
        ];
        read("employment", "220821_2018-06.parquet", &write_parquet(&RecordBatch::try_from_iter(columns).unwrap()))
            .unwrap()
            .reasons()
            .join("")
    };
    let number = 220_821_198_001_010_012;
    assert_eq!(ids(Arc::new(Int64Array::from(vec![number]))), "person_id:id_excel_damaged");
    assert_eq!(ids(Arc::new(UInt64Array::from(vec![u64::MAX]))), "person_id:id_excel_damaged");
    assert_eq!(
        ids(Arc::new(Decimal128Array::from(vec![i128::from(number)]).with_precision_and_scale(18, 0).unwrap())),
        "person_id:id_excel_damaged"
    );
}

/// A Parquet file whose one column lies under `depth` groups.
fn deep_parquet(depth: usize) -> Vec<u8> {
    use parquet::basic::{Repetition, Type as Physical};
    use parquet::schema::types::Type;
    let mut node =
        Type::primitive_type_builder("x", Physical::INT32).with_repetition(Repetition::OPTIONAL).build().unwrap();
    for _ in 0..depth {
        node = Type::group_type_builder("g")
            .with_repetition(Repetition::OPTIONAL)
            .with_fields(vec![Arc::new(node)])
            .build()
            .unwrap();
    }
    let root = Type::group_type_builder("schema").with_fields(vec![Arc::new(node)]).build().unwrap();
    let properties = Arc::new(parquet::file::properties::WriterProperties::new());
    let mut bytes = Vec::new();
    parquet::file::writer::SerializedFileWriter::new(&mut bytes, Arc::new(root), properties).unwrap().close().unwrap();
    bytes
}

#[test]
fn a_parquet_file_of_deep_groups() {
    // Made on a thread with much stack; read on one with as little as any.
    let made = std::thread::Builder::new().stack_size(1 << 30).spawn(|| deep_parquet(5_000)).unwrap().join().unwrap();
    let found = std::thread::Builder::new().stack_size(2 << 20).spawn(move || outcome(&made)).unwrap().join().unwrap();
    assert!(
        found.starts_with("unreadable") || found.starts_with("header_missing") || found.starts_with("too_large"),
        "{found}"
    );
}

/// Where a run of bytes stands in a file for the first time.
fn place_of(bytes: &[u8], run: &[u8]) -> usize {
    bytes.windows(run.len()).position(|w| w == run).unwrap()
}

/// Pages that claim more values than they hold: room for them is never asked for.
#[test]
fn a_parquet_page_that_claims_too_much() {
    // A dictionary's header ends with its number of values, its encoding and whether it is sorted; then the first text.
    const END: [u8; 6] = [40, 0x15, 0, 0x12, 0, 0];
    let good = parquet(20);
    let text = [&18u32.to_le_bytes()[..], person(1).as_bytes()].concat();
    let at = place_of(&good, &text) - END.len();
    assert_eq!(good[at..at + END.len()], END, "20 is 40 in zigzag");
    // 2³¹-1 values would take 34 GB.
    let mut file = good.clone();
    file.splice(at..=at, [0xfe, 0xff, 0xff, 0xff, 0x0f]);
    let found = outcome(&file);
    assert!(found.starts_with("unreadable: Parquet: "), "{found}");
    // A dictionary of one word, which has 16 bytes with its length, cannot hold 63.
    let mut file = good.clone();
    let at = place_of(&file, "转移就业".as_bytes()) - 4 - END.len();
    assert_eq!(file[at], 2, "one value");
    file[at] = 126;
    check(&file, "unreadable: Parquet: dictionary: 63 values in 16 bytes");
    // A dictionary that says it is a page of data: a reader goes by what it says.
    let mut file = good.clone();
    assert_eq!(file[4..6], [0x15, 4], "a page's header begins with its type, 2 for a dictionary");
    file[5] = 0;
    check(&file, "unreadable: Parquet: page header");
}

#[test]
fn texts_written_as_differences() {
    for (encoding, version) in DIFFERENCES {
        check(&parquet_of_differences(300, encoding, version), "300/0/0/0");
    }
    // A page's first bytes say in blocks of how many numbers it is written, in how many parts, and how many there are.
    let mut file = parquet_of_differences(100, Encoding::DELTA_LENGTH_BYTE_ARRAY, WriterVersion::PARQUET_1_0);
    let at = place_of(&file, &[0x80, 0x01, 4, 100]);
    file[at + 3] = 101;
    check(&file, "unreadable: Parquet: differences: 101 values in a page of 100");
    let mut file = parquet_of_differences(100, Encoding::DELTA_BYTE_ARRAY, WriterVersion::PARQUET_2_0);
    let at = place_of(&file, &[0x80, 0x01, 4, 100]);
    let second = at + 4 + place_of(&file[at + 4..], &[0x80, 0x01, 4, 100]);
    file[second + 3] = 127;
    check(&file, "unreadable: Parquet: differences: 127 values in a page of 100");
}

/// Bytes that are text together, but not each for itself: the last of one ID number and the first of the next are a character.
#[test]
fn a_character_that_begins_in_one_text_and_ends_in_the_next() {
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        let mut file = parquet_of_differences(100, Encoding::DELTA_LENGTH_BYTE_ARRAY, version);
        let first = person(1);
        let at = place_of(&file, format!("{first}{}", person(2)).as_bytes()) + first.len() - 1;
        file[at..at + 3].copy_from_slice("合".as_bytes());
        check(&file, "unreadable: Parquet: bytes that are no UTF-8");
    }
}

/// A column of bytes that the file's own notes call text.
#[test]
fn bytes_that_the_file_calls_text() {
    use arrow::array::BinaryArray;
    use arrow::datatypes::{DataType, Field, Schema};
    use parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
    let good = |n: &str| Arc::new(StringArray::from(vec![n.to_owned()])) as ArrayRef;
    let of = |employer: &[u8], kind: DataType| {
        let columns = vec![
            ("身份证号", good(&person(1))),
            ("起始日期", good("2018-03-01")),
            ("就业类型", good("转移就业")),
            ("就业地域", good("省外")),
            ("就业单位", Arc::new(BinaryArray::from(vec![employer])) as ArrayRef),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let schema = batch.schema();
        let noted = schema.fields().iter().map(|field| match field.data_type() {
            DataType::Binary => Field::new(field.name(), kind.clone(), false),
            other => Field::new(field.name(), other.clone(), false),
        });
        let mut properties = WriterProperties::new();
        let noted = Schema::new(noted.collect::<Vec<_>>());
        parquet::arrow::add_encoded_arrow_schema_to_metadata(&noted, &mut properties);
        let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
        let mut writer = ArrowWriter::try_new_with_options(Vec::new(), schema, options).unwrap();
        writer.write(&batch).unwrap();
        writer.into_inner().unwrap()
    };
    for kind in [DataType::Utf8, DataType::Utf8View, DataType::LargeUtf8] {
        check(&of("甲".as_bytes(), kind.clone()), "1/0/0/0");
        check(&of(b"a name of more than twelve bytes \xff", kind), "unreadable: Parquet: bytes that are no UTF-8");
    }
}

/// One long text at the page's start, and after it rows that each say "the same once more".
#[test]
fn differences_that_repeat_a_text() {
    let batch = RecordBatch::try_from_iter(vec![("身份证号", everywhere("x".repeat(10_000_000), 100))]).unwrap();
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_encoding(Encoding::DELTA_BYTE_ARRAY)
        .set_statistics_enabled(EnabledStatistics::None)
        .build();
    check(&write_parquet_with(&batch, properties), "too_large: cell: 10000000 > 131072");
}

/// A column whose rows all show one text, which is in memory once.
fn everywhere(text: String, rows: i32) -> ArrayRef {
    let once: ArrayRef = Arc::new(StringArray::from(vec![text]));
    Arc::new(DictionaryArray::new(Int32Array::from_iter_values((0..rows).map(|_| 0)), once))
}

/// Pages that hold a few bytes and unpack to hundreds of megabytes.
#[test]
fn a_parquet_page_that_unpacks_to_much() {
    let batch = RecordBatch::try_from_iter(vec![("身份证号", everywhere("x".repeat(100_000), 3_000))]).unwrap();
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_data_page_size_limit(1 << 30)
        .set_write_batch_size(3_000)
        .build();
    check(&write_parquet_with(&batch, properties), "too_large: pages: ");
}

const INSIDE: &str = "JINDU_TEST_CAPPED";

/// Whether this is the process that may take so much memory and no more. The heaviest cases run nowhere else.
pub fn is_capped() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// All of the above once more in a process that may take so much memory and no more.
#[cfg(unix)]
#[test]
fn all_of_it_fits_in_memory() {
    const KILOBYTES: u64 = 2_500_000;
    if is_capped() {
        return;
    }
    let rooms = "loader::hostile:: loader::bombs:: loader::cut::";
    let out = std::process::Command::new("sh")
        .arg("-c")
        .arg(format!("ulimit -v {KILOBYTES}; exec \"$0\" {rooms} --test-threads 1"))
        .arg(std::env::current_exe().unwrap())
        .env(INSIDE, "1")
        .output()
        .unwrap();
    assert!(out.status.success(), "{}\n{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
}
