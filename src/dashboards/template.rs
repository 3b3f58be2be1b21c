//! The small language of sentences and addresses: `{column}`, `{column:format}`, `[words](/address/{column})`,
//! `**strong**`. Reads a template into parts; whoever shows them fills and escapes. Touches nothing else.

use super::Format;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as PlainError, StrDeserializer};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Text(String),
    Field { column: String, format: Format },
    Strong(Vec<Part>),
    Link { words: Vec<Part>, address: Vec<Part> },
}

/// A template that was read without a mistake.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Template {
    pub parts: Vec<Part>,
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Template, String> {
        Template::read(&text)
    }
}

impl Template {
    pub fn read(text: &str) -> Result<Template, String> {
        Ok(Template { parts: read_parts(text)? })
    }

    /// The columns that it asks for.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns = Vec::new();
        collect(&self.parts, &mut columns);
        columns
    }
}

fn collect<'a>(parts: &'a [Part], columns: &mut Vec<&'a str>) {
    for part in parts {
        match part {
            Part::Text(_) => {}
            Part::Field { column, .. } => columns.push(column),
            Part::Strong(inner) => collect(inner, columns),
            Part::Link { words, address } => {
                collect(words, columns);
                collect(address, columns);
            }
        }
    }
}

fn read_parts(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let next = rest.find(['{', '[', '*']).unwrap_or(rest.len());
        if next > 0 {
            push_text(&mut parts, &rest[..next]);
            rest = &rest[next..];
            continue;
        }
        rest = if let Some(field) = rest.strip_prefix('{') {
            let (name, after) = field.split_once('}').ok_or_else(|| format!("`{{` without `}}` in `{text}`"))?;
            parts.push(read_field(name)?);
            after
        } else if let Some(strong) = rest.strip_prefix("**") {
            let (inner, after) = strong.split_once("**").ok_or_else(|| format!("`**` without its end in `{text}`"))?;
            parts.push(Part::Strong(read_parts(inner)?));
            after
        } else if let Some((words, address, after)) = split_link(rest) {
            parts.push(Part::Link { words: read_parts(words)?, address: read_parts(address)? });
            after
        } else {
            push_text(&mut parts, &rest[..1]);
            &rest[1..]
        };
    }
    Ok(parts)
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        Some(Part::Text(before)) => before.push_str(text),
        _ => parts.push(Part::Text(text.to_owned())),
    }
}

fn split_link(text: &str) -> Option<(&str, &str, &str)> {
    let (words, after) = text.strip_prefix('[')?.split_once("](")?;
    let (address, after) = after.split_once(')')?;
    Some((words, address, after))
}

fn read_field(field: &str) -> Result<Part, String> {
    let (column, format) = field.split_once(':').unwrap_or((field, "plain"));
    if column.is_empty() || !column.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(format!("`{{{field}}}` does not name a column"));
    }
    let format: StrDeserializer<PlainError> = format.into_deserializer();
    let format = Format::deserialize(format).map_err(|error| format!("`{{{field}}}`: {error}"))?;
    Ok(Part::Field { column: column.to_owned(), format })
}
