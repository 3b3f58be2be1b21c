//! Charts against their rows, mark by mark: each value has its mark in the right place and its words beside it, and what
//! has no value has no mark. Places are compared as differences, so that no scale need be known.

use super::picture::{Mark, Shape, pictures, solid};
use crate::api::{get_well, served_by};
use crate::support::{copy_project, published_sample, scratch};
use jindu::charts::Light;
use jindu::dashboards::{Format, Kind, Name, Panel};
use jindu::server::router;
use jindu::text::{self, Lang, say};
use serde_json::Value as Json;

/// A panel's rows in a reader's language.
struct Told<'a> {
    place: &'a str,
    panel: &'a Panel,
    lang: Lang,
    rows: &'a [Json],
}

/// Compares every chart in a text, a page's section or a file, with the rows of its panel. Returns how many there were.
pub fn compare_charts(place: &str, text: &str, panel: &Panel, lang: Lang, rows: &[Json]) -> usize {
    let told = Told { place, panel, lang, rows };
    let pictures = pictures(text);
    for picture in &pictures {
        match panel.chart.get_ref() {
            Kind::Bullet => told.compare_bullet(picture),
            Kind::Line => told.compare_lines(picture),
            Kind::Bars => told.compare_bars(picture),
            Kind::Dots => told.compare_dots(picture),
            Kind::Shares => told.compare_shares(picture),
            Kind::Heat => told.compare_heat(picture),
            Kind::Tiles => told.compare_tiles(picture),
            Kind::Map => told.compare_map(picture),
            Kind::Funnel => told.compare_funnel(picture),
            other => panic!("{place}: nobody compares a chart of kind {other:?} with its rows"),
        }
    }
    pictures.len()
}

/// A value and where it is drawn.
type Placed = (f64, f64);

/// Places go with values: from any to any other as far as their values are apart. `rising` if a larger value has the
/// larger place. A drawn place is a whole pixel, so that the three may be apart by one.
fn assert_in_proportion(what: &str, placed: &[Placed], rising: bool) {
    let by_value = |a: &&Placed, b: &&Placed| a.0.total_cmp(&b.0);
    let (Some(least), Some(most)) = (placed.iter().min_by(by_value), placed.iter().max_by(by_value)) else { return };
    let (values, places) = (most.0 - least.0, most.1 - least.1);
    if values > 0.0 {
        assert!(if rising { places } else { -places } > 15.0, "{what}: no scale from {least:?} to {most:?}");
    }
    for (value, at) in placed {
        let share = if values > 0.0 { (value - least.0) / values } else { 0.0 };
        let due = least.1 + share * places;
        assert!((at - due).abs() <= 1.01, "{what}: {value} stands at {at}, not at {due:.1} ({least:?} to {most:?})");
    }
}

