//! A tile map: one tile a place, all of one size, roughly where the places lie, with the light's colour, its mark, the
//! place's name and a figure where they fit. Pure.

use super::Light;
use super::light::{self, Filling};
use super::measure::{longest_word, text_width, wrap};
use super::sheet::{Anchor, Sheet};

#[derive(Clone, Debug, Default)]
pub struct Tiles {
    pub tiles: Vec<Tile>,
    /// Legend: the lights that occur, with their words, from best to worst.
    pub words: Vec<(Light, String)>,
}

#[derive(Clone, Debug, Default)]
pub struct Tile {
    /// Where it lies: the column from the west, the row from the north.
    pub column: i64,
    pub row: i64,
    pub label: String,
    /// The figure, shown where every figure of the chart fits.
    pub value: String,
    pub light: Option<Light>,
    pub tip: String,
    pub href: Option<String>,
}

const MARK: i32 = 14;
const WIDE_MAX: i32 = 110;
const LINE: i32 = 14;
/// Columns or rows beyond it are no map of places any more.
const SPAN_MAX: i64 = 60;

pub(super) fn draw(sheet: &mut Sheet, tiles: &Tiles, top: i32) -> i32 {
    let y = light::draw_legend(sheet, &tiles.words, top) + 4;
    let Some(place) = Place::measure(sheet, tiles) else { return y };
    for tile in &tiles.tiles {
        let Some((left, above)) = place.corner(tile, y) else { continue };
        let (from, to) = ((left, above), (left + place.wide - 2, above + place.tall - 2));
        sheet.mark(tile.href.as_deref(), &tile.tip, |sheet| draw_tile(sheet, tile, &place, from, to));
    }
    y + place.tall * place.rows + 4
}

struct Place {
    left: i32,
    first: (i64, i64),
    columns: i32,
    rows: i32,
    wide: i32,
    tall: i32,
    shows_values: bool,
}

impl Place {
    fn measure(sheet: &Sheet, tiles: &Tiles) -> Option<Place> {
        let span = |place: fn(&Tile) -> i64| {
            let (low, high) = (tiles.tiles.iter().map(place).min()?, tiles.tiles.iter().map(place).max()?);
            Some((low, high.saturating_sub(low).min(SPAN_MAX) as i32 + 1))
        };
        let ((west, columns), (north, rows)) = (span(|tile| tile.column)?, span(|tile| tile.row)?);
        let room = sheet.width() - 2 * sheet.inset();
        let wide = (room / columns).min(WIDE_MAX);
        let values = tiles.tiles.iter().map(|tile| text_width(&tile.value, 12)).max().unwrap_or(0);
        let lines = tiles.tiles.iter().map(|tile| label_lines(tile, wide).len()).max().unwrap_or(0) as i32;
        let shows_values = values > 0 && values + MARK <= wide;
        Some(Place {
            left: sheet.inset(),
            first: (west, north),
            columns,
            rows,
            wide,
            tall: 12 + MARK + LINE * lines,
            shows_values,
        })
    }

    fn corner(&self, tile: &Tile, top: i32) -> Option<(i32, i32)> {
        let place = |at: i64, first: i64, n: i32| i32::try_from(at.checked_sub(first)?).ok().filter(|at| *at < n);
        let column = place(tile.column, self.first.0, self.columns)?;
        let row = place(tile.row, self.first.1, self.rows)?;
        Some((self.left + column * self.wide, top + row * self.tall))
    }
}

/// The name in lines, or none where it does not fit: a name is never cut.
fn label_lines(tile: &Tile, wide: i32) -> Vec<String> {
    let room = wide - 4;
    let lines = wrap(&tile.label, 12, room);
    if longest_word(&tile.label, 12) <= room && lines.len() <= 2 { lines } else { Vec::new() }
}

fn draw_tile(sheet: &mut Sheet, tile: &Tile, place: &Place, from: (i32, i32), to: (i32, i32)) {
    let filling = Filling::of(tile.light);
    filling.draw(sheet, from, to);
    let middle = (from.0 + to.0) / 2;
    let lines = label_lines(tile, place.wide);
    let tall = MARK + LINE * lines.len() as i32;
    let top = (from.1 + to.1 - tall) / 2;
    let class = format!("t-small f-{}", filling.text.class());
    // The estimate is wider than the figure: what starts at the edge still ends before the other.
    let least = from.0 + 3 + MARK / 2;
    let mark = if place.shows_values { least.max(middle - (text_width(&tile.value, 12) + 3) / 2) } else { middle };
    filling.draw_mark(sheet, (mark, top + MARK / 2), MARK);
    if place.shows_values {
        sheet.text(mark + MARK / 2 + 3, top + MARK / 2 + 4, &tile.value, &class, Anchor::Start);
    }
    for (i, line) in lines.iter().enumerate() {
        sheet.text(middle, top + MARK + LINE * (i as i32 + 1) - 2, line, &class, Anchor::Middle);
    }
    sheet.area(from, to);
}
