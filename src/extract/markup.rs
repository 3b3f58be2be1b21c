//! A table that was saved as a web page, as many systems do under the name `.xls`. Rows are read as they come: a page
//! is never held laid out.

use super::decoding::decode_text;
use super::limits::{COLUMNS_MAX, ROWS_MAX};
use super::source::{Refusal, RowSource, SheetInfo, Visit, check_row, check_row_bytes};
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
    skipping: bool,
    /// Cells that reach down, by column: the value and the rows still to fill.
    hanging: BTreeMap<usize, (String, u64)>,
    number: u64,
    repeated: Vec<usize>,
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
            skipping: false,
            hanging: BTreeMap::new(),
            number: 0,
            repeated: Vec::new(),
        }
    }

    /// The cells of the next row as they are written; `None` at the end of the page.
    fn next_cells(&mut self) -> Result<Option<Vec<SpannedCell>>, Refusal> {
        while let Some(Ok(token)) = self.tokens.next() {
            match token {
                Token::StartTag(tag) => match tag.name.as_slice() {
                    b"style" | b"script" | b"title" => self.skipping = !tag.self_closing,
                    b"table" | b"body" => self.skipping = false,
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
                        if let Some(done) = self.row.take() {
                            return Ok(Some(done));
                        }
                    }
                    b"table" => {
                        self.in_cell = false;
                        self.hanging.clear();
                        if let Some(done) = self.row.take() {
                            return Ok(Some(done));
                        }
                    }
                    b"td" | b"th" => self.in_cell = false,
                    _ => {}
                },
                Token::String(text) if !self.skipping => {
                    self.push_text(&String::from_utf8_lossy(text.as_slice()))?;
                }
                _ => {}
            }
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
            return Err(Refusal::too_large("columns", row.len()));
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
        let mut cells = cells.into_iter();
        loop {
            while let Some((text, left)) = self.hanging.remove(&out.len()) {
                bytes += text.len();
                check_row_bytes(self.number, bytes)?;
                if !text.is_empty() {
                    self.repeated.push(out.len());
                }
                if left > 1 {
                    next.insert(out.len(), (text.clone(), left - 1));
                }
                out.push(text);
            }
            let Some(cell) = cells.next() else { break };
            bytes += cell.text.len() * cell.wide;
            check_row_bytes(self.number, bytes)?;
            for at in 0..cell.wide {
                if cell.tall > 1 {
                    next.insert(out.len(), (cell.text.clone(), cell.tall - 1));
                }
                if at > 0 && !cell.text.is_empty() {
                    self.repeated.push(out.len());
                }
                out.push(cell.text.clone());
            }
            if out.len() > COLUMNS_MAX {
                return Err(Refusal::too_large("columns", out.len()));
            }
        }
        // What hangs to the right of this row's last cell hangs on.
        for (column, (text, left)) in std::mem::take(&mut self.hanging) {
            if left > 1 {
                next.insert(column, (text, left - 1));
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
                return Err(Refusal::too_large("rows", self.number));
            }
            let blank = cells.iter().all(|c| c.text.trim().is_empty());
            let laid_out = self.lay_out(cells)?;
            if !blank {
                row.clear();
                laid_out.iter().for_each(|c| row.push_field(c));
                check_row(self.number, row)?;
                return Ok(Some(self.number));
            }
        }
        Ok(None)
    }

    fn repeated(&self) -> &[usize] {
        &self.repeated
    }
}
