//! What must hold of every reading, whatever the bytes. The fuzz targets ask it of what they invent; the test suite asks
//! it of the corpus (tests/loader/fuzz.rs).

// Not every target uses every check.
#![allow(dead_code)]

use jindu::extract::{PersonKeys, Refusal, Request, Summary, hide_numbers, raw_schema, read_extract, read_name};
use jindu::project::{Contract, Field, FieldKind, Need, Project};
use std::collections::BTreeSet;
use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::{Mutex, OnceLock};

/// The repository's project, beside this folder.
pub fn project() -> &'static Project {
    static PROJECT: OnceLock<Project> = OnceLock::new();
    PROJECT.get_or_init(|| {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = if here.ends_with("fuzz") { here.parent().unwrap_or(here) } else { here };
        Project::read(root).unwrap_or_else(|e| panic!("{e}"))
    })
}

/// A file: the first byte chooses the feed, the others are its content. So with the other formats.
pub fn csv(project: &Project, data: &[u8]) {
    if let Some((first, file)) = data.split_first() {
        let (feed, name) = choose(project, *first);
        drop(read(project, feed, name, file));
    }
}

/// Headers: the first byte chooses the feed, the others each a cell of the rows in which the header is looked for.
pub fn header(project: &Project, data: &[u8]) {
    let Some((first, cells)) = data.split_first() else { return };
    let (feed, name) = choose(project, *first);
    let contract = &project.feeds[feed];
    let mut words: Vec<String> = contract.fields.iter().flat_map(|f| f.headers.clone()).collect();
    words.extend(project.reading.totals.iter().chain(&project.reading.above).chain(&project.reading.notes).cloned());
    let money = &project.reading.money_ten_thousands;
    words.extend(["", " ", "*", "1", "12345", "2018-03-01", "220821198001010014", "x", money].map(str::to_owned));
    let mut rows: Vec<Vec<String>> = vec![Vec::new()];
    for byte in cells {
        let row = rows.last_mut().expect("there is a row");
        match byte {
            0xff => rows.push(Vec::new()),
            // The last cell once more in brackets, with a star, full width; after it another word.
            0xfe => drop(row.last_mut().map(|c: &mut String| *c = format!("*{c}（人）"))),
            0xfd => drop(row.last_mut().filter(|c| c.len() < 1_000).map(|c| *c = format!("{c} {c}"))),
            n => row.push(words[usize::from(*n) % words.len()].clone()),
        }
    }
    drop(read(project, feed, name, &table(&rows)));
}

/// Cells: the first two bytes choose the feed and the field, the others are lines, each the cell of one row.
pub fn cell(project: &Project, data: &[u8]) {
    let [first, second, text @ ..] = data else { return };
    let (feed, name) = choose(project, *first);
    let contract = &project.feeds[feed];
    let at = usize::from(*second) % contract.fields.len();
    let fields: Vec<&Field> = (0..contract.fields.len())
        .filter(|i| *i == at || is_needed(contract, *i))
        .map(|i| &contract.fields[i])
        .collect();
    let text = String::from_utf8_lossy(text);
    let mut rows = vec![fields.iter().map(|f| f.headers[0].clone()).collect::<Vec<_>>()];
    for line in text.split('\n').take(8) {
        let cells = fields.iter().map(|f| if f.name == contract.fields[at].name { line.to_owned() } else { good(f) });
        rows.push(cells.collect());
    }
    if let Ok(summary) = read(project, feed, name, &table(&rows)) {
        let others_filled = fields.len() > 1;
        let written = rows.len() as u64 - 1;
        assert!(
            !others_filled || summary.rows_delivered + summary.rows_left_out == written,
            "of {written} rows {} were delivered and {} left out",
            summary.rows_delivered,
            summary.rows_left_out
        );
    }
}

/// A workbook as it is, or the parts of one: sheet, shared texts, styles, workbook, with [`BETWEEN_PARTS`] between them.
pub fn xlsx(project: &Project, data: &[u8]) {
    let Some((first, parts)) = data.split_first().filter(|(_, rest)| !rest.starts_with(b"PK")) else {
        return csv(project, data);
    };
    let (feed, name) = choose(project, *first);
    let mut parts = split(parts, BETWEEN_PARTS).into_iter();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, usual) in PARTS {
        let content = if usual.is_empty() { parts.next().unwrap_or_default() } else { usual.as_bytes() };
        out.start_file(name, stored).and_then(|()| Ok(out.write_all(content)?)).expect("memory can be written");
    }
    let bytes = out.finish().expect("memory can be written").into_inner();
    drop(read(project, feed, name, &bytes));
}

pub fn xls(project: &Project, data: &[u8]) {
    csv(project, data);
}

pub fn html(project: &Project, data: &[u8]) {
    csv(project, data);
}

pub fn parquet(project: &Project, data: &[u8]) {
    csv(project, data);
}

