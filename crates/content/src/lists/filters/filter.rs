//! Filters as values: what they ask, and whether an entry answers it.

use std::collections::BTreeSet;

use super::subject::{FilterBy, Subject};
use crate::{
    model::{Comparable, Operator},
    values::{EntryId, Handle},
};

/// A filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// All of them hold; none asks nothing.
    All(Vec<Filter>),
    /// One of them holds.
    Any(Vec<Filter>),
    /// One condition.
    Term(Term),
    /// A condition on what a reference points to.
    Hop(Hop),
    /// The reference points to one of these: what is left of a hop once its targets are known.
    PointsTo {
        /// Which reference.
        by: FilterBy,
        /// To what.
        targets: BTreeSet<EntryId>,
    },
}

/// A condition on an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// What is compared.
    pub by: FilterBy,
    /// The values of it are entries that may not be public.
    pub reference: bool,
    /// With what, and how.
    pub test: Test,
}

/// A comparison. With many values it holds when one of them answers it; the opposites hold when none does.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// One of these (`eq`, `in`).
    OneOf(Vec<Comparable>),
    /// None of these (`ne`, `nin`).
    NoneOf(Vec<Comparable>),
    /// Less, or equal too where `inclusive`.
    Below {
        /// The bound.
        bound: Comparable,
        /// Whether the bound itself answers.
        inclusive: bool,
    },
    /// Greater, or equal too where `inclusive`.
    Above {
        /// The bound.
        bound: Comparable,
        /// Whether the bound itself answers.
        inclusive: bool,
    },
    /// Holds the folded text.
    Contains(String),
    /// Begins with the folded text.
    StartsWith(String),
    /// Has a value, or none.
    Exists(bool),
}

/// A condition on the entries that a reference points to: one of those that are public answers it.
#[derive(Debug, Clone, PartialEq)]
pub struct Hop {
    /// Which reference.
    pub by: FilterBy,
    /// The collections that it may point to and the caller may read.
    pub collections: Vec<Handle>,
    /// What is asked of the target.
    pub term: Term,
}

impl Test {
    /// The comparison that an operator makes with values that fit it.
    pub(crate) fn of(operator: Operator, mut values: Vec<Comparable>) -> Option<Self> {
        let text = |values: Vec<Comparable>| values.first()?.folded().map(str::to_owned);
        Some(match operator {
            Operator::Eq | Operator::In => Self::OneOf(values),
            Operator::Ne | Operator::Nin => Self::NoneOf(values),
            Operator::Lt => Self::Below { bound: values.pop()?, inclusive: false },
            Operator::Lte => Self::Below { bound: values.pop()?, inclusive: true },
            Operator::Gt => Self::Above { bound: values.pop()?, inclusive: false },
            Operator::Gte => Self::Above { bound: values.pop()?, inclusive: true },
            Operator::Contains => Self::Contains(text(values)?),
            Operator::StartsWith => Self::StartsWith(text(values)?),
            Operator::Exists => {
                let Some(Comparable::Boolean(wanted)) = values.pop() else { return None };
                Self::Exists(wanted)
            }
        })
    }

    fn holds(&self, values: &[Comparable]) -> bool {
        let any = |answers: &dyn Fn(&Comparable) -> bool| values.iter().any(answers);
        match self {
            Self::OneOf(wanted) => any(&|value| wanted.contains(value)),
            Self::NoneOf(unwanted) => !any(&|value| unwanted.contains(value)),
            Self::Below { bound, inclusive } => {
                any(&|value| value.order(bound).is_some_and(|order| order.is_lt() || (*inclusive && order.is_eq())))
            }
            Self::Above { bound, inclusive } => {
                any(&|value| value.order(bound).is_some_and(|order| order.is_gt() || (*inclusive && order.is_eq())))
            }
            Self::Contains(part) => any(&|value| value.folded().is_some_and(|text| text.contains(part.as_str()))),
            Self::StartsWith(part) => any(&|value| value.folded().is_some_and(|text| text.starts_with(part.as_str()))),
            Self::Exists(wanted) => values.is_empty() != *wanted,
        }
    }
}

