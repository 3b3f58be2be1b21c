//! What may be shown of a cell. A number that could be a person's is masked wherever it stands; pure.

/// Digits in a run that could be an ID number (15 or more) or a mobile telephone (11, beginning with 1).
const ID_DIGITS_MIN: usize = 15;
const MOBILE_DIGITS: usize = 11;
/// A landline with its area code begins with 0.
const LANDLINE_DIGITS: std::ops::RangeInclusive<usize> = 10..=12;
/// What is shown of a header or a value in a report.
const SHOWN_CHARS_MAX: usize = 60;

/// A personal cell as it may be shown: of a long one the digits among the first four characters and the last four, so
/// that a number can be recognised by who has it at hand; nothing else, for a name may stand beside the number.
pub fn mask(text: &str) -> String {
    const SHOWN_AT_EACH_END: usize = 4;
    const LONG: usize = 12;
    let n = text.chars().count();
    let may_show = |at: usize, c: char| {
        n >= LONG && (at < SHOWN_AT_EACH_END || at + SHOWN_AT_EACH_END >= n) && (c.is_ascii_digit() || c == 'X')
    };
    text.chars().enumerate().map(|(at, c)| if may_show(at, c) { c } else { '*' }).collect()
}

/// Whether a text holds what could be an ID number or a telephone.
pub fn holds_personal_number(text: &str) -> bool {
    !personal_runs(text).is_empty()
}

/// The text with every number that could be a person's replaced by stars.
pub fn hide_numbers(text: &str) -> String {
    let runs = personal_runs(text);
    if runs.is_empty() {
        return text.to_owned();
    }
    text.char_indices()
        .map(|(at, c)| {
            let inside = runs.iter().any(|r| r.contains(&at));
            if inside && digit_of(c).is_some() { '*' } else { c }
        })
        .collect()
}

/// A header or a value as a report shows it: numbers hidden, short, on one line.
pub fn shown(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN_CHARS_MAX).collect();
    hide_numbers(&line)
}

/// A header as a report shows it: what stands behind a colon is a value, perhaps the name of who filled the form in.
pub fn shown_header(text: &str) -> String {
    match text.split_once([':', '\u{ff1a}']) {
        Some((label, value)) if !value.trim().is_empty() => format!("{}:\u{2026}", shown(label)),
        _ => shown(text),
    }
}

/// Byte ranges of runs of digits, single blanks, dashes and dots between them passed over.
fn personal_runs(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut out = Vec::new();
    if text.len() < MOBILE_DIGITS.min(*LANDLINE_DIGITS.start()) {
        return out;
    }
    let mut run: Option<(usize, usize)> = None;
    let mut digits = String::new();
    let mut gap = 0;
    let mut close = |run: &mut Option<(usize, usize)>, digits: &mut String| {
        if let Some((start, end)) = run.take()
            && is_personal(digits)
        {
            out.push(start..end);
        }
        digits.clear();
    };
    for (at, c) in text.char_indices() {
        match digit_of(c) {
            Some(digit) => {
                let start = run.map_or(at, |(start, _)| start);
                run = Some((start, at + c.len_utf8()));
                digits.push(digit);
                gap = 0;
            }
            None if matches!(c, ' ' | '-' | '.' | '\u{a0}' | '\u{3000}' | '\t' | '\'' | '\u{200b}') && gap == 0 => {
                gap = 1
            }
            None => close(&mut run, &mut digits),
        }
    }
    close(&mut run, &mut digits);
    out
}

fn is_personal(digits: &str) -> bool {
    let n = digits.len();
    n >= ID_DIGITS_MIN
        || (n == MOBILE_DIGITS && digits.starts_with('1'))
        || (LANDLINE_DIGITS.contains(&n) && digits.starts_with('0'))
}

/// Digits of any script: of those that are neither ASCII nor full width only that they are digits counts.
fn digit_of(c: char) -> Option<char> {
    let c = super::clean::half_width(c);
    match c.is_ascii_digit() {
        true => Some(c),
        false => c.is_numeric().then_some('0'),
    }
}
