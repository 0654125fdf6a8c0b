//! Conditions of a filter while its parameters are read, and how they become the filter.

use std::collections::BTreeMap;

use super::{
    brackets::Group,
    filter::{Filter, Hop, Term, Test},
    names::FilterName,
    refusals::unreadable,
    subject::FilterBy,
};
use crate::{
    faults::Fault,
    model::{Comparable, Filtering, Operator},
    values::Handle,
};

/// Conditions that hold together.
#[derive(Default)]
pub(super) struct GroupDraft {
    pub(super) terms: Vec<TermDraft>,
    pub(super) groups: BTreeMap<Group, BTreeMap<u16, GroupDraft>>,
}

/// A condition whose values are still coming.
pub(super) struct TermDraft {
    pub(super) condition: Condition,
    pub(super) values: Vec<Comparable>,
    /// Where it was first seen.
    pub(super) parameter: String,
}

/// What the name of a parameter asks.
pub(super) struct Condition {
    pub(super) name: FilterName,
    /// A field behind it, and the collections that hold it.
    pub(super) behind: Option<(Vec<Handle>, FilterName)>,
    pub(super) operator: Operator,
    /// Its values come one by one.
    pub(super) item_by_item: bool,
}

impl GroupDraft {
    /// Goes no deeper than names of parameters do.
    pub(super) fn into_filter(self, faults: &mut Vec<Fault>) -> Filter {
        let mut all: Vec<Filter> = self.terms.into_iter().filter_map(|term| term.into_filter(faults)).collect();
        for (group, members) in self.groups {
            let members: Vec<Filter> = members.into_values().map(|member| member.into_filter(faults)).collect();
            match group {
                Group::And => all.extend(members),
                Group::Or => all.push(Filter::Any(members)),
            }
        }
        match all.pop() {
            Some(only) if all.is_empty() => only,
            last => {
                all.extend(last);
                Filter::All(all)
            }
        }
    }
}

impl TermDraft {
    fn into_filter(self, faults: &mut Vec<Fault>) -> Option<Filter> {
        let Self { condition, values, parameter } = self;
        let mut distinct: Vec<Comparable> = Vec::with_capacity(values.len());
        for value in values {
            if !distinct.contains(&value) {
                distinct.push(value);
            }
        }
        let reference = condition.filtering().is_reference();
        let Condition { name, behind, operator, item_by_item: _ } = condition;
        let Some(test) = Test::of(operator, distinct) else {
            faults.push(name.filtering.refuse(unreadable(&parameter)));
            return None;
        };
        let term = |by: FilterBy| Term { by, reference, test };
        Some(match behind {
            Some((collections, target)) => Filter::Hop(Hop { by: name.by, collections, term: term(target.by) }),
            None => Filter::Term(term(name.by)),
        })
    }
}

impl Condition {
    /// How the values are compared.
    pub(super) fn filtering(&self) -> &Filtering {
        self.behind.as_ref().map_or(&self.name.filtering, |(_, target)| &target.filtering)
    }

    /// Whether both ask the same of the same values.
    pub(super) fn asks_the_same(&self, other: &Self) -> bool {
        let by = |condition: &Self| condition.behind.as_ref().map(|(_, name)| name.by.clone());
        self.name.by == other.name.by && self.operator == other.operator && by(self) == by(other)
    }
}
