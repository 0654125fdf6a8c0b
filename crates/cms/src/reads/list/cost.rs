//! What one list costs. Keys and entries are charged before they are read wherever their number is known by then.
//!
//! A list that costs more than [`CHEAP_MAX`] goes on in the lane of expensive lists: it is begun again once it has a place,
//! since it must not hold a snapshot while it waits for one.

use std::collections::BTreeMap;

use diwan_content::{Filter, FilterBy, Hop, Term};

use crate::error::CmsError;

/// What a list may cost outside of the lane: about the reading of a few hundred entries.
const CHEAP_MAX: u64 = 5_000;
/// Cost of an entry that is looked at, beside its size and the conditions. A key costs 1.
const ENTRY: u64 = 8;
/// Bytes of stored data that cost 1, and bytes of compared values that cost 1 for each condition.
const BYTES_PER_UNIT: usize = 1_024;
/// Conditions that a refusal names.
const NAMED_MAX: usize = 5;

/// The cost of one list until now.
pub(super) struct Cost {
    max: u64,
    spent: u64,
    has_place: bool,
    /// Set when the list was ended because it needs a place in the lane.
    pub(super) wants_place: bool,
    /// Whose conditions are charged now: a hop's, or nothing for those of the list itself.
    charged_to: Option<String>,
    by_condition: BTreeMap<String, u64>,
}

impl Cost {
    pub(super) fn new(max: u64, has_place: bool) -> Self {
        Self { max, spent: 0, has_place, wants_place: false, charged_to: None, by_condition: BTreeMap::new() }
    }

    /// What follows is charged to a hop, or to the list itself.
    pub(super) fn charge_to(&mut self, hop: Option<&Hop>) {
        self.charged_to = hop.map(written_hop);
    }

    /// Charges keys that are read or counted.
    pub(super) fn keys(&mut self, count: u64) -> Result<(), CmsError> {
        self.charge(count)
    }

    /// Charges entries that are about to be looked at by a number of conditions.
    pub(super) fn entries(&mut self, count: u64, conditions: u64) -> Result<(), CmsError> {
        self.charge(count.saturating_mul(ENTRY + conditions))
    }

    /// Charges the stored data of entries and what of it a number of conditions compare.
    pub(super) fn bytes(&mut self, stored: usize, compared: usize, conditions: u64) -> Result<(), CmsError> {
        let units = |bytes: usize| u64::try_from(bytes / BYTES_PER_UNIT).unwrap_or(u64::MAX);
        self.charge(units(stored).saturating_add(units(compared).saturating_mul(conditions)))
    }

    /// Charges revisions that are about to be presented again: they are read and rendered.
    pub(super) fn revisions(&mut self, bytes: usize) -> Result<(), CmsError> {
        self.bytes(bytes, bytes, 1)
    }

    /// Refuses a list that would look at more entries than it may, before any of them is read.
    pub(super) fn expect_entries(&mut self, count: u64, conditions: u64) -> Result<(), CmsError> {
        let before = (self.spent, self.by_condition.clone());
        self.entries(count, conditions)?;
        (self.spent, self.by_condition) = before;
        Ok(())
    }

    /// For what may take long whatever it finds.
    pub(super) fn need_place(&mut self) -> Result<(), CmsError> {
        if self.has_place {
            return Ok(());
        }
        self.wants_place = true;
        Err(CmsError::Overloaded)
    }

    fn charge(&mut self, units: u64) -> Result<(), CmsError> {
        self.spent = self.spent.saturating_add(units);
        let of_condition = self.by_condition.entry(self.charged_to.clone().unwrap_or_default()).or_default();
        *of_condition = of_condition.saturating_add(units);
        if self.spent > self.max {
            return Err(CmsError::TooCostly { most: self.max, conditions: self.dearest() });
        }
        if self.spent > CHEAP_MAX { self.need_place() } else { Ok(()) }
    }

    /// The hops that cost most, the dearest first.
    fn dearest(&self) -> Vec<String> {
        let mut hops: Vec<(&String, &u64)> = self.by_condition.iter().filter(|(name, _)| !name.is_empty()).collect();
        hops.sort_by_key(|(_, units)| std::cmp::Reverse(**units));
        hops.into_iter().take(NAMED_MAX).map(|(name, _)| name.clone()).collect()
    }
}

/// Adds the conditions of the list's own filter to a refusal, behind the hops.
pub(super) fn with_own_conditions(error: CmsError, filter: &Filter) -> CmsError {
    let CmsError::TooCostly { most, mut conditions } = error else { return error };
    filter.visit(&mut |part| {
        if let Filter::Term(Term { by, .. }) = part {
            let name = written(by);
            if conditions.len() < NAMED_MAX && !conditions.contains(&name) {
                conditions.push(name);
            }
        }
    });
    CmsError::TooCostly { most, conditions }
}

/// How many conditions a filter compares with an entry.
pub(super) fn conditions_of(filter: &Filter) -> u64 {
    let mut count = 0;
    filter.visit(&mut |part| match part {
        Filter::Term(_) | Filter::Hop(_) | Filter::PointsTo { .. } => count += 1,
        Filter::All(_) | Filter::Any(_) => {}
    });
    count
}

fn written(by: &FilterBy) -> String {
    format!("filter[{}]", by.as_str())
}

fn written_hop(hop: &Hop) -> String {
    format!("{}[{}]", written(&hop.by), hop.term.by.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_costs_more_than_pages_do_wants_a_place_and_what_costs_too_much_is_refused() {
        let mut cost = Cost::new(10_000, false);
        assert!(cost.keys(CHEAP_MAX).is_ok() && !cost.wants_place);
        assert!(matches!(cost.keys(1), Err(CmsError::Overloaded)));
        assert!(cost.wants_place);
        let mut cost = Cost::new(10_000, true);
        assert!(cost.expect_entries(2_000, 1).is_err(), "before anything is read");
        let mut cost = Cost::new(10_000, true);
        assert!(cost.expect_entries(1_000, 1).is_ok() && cost.entries(1_000, 1).is_ok());
        assert!(cost.bytes(900_000, 10_000, 2).is_ok());
        assert!(matches!(cost.bytes(200_000, 0, 2), Err(CmsError::TooCostly { most: 10_000, .. })));
    }
}
