//! Charts: words stay inside and apart, colours can be told, a missing value is no zero.

use jindu::charts::{self, Bar, Bars, Bullet, BulletRow, Chart, Frame, Ink, Light, LinePlot, LinePoint, Lines};
use jindu::charts::{Flow, FlowBox, FlowColumn, FlowEdge, Funnel, Heat, HeatCell, HeatRow, OutlineMap, OutlinePlace};
use jindu::charts::{ShareRow, Shares, Size, Step, Theme, Tile, Tiles};

const LONG: [&str; 4] = [
    "前郭尔罗斯蒙古族自治县",
    "长白山保护开发区管委会",
    "Yanbian Korean Autonomous Prefecture",
    "Qian Gorlos Mongol Autonomous County",
];

fn sample_charts() -> Vec<Chart> {
    let bullet = Bullet {
        rows: LONG
            .iter()
            .enumerate()
            .map(|(i, label)| BulletRow {
                label: label.to_string(),
                value: "1,234,567 / 7,654,321 workshops".into(),
                gap: "落后 100.00 个百分点".into(),
                light: Some(Light::ALL[i]),
                light_word: "Not reported".into(),
                has_target: true,
                actual: [Some(0.4), Some(3.0), None, Some(0.0)][i],
                expected: Some(0.75),
                bands: vec![0.45, 0.65],
                tip: "tip <&>".into(),
                href: Some("/regions/U08".into()),
            })
            .collect(),
        actual_word: "完成".into(),
        expected_word: "应完成（序时进度）".into(),
        target_word: "全年目标".into(),
        bands_word: "Background: dark is the red zone, middle yellow, light watch and green".into(),
    };
    let lines = Lines {
        plots: LONG
            .iter()
            .map(|title| LinePlot {
                title: title.to_string(),
                value: "Sep: 1,234,567 workshops, expected 7,654,321.25".into(),
                light: Some(Light::NotReported),
                light_word: "Not reported".into(),
                points: (0..12)
                    .map(|i| LinePoint {
                        tick: format!("{}月", i + 1),
                        actual: (i != 4).then_some(f64::from(i) * 1e5),
                        expected: Some(f64::from(i) * 2e5),
                        lower: (i > 8).then_some(f64::from(i) * 1e5),
                        upper: (i > 8).then_some(f64::from(i) * 3e5),
                        tip: String::new(),
                    })
                    .collect(),
                href: None,
            })
            .collect(),
        actual_word: "Actual".into(),
        expected_word: "Expected by now".into(),
        forecast_word: "forecast, slowest to fastest recent month".into(),
    };
    let bars = Bars {
        bars: LONG
            .iter()
            .enumerate()
            .map(|(i, label)| Bar {
                label: label.to_string(),
                from: (i != 2).then_some(i as f64 - 1.0),
                to: (i == 1).then_some(4.0),
                value: "0.00%–100.00%".into(),
                light: Some(Light::Red),
                light_word: "Not reported".into(),
                ..Bar::default()
            })
            .collect(),
        open_word: "range left open by what was not reported".into(),
    };
    let shares = Shares {
        rows: LONG
            .iter()
            .map(|label| ShareRow {
                label: label.to_string(),
                parts: Light::ALL.iter().map(|light| (*light, 7)).collect(),
                ..ShareRow::default()
            })
            .collect(),
        words: Light::ALL.iter().map(|light| (*light, "Not reported".to_string())).collect(),
    };
    let column = |head: &str| FlowColumn {
        head: head.into(),
        boxes: LONG
            .iter()
            .map(|label| FlowBox {
                label: label.to_string(),
                note: "supervision".into(),
                href: Some("/models/a/b".into()),
                tip: "tip <&>".into(),
                is_here: head.is_empty(),
            })
            .collect(),
    };
    let flow = Flow {
        columns: vec![column("读取 4 张"), column(""), column("read by 4")],
        edges: vec![
            FlowEdge { from: (0, 0), to: (1, 1), both_ways: true },
            FlowEdge { from: (0, 3), to: (2, 0), both_ways: false },
            FlowEdge { from: (9, 9), to: (1, 0), both_ways: false },
        ],
    };
    let (bullet, lines, dots) = (Chart::Bullet(bullet), Chart::Lines(lines), Chart::Dots(bars.clone()));
    let drawn = [bullet, lines, Chart::Bars(bars), dots, Chart::Shares(shares), Chart::Flow(flow)];
    drawn.into_iter().chain(place_charts()).collect()
}

