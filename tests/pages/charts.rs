//! Charts: words stay inside and apart, colours can be told, a missing value is no zero.

use jindu::charts::{self, Bar, Bars, Bullet, BulletRow, Chart, Frame, Ink, Light, LinePlot, LinePoint, Lines};
use jindu::charts::{Flow, FlowBox, FlowColumn, FlowEdge, ShareRow, Shares, Size, Theme};

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
                        tip: String::new(),
                    })
                    .collect(),
                href: None,
            })
            .collect(),
        actual_word: "Actual".into(),
        expected_word: "Expected by now".into(),
    };
    let bars = Bars {
        bars: LONG
            .iter()
            .enumerate()
            .map(|(i, label)| Bar {
                label: label.to_string(),
                from: (i != 2).then_some(i as f64),
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
    vec![Chart::Bullet(bullet), Chart::Lines(lines), Chart::Bars(bars), Chart::Shares(shares), Chart::Flow(flow)]
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
    let row = |actual| BulletRow { actual, ..BulletRow::default() };
    let bar = |actual| {
        charts::draw(&frame(Size::Wide, false), &Chart::Bullet(Bullet { rows: vec![row(actual)], ..Bullet::default() }))
    };
    assert!(!bar(None).contains("f-actual") && bar(Some(0.0)).contains("f-actual"));
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
