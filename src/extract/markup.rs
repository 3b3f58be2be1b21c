//! A table that was saved as a web page, as many systems do under the name `.xls`. Rows are read as they come: a page
//! is never held laid out.

use super::decoding::decode_text;
use super::limits::{COLUMNS_MAX, CONTENT_BYTES_MAX, Limit, ROWS_MAX};
use super::source::{Refusal, Repeated, RowSource, SheetInfo, Span, Visit, check_row, check_row_bytes};
use csv::StringRecord;
use html5gum::{StartTag, Token, Tokenizer};
use std::collections::BTreeMap;
use std::convert::Infallible;

/// The rows of every table of the page, one below the other.
pub fn visit(bytes: &[u8], visit: Visit<'_>) -> Result<bool, Refusal> {
    let text = decode_text(bytes)?;
    let mut source = PageRows::new(Tokenizer::new(&*text));
    visit(&SheetInfo::default(), &mut source)
}

struct PageRows<T> {
    tokens: T,
    /// The row under construction: its cells with how far each reaches right and down.
    row: Option<Vec<SpannedCell>>,
    in_cell: bool,
    in_table: bool,
    /// The page closes its cells and rows, so that it will close its table too.
    closes_tags: bool,
    skipping: bool,
    /// Cells that reach down, by column.
    hanging: BTreeMap<usize, Hanging>,
    number: u64,
    /// Laid out so far.
    bytes: u64,
    repeated: Vec<Repeated>,
    spans: Vec<Span>,
}

/// A cell that reaches down: its value, the rows still to fill, and where it began.
struct Hanging {
    text: String,
    left: u64,
    from: (u64, usize),
}

#[derive(Default)]
struct SpannedCell {
    text: String,
    wide: usize,
    tall: u64,
}

impl<T: Iterator<Item = Result<Token, Infallible>>> PageRows<T> {
    fn new(tokens: T) -> PageRows<T> {
        PageRows {
            tokens,
            row: None,
            in_cell: false,
            in_table: false,
            closes_tags: false,
            skipping: false,
            hanging: BTreeMap::new(),
            number: 0,
            bytes: 0,
            repeated: Vec::new(),
            spans: Vec::new(),
        }
    }

    /// The cells of the next row as they are written; `None` at the end of the page.
    fn next_cells(&mut self) -> Result<Option<Vec<SpannedCell>>, Refusal> {
        while let Some(Ok(token)) = self.tokens.next() {
            match token {
                Token::StartTag(tag) => match tag.name.as_slice() {
                    b"style" | b"script" | b"title" => self.skipping = !tag.self_closing,
                    b"table" => {
                        self.skipping = false;
                        self.in_table = true;
                    }
                    b"body" => self.skipping = false,
                    b"tr" => {
                        self.in_cell = false;
                        self.skipping = false;
                        if let Some(done) = self.row.replace(Vec::new()) {
                            return Ok(Some(done));
                        }
                    }
                    b"td" | b"th" => self.open_cell(&tag)?,
                    b"br" => self.push_text("\n")?,
                    _ => {}
                },
                Token::EndTag(tag) => match tag.name.as_slice() {
                    b"style" | b"script" | b"title" => self.skipping = false,
                    b"tr" => {
                        self.in_cell = false;
                        self.closes_tags = true;
                        if let Some(done) = self.row.take() {
                            return Ok(Some(done));
                        }
                    }
                    b"table" => {
                        self.in_cell = false;
                        self.in_table = false;
                        self.hanging.clear();
                        if let Some(done) = self.row.take() {
                            return Ok(Some(done));
                        }
                    }
                    b"td" | b"th" => {
                        self.in_cell = false;
                        self.closes_tags = true;
                    }
                    _ => {}
                },
                Token::String(text) if !self.skipping => {
                    self.push_text(&String::from_utf8_lossy(text.as_slice()))?;
                }
                _ => {}
            }
        }
        if self.in_table && self.closes_tags {
            return Err(Refusal::new("unreadable", format!("HTML: cut off after row {}", self.number)));
        }
        Ok(self.row.take())
    }

