//! Rows in, SVG text out. Pure: no SQL, files, clock or policy, and no words of its own: all text arrives written.
//! Shapes are drawn with plotters; text, classes, links, tooltips and the text alternative are ours (`sheet`).
//! The same input gives the same bytes.

mod bars;
mod bullet;
mod dots;
mod flow;
mod funnel;
mod heat;
mod light;
mod lines;
mod measure;
mod outline;
mod palette;
mod shares;
mod sheet;
mod spark;
mod tiles;

pub use bars::{Bar, Bars};
pub use bullet::{Bullet, BulletRow};
pub use flow::{Flow, FlowBox, FlowColumn, FlowEdge};
pub use funnel::{Funnel, Step};
pub use heat::{Heat, HeatCell, HeatRow};
pub use light::{Light, symbols};
pub use lines::{LinePlot, LinePoint, Lines};
pub use measure::{bold_width, longest_word, text_width, wrap};
pub use outline::{OutlineMap, OutlinePlace};
pub use palette::{Ink, Theme, contrast, page_style};
pub use shares::{ShareRow, Shares};
pub use spark::spark;
pub use tiles::{Tile, Tiles};

use sheet::{Anchor, Sheet, escape};

/// How wide the place is that the chart is drawn for: text keeps its size, so each width has a layout of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// The whole width of a desktop page.
    Full,
    /// The main column of a desktop page, or a sheet of paper.
    Wide,
    /// Half a desktop page.
    Half,
    /// A phone.
    Narrow,
}

impl Size {
    pub fn width(self) -> i32 {
        match self {
            Size::Full => 1180,
            Size::Wide => 780,
            Size::Half => 580,
            Size::Narrow => 340,
        }
    }
}

/// What stands around a chart. All text is written by the caller in the reader's language.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Unique in the page; ids of the title and the description are made from it.
    pub id: String,
    pub title: String,
    /// The text alternative: what the chart shows, in words.
    pub alternative: String,
    pub unit: String,
    /// Source, as-of date and edition, one line each.
    pub foot: Vec<String>,
    pub size: Size,
    /// True for a file of its own: title, unit, foot, ground and style are then inside it, and links are left out.
    pub alone: bool,
}

#[derive(Clone, Debug)]
pub enum Chart {
    Bullet(Bullet),
    Lines(Lines),
    Bars(Bars),
    Dots(Bars),
    Shares(Shares),
    Flow(Flow),
    Heat(Heat),
    Tiles(Tiles),
    Map(OutlineMap),
    Funnel(Funnel),
}

/// Draws a chart as one SVG element (`alone` or for a page that holds `page_style()`).
pub fn draw(frame: &Frame, chart: &Chart) -> String {
    let width = frame.size.width();
    let mut sheet = Sheet::new(width, !frame.alone);
    let top = if frame.alone { draw_head(&mut sheet, frame) } else { 0 };
    let mut bottom = match chart {
        Chart::Bullet(bullet) => bullet::draw(&mut sheet, bullet, frame.size, top),
        Chart::Lines(lines) => lines::draw(&mut sheet, lines, frame.size, top),
        Chart::Bars(bars) => bars::draw(&mut sheet, bars, frame.size, top),
        Chart::Dots(dots) => dots::draw(&mut sheet, dots, frame.size, top),
        Chart::Shares(shares) => shares::draw(&mut sheet, shares, frame.size, top),
        Chart::Flow(flow) => flow::draw(&mut sheet, flow, top),
        Chart::Heat(heat) => heat::draw(&mut sheet, heat, top),
        Chart::Tiles(tiles) => tiles::draw(&mut sheet, tiles, top),
        Chart::Map(map) => outline::draw(&mut sheet, map, top),
        Chart::Funnel(funnel) => funnel::draw(&mut sheet, funnel, top),
    };
    if frame.alone {
        bottom = draw_foot(&mut sheet, frame, bottom);
    }
    wrap_svg(frame, &sheet, bottom)
}

fn draw_head(sheet: &mut Sheet, frame: &Frame) -> i32 {
    let mut y = 14;
    for line in wrap(&frame.title, 18, sheet.width() - 24) {
        y += 22;
        sheet.text(12, y, &line, "t-title", Anchor::Start);
    }
    if !frame.unit.is_empty() {
        y += 19;
        sheet.text(12, y, &frame.unit, "t-small", Anchor::Start);
    }
    y + 16
}

fn draw_foot(sheet: &mut Sheet, frame: &Frame, top: i32) -> i32 {
    let mut y = top + 10;
    let width = sheet.width() - 24;
    for line in frame.foot.iter().flat_map(|text| wrap(text, 12, width)) {
        y += 17;
        sheet.text(12, y, &line, "t-small", Anchor::Start);
    }
    y + 14
}

fn wrap_svg(frame: &Frame, sheet: &Sheet, height: i32) -> String {
    let (width, id) = (frame.size.width(), escape(&frame.id));
    // An image hides what is in it from assistive technology, so a chart with links is a group that names itself.
    let role = if sheet.has_links() { "group" } else { "img" };
    let fixed = if frame.alone { format!(" width=\"{width}\" height=\"{height}\"") } else { String::new() };
    let ground = if frame.alone {
        format!(
            "<style>{}</style><rect class=\"f-ground\" width=\"{width}\" height=\"{height}\"/>",
            palette::alone_style()
        )
    } else {
        String::new()
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" viewBox=\"0 0 {width} {height}\"{fixed} \
         role=\"{role}\" aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>\
         {ground}{}</svg>",
        escape(&frame.title),
        escape(&frame.alternative),
        sheet.body(),
    )
}
