//! A table that was saved as a web page, as many systems do under the name `.xls`.

use super::delimited::decode_text;
use super::source::{COLUMNS_MAX, Refusal, RowSource, SheetInfo, Visit};
use csv::StringRecord;
use html5gum::{Token, Tokenizer};

/// The rows of every table of the page, one below the other.
pub fn visit(bytes: &[u8], visit: Visit<'_>) -> Result<bool, Refusal> {
    let text = decode_text(bytes)?;
    let rows = read_tables(&text)?;
    let has_merged = rows.iter().any(|r| r.merged);
    let mut source = PageRows { rows: rows.into_iter(), number: 0, has_merged };
    visit(&SheetInfo { name: "", is_1904: false, header_is_first: false }, &mut source)
}

struct PageRow {
    cells: Vec<String>,
    merged: bool,
}

struct PageRows {
    rows: std::vec::IntoIter<PageRow>,
    number: u64,
    has_merged: bool,
}

impl RowSource for PageRows {
    fn next_row(&mut self, row: &mut StringRecord) -> Result<Option<u64>, Refusal> {
        for next in self.rows.by_ref() {
            self.number += 1;
            if next.cells.iter().any(|c| !c.trim().is_empty()) {
                row.clear();
                next.cells.iter().for_each(|c| row.push_field(c));
                return Ok(Some(self.number));
            }
        }
        Ok(None)
    }

    fn has_merged_cells(&self) -> bool {
        self.has_merged
    }
}

/// A cell that reaches down: (column, value, rows still to fill).
type Hanging = (usize, String, usize);

fn read_tables(text: &str) -> Result<Vec<PageRow>, Refusal> {
    let mut rows: Vec<PageRow> = Vec::new();
    let mut hanging: Vec<Hanging> = Vec::new();
    let mut cells: Vec<String> = Vec::new();
    let mut spans: Vec<(usize, usize)> = Vec::new();
    let mut in_row = false;
    let mut in_cell = false;
    let mut skipping = false;
    for token in Tokenizer::new(text) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => {
                let attribute = |name: &[u8]| -> usize {
                    let found = tag.attributes.iter().find(|(k, _)| k.as_slice() == name);
                    found
                        .and_then(|(_, v)| String::from_utf8_lossy(v.as_slice()).trim().parse().ok())
                        .unwrap_or(1)
                        .clamp(1, COLUMNS_MAX)
                };
                match tag.name.as_slice() {
                    b"style" | b"script" | b"head" | b"title" => skipping = !tag.self_closing,
                    b"tr" => {
                        if in_row {
                            close_row(&mut rows, &mut hanging, &mut cells, &mut spans)?;
                        }
                        in_row = true;
                        in_cell = false;
                    }
                    b"td" | b"th" if in_row => {
                        in_cell = true;
                        cells.push(String::new());
                        spans.push((attribute(b"colspan"), attribute(b"rowspan")));
                    }
                    b"br" if in_cell => {
                        if let Some(cell) = cells.last_mut() {
                            cell.push('\n');
                        }
                    }
                    _ => {}
                }
            }
            Token::EndTag(tag) => match tag.name.as_slice() {
                b"style" | b"script" | b"head" | b"title" => skipping = false,
                b"tr" | b"table" if in_row => {
                    close_row(&mut rows, &mut hanging, &mut cells, &mut spans)?;
                    in_row = false;
                    in_cell = false;
                    if tag.name.as_slice() == b"table" {
                        hanging.clear();
                    }
                }
                b"td" | b"th" => in_cell = false,
                _ => {}
            },
            Token::String(string) if in_cell && !skipping => {
                if let Some(cell) = cells.last_mut() {
                    cell.push_str(&String::from_utf8_lossy(string.as_slice()));
                }
            }
            _ => {}
        }
    }
    if in_row {
        close_row(&mut rows, &mut hanging, &mut cells, &mut spans)?;
    }
    Ok(rows)
}

/// Lays a row's cells out over their spans and the cells that hang down from rows above.
fn close_row(
    rows: &mut Vec<PageRow>,
    hanging: &mut Vec<Hanging>,
    cells: &mut Vec<String>,
    spans: &mut Vec<(usize, usize)>,
) -> Result<(), Refusal> {
    let mut out: Vec<String> = Vec::new();
    let mut merged = false;
    let mut next: Vec<Hanging> = Vec::new();
    let mut fill = |out: &mut Vec<String>, next: &mut Vec<Hanging>, merged: &mut bool| {
        while let Some(at) = hanging.iter().position(|h| h.0 == out.len()) {
            let (column, value, left) = hanging.swap_remove(at);
            *merged |= !value.is_empty();
            out.push(value.clone());
            if left > 1 {
                next.push((column, value, left - 1));
            }
        }
    };
    for (cell, (wide, tall)) in cells.drain(..).zip(spans.drain(..)) {
        fill(&mut out, &mut next, &mut merged);
        for _ in 0..wide {
            if tall > 1 {
                next.push((out.len(), cell.clone(), tall - 1));
            }
            merged |= wide > 1 && !cell.is_empty();
            out.push(cell.clone());
        }
        if out.len() > COLUMNS_MAX {
            return Err(Refusal::new("too_large", format!("columns: {}", out.len())));
        }
    }
    fill(&mut out, &mut next, &mut merged);
    next.extend(hanging.drain(..).filter(|h| h.2 > 1).map(|(c, v, left)| (c, v, left - 1)));
    *hanging = next;
    rows.push(PageRow { cells: out, merged });
    Ok(())
}
