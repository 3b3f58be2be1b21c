//! A sparkline: a series as small as a word, without axes, for a cell of a table. Pure.

use super::sheet::escape;

/// Points of the drawing.
const WIDTH: f64 = 96.0;
const HEIGHT: f64 = 22.0;
/// Room for the last value's dot.
const INSET: f64 = 3.0;

/// Draws a series from its least to its greatest value; a missing value is a gap, and the last one has a dot. `words` say the same
/// to those who do not see it. Nothing for a series without values.
pub fn spark(values: &[Option<f64>], words: &str) -> String {
    let known = || values.iter().flatten().copied().filter(|value| value.is_finite());
    let (least, most) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    let Some(last) = values.iter().rposition(|value| value.is_some_and(f64::is_finite)) else { return String::new() };
    let x_of = |at: usize| {
        let share = if values.len() > 1 { at as f64 / (values.len() - 1) as f64 } else { 1.0 };
        INSET + share * (WIDTH - 2.0 * INSET)
    };
    let y_of = |value: f64| {
        let share = if most > least { (value - least) / (most - least) } else { 0.5 };
        HEIGHT - INSET - share * (HEIGHT - 2.0 * INSET)
    };
    let mut path = String::new();
    let mut pen = "M";
    for (at, value) in values.iter().enumerate() {
        match value.filter(|value| value.is_finite()) {
            Some(value) => {
                path += &format!("{pen}{:.1} {:.1}", x_of(at), y_of(value));
                // One value between two gaps is a point of its own.
                let is_alone = pen == "M" && !values.get(at + 1).is_some_and(|next| next.is_some_and(f64::is_finite));
                path += if is_alone { "h0" } else { "" };
                pen = "L";
            }
            None => pen = "M",
        }
    }
    let (x, y) = (x_of(last), values[last].map_or(0.0, y_of));
    format!(
        "<svg class=\"spark\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{words}\">\
         <title>{words}</title><path class=\"s-actual\" fill=\"none\" stroke-width=\"1.5\" stroke-linecap=\"round\" \
         stroke-linejoin=\"round\" d=\"{path}\"/><circle class=\"f-actual\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\"/></svg>",
        words = escape(words)
    )
}

#[cfg(test)]
mod tests {
    use super::spark;

    #[test]
    fn a_missing_value_is_a_gap_and_a_series_of_one_is_a_dot() {
        let path = |values: &[Option<f64>]| {
            let svg = spark(values, "1 < 2");
            svg.split_once(" d=\"").map(|(_, after)| after.split('"').next().unwrap_or_default().to_owned())
        };
        let of = |values: &[Option<f64>]| path(values).unwrap_or_default();
        assert_eq!(of(&[Some(0.0), Some(10.0), Some(5.0)]), "M3.0 19.0L48.0 3.0L93.0 11.0");
        assert_eq!(of(&[Some(0.0), None, Some(10.0), Some(0.0)]), "M3.0 19.0h0M63.0 3.0L93.0 19.0");
        assert_eq!(of(&[Some(7.0), Some(7.0)]), "M3.0 11.0L93.0 11.0");
        assert_eq!(of(&[None, Some(7.0), None]), "M48.0 11.0h0");
        assert_eq!(path(&[None, None]), None);
        assert_eq!(path(&[]), None);
        assert!(spark(&[Some(1.0)], "1 < 2").contains("aria-label=\"1 &lt; 2\""));
    }
}