impl Told<'_> {
    fn cell<'a>(&self, row: &'a Json, name: &Option<Name>) -> &'a Json {
        name.as_ref().map_or(&Json::Null, |name| &row[name.in_lang(self.lang)])
    }

    fn number(&self, row: &Json, name: &Option<Name>) -> Option<f64> {
        self.cell(row, name).as_f64()
    }

    fn text(&self, row: &Json, name: &Option<Name>) -> String {
        self.cell(row, name).as_str().unwrap_or_default().to_owned()
    }

    /// A number as a reader should find it.
    fn words(&self, row: &Json, name: &Option<Name>, format: Format) -> String {
        let Json::Number(number) = self.cell(row, name) else { return say(self.lang, "chart.missing", &[]) };
        let exact = number.to_string();
        let (whole, part) = exact.split_once('.').unwrap_or((&exact, ""));
        let part = part.trim_end_matches('0');
        let unscaled: i128 = format!("{whole}{part}").parse().unwrap();
        let scale = part.len() as u8;
        let percent = if self.text(row, &self.panel.roles.unit) == "%" { "%" } else { "" };
        let natural = if part.is_empty() { 0 } else { 2 };
        let plain = |places| text::decimal(unscaled, scale, places);
        percent.chars().fold(
            match format {
                Format::Count => plain(0),
                Format::Decimal1 => plain(1),
                Format::Decimal2 => plain(2),
                Format::Pct => plain(2) + "%",
                Format::Share => text::decimal(unscaled * 100, scale, 2) + "%",
                Format::Points if unscaled > 0 => format!("+{}", plain(2)),
                Format::Points => plain(2),
                _ => plain(natural),
            },
            |words, sign| words + &sign.to_string(),
        )
    }

    fn light(&self, row: &Json) -> Option<Light> {
        Light::parse(&self.text(row, &self.panel.roles.light))
    }

    fn light_word(&self, light: Light) -> String {
        let own = self.panel.roles.light_words.get(light.name());
        own.map_or_else(
            || say(self.lang, &format!("light.{}", light.name()), &[]),
            |own| own.in_lang(self.lang).to_owned(),
        )
    }

    /// The tooltip begins with the row's name, and it holds each of some words as a whole.
    fn assert_says(&self, mark: &Mark, row: &Json, words: &[String]) {
        let (place, title, roles) = (self.place, &mark.title, &self.panel.roles);
        if roles.label_format == Format::Plain && roles.label.is_some() {
            let label = self.text(row, &roles.label);
            assert!(title.starts_with(&label), "{place}: `{title}` does not begin with `{label}`");
        }
        let belongs = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.');
        for word in words {
            let stands = title.match_indices(word.as_str()).any(|(at, _)| {
                let (before, after) = (&title[..at], &title[at + word.len()..]);
                let goes_on = after.starts_with(belongs) && after[1..].starts_with(|c: char| c.is_ascii_digit());
                let begins_earlier = before.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | '\u{2212}'));
                let longer = goes_on || after.starts_with(|c: char| c.is_ascii_digit() && word.ends_with(belongs));
                !longer && !begins_earlier
            });
            assert!(stands, "{place}: `{title}` does not say `{word}`");
        }
    }

    /// The mark shows the row's light, if it has one, and no other.
    fn assert_light(&self, mark: &Mark, row: &Json) {
        let due: Vec<&str> = self.light(row).iter().map(|light| light.name()).collect();
        assert_eq!(mark.lights(), due, "{}: lights of `{}`", self.place, mark.title);
    }

    fn assert_label(&self, mark: &Mark, row: &Json) {
        if self.panel.roles.label_format == Format::Plain {
            let label = solid(&self.text(row, &self.panel.roles.label));
            assert!(mark.label().starts_with(&label), "{}: `{}` is not `{label}`", self.place, mark.label());
        }
    }

    /// One mark a row, in the order of the rows.
    fn pairs<'a>(&'a self, picture: &'a Mark) -> impl Iterator<Item = (&'a Mark, &'a Json)> {
        let marks = picture.titled();
        assert_eq!(marks.len(), self.rows.len(), "{}: marks and rows", self.place);
        marks.into_iter().zip(self.rows)
    }

    fn compare_bullet(&self, picture: &Mark) {
        let (roles, place) = (&self.panel.roles, self.place);
        let mut placed = Vec::new();
        let end = |mark: &Mark| {
            let bands = mark.shapes.iter().filter(|s| matches!(s.class.as_str(), "f-far" | "f-mid" | "f-near"));
            bands.map(Shape::right).fold(0.0, f64::max)
        };
        for (mark, row) in self.pairs(picture) {
            let words = [&roles.actual, &roles.target, &roles.expected].map(|name| self.words(row, name, roles.format));
            self.assert_says(mark, row, &words);
            self.assert_label(mark, row);
            self.assert_light(mark, row);
            let target = self.number(row, &roles.target).filter(|target| *target > 0.0);
            let share = |name| Some(self.number(row, name)? / target?);
            let (bars, targets) = (mark.drawn("rect", "f-actual"), mark.drawn("rect", "f-text"));
            let expected_marks = mark.drawn("rect", "f-expected");
            let what = format!("{place}: `{}`", mark.title);
            assert_eq!(targets.len(), usize::from(target.is_some()), "{what}: target marks");
            placed.extend(targets.iter().map(|shape| (1.0, shape.middle())));
            let expected = share(&roles.expected);
            assert_eq!(expected_marks.len(), usize::from(expected.is_some()), "{what}: expected marks");
            placed.extend(expected.into_iter().zip(&expected_marks).map(|(value, shape)| (value, shape.middle())));
            let actual = share(&roles.actual);
            assert_eq!(bars.len(), usize::from(actual.is_some()), "{what}: bars");
            let arrows = mark.drawn("polygon", "f-actual");
            if let (Some(actual), [bar]) = (actual, &bars[..]) {
                placed.push((0.0, bar.left()));
                // What leaves the scale ends with it, in an arrow.
                match arrows[..] {
                    [] => placed.push((actual, end_of(bar, bar.right()))),
                    [arrow] => assert!(actual > 1.2 && arrow.points[1].0 == end(mark), "{what}: an arrow"),
                    _ => panic!("{what}: arrows"),
                }
            }
            let bounds = roles.bands.iter().filter_map(|name| row[name.in_lang(self.lang)].as_f64());
            let bounds = bounds.filter_map(|bound| Some(expected? + bound / 100.0));
            let bands = ["f-far", "f-mid"].into_iter().flat_map(|class| mark.drawn("rect", class));
            placed.extend(bounds.zip(bands).filter(|(bound, _)| *bound > 0.0).map(|(b, band)| (b, band.right())));
        }
        let percent = |words: &str| words.strip_suffix('%').and_then(|n| n.parse::<f64>().ok());
        let ticks = picture.texts.iter().filter(|text| text.anchor == "middle");
        placed.extend(ticks.filter_map(|text| Some((percent(&text.words)? / 100.0, text.x))));
        assert_in_proportion(place, &placed, true);
    }

    fn compare_bars(&self, picture: &Mark) {
        let (roles, place) = (&self.panel.roles, self.place);
        let mut placed = Vec::new();
        for (mark, row) in self.pairs(picture) {
            self.assert_row(mark, row);
            let what = format!("{place}: `{}`", mark.title);
            let (from, to) = (self.number(row, &roles.actual), self.number(row, &roles.actual_to));
            let [line] = mark.drawn("polyline", "s-soft")[..] else { panic!("{what}: no common line") };
            let zero = line.left();
            placed.push((0.0, zero));
            let (bars, open) = (mark.drawn("rect", "f-actual"), mark.drawn("polyline", "s-actual"));
            assert_eq!(bars.len(), usize::from(from.is_some()), "{what}: bars");
            if let (Some(value), [bar]) = (from, &bars[..]) {
                let (near, far) = if value < 0.0 { (bar.right(), bar.left()) } else { (bar.left(), bar.right()) };
                assert_eq!(near, zero, "{what}: a bar begins at the line");
                placed.push((value, end_of(bar, far)));
            }
            let is_open = from.zip(to).is_some_and(|(from, to)| to > from);
            assert_eq!(open.len(), 2 * usize::from(is_open), "{what}: an open end");
            if let (true, [line, stop]) = (is_open, &open[..]) {
                placed.extend([(from.unwrap(), line.left()), (to.unwrap(), line.right()), (to.unwrap(), stop.left())]);
            }
        }
        assert_in_proportion(place, &placed, true);
    }

    /// What bars and dots say of a row beside the drawing.
    fn assert_row(&self, mark: &Mark, row: &Json) {
        let roles = &self.panel.roles;
        let mut words = self.words(row, &roles.actual, roles.format);
        let (from, to) = (self.cell(row, &roles.actual), self.cell(row, &roles.actual_to));
        if !to.is_null() && to.as_f64() != from.as_f64() {
            words = format!("{words}\u{2013}{}", self.words(row, &roles.actual_to, roles.format));
        }
        self.assert_says(mark, row, std::slice::from_ref(&words));
        self.assert_label(mark, row);
        self.assert_light(mark, row);
        let beside = mark.texts.iter().filter(|text| text.class.contains("t-value"));
        assert!(beside.map(|text| &text.words).any(|text| text.starts_with(&words)), "{}: {words}", self.place);
    }

    fn compare_dots(&self, picture: &Mark) {
        let (roles, place) = (&self.panel.roles, self.place);
        let mut placed = Vec::new();
        for (mark, row) in self.pairs(picture) {
            self.assert_row(mark, row);
            let (from, to) = (self.number(row, &roles.actual), self.number(row, &roles.actual_to));
            let mut values: Vec<f64> = from.into_iter().chain(from.and(to)).collect();
            values.dedup();
            let dots: Vec<f64> = mark.drawn("circle", "f-actual").iter().map(|dot| dot.left()).collect();
            assert_eq!(dots.len(), values.len(), "{place}: dots of `{}`", mark.title);
            let lines = mark.drawn("polyline", "s-actual");
            assert_eq!(lines.len(), usize::from(dots.len() == 2), "{place}: lines of `{}`", mark.title);
            assert!(lines.iter().all(|line| [line.left(), line.right()] == dots[..]), "{place}: `{}`", mark.title);
            placed.extend(values.into_iter().zip(dots));
        }
        let ticks = picture.texts.iter().filter(|text| text.anchor == "middle");
        placed.extend(ticks.map(|tick| (tick.words.parse().unwrap(), tick.x)));
        assert_in_proportion(place, &placed, true);
    }

    fn compare_lines(&self, picture: &Mark) {
        let facet = |row: &Json| self.text(row, &self.panel.roles.facet);
        let plots: Vec<&[Json]> = self.rows.chunk_by(|a, b| facet(a) == facet(b)).collect();
        assert_eq!(picture.marks.len(), plots.len(), "{}: plots", self.place);
        for (plot, rows) in picture.marks.iter().zip(plots) {
            if self.panel.roles.facet.is_some() {
                let head = plot.marks.first().map(Mark::label).unwrap_or_default();
                assert_eq!(head, solid(&facet(&rows[0])), "{}: a plot's head", self.place);
            }
            self.assert_light(plot, &rows[0]);
            self.compare_plot(plot, rows);
        }
    }

    fn compare_plot(&self, plot: &Mark, rows: &[Json]) {
        let (roles, what) = (&self.panel.roles, format!("{} {}", self.place, plot.marks[0].label()));
        let points = plot.titled();
        assert_eq!(points.len(), rows.len(), "{what}: points and rows");
        // Months stand at equal steps; a point's own place is known from its dot.
        let edges: Vec<f64> = points.iter().map(|point| point.drawn("rect", "hit")[0].right()).collect();
        let steps: Vec<Placed> = edges.iter().enumerate().map(|(i, edge)| (i as f64, *edge)).collect();
        assert_in_proportion(&format!("{what}: months"), &steps, true);
        let mut placed = Vec::new();
        let mut half = None;
        for ((point, row), edge) in points.iter().zip(rows).zip(&edges) {
            let day = self.text(row, &roles.month).get(..7).map(|month| format!("{month}-01").parse().unwrap());
            let month = day.map(|day| text::month(self.lang, day)).unwrap_or_default();
            let mut words =
                vec![self.words(row, &roles.actual, roles.format), self.words(row, &roles.expected, roles.format)];
            let forecast = |name| self.number(row, name).map(|_| self.words(row, name, roles.format));
            if self.number(row, &roles.actual).is_none() {
                words.extend(
                    forecast(&roles.lower).into_iter().chain(forecast(&roles.lower).and(forecast(&roles.upper))),
                );
            }
            self.assert_says(point, row, &words);
            assert!(point.title.contains(&month), "{what}: `{}` is not of {month}", point.title);
            let (actual, dots) = (self.number(row, &roles.actual), point.drawn("circle", "f-actual"));
            assert_eq!(dots.len(), usize::from(actual.is_some()), "{what}: dots of `{}`", point.title);
            if let (Some(actual), [dot]) = (actual, &dots[..]) {
                placed.push((actual, dot.points[0].1));
                let own = *half.get_or_insert(edge - dot.left());
                assert!((edge - dot.left() - own).abs() <= 1.0, "{what}: `{}` is not at its month", point.title);
            }
        }
        let x_of = |i: usize| half.map(|half| edges[i] - half);
        let mut compare_run = |run: &[(usize, f64)], vertices: &[(f64, f64)]| {
            assert_eq!(vertices.len(), run.len(), "{what}: a line's points");
            for ((i, value), (x, y)) in run.iter().zip(vertices) {
                assert!(x_of(*i).is_none_or(|due| (x - due).abs() <= 1.0), "{what}: a line's point {i} is at {x}");
                placed.push((*value, *y));
            }
        };
        let runs = |name: &Option<Name>| known_runs(rows.iter().map(|row| self.number(row, name)));
        let thick = |class: &str| {
            plot.drawn("polyline", class).into_iter().filter(|line| line.stroke == "2" && line.points.len() > 1)
        };
        // A gap in the rows is a gap in the line: as many lines as there are stretches of neighbours.
        let lines: Vec<&Shape> = thick("s-actual").collect();
        let stretches: Vec<_> = runs(&roles.actual).into_iter().filter(|run| run.len() > 1).collect();
        assert_eq!(lines.len(), stretches.len(), "{what}: lines and stretches of values");
        stretches.iter().zip(lines).for_each(|(run, line)| compare_run(run, &line.points));
        let (lines, stretches): (Vec<&Shape>, _) = (thick("s-expected").collect(), runs(&roles.expected));
        assert_eq!(lines.len(), stretches.len(), "{what}: expected lines and stretches");
        for (run, line) in stretches.iter().zip(lines) {
            match run[..] {
                [(i, value)] => {
                    let (from, to) = (line.points[0], line.points[1]);
                    let y = from.1;
                    assert!(from.1 == to.1 && x_of(i).is_none_or(|x| from.0 < x && x < to.0), "{what}: a short line");
                    compare_run(&[(i, value)], &[(x_of(i).unwrap_or(0.0), y)]);
                }
                _ => compare_run(run, &line.points),
            }
        }
        let ends = |row: &Json| self.number(row, &roles.lower).zip(self.number(row, &roles.upper));
        let both = |end: fn((f64, f64)) -> f64| known_runs(rows.iter().map(|row| ends(row).map(end)));
        let bands: Vec<&Shape> = plot.drawn("polygon", "f-mid");
        let (lower, upper) = (both(|ends| ends.0), both(|ends| ends.1));
        assert_eq!(bands.len(), lower.len(), "{what}: forecasts");
        for ((lower, upper), band) in lower.iter().zip(&upper).zip(bands) {
            let around: Vec<(usize, f64)> = upper.iter().chain(lower.iter().rev()).copied().collect();
            compare_run(&around, &band.points);
        }
        let tick = |words: &str| words.replace(',', "").replace('\u{2212}', "-").parse::<f64>().ok();
        let ticks = plot.texts.iter().filter(|text| text.anchor == "end");
        placed.extend(ticks.filter_map(|text| Some((tick(&text.words)?, text.y - 4.0))));
        assert_in_proportion(&what, &placed, false);
    }

    fn compare_shares(&self, picture: &Mark) {
        let (roles, place) = (&self.panel.roles, self.place);
        let counted =
            |row: &&Json| self.light(row).is_some() && self.number(row, &roles.count).is_some_and(|n| n >= 1.0);
        let rows: Vec<&Json> = self.rows.iter().filter(counted).collect();
        let label = |row: &Json| self.text(row, &roles.label);
        let wholes: Vec<&[&Json]> = rows.chunk_by(|a, b| label(a) == label(b)).collect();
        assert_eq!(picture.marks.len(), wholes.len(), "{place}: bars");
        for (bar, parts) in picture.marks.iter().zip(wholes) {
            self.assert_label(bar, parts[0]);
            assert_eq!(bar.marks.len(), parts.len(), "{place}: parts of `{}`", bar.label());
            let mut parts = parts.to_vec();
            parts.sort_by_key(|row| self.light(row).map_or(9, Light::order));
            let (mut before, mut placed) = (0.0, Vec::new());
            for (mark, row) in bar.marks.iter().zip(parts) {
                let (light, n) = (self.light(row).unwrap(), self.number(row, &roles.count).unwrap());
                let words = self.words(row, &roles.count, Format::Count);
                self.assert_says(mark, row, &[self.light_word(light), words.clone()]);
                assert!(mark.title.ends_with(&words), "{place}: `{}` is not of {words}", mark.title);
                let area = &mark.shapes[0];
                let is_hollow = area.class == "f-ground";
                let class = if is_hollow { mark.shapes[1].class.replace("s-", "f-") } else { area.class.clone() };
                assert_eq!(class, format!("f-{}", light.name()), "{place}: colour of `{}`", mark.title);
                assert!(mark.lights().iter().all(|shown| *shown == light.name()), "{place}: `{}`", mark.title);
                assert!(mark.texts.iter().all(|text| text.words == n.to_string()), "{place}: `{}`", mark.title);
                placed.push((before, area.left()));
                before += n;
                // A pixel parts it from the next one, unless it would be gone.
                if area.right() - area.left() > 1.0 {
                    placed.push((before, area.right() + 1.0));
                }
            }
            assert_in_proportion(&format!("{place} {}", bar.label()), &placed, true);
        }
    }

    /// A mark of a place: its light as colour and sign, its gap where a figure is shown.
    fn assert_place(&self, mark: &Mark, row: &Json) {
        let (roles, what) = (&self.panel.roles, format!("{}: `{}`", self.place, mark.title));
        let light = self.light(row);
        let words = light.map(|light| self.light_word(light));
        let size = self.number(row, &roles.gap).filter(|gap| *gap != 0.0);
        let size = size.map(|_| self.words(row, &roles.gap, Format::Decimal2).replace('\u{2212}', ""));
        self.assert_says(mark, row, &words.into_iter().chain(size).collect::<Vec<_>>());
        self.assert_light(mark, row);
        assert!(self.has_ground(mark, row), "{what}: colour");
        let figures = mark.texts.iter().filter(|text| text.words.starts_with(['+', '\u{2212}', '0']));
        let gap = self.words(row, &roles.gap, Format::Points);
        assert!(figures.map(|text| &text.words).all(|figure| *figure == gap), "{what}: figure");
    }

    fn has_ground(&self, mark: &Mark, row: &Json) -> bool {
        let class = match self.light(row) {
            None => "f-ground".to_owned(),
            Some(Light::NotReported | Light::NoTask) => "f-near".to_owned(),
            Some(light) => format!("f-{}", light.name()),
        };
        let areas = mark.shapes.iter().filter(|shape| matches!(shape.name.as_str(), "rect" | "path"));
        areas.into_iter().any(|shape| shape.class.split(' ').any(|name| name == class))
    }

    fn compare_heat(&self, picture: &Mark) {
        let roles = &self.panel.roles;
        let mut cells: Vec<&Mark> = picture.titled();
        assert_eq!(cells.len(), self.rows.len(), "{}: cells and rows", self.place);
        let (mut tops, mut lefts) = (std::collections::BTreeMap::new(), std::collections::BTreeMap::new());
        for row in self.rows {
            let (label, head) = (self.text(row, &roles.label), self.text(row, &roles.column));
            let begins = format!("{label} \u{b7} {head}");
            let at = cells.iter().position(|cell| cell.title.starts_with(&begins));
            let cell = cells.remove(at.unwrap_or_else(|| panic!("{}: no cell `{begins}`", self.place)));
            self.assert_place(cell, row);
            // All of a task stand in its column.
            let (left, top) = cell.shapes[0].points[0];
            assert_eq!(*lefts.entry(head).or_insert(left), left, "{}: `{begins}`", self.place);
            tops.entry(label).or_insert_with(Vec::new).push(top);
        }
        assert!(tops.values().all(|tops| tops.len() <= lefts.len()), "{}: more cells than columns", self.place);
    }

    fn compare_tiles(&self, picture: &Mark) {
        let roles = &self.panel.roles;
        let is_placed =
            |row: &&Json| self.number(row, &roles.column).is_some() && self.number(row, &roles.row).is_some();
        let rows: Vec<&Json> = self.rows.iter().filter(is_placed).collect();
        let tiles = picture.titled();
        assert_eq!(tiles.len(), rows.len(), "{}: tiles and rows", self.place);
        let (mut across, mut down) = (Vec::new(), Vec::new());
        for (tile, row) in tiles.into_iter().zip(rows) {
            self.assert_place(tile, row);
            let (left, top) = tile.shapes[0].points[0];
            across.push((self.number(row, &roles.column).unwrap(), left));
            down.push((self.number(row, &roles.row).unwrap(), top));
        }
        assert_in_proportion(&format!("{} columns", self.place), &across, true);
        assert_in_proportion(&format!("{} rows", self.place), &down, true);
    }

    /// Every place has one sign, reached once by the keyboard, and its border, where it has one, in its light's colour.
    fn compare_map(&self, picture: &Mark) {
        let (roles, place) = (&self.panel.roles, self.place);
        let (borders, signs): (Vec<&Mark>, Vec<&Mark>) =
            picture.titled().into_iter().partition(|mark| mark.shapes.iter().any(|shape| shape.name == "path"));
        let bordered = self.rows.iter().filter(|row| !self.text(row, &roles.outline).is_empty());
        assert_eq!(borders.len(), bordered.count(), "{place}: borders");
        assert!(borders.iter().all(|border| !border.is_link), "{place}: a border is a second stop of the keyboard");
        assert_eq!(signs.len(), self.rows.len(), "{place}: signs and rows");
        for (sign, row) in signs.into_iter().zip(self.rows) {
            let (label, words) = (self.text(row, &roles.label), self.light(row).map(|light| self.light_word(light)));
            self.assert_says(sign, row, &words.into_iter().collect::<Vec<_>>());
            self.assert_light(sign, row);
            assert!(sign.texts.iter().all(|text| solid(&text.words) == solid(&label)), "{place}: `{}`", sign.title);
            if !self.text(row, &roles.outline).is_empty() {
                let mut own = borders.iter().filter(|border| border.title == sign.title);
                assert!(own.any(|border| self.has_ground(border, row)), "{place}: border of `{label}`");
            }
        }
    }

    fn compare_funnel(&self, picture: &Mark) {
        let (roles, place) = (&self.panel.roles, self.place);
        let mut placed = Vec::new();
        for (mark, row) in self.pairs(picture) {
            let words = self.words(row, &roles.count, Format::Count).trim_end_matches('%').to_owned();
            self.assert_says(mark, row, &[words]);
            self.assert_label(mark, row);
            let (count, whole) = (self.number(row, &roles.count), self.number(row, &roles.target));
            let (bars, wholes) = (mark.drawn("rect", "f-actual"), mark.drawn("rect", "f-far"));
            assert_eq!(bars.len(), usize::from(count.is_some()), "{place}: bars of `{}`", mark.title);
            assert_eq!(wholes.len(), usize::from(count.and(whole).is_some()), "{place}: wholes of `{}`", mark.title);
            placed.extend(bars.iter().chain(&wholes).map(|bar| (0.0, bar.left())));
            placed.extend(count.into_iter().zip(bars).map(|(n, bar)| (n, end_of(bar, bar.right()))));
            placed.extend(whole.into_iter().zip(wholes).map(|(n, bar)| (n, bar.right())));
        }
        assert_in_proportion(place, &placed, true);
    }
}

