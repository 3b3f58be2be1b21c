//! Lineage all the way back, step upon step in the order of building.

use crate::models::lineage::ColumnName;
use std::collections::{BTreeMap, BTreeSet};

/// By column: where its value begins, and what chooses the rows that the value is computed from.
#[derive(Default)]
pub(super) struct Back(BTreeMap<ColumnName, (BTreeSet<ColumnName>, BTreeSet<ColumnName>)>);

impl Back {
    pub(super) fn remember(
        &mut self,
        column: &ColumnName,
        from: &BTreeSet<ColumnName>,
        decided_by: &BTreeSet<ColumnName>,
    ) -> (BTreeSet<ColumnName>, BTreeSet<ColumnName>) {
        let (mut ends, mut chosen) = (BTreeSet::new(), BTreeSet::new());
        for input in from {
            match self.0.get(input) {
                Some((known, by)) => {
                    ends.extend(known.iter().cloned());
                    chosen.extend(by.iter().cloned());
                }
                None => drop(ends.insert(input.clone())),
            }
        }
        for decider in decided_by {
            match self.0.get(decider) {
                Some((known, by)) => chosen.extend(known.iter().chain(by).cloned()),
                None => drop(chosen.insert(decider.clone())),
            }
        }
        chosen.retain(|c| !ends.contains(c));
        self.0.insert(column.clone(), (ends.clone(), chosen.clone()));
        (ends, chosen)
    }
}
