//! The lights: every state has its own shape as well as its own colour, so that neither colour nor print is needed
//! to tell them apart. Pure.

use super::measure::text_width;
use super::palette::Ink;
use super::sheet::{Anchor, Sheet};

/// The state of a region's indicator, as `measures.progress.light` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Light {
    Done,
    Green,
    Watch,
    Yellow,
    Red,
    NotReported,
    NoTask,
    InDoubt,
}

impl Light {
    /// From best to worst; the states without a judgement last.
    pub const ALL: [Light; 8] = [
        Light::Done,
        Light::Green,
        Light::Watch,
        Light::Yellow,
        Light::Red,
        Light::NotReported,
        Light::InDoubt,
        Light::NoTask,
    ];

    /// Its place in [`Light::ALL`].
    pub fn order(self) -> usize {
        Light::ALL.iter().position(|light| *light == self).unwrap_or(Light::ALL.len())
    }

    pub fn parse(name: &str) -> Option<Light> {
        Light::ALL.into_iter().find(|light| light.name() == name)
    }

    /// The name in SQL, in classes and in addresses.
    pub fn name(self) -> &'static str {
        self.ink().class()
    }

    pub fn ink(self) -> Ink {
        match self {
            Light::Done => Ink::Done,
            Light::Green => Ink::Green,
            Light::Watch => Ink::Watch,
            Light::Yellow => Ink::Yellow,
            Light::Red => Ink::Red,
            Light::NotReported => Ink::NotReported,
            Light::NoTask => Ink::NoTask,
            Light::InDoubt => Ink::InDoubt,
        }
    }
}

/// How an area of a light's colour is filled, and in which ink its mark and its words stand on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Filling {
    light: Option<Light>,
    pub(super) ground: Ink,
    pub(super) edge: Option<Ink>,
    pub(super) text: Ink,
}

impl Filling {
    /// States without a judgement are pale: they weigh less on the eye than a light does.
    pub(super) fn of(light: Option<Light>) -> Filling {
        let (ground, edge, text) = match light {
            None => (Ink::Ground, Some(Ink::Grid), Ink::Text),
            Some(Light::NotReported) => (Ink::BandNear, Some(Ink::NotReported), Ink::Soft),
            Some(Light::NoTask) => (Ink::BandNear, None, Ink::Soft),
            Some(light) => (light.ink(), None, Ink::Ground),
        };
        Filling { light, ground, edge, text }
    }

    pub(super) fn draw(self, sheet: &mut Sheet, from: (i32, i32), to: (i32, i32)) {
        match self.edge {
            Some(edge) => {
                sheet.rect(from, to, edge);
                sheet.rect((from.0 + 1, from.1 + 1), (to.0 - 1, to.1 - 1), self.ground);
            }
            None => sheet.rect(from, to, self.ground),
        }
    }

    /// The light's mark around a centre, in the ink of the ground where the area is of the light's own colour.
    pub(super) fn draw_mark(self, sheet: &mut Sheet, centre: (i32, i32), size: i32) {
        let Some(light) = self.light else { return };
        place(sheet, Mark { light, is_reversed: self.text == Ink::Ground }, centre, size);
    }
}

/// A light's mark as a symbol: in its own colour, or in the ground's on its own colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    light: Light,
    is_reversed: bool,
}

impl Mark {
    fn id(self) -> String {
        format!("{}-{}", if self.is_reversed { "o" } else { "g" }, self.light.name())
    }

    /// The mark as an SVG symbol, `#g-red` and so on; a page defines each once, a chart of its own those that it uses.
    pub(super) fn symbol(self) -> String {
        let (ink, ground) = match self.is_reversed {
            true => (Ink::Ground, self.light.ink()),
            false => (self.light.ink(), Ink::Ground),
        };
        let shape = shape(self.light, ink.class(), ground.class());
        format!("<symbol id=\"{}\" viewBox=\"0 0 14 14\">{shape}</symbol>", self.id())
    }
}

