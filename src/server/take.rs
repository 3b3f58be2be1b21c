//! What is taken away from a panel beside text: a workbook with what it is on a second sheet, and a chart as a picture.
//! Touches the machine's fonts, nothing else.

use super::pages::View;
use super::workbook::{Facts, write_workbook};
use crate::dashboards::{Name, Page, Panel};
use crate::error::{Error, Result};
use crate::rows::Rows;
use crate::text::{self, Lang, say};
use crate::warehouse::Edition;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, fontdb};
use skrifa::{FontRef, MetadataProvider};
use std::sync::{Arc, OnceLock};

/// Picture points for one point of the drawing: sharp on paper and on fine screens.
const PICTURE_SCALE: f32 = 2.0;
/// A character that every font for Chinese has: U+4E2D.
const SAMPLE_CHARACTER: char = '\u{4e2d}';

/// A panel's rows as a workbook, under the heads that the page gives them.
pub fn panel_workbook(page: &Page, panel: &Panel, view: &View, edition: &Edition, rows: &Rows) -> Result<Vec<u8>> {
    let title = super::pages::panel_title(panel, view);
    let heads = rows.columns.iter().map(|column| label_of(panel, view.lang, column)).collect();
    let about = about(page, panel, view, edition);
    write_workbook(rows, &Facts { title: &title, as_of: edition.as_of, heads, about }, view.lang)
}

/// What the rows are: each a name and its words.
fn about(page: &Page, panel: &Panel, view: &View, edition: &Edition) -> Vec<(String, String)> {
    let lang = view.lang;
    let parameters: Vec<String> = view.parameters.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let synthetic = if panel.synthetic { say(lang, "page.synthetic", &[]) } else { String::new() };
    let note = panel.note.as_ref().map_or("", |note| note.in_lang(lang));
    let query = panel.query.as_ref().map_or("", |query| query.get_ref().trim());
    let mut out = vec![
        (say(lang, "take.title", &[]), super::pages::panel_title(panel, view)),
        (say(lang, "take.unit", &[]), panel.unit.in_lang(lang).to_owned()),
        (say(lang, "take.source", &[]), panel.source.in_lang(lang).to_owned()),
        (say(lang, "take.edition", &[]), edition.edition.to_string()),
        (say(lang, "take.as_of", &[]), text::date(lang, edition.as_of)),
        (say(lang, "take.synthetic", &[]), synthetic),
        (say(lang, "take.note", &[]), note.to_owned()),
        (say(lang, "take.panel", &[]), format!("{}/{}", page.name, panel.id.get_ref())),
        (say(lang, "take.parameters", &[]), parameters.join(", ")),
        (say(lang, "take.query", &[]), query.to_owned()),
    ];
    out.retain(|(_, words)| !words.is_empty());
    out
}

/// The head that the page gives a column, else its name in the query.
fn label_of<'a>(panel: &'a Panel, lang: Lang, column: &'a str) -> &'a str {
    let is = |name: &Name| name.in_lang(lang) == column;
    panel.columns.iter().find(|c| is(&c.column)).map_or(column, |c| c.label.in_lang(lang))
}

/// A drawing as a PNG picture, on the light ground.
pub fn png(svg: &str) -> Result<Vec<u8>> {
    let fonts = fonts()?;
    let failed = |cause: String| Error::internal("output").with("cause", cause);
    let options = usvg::Options { fontdb: fonts, ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|e| failed(e.to_string()))?;
    let size = tree.size().to_int_size().scale_by(PICTURE_SCALE).ok_or_else(|| failed("size".to_owned()))?;
    let mut picture = Pixmap::new(size.width(), size.height()).ok_or_else(|| failed("size".to_owned()))?;
    resvg::render(&tree, Transform::from_scale(PICTURE_SCALE, PICTURE_SCALE), &mut picture.as_mut());
    picture.encode_png().map_err(|e| failed(e.to_string()))
}

/// The machine's fonts, found once.
pub fn fonts() -> Result<Arc<fontdb::Database>> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        Arc::new(fonts)
    });
    if has_chinese(fonts) { Ok(fonts.clone()) } else { Err(Error::request("picture_fonts")) }
}

/// Whether any font has Chinese characters: without one a picture's words would be empty boxes.
fn has_chinese(fonts: &fontdb::Database) -> bool {
    static KNOWN: OnceLock<bool> = OnceLock::new();
    let has = |bytes: &[u8], at: u32| {
        FontRef::from_index(bytes, at).is_ok_and(|font| font.charmap().map(SAMPLE_CHARACTER).is_some())
    };
    *KNOWN.get_or_init(|| fonts.faces().any(|face| fonts.with_face_data(face.id, has) == Some(true)))
}