fn all_words() -> Vec<(Light, String)> {
    Light::ALL.iter().map(|light| (*light, "Not reported".to_string())).collect()
}

/// Charts of places and steps, with the longest names and every light.
fn place_charts() -> Vec<Chart> {
    let href = || Some("/regions/U08".to_string());
    let cell = |i: usize| HeatCell {
        light: Some(Light::ALL[i % 8]),
        value: "\u{2212}100.00".into(),
        tip: "tip <&>".into(),
        href: href(),
    };
    let heat = |columns: &[&str]| Heat {
        columns: columns.iter().map(|head| head.to_string()).collect(),
        rows: LONG
            .iter()
            .enumerate()
            .map(|(i, label)| HeatRow {
                label: label.to_string(),
                href: href(),
                cells: (0..columns.len()).map(|j| (i + j != 3).then(|| cell(2 * i + j))).collect(),
            })
            .collect(),
        words: all_words(),
    };
    let names = ["长白山", "二道江区", "Gong\u{ad}zhuling", "Qian Gorlos", "前郭", "Kuan\u{ad}cheng"];
    let tiles = |names: &[&str]| Tiles {
        tiles: (0..44)
            .map(|i| Tile {
                column: 1 + i % 11,
                row: 3 + i / 11,
                label: names[i as usize % names.len()].to_string(),
                value: "\u{2212}100.00".into(),
                light: Light::ALL.get(i as usize % 9).copied(),
                tip: "tip <&>".into(),
                href: href(),
            })
            .collect(),
        words: all_words(),
    };
    let square = |x: f64, y: f64| vec![(x, y), (x + 1.0, y), (x + 1.0, y + 1.0), (x, y + 1.0)];
    let map = OutlineMap {
        places: (0..40)
            .map(|i| {
                let (x, y) = (f64::from(i % 8) * 0.2 + 122.0, f64::from(i / 8) * 0.2 + 41.0);
                OutlinePlace {
                    label: LONG[i as usize % 4].to_string(),
                    light: Light::ALL.get(i as usize % 9).copied(),
                    tip: "tip <&>".into(),
                    href: href(),
                    rings: if i == 7 { Vec::new() } else { vec![square(x, y)] },
                    point: Some((x + 0.1, y + 0.1)),
                }
            })
            .collect(),
        words: all_words(),
        schematic_word: "Schematic map. It shows no legal borders.".into(),
        borderless_word: "no border of its own: a mark only".into(),
    };
    let funnel = Funnel {
        steps: LONG
            .iter()
            .enumerate()
            .map(|(i, label)| Step {
                label: label.to_string(),
                count: (i != 2).then_some(1e6 / (1.0 + i as f64)),
                whole: (i > 0).then_some(1e6),
                value: "1,234,567 people".into(),
                note: "100.0% of the first \u{b7} 100.0% of the step before".into(),
                tip: "tip <&>".into(),
                href: href(),
            })
            .collect(),
    };
    let six = ["Fairs", "Workshops", "Bases", "Trained", "Brokers", "Employed"];
    vec![
        Chart::Heat(heat(&LONG)),
        Chart::Heat(heat(&six)),
        Chart::Tiles(tiles(&names)),
        Chart::Tiles(tiles(&LONG)),
        Chart::Map(map),
        Chart::Funnel(funnel),
    ]
}

fn frame(size: Size, alone: bool) -> Frame {
    Frame {
        id: "panel".into(),
        title: "60个县和长白山的灯 of 60 counties and Changbaishan".into(),
        alternative: "all of it in words".into(),
        unit: "单位：个".into(),
        foot: vec!["来源：各县上报文件".into(), "第 12 期 · 截至 2018年9月30日".into()],
        size,
        alone,
    }
}

