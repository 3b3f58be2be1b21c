//! An outline map: each place's border filled with its light's colour, a mark and, where it fits, the name at its own
//! point. A place without a border of its own is a mark alone. Says that it is schematic. Pure.

use super::light::{self, Filling};
use super::measure::text_width;
use super::palette::Ink;
use super::sheet::{Anchor, Sheet};
use super::{Light, Size};
use std::fmt::Write;

#[derive(Clone, Debug, Default)]
pub struct OutlineMap {
    pub places: Vec<OutlinePlace>,
    /// Legend: the lights that occur, with their words, from best to worst.
    pub words: Vec<(Light, String)>,
    /// That borders are no legal ones.
    pub schematic_word: String,
    /// Legend word for a place without a border; empty leaves it out.
    pub borderless_word: String,
}

#[derive(Clone, Debug, Default)]
pub struct OutlinePlace {
    pub label: String,
    pub light: Option<Light>,
    pub tip: String,
    pub href: Option<String>,
    /// Rings of degrees east and north; none for a place without a border.
    pub rings: Vec<Vec<(f64, f64)>>,
    /// Where its mark stands, in degrees.
    pub point: Option<(f64, f64)>,
}

/// left, top, right, bottom
type Box = (i32, i32, i32, i32);

/// A mark's plate, and the smaller one of a phone, where the places are smaller too.
const CHIP: i32 = 18;
const CHIP_NARROW: i32 = 12;

pub(super) fn draw(sheet: &mut Sheet, map: &OutlineMap, top: i32) -> i32 {
    let mut y = light::draw_legend(sheet, &map.words, top);
    if map.places.iter().any(|place| place.rings.is_empty() && place.point.is_some()) {
        y = sheet.legend(y - 2, &[(&map.borderless_word, 18, |s, x, y| draw_frame(s, (x, y - 9, x + 18, y + 9)))]);
    }
    let y = y + 4;
    let Some(globe) = Globe::measure(sheet, map, y) else { return y };
    // What is pale has an edge, which no neighbour may cover.
    let is_pale = |place: &&OutlinePlace| Filling::of(place.light).text != Ink::Ground;
    let places = || map.places.iter().filter(|place| !place.rings.is_empty());
    for place in places().filter(|place| !is_pale(place)).chain(places().filter(is_pale)) {
        let draw = |sheet: &mut Sheet| draw_border(sheet, place, &globe);
        match place.point {
            Some(_) => sheet.second_mark(place.href.as_deref(), &place.tip, draw),
            None => sheet.mark(place.href.as_deref(), &place.tip, draw),
        }
    }
    let chips = set_chips(map, &globe);
    for (place, chip) in map.places.iter().zip(&chips) {
        if let Some(chip) = chip {
            sheet.mark(place.href.as_deref(), &place.tip, |sheet| draw_chip(sheet, place, chip, &globe));
        }
    }
    let word = wrap_end(sheet, &map.schematic_word, globe.bottom + 18);
    word + 6
}

fn wrap_end(sheet: &mut Sheet, words: &str, y: i32) -> i32 {
    let (left, room) = (sheet.inset(), sheet.width() - 2 * sheet.inset());
    sheet.lines(left, y, &super::wrap(words, 12, room), 17, "t-small") - 17
}

/// Degrees to pixels: degrees east are as much shorter than degrees north as they are at the middle of the map.
struct Globe {
    west: f64,
    north: f64,
    east_px: f64,
    north_px: f64,
    left: i32,
    right: i32,
    top: i32,
    bottom: i32,
    chip: i32,
}

impl Globe {
    fn measure(sheet: &Sheet, map: &OutlineMap, top: i32) -> Option<Globe> {
        let points = || map.places.iter().flat_map(|place| place.rings.iter().flatten().chain(&place.point));
        let all = || points().filter(|(x, y)| x.is_finite() && y.is_finite());
        let least = |values: &mut dyn Iterator<Item = f64>| values.reduce(f64::min);
        let most = |values: &mut dyn Iterator<Item = f64>| values.reduce(f64::max);
        let (west, east) = (least(&mut all().map(|p| p.0))?, most(&mut all().map(|p| p.0))?);
        let (south, north) = (least(&mut all().map(|p| p.1))?, most(&mut all().map(|p| p.1))?);
        let narrowing = ((south + north) / 2.0).to_radians().cos().abs().max(0.05);
        let chip = if sheet.width() <= Size::Narrow.width() { CHIP_NARROW } else { CHIP };
        let room = f64::from(sheet.width() - 2 * sheet.inset() - chip);
        let east_px = room / (east - west).max(1e-3);
        let north_px = east_px / narrowing;
        let tall = ((north - south) * north_px).min(3.0 * room);
        let (left, top) = (sheet.inset() + chip / 2, top + chip / 2);
        let (right, bottom) = (left + room as i32, top + tall.round() as i32);
        Some(Globe { west, north, east_px, north_px, left, right, top, bottom, chip })
    }

    fn at(&self, (east, north): (f64, f64)) -> (i32, i32) {
        let x = (east - self.west) * self.east_px;
        let y = (self.north - north) * self.north_px;
        (self.left + x.round() as i32, self.top + y.round() as i32)
    }
}

