//! The summary sheet: what the file is, how many rows stand how, what is wrong by kind, what was repaired, what means
//! nothing yet, and what to do next.

use super::book::Copied;
use super::wording::Wording;
use super::{Checked, Standing};
use crate::extract::{Count, Refusal, Summary};
use crate::project::LEARNED_FILE;
use crate::text::count;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, IgnoreError, Worksheet, XlsxError};

/// Columns of the summary and their widths in characters.
const WIDTHS: [f64; 6] = [28.0, 44.0, 10.0, 22.0, 48.0, 26.0];
const LAST: u16 = WIDTHS.len() as u16 - 1;
/// Lines of one section; the CSV and the JSON have them all.
const LINES_MAX: usize = 60;
/// A line of text in points.
const LINE_HEIGHT: f64 = 16.0;

pub const RED: (u32, u32) = (0xFFC7CE, 0x9C0006);
pub const YELLOW: (u32, u32) = (0xFFEB9C, 0x7F6000);

/// A summary sheet being written from top to bottom.
struct Pen<'s> {
    sheet: &'s mut Worksheet,
    row: u32,
}

/// Writes the summary of a delivery; `copied` says what of the county's sheet was left away.
pub fn write_summary(
    sheet: &mut Worksheet,
    checked: &Checked<'_>,
    wording: &Wording<'_>,
    copied: &Copied,
) -> Result<(), XlsxError> {
    for (column, width) in WIDTHS.iter().enumerate() {
        sheet.set_column_width(column as u16, *width)?;
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    sheet.set_screen_gridlines(false);
    let mut pen = Pen { sheet, row: 0 };
    head(&mut pen, checked, wording)?;
    match &checked.read {
        Err(refusal) => refused(&mut pen, wording, refusal)?,
        Ok(summary) => {
            rows(&mut pen, wording, summary)?;
            faults(&mut pen, checked, wording, true)?;
            faults(&mut pen, checked, wording, false)?;
        }
    }
    next(&mut pen, checked, wording)?;
    if let Ok(summary) = &checked.read {
        unmapped(&mut pen, checked, wording, summary)?;
        unknown_columns(&mut pen, wording, summary)?;
        repairs(&mut pen, checked, wording)?;
    }
    remarks(&mut pen, wording, copied)?;
    let last = pen.row;
    pen.sheet.ignore_error_range(0, 0, last, LAST, IgnoreError::NumberStoredAsText)?;
    Ok(())
}

fn head(pen: &mut Pen<'_>, checked: &Checked<'_>, wording: &Wording<'_>) -> Result<(), XlsxError> {
    let delivered = checked.delivered;
    let say = |key: &str| wording.say(key, &[]);
    let title = wording.say("returned.title", &[("file", delivered.file_name)]);
    let format = Format::new().set_bold().set_font_size(16).set_align(FormatAlign::VerticalCenter);
    pen.wide(&title, &format, 1.6)?;
    let standing = checked.standing();
    let (rejected, warned) = match &checked.read {
        Ok(summary) => (count(summary.rows_rejected.into()), count(checked.remarks.cells().into())),
        Err(_) => (String::new(), String::new()),
    };
    let key = format!("returned.standing_{}", standing.name());
    let sentence = wording.say(&key, &[("rows", &rejected), ("cells", &warned)]);
    let format = match standing {
        Standing::Refused | Standing::Rejected => filled(RED),
        Standing::Warned => filled(YELLOW),
        Standing::Clean => Format::new(),
    };
    pen.wide(&sentence, &format.set_bold().set_font_size(12).set_text_wrap(), 1.3)?;
    pen.row += 1;
    pen.pair(&say("returned.file"), delivered.file_name)?;
    let feed = match checked.contract.as_deref() {
        Some(_) => format!("{} ({})", wording.feed_title(), delivered.feed),
        None => delivered.feed.to_owned(),
    };
    pen.pair(&say("returned.feed"), &feed)?;
    if let Ok(name) = &delivered.name {
        let region = wording.region_name(&name.region);
        let region = if name.region.is_empty() { region } else { format!("{region} ({})", name.region) };
        pen.pair(&say("returned.region"), &region)?;
        pen.pair(&say("returned.period"), &name.period.to_string())?;
    }
    pen.pair(&say("returned.arrived"), delivered.arrived_at)?;
    if let Some(place) = checked.place().filter(|p| !p.sheet.is_empty()) {
        pen.pair(&say("returned.sheet"), &place.sheet)?;
    }
    Ok(())
}

fn refused(pen: &mut Pen<'_>, wording: &Wording<'_>, refusal: &Refusal) -> Result<(), XlsxError> {
    let words = wording.refusal(refusal.reason, &refusal.detail);
    pen.heading(&wording.say("returned.refused_heading", &[]))?;
    pen.pair(&wording.say("returned.col_problem", &[]), &words.wrong)?;
    pen.pair(&wording.say("returned.col_expected", &[]), &words.expected)?;
    pen.pair(&wording.say("returned.col_example", &[]), &words.example)
}

fn rows(pen: &mut Pen<'_>, wording: &Wording<'_>, summary: &Summary) -> Result<(), XlsxError> {
    pen.heading(&wording.say("returned.rows_heading", &[]))?;
    for (key, rows) in [
        ("returned.rows_delivered", summary.rows_delivered),
        ("returned.rows_loaded", summary.rows_loaded),
        ("returned.rows_dropped", summary.rows_dropped),
        ("returned.rows_rejected", summary.rows_rejected),
        ("returned.rows_left_out", summary.rows_left_out),
    ] {
        pen.pair(&wording.say(key, &[]), &count(rows.into()))?;
    }
    Ok(())
}

/// Rejects or warnings by column and kind.
fn faults(pen: &mut Pen<'_>, checked: &Checked<'_>, wording: &Wording<'_>, rejects: bool) -> Result<(), XlsxError> {
    let counts = checked.counts(rejects);
    if counts.is_empty() {
        return Ok(());
    }
    pen.heading(&wording.say(if rejects { "returned.rejects_heading" } else { "returned.warns_heading" }, &[]))?;
    pen.table_head(wording, &["header", "problem", "cells", "rows", "expected", "example"])?;
    for (reason, field, found) in counts.iter().copied().take(LINES_MAX) {
        let first = checked.remarks.faults.iter().find(|f| f.reason == reason && f.field == field);
        let mut words = wording.fault(reason, field, first.and_then(|f| f.first_row));
        if reason == "duplicate_in_file" && found.cells > 1 {
            // Each repeats another row; its note says which.
            words.wrong = wording.say("returned.duplicates", &[("keys", &wording.keys())]);
        }
        let cells = [
            wording.header(field).to_owned(),
            words.wrong,
            count(found.cells.into()),
            first_rows(wording, found),
            words.expected,
            words.example,
        ];
        pen.line(&cells, Some(if rejects { RED } else { YELLOW }))?;
    }
    pen.cut(wording, counts.len())
}

/// The numbers of the first rows, and whether there are more.
pub fn first_rows(wording: &Wording<'_>, found: &Count) -> String {
    let rows: Vec<String> = found.first_rows.iter().map(u64::to_string).collect();
    let rows = rows.join(&wording.joint());
    if found.cells > found.first_rows.len() as u64 {
        wording.say("returned.and_more", &[("rows", &rows)])
    } else {
        rows
    }
}

fn unmapped(
    pen: &mut Pen<'_>,
    checked: &Checked<'_>,
    wording: &Wording<'_>,
    summary: &Summary,
) -> Result<(), XlsxError> {
    if summary.unmapped.is_empty() {
        return Ok(());
    }
    pen.heading(&wording.say("returned.unmapped_heading", &[]))?;
    pen.note(&wording.say("returned.unmapped_help", &[("file", LEARNED_FILE)]))?;
    pen.table_head(wording, &["header", "value", "times"])?;
    let mut found: Vec<_> = summary.unmapped.iter().collect();
    found.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
    for ((field, text), n) in found.iter().take(LINES_MAX) {
        let header =
            checked.contract.as_deref().and_then(|c| c.field(field)).map_or(field.as_str(), |f| f.headers[0].as_str());
        pen.line(&[header.to_owned(), text.clone(), count((**n).into())], None)?;
    }
    pen.cut(wording, found.len())
}

fn unknown_columns(pen: &mut Pen<'_>, wording: &Wording<'_>, summary: &Summary) -> Result<(), XlsxError> {
    if summary.unknown_columns.is_empty() {
        return Ok(());
    }
    pen.heading(&wording.say("returned.unknown_heading", &[]))?;
    pen.note(&summary.unknown_columns.join(&wording.joint()))
}

fn repairs(pen: &mut Pen<'_>, checked: &Checked<'_>, wording: &Wording<'_>) -> Result<(), XlsxError> {
    let repairs = &checked.remarks.repairs;
    if repairs.is_empty() {
        return Ok(());
    }
    pen.heading(&wording.say("returned.repairs_heading", &[]))?;
    pen.table_head(wording, &["header", "repair", "cells", "rows"])?;
    let mut found: Vec<_> = repairs.iter().collect();
    found.sort_by_key(|(_, count)| std::cmp::Reverse(count.cells));
    for ((field, kind), counted) in found.iter().take(LINES_MAX) {
        let header = wording.header(*field).to_owned();
        let cells = [header, wording.repair(kind), count(counted.cells.into()), first_rows(wording, counted)];
        pen.line(&cells, None)?;
    }
    pen.cut(wording, found.len())
}

/// What to do next, by how the file stands.
fn next(pen: &mut Pen<'_>, checked: &Checked<'_>, wording: &Wording<'_>) -> Result<(), XlsxError> {
    pen.heading(&wording.say("returned.next_heading", &[]))?;
    next_steps(checked, wording).iter().try_for_each(|step| pen.note(step))
}

/// The steps as sentences.
pub fn next_steps(checked: &Checked<'_>, wording: &Wording<'_>) -> Vec<String> {
    let file = checked.delivered.file_name;
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, "xlsx"));
    let sheet = wording.say("returned.data_sheet", &[]);
    let sheet = checked.place().map(|p| p.sheet.clone()).filter(|s| !s.is_empty()).unwrap_or(sheet);
    let (mut name, mut stem) = (file.to_owned(), stem.to_owned());
    let mut what = wording.say("returned.what_unknown", &[]);
    if let Ok(slice) = &checked.delivered.name {
        let region = if slice.region.is_empty() { "all" } else { &slice.region };
        let slice_name = format!("{region}_{}", slice.period);
        what = format!("{}/{slice_name}", checked.delivered.feed);
        // A file that was checked under another name than its own must not be sent under its own.
        if !wording.is_named_for(file, slice) {
            (name, stem) = (format!("{slice_name}.{ending}"), slice_name);
        }
    }
    let quoted = if file.contains(char::is_whitespace) { format!("\"{file}\"") } else { file.to_owned() };
    let args: [(&str, &str); 6] =
        [("file", &quoted), ("name", &name), ("stem", &stem), ("ending", ending), ("sheet", &sheet), ("what", &what)];
    let is_misnamed = |r: &Refusal| matches!(r.reason, "name_not_understood" | "unknown_feed");
    let keys: &[&str] = match checked.standing() {
        Standing::Refused if checked.read.as_ref().is_err_and(is_misnamed) => &["rename"],
        Standing::Refused => &["mend_file", "send_again", "try_first"],
        Standing::Rejected if checked.counts(false).is_empty() => &["mend_red", "send_whole", "try_first"],
        Standing::Rejected => &["mend_red", "look_yellow", "send_whole", "try_first"],
        Standing::Warned => &["look_yellow", "send_if_wrong"],
        Standing::Clean => &["nothing"],
    };
    let steps = keys.iter().enumerate();
    steps.map(|(i, key)| format!("{}. {}", i + 1, wording.say(&format!("returned.next_{key}"), &args))).collect()
}

