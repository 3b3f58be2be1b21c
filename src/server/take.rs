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

/// What a fact of the rows is called.
pub(super) fn name_of(lang: Lang, key: &str) -> String {
    match key {
        "title" => say(lang, "take.title", &[]),
        "unit" => say(lang, "take.unit", &[]),
        "source" => say(lang, "take.source", &[]),
        "edition" => say(lang, "take.edition", &[]),
        "as_of" => say(lang, "take.as_of", &[]),
        "synthetic" => say(lang, "take.synthetic", &[]),
        "note" => say(lang, "take.note", &[]),
        "rows" => say(lang, "take.count", &[]),
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

/// A drawing as a PNG picture, on the light ground.
pub fn png(svg: &str) -> Result<Vec<u8>> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut fonts = fontdb::Database::new();
        fonts.load_system_fonts();
        Arc::new(fonts)
    });
    if !has_chinese(fonts) {
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

/// Whether any font has Chinese characters: without one a picture's words would be empty boxes.
fn has_chinese(fonts: &fontdb::Database) -> bool {
    static KNOWN: OnceLock<bool> = OnceLock::new();
    let has = |bytes: &[u8], at: u32| {
        FontRef::from_index(bytes, at).is_ok_and(|font| font.charmap().map(SAMPLE_CHARACTER).is_some())
    };
    *KNOWN.get_or_init(|| fonts.faces().any(|face| fonts.with_face_data(face.id, has) == Some(true)))
}
