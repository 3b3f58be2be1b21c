//! What is taken away from a panel beside text: a workbook with what it is on a second sheet, and a chart as a picture.
//! Touches the machine's fonts, nothing else.

use super::pages::View;
use crate::dashboards::{Name, Page, Panel};
use crate::error::{Error, Result};
use crate::rows::{Rows, Value};
use crate::text::{self, Lang, say};
use crate::warehouse::Edition;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use std::sync::{Arc, OnceLock};

/// Picture points for one point of the drawing: sharp on paper and on fine screens.
const PICTURE_SCALE: f32 = 2.0;
/// Characters that a cell of a workbook may hold.
const CELL_CHARACTERS_MAX: usize = 32_767;
const WIDTH_COLUMN: f64 = 16.0;
const WIDTH_WORDS: f64 = 100.0;

/// A panel's rows as a workbook: the rows under their heads, and a sheet that says what they are, of which edition, and by
/// which query. Values are numbers, days and texts, never formulas; the same rows give the same bytes.
pub fn panel_workbook(page: &Page, panel: &Panel, view: &View, edition: &Edition, rows: &Rows) -> Result<Vec<u8>> {
    let mut book = Workbook::new();
    let written = fill(&mut book, page, panel, view, edition, rows).and_then(|()| book.save_to_buffer());
    written.map_err(|e| Error::internal("output").with("cause", e))
}

fn fill(
    book: &mut Workbook,
    page: &Page,
    panel: &Panel,
    view: &View,
    edition: &Edition,
    rows: &Rows,
) -> Result<(), XlsxError> {
    let lang = view.lang;
    // The edition's day, not the clock's: the bytes are the edition's.
    let day = ExcelDateTime::parse_from_str(&edition.as_of.to_string())?;
    book.set_properties(&DocProperties::new().set_title(panel.title.in_lang(lang)).set_creation_datetime(&day));
    let head = Format::new().set_bold().set_text_wrap();
    let sheet = book.add_worksheet();
    sheet.set_name(say(lang, "take.rows", &[]))?;
    let last = u16::try_from(rows.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    sheet.set_column_range_width(0, last, WIDTH_COLUMN)?;
    sheet.set_freeze_panes(1, 0)?;
    for (i, column) in rows.columns.iter().enumerate() {
        sheet.write_string_with_format(0, i as u16, label_of(panel, lang, column), &head)?;
    }
    for (at, row) in rows.rows.iter().enumerate() {
        for (i, value) in row.iter().enumerate() {
            write_value(sheet, at as u32 + 1, i as u16, value)?;
        }
    }
    let sheet = book.add_worksheet();
    sheet.set_name(say(lang, "take.about", &[]))?;
    sheet.set_column_width(0, WIDTH_COLUMN)?.set_column_width(1, WIDTH_WORDS)?;
    for (at, (name, words)) in about(page, panel, view, edition).iter().enumerate() {
        sheet.write_string_with_format(at as u32, 0, name, &head)?;
        sheet.write_string_with_format(at as u32, 1, short(words), &Format::new().set_text_wrap())?;
    }
    Ok(())
}

/// What the rows are: each a name and its words.
fn about(page: &Page, panel: &Panel, view: &View, edition: &Edition) -> Vec<(String, String)> {
    let lang = view.lang;
    let mut out = vec![
        ("title", super::pages::panel_title(panel, view)),
        ("unit", panel.unit.in_lang(lang).to_owned()),
        ("source", panel.source.in_lang(lang).to_owned()),
        ("edition", edition.edition.to_string()),
        ("as_of", text::date(lang, edition.as_of)),
    ];
    if panel.synthetic {
        out.push(("synthetic", say(lang, "page.synthetic", &[])));
    }
    if let Some(note) = &panel.note {
        out.push(("note", note.in_lang(lang).to_owned()));
    }
    out.push(("panel", format!("{}/{}", page.name, panel.id.get_ref())));
    let parameters: Vec<String> = view.parameters.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    out.push(("parameters", parameters.join(", ")));
    out.push(("query", panel.query.as_ref().map_or("", |q| q.get_ref().trim()).to_owned()));
    let named = out.into_iter().filter(|(_, words)| !words.is_empty());
    named.map(|(key, words)| (name_of(lang, key), words)).collect()
}

fn name_of(lang: Lang, key: &str) -> String {
    match key {
        "title" => say(lang, "take.title", &[]),
        "unit" => say(lang, "take.unit", &[]),
        "source" => say(lang, "take.source", &[]),
        "edition" => say(lang, "take.edition", &[]),
        "as_of" => say(lang, "take.as_of", &[]),
        "synthetic" => say(lang, "take.synthetic", &[]),
        "note" => say(lang, "take.note", &[]),
        "panel" => say(lang, "take.panel", &[]),
        "parameters" => say(lang, "take.parameters", &[]),
        _ => say(lang, "take.query", &[]),
    }
}

/// The head that the page gives a column, else its name in the query.
fn label_of<'a>(panel: &'a Panel, lang: Lang, column: &'a str) -> &'a str {
    let is = |name: &Name| name.in_lang(lang) == column;
    panel.columns.iter().find(|c| is(&c.column)).map_or(column, |c| c.label.in_lang(lang))
}

fn write_value(sheet: &mut Worksheet, row: u32, column: u16, value: &Value) -> Result<(), XlsxError> {
    match value {
        Value::Null => return Ok(()),
        Value::Bool(flag) => sheet.write_boolean(row, column, *flag)?,
        Value::Date(day) => {
            let day = ExcelDateTime::parse_from_str(&day.to_string())?;
            sheet.write_datetime_with_format(row, column, &day, &Format::new().set_num_format("yyyy-mm-dd"))?
        }
        Value::Text(words) => sheet.write_string(row, column, short(words))?,
        number => match number.as_f64() {
            Some(n) => sheet.write_number(row, column, n)?,
            None => sheet.write_string(row, column, number.to_string())?,
        },
    };
    Ok(())
}

fn short(words: &str) -> String {
    words.chars().take(CELL_CHARACTERS_MAX).collect()
}

/// A drawing as a PNG picture, on the light ground.
pub fn png(svg: &str) -> Result<Vec<u8>> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        Arc::new(fonts)
    });
    if fonts.is_empty() {
        return Err(Error::request("picture_fonts"));
    }
    let failed = |cause: String| Error::internal("output").with("cause", cause);
    let options = usvg::Options { fontdb: fonts.clone(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|e| failed(e.to_string()))?;
    let size = tree.size().to_int_size().scale_by(PICTURE_SCALE).ok_or_else(|| failed("size".to_owned()))?;
    let mut picture = Pixmap::new(size.width(), size.height()).ok_or_else(|| failed("size".to_owned()))?;
    resvg::render(&tree, Transform::from_scale(PICTURE_SCALE, PICTURE_SCALE), &mut picture.as_mut());
    picture.encode_png().map_err(|e| failed(e.to_string()))
}