/// Colours, and what the workbook leaves away.
fn remarks(pen: &mut Pen<'_>, wording: &Wording<'_>, copied: &Copied) -> Result<(), XlsxError> {
    let mut notes = Vec::new();
    let counted = |key: &str, n: u64| wording.say(key, &[("n", &count(n.into()))]);
    for (key, n) in [
        ("returned.left_notes", copied.without_note),
        ("returned.left_marks", copied.without_mark),
        ("returned.left_rows", copied.rows_left),
        ("returned.left_text", copied.cells_cut),
    ] {
        if n > 0 {
            notes.push(counted(key, n));
        }
    }
    if copied.stopped {
        notes.push(wording.say("returned.left_stopped", &[]));
    }
    pen.heading(&wording.say("returned.remarks_heading", &[]))?;
    if copied.has_sheet {
        pen.note(&wording.say("returned.colours", &[]))?;
    }
    notes.iter().try_for_each(|note| pen.note(note))?;
    pen.note(&wording.say("returned.private", &[]))
}

fn filled((background, font): (u32, u32)) -> Format {
    Format::new().set_background_color(Color::RGB(background)).set_font_color(Color::RGB(font))
}

fn boxed() -> Format {
    Format::new()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(0xBFBFBF))
        .set_num_format("@")
}

