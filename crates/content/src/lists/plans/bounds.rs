//! What a filter says for certain of what publications store in columns of their own: enough to look at fewer of them where
//! no keys are kept.

use std::collections::BTreeSet;

use super::plan::conditions;
use crate::{
    lists::filters::{Filter, FilterBy, Term, Test},
    model::{Collection, Comparable, SortBy},
    values::{CalendarDate, DepartmentId},
};

/// Bounds within which everything lies that answers a filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The owner is one of these.
    pub departments: Option<BTreeSet<DepartmentId>>,
    /// The date is this one or later.
    pub from: Option<CalendarDate>,
    /// The date is this one or earlier.
    pub to: Option<CalendarDate>,
}

impl Bounds {
    /// The bounds of a filter.
    pub fn of(filter: &Filter) -> Self {
        let mut bounds = Self::default();
        for condition in conditions(filter) {
            let Filter::Term(Term { by: FilterBy::Part(by), test, .. }) = condition else { continue };
            match by {
                SortBy::Department => bounds.narrow_departments(test),
                SortBy::Date => bounds.narrow_dates(test),
                SortBy::Field(_)
                | SortBy::PublishedAt
                | SortBy::FirstPublishedAt
                | SortBy::Rank
                | SortBy::Parent
                | SortBy::Slug
                | SortBy::Blueprint => {}
            }
        }
        bounds
    }

    /// The names in a filter of a collection that narrow what is looked at where no keys are kept: its bounds, and ids.
    pub fn names(collection: &Collection) -> Vec<String> {
        let date = collection.dated.then_some(SortBy::Date);
        let parts = [SortBy::Department].into_iter().chain(date).map(FilterBy::Part);
        [FilterBy::Id].into_iter().chain(parts).map(|by| format!("filter[{}]", by.as_str())).collect()
    }

    fn narrow_departments(&mut self, test: &Test) {
        let Test::OneOf(values) = test else { return };
        let mut named = BTreeSet::new();
        for value in values {
            if let Comparable::Id(id) = value {
                named.insert(DepartmentId(*id));
            }
        }
        self.departments = Some(match &self.departments {
            Some(known) => known & &named,
            None => named,
        });
    }

    fn narrow_dates(&mut self, test: &Test) {
        let day = |value: &Comparable| if let Comparable::Date(day) = value { Some(*day) } else { None };
        let (from, to) = match test {
            Test::OneOf(values) => {
                let days: Vec<CalendarDate> = values.iter().filter_map(day).collect();
                (days.iter().min().copied(), days.iter().max().copied())
            }
            Test::Above { bound, inclusive: _ } => (day(bound), None),
            Test::Below { bound, inclusive: _ } => (None, day(bound)),
            Test::NoneOf(_) | Test::Contains(_) | Test::StartsWith(_) | Test::Exists(_) => (None, None),
        };
        // No bound at all is less than any, and so loses against the later day.
        self.from = self.from.max(from);
        self.to = [self.to, to].into_iter().flatten().min();
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn term(by: SortBy, test: Test) -> Filter {
        Filter::Term(Term { by: FilterBy::Part(by), reference: false, test })
    }

    fn day(text: &str) -> CalendarDate {
        text.parse().unwrap()
    }

    fn above(text: &str) -> Filter {
        term(SortBy::Date, Test::Above { bound: Comparable::Date(day(text)), inclusive: false })
    }

    fn below(text: &str) -> Filter {
        term(SortBy::Date, Test::Below { bound: Comparable::Date(day(text)), inclusive: true })
    }

    fn owners(numbers: &[u128]) -> Filter {
        let ids = numbers.iter().map(|number| Comparable::Id(Uuid::from_u128(*number))).collect();
        term(SortBy::Department, Test::OneOf(ids))
    }

    #[test]
    fn conditions_that_hold_together_narrow_each_other() {
        let filter = Filter::All(vec![
            above("2026-01-01"),
            Filter::All(vec![above("2026-03-01"), below("2026-12-31")]),
            below("2026-06-30"),
            owners(&[1, 2]),
            owners(&[2, 3]),
        ]);
        let departments = Some(BTreeSet::from([DepartmentId(Uuid::from_u128(2))]));
        let (from, to) = (Some(day("2026-03-01")), Some(day("2026-06-30")));
        assert_eq!(Bounds::of(&filter), Bounds { departments, from, to });
        let days = Test::OneOf(vec![Comparable::Date(day("2026-05-01")), Comparable::Date(day("2026-02-01"))]);
        let wanted = Bounds { from: Some(day("2026-02-01")), to: Some(day("2026-05-01")), ..Bounds::default() };
        assert_eq!(Bounds::of(&term(SortBy::Date, days)), wanted);
    }

    #[test]
    fn what_need_not_hold_narrows_nothing() {
        let filter = Filter::All(vec![
            Filter::Any(vec![above("2026-01-01"), owners(&[1])]),
            term(SortBy::Date, Test::NoneOf(vec![Comparable::Date(day("2026-01-01"))])),
            term(SortBy::Slug, Test::Contains("ا".to_owned())),
        ]);
        assert_eq!(Bounds::of(&filter), Bounds::default());
    }
}
