//! Which cells of the county's sheet are marked, in what colour, and what their notes say.

use super::{Checked, FaultWords, Wording};
use crate::extract::Remark;

/// Notes on one sheet: a spreadsheet program draws each as a shape of its own and gets slow beyond some thousands.
/// Cells beyond are coloured all the same, and listed in the CSV.
pub const NOTES_MAX: usize = 5_000;
/// Faults that one note tells of; a merged cell can have one for every row.
const FAULTS_IN_NOTE: usize = 4;

/// A marked cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Row number and column.
    pub cell: (u64, usize),
    pub rejects: bool,
    /// Whether it gets a note.
    pub noted: bool,
    about: About,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum About {
    /// A stretch of `Marks::order`.
    Faults(std::ops::Range<usize>),
    /// The text of the note.
    Header(String),
}

/// All marks of a sheet, from top to bottom and left to right.
pub struct Marks<'a> {
    faults: &'a [Remark],
    order: Vec<u32>,
    pub marks: Vec<Mark>,
    /// Marked cells without a note.
    pub without_note: usize,
}

impl<'a> Marks<'a> {
    pub fn of(checked: &'a Checked<'_>, wording: &Wording<'_>) -> Marks<'a> {
        let faults = checked.remarks.faults.as_slice();
        let mut order: Vec<u32> = (0..faults.len() as u32).collect();
        order.sort_by_key(|i| (faults[*i as usize].mark, !faults[*i as usize].rejects, *i));
        let mut marks: Vec<Mark> = Vec::new();
        for (at, fault) in order.iter().map(|i| &faults[*i as usize]).enumerate() {
            match marks.last_mut() {
                Some(Mark { cell, rejects, about: About::Faults(range), .. }) if *cell == fault.mark => {
                    range.end = at + 1;
                    *rejects |= fault.rejects;
                }
                _ => marks.push(Mark {
                    cell: fault.mark,
                    rejects: fault.rejects,
                    noted: false,
                    about: About::Faults(at..at + 1),
                }),
            }
        }
        marks.extend(header_marks(checked, wording));
        marks.sort_by_key(|mark| mark.cell);
        let without_note = spread_notes(&mut marks);
        Marks { faults, order, marks, without_note }
    }

    /// What the note on a cell says.
    pub fn note(&self, mark: &Mark, wording: &Wording<'_>) -> String {
        let range = match &mark.about {
            About::Header(text) => return text.clone(),
            About::Faults(range) => range.clone(),
        };
        let of_cell = || self.order[range.clone()].iter().map(|i| &self.faults[*i as usize]);
        let mut parts: Vec<String> = Vec::new();
        for fault in of_cell() {
            let part = note_text(wording, fault.rejects, &wording.of(fault));
            if !parts.contains(&part) {
                if parts.len() == FAULTS_IN_NOTE {
                    parts.push("\u{2026}".to_owned());
                    break;
                }
                parts.push(part);
            }
        }
        let rows = || of_cell().map(|f| f.row);
        if let (Some(first), Some(last)) = (rows().min(), rows().max())
            && first != last
        {
            let (first, last) = (first.to_string(), last.to_string());
            parts.push(wording.say("returned.note_merged", &[("first", &first), ("last", &last)]));
        }
        parts.join("\n\n")
    }
}

fn note_text(wording: &Wording<'_>, rejects: bool, words: &FaultWords) -> String {
    let severity = wording.say(if rejects { "returned.rejects" } else { "returned.warns" }, &[]);
    let FaultWords { wrong, expected, example } = words;
    wording.say(
        "returned.note",
        &[("severity", &severity), ("wrong", wrong), ("expected", expected), ("example", example)],
    )
}

/// A header that was refused: its first cell says what is missing, the cells that mean nothing say so.
fn header_marks(checked: &Checked<'_>, wording: &Wording<'_>) -> Vec<Mark> {
    let (Some(fault), Err(refusal)) = (&checked.remarks.header_fault, &checked.read) else { return Vec::new() };
    let words = wording.refusal(refusal.reason, &refusal.detail);
    let mark = |cell, rejects, text| Mark { cell, rejects, noted: false, about: About::Header(text) };
    let whole = note_text(wording, true, &words);
    if !fault.twice.is_empty() {
        return fault.twice.iter().map(|cell| mark(*cell, true, whole.clone())).collect();
    }
    let unknown = wording.say("returned.unknown_header", &[("missing", &fault.missing.join(&wording.joint()))]);
    let mut marks = vec![mark(fault.first, true, whole.clone())];
    for cell in &fault.unknown {
        if *cell == fault.first {
            marks[0].about = About::Header(format!("{whole}\n\n{unknown}"));
        } else {
            marks.push(mark(*cell, false, unknown.clone()));
        }
    }
    marks
}

/// Gives notes to as many cells as may have one, those that keep a row out first; how many go without.
fn spread_notes(marks: &mut [Mark]) -> usize {
    let mut left = NOTES_MAX;
    for rejects in [true, false] {
        for mark in marks.iter_mut().filter(|m| m.rejects == rejects) {
            mark.noted = left > 0;
            left = left.saturating_sub(1);
        }
    }
    marks.iter().filter(|m| !m.noted).count()
}
