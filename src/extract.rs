//! From a delivered file to typed rows and rejects. Knows contracts and reading words, no region, header or code by
//! itself; reads bytes it is given, writes nothing.

mod clean;
pub mod columns;
mod columnar;
mod dates;
mod delimited;
mod duplicates;
mod header;
mod ids;
mod markup;
mod name;
mod numbers;
mod person;
mod source;
mod typing;
mod workbook;

pub use clean::REPAIR_KINDS;
pub use columns::{SLICE_REGION, raw_schema};
pub use ids::mask;
pub use name::{DeliveryName, Period, read_name, read_period};
pub use person::PersonKeys;
pub use source::Refusal;

use crate::project::{BlankKey, Contract, Project};
use arrow::array::{ArrayRef, BooleanArray, Date32Array, Int64Array, RecordBatch};
use chrono::NaiveDate;
use columns::{days_of, text_array};
use csv::StringRecord;
use duplicates::{Duplicates, Seen};
use header::{Column, HEADER_SEARCH_ROWS, Header, HeaderNames, Meaning, find_header, header_missing};
use source::{RowSource, SheetInfo, visit_sheets};
use std::collections::BTreeMap;
use std::sync::Arc;
use typing::{Fault, Memo, TypedRows, TypingContext, type_rows};

/// Part of every reading fingerprint: raised when the same bytes would be read otherwise than before.
pub const READING_VERSION: &str = "1";
/// Rows typed at a time: bounds the memory of one file.
const ROWS_AT_A_TIME: usize = 4_096;
/// The most rows that one file may hold (FEEDS.md, `too_large`).
pub const ROWS_MAX: u64 = 2_000_000;
/// The largest file that is read (FEEDS.md, `too_large`).
pub const BYTES_MAX: u64 = 200 * 1024 * 1024;

/// What is read, and for whom.
pub struct Request<'a> {
    pub project: &'a Project,
    pub contract: &'a Contract,
    pub delivery: DeliveryName,
    /// The file's path in the inbox, with `/` between its parts.
    pub file: &'a str,
    pub sha256: &'a str,
    pub arrived_on: NaiveDate,
    pub keys: &'a PersonKeys,
}

/// A row that was not loaded: where it stands, why, and what its cells held.
#[derive(Clone, Debug)]
pub struct Reject {
    pub sheet: String,
    pub row: u64,
    pub field: String,
    pub reason: &'static str,
    /// Every reason, as `field:reason` with blanks between.
    pub all_reasons: String,
    /// The faulty cell, masked where the field is personal.
    pub raw_value: String,
    /// All cells of the row as text under their headers (JSON); holds people's data.
    pub raw_cells: String,
}

/// What became of a file's rows.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    pub sheet: String,
    pub rows_delivered: u64,
    pub rows_loaded: u64,
    /// Dropped as equal to an earlier row with the same key.
    pub rows_dropped: u64,
    pub rows_rejected: u64,
    /// Totals, notes and repeated headers: not delivered rows.
    pub rows_left_out: u64,
    pub rejects: Vec<Reject>,
    pub repairs: BTreeMap<&'static str, u64>,
    pub warnings: BTreeMap<&'static str, u64>,
    /// (field, text) → how often.
    pub unmapped: BTreeMap<(String, String), u64>,
    pub unknown_columns: Vec<String>,
}

/// Reads a file; typed rows go to `sink` as (slice's region, rows in the schema of [`raw_schema`]).
///
/// `Err` refuses the whole file; what `sink` got until then must be thrown away.
pub fn read_extract(
    bytes: &[u8],
    request: &Request<'_>,
    sink: &mut dyn FnMut(&str, RecordBatch) -> Result<(), Refusal>,
) -> Result<Summary, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::new("unreadable", "0 bytes"));
    }
    if bytes.len() as u64 > BYTES_MAX {
        return Err(Refusal::new("too_large", format!("{} bytes", bytes.len())));
    }
    let names = HeaderNames::new(request.contract, &request.project.reading);
    let mut summary = None;
    let mut first_rows: Vec<String> = Vec::new();
    // A list sheet may hold some of the headers: a sheet that has them all is looked for before a refusal.
    let mut refusal = None;
    let taken = visit_sheets(bytes, &mut |info, rows| {
        let mut head = Vec::new();
        let mut numbers = Vec::new();
        let mut record = StringRecord::new();
        while head.len() < HEADER_SEARCH_ROWS {
            let Some(number) = rows.next_row(&mut record)? else { break };
            head.push(record.clone());
            numbers.push(number);
        }
        let header = match find_header(&head, request.contract, &names, info.header_is_first) {
            Ok(Some(header)) => header,
            Ok(None) => {
                if first_rows.is_empty() {
                    first_rows = widest(&head);
                }
                return Ok(false);
            }
            Err(sheet_refusal) => {
                refusal.get_or_insert(sheet_refusal);
                return Ok(false);
            }
        };
        let rest = head.drain(..).zip(numbers).skip(header.rows).map(|(r, n)| (n, r)).collect();
        summary = Some(FileReader::new(request, info, &header).read(rest, rows, sink)?);
        Ok(true)
    })?;
    match summary {
        Some(summary) if taken => Ok(summary),
        _ => {
            if let Some(refusal) = refusal {
                return Err(refusal);
            }
            let needed = request.contract.fields.iter().filter(|f| f.need != crate::project::Need::Optional);
            let expected: Vec<&str> = needed.map(|f| f.headers[0].as_str()).collect();
            Err(header_missing(&expected, &first_rows))
        }
    }
}

