//! One sheet from its header to its end: rows are taken in runs, typed, sifted and handed on.

use super::clean::{Repairs, clean_cell};
use super::columns::Columns;
use super::duplicates::{Duplicates, Seen, hash_rows};
use super::emit::Run;
use super::header::{self, Column, Header, Meaning};
use super::left_out::is_left_out;
use super::limits::{
    CONTENT_BYTES_MAX, Limit, REJECT_BYTES, REJECTS_BYTES_MAX, ROWS_AT_A_TIME, ROWS_MAX, TEXT_AT_A_TIME, UNKNOWN_MAX,
    UNMAPPED_MAX,
};
use super::memo::Memo;
use super::privacy::{mask, shown, shown_header};
use super::remarks::{Remark, Remarks};
use super::rows::{RowView, Rows};
use super::rules::apply_rules;
use super::source::{Refusal, Repeated, RowSource, SheetInfo};
use super::typing::{Fault, Noted, TypedRows, TypingContext, type_rows};
use super::words::find_code;
use super::{ColumnFound, Reject, Request, Sink, Summary};
use crate::project::{BlankKey, Contract, Field, FieldKind, Need, Wanted};
use csv::StringRecord;
use std::collections::HashMap;

/// A row as it stands in the file.
pub struct Row {
    pub number: u64,
    pub cells: StringRecord,
    /// Columns whose value was repeated from a merged cell.
    pub repeated: Vec<Repeated>,
}

impl Row {
    pub fn new(number: u64, cells: StringRecord, repeated: &[Repeated]) -> Row {
        Row { number, cells, repeated: repeated.to_vec() }
    }
}

/// What became of a run's rows.
struct Sifted {
    /// The positions of the rows that stay.
    kept: Vec<u32>,
    /// Second rows with a key that say something else, with the number of the first where it was asked for.
    duplicates: Vec<(Fault, Option<u64>)>,
}

/// Reads the rows of one sheet.
pub struct FileReader<'a> {
    request: &'a Request<'a>,
    header: &'a Header,
    is_1904: bool,
    /// Column of the file and ten-thousands flag, by field.
    columns: Vec<Option<(usize, bool)>>,
    /// Wide form: (column of the file, code list position).
    wide: Vec<(usize, usize)>,
    memo: Memo,
    seen: Duplicates,
    /// Rows below the header, left out or not.
    rows: u64,
    /// Their text.
    bytes: u64,
    rejects_bytes: usize,
    summary: Summary,
    /// Where faults and repairs are handed out cell by cell, if anybody asks for them.
    remarks: Option<&'a mut Remarks>,
}

