//! Small files that become large ones, and large ones: each ends in its own refusal, or is read, within time and memory
//! (`all_of_it_fits_in_memory` runs this file under a cap).

use super::hostile::{HEAD, check, good_workbook, is_capped, outcome, outcome_of};
use super::project;
use super::sheets::edit_part;
use arrow::array::{ArrayRef, BinaryArray, DictionaryArray, Int32Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use std::io::{Cursor, Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};
use zip::write::SimpleFileOptions;

const SHEET: &str = "xl/worksheets/sheet1.xml";

/// A package with more parts than it had.
fn with_parts(bytes: &[u8], more: impl Fn(&mut zip::ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).unwrap();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        out.start_file(part.name().unwrap(), SimpleFileOptions::default()).unwrap();
        out.write_all(&content).unwrap();
    }
    more(&mut out);
    out.finish().unwrap().into_inner()
}

/// A package with one part more: so many times a piece.
fn with_part(bytes: &[u8], name: &str, piece: &[u8], times: usize) -> Vec<u8> {
    with_parts(bytes, |out| {
        out.start_file(name, SimpleFileOptions::default()).unwrap();
        (0..times).for_each(|_| out.write_all(piece).unwrap());
    })
}

#[test]
fn a_package_in_a_package_is_never_opened() {
    let bomb = with_part(&good_workbook(), "xl/media/zeros.xml", &[b' '; 65_536], 64);
    check(&with_part(&good_workbook(), "xl/embeddings/oleObject1.bin", &bomb, 1), "1/0/0/0");
    check(&with_part(&good_workbook(), "xl/embeddings/bomb.zip", &bomb, 1), "1/0/0/0");
    // A sheet that is one is no sheet.
    let book = edit_part(&good_workbook(), "xl/_rels/workbook.xml.rels", |xml| {
        xml.replace("worksheets/sheet1.xml", "worksheets/bomb.xml")
    });
    let found = outcome(&with_part(&book, "xl/worksheets/bomb.xml", &bomb, 1));
    assert!(found.starts_with("unreadable") || found.starts_with("header_missing"), "{found}");
}

#[test]
fn parts_by_the_thousand() {
    let many = with_parts(&good_workbook(), |out| {
        for n in 0..5_000 {
            out.start_file(format!("xl/media/image{n}.png"), SimpleFileOptions::default()).unwrap();
        }
    });
    check(&many, "too_large: parts: 50");
    // Names alone, millions of them, without a directory that says so.
    let names = [b"PK\x03\x04".as_slice(), &b"PK\x01\x02".repeat(3_000_000)].concat();
    check(&names, "too_large: parts: 3000000 > 4096");
}

#[test]
fn a_part_that_is_called_otherwise_is_measured_all_the_same() {
    // The sheet under another name, which the workbook's relations give.
    let book = edit_part(&good_workbook(), "xl/_rels/workbook.xml.rels", |xml| {
        xml.replace("worksheets/sheet1.xml", "media/image1.png")
    });
    let bomb = with_part(&book, "xl/media/image1.png", &[b' '; 1 << 20], 300);
    assert!(bomb.len() < 1_000_000);
    check(&bomb, "too_large: part: ");
    // Shared texts under another name that declare more than memory holds.
    let book = edit_part(&good_workbook(), "xl/_rels/workbook.xml.rels", |xml| {
        xml.replace("sharedStrings.xml", "media/image2.png")
    });
    let texts = b"<sst uniqueCount=\"99999999999\"><si><t>x</t></si></sst>";
    check(&with_part(&book, "xl/media/image2.png", texts, 1), "unreadable: xl/media/image2.png");
}

/// A package whose directory names one and the same part many times over.
fn overlapping(times: u32) -> Vec<u8> {
    let mut sheet = Vec::new();
    for _ in 0..32_000 {
        sheet.push(b'<');
        sheet.extend_from_slice(&[b' '; 4_095]);
    }
    let bytes = with_part(&good_workbook(), "xl/worksheets/sheet9.xml", &sheet, 1);
    let end = bytes.windows(4).rposition(|w| w == b"PK\x05\x06").unwrap();
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
    let (size, start) = (number(end + 12) as usize, number(end + 16) as usize);
    let directory = &bytes[start..start + size];
    let last = directory.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    let entry = &directory[last..];
    let mut out = bytes[..start + size].to_vec();
    for n in 0..times {
        let mut copy = entry.to_vec();
        let name = copy.windows(10).position(|w| w == b"sheet9.xml").unwrap();
        copy[name..name + 6].copy_from_slice(format!("{:06}", n % 1_000_000).as_bytes());
        out.extend_from_slice(&copy);
    }
    let mut tail = bytes[end..].to_vec();
    let entries = u16::from_le_bytes(tail[10..12].try_into().unwrap()) + times as u16;
    tail[8..10].copy_from_slice(&entries.to_le_bytes());
    tail[10..12].copy_from_slice(&entries.to_le_bytes());
    tail[12..16].copy_from_slice(&((out.len() - start) as u32).to_le_bytes());
    out.extend_from_slice(&tail);
    out
}

