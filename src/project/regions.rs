//! Which text means which region: explicit rows only (`sql/policy/regions.csv`, `region_aliases.csv`,
//! `special_townships.csv`); no chain of former codes is followed and no unit is derived from digits.

use super::policy::CsvFile;
use crate::error::Result;
use std::collections::{BTreeMap, HashMap};

/// The regions of the project and every other text that means one of them.
#[derive(Clone, Debug, Default)]
pub struct Regions {
    regions: BTreeMap<String, Region>,
    /// (alias, wanted) → candidates with the region inside which they hold ("" = anywhere).
    aliases: HashMap<(String, Wanted), Vec<(String, String)>>,
    /// Township prefixes that belong to another region than their digits say.
    townships: Vec<(String, String)>,
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
        if let Some(file) = files.get("regions") {
            for row in file.rows(["region_code", "level", "parent_code", "unit_code"])? {
                let [code, level, parent, unit] = row;
                out.regions.insert(code.clone(), Region { code, level, parent, unit });
            }
        }
        if let Some(file) = files.get("region_aliases") {
            for [alias, code, within, applies_to] in file.rows(["alias", "region_code", "within", "applies_to"])? {
                let wanted = if applies_to == "unit" { Wanted::Unit } else { Wanted::Region };
                let candidates = out.aliases.entry((alias, wanted)).or_default();
                if !candidates.contains(&(code.clone(), within.clone())) {
                    candidates.push((code, within));
                }
            }
        }
        if let Some(file) = files.get("special_townships") {
            for [prefix, code] in file.rows(["prefix", "region_code"])? {
                out.townships.push((prefix, code));
            }
        }
        Ok(out)
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

    /// The region of a township that belongs elsewhere than its digits say.
    pub fn region_of_town(&self, digits: &str) -> Option<&str> {
        self.townships.iter().find(|(prefix, _)| digits.starts_with(prefix.as_str())).map(|(_, code)| code.as_str())
    }

    /// The region that a cleaned cell means inside a file of `file_region` ("" = a file of all regions).
    pub fn resolve(&self, cell: &str, wanted: Wanted, file_region: &str) -> Option<&str> {
        if wanted == Wanted::Region && cell.len() >= 6 && cell.bytes().all(|b| b.is_ascii_digit()) {
            return self.resolve_digits(cell, file_region);
        }
        if let Some(region) = self.regions.get(cell)
            && (region.level == "unit" || (wanted == Wanted::Region && region.level == "county"))
        {
            return Some(&region.code);
        }
        self.resolve_alias(cell, wanted, file_region)
    }

    /// The region that a text names somewhere in its midst, as the title of a table does: the longest name counts, and
    /// only one that is unambiguous everywhere.
    pub fn find_in(&self, text: &str) -> Option<&str> {
        let named = self.aliases.keys().filter(|(alias, _)| alias.chars().nth(1).is_some() && text.contains(alias));
        let found = named.filter_map(|(alias, wanted)| {
            let code = self.resolve_alias(alias, *wanted, "")?;
            // Digits of a code are no name: they stand in telephones and numbers too.
            let is_name = !alias.bytes().any(|b| b.is_ascii_digit());
            is_name.then_some((alias.len(), *wanted == Wanted::Region, std::cmp::Reverse(code)))
        });
        found.max().map(|(_, _, std::cmp::Reverse(code))| code)
    }

    fn resolve_digits(&self, cell: &str, file_region: &str) -> Option<&str> {
        if !matches!(cell.len(), 6 | 9 | 12) {
            return None;
        }
        if cell.len() > 6
            && let Some((_, code)) = self.townships.iter().find(|(prefix, _)| cell.starts_with(prefix.as_str()))
        {
            return Some(code);
        }
        let county = &cell[..6];
        match self.regions.get(county).filter(|r| r.level == "county") {
            Some(region) => Some(&region.code),
            None => self.resolve_alias(county, Wanted::Region, file_region),
        }
    }

    fn resolve_alias(&self, cell: &str, wanted: Wanted, file_region: &str) -> Option<&str> {
        let candidates = self.aliases.get(&(cell.to_owned(), wanted))?;
        let mut held = candidates.iter().filter(|(_, within)| {
            within.is_empty()
                || (!file_region.is_empty() && (file_region == within || self.is_inside(file_region, within)))
        });
        let first = held.next()?;
        held.all(|(code, _)| *code == first.0).then_some(first.0.as_str())
    }
}