/// Draws a light's mark around a centre, about 14 pixels wide.
pub(super) fn draw(sheet: &mut Sheet, light: Light, x: i32, y: i32) {
    place(sheet, Mark { light, is_reversed: false }, (x, y), 14);
}

/// The same of another size, for a map where many stand close.
pub(super) fn draw_sized(sheet: &mut Sheet, light: Light, centre: (i32, i32), size: i32) {
    place(sheet, Mark { light, is_reversed: false }, centre, size);
}

fn place(sheet: &mut Sheet, mark: Mark, centre: (i32, i32), size: i32) {
    let (x, y, id) = (centre.0 - size / 2, centre.1 - size / 2, mark.id());
    sheet.raw(&format!("<use href=\"#{id}\" x=\"{x}\" y=\"{y}\" width=\"{size}\" height=\"{size}\"/>"));
    sheet.need_symbol(mark);
}

/// The lights that occur, each as its mark and its word. Returns the bottom.
pub(super) fn draw_legend(sheet: &mut Sheet, words: &[(Light, String)], top: i32) -> i32 {
    let inset = sheet.inset();
    let (mut x, mut y) = (inset, top + 10);
    for (light, word) in words {
        let wide = 20 + text_width(word, 12);
        if x > inset && x + wide > sheet.width() - inset {
            (x, y) = (inset, y + 20);
        }
        draw(sheet, *light, x + 7, y);
        sheet.text(x + 20, y + 4, word, "t-small", Anchor::Start);
        x += wide + 16;
    }
    if words.is_empty() { top } else { y + 16 }
}

fn shape(light: Light, ink: &str, ground: &str) -> String {
    match light {
        Light::Done => format!(
            "<circle class=\"f-{ink}\" cx=\"7\" cy=\"7\" r=\"6.5\"/>\
             <path class=\"s-{ground}\" d=\"M3.8 7.3 6.1 9.6 10.3 4.8\" fill=\"none\" stroke-width=\"1.8\"/>"
        ),
        Light::Green => format!("<circle class=\"f-{ink}\" cx=\"7\" cy=\"7\" r=\"6\"/>"),
        Light::Watch => format!(
            "<circle class=\"s-{ink}\" cx=\"7\" cy=\"7\" r=\"5.3\" fill=\"none\" stroke-width=\"1.6\"/>\
             <path class=\"f-{ink}\" d=\"M7 1.7a5.3 5.3 0 0 0 0 10.6z\"/>"
        ),
        Light::Yellow => format!("<path class=\"f-{ink}\" d=\"M7 .9 13.6 12.9H.4z\"/>"),
        Light::Red => format!("<path class=\"f-{ink}\" d=\"M1 1h12v12H1z\"/>"),
        Light::NotReported => format!(
            "<circle class=\"s-{ink}\" cx=\"7\" cy=\"7\" r=\"5.4\" fill=\"none\" stroke-width=\"1.6\" stroke-dasharray=\"2.6 2.4\"/>"
        ),
        Light::NoTask => format!("<path class=\"s-{ink}\" d=\"M2 7h10\" fill=\"none\" stroke-width=\"1.8\"/>"),
        Light::InDoubt => format!(
            "<path class=\"s-{ink}\" d=\"M7 1.2 12.8 7 7 12.8 1.2 7z\" fill=\"none\" stroke-width=\"1.6\"/>\
             <circle class=\"f-{ink}\" cx=\"7\" cy=\"7\" r=\"1.5\"/>"
        ),
    }
}

/// All marks, for a page to define once before its first chart.
pub fn symbols() -> String {
    let each = |is_reversed| Light::ALL.into_iter().map(move |light| Mark { light, is_reversed }.symbol());
    let all: String = each(false).chain(each(true)).collect();
    format!("<svg class=\"symbols\" width=\"0\" height=\"0\" aria-hidden=\"true\" focusable=\"false\">{all}</svg>")
}
