//! The hierarchy of departments.

use std::collections::{BTreeMap, BTreeSet};

use crate::values::DepartmentId;

/// The departments' hierarchy for rights: a table that administrators change, never content.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hierarchy {
    parents: BTreeMap<DepartmentId, DepartmentId>,
}

impl Hierarchy {
    /// From child and parent pairs; the ministry is above all and needs no pair.
    pub fn new(parents: impl IntoIterator<Item = (DepartmentId, DepartmentId)>) -> Self {
        Self { parents: parents.into_iter().collect() }
    }

    /// Whether a department has a place here.
    pub fn contains(&self, department: DepartmentId) -> bool {
        department == DepartmentId::MINISTRY || self.parents.contains_key(&department)
    }

    /// Whether `lower` is `upper` or stands below it.
    pub fn is_within(&self, lower: DepartmentId, upper: DepartmentId) -> bool {
        if upper == DepartmentId::MINISTRY {
            return true;
        }
        let mut at = lower;
        // Bounded, should the table ever hold a circle.
        for _ in 0..=self.parents.len() {
            if at == upper {
                return true;
            }
            match self.parents.get(&at) {
                Some(parent) => at = *parent,
                None => return false,
            }
        }
        false
    }

    /// A department and all below it.
    pub fn subtree(&self, upper: DepartmentId) -> BTreeSet<DepartmentId> {
        let below = self.parents.keys().copied().filter(|lower| self.is_within(*lower, upper));
        below.chain([upper]).collect()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_circle_in_the_hierarchy_ends() {
        let [budget, forms, customs] = [1, 2, 3].map(|n| DepartmentId(Uuid::from_u128(n)));
        let circle = Hierarchy::new([(budget, forms), (forms, budget)]);
        assert!(!circle.is_within(budget, customs));
    }
}