/// Every text of an SVG as (left, top, right, bottom, words).
fn text_boxes(svg: &str) -> Vec<(i32, i32, i32, i32, String)> {
    let attribute = |tag: &str, name: &str| -> String {
        tag.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
    };
    svg.split("<text")
        .skip(1)
        .map(|rest| {
            let (tag, rest) = rest.split_once('>').unwrap();
            let words = rest.split("</text>").next().unwrap().replace("&lt;", "<").replace("&amp;", "&");
            let class = attribute(tag, "class");
            let (x, y): (i32, i32) = (attribute(tag, "x").parse().unwrap(), attribute(tag, "y").parse().unwrap());
            let width = match &class {
                c if c.contains("t-title") => charts::bold_width(&words, 18),
                c if c.contains("t-label") => charts::bold_width(&words, 14),
                c if c.contains("t-small") => charts::text_width(&words, 12),
                _ => charts::text_width(&words, 13),
            };
            let left = match attribute(tag, "text-anchor").as_str() {
                "middle" => x - width / 2,
                "end" => x - width,
                _ => x,
            };
            (left, y - 9, left + width, y + 2, words)
        })
        .collect()
}

#[test]
fn chart_texts_stay_inside_and_apart() {
    for chart in sample_charts() {
        for size in [Size::Full, Size::Wide, Size::Half, Size::Narrow] {
            for alone in [false, true] {
                let boxes = text_boxes(&charts::draw(&frame(size, alone), &chart));
                assert!(!boxes.is_empty());
                for (i, a) in boxes.iter().enumerate() {
                    assert!(
                        a.0 >= -8 && a.2 <= size.width() + 8,
                        "{size:?} {alone}: `{}` leaves the chart: {a:?}",
                        a.4
                    );
                    for b in &boxes[i + 1..] {
                        let apart = a.2 <= b.0 || b.2 <= a.0 || a.3 <= b.1 || b.3 <= a.1;
                        assert!(apart, "{size:?} {alone}: `{}` {a:?} meets `{}` {b:?}", a.4, b.4);
                    }
                }
            }
        }
    }
}

#[test]
fn charts_have_an_alternative_and_the_same_bytes() {
    for chart in sample_charts() {
        for alone in [false, true] {
            let svg = charts::draw(&frame(Size::Wide, alone), &chart);
            assert_eq!(svg, charts::draw(&frame(Size::Wide, alone), &chart));
            assert!(svg.contains("<desc id=\"panel-d\">all of it in words</desc>"));
            assert!(svg.contains("viewBox=\"0 0 780 ") && svg.contains("aria-labelledby=\"panel-t panel-d\""));
            assert_eq!(svg.contains("role=\"group\""), svg.contains("<a href="), "an image may hold no link");
            assert!(!svg.contains("#0102"), "an ink was not turned into a class: {svg}");
            assert!(!svg.contains("NaN") && !svg.contains("inf"));
            assert_eq!(svg.contains("12 期"), alone);
        }
    }
}

#[test]
fn a_missing_value_is_a_gap_and_no_bar() {
    let points =
        |values: &[Option<f64>]| values.iter().map(|v| LinePoint { actual: *v, ..LinePoint::default() }).collect();
    let plot = LinePlot { points: points(&[Some(1.0), Some(2.0), None, Some(3.0), Some(4.0)]), ..LinePlot::default() };
    let svg = charts::draw(&frame(Size::Wide, false), &Chart::Lines(Lines { plots: vec![plot], ..Lines::default() }));
    assert_eq!(
        svg.matches("<polyline").filter(|_| true).count()
            - svg.matches("s-grid").count()
            - svg.matches("s-soft").count(),
        2
    );
    assert_eq!(svg.matches("<circle").count(), 4);
    let row = |actual| BulletRow { actual, has_target: true, ..BulletRow::default() };
    let bar = |actual| {
        charts::draw(&frame(Size::Wide, false), &Chart::Bullet(Bullet { rows: vec![row(actual)], ..Bullet::default() }))
    };
    assert!(!bar(None).contains("f-actual") && bar(Some(0.0)).contains("f-actual"));
}

/// How often a shape's class occurs in a chart.
fn drawn(chart: Chart, class: &str) -> usize {
    charts::draw(&frame(Size::Wide, false), &chart).matches(&format!("class=\"{class}\"")).count()
}

