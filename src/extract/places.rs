//! The column that says in which region a row stands: a blank is the file's region, and a township that belongs to
//! another region than its digits say moves the row there.

use super::clean::clean_cell;
use super::columns::{NONE, Values};
use super::memo::FieldMemo;
use super::name::DeliveryName;
use super::repeating::read_place;
use super::typing::{ColumnTyper, TypingContext};

/// The different regions of a run, and which one each row stands in.
#[derive(Default)]
pub struct Places {
    pub list: Vec<String>,
    pub rows: Vec<u32>,
    /// By place: whether it lies outside the file's region.
    outside: Vec<bool>,
}

impl Places {
    pub fn type_column(&mut self, typer: &mut ColumnTyper<'_, '_>, memo: &mut FieldMemo) -> Values {
        let (context, rows) = (typer.context, typer.rows);
        let at = context.columns[usize::from(typer.index)].map(|(at, _)| at);
        let town = context.contract.town_field.as_deref().and_then(|f| context.contract.field_index(f));
        let town_at = town.and_then(|i| context.columns[i]).map(|(at, _)| at);
        // Neighbours stand together: a row's place is mostly that of the row before.
        let mut before: Option<(u32, &str, u32)> = None;
        for row in 0..rows.len() {
            let raw = at.map_or("", |at| rows.cell(row, at));
            let reading = memo.look(raw, |raw| read_place(typer.field, context, &typer.blanks, raw));
            let town = town_at.map_or("", |at| rows.cell(row, at));
            let place = match before {
                Some((same, same_town, place)) if same == reading && same_town == town => place,
                _ => self.find(context, memo.get(reading).value.text(), town),
            };
            before = Some((reading, town, place));
            if !memo.get(reading).is_clean() {
                typer.note(row, memo.get(reading));
            }
            if self.outside.get(place as usize).is_some_and(|outside| *outside) {
                typer.fault(row, "region_outside_slice", true);
            }
            self.rows.push(place);
        }
        Values::Place(self.rows.clone())
    }

    /// A feed without a region field: every row stands where the file does.
    pub fn stand_together(&mut self, delivery: &DeliveryName, rows: usize) {
        self.list = vec![delivery.whole_region().to_owned()];
        self.rows = vec![0; rows];
    }

    fn find(&mut self, context: &TypingContext<'_>, found: Option<&str>, town: &str) -> u32 {
        let Some(found) = found else { return NONE };
        let code = moved_by_town(context, town, found).unwrap_or(found);
        if let Some(at) = self.list.iter().position(|known| known == code) {
            return at as u32;
        }
        let file = context.delivery.region.as_str();
        self.list.push(code.to_owned());
        self.outside.push(!file.is_empty() && !context.regions.is_inside(code, file));
        (self.list.len() - 1) as u32
    }
}

/// A township that belongs to another region than its county's digits say moves the row there.
fn moved_by_town<'a>(context: &'a TypingContext<'_>, raw: &str, found: &str) -> Option<&'a str> {
    let (digits, _) = clean_cell(raw);
    let region = context.regions.region_of_town(&digits, context.delivery.period.last_day())?;
    (region != found && digits.starts_with(found)).then_some(region)
}
