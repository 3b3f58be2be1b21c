//! One form as a worksheet: title, form number, who fills it in and for when; two header rows; places; the total; whom it
//! is signed by; notes with the edition. A4 across.

use super::total_of;
use super::totals::rounded;
use crate::error::{Error, Result};
use crate::project::{Form, FormColumn, FormTotal, PlainTotal};
use crate::rows::{Rows, Value};
use crate::text::{Lang, date, say};
use chrono::NaiveDate;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

/// What stands above and below the figures.
pub struct Head<'a> {
    /// Who fills the form in, where it is one place's.
    pub place: Option<&'a str>,
    /// The report period in words.
    pub period: &'a str,
    pub edition: u64,
    pub as_of: NaiveDate,
}

const FONT: &str = "SimSun";
const A4: u8 = 9;
const WIDTH_NAME: f64 = 20.0;
/// Characters of room beside a name.
const NAME_ROOM: usize = 3;
const WIDTH_FIGURE: f64 = 11.0;
/// Characters of a note that fit one line, ideographs counted twice.
const NOTE_LINE: usize = 110;
const LINE_POINTS: f64 = 15.0;
const ROW_POINTS: f64 = 20.0;

/// The workbook of a form; the same rows give the same bytes.
pub fn write_form(form: &Form, lang: Lang, rows: &Rows, head: &Head<'_>) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let written = fill(&mut book, form, lang, rows, head).and_then(|()| book.save_to_buffer());
    written.map_err(|e| Error::internal("output").with("cause", e))
}

fn fill(book: &mut Workbook, form: &Form, lang: Lang, rows: &Rows, head: &Head<'_>) -> Result<(), XlsxError> {
    // The edition's day, not the clock's: the bytes are the edition's.
    let day = ExcelDateTime::parse_from_str(&head.as_of.to_string())?;
    book.set_properties(&DocProperties::new().set_title(form.title.in_lang(lang)).set_creation_datetime(&day));
    let sheet = book.add_worksheet();
    sheet.set_name(form.number.in_lang(lang))?;
    sheet.set_landscape().set_paper_size(A4).set_print_fit_to_pages(1, 0).set_print_center_horizontally(true);
    sheet.set_footer("&C&P / &N");
    let last = form.columns.len() as u16;
    let longest =
        (0..rows.len()).map(|i| width_of(&name_of(form, lang, rows, i)) + NAME_ROOM).max().unwrap_or_default();
    sheet.set_column_width(0, WIDTH_NAME.max(longest as f64))?;
    sheet.set_column_range_width(1, last, WIDTH_FIGURE)?;
    let header_row = top(sheet, form, lang, head, last)?;
    headers(sheet, form, lang, header_row)?;
    let first = header_row + 2;
    for i in 0..rows.len() {
        let name = name_of(form, lang, rows, i);
        figures(sheet, form, first + i as u32, &name, |column| {
            rows.get(i, &column.column).cloned().unwrap_or(Value::Null)
        })?;
    }
    let mut next = first + rows.len() as u32;
    if head.place.is_none() {
        let name = say(lang, "forms.total", &[]);
        figures(sheet, form, next, &name, |column| total_of(&column.total, &column.column, rows))?;
        next += 1;
    }
    sheet.set_repeat_rows(header_row, header_row + 1)?;
    bottom(sheet, form, lang, rows, head, next + 1, last)
}

fn plain() -> Format {
    Format::new().set_font_name(FONT).set_font_size(10.5).set_align(FormatAlign::VerticalCenter)
}

fn boxed() -> Format {
    plain().set_border(FormatBorder::Thin)
}

/// Title, number, maker, who, when, in what; returns the row of the headers.
fn top(sheet: &mut Worksheet, form: &Form, lang: Lang, head: &Head<'_>, last: u16) -> Result<u32, XlsxError> {
    let title = plain().set_bold().set_font_size(16).set_align(FormatAlign::Center);
    sheet.merge_range(0, 0, 0, last, form.title.in_lang(lang), &title)?;
    sheet.set_row_height(0, 30)?;
    let right = plain().set_align(FormatAlign::Right);
    let middle = last / 3;
    let number = say(lang, "forms.number", &[("number", form.number.in_lang(lang))]);
    let maker = say(lang, "forms.maker", &[("maker", form.maker.in_lang(lang))]);
    let place = say(lang, "forms.place", &[("place", head.place.unwrap_or(form.whole.in_lang(lang)))]);
    let period = say(lang, "forms.period", &[("period", head.period)]);
    let unit = say(lang, "forms.unit", &[("unit", form.unit.in_lang(lang))]);
    halves(sheet, 1, middle, last, (&number, &maker), &right)?;
    // The period with its days is long: a narrow form shows it smaller rather than cut.
    halves(sheet, 2, middle, last, (&place, &format!("{period}    {unit}")), &right.clone().set_shrink())?;
    Ok(3)
}

/// A line with a text on the left and one on the right.
fn halves(
    sheet: &mut Worksheet,
    row: u32,
    middle: u16,
    last: u16,
    (left, right): (&str, &str),
    format: &Format,
) -> Result<(), XlsxError> {
    span(sheet, row, 0, middle, left, &plain())?;
    span(sheet, row, middle + 1, last, right, format)
}

/// A text over several cells of a row; one cell is not merged with itself.
fn span(sheet: &mut Worksheet, row: u32, from: u16, to: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
    if from >= to {
        return sheet.write_string_with_format(row, from, text, format).map(|_| ());
    }
    sheet.merge_range(row, from, row, to, text, format).map(|_| ())
}

