//! A chart's SVG read back: marks with their tooltips, shapes and texts.

/// A mark (`<g>` or `<a>`), or the whole picture: what it says, what is drawn in it, and the marks within.
#[derive(Default, Debug)]
pub struct Mark {
    pub title: String,
    /// Reached by the keyboard.
    pub is_link: bool,
    pub shapes: Vec<Shape>,
    pub texts: Vec<Text>,
    pub marks: Vec<Mark>,
}

#[derive(Debug)]
pub struct Shape {
    pub name: String,
    pub class: String,
    /// Of a light's mark: `g-red` in its own colour, `o-red` on it.
    pub symbol: String,
    pub stroke: String,
    /// A rectangle's two corners, a circle's centre, a line's or polygon's points.
    pub points: Vec<(f64, f64)>,
}

#[derive(Debug)]
pub struct Text {
    pub words: String,
    pub class: String,
    pub anchor: String,
    pub x: f64,
    pub y: f64,
}

impl Shape {
    pub fn left(&self) -> f64 {
        self.points[0].0
    }

    pub fn right(&self) -> f64 {
        self.points[1].0
    }

    pub fn middle(&self) -> f64 {
        (self.left() + self.right()) / 2.0
    }
}

impl Mark {
    /// The shapes of one kind and class.
    pub fn drawn(&self, name: &str, class: &str) -> Vec<&Shape> {
        self.shapes.iter().filter(|shape| shape.name == name && shape.class == class).collect()
    }

    /// Marks with a tooltip, however deep.
    pub fn titled(&self) -> Vec<&Mark> {
        let inner = self.marks.iter().flat_map(|mark| {
            let own = (!mark.title.is_empty()).then_some(mark);
            own.into_iter().chain(mark.titled())
        });
        inner.collect()
    }

    /// Its label as one text, however it was broken into lines.
    pub fn label(&self) -> String {
        let lines = self.texts.iter().filter(|text| text.class.contains("t-label"));
        solid(&lines.map(|text| text.words.as_str()).collect::<String>())
    }

    /// The lights that are marked in it.
    pub fn lights(&self) -> Vec<&str> {
        let symbols = self.shapes.iter().filter(|shape| shape.name == "use");
        symbols.map(|shape| shape.symbol.trim_start_matches("g-").trim_start_matches("o-")).collect()
    }
}

/// A text without what only breaks its lines.
pub fn solid(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, ' ' | '\u{ad}' | '-')).collect()
}

/// Every chart of a page's section, or the one of a file.
pub fn pictures(html: &str) -> Vec<Mark> {
    let starts = html.match_indices("<svg ").map(|(at, _)| &html[at..]);
    let charts = starts.filter(|rest| rest.split('>').next().unwrap().contains("class=\"chart\""));
    charts.map(|rest| read(rest.split("</svg>").next().unwrap())).collect()
}

fn read(svg: &str) -> Mark {
    let mut open = vec![Mark::default()];
    let mut hidden = 0;
    for piece in svg.split('<').skip(1) {
        let (tag, words) = piece.split_once('>').unwrap();
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        match (name, tag.starts_with('/')) {
            ("", true) if matches!(&tag[1..], "defs" | "style") => hidden -= 1,
            ("", true) if matches!(&tag[1..], "g" | "a") => {
                let mark = open.pop().unwrap();
                open.last_mut().unwrap().marks.push(mark);
            }
            ("defs" | "style", false) => hidden += 1,
            _ if hidden > 0 => {}
            ("g" | "a", false) => {
                let is_link = name == "a" && attribute(tag, "tabindex").is_empty();
                open.push(Mark { is_link, ..Mark::default() });
            }
            ("title", false) => open.last_mut().unwrap().title = plain(words),
            ("text", false) => open.last_mut().unwrap().texts.push(Text {
                words: plain(words),
                class: attribute(tag, "class"),
                anchor: attribute(tag, "text-anchor"),
                x: number(tag, "x"),
                y: number(tag, "y"),
            }),
            ("rect" | "circle" | "polyline" | "polygon" | "path" | "use", false) => {
                let shape = Shape {
                    name: name.to_owned(),
                    class: attribute(tag, "class"),
                    symbol: attribute(tag, "href").trim_start_matches('#').to_owned(),
                    stroke: attribute(tag, "stroke-width"),
                    points: points(name, tag),
                };
                open.last_mut().unwrap().shapes.push(shape);
            }
            _ => {}
        }
    }
    assert_eq!(open.len(), 1, "marks that are not closed");
    open.pop().unwrap()
}

fn points(name: &str, tag: &str) -> Vec<(f64, f64)> {
    match name {
        "rect" => {
            let (x, y) = (number(tag, "x"), number(tag, "y"));
            vec![(x, y), (x + number(tag, "width"), y + number(tag, "height"))]
        }
        "circle" => vec![(number(tag, "cx"), number(tag, "cy"))],
        "polyline" | "polygon" => {
            let pairs = attribute(tag, "points");
            let each = pairs.split_whitespace().map(|pair| pair.split_once(',').unwrap());
            each.map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).collect()
        }
        _ => Vec::new(),
    }
}

fn attribute(tag: &str, name: &str) -> String {
    let rest = tag.split(&format!(" {name}=\"")).nth(1);
    rest.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

fn number(tag: &str, name: &str) -> f64 {
    attribute(tag, name).parse().unwrap_or(0.0)
}

fn plain(words: &str) -> String {
    words.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
