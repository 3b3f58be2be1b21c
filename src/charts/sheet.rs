//! The sheet a chart is drawn on. plotters draws the shapes in sentinel colours, one per ink; the sheet turns them
//! into classes, so that a theme can colour them, and adds what plotters has not: text by our own measure, links,
//! tooltips. Pure.

use super::light::Mark;
use super::measure::{text_width, wrap};
use super::palette::Ink;
use plotters::backend::SVGBackend;
use plotters::prelude::{DrawingBackend, RGBColor, ShapeStyle};
use std::fmt::Write;

pub(super) const FONT: &str = "-apple-system,'Segoe UI','PingFang SC','Microsoft YaHei','Noto Sans CJK SC',\
     'Source Han Sans SC',system-ui,sans-serif";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// Draws a legend's sample at a left edge and a middle line.
pub(super) type Sample = fn(&mut Sheet, i32, i32);

/// How a mark that leads somewhere is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// By pointer and keyboard.
    Both,
    /// By pointer only: another mark leads to the same place.
    Pointer,
}

pub(super) struct Sheet {
    width: i32,
    inset: i32,
    body: String,
    links: bool,
    has_links: bool,
    symbols: Vec<Mark>,
}

impl Sheet {
    pub(super) fn new(width: i32, links: bool) -> Sheet {
        Sheet {
            width,
            inset: if links { 0 } else { 12 },
            body: String::new(),
            links,
            has_links: false,
            symbols: Vec::new(),
        }
    }

    pub(super) fn width(&self) -> i32 {
        self.width
    }

    /// The margin left and right: a file of its own needs one, a page has its own.
    pub(super) fn inset(&self) -> i32 {
        self.inset
    }

    pub(super) fn has_links(&self) -> bool {
        self.has_links
    }

    /// The drawing, with the symbols it uses when it is a file of its own (a page defines them once for all).
    pub(super) fn body(&self) -> String {
        if self.links || self.symbols.is_empty() {
            return self.body.clone();
        }
        let symbols: String = self.symbols.iter().map(|mark| mark.symbol()).collect();
        format!("<defs>{symbols}</defs>{}", self.body)
    }

    pub(super) fn raw(&mut self, svg: &str) {
        self.body.push_str(svg);
    }

    pub(super) fn need_symbol(&mut self, mark: Mark) {
        if !self.symbols.contains(&mark) {
            self.symbols.push(mark);
        }
    }

    /// What `inside` draws is one mark: it has a tooltip and, on a page, leads somewhere.
    pub(super) fn mark(&mut self, href: Option<&str>, tip: &str, inside: impl FnOnce(&mut Sheet)) {
        self.draw_mark(href, Reach::Both, tip, inside);
    }

    /// A mark whose row has another one: to the keyboard and to assistive technology the two are one link.
    pub(super) fn second_mark(&mut self, href: Option<&str>, tip: &str, inside: impl FnOnce(&mut Sheet)) {
        self.draw_mark(href, Reach::Pointer, tip, inside);
    }

    fn draw_mark(&mut self, href: Option<&str>, reach: Reach, tip: &str, inside: impl FnOnce(&mut Sheet)) {
        let href = href.filter(|_| self.links);
        let tag = if href.is_some() { "a" } else { "g" };
        let _ = match (href, reach) {
            (Some(href), Reach::Both) => write!(self.body, "<a href=\"{}\">", escape(href)),
            (Some(href), Reach::Pointer) => {
                write!(self.body, "<a href=\"{}\" tabindex=\"-1\" aria-hidden=\"true\">", escape(href))
            }
            (None, _) => write!(self.body, "<g>"),
        };
        self.has_links |= href.is_some();
        if !tip.is_empty() {
            let _ = write!(self.body, "<title>{}</title>", escape(tip));
        }
        inside(self);
        let _ = write!(self.body, "</{tag}>");
    }

    pub(super) fn rect(&mut self, from: (i32, i32), to: (i32, i32), ink: Ink) {
        if to.0 > from.0 && to.1 > from.1 {
            self.shape(|backend| backend.draw_rect(from, to, &style(ink, 1, true), true).is_ok());
        }
    }

