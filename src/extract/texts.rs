//! A column of texts in a run of rows: where each stands in the file's own text, or in a text of the column's own where
//! a repair made it.

use super::rows::{Rows, Span};

/// The column under construction.
#[derive(Default)]
pub struct Texts {
    spans: Vec<Span>,
    made: String,
}

/// Marks a span that lies in `made`; a run's text is far smaller.
const MADE: u32 = 1 << 31;
const BLANK: Span = Span { start: u32::MAX, end: u32::MAX };

impl Texts {
    pub fn with_capacity(n: usize) -> Texts {
        Texts { spans: Vec::with_capacity(n), made: String::new() }
    }

    pub fn of_blanks(n: usize) -> Texts {
        Texts { spans: vec![BLANK; n], made: String::new() }
    }

    /// Adds a cell as it stands in the file.
    pub fn push_span(&mut self, span: Span) {
        self.spans.push(span);
    }

    pub fn push(&mut self, text: &str) {
        let span = self.make(text);
        self.spans.push(span);
    }

    pub fn push_blank(&mut self) {
        self.spans.push(BLANK);
    }

    pub fn set(&mut self, row: usize, text: &str) {
        self.spans[row] = self.make(text);
    }

    fn make(&mut self, text: &str) -> Span {
        let start = self.made.len() as u32;
        self.made.push_str(text);
        Span { start: start | MADE, end: self.made.len() as u32 | MADE }
    }

    pub fn get<'t>(&'t self, rows: &'t Rows, row: usize) -> Option<&'t str> {
        let span = self.spans[row];
        if span.start & MADE == 0 {
            Some(rows.text_of(span))
        } else if span == BLANK {
            None
        } else {
            Some(&self.made[(span.start & !MADE) as usize..(span.end & !MADE) as usize])
        }
    }
}