fn draw_border(sheet: &mut Sheet, place: &OutlinePlace, globe: &Globe) {
    let mut path = String::new();
    for ring in &place.rings {
        let mut before: Option<(i32, i32)> = None;
        for (x, y) in ring.iter().filter(|(x, y)| x.is_finite() && y.is_finite()).map(|point| globe.at(*point)) {
            let _ = match before {
                Some((old_x, old_y)) if (old_x, old_y) == (x, y) => continue,
                Some((old_x, old_y)) => write!(path, "{} {} ", x - old_x, y - old_y),
                None => write!(path, "M{x} {y}l"),
            };
            before = Some((x, y));
        }
        if before.is_some() {
            path.push('z');
        }
    }
    if path.is_empty() {
        return;
    }
    let filling = Filling::of(place.light);
    let edge = filling.edge.unwrap_or(if filling.text == Ink::Ground { Ink::Ground } else { Ink::Soft });
    let path = path.replace(" z", "z").replace(" -", "-");
    sheet.raw(&format!("<path class=\"f-{} s-{}\" d=\"{path}\"/>", filling.ground.class(), edge.class()));
}

/// A mark with the name if there is room, on a plate in the ground's colour unless the place itself is one.
struct Chip {
    plate: Box,
    point: (i32, i32),
    shows_label: bool,
}

/// Every place's mark first, at its point or at the nearest free place to it; then the names that find room.
fn set_chips(map: &OutlineMap, globe: &Globe) -> Vec<Option<Chip>> {
    let mut taken: Vec<Box> = Vec::new();
    let mut chips: Vec<Option<Chip>> = Vec::new();
    for place in &map.places {
        let point = place.point.filter(|(x, y)| x.is_finite() && y.is_finite()).map(|point| globe.at(point));
        let chip = point.map(|point| {
            let plate = free_plate(&taken, point, globe);
            taken.push(plate);
            Chip { plate, point, shows_label: false }
        });
        chips.push(chip);
    }
    for (i, place) in map.places.iter().enumerate() {
        let Some(chip) = chips.get_mut(i).and_then(Option::as_mut) else { continue };
        let plate = with_label(chip.plate, &place.label);
        let others = taken.iter().filter(|other| **other != chip.plate);
        let is_free = plate.2 <= globe.right + globe.chip / 2 && others.copied().all(|other| is_apart(plate, other));
        if is_free && !place.label.is_empty() {
            taken.iter_mut().filter(|other| **other == chip.plate).for_each(|other| *other = plate);
            *chip = Chip { plate, shows_label: true, ..*chip };
        }
    }
    chips
}

/// The plate with room for the name, which is taller than a small mark.
fn with_label((left, top, right, bottom): Box, label: &str) -> Box {
    let more = (17 - (bottom - top)).max(0) / 2;
    (left, top - more, right + text_width(label, 12) + 4, bottom + more)
}

fn is_apart(one: Box, other: Box) -> bool {
    one.2 < other.0 || other.2 < one.0 || one.3 < other.1 || other.3 < one.1
}

/// The free place nearest to the point, on rings around it; the point itself if none is free.
fn free_plate(taken: &[Box], (x, y): (i32, i32), globe: &Globe) -> Box {
    let half = globe.chip / 2;
    let around = |dx: i32, dy: i32| (x + dx - half, y + dy - half, x + dx + half, y + dy + half);
    let inside = |plate: &Box| {
        plate.0 >= globe.left - half
            && plate.2 <= globe.right + half
            && plate.1 >= globe.top - half
            && plate.3 <= globe.bottom + half
    };
    let rings = (0..24).flat_map(|ring: i32| {
        let reach = ring * 4;
        let mut steps: Vec<(i32, i32)> =
            (-ring..=ring).flat_map(|i| [(i * 4, -reach), (i * 4, reach), (-reach, i * 4), (reach, i * 4)]).collect();
        steps.sort_by_key(|(dx, dy)| (dx * dx + dy * dy, *dy, *dx));
        steps
    });
    let mut plates = rings.map(|(dx, dy)| around(dx, dy)).filter(inside);
    plates.find(|plate| taken.iter().all(|other| is_apart(*plate, *other))).unwrap_or_else(|| around(0, 0))
}

/// Is the place wide and tall enough to hold its mark at its point?
fn holds_mark(place: &OutlinePlace, globe: &Globe) -> bool {
    place.rings.iter().any(|ring| {
        let points = || ring.iter().filter(|(x, y)| x.is_finite() && y.is_finite()).map(|point| globe.at(*point));
        let span = |part: fn((i32, i32)) -> i32| {
            points().map(part).max().unwrap_or(0).saturating_sub(points().map(part).min().unwrap_or(0))
        };
        span(|p| p.0) >= globe.chip && span(|p| p.1) >= globe.chip
    })
}

fn draw_chip(sheet: &mut Sheet, place: &OutlinePlace, chip: &Chip, globe: &Globe) {
    let ((left, top, right, bottom), size) = (chip.plate, globe.chip);
    let centre = (left + size / 2, (top + bottom) / 2);
    let mark = size - 4 + size % 2;
    if !chip.shows_label && centre == chip.point && holds_mark(place, globe) {
        Filling::of(place.light).draw_mark(sheet, centre, mark);
        sheet.area((left, top), (right, bottom));
        return;
    }
    let moved = (centre.0 - chip.point.0).abs().max((centre.1 - chip.point.1).abs()) > size / 2;
    if moved {
        sheet.line(&[chip.point, centre], Ink::Text, 1);
        sheet.dot(chip.point, 2, Ink::Text);
    }
    sheet.rect((left, top), (right, bottom), Ink::Ground);
    if place.rings.is_empty() {
        draw_frame(sheet, (left, top, left + size, bottom));
    }
    if let Some(light) = place.light {
        light::draw_sized(sheet, light, centre, mark);
    }
    if chip.shows_label {
        sheet.text(left + size + 1, centre.1 + 4, &place.label, "t-small f-text", Anchor::Start);
    }
    sheet.area((left, top), (right, bottom));
}

/// The frame of a place that has no border of its own.
fn draw_frame(sheet: &mut Sheet, (left, top, right, bottom): Box) {
    sheet.line(&[(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], Ink::Text, 1);
}