/// The row with most cells: what a person would call the header, for the message.
fn widest(rows: &[StringRecord]) -> Vec<String> {
    let filled = |r: &&StringRecord| r.iter().filter(|c| !c.trim().is_empty()).count();
    rows.iter().rev().max_by_key(filled).map(|r| r.iter().map(str::to_owned).collect()).unwrap_or_default()
}

struct FileReader<'a> {
    request: &'a Request<'a>,
    header: &'a Header,
    is_1904: bool,
    /// Column of the file and ten-thousands flag, by field.
    columns: Vec<Option<(usize, bool)>>,
    /// Wide form: (column of the file, code list position).
    wide: Vec<(usize, usize)>,
    memo: Memo,
    seen: Duplicates,
    summary: Summary,
}

impl<'a> FileReader<'a> {
    fn new(request: &'a Request<'a>, info: &SheetInfo<'_>, header: &'a Header) -> FileReader<'a> {
        let contract = request.contract;
        let mut columns = vec![None; contract.fields.len()];
        let mut wide = Vec::new();
        for Column { at, meaning, ten_thousands } in &header.columns {
            match meaning {
                Meaning::Field(field) => {
                    let of_money = header::takes_ten_thousands(contract.fields[*field].kind);
                    columns[*field] = Some((*at, *ten_thousands && of_money));
                }
                Meaning::WideValue(code) => wide.push((*at, *code)),
            }
        }
        if let (Some(form), true) = (&contract.wide, header.is_wide()) {
            let width = header.names.len();
            for (name, at) in [(&form.code, width), (&form.value, width + 1)] {
                if let Some(field) = contract.field_index(name) {
                    columns[field] = Some((at, false));
                }
            }
        }
        FileReader {
            request,
            header,
            is_1904: info.is_1904,
            columns,
            wide,
            memo: Memo::default(),
            seen: Duplicates::default(),
            summary: Summary {
                sheet: info.name.to_owned(),
                unknown_columns: header.unknown.clone(),
                ..Summary::default()
            },
        }
    }

    fn read(
        mut self,
        first: Vec<(u64, StringRecord)>,
        rows: &mut dyn RowSource,
        sink: &mut dyn FnMut(&str, RecordBatch) -> Result<(), Refusal>,
    ) -> Result<Summary, Refusal> {
        let mut pending: Vec<(u64, StringRecord)> = Vec::with_capacity(ROWS_AT_A_TIME);
        for (number, record) in first {
            self.take_row(number, record, &mut pending);
        }
        let mut record = StringRecord::new();
        while let Some(number) = rows.next_row(&mut record)? {
            self.take_row(number, record.clone(), &mut pending);
            if pending.len() >= ROWS_AT_A_TIME {
                self.type_pending(&mut pending, sink)?;
            }
        }
        self.type_pending(&mut pending, sink)?;
        Ok(self.summary)
    }

    /// Leaves out what is no delivered row, and melts the wide form.
    fn take_row(&mut self, number: u64, record: StringRecord, pending: &mut Vec<(u64, StringRecord)>) {
        if self.is_left_out(&record) {
            self.summary.rows_left_out += 1;
            return;
        }
        if self.wide.is_empty() {
            pending.push((number, record));
            return;
        }
        let codes = self.request.contract.wide.as_ref().and_then(|w| self.request.contract.field(&w.code));
        for (at, code) in &self.wide {
            let value = record.get(*at).unwrap_or("").trim();
            if value.is_empty() {
                continue;
            }
            let mut row = StringRecord::new();
            (0..self.header.names.len()).for_each(|i| row.push_field(record.get(i).unwrap_or("")));
            row.push_field(codes.and_then(|f| f.codes.get(*code)).map_or("", |c| c.value.as_str()));
            row.push_field(value);
            pending.push((number, row));
        }
    }

    /// Totals, notes, a header that is repeated, rows in which no known column holds anything.
    fn is_left_out(&self, record: &StringRecord) -> bool {
        let reading = &self.request.project.reading;
        // Column order is free, so the word may stand under any header.
        let known_filled = |c: &Column| record.get(c.at).is_some_and(|cell| !cell.trim().is_empty());
        if !self.header.columns.iter().any(known_filled) {
            return true;
        }
        let filled: Vec<String> =
            record.iter().map(clean::normalise_header).filter(|c| !c.is_empty()).collect();
        let is_total = |c: &String| reading.totals.iter().any(|w| *w == c.trim_end_matches(':'));
        let is_figure = |c: &String| c.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-' | b'%'));
        if filled.iter().any(is_total) && filled.iter().all(|c| is_total(c) || is_figure(c)) {
            return true;
        }
        let is_note = |c: &String| reading.notes.iter().any(|w| c.starts_with(w.as_str()));
        if filled.len() <= 2 && filled.iter().any(is_note) {
            return true;
        }
        let same = |c: &Column| {
            record.get(c.at).map(clean::normalise_header).is_some_and(|t| t == self.header.names[c.at])
        };
        self.header.columns.len() > 2 && self.header.columns.iter().all(same)
    }

    fn type_pending(
        &mut self,
        pending: &mut Vec<(u64, StringRecord)>,
        sink: &mut dyn FnMut(&str, RecordBatch) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        if pending.is_empty() {
            return Ok(());
        }
        let request = self.request;
        self.summary.rows_delivered += pending.len() as u64;
        if self.summary.rows_delivered > ROWS_MAX {
            return Err(Refusal::new("too_large", format!("> {ROWS_MAX} rows")));
        }
        let context = TypingContext {
            contract: request.contract,
            reading: &request.project.reading,
            regions: &request.project.regions,
            delivery: &request.delivery,
            keys: request.keys,
            arrived_on: request.arrived_on,
            is_1904: self.is_1904,
            columns: &self.columns,
        };
        let mut typed = type_rows(pending, &context, &mut self.memo);
        adjust_percentages(request.contract, &mut typed);
        make_ids(request.contract, &mut typed);
        check_rows(request, &mut typed);
        let kept = self.sift(pending, &mut typed);
        self.count_notes(&typed, &kept);
        self.emit(pending, &typed, &kept, sink)?;
        pending.clear();
        Ok(())
    }

    /// Rejects faulty rows and duplicates; the positions of the rows that stay.
    fn sift(&mut self, rows: &[(u64, StringRecord)], typed: &mut TypedRows) -> Vec<u32> {
        typed.faults.sort_by_key(|f| (f.row, !f.rejects));
        let contract = self.request.contract;
        let key: Vec<usize> = contract.key.iter().filter_map(|k| contract.field_index(k)).collect();
        let mut kept = Vec::with_capacity(rows.len());
        let mut faults = typed.faults.iter().filter(|f| f.rejects).peekable();
        for row in 0..rows.len() as u32 {
            let mut reasons: Vec<Fault> = Vec::new();
            while let Some(fault) = faults.next_if(|f| f.row == row) {
                reasons.push(*fault);
            }
            if reasons.is_empty() {
                let own_row = contract.blank_key == BlankKey::OwnRow
                    && key.iter().all(|f| typed.columns.text(*f, row as usize).is_none());
                let found = if own_row { Seen::New } else { self.seen.look(&typed.columns, &key, contract, row as usize) };
                match found {
                    Seen::New => {
                        kept.push(row);
                        continue;
                    }
                    Seen::Equal => {
                        self.summary.rows_dropped += 1;
                        continue;
                    }
                    Seen::Differs => reasons.push(Fault {
                        row,
                        field: key.first().map_or(0, |k| *k as u16),
                        reason: "duplicate_in_file",
                        rejects: true,
                    }),
                }
            }
            self.reject(&rows[row as usize], &reasons);
        }
        self.summary.rows_loaded += kept.len() as u64;
        kept
    }

    fn reject(&mut self, (number, record): &(u64, StringRecord), reasons: &[Fault]) {
        let contract = self.request.contract;
        let first = reasons[0];
        let field = &contract.fields[usize::from(first.field)];
        let raw = self.columns[usize::from(first.field)].and_then(|(at, _)| record.get(at)).unwrap_or("");
        let shown: String = raw.chars().take(200).collect();
        let mut cells = serde_json::Map::new();
        for (i, cell) in record.iter().enumerate().filter(|(_, c)| !c.is_empty()) {
            let name = self.header.names.get(i).filter(|n| !n.is_empty());
            let name = name.cloned().unwrap_or_else(|| format!("#{}", i + 1));
            cells.insert(name, cell.into());
        }
        let all: Vec<String> = reasons
            .iter()
            .map(|f| format!("{}:{}", contract.fields[usize::from(f.field)].name, f.reason))
            .collect();
        self.summary.rows_rejected += 1;
        self.summary.rejects.push(Reject {
            sheet: self.summary.sheet.clone(),
            row: *number,
            field: field.name.clone(),
            reason: first.reason,
            all_reasons: all.join(" "),
            raw_value: if field.personal { mask(&shown) } else { shown },
            raw_cells: serde_json::Value::Object(cells).to_string(),
        });
    }

    fn count_notes(&mut self, typed: &TypedRows, kept: &[u32]) {
        let stays = |row: u32| kept.binary_search(&row).is_ok();
        for (_, _, repairs) in typed.repairs.iter().filter(|(row, _, _)| stays(*row)) {
            for kind in repairs.kinds() {
                *self.summary.repairs.entry(kind).or_default() += 1;
            }
        }
        for fault in typed.faults.iter().filter(|f| !f.rejects && stays(f.row)) {
            *self.summary.warnings.entry(fault.reason).or_default() += 1;
        }
        for (field, text) in &typed.unmapped {
            let name = self.request.contract.fields[usize::from(*field)].name.clone();
            *self.summary.unmapped.entry((name, text.clone())).or_default() += 1;
        }
    }

    /// Hands the kept rows to the sink, each slice's apart.
    fn emit(
        &self,
        rows: &[(u64, StringRecord)],
        typed: &TypedRows,
        kept: &[u32],
        sink: &mut dyn FnMut(&str, RecordBatch) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let notes = Notes::new(self.request.contract, typed, rows.len());
        if !self.request.delivery.region.is_empty() {
            return self.emit_slice(&self.request.delivery.region, rows, typed, kept, &notes, sink);
        }
        let mut by_region: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
        for row in kept {
            let region = typed.columns.region[*row as usize].as_deref().unwrap_or("");
            by_region.entry(region).or_default().push(*row);
        }
        by_region.iter().try_for_each(|(region, kept)| self.emit_slice(region, rows, typed, kept, &notes, sink))
    }

    fn emit_slice(
        &self,
        region: &str,
        rows: &[(u64, StringRecord)],
        typed: &TypedRows,
        kept: &[u32],
        notes: &Notes,
        sink: &mut dyn FnMut(&str, RecordBatch) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        if kept.is_empty() {
            return Ok(());
        }
        let request = self.request;
        let at = || kept.iter().map(|r| *r as usize);
        let same = |text: &str| text_array(kept.iter().map(|_| Some(text)));
        let mut arrays: Vec<ArrayRef> = typed.columns.to_arrays(request.contract, kept);
        if request.contract.id_index().is_some() {
            let person = |r: usize| typed.columns.persons[r].as_ref();
            arrays.push(text_array(at().map(|r| person(r).map(|p| p.0.as_str()))));
            arrays.push(Arc::new(Date32Array::from_iter(at().map(|r| person(r).map(|p| days_of(p.1))))));
            arrays.push(Arc::new(BooleanArray::from_iter(at().map(|r| person(r).map(|p| p.2)))));
        }
        arrays.push(text_array(at().map(|r| typed.columns.region[r].as_deref())));
        arrays.push(same(&request.delivery.period.to_string()));
        arrays.push(same(request.file));
        arrays.push(same(request.sha256));
        arrays.push(same(&self.summary.sheet));
        arrays.push(Arc::new(Int64Array::from_iter_values(at().map(|r| rows[r].0 as i64))));
        arrays.push(text_array(at().map(|r| Some(notes.repairs[r].as_str()))));
        arrays.push(text_array(at().map(|r| Some(notes.warnings[r].as_str()))));
        let batch = RecordBatch::try_new(raw_schema(request.contract), arrays)
            .map_err(|e| Refusal::new("unreadable", e.to_string()))?;
        sink(region, batch)
    }
}

