//! How wide text is, without a font: estimates on the safe side, the same on every machine. Pure.

/// Width of a text in pixels at a font size: Chinese and full-width signs take one em, Latin letters as much as in
/// the widest of the usual screen fonts.
pub fn text_width(text: &str, size: i32) -> i32 {
    let milli_em: i32 = text.chars().map(char_milli_em).sum();
    (milli_em * size + 999) / 1000
}

/// The same in bold, in which Latin letters are wider and Chinese is not.
pub fn bold_width(text: &str, size: i32) -> i32 {
    let milli_em: i32 = text.chars().map(|c| if is_wide(c) { 1000 } else { char_milli_em(c) * 113 / 100 }).sum();
    (milli_em * size + 999) / 1000
}

fn char_milli_em(c: char) -> i32 {
    match c {
        'i' | 'j' | 'l' | '\'' | '|' => 290,
        ' ' | '.' | ',' | ':' | ';' | '!' | '/' | '-' | SOFT_HYPHEN => 340,
        'f' | 't' | 'r' | 'I' | '(' | ')' | '[' | ']' => 410,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 980,
        '0'..='9' => 640,
        'A'..='Z' => 750,
        '\u{2212}' | '+' | '=' | '<' | '>' | '~' => 840,
        '\u{0300}'..='\u{036f}' => 0,
        c if is_wide(c) => 1000,
        _ => 620,
    }
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115f}' | '\u{2014}' | '\u{2018}'..='\u{201d}' | '\u{2026}'
        | '\u{2190}'..='\u{21ff}' | '\u{2460}'..='\u{27bf}'
        | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3fffd}')
}

/// Breaks a text into lines no wider than `width` in bold: Latin words at spaces, Chinese anywhere but before closing marks.
/// A single word that is wider than the line stands on a line of its own, whole: text is never cut. Where a soft hyphen
/// ends a line it is seen, else it is not there.
pub fn wrap(text: &str, size: i32, width: i32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let joined = bold_width(line.trim_end(), size) + bold_width(piece.trim_end(), size);
        let gap = bold_width(&line, size) - bold_width(line.trim_end(), size);
        if !line.is_empty() && joined + gap > width {
            lines.push(hyphened(&line));
            line.clear();
        }
        line.push_str(if line.is_empty() { piece.trim_start() } else { piece });
    }
    if !line.trim().is_empty() {
        lines.push(hyphened(&line));
    }
    lines
}

const SOFT_HYPHEN: char = '\u{ad}';

fn hyphened(line: &str) -> String {
    let line = line.trim_end();
    let seen = if line.ends_with(SOFT_HYPHEN) { "-" } else { "" };
    line.replace(SOFT_HYPHEN, "") + seen
}

/// The widest part that may not be broken, in bold: no line can be narrower.
pub fn longest_word(text: &str, size: i32) -> i32 {
    pieces(text).into_iter().map(|piece| bold_width(piece.trim(), size)).max().unwrap_or(0)
}

/// The smallest parts that may not be broken.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let may_break = before
            .is_some_and(|b| b == ' ' || b == SOFT_HYPHEN || ((is_wide(b) || is_wide(c)) && !closes(c) && !opens(b)));
        if may_break && at > start && c != ' ' {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

fn closes(c: char) -> bool {
    matches!(
        c,
        ')' | ']'
            | ','
            | '.'
            | ';'
            | ':'
            | '%'
            | '\u{3001}'
            | '\u{3002}'
            | '\u{ff0c}'
            | '\u{ff1b}'
            | '\u{ff1a}'
            | '\u{ff09}'
            | '\u{201d}'
            | '\u{2019}'
            | '\u{300b}'
            | '\u{3011}'
    )
}

fn opens(c: char) -> bool {
    matches!(c, '(' | '[' | '\u{ff08}' | '\u{201c}' | '\u{2018}' | '\u{300a}' | '\u{3010}')
}