#[test]
fn a_pair_without_a_figure_is_a_gap_and_no_light() {
    let cell = |light| HeatCell { light, ..HeatCell::default() };
    let row = |cells| HeatRow { label: "a".into(), cells, ..HeatRow::default() };
    let heat = |cells| {
        let columns = vec!["x".into(), "y".into()];
        Chart::Heat(Heat { columns, rows: vec![row(cells)], ..Heat::default() })
    };
    let red = || Some(cell(Some(Light::Red)));
    assert_eq!(drawn(heat(vec![red(), red()]), "f-red"), 2);
    assert_eq!(drawn(heat(vec![None, red()]), "f-red"), 1);
    assert_eq!(charts::draw(&frame(Size::Wide, false), &heat(vec![None, red()])).matches("#o-").count(), 1);
    // What nobody reported has its own mark and none of the lights' colours.
    let silent = charts::draw(&frame(Size::Wide, false), &heat(vec![Some(cell(Some(Light::NotReported)))]));
    assert!(silent.contains("#g-not_reported") && silent.contains("f-near") && !silent.contains("f-green"));
    let tile = |light| Tile { column: 1, row: 1, label: "a".into(), light, ..Tile::default() };
    let tiles = |light| Chart::Tiles(Tiles { tiles: vec![tile(light)], ..Tiles::default() });
    assert_eq!(drawn(tiles(None), "f-red") + drawn(tiles(Some(Light::NoTask)), "f-red"), 0);
    let step = |count| Step { count, ..Step::default() };
    let funnel = |count| Chart::Funnel(Funnel { steps: vec![step(Some(4.0)), step(count)] });
    assert_eq!((drawn(funnel(None), "f-actual"), drawn(funnel(Some(0.0)), "f-actual")), (1, 2));
}

#[test]
fn a_place_without_a_border_is_a_mark() {
    let place = |rings| OutlinePlace {
        light: Some(Light::Green),
        rings,
        point: Some((125.0, 43.0)),
        ..OutlinePlace::default()
    };
    let square = vec![(124.0, 42.0), (126.0, 42.0), (126.0, 44.0), (124.0, 44.0)];
    let map = |places| Chart::Map(OutlineMap { places, ..OutlineMap::default() });
    let svg = charts::draw(&frame(Size::Half, false), &map(vec![place(vec![square.clone()]), place(Vec::new())]));
    // On its own border's colour a sign is in the ground's.
    let signs = (svg.matches("#o-green").count(), svg.matches("#g-green").count());
    assert_eq!((svg.matches("<path").count(), signs), (1, (1, 1)));
    // Two marks at one point stand apart, and one has a line back to it.
    assert_eq!(svg.matches("<circle").count(), 1);
    // Degrees that are none are left out.
    let wild = place(vec![vec![(f64::NAN, 1.0), (f64::INFINITY, 2.0)], square]);
    let svg = charts::draw(&frame(Size::Half, false), &map(vec![wild]));
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
    assert!(charts::draw(&frame(Size::Half, false), &map(Vec::new())).contains("</svg>"));
}

#[test]
fn bars_below_zero_lie_left_of_a_common_line() {
    let bar = |from| Bar { from, label: "a".into(), value: "v".into(), ..Bar::default() };
    let bars = |values: &[Option<f64>]| {
        let bars = Bars { bars: values.iter().map(|value| bar(*value)).collect(), ..Bars::default() };
        charts::draw(&frame(Size::Wide, false), &Chart::Bars(bars))
    };
    let rects = |svg: &str| -> Vec<(i32, i32)> {
        let number = |tag: &str, name: &str| -> i32 {
            tag.split(&format!(" {name}=\"")).nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
        };
        let tags = svg.split("<rect").skip(1).map(|rest| rest.split('>').next().unwrap());
        let drawn = tags.filter(|tag| tag.contains("f-actual"));
        drawn.map(|tag| (number(tag, "x"), number(tag, "x") + number(tag, "width"))).collect()
    };
    let found = rects(&bars(&[Some(-30.0), Some(10.0), None, Some(0.0)]));
    assert_eq!(found.len(), 3, "a missing value has no bar");
    let [behind, ahead, level] = found[..] else { unreachable!() };
    assert_eq!(behind.1, ahead.0, "one line parts what is behind from what is ahead");
    assert_eq!((level.0, level.1), (ahead.0, ahead.0 + 1));
    let near = |a: i32, b: i32| (a - b).abs() <= 1;
    assert!(near(behind.1 - behind.0, 3 * (ahead.1 - ahead.0)), "{behind:?} {ahead:?}");
}

