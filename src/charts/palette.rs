//! Every colour of charts and pages, in a light and a dark theme, chosen to stay apart for colour-blind readers and
//! to reach 4.5:1 for text and 3:1 for marks on the ground (a test computes it). Pure.

use super::sheet::FONT;
use std::fmt::Write;

/// A colour by its meaning. Charts name inks, never colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Ink {
    Ground,
    Text,
    Soft,
    Grid,
    Actual,
    Expected,
    BandNear,
    BandMid,
    BandFar,
    Done,
    Green,
    Watch,
    Yellow,
    Red,
    NotReported,
    NoTask,
    InDoubt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

/// ink, class name, light theme, dark theme
const INKS: [(Ink, &str, &str, &str); 17] = [
    (Ink::Ground, "ground", "#ffffff", "#14191f"),
    (Ink::Text, "text", "#1a2027", "#eceff2"),
    (Ink::Soft, "soft", "#4c5661", "#b3bcc6"),
    (Ink::Grid, "grid", "#dfe3e8", "#303841"),
    (Ink::Actual, "actual", "#1f4e7a", "#8bbdec"),
    (Ink::Expected, "expected", "#96500a", "#f0b35e"),
    (Ink::BandNear, "near", "#eef1f5", "#1f262e"),
    (Ink::BandMid, "mid", "#dde3ea", "#29323c"),
    (Ink::BandFar, "far", "#c8d1db", "#35414e"),
    (Ink::Done, "done", "#0b62b0", "#74b6f7"),
    (Ink::Green, "green", "#00735a", "#45c4a0"),
    (Ink::Watch, "watch", "#776700", "#d8c552"),
    (Ink::Yellow, "yellow", "#ad4f00", "#ffa552"),
    (Ink::Red, "red", "#a3122f", "#ff8590"),
    (Ink::NotReported, "not_reported", "#5b646e", "#aab4be"),
    (Ink::NoTask, "no_task", "#6d7680", "#98a2ad"),
    (Ink::InDoubt, "in_doubt", "#763a9c", "#cba4ee"),
];

impl Ink {
    pub const ALL: [Ink; 17] = {
        let mut all = [Ink::Ground; 17];
        let mut i = 0;
        while i < all.len() {
            all[i] = INKS[i].0;
            i += 1;
        }
        all
    };

    pub fn class(self) -> &'static str {
        INKS[self as usize].1
    }

    pub fn hex(self, theme: Theme) -> &'static str {
        match theme {
            Theme::Light => INKS[self as usize].2,
            Theme::Dark => INKS[self as usize].3,
        }
    }
}

/// The contrast of two `#rrggbb` colours as WCAG 2 defines it, 1 to 21.
pub fn contrast(one: &str, other: &str) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

fn luminance(hex: &str) -> f64 {
    let channel = |at: usize| {
        let value = hex.get(at..at + 2).and_then(|part| u8::from_str_radix(part, 16).ok()).unwrap_or(0);
        let share = f64::from(value) / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

/// The style that a page needs for its charts: the inks as variables, light, dark and (in print) light again.
pub fn page_style() -> String {
    let mut css = format!(":root{{color-scheme:light dark;{}}}", variables(Theme::Light));
    let _ = write!(css, "@media screen and (prefers-color-scheme:dark){{:root{{{}}}}}", variables(Theme::Dark));
    for ink in Ink::ALL {
        let name = ink.class();
        let _ = write!(css, ".f-{name}{{fill:var(--{name})}}.s-{name}{{stroke:var(--{name})}}");
    }
    css + &text_style()
}

/// The same for a chart that is a file of its own: plain colours first, for viewers that know no variables.
pub(super) fn alone_style() -> String {
    let rules = |theme| {
        Ink::ALL.iter().fold(String::new(), |css, ink| {
            let (name, hex) = (ink.class(), ink.hex(theme));
            css + &format!(".f-{name}{{fill:{hex}}}.s-{name}{{stroke:{hex}}}")
        })
    };
    let dark = format!("@media screen and (prefers-color-scheme:dark){{{}}}", rules(Theme::Dark));
    text_style() + &rules(Theme::Light) + &dark
}

fn variables(theme: Theme) -> String {
    Ink::ALL.iter().fold(String::new(), |css, ink| css + &format!("--{}:{};", ink.class(), ink.hex(theme)))
}

fn text_style() -> String {
    format!(
        ".chart text{{font-family:{FONT};font-size:13px;font-variant-numeric:tabular-nums}}\
         .chart .t-title{{font-size:18px;font-weight:600}}.chart .t-label{{font-size:14px;font-weight:600}}\
         .chart .t-small{{font-size:12px}}.chart .s-expected{{stroke-dasharray:5 4}}\
         .chart polyline.s-not_reported{{stroke-dasharray:4 3}}\
         .chart .s-actual{{stroke-linejoin:round;stroke-linecap:round}}"
    )
}
