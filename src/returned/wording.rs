//! What is said about a fault: what is wrong, what is expected, an example; in the words of the text catalogs, with the
//! contract's lists and names put in. Pure.

use super::Checked;
use crate::extract::{DeliveryName, Remark, limit_sentence, read_name};
use crate::project::{Contract, Field, FieldKind, Project};
use crate::text::{Lang, date, say, say_if_known};
use chrono::NaiveDate;
use std::cell::RefCell;
use std::collections::HashMap;

/// The three sentences about one fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultWords {
    pub wrong: String,
    pub expected: String,
    pub example: String,
}

/// Reason, field, and the row of which a repeated one is a copy.
type FaultKey = (&'static str, u16, Option<u64>);

/// Words for the faults of one delivery.
pub struct Wording<'a> {
    project: &'a Project,
    contract: Option<&'a Contract>,
    delivery: Option<&'a DeliveryName>,
    arrived_on: NaiveDate,
    pub lang: Lang,
    known: RefCell<HashMap<FaultKey, FaultWords>>,
}

/// A code list longer than this is named by its beginning: a note must fit on a screen.
const CODES_SHOWN: usize = 40;
/// Words of faults that are kept for the next fault of the same kind.
const KNOWN_MAX: usize = 10_000;

impl<'a> Wording<'a> {
    pub fn new(project: &'a Project, checked: &'a Checked<'_>, lang: Lang) -> Wording<'a> {
        Wording {
            project,
            contract: checked.contract.as_deref(),
            delivery: checked.delivered.name.as_ref().ok(),
            arrived_on: checked.delivered.arrived_on,
            lang,
            known: RefCell::default(),
        }
    }

    pub fn say(&self, key: &str, args: &[(&str, &str)]) -> String {
        say(self.lang, key, args)
    }

    /// The words for a fault of a cell.
    pub fn of(&self, remark: &Remark) -> FaultWords {
        self.fault(remark.reason, remark.field, remark.first_row)
    }

    /// The words for a fault by its reason and field; `first_row` is the row that a duplicate repeats.
    pub fn fault(&self, reason: &'static str, field: u16, first_row: Option<u64>) -> FaultWords {
        let key = (reason, field, first_row);
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let words = self.make(reason, usize::from(field), first_row);
        let mut known = self.known.borrow_mut();
        if known.len() < KNOWN_MAX {
            known.insert(key, words.clone());
        }
        words
    }

    fn make(&self, reason: &str, field: usize, first_row: Option<u64>) -> FaultWords {
        let definition = self.contract.and_then(|c| c.fields.get(field));
        let year = self.delivery.map_or_else(String::new, |d| d.period.year.to_string());
        let region = self.delivery.map_or_else(String::new, |d| self.region_name(&d.region));
        let last_day = self.delivery.map_or_else(String::new, |d| date(self.lang, d.period.last_day()));
        let args: [(&str, String); 10] = [
            ("header", definition.map_or_else(String::new, |f| f.headers[0].clone())),
            ("keys", self.keys()),
            ("other", definition.map_or_else(String::new, |f| self.other(reason, f))),
            ("first_row", first_row.map_or_else(|| "?".to_owned(), |n| n.to_string())),
            ("form", definition.map_or_else(String::new, |f| self.form(f))),
            ("sample", definition.map_or_else(String::new, |f| self.sample(f))),
            ("year", year),
            ("region", region),
            ("last_day", last_day),
            ("arrived_on", date(self.lang, self.arrived_on)),
        ];
        let args: Vec<(&str, &str)> = args.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let part = |part: &str| self.say(&format!("fault.{reason}.{part}"), &args);
        FaultWords { wrong: part("wrong"), expected: part("expected"), example: part("example") }
    }

    /// What is said about a whole file that is refused; `detail` is the refusal's own.
    pub fn refusal(&self, reason: &str, detail: &str) -> FaultWords {
        let limit = limit_sentence(self.lang, detail);
        let detail = limit.as_deref().unwrap_or(detail);
        // Headers missing and found stand in one text, a bar between them.
        let (missing, found) = detail.split_once(" | ").unwrap_or((detail, ""));
        // Of a row of data only the number of its columns is told.
        let columns = found.strip_suffix(" columns").filter(|n| n.bytes().all(|b| b.is_ascii_digit()));
        let found = match columns {
            Some(n) => self.say("returned.found_data", &[("n", n)]),
            None if found.trim().is_empty() => self.say("returned.found_nothing", &[]),
            None => found.to_owned(),
        };
        let region = self.delivery.map_or_else(String::new, |d| self.region_name(&d.region));
        let feeds: Vec<&str> = self.project.feeds.keys().map(String::as_str).collect();
        let feeds = feeds.join(&self.joint());
        let args: [(&str, &str); 5] =
            [("detail", detail), ("missing", missing), ("found", &found), ("region", &region), ("feeds", &feeds)];
        let part = |part: &str| self.say(&format!("refused.{reason}.{part}"), &args);
        FaultWords { wrong: part("wrong"), expected: part("expected"), example: part("example") }
    }

    /// The contract's header of a field.
    pub fn header(&self, field: u16) -> &str {
        let definition = self.contract.and_then(|c| c.fields.get(usize::from(field)));
        definition.map_or("", |f| f.headers[0].as_str())
    }

    /// A sentence for a kind of repair.
    pub fn repair(&self, kind: &str) -> String {
        self.say(&format!("repair.{kind}"), &[])
    }

    /// What stands between the parts of a list.
    pub fn joint(&self) -> String {
        self.say("returned.joint", &[])
    }

    /// The feed by its title.
    pub fn feed_title(&self) -> String {
        self.contract.map_or_else(String::new, |c| c.title.in_lang(self.lang).to_owned())
    }

    /// Whether a file's name says this region and period.
    pub fn is_named_for(&self, file_name: &str, slice: &DeliveryName) -> bool {
        read_name(file_name, &self.project.regions).is_ok_and(|named| named == *slice)
    }

    /// A region by name; a file of all regions says so.
    pub fn region_name(&self, code: &str) -> String {
        region_name(self.project, code, self.lang)
    }

    /// The headers of the key's fields.
    pub fn keys(&self) -> String {
        let Some(contract) = self.contract else { return String::new() };
        let headers: Vec<&str> =
            contract.key.iter().filter_map(|k| contract.field(k)).map(|f| f.headers[0].as_str()).collect();
        headers.join(&self.joint())
    }

    /// The other field of a pair: the start of an end, the whole of a part.
    fn other(&self, reason: &str, field: &Field) -> String {
        let Some(contract) = self.contract else { return String::new() };
        let first = |pairs: &[[String; 2]]| -> Option<String> {
            let others = pairs.iter().filter(|[_, second]| *second == field.name).map(|[first, _]| first.as_str());
            let headers: Vec<&str> =
                others.filter_map(|name| contract.field(name)).map(|f| f.headers[0].as_str()).collect();
            (!headers.is_empty()).then(|| headers.join(&self.joint()))
        };
        let whole = || {
            let pair = contract.share_over_total.iter().find(|[part, _]| *part == field.name)?;
            contract.field(&pair[1]).map(|f| f.headers[0].clone())
        };
        let found = if reason == "share_over_total" { whole() } else { first(&contract.date_order) };
        found.unwrap_or_default()
    }

    /// What a cell of a field may hold.
    fn form(&self, field: &Field) -> String {
        let reading = &self.project.reading;
        let word = |words: &[String]| words.first().cloned().unwrap_or_default();
        let mut codes: Vec<&str> = field.codes.iter().take(CODES_SHOWN).map(|c| c.value.as_str()).collect();
        if field.codes.len() > CODES_SHOWN {
            codes.push("\u{2026}");
        }
        let (codes, yes, no) = (codes.join(&self.joint()), word(&reading.yes), word(&reading.no));
        let args: [(&str, &str); 4] = [("header", &field.headers[0]), ("codes", &codes), ("yes", &yes), ("no", &no)];
        self.say(&format!("form.{}", self.kind_name(field)), &args)
    }

    /// A cell that would be right.
    fn sample(&self, field: &Field) -> String {
        let code = field.codes.first().map_or("", |c| c.value.as_str());
        let region = self.sample_region(field.kind == FieldKind::Unit);
        let year = self.delivery.map_or_else(String::new, |d| d.period.year.to_string());
        let yes = self.project.reading.yes.first().map_or("", String::as_str);
        let name = self.region_name(&region);
        let args: [(&str, &str); 6] = [
            ("header", field.headers[0].as_str()),
            ("code", code),
            ("yes", yes),
            ("region", &region),
            ("name", &name),
            ("year", &year),
        ];
        self.say(&format!("sample.{}", self.kind_name(field)), &args)
    }

    /// The file's own region, or one of its kind.
    fn sample_region(&self, wants_unit: bool) -> String {
        let level = if wants_unit { "unit" } else { "county" };
        let own = self.delivery.map_or("", |d| d.region.as_str());
        let regions = &self.project.regions;
        let unit = regions.get(own).map(|r| r.unit.clone()).filter(|_| wants_unit);
        let first = || regions.first_of(level, own).map(str::to_owned);
        let fits = |code: &String| regions.get(code).is_some_and(|r| r.level == level);
        unit.or(Some(own.to_owned())).filter(fits).or_else(first).unwrap_or_default()
    }

    fn kind_name(&self, field: &Field) -> &'static str {
        let is_region_field = self.contract.is_some_and(|c| c.region_field.as_ref() == Some(&field.name));
        match field.kind {
            FieldKind::Text => "text",
            FieldKind::Id => "id",
            FieldKind::Region if is_region_field => "region",
            FieldKind::Region => "place",
            FieldKind::Unit => "unit",
            FieldKind::Date if field.month_allowed => "month",
            FieldKind::Date => "date",
            FieldKind::Month => "month",
            FieldKind::Int => "int",
            FieldKind::Yuan => "yuan",
            FieldKind::Number => "number",
            FieldKind::Pct => "pct",
            FieldKind::Bool => "bool",
            FieldKind::Code => "code",
            FieldKind::Period => "period",
        }
    }
}

/// A region by name, `code` where it has none.
pub fn region_name(project: &Project, code: &str, lang: Lang) -> String {
    if code.is_empty() {
        return say(lang, "returned.all_regions", &[]);
    }
    let column = match lang {
        Lang::ZhCn => "name",
        Lang::En => "name_en",
    };
    let rows = project.policy.get("regions").and_then(|file| file.rows(["region_code", column]).ok());
    let named = rows.into_iter().flatten().find(|[c, _]| c == code).map(|[_, name]| name);
    named.filter(|n| !n.is_empty()).unwrap_or_else(|| code.to_owned())
}

/// The sentence for a reason that the catalog knows.
pub fn reason_sentence(lang: Lang, reason: &str) -> String {
    say_if_known(lang, &format!("reason.{reason}"), &[]).unwrap_or_else(|| reason.to_owned())
}