/// Where a bar ends. The least bar is a pixel wide, so that it is seen: it stands for anything within that pixel.
fn end_of(bar: &Shape, end: f64) -> f64 {
    if bar.right() - bar.left() > 1.0 { end } else { bar.middle() }
}

/// Stretches of neighbouring known values, with their places.
fn known_runs(values: impl Iterator<Item = Option<f64>>) -> Vec<Vec<(usize, f64)>> {
    let values: Vec<(usize, Option<f64>)> = values.enumerate().collect();
    let runs = values.chunk_by(|a, b| a.1.is_some() == b.1.is_some());
    let known = runs.map(|run| run.iter().filter_map(|(i, value)| Some((*i, (*value)?))).collect::<Vec<_>>());
    known.filter(|run| !run.is_empty()).collect()
}

/// A page of every kind of chart whose rows are what the sample has not: gaps, zeros, values below zero and beyond the
/// scale, open ends, lone points, a forecast with one end.
#[tokio::test]
async fn odd_rows_have_the_marks_that_they_should() {
    let dir = scratch();
    copy_project(dir.path());
    let page = include_str!("odd_rows.toml");
    std::fs::write(dir.path().join("dashboards/odd_rows.toml"), page).unwrap();
    let served = served_by(dir.path(), published_sample());
    let pages = served.dashboards().pages.clone();
    let page = pages.iter().find(|page| page.name == "odd_rows").unwrap();
    let routes = router(served);
    let mut kinds = std::collections::BTreeSet::new();
    for panel in &page.panels {
        let place = format!("/panels/odd_rows/{}", panel.id.get_ref());
        let json: Json = serde_json::from_str(&get_well(&routes, &format!("{place}.json?lang=en")).await).unwrap();
        let rows = json["rows"].as_array().unwrap();
        let svg = get_well(&routes, &format!("{place}.svg?lang=en")).await;
        let html = get_well(&routes, &format!("{place}.html?lang=en")).await;
        assert_eq!(compare_charts(&place, &svg, panel, Lang::En, rows), 1);
        assert!(compare_charts(&place, &html, panel, Lang::En, rows) > 0, "{place}: no chart in its frame");
        kinds.insert(format!("{:?}", panel.chart.get_ref()));
    }
    for page in pages.iter() {
        for panel in page.panels.iter().filter(|panel| panel.chart.get_ref().is_chart()) {
            let kind = format!("{:?}", panel.chart.get_ref());
            assert!(kinds.contains(&kind), "no odd rows for a chart of kind {kind}");
        }
    }
}