/// Reads bytes as a delivery and checks what must hold of any.
pub fn read(project: &Project, feed: &str, file_name: &str, bytes: &[u8]) -> Result<Summary, Refusal> {
    let contract = &project.feeds[feed];
    let request = Request {
        project,
        contract,
        delivery: read_name(file_name, &project.regions).unwrap_or_else(|r| panic!("{file_name}: {r:?}")),
        file: &format!("{feed}/{file_name}"),
        sha256: "00",
        arrived_on: chrono::NaiveDate::from_ymd_opt(2018, 10, 8).expect("a day"),
        keys: &PersonKeys::new(b"a key for tests").expect("a key"),
    };
    let schema = raw_schema(contract);
    let mut loaded = 0;
    let mut numbers: Vec<i64> = Vec::new();
    let found = read_extract(bytes, &request, &mut |_, batch| {
        assert_eq!(batch.schema(), schema);
        loaded += batch.num_rows() as u64;
        let rows = batch.column_by_name("source_row").expect("rows are numbered");
        let rows = rows.as_any().downcast_ref::<arrow::array::Int64Array>().expect("row numbers are whole");
        numbers.extend(rows.values());
        Ok(())
    });
    match &found {
        Err(refusal) => check_refusal(refusal),
        Ok(summary) => {
            assert_eq!(summary.rows_loaded, loaded, "rows loaded");
            let gone = summary.rows_dropped + summary.rows_rejected;
            assert_eq!(summary.rows_delivered, loaded + gone, "rows were lost");
            assert_eq!(summary.rows_rejected, summary.rejects.len() as u64, "rejected rows");
            check_rejects(contract, summary);
            numbers.extend(summary.rejects.iter().map(|r| r.row as i64));
            // The wide form makes several rows of one, and a forged workbook may number its rows as it likes.
            if contract.wide.is_none() && !bytes.starts_with(b"PK") {
                let different: BTreeSet<i64> = numbers.iter().copied().collect();
                assert_eq!(different.len(), numbers.len(), "a row stands twice");
            }
        }
    }
    found
}

const REFUSALS: [&str; 8] = [
    "unreadable",
    "header_missing",
    "header_ambiguous",
    "name_not_understood",
    "unknown_feed",
    "too_large",
    "encrypted",
    "not_a_workbook",
];

fn check_refusal(refusal: &Refusal) {
    assert!(REFUSALS.contains(&refusal.reason), "{}", refusal.reason);
    if let Some(place) = refusal.detail.strip_prefix("panic: ") {
        // A library's, caught (src/extract/shield.rs): told once.
        static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
        if TOLD.lock().is_ok_and(|mut told| told.insert(place.to_owned())) {
            eprintln!("caught a panic at {place}");
        }
        let ours = [
            "extract.rs",
            "typing.rs",
            "header.rs",
            "file.rs",
            "compound.rs",
            "footer.rs",
            "thrift.rs",
            "pages.rs",
            "clean.rs",
            "dates.rs",
        ];
        assert!(!ours.iter().any(|file| place.starts_with(file)), "a panic at {place}");
    }
    shows_no_number("refusal", &refusal.detail);
}

fn check_rejects(contract: &Contract, summary: &Summary) {
    for reject in &summary.rejects {
        assert!(contract.field(&reject.field).is_some(), "{}", reject.field);
        assert!(reject.all_reasons.contains(reject.reason), "{} in {}", reject.reason, reject.all_reasons);
        assert!(reject.row > 0, "rows count from 1");
        shows_no_number("reject", &reject.raw_value);
    }
    summary.unmapped.keys().for_each(|(_, text)| shows_no_number("unmapped value", text));
    summary.unknown_columns.iter().for_each(|name| shows_no_number("unknown column", name));
    shows_no_number("sheet", &summary.sheet);
}

/// No run of digits that could be a person's number.
fn shows_no_number(what: &str, text: &str) {
    const ID_DIGITS_MIN: usize = 15;
    let longest = text.split(|c: char| !c.is_numeric()).map(|run| run.chars().count()).max().unwrap_or(0);
    assert!(longest < ID_DIGITS_MIN, "{what} shows a number: {text}");
    assert_eq!(hide_numbers(text), text, "{what} shows a number");
}

/// A feed, and a file name that fits it.
fn choose(project: &Project, byte: u8) -> (&str, &'static str) {
    const NAMES: [&str; 4] = ["220821_2018-06.csv", "all_2018-06.csv", "U08_2018Q2.csv", "220821_2018-06_x.csv"];
    let feeds: Vec<&String> = project.feeds.keys().collect();
    (feeds[usize::from(byte) % feeds.len()], NAMES[usize::from(byte) / feeds.len() % NAMES.len()])
}

fn is_needed(contract: &Contract, field: usize) -> bool {
    contract.fields[field].need != Need::Optional
}

/// A cell that the field takes without a remark.
fn good(field: &Field) -> String {
    match field.kind {
        FieldKind::Id => "220821198001010014",
        FieldKind::Region => "220821",
        FieldKind::Unit => "U08",
        FieldKind::Date | FieldKind::Month => "2018-03-01",
        FieldKind::Period => "2018Q1",
        FieldKind::Int | FieldKind::Yuan | FieldKind::Number | FieldKind::Pct | FieldKind::Bool => "1",
        FieldKind::Code => return field.codes[0].value.clone(),
        FieldKind::Text => "x",
    }
    .to_owned()
}

fn table(rows: &[Vec<String>]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    rows.iter().for_each(|row| writer.write_record(row).expect("memory can be written"));
    writer.into_inner().expect("memory can be written")
}

/// What stands between the parts of a workbook in the corpus.
pub const BETWEEN_PARTS: &[u8] = b"\n<!--part-->\n";

/// The parts of a package; those without text come from the data.
const PARTS: [(&str, &str); 7] = [
    ("xl/worksheets/sheet1.xml", ""),
    ("xl/sharedStrings.xml", ""),
    ("xl/styles.xml", ""),
    ("xl/workbook.xml", ""),
    (
        "[Content_Types].xml",
        r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#,
    ),
    (
        "_rels/.rels",
        r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#,
    ),
];

fn split<'a>(data: &'a [u8], between: &[u8]) -> Vec<&'a [u8]> {
    let mut out = Vec::new();
    let mut rest = data;
    while let Some(at) = rest.windows(between.len()).position(|w| w == between) {
        out.push(&rest[..at]);
        rest = &rest[at + between.len()..];
    }
    out.push(rest);
    out
}