    pub(super) fn line(&mut self, points: &[(i32, i32)], ink: Ink, width: u32) {
        let points = points.to_vec();
        self.shape(|backend| backend.draw_path(points, &style(ink, width, false)).is_ok());
    }

    pub(super) fn dot(&mut self, centre: (i32, i32), radius: u32, ink: Ink) {
        self.shape(|backend| backend.draw_circle(centre, radius, &style(ink, 1, true), true).is_ok());
    }

    pub(super) fn polygon(&mut self, points: &[(i32, i32)], ink: Ink) {
        let points = points.to_vec();
        self.shape(|backend| backend.fill_polygon(points, &style(ink, 1, true)).is_ok());
    }

    /// A transparent place that catches the pointer for the mark it is in.
    pub(super) fn area(&mut self, from: (i32, i32), to: (i32, i32)) {
        let (w, h) = (to.0 - from.0, to.1 - from.1);
        let _ = write!(
            self.body,
            "<rect class=\"hit\" x=\"{}\" y=\"{}\" width=\"{w}\" height=\"{h}\" fill-opacity=\"0\"/>",
            from.0, from.1
        );
    }

    /// Text on its base line in the text colour; `class` is one of the `t-` classes and may name an ink (`f-soft`).
    pub(super) fn text(&mut self, x: i32, y: i32, text: &str, class: &str, anchor: Anchor) {
        if text.is_empty() {
            return;
        }
        let ink = match class {
            class if class.contains("f-") => "",
            class if class.contains("t-small") => " f-soft",
            _ => " f-text",
        };
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let _ = write!(self.body, "<text class=\"{class}{ink}\" x=\"{x}\" y=\"{y}\"{anchor}>{}</text>", escape(text));
    }

    /// Lines of text below each other; returns the base line after the last.
    pub(super) fn lines(&mut self, x: i32, y: i32, lines: &[String], leading: i32, class: &str) -> i32 {
        lines.iter().fold(y, |y, line| {
            self.text(x, y, line, class, Anchor::Start);
            y + leading
        })
    }

    /// Legend entries from left to right, wrapping: word, the width of its sample, the sample. Returns the bottom.
    pub(super) fn legend(&mut self, top: i32, entries: &[(&str, i32, Sample)]) -> i32 {
        let (from, to) = (self.inset, self.width - self.inset);
        let (mut x, mut y) = (from, top + 10);
        for (word, box_width, sample) in entries.iter().filter(|(word, ..)| !word.is_empty()) {
            let before = box_width + 6;
            let wide = before + text_width(word, 12);
            if x > from && x + wide > to {
                (x, y) = (from, y + 20);
            }
            sample(self, x, y);
            let lines = wrap(word, 12, to - x - before);
            self.lines(x + before, y + 4, &lines, 17, "t-small");
            y += 17 * (lines.len() as i32 - 1).max(0);
            x += wide + 18;
        }
        y + 14
    }

    fn shape(&mut self, draw: impl FnOnce(&mut SVGBackend) -> bool) {
        let mut text = String::new();
        {
            let mut backend = SVGBackend::with_string(&mut text, (1, 1));
            // Writing to a string cannot fail; a shape that did would be left out.
            let _ = draw(&mut backend) && backend.present().is_ok();
        }
        let from = text.find(">\n").map_or(0, |at| at + 2);
        let to = text.rfind("</svg>").unwrap_or(text.len());
        if let Some(drawn) = text.get(from..to) {
            self.body.push_str(&inks_to_classes(drawn));
        }
    }
}

fn style(ink: Ink, stroke_width: u32, filled: bool) -> ShapeStyle {
    ShapeStyle { color: RGBColor(1, 2, ink as u8).into(), filled, stroke_width }
}

fn inks_to_classes(drawn: &str) -> String {
    let mut text = drawn.trim_end().replace(" opacity=\"1\"", "").replace(" stroke=\"none\"", "").replace(" \"", "\"");
    for ink in Ink::ALL {
        let colour = format!("#0102{:02X}", ink as u8);
        if text.contains(&colour) {
            text = text.replace(&format!("fill=\"{colour}\""), &format!("class=\"f-{}\"", ink.class()));
            text = text.replace(&format!("stroke=\"{colour}\""), &format!("class=\"s-{}\"", ink.class()));
        }
    }
    text
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