impl<'a> FileReader<'a> {
    pub fn new(
        request: &'a Request<'a>,
        info: &SheetInfo<'_>,
        header: &'a Header,
        remarks: Option<&'a mut Remarks>,
    ) -> FileReader<'a> {
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
            seen: if remarks.is_some() { Duplicates::with_first_rows() } else { Duplicates::default() },
            rows: 0,
            bytes: 0,
            rejects_bytes: 0,
            summary: Summary {
                sheet: shown(info.name),
                sheets_left_out: info.hidden_sheets,
                unknown_columns: header.unknown.iter().take(UNKNOWN_MAX).map(|name| shown_header(name)).collect(),
                columns: columns_found(header, contract),
                ..Summary::default()
            },
            remarks,
        }
    }

    /// Reads to the end; `first` are the rows that were read while the header was looked for.
    pub fn read(mut self, first: Vec<Row>, source: &mut dyn RowSource, sink: Sink<'_>) -> Result<Summary, Refusal> {
        let mut pending = Rows::default();
        let mut scratch = StringRecord::new();
        let mut first = first.into_iter();
        loop {
            match first.next() {
                Some(row) => pending.push_record(row.number, &row.cells, &row.repeated),
                None if !source.push_row(&mut pending, &mut scratch)? => break,
                None => {}
            }
            self.rows += 1;
            if self.rows > ROWS_MAX {
                return Err(Refusal::too_large(Limit::Rows, ROWS_MAX + 1, ""));
            }
            self.bytes += pending.last().map_or(0, RowView::bytes) as u64;
            if self.bytes > CONTENT_BYTES_MAX {
                return Err(Refusal::too_large(Limit::Content, self.bytes, ""));
            }
            self.take_last(&mut pending);
            if pending.len() >= ROWS_AT_A_TIME || pending.bytes() >= TEXT_AT_A_TIME {
                self.type_pending(&mut pending, sink)?;
            }
        }
        self.type_pending(&mut pending, sink)?;
        Ok(self.summary)
    }

    /// Leaves out the last row if it is no delivered row, and melts the wide form.
    fn take_last(&mut self, pending: &mut Rows) {
        let (contract, reading) = (self.request.contract, &self.request.project.reading);
        let Some(row) = pending.last() else { return };
        if is_left_out(row, self.header, contract, reading) {
            self.summary.rows_left_out += 1;
            pending.pop_row();
            return;
        }
        if self.wide.is_empty() {
            return;
        }
        let (number, cells) = (row.number(), row.to_record());
        let repeated: Vec<Repeated> = row.repeated().copied().collect();
        pending.pop_row();
        let codes = contract.wide.as_ref().and_then(|w| contract.field(&w.code));
        let width = self.header.names.len();
        for (at, code) in &self.wide {
            let value = cells.get(*at).unwrap_or("").trim();
            if value.is_empty() {
                continue;
            }
            let mut melted = StringRecord::new();
            (0..width).for_each(|i| melted.push_field(cells.get(i).unwrap_or("")));
            melted.push_field(codes.and_then(|f| f.codes.get(*code)).map_or("", |c| c.value.as_str()));
            melted.push_field(value);
            pending.push_wide(number, &melted, &repeated, *at);
        }
    }

    fn type_pending(&mut self, pending: &mut Rows, sink: Sink<'_>) -> Result<(), Refusal> {
        if pending.is_empty() {
            return Ok(());
        }
        self.summary.rows_delivered += pending.len() as u64;
        if self.summary.rows_delivered > ROWS_MAX {
            return Err(Refusal::too_large(Limit::Rows, ROWS_MAX + 1, ""));
        }
        let mut memo = std::mem::take(&mut self.memo);
        let done = self.type_run(pending, &mut memo, sink);
        self.memo = memo;
        pending.clear();
        done
    }

    fn type_run(&mut self, rows: &Rows, memo: &mut Memo, sink: Sink<'_>) -> Result<(), Refusal> {
        let request = self.request;
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
        let mut typed = type_rows(rows, &context, memo);
        self.note_merged(rows, &mut typed.noted);
        apply_rules(request, &mut typed);
        typed.noted.faults.sort_by_key(|f| (f.row, !f.rejects));
        let sifted = self.sift(rows, &typed)?;
        self.count_notes(&typed.noted, rows, &sifted.kept);
        self.hand_out_remarks(rows, &typed.noted, &sifted);
        self.count_regions(&typed.columns, &sifted.kept);
        Run { request, sheet: &self.summary.sheet, rows, typed: &typed, kept: &sifted.kept }.emit(sink)
    }

    fn count_regions(&mut self, columns: &Columns<'_>, kept: &[u32]) {
        let mut rows = vec![0u64; columns.places.len()];
        for row in kept {
            if let Some(n) = rows.get_mut(columns.region[*row as usize] as usize) {
                *n += 1;
            }
        }
        for (place, rows) in columns.places.iter().zip(rows) {
            self.summary.regions.insert(place.clone());
            if rows > 0 {
                *self.summary.rows_by_region.entry(place.clone()).or_default() += rows;
            }
        }
    }

    fn note_merged(&self, rows: &Rows, noted: &mut Noted) {
        for (row, repeated) in rows.repeated() {
            for (field, known) in self.columns.iter().enumerate() {
                if known.is_some_and(|(at, _)| at == repeated.column) {
                    noted.repairs.push((*row, field as u16, Repairs::MERGED_CELL));
                }
            }
        }
    }

    /// Rejects faulty rows and duplicates.
    fn sift(&mut self, rows: &Rows, typed: &TypedRows<'_>) -> Result<Sifted, Refusal> {
        let contract = self.request.contract;
        let key: Vec<usize> = contract.key.iter().filter_map(|k| contract.field_index(k)).collect();
        // A file of all regions is a slice for each; any other file is one.
        let many_slices = self.request.delivery.region.is_empty();
        let content = hash_rows(&typed.columns);
        let mut kept = Vec::with_capacity(rows.len());
        let mut duplicates = Vec::new();
        let mut faults = typed.noted.faults.iter().filter(|f| f.rejects).peekable();
        for row in 0..rows.len() as u32 {
            let mut reasons: Vec<Fault> = Vec::new();
            while let Some(fault) = faults.next_if(|f| f.row == row) {
                reasons.push(*fault);
            }
            if reasons.is_empty() {
                let at = row as usize;
                let own_row =
                    contract.blank_key == BlankKey::OwnRow && key.iter().all(|f| typed.columns.text(*f, at).is_none());
                let found = if own_row {
                    Seen::New
                } else {
                    self.seen.look(&typed.columns, &key, at, content[at], many_slices)
                };
                let number = rows.number(at);
                match found {
                    Seen::New => {
                        if !own_row {
                            self.seen.first_row(number);
                        }
                        kept.push(row);
                        continue;
                    }
                    Seen::Equal => {
                        self.summary.rows_dropped += 1;
                        continue;
                    }
                    Seen::Differs => {
                        let field = key.first().map_or(0, |k| *k as u16);
                        let fault = Fault { row, field, reason: "duplicate_in_file", rejects: true };
                        duplicates.push((fault, self.seen.first_row(number)));
                        reasons.push(fault);
                    }
                }
            }
            self.reject(rows.row(row as usize), &reasons)?;
        }
        self.summary.rows_loaded += kept.len() as u64;
        Ok(Sifted { kept, duplicates })
    }

    fn reject(&mut self, row: RowView<'_>, reasons: &[Fault]) -> Result<(), Refusal> {
        let contract = self.request.contract;
        let first = reasons[0];
        let field = &contract.fields[usize::from(first.field)];
        let raw = self.columns[usize::from(first.field)].and_then(|(at, _)| row.get(at)).unwrap_or("");
        // Where a personal cell is at fault too, the row may have slipped by a column: nothing of it is shown.
        let slipped =
            reasons.iter().any(|f| is_personal(&contract.fields[usize::from(f.field)])) || self.name_is_elsewhere(row);
        let mut cells = serde_json::Map::new();
        for (i, cell) in row.iter().enumerate().filter(|(_, c)| !c.is_empty()) {
            let name = self.header.names.get(i).filter(|n| !n.is_empty());
            let mut name = name.cloned().unwrap_or_else(|| format!("#{}", i + 1));
            if cells.contains_key(&name) {
                name = format!("{name} #{}", i + 1);
            }
            cells.insert(name, cell.into());
        }
        let raw_cells = serde_json::Value::Object(cells).to_string();
        self.rejects_bytes += raw_cells.len() + REJECT_BYTES;
        if self.rejects_bytes > REJECTS_BYTES_MAX {
            return Err(Refusal::too_large(Limit::RejectedRows, self.rejects_bytes as u64, ""));
        }
        let all: Vec<String> =
            reasons.iter().map(|f| format!("{}:{}", contract.fields[usize::from(f.field)].name, f.reason)).collect();
        self.summary.rows_rejected += 1;
        self.summary.rejects.push(Reject {
            sheet: self.summary.sheet.clone(),
            row: row.number(),
            field: field.name.clone(),
            reason: first.reason,
            all_reasons: all.join(" "),
            raw_value: if slipped { mask(&raw.chars().take(SHOWN_CELL_CHARS).collect::<String>()) } else { shown(raw) },
            raw_cells,
        });
        Ok(())
    }

    /// Hands out what was found in each cell. Rows dropped as equal are passed over: nothing of them counts.
    fn hand_out_remarks(&mut self, rows: &Rows, noted: &Noted, sifted: &Sifted) {
        let Some(remarks) = self.remarks.take() else { return };
        let own = noted.faults.iter().map(|fault| (*fault, None));
        let mut faults: Vec<(Fault, Option<u64>)> = own.chain(sifted.duplicates.iter().copied()).collect();
        faults.sort_by_key(|(fault, _)| fault.row);
        let rejected: std::collections::HashSet<u32> =
            faults.iter().filter(|(f, _)| f.rejects).map(|(f, _)| f.row).collect();
        let stays = |row: u32| sifted.kept.binary_search(&row).is_ok();
        for (fault, first_row) in faults.iter().filter(|(f, _)| stays(f.row) || rejected.contains(&f.row)) {
            remarks.add_fault(self.remark(rows.row(fault.row as usize), *fault, *first_row));
        }
        for (row, field, repairs) in noted.repairs.iter().filter(|(row, ..)| stays(*row)) {
            for kind in repairs.kinds() {
                remarks.add_repair(*field, kind, rows.number(*row as usize));
            }
        }
        self.remarks = Some(remarks);
    }

    /// A fault with the cell that it stands in: of a merged cell the one that holds the value, of the wide form the
    /// file's own column.
    fn remark(&self, row: RowView<'_>, fault: Fault, first_row: Option<u64>) -> Remark {
        let contract = self.request.contract;
        let width = self.header.names.len();
        let field = usize::from(fault.field);
        let in_file =
            |field: usize| self.columns[field].and_then(|(at, _)| if at < width { Some(at) } else { row.wide_at() });
        let text_at = |at: usize| row.get(at).unwrap_or("");
        let mut column = in_file(field);
        if fault.reason == "duplicate_in_file" {
            // A key of several fields: the cell that tells this row from its neighbours.
            let made = contract.made_id.as_ref().filter(|made| made.field == contract.fields[field].name);
            if let Some(made) = made.filter(|_| column.is_none_or(|at| text_at(at).trim().is_empty())) {
                column = made.from.iter().filter_map(|name| contract.field_index(name)).find_map(in_file);
            }
            column = row.wide_at().or(column);
        }
        let shown_at = column.unwrap_or_else(|| self.header.columns.iter().map(|c| c.at).min().unwrap_or(0));
        let repeated = row.repeated().find(|r| r.column == shown_at);
        Remark {
            row: row.number(),
            column,
            mark: repeated.map_or((row.number(), shown_at), |r| r.from),
            field: fault.field,
            reason: fault.reason,
            rejects: fault.rejects,
            first_row,
            value: column.map_or("", text_at).to_owned(),
        }
    }

    /// Whether a cell for a name holds a code, a place, a number or nothing: then the name may stand where that belongs.
    fn name_is_elsewhere(&self, row: RowView<'_>) -> bool {
        let contract = self.request.contract;
        let (regions, delivery) = (&self.request.project.regions, &self.request.delivery);
        let day = delivery.period.last_day();
        let names = contract.fields.iter().enumerate().filter(|(_, f)| f.personal && f.need == Need::Required);
        names.filter(|(_, f)| f.kind == FieldKind::Text).any(|(i, _)| {
            let Some((at, _)) = self.columns[i] else { return false };
            let (text, _) = clean_cell(row.get(at).unwrap_or(""));
            text.is_empty()
                || text.chars().any(char::is_numeric)
                || contract.fields.iter().any(|f| find_code(f, &text).is_some())
                || regions.resolve(&text, Wanted::Region, &delivery.region, day).is_some()
        })
    }

    fn count_notes(&mut self, noted: &Noted, rows: &Rows, kept: &[u32]) {
        let mut stays = vec![false; rows.len()];
        kept.iter().for_each(|row| stays[*row as usize] = true);
        let stays = |row: u32| stays[row as usize];
        for (_, _, repairs) in noted.repairs.iter().filter(|(row, _, _)| stays(*row)) {
            for kind in repairs.kinds() {
                *self.summary.repairs.entry(kind).or_default() += 1;
            }
        }
        for fault in noted.faults.iter().filter(|f| !f.rejects && stays(f.row)) {
            *self.summary.warnings.entry(fault.reason).or_default() += 1;
        }
        let mut rejected_by: HashMap<u32, Vec<u16>> = HashMap::new();
        for fault in noted.faults.iter().filter(|f| f.rejects) {
            rejected_by.entry(fault.row).or_default().push(fault.field);
        }
        for (row, field, text) in &noted.unmapped {
            // A row that is faulty elsewhere too may have slipped by a column: what stands here may be a name.
            let slipped = rejected_by.get(row).is_some_and(|fields| fields.iter().any(|f| f != field))
                || self.name_is_elsewhere(rows.row(*row as usize));
            let text = if slipped { mask(text) } else { shown(text) };
            let name = self.request.contract.fields[usize::from(*field)].name.clone();
            let known = self.summary.unmapped.contains_key(&(name.clone(), text.clone()));
            let text = if known || self.summary.unmapped.len() < UNMAPPED_MAX { text } else { String::from("…") };
            *self.summary.unmapped.entry((name, text)).or_default() += 1;
        }
    }
}

/// Every named column with its meaning; of unknown ones the first so many.
fn columns_found(header: &Header, contract: &Contract) -> Vec<ColumnFound> {
    let mut unknown = 0;
    let mut out = Vec::new();
    for (at, name) in header.names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        let meaning = header.columns.iter().find(|c| c.at == at).map(|c| c.meaning);
        let (field, value) = match meaning {
            Some(Meaning::Field(field)) => (contract.fields.get(field).map(|f| f.name.clone()), None),
            Some(Meaning::WideValue(code)) => {
                let field = contract.wide.as_ref().and_then(|w| contract.field(&w.code));
                let value = field.and_then(|f| f.codes.get(code)).map(|c| c.value.clone());
                (field.map(|f| f.name.clone()), value)
            }
            None => (None, None),
        };
        unknown += usize::from(field.is_none());
        if field.is_some() || unknown <= UNKNOWN_MAX {
            out.push(ColumnFound { position: at as u64 + 1, header: shown_header(name), field, value });
        }
    }
    out
}

/// How much of a masked cell is kept.
const SHOWN_CELL_CHARS: usize = 60;

fn is_personal(field: &Field) -> bool {
    field.personal || field.kind == FieldKind::Id
}
