//! Which text means which region: explicit rows only (`sql/policy/regions.csv`, `region_aliases.csv`,
//! `special_townships.csv`); no chain of former codes is followed and no unit is derived from digits.

use super::policy::{CsvFile, Validity, read_validity};
use crate::error::{Error, Result};
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap};

/// The regions of the project and every other text that means one of them.
#[derive(Clone, Debug, Default)]
pub struct Regions {
    regions: BTreeMap<String, Region>,
    aliases: HashMap<(String, Wanted), Vec<Alias>>,
    /// Township prefixes that belong to another region than their digits say.
    townships: Vec<(String, String, Validity)>,
}

/// A region that a text means, inside a region ("" = anywhere), while the row is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Alias {
    code: String,
    within: String,
    validity: Validity,
}

/// One region as the loader needs it.
#[derive(Clone, Debug)]
pub struct Region {
    pub code: String,
    pub level: String,
    pub parent: String,
    pub unit: String,
}

/// What a column asks for: any region, or a reporting unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    Region,
    Unit,
}

impl Regions {
    /// Reads the three policy files; files that a project does not have count as empty.
    pub fn read(files: &BTreeMap<String, CsvFile>) -> Result<Regions> {
        let mut out = Regions::default();
        let mut mistakes = Vec::new();
        if let Some(file) = files.get("regions") {
            for row in file.rows(["region_code", "level", "parent_code", "unit_code"])? {
                let [code, level, parent, unit] = row;
                out.regions.insert(code.clone(), Region { code, level, parent, unit });
            }
        }
        if let Some(file) = files.get("region_aliases") {
            let columns = ["alias", "region_code", "within", "applies_to", "valid_from", "valid_to"];
            for (line, [alias, code, within, applies_to, from, to]) in file.rows_with_lines(columns)? {
                let wanted = if applies_to == "unit" { Wanted::Unit } else { Wanted::Region };
                for code in [&code, &within].into_iter().filter(|c| !c.is_empty() && !out.regions.contains_key(*c)) {
                    mistakes.push(unknown(file, line, code));
                }
                match read_validity(file, line, &from, &to) {
                    Err(error) => mistakes.push(error),
                    Ok(validity) => {
                        out.aliases.entry((alias, wanted)).or_default().push(Alias { code, within, validity });
                    }
                }
            }
        }
        if let Some(file) = files.get("special_townships") {
            let columns = ["prefix", "region_code", "valid_from", "valid_to"];
            for (line, [prefix, code, from, to]) in file.rows_with_lines(columns)? {
                if !out.regions.contains_key(&code) {
                    mistakes.push(unknown(file, line, &code));
                }
                match read_validity(file, line, &from, &to) {
                    Err(error) => mistakes.push(error),
                    Ok(validity) => out.townships.push((prefix, code, validity)),
                }
            }
        }
        Error::all(mistakes).map_or(Ok(out), Err)
    }

    pub fn get(&self, code: &str) -> Option<&Region> {
        self.regions.get(code)
    }

    /// The first region of a level, of one unit's where that unit has any.
    pub fn first_of(&self, level: &str, unit: &str) -> Option<&str> {
        let of_level = || self.regions.values().filter(|r| r.level == level);
        let found = of_level().find(|r| r.unit == unit).or_else(|| of_level().next());
        found.map(|r| r.code.as_str())
    }

    /// Whether a file may be named by this region: a county or a reporting unit.
    pub fn delivers(&self, code: &str) -> bool {
        self.regions.get(code).is_some_and(|r| r.level == "county" || r.level == "unit")
    }

    /// Whether a row's region may stand in a file of another: the same, or a county of the unit.
    pub fn is_inside(&self, code: &str, of: &str) -> bool {
        code == of || self.regions.get(code).is_some_and(|r| r.unit == of && r.level == "county")
    }

    /// The region of a township that belongs, on a day, elsewhere than its digits say.
    pub fn region_of_town(&self, digits: &str, day: NaiveDate) -> Option<&str> {
        let holds = |(prefix, _, validity): &&(String, String, Validity)| {
            digits.starts_with(prefix.as_str()) && validity.holds(day)
        };
        self.townships.iter().find(holds).map(|(_, code, _)| code.as_str())
    }

    /// The region that a cleaned cell means inside a file of `file_region` ("" = a file of all regions) whose period
    /// ends on `day`.
    pub fn resolve(&self, cell: &str, wanted: Wanted, file_region: &str, day: NaiveDate) -> Option<&str> {
        if wanted == Wanted::Region && cell.len() >= 6 && cell.bytes().all(|b| b.is_ascii_digit()) {
            return self.resolve_digits(cell, file_region, day);
        }
        if let Some(region) = self.regions.get(cell)
            && (region.level == "unit" || (wanted == Wanted::Region && region.level == "county"))
        {
            return Some(&region.code);
        }
        self.resolve_alias(cell, wanted, file_region, day)
    }

    /// The region that a text names somewhere in its midst, as the title of a table does: the longest name counts, and
    /// only one that is unambiguous everywhere on a day.
    pub fn find_in(&self, text: &str, day: NaiveDate) -> Option<&str> {
        let named = self.aliases.keys().filter(|(alias, _)| alias.chars().nth(1).is_some() && text.contains(alias));
        let found = named.filter_map(|(alias, wanted)| {
            let code = self.resolve_alias(alias, *wanted, "", day)?;
            // Digits of a code are no name: they stand in telephones and numbers too.
            let is_name = !alias.bytes().any(|b| b.is_ascii_digit());
            is_name.then_some((alias.len(), *wanted == Wanted::Region, std::cmp::Reverse(code)))
        });
        found.max().map(|(_, _, std::cmp::Reverse(code))| code)
    }

    fn resolve_digits(&self, cell: &str, file_region: &str, day: NaiveDate) -> Option<&str> {
        if !matches!(cell.len(), 6 | 9 | 12) {
            return None;
        }
        if cell.len() > 6
            && let Some(code) = self.region_of_town(cell, day)
        {
            return Some(code);
        }
        let county = &cell[..6];
        match self.regions.get(county).filter(|r| r.level == "county") {
            Some(region) => Some(&region.code),
            None => self.resolve_alias(county, Wanted::Region, file_region, day),
        }
    }

    fn resolve_alias(&self, cell: &str, wanted: Wanted, file_region: &str, day: NaiveDate) -> Option<&str> {
        let candidates = self.aliases.get(&(cell.to_owned(), wanted))?;
        let mut held = candidates.iter().filter(|a| a.validity.holds(day)).filter(|a| {
            a.within.is_empty()
                || (!file_region.is_empty() && (file_region == a.within || self.is_inside(file_region, &a.within)))
        });
        let first = held.next()?;
        held.all(|a| a.code == first.code).then_some(first.code.as_str())
    }
}

fn unknown(file: &CsvFile, line: u64, code: &str) -> Error {
    Error::request("policy_region_unknown").with("file", &file.path).with("line", line).with("code", code)
}
