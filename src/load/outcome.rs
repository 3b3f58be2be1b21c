//! Which deliveries are in force: a pure function of all deliveries in the order of their arrival (FEEDS.md, "How files
//! arrive").

use crate::project::{Contract, Slice};
use crate::warehouse::DeliveryRecord;
use std::collections::{BTreeMap, HashMap};

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// At least one of its slices is in force.
    Current,
    /// It was in force and was replaced.
    Superseded,
    /// It arrived after a newer period and never was in force.
    Stale,
    /// The same bytes were delivered before.
    Identical,
    Refused,
}

impl Outcome {
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Current => "current",
            Outcome::Superseded => "superseded",
            Outcome::Stale => "stale",
            Outcome::Identical => "identical",
            Outcome::Refused => "refused",
        }
    }
}

/// A slice in force: positions in the list of deliveries and in that delivery's slices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    pub feed: String,
    pub delivery: usize,
    pub slice: usize,
}

/// The outcome of every delivery, by its position, and the slices in force in the order of feed, region and period.
pub struct Decided {
    pub outcomes: Vec<Outcome>,
    pub in_force: Vec<InForce>,
}

/// Decides over all deliveries. The order of the list does not matter: arrival does, then the name without its ending.
pub fn decide(deliveries: &[DeliveryRecord], feeds: &BTreeMap<String, Contract>) -> Decided {
    let mut order: Vec<usize> = (0..deliveries.len()).collect();
    order.sort_by_key(|i| arrival_key(&deliveries[*i]));
    let mut outcomes = vec![Outcome::Stale; deliveries.len()];
    // (feed, region, month or year) → (period, delivery, slice)
    let mut holders: BTreeMap<(String, String, String), (String, usize, usize)> = BTreeMap::new();
    let mut took = vec![false; deliveries.len()];
    let mut before: HashMap<(&str, &str, &str, &str), usize> = HashMap::new();
    for i in order {
        let d = &deliveries[i];
        if d.refusal.is_some() {
            outcomes[i] = Outcome::Refused;
            continue;
        }
        if d.is_identical || before.insert((&d.feed, &d.region, &d.period, &d.sha256), i).is_some() {
            outcomes[i] = Outcome::Identical;
            continue;
        }
        let Some(contract) = feeds.get(&d.feed) else { continue };
        took[i] = d.slices.is_empty();
        for (at, slice) in d.slices.iter().enumerate() {
            let part = match contract.slice {
                Slice::Month => d.period.clone(),
                Slice::Year => d.period.get(..4).unwrap_or_default().to_owned(),
            };
            let key = (d.feed.clone(), slice.region.clone(), part);
            if holders.get(&key).is_none_or(|(period, ..)| *period <= d.period) {
                holders.insert(key, (d.period.clone(), i, at));
                took[i] = true;
            }
        }
        outcomes[i] = if took[i] { Outcome::Superseded } else { Outcome::Stale };
        if d.slices.is_empty() {
            outcomes[i] = Outcome::Current;
        }
    }
    let mut in_force = Vec::with_capacity(holders.len());
    for ((feed, ..), (_, delivery, slice)) in holders {
        outcomes[delivery] = Outcome::Current;
        in_force.push(InForce { feed, delivery, slice });
    }
    Decided { outcomes, in_force }
}

/// Arrival, ties by name without ending.
pub fn arrival_key(d: &DeliveryRecord) -> (&str, &str, &str) {
    let stem = d.path.rsplit_once('.').map_or(d.path.as_str(), |(stem, _)| stem);
    (&d.arrived_at, stem, &d.path)
}