#[test]
fn parts_that_lie_over_each_other() {
    if !is_capped() {
        return;
    }
    let bytes = overlapping(1_000);
    assert!(bytes.len() < 1_000_000, "{} bytes stand for 131 GB", bytes.len());
    let start = Instant::now();
    check(&bytes, "too_large: package: ");
    assert!(start.elapsed() < Duration::from_secs(300), "{:?}", start.elapsed());
}

#[test]
fn markup_that_takes_time_or_reaches_outside() {
    let book = good_workbook();
    let start = Instant::now();
    // Entities from a file: never fetched.
    let outside = edit_part(&book, SHEET, |xml| {
        xml.replacen("<worksheet", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><worksheet", 1)
            .replace("<v>4</v>", "<v>&e;</v>")
    });
    assert!(!outcome(&outside).contains("root"), "{}", outcome(&outside));
    // A hundred thousand elements in each other; then one element with as many attributes.
    let deep = edit_part(&book, SHEET, |xml| {
        xml.replace("</sheetData>", &format!("</sheetData>{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000)))
    });
    check(&deep, "1/0/0/0");
    let wide: String = (0..100_000).map(|n| format!(" a{n}=\"\"")).collect();
    for place in ["<c ", "<row ", "<sheetData>"] {
        let wide = edit_part(&book, SHEET, |xml| {
            let (before, after) = xml.split_at(xml.find(place).unwrap() + place.trim_end_matches([' ', '>']).len());
            format!("{before}{wide}{after}")
        });
        let found = outcome(&wide);
        assert!(found == "1/0/0/0" || found.starts_with("unreadable"), "{place}: {found}");
    }
    assert!(start.elapsed() < Duration::from_secs(300), "{:?}", start.elapsed());
}

/// A workbook of so many rows and columns that all show one shared text.
fn one_text_everywhere(text: &str, rows: u32, columns: u32) -> Vec<u8> {
    let book = edit_part(&good_workbook(), "xl/sharedStrings.xml", |xml| {
        xml.replace("</sst>", &format!("<si><t>{text}</t></si></sst>"))
    });
    let at = 10;
    edit_part(&book, SHEET, |xml| {
        let row = |n: u32| {
            let cells: String = (0..columns).map(|_| format!("<c t=\"s\"><v>{at}</v></c>")).collect();
            format!("<row r=\"{}\">{cells}</row>", n + 3)
        };
        let rows: String = (0..rows).map(row).collect();
        xml.replace("</sheetData>", &format!("{rows}</sheetData>"))
    })
}

#[test]
fn one_long_text_in_every_cell() {
    if !is_capped() {
        return;
    }
    let start = Instant::now();
    // 30,000 rows of 900 KB in a file of less than a megabyte.
    let bytes = one_text_everywhere(&"x".repeat(100_000), 30_000, 9);
    assert!(bytes.len() < 2_000_000);
    let found = outcome(&bytes);
    assert!(found.starts_with("too_large: content: ") || found.starts_with("too_large: rejected_rows: "), "{found}");
    assert!(start.elapsed() < Duration::from_secs(300), "{:?}", start.elapsed());
}

#[test]
fn two_million_faulty_rows() {
    if !is_capped() {
        return;
    }
    let faulty = String::from("岗位编号,岗位类型,用人单位,上岗日期\n") + &"1,,,\n".repeat(10_000_000);
    let found = outcome_of("posts", faulty.as_bytes());
    assert!(found.starts_with("too_large: rejected_rows: "), "{found}");
    let repeated = String::from("岗位编号,岗位类型,用人单位,上岗日期\n") + &"1,其他,村,2018-3-1\n".repeat(7_000_000);
    assert_eq!(outcome_of("posts", repeated.as_bytes()), "too_large: rows: 2000001 > 2000000");
}

/// Ten million rows on disk are more bytes than are read: kept, refused, and never in memory whole.
#[test]
fn ten_million_rows_on_disk() {
    use jindu::load::load_inbox;
    use jindu::warehouse::Warehouse;
    if !is_capped() {
        return;
    }
    let (data, inbox) = (crate::support::scratch(), crate::support::scratch());
    std::fs::create_dir_all(inbox.path().join("posts")).unwrap();
    let path = inbox.path().join("posts/220821_2018-06.csv");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    writeln!(file, "岗位编号,岗位类型,用人单位,上岗日期").unwrap();
    (0..10_000_000).for_each(|n| writeln!(file, "G{n},其他,第{n}村,2018-03-01").unwrap());
    file.into_inner().unwrap();
    let bytes = std::fs::metadata(&path).unwrap().len();
    assert!(bytes > jindu::extract::BYTES_MAX);
    let warehouse = Warehouse::open(data.path()).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    let before = resident();
    let load = load_inbox(project(), &warehouse, &project().jobs["nightly"], inbox.path(), &|_, _| {});
    runtime.block_on(load).unwrap();
    let grown = resident().saturating_sub(before);
    assert!(grown < 100_000_000, "took {grown} bytes");
    let deliveries = warehouse.state().unwrap().deliveries().unwrap();
    assert_eq!(deliveries[0].refusal.as_deref(), Some("too_large"));
    assert_eq!(deliveries[0].refusal_detail, format!("file: {bytes} > 209715200"));
    let kept = std::fs::metadata(warehouse.archive_path(&deliveries[0].sha256)).unwrap().len();
    assert_eq!(kept, bytes, "the original is kept");
}

/// The most memory that this process had since that was last forgotten, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

/// A workbook of a million rows is read.
#[test]
fn a_million_rows_of_a_workbook() {
    if !is_capped() {
        return;
    }
    let start = Instant::now();
    let sheet = {
        let text = |t: &str| format!("<c t=\"inlineStr\"><is><t>{t}</t></is></c>");
        let head: String = ["岗位编号", "岗位类型", "用人单位", "上岗日期"].iter().map(|h| text(h)).collect();
        let mut xml = String::with_capacity(170 << 20);
        xml.push_str("<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>");
        xml.push_str(&format!("<row r=\"1\">{head}</row>"));
        for n in 0..1_000_000 {
            let r = n + 2;
            xml.push_str(&format!(
                "<row r=\"{r}\"><c r=\"A{r}\"><v>{n}</v></c><c r=\"B{r}\" t=\"inlineStr\"><is><t>其他</t></is></c>\
                <c r=\"C{r}\" t=\"inlineStr\"><is><t>第{n}村</t></is></c><c r=\"D{r}\"><v>43160</v></c></row>"
            ));
        }
        xml.push_str("</sheetData></worksheet>");
        xml
    };
    let bytes = edit_part(&good_workbook(), SHEET, |_| sheet.clone());
    drop(sheet);
    let made = start.elapsed();
    let found = outcome_rows(&bytes);
    let took = start.elapsed() - made;
    eprintln!("a million rows, {} MB packed: made in {made:?}, read in {took:?}", bytes.len() / 1_000_000);
    assert_eq!(found, (1_000_000, 1_000_000));
    assert!(took < Duration::from_secs(300), "{took:?}");
}

/// Rows loaded and rows handed on, without keeping them.
fn outcome_rows(bytes: &[u8]) -> (u64, u64) {
    let project = project();
    let request = jindu::extract::Request {
        project,
        contract: &project.feeds["posts"],
        delivery: jindu::extract::read_name("220821_2018-06.xlsx", &project.regions).unwrap(),
        file: "posts/220821_2018-06.xlsx",
        sha256: "00",
        arrived_on: chrono::NaiveDate::from_ymd_opt(2018, 10, 8).unwrap(),
        keys: &jindu::extract::PersonKeys::new(b"a key for tests").unwrap(),
    };
    let mut rows = 0;
    let summary = jindu::extract::read_extract(bytes, &request, &mut |_, batch| {
        rows += batch.num_rows() as u64;
        Ok(())
    });
    (summary.unwrap().rows_loaded, rows)
}

/// A page whose rows hold nothing, below long texts that hang over them all.
#[test]
fn a_page_that_repeats_its_texts() {
    if !is_capped() {
        return;
    }
    let head: String = HEAD.iter().map(|h| format!("<th>{h}</th>")).collect();
    let first = format!("<td rowspan=2000000>{}</td>", "x".repeat(120_000)).repeat(8);
    let page = format!("<table><tr>{head}</tr><tr>{first}</tr>{}</table>", "<tr></tr>".repeat(1_900_000));
    check(page.as_bytes(), "too_large: content: ");
}

/// A text that a Parquet file holds once for all its rows, whatever type it asks to have made of it.
#[test]
fn a_parquet_column_that_repeats_a_text() {
    let everywhere = |once: ArrayRef| {
        // Three gigabytes, were each row to hold it.
        let texts: ArrayRef = Arc::new(DictionaryArray::new(Int32Array::from(vec![0; 300]), once));
        let short: ArrayRef = Arc::new(StringArray::from(vec!["x"; 300]));
        let columns: Vec<(&str, ArrayRef)> =
            HEAD.iter().map(|h| (*h, if *h == HEAD[4] { texts.clone() } else { short.clone() })).collect();
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        // A dictionary of any size, so that the file stays small.
        let properties = WriterProperties::builder().set_dictionary_page_size_limit(1 << 30).build();
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        outcome(&writer.into_inner().unwrap())
    };
    let long = "x".repeat(10_000_000);
    assert_eq!(
        everywhere(Arc::new(StringArray::from(vec![long.clone()]))),
        "too_large: cell: 10000000 > 131072 (row 1)"
    );
    let bytes = BinaryArray::from(vec![long.as_bytes()]);
    assert_eq!(everywhere(Arc::new(bytes)), "too_large: cell: 10000000 > 131072 (row 1)");
    assert_eq!(everywhere(Arc::new(StringArray::from(vec!["短"]))), "0/0/300/0");
}