/// Half-width columns that a text takes.
pub fn width_of(text: &str) -> usize {
    text.chars().map(|c| if (c as u32) >= 0x1100 { 2 } else { 1 }).sum()
}

/// Lines that a text takes in a cell so many characters wide.
pub fn lines_in(text: &str, width: f64) -> usize {
    let width = (width as usize).saturating_sub(1).max(1);
    text.lines().map(|line| width_of(line).div_ceil(width).max(1)).sum::<usize>().max(1)
}

impl Pen<'_> {
    /// A text over the whole width, so many lines high at least.
    fn wide(&mut self, text: &str, format: &Format, height: f64) -> Result<(), XlsxError> {
        let lines = lines_in(text, WIDTHS.iter().sum::<f64>());
        self.sheet.set_row_height(self.row, LINE_HEIGHT * height.max(1.0) * lines as f64)?;
        self.sheet.merge_range(self.row, 0, self.row, LAST, text, format)?;
        self.row += 1;
        Ok(())
    }

    fn note(&mut self, text: &str) -> Result<(), XlsxError> {
        self.wide(text, &Format::new().set_text_wrap().set_align(FormatAlign::Top), 1.0)
    }

    fn heading(&mut self, text: &str) -> Result<(), XlsxError> {
        self.row += 1;
        let format = Format::new()
            .set_bold()
            .set_font_size(12)
            .set_border_bottom(FormatBorder::Medium)
            .set_border_color(Color::RGB(0x44546A));
        self.wide(text, &format, 1.2)
    }

    /// A label and its value, the value over the rest of the width.
    fn pair(&mut self, label: &str, value: &str) -> Result<(), XlsxError> {
        let width: f64 = WIDTHS[1..].iter().sum();
        let lines = lines_in(value, width).max(lines_in(label, WIDTHS[0]));
        self.sheet.set_row_height(self.row, LINE_HEIGHT * lines as f64 + 2.0)?;
        let label_format = boxed().set_bold().set_background_color(Color::RGB(0xF2F2F2));
        self.sheet.write_string_with_format(self.row, 0, label, &label_format)?;
        self.sheet.merge_range(self.row, 1, self.row, LAST, value, &boxed())?;
        self.row += 1;
        Ok(())
    }

    fn table_head(&mut self, wording: &Wording<'_>, names: &[&str]) -> Result<(), XlsxError> {
        let format = boxed().set_bold().set_background_color(Color::RGB(0xD9E1F2));
        for (column, name) in names.iter().enumerate() {
            let text = wording.say(&format!("returned.col_{name}"), &[]);
            self.sheet.write_string_with_format(self.row, column as u16, text, &format)?;
        }
        self.row += 1;
        Ok(())
    }

    /// A line of a table; its first cell in a colour.
    fn line(&mut self, cells: &[String], colour: Option<(u32, u32)>) -> Result<(), XlsxError> {
        let lines = cells.iter().zip(WIDTHS).map(|(text, width)| lines_in(text, width)).max().unwrap_or(1);
        self.sheet.set_row_height(self.row, LINE_HEIGHT * lines as f64 + 2.0)?;
        for (column, text) in cells.iter().enumerate() {
            let mut format = boxed();
            if let Some((background, font)) = colour.filter(|_| column == 0) {
                format = format.set_background_color(Color::RGB(background)).set_font_color(Color::RGB(font));
            }
            self.sheet.write_string_with_format(self.row, column as u16, text, &format)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Says how many lines a section leaves away.
    fn cut(&mut self, wording: &Wording<'_>, found: usize) -> Result<(), XlsxError> {
        match found.saturating_sub(LINES_MAX) {
            0 => Ok(()),
            more => self.note(&wording.say("returned.more_lines", &[("n", &count(more as i128))])),
        }
    }
}
