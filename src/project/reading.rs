//! The words by which office extracts say totals, notes, blanks, yes and no: `jobs/reading.toml`.

use serde::Deserialize;

/// Words of the project's language that reading needs; all compared after full width became half width.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// First cells of rows that add up others; such rows are left out and counted.
    pub totals: Vec<String>,
    /// Beginnings of rows that are notes.
    pub notes: Vec<String>,
    /// Beginnings of cells that stand above a header (who fills in, which unit).
    pub above: Vec<String>,
    /// A cell that holds one of these alone is blank.
    pub blanks: Vec<String>,
    pub yes: Vec<String>,
    pub no: Vec<String>,
    /// Words before or after a number that make it approximate.
    pub approximate: Vec<String>,
    /// Words after a number that multiply it by ten thousand.
    pub ten_thousands: Vec<String>,
    /// Units after a number that say nothing more.
    pub counters: Vec<String>,
    /// A header's trailing bracket that multiplies money by ten thousand, such as `(wan yuan)`.
    pub money_ten_thousands: String,
    /// The words of a written date, after the year, the month and the day.
    pub date_words: [String; 3],
    /// How titles call the four quarters of a year, each quarter in several ways.
    #[serde(default)]
    pub quarters: [Vec<String>; 4],
}