impl Filter {
    /// Whether an entry answers it. `is_public` tells of entries whether the caller may know them; a hop that was not
    /// followed answers nothing.
    pub fn matches(&self, subject: &Subject<'_>, is_public: &dyn Fn(EntryId) -> bool) -> bool {
        match self {
            Self::All(filters) => filters.iter().all(|filter| filter.matches(subject, is_public)),
            Self::Any(filters) => filters.iter().any(|filter| filter.matches(subject, is_public)),
            Self::Term(Term { by, reference, test }) => {
                let mut values = subject.comparables(by);
                if *reference {
                    values.retain(|value| value.entry().is_some_and(is_public));
                }
                test.holds(&values)
            }
            Self::Hop(_) => false,
            Self::PointsTo { by, targets } => {
                subject.comparables(by).iter().filter_map(Comparable::entry).any(|target| targets.contains(&target))
            }
        }
    }

    /// Calls `visit` with every condition and hop in it.
    pub fn visit<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        match self {
            Self::All(filters) | Self::Any(filters) => {
                for filter in filters {
                    filter.visit(visit);
                }
            }
            Self::Term(_) | Self::Hop(_) | Self::PointsTo { .. } => visit(self),
        }
    }

    /// The fields that it reads of an entry.
    pub fn fields(&self) -> BTreeSet<String> {
        let mut fields = BTreeSet::new();
        self.visit(&mut |filter| {
            let by = match filter {
                Self::Term(Term { by, .. }) | Self::Hop(Hop { by, .. }) | Self::PointsTo { by, .. } => by,
                Self::All(_) | Self::Any(_) => return,
            };
            fields.insert(by.as_str().to_owned());
        });
        fields
    }

    /// Entries whose public state decides the answer, whatever the subject.
    pub fn named_entries(&self) -> BTreeSet<EntryId> {
        let mut named = BTreeSet::new();
        self.visit(&mut |filter| {
            if let Self::Term(Term { reference: true, test: Test::OneOf(values) | Test::NoneOf(values), .. }) = filter {
                named.extend(values.iter().filter_map(Comparable::entry));
            }
        });
        named
    }

    /// References of a subject whose public state decides the answer.
    pub fn asked_references(&self, subject: &Subject<'_>) -> BTreeSet<EntryId> {
        let mut asked = BTreeSet::new();
        self.visit(&mut |filter| {
            if let Self::Term(Term { by, reference: true, test: Test::Exists(_) }) = filter {
                asked.extend(subject.comparables(by).iter().filter_map(Comparable::entry));
            }
        });
        asked
    }

    /// One text for all ways to write the same filter.
    pub fn canonical(&self) -> String {
        match self {
            Self::All(filters) => canonical_group("all", filters),
            Self::Any(filters) => canonical_group("any", filters),
            Self::Term(term) => canonical_term(term),
            Self::Hop(Hop { by, collections: _, term }) => format!("{:?}>{}", by.as_str(), canonical_term(term)),
            Self::PointsTo { by, targets } => format!("{:?}>{targets:?}", by.as_str()),
        }
    }
}

fn canonical_group(name: &str, filters: &[Filter]) -> String {
    let mut parts: Vec<String> = filters.iter().map(Filter::canonical).collect();
    parts.sort();
    parts.dedup();
    format!("{name}({})", parts.join("&"))
}

fn canonical_term(Term { by, reference: _, test }: &Term) -> String {
    let sorted = |values: &[Comparable]| {
        let mut values: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
        values.sort();
        values.dedup();
        values.join(",")
    };
    let test = match test {
        Test::OneOf(values) => format!("in {}", sorted(values)),
        Test::NoneOf(values) => format!("nin {}", sorted(values)),
        Test::Below { .. } | Test::Above { .. } | Test::Contains(_) | Test::StartsWith(_) | Test::Exists(_) => {
            format!("{test:?}")
        }
    };
    format!("{:?} {test}", by.as_str())
}
