//! An official form's layout: `sql/reports/NAME.toml` as plain types. TOML shapes stop here.

use crate::text::Words;
use serde::Deserialize;

/// The layout of one form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// The report's name: the table `reports.NAME`.
    #[serde(skip)]
    pub name: String,
    pub title: Words,
    /// The form's number, as the order that made it says.
    pub number: Words,
    /// The office that made the form.
    pub maker: Words,
    /// What the figures are counted in.
    pub unit: Words,
    /// Who fills in the form where it is not one place's.
    pub whole: Words,
    /// The column with the report period, and the one with the place's code.
    pub period: String,
    pub place: String,
    /// The columns with the report period's first and last day.
    pub days: Option<[String; 2]>,
    /// The columns with the place's name.
    pub place_name: Words,
    /// The column by which places are ordered.
    pub order: String,
    /// The column with the day on which the place issued its form.
    pub issued: Option<String>,
    /// The column that says whether the place's computed figures lack parts of it.
    pub partial: Option<String>,
    #[serde(default)]
    pub notes: Vec<Words>,
    pub columns: Vec<FormColumn>,
}

/// One column of figures.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormColumn {
    /// The upper header, shared with the neighbours of the same group.
    pub group: Words,
    pub header: Words,
    pub column: String,
    pub total: FormTotal,
    /// Decimals shown, the value rounded half up.
    #[serde(default)]
    pub decimals: u8,
}

impl Form {
    /// Every column of the report that the form uses.
    pub fn columns_used(&self) -> Vec<&str> {
        let mut used = vec![self.period.as_str(), &self.place, &self.place_name.zh, &self.place_name.en, &self.order];
        used.extend(self.days.iter().flatten().map(String::as_str));
        used.extend(self.issued.as_deref());
        used.extend(self.partial.as_deref());
        for column in &self.columns {
            used.push(&column.column);
            if let FormTotal::Ratio([top, bottom]) = &column.total {
                used.extend([top.as_str(), bottom]);
            }
        }
        used
    }
}

/// How a column's total is made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", untagged)]
pub enum FormTotal {
    /// `100 × Σ first / Σ second`, over the places that have both.
    Ratio([String; 2]),
    Plain(PlainTotal),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlainTotal {
    /// The sum of the places that have a figure.
    Sum,
    /// No total: it would mean nothing.
    None,
}