    fn open_cell(&mut self, tag: &StartTag<()>) -> Result<(), Refusal> {
        let span = |name: &[u8], most: u64| -> u64 {
            let found = tag.attributes.iter().find(|(k, _)| k.as_slice() == name);
            let text = found.map(|(_, v)| String::from_utf8_lossy(v.as_slice()).trim().to_owned());
            text.and_then(|t| t.parse().ok()).unwrap_or(1).clamp(1, most)
        };
        let Some(row) = &mut self.row else { return Ok(()) };
        self.in_cell = true;
        let wide = span(b"colspan", COLUMNS_MAX as u64 + 1) as usize;
        row.push(SpannedCell { text: String::new(), wide, tall: span(b"rowspan", ROWS_MAX) });
        if row.len() > COLUMNS_MAX {
            return Err(Refusal::too_large(Limit::Columns, row.len() as u64, ""));
        }
        Ok(())
    }

    fn push_text(&mut self, text: &str) -> Result<(), Refusal> {
        if self.in_cell
            && let Some(cell) = self.row.as_mut().and_then(|r| r.last_mut())
        {
            cell.text.push_str(text);
            return check_row_bytes(self.number + 1, cell.text.len());
        }
        Ok(())
    }

    /// Lays a row's cells out over their spans and below the cells that hang down from rows above.
    fn lay_out(&mut self, cells: Vec<SpannedCell>) -> Result<Vec<String>, Refusal> {
        let mut out: Vec<String> = Vec::new();
        let mut bytes = 0;
        let mut next = BTreeMap::new();
        self.repeated.clear();
        self.spans.clear();
        let mut cells = cells.into_iter();
        loop {
            while let Some(Hanging { text, left, from }) = self.hanging.remove(&out.len()) {
                bytes += text.len();
                check_row_bytes(self.number, bytes)?;
                if !text.is_empty() {
                    self.repeated.push(Repeated { column: out.len(), from });
                }
                if left > 1 {
                    next.insert(out.len(), Hanging { text: text.clone(), left: left - 1, from });
                }
                out.push(text);
            }
            let Some(cell) = cells.next() else { break };
            bytes += cell.text.len() * cell.wide;
            check_row_bytes(self.number, bytes)?;
            let from = (self.number, out.len());
            if (cell.wide > 1 || cell.tall > 1) && !cell.text.is_empty() {
                let last_row = self.number.saturating_add(cell.tall - 1);
                self.spans.push(Span { column: out.len(), last_row, last_column: out.len() + cell.wide - 1 });
            }
            for at in 0..cell.wide {
                if cell.tall > 1 {
                    next.insert(out.len(), Hanging { text: cell.text.clone(), left: cell.tall - 1, from });
                }
                if at > 0 && !cell.text.is_empty() {
                    self.repeated.push(Repeated { column: out.len(), from });
                }
                out.push(cell.text.clone());
            }
            if out.len() > COLUMNS_MAX {
                return Err(Refusal::too_large(Limit::Columns, out.len() as u64, ""));
            }
        }
        // What hangs to the right of this row's last cell hangs on.
        for (column, hanging) in std::mem::take(&mut self.hanging) {
            if hanging.left > 1 {
                next.insert(column, Hanging { left: hanging.left - 1, ..hanging });
            }
        }
        self.hanging = next;
        Ok(out)
    }
}

impl<T: Iterator<Item = Result<Token, Infallible>>> RowSource for PageRows<T> {
    fn next_row(&mut self, row: &mut StringRecord) -> Result<Option<u64>, Refusal> {
        while let Some(cells) = self.next_cells()? {
            self.number += 1;
            if self.number > ROWS_MAX {
                return Err(Refusal::too_large(Limit::Rows, self.number, ""));
            }
            let blank = cells.iter().all(|c| c.text.trim().is_empty());
            let laid_out = self.lay_out(cells)?;
            // Also of rows that are blank but for what hangs over them.
            self.bytes += laid_out.iter().map(|c| c.len() as u64).sum::<u64>();
            if self.bytes > CONTENT_BYTES_MAX {
                return Err(Refusal::too_large(Limit::Content, self.bytes, ""));
            }
            if !blank {
                row.clear();
                laid_out.iter().for_each(|c| row.push_field(c));
                check_row(self.number, row)?;
                return Ok(Some(self.number));
            }
        }
        Ok(None)
    }

    fn repeated(&self) -> &[Repeated] {
        &self.repeated
    }

    fn spans(&self) -> &[Span] {
        &self.spans
    }
}
