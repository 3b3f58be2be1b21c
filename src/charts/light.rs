//! The lights: every state has its own shape as well as its own colour, so that neither colour nor print is needed
//! to tell them apart. Pure.

use super::palette::Ink;
use super::sheet::Sheet;

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

/// Draws a light's mark around a centre, about 14 pixels wide.
pub(super) fn draw(sheet: &mut Sheet, light: Light, x: i32, y: i32) {
    sheet.raw(&format!(
        "<use href=\"#g-{}\" x=\"{}\" y=\"{}\" width=\"14\" height=\"14\"/>",
        light.name(),
        x - 7,
        y - 7
    ));
    sheet.need_symbol(light);
}

/// One mark as an SVG symbol, `#g-red` and so on; a page defines each once, a chart of its own those that it uses.
pub(super) fn symbol(light: Light) -> String {
    let name = light.name();
    let shape = match light {
        Light::Done => format!(
            "<circle class=\"f-{name}\" cx=\"7\" cy=\"7\" r=\"6.5\"/>\
             <path class=\"s-ground\" d=\"M3.8 7.3 6.1 9.6 10.3 4.8\" fill=\"none\" stroke-width=\"1.8\"/>"
        ),
        Light::Green => format!("<circle class=\"f-{name}\" cx=\"7\" cy=\"7\" r=\"6\"/>"),
        Light::Watch => format!(
            "<circle class=\"s-{name}\" cx=\"7\" cy=\"7\" r=\"5.3\" fill=\"none\" stroke-width=\"1.6\"/>\
             <path class=\"f-{name}\" d=\"M7 1.7a5.3 5.3 0 0 0 0 10.6z\"/>"
        ),
        Light::Yellow => format!("<path class=\"f-{name}\" d=\"M7 .9 13.6 12.9H.4z\"/>"),
        Light::Red => format!("<path class=\"f-{name}\" d=\"M1 1h12v12H1z\"/>"),
        Light::NotReported => format!(
            "<circle class=\"s-{name}\" cx=\"7\" cy=\"7\" r=\"5.4\" fill=\"none\" stroke-width=\"1.6\" stroke-dasharray=\"2.6 2.4\"/>"
        ),
        Light::NoTask => format!("<path class=\"s-{name}\" d=\"M2 7h10\" fill=\"none\" stroke-width=\"1.8\"/>"),
        Light::InDoubt => format!(
            "<path class=\"s-{name}\" d=\"M7 1.2 12.8 7 7 12.8 1.2 7z\" fill=\"none\" stroke-width=\"1.6\"/>\
             <circle class=\"f-{name}\" cx=\"7\" cy=\"7\" r=\"1.5\"/>"
        ),
    };
    format!("<symbol id=\"g-{name}\" viewBox=\"0 0 14 14\">{shape}</symbol>")
}

/// All marks, for a page to define once before its first chart.
pub fn symbols() -> String {
    let all: String = Light::ALL.into_iter().map(symbol).collect();
    format!("<svg class=\"symbols\" width=\"0\" height=\"0\" aria-hidden=\"true\" focusable=\"false\">{all}</svg>")
}
