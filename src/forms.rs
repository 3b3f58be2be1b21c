//! Official forms: `sql/reports/NAME.toml` says how the rows of the report NAME are laid out for print and signature, and
//! how its totals are made. The rows come through the one door (`asked`); the rest is pure: a layout and rows in, the bytes of a
//! workbook out.

mod asked;
mod sheet;
mod totals;

pub use asked::{AskedForm, form_bytes};
pub use sheet::{Head, write_form};
pub use totals::total_of;
