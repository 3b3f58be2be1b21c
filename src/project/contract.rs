//! A feed's contract: `jobs/feeds/NAME.toml` as plain types. TOML shapes stop here.

use crate::text::Words;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What one feed's extracts hold.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contract {
    #[serde(skip)]
    pub name: String,
    pub title: Words,
    pub slice: Slice,
    /// The grain within a slice.
    pub key: Vec<String>,
    /// The field that says a row's region. A feed without one is a single body's: its rows stand at no region, and a file
    /// named `all_PERIOD` is its one slice.
    pub region_field: Option<String>,
    #[serde(default)]
    pub date_order: Vec<[String; 2]>,
    #[serde(default)]
    pub share_over_total: Vec<[String; 2]>,
    pub id_agrees: Option<IdAgrees>,
    pub made_id: Option<MadeId>,
    pub period_date: Option<String>,
    /// The field whose digits name the township; towns of `special_townships.csv` move a row to their region.
    pub town_field: Option<String>,
    /// What a blank key means where no identifier is made.
    #[serde(default)]
    pub blank_key: BlankKey,
    pub wide: Option<Wide>,
    pub fields: Vec<Field>,
    /// Dated mappings from the policy folder, beside the code lists.
    #[serde(skip)]
    pub learned: Vec<super::aliases::LearnedCode>,
}

/// Region × month, or a register: region × year, its period saying up to when it is complete.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Slice {
    Month,
    Year,
}

/// Which fields must agree with the ID number (a warning where they do not).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdAgrees {
    pub sex: Option<String>,
    pub age: Option<String>,
}

/// A blank identifier is made from these fields' text.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MadeId {
    pub field: String,
    pub from: Vec<String>,
}

/// The wide form: columns named by `code`'s list melt into rows with `value`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wide {
    pub code: String,
    pub value: String,
}

/// One column of a feed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    pub name: String,
    /// The canonical header first, then its aliases.
    pub headers: Vec<String>,
    #[serde(rename = "type")]
    pub kind: FieldKind,
    #[serde(default)]
    pub need: Need,
    /// ID numbers, names of persons, phones: stored in raw, offered to no SQL session.
    #[serde(default)]
    pub personal: bool,
    #[serde(default)]
    pub codes: Vec<Code>,
    #[serde(default)]
    pub month_allowed: bool,
    #[serde(default)]
    pub blank_words: Vec<String>,
    #[serde(default)]
    pub open_words: Vec<String>,
    /// The number is a percentage in rows whose code field (the name) holds one of these values.
    #[serde(default)]
    pub percent_when: BTreeMap<String, Vec<String>>,
    pub description: Option<Words>,
}

/// What a row with a blank key is.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum BlankKey {
    /// A key like any other: a second such row is a duplicate.
    #[default]
    Value,
    /// Every row with a blank key stands by itself.
    OwnRow,
}

/// A value of a code list with what else stands for it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Code {
    pub value: String,
    #[serde(default)]
    pub also: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    Required,
    Wanted,
    #[default]
    Optional,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    Text,
    Id,
    Region,
    Unit,
    Date,
    Month,
    Int,
    Yuan,
    Number,
    Pct,
    Bool,
    Code,
    Period,
}

impl Contract {
    /// The position of a field by name.
    pub fn field_index(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| f.name == name)
    }

    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// The position of the person's ID number, if the feed speaks of persons.
    pub fn id_index(&self) -> Option<usize> {
        self.fields.iter().position(|f| f.kind == FieldKind::Id)
    }

    /// What is wrong with the contract itself: (the text to find in the file, what is wrong).
    pub fn mistakes(&self) -> Vec<(String, Mistake)> {
        let mut out = Vec::new();
        let mut need = |what: &str, name: &str| {
            if self.field(name).is_none() {
                out.push((name.to_owned(), Mistake::NoSuchField { what: what.to_owned(), name: name.to_owned() }));
            }
        };
        self.key.iter().for_each(|name| need("key", name));
        self.region_field.iter().for_each(|name| need("region_field", name));
        self.date_order.iter().flatten().for_each(|name| need("date_order", name));
        self.share_over_total.iter().flatten().for_each(|name| need("share_over_total", name));
        if let Some(agrees) = &self.id_agrees {
            agrees.sex.iter().chain(&agrees.age).for_each(|name| need("id_agrees", name));
        }
        if let Some(made) = &self.made_id {
            need("made_id", &made.field);
            made.from.iter().for_each(|name| need("made_id", name));
        }
        self.town_field.iter().for_each(|name| need("town_field", name));
        self.fields.iter().flat_map(|f| f.percent_when.keys()).for_each(|name| need("percent_when", name));
        self.period_date.iter().for_each(|name| need("period_date", name));
        if let Some(wide) = &self.wide {
            need("wide", &wide.code);
            need("wide", &wide.value);
        }
        let mut seen = BTreeMap::new();
        for field in &self.fields {
            if field.headers.is_empty() {
                out.push((format!("\"{}\"", field.name), Mistake::NoHeader { name: field.name.clone() }));
            }
            if (field.kind == FieldKind::Code) == field.codes.is_empty() {
                out.push((format!("\"{}\"", field.name), Mistake::CodesAndType { name: field.name.clone() }));
            }
            for header in &field.headers {
                if let Some(other) = seen.insert(header.clone(), field.name.clone()) {
                    out.push((format!("\"{header}\""), Mistake::HeaderTwice { header: header.clone(), other }));
                }
            }
        }
        out
    }
}

/// One mistake in a contract.
pub enum Mistake {
    NoSuchField { what: String, name: String },
    NoHeader { name: String },
    CodesAndType { name: String },
    HeaderTwice { header: String, other: String },
}