#[test]
fn dots_stand_on_a_scale_of_their_own_and_an_interval_has_two() {
    let dot = |from, to| Bar { from, to, label: "a".into(), value: "v".into(), ..Bar::default() };
    let dots = |dots: Vec<Bar>| {
        let bars = Bars { bars: dots, open_word: "open".into() };
        charts::draw(&frame(Size::Wide, false), &Chart::Dots(bars))
    };
    let svg = dots(vec![dot(Some(41.0), Some(41.0)), dot(None, None), dot(Some(61.0), None)]);
    assert_eq!(svg.matches("<circle").count(), 2, "a missing value has no dot");
    assert!(svg.contains(">41</text>") && !svg.contains(">0</text>") && !svg.contains(">open<"));
    let svg = dots(vec![dot(Some(1.0), Some(4.0)), dot(Some(2.0), Some(2.0))]);
    assert_eq!(svg.matches("<circle").count(), 2 + 2 + 1, "two of the legend, two of the interval, one alone");
    for (low, high) in [(1.0, 61.0), (0.0, 0.0), (-1e300, 1e300), (36.0, 58.0), (0.2, 0.4)] {
        let svg = dots(vec![dot(Some(low), None), dot(Some(high), None)]);
        assert!(svg.matches("s-grid").count() <= 10, "{low} to {high}: too many lines");
    }
}

#[test]
fn a_forecast_is_a_band_only_where_both_its_ends_are_known() {
    let point = |lower, upper| LinePoint { lower, upper, ..LinePoint::default() };
    let lines = |points| {
        let plots = vec![LinePlot { points, ..LinePlot::default() }];
        charts::draw(&frame(Size::Wide, false), &Chart::Lines(Lines { plots, ..Lines::default() }))
    };
    let known = || point(Some(1.0), Some(2.0));
    assert!(lines(vec![known(), known(), point(None, None)]).contains("<polygon class=\"f-mid\""));
    let half = lines(vec![known(), point(Some(1.0), None), known()]);
    assert_eq!(half.matches("s-actual").count(), 4, "each of the two known points stands alone");
}

#[test]
fn what_stands_on_a_lights_own_colour_can_be_read() {
    let judged = [Light::Done, Light::Green, Light::Watch, Light::Yellow, Light::Red, Light::InDoubt];
    for theme in [Theme::Light, Theme::Dark] {
        let against = |ink: Ink, ground: Ink| charts::contrast(ink.hex(theme), ground.hex(theme));
        for light in judged {
            assert!(against(Ink::Ground, light.ink()) >= 4.5, "{light:?} in {theme:?}");
        }
        // Pale cells: their text, their marks and their edge; a forecast's edge on its band.
        let pale = [(Ink::Soft, 4.5), (Ink::NotReported, 3.0), (Ink::NoTask, 3.0)];
        assert!(pale.iter().all(|(ink, least)| against(*ink, Ink::BandNear) >= *least), "{theme:?}");
        assert!(against(Ink::Actual, Ink::BandMid) >= 3.0 && against(Ink::Expected, Ink::BandMid) >= 3.0);
    }
}

#[test]
fn a_soft_hyphen_is_seen_only_where_it_ends_a_line() {
    let name = "Gong\u{ad}zhuling";
    assert_eq!(charts::wrap(name, 12, 400), ["Gongzhuling"]);
    assert_eq!(charts::wrap(name, 12, 66), ["Gong-", "zhuling"]);
    assert!(charts::longest_word(name, 12) < charts::longest_word("Gongzhuling", 12));
}

#[test]
fn colours_reach_their_contrast_in_both_themes() {
    for theme in [Theme::Light, Theme::Dark] {
        let against = |ink: Ink, ground: Ink| charts::contrast(ink.hex(theme), ground.hex(theme));
        for ink in [Ink::Text, Ink::Soft, Ink::Actual, Ink::Expected] {
            for ground in [Ink::Ground, Ink::BandNear] {
                assert!(against(ink, ground) >= 4.5, "{ink:?} on {ground:?} in {theme:?}: {}", against(ink, ground));
            }
        }
        for light in Light::ALL {
            for ground in [Ink::Ground, Ink::BandNear] {
                let ratio = against(light.ink(), ground);
                assert!(
                    ratio >= 4.5 || (light == Light::NoTask && ratio >= 4.0),
                    "{light:?} in {theme:?} on {ground:?}: {ratio}"
                );
            }
        }
        for band in [Ink::BandNear, Ink::BandMid, Ink::BandFar] {
            for ink in [Ink::Actual, Ink::Expected, Ink::Text] {
                assert!(against(ink, band) >= 3.0, "{ink:?} on {band:?} in {theme:?}: {}", against(ink, band));
            }
        }
    }
}