/// Repairs and warnings by row, as text.
struct Notes {
    repairs: Vec<String>,
    warnings: Vec<String>,
}

impl Notes {
    fn new(contract: &Contract, typed: &TypedRows, len: usize) -> Notes {
        let mut notes = Notes { repairs: vec![String::new(); len], warnings: vec![String::new(); len] };
        let add = |to: &mut String, field: u16, what: &str| {
            if !to.is_empty() {
                to.push(' ');
            }
            to.push_str(&contract.fields[usize::from(field)].name);
            to.push(':');
            to.push_str(what);
        };
        for (row, field, repairs) in &typed.repairs {
            repairs.kinds().for_each(|kind| add(&mut notes.repairs[*row as usize], *field, kind));
        }
        for fault in typed.faults.iter().filter(|f| !f.rejects) {
            add(&mut notes.warnings[fault.row as usize], fault.field, fault.reason);
        }
        notes
    }
}

/// A number field that is a percentage in some rows only: a share of at most one becomes one of a hundred.
fn adjust_percentages(contract: &Contract, typed: &mut TypedRows) {
    for (field, definition) in contract.fields.iter().enumerate() {
        for (code_field, values) in &definition.percent_when {
            let Some(code) = contract.field_index(code_field) else { continue };
            let one = 10i128.pow(typed.columns.scale(field as u16));
            for row in 0..typed.columns.len() {
                let is_pct = typed.columns.text(code, row).is_some_and(|t| values.iter().any(|v| v == t));
                if let (true, Some(n)) = (is_pct, typed.columns.number(field, row))
                    && n != 0
                    && n <= one
                    && !typed.repairs.iter().any(|(r, f, p)| {
                        (*r as usize, usize::from(*f)) == (row, field) && p.kinds().any(|k| k == "percent")
                    })
                {
                    typed.columns.set_number(field, row, n * 100);
                    typed.repairs.push((row as u32, field as u16, clean::Repairs::PERCENT));
                }
            }
        }
    }
}