fn headers(sheet: &mut Worksheet, form: &Form, lang: Lang, row: u32) -> Result<(), XlsxError> {
    let format = boxed().set_bold().set_align(FormatAlign::Center).set_text_wrap();
    let format = format.set_background_color(Color::RGB(0xF2F2F2));
    sheet.merge_range(row, 0, row + 1, 0, &say(lang, "forms.places", &[]), &format)?;
    let mut from = 0;
    while from < form.columns.len() {
        let group = form.columns[from].group.in_lang(lang);
        let to = form.columns[from..].iter().take_while(|c| c.group.in_lang(lang) == group).count() + from - 1;
        if from == to {
            sheet.write_string_with_format(row, from as u16 + 1, group, &format)?;
        } else {
            sheet.merge_range(row, from as u16 + 1, row, to as u16 + 1, group, &format)?;
        }
        from = to + 1;
    }
    for (i, column) in form.columns.iter().enumerate() {
        sheet.write_string_with_format(row + 1, i as u16 + 1, column.header.in_lang(lang), &format)?;
    }
    sheet.set_row_height(row, 30)?;
    sheet.set_row_height(row + 1, 30).map(|_| ())
}

/// A row of figures; a blank stays a blank cell.
fn figures(
    sheet: &mut Worksheet,
    form: &Form,
    row: u32,
    name: &str,
    value: impl Fn(&FormColumn) -> Value,
) -> Result<(), XlsxError> {
    sheet.set_row_height(row, ROW_POINTS)?;
    sheet.write_string_with_format(row, 0, name, &boxed().set_indent(1))?;
    for (i, column) in form.columns.iter().enumerate() {
        let shown = match column.decimals {
            0 => "#,##0".to_owned(),
            n => format!("#,##0.{}", "0".repeat(usize::from(n))),
        };
        let format = boxed().set_align(FormatAlign::Right).set_num_format(shown);
        match rounded(&value(column), column.decimals) {
            Some((n, scale)) => {
                sheet.write_number_with_format(row, i as u16 + 1, n as f64 / 10f64.powi(i32::from(scale)), &format)?
            }
            None => sheet.write_blank(row, i as u16 + 1, &format)?,
        };
    }
    Ok(())
}

/// Who signs, when it was issued, what is missing, notes, and what the figures rest on.
fn bottom(
    sheet: &mut Worksheet,
    form: &Form,
    lang: Lang,
    rows: &Rows,
    head: &Head<'_>,
    row: u32,
    last: u16,
) -> Result<(), XlsxError> {
    let issued = head.place.and(form.issued.as_deref()).and_then(|column| match rows.get(0, column) {
        Some(Value::Date(day)) => Some(date(lang, *day)),
        _ => None,
    });
    let names = [
        say(lang, "forms.head", &[]),
        say(lang, "forms.filler", &[]),
        say(lang, "forms.issued", &[("day", &issued.unwrap_or_default())]),
    ];
    let third = (last + 1) / 3;
    span(sheet, row, 0, third.max(1) - 1, &names[0], &plain())?;
    span(sheet, row, third.max(1), (2 * third).max(2) - 1, &names[1], &plain())?;
    span(sheet, row, (2 * third).max(2), last, &names[2], &plain())?;
    let mut lines: Vec<String> = Vec::new();
    let missing = places_missing(form, lang, rows);
    if head.place.is_none() && !missing.is_empty() {
        lines.push(say(lang, "forms.missing", &[("places", &missing.join(&say(lang, "forms.joint", &[])))]));
    }
    let partial = places_in_part(form, lang, rows);
    if !partial.is_empty() {
        lines.push(say(lang, "forms.partial", &[("places", &partial.join(&say(lang, "forms.joint", &[])))]));
    }
    lines.extend(form.notes.iter().map(|n| n.in_lang(lang).to_owned()));
    let (edition, as_of) = (head.edition.to_string(), date(lang, head.as_of));
    lines.push(say(lang, "forms.edition", &[("edition", &edition), ("as_of", &as_of)]));
    let note = plain().set_font_size(9).set_text_wrap().set_align(FormatAlign::Top);
    for (i, line) in lines.iter().enumerate() {
        let row = row + 2 + i as u32;
        span(sheet, row, 0, last, &say(lang, "forms.note", &[("text", line)]), &note)?;
        sheet.set_row_height(row, LINE_POINTS * (1 + width_of(line) / NOTE_LINE) as f64)?;
    }
    Ok(())
}

/// The places without a figure in a column that adds up: the total lacks them.
fn places_missing(form: &Form, lang: Lang, rows: &Rows) -> Vec<String> {
    let adds_up = |c: &&FormColumn| !matches!(c.total, FormTotal::Plain(PlainTotal::None));
    let lacks =
        |i: &usize| form.columns.iter().filter(adds_up).any(|c| rows.get(*i, &c.column).is_none_or(Value::is_null));
    (0..rows.len()).filter(lacks).map(|i| name_of(form, lang, rows, i)).collect()
}

/// The places whose computed figures lack parts.
fn places_in_part(form: &Form, lang: Lang, rows: &Rows) -> Vec<String> {
    let Some(partial) = &form.partial else { return Vec::new() };
    let is_partial = |i: &usize| matches!(rows.get(*i, partial), Some(Value::Bool(true)));
    (0..rows.len()).filter(is_partial).map(|i| name_of(form, lang, rows, i)).collect()
}

fn name_of(form: &Form, lang: Lang, rows: &Rows, row: usize) -> String {
    rows.get(row, form.place_name.in_lang(lang)).map(Value::to_string).unwrap_or_default()
}

/// Characters of a text, ideographs counted twice.
fn width_of(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}