/// A blank identifier is made from the fields that the contract names.
fn make_ids(contract: &Contract, typed: &mut TypedRows) {
    let Some(made) = &contract.made_id else { return };
    let Some(field) = contract.field_index(&made.field) else { return };
    let from: Vec<usize> = made.from.iter().filter_map(|f| contract.field_index(f)).collect();
    for row in 0..typed.columns.len() {
        if typed.columns.text(field, row).is_none() {
            let mut text = String::from("~");
            from.iter().for_each(|f| typed.columns.write_plain(*f, row, &mut text));
            let text = text.replace(['\u{1f}', '\u{1e}'], "|");
            typed.columns.set_text(field, row, text.trim_end_matches('|').to_owned());
        }
    }
}

/// Checks between a row's fields: order of dates, parts and wholes, the delivery's period.
fn check_rows(request: &Request<'_>, typed: &mut TypedRows) {
    let contract = request.contract;
    let pairs = |list: &[[String; 2]]| -> Vec<(usize, usize)> {
        list.iter().filter_map(|[a, b]| Some((contract.field_index(a)?, contract.field_index(b)?))).collect()
    };
    let period_end = request.delivery.period.last_day();
    let period_field = contract.period_date.as_deref().and_then(|f| contract.field_index(f));
    let mut more = Vec::new();
    for row in 0..typed.columns.len() {
        let mut fault = |field: usize, reason, rejects| {
            more.push(Fault { row: row as u32, field: field as u16, reason, rejects });
        };
        for (first, second) in pairs(&contract.date_order) {
            if let (Some(a), Some(b)) = (typed.columns.date(first, row), typed.columns.date(second, row))
                && a > b
            {
                fault(second, "date_order", true);
            }
        }
        for (part, whole) in pairs(&contract.share_over_total) {
            if let (Some(a), Some(b)) = (typed.columns.number(part, row), typed.columns.number(whole, row))
                && a > b
            {
                fault(part, "share_over_total", true);
            }
        }
        if let Some(field) = period_field
            && let Some(date) = typed.columns.date(field, row)
            && (date > period_end || date.format("%Y").to_string() != request.delivery.period.year.to_string())
        {
            fault(field, "outside_period", false);
        }
    }
    typed.faults.extend(more);
}
