//! How hits are spread, counted in the pass that finds them.

use std::collections::BTreeMap;

use diwan_content::{DepartmentId, Handle, Locale};
use tantivy::DocId;

use super::filters::{Columns, Failed, Filters};
use crate::{
    api::{FACET_MAX_VALUES, Facet, Facets, Month},
    documents::schema::FACET_SEPARATOR,
};

/// Counts of one segment, each by the number of its name there; those alone that are asked for.
pub(crate) struct FacetCounts {
    collections: Option<Vec<u64>>,
    departments: Option<Vec<u64>>,
    locales: Option<Vec<u64>>,
    values: Option<Vec<u64>>,
    /// For each value of a field the bit of that field's filter, if the field is counted.
    counted_values: Vec<Option<Failed>>,
    /// From January of the first year on.
    months: Option<Vec<u64>>,
    first_year: u64,
}

/// Counts by name, which segments can be added up by.
#[derive(Debug, Clone, Default)]
pub(crate) struct NamedCounts {
    collections: BTreeMap<String, u64>,
    departments: BTreeMap<String, u64>,
    locales: BTreeMap<String, u64>,
    values: BTreeMap<String, u64>,
    months: BTreeMap<u64, u64>,
}

impl FacetCounts {
    /// Nothing counted yet.
    pub(crate) fn new(facets: &[Facet], columns: &Columns, filters: &Filters) -> Self {
        let zeros = |facet: &Facet, count: usize| facets.contains(facet).then(|| vec![0; count]);
        let fields: Vec<&str> = facets.iter().filter_map(Facet::field).collect();
        let named =
            columns.values.map(|name| name.split_once(FACET_SEPARATOR).is_some_and(|(f, _)| fields.contains(&f)));
        let counted_values: Vec<Option<Failed>> =
            (0..).zip(named).map(|(number, named)| filters.facet_of(number).filter(|_| named)).collect();
        let any_value = counted_values.iter().any(Option::is_some);
        let [first_year, last_year] = [columns.day.min_value(), columns.day.max_value()].map(year_of);
        let years = usize::try_from(last_year.saturating_sub(first_year)).unwrap_or_default() + 1;
        Self {
            collections: zeros(&Facet::Collection, columns.collection.len()),
            departments: zeros(&Facet::Department, columns.department.len()),
            locales: zeros(&Facet::Locale, columns.locale.len()),
            values: any_value.then(|| vec![0; columns.values.len()]),
            counted_values,
            months: zeros(&Facet::Month, years * 12),
            first_year,
        }
    }

    /// Counts a document in the facets that it stands in: all if no filter keeps it out, or the one whose own filter does.
    pub(crate) fn count(&mut self, doc: DocId, columns: &Columns, failed: Failed) {
        if let Some(counts) = &mut self.collections
            && failed.none_but(Failed::COLLECTION)
        {
            add(counts, columns.collection.of(doc));
        }
        if let Some(counts) = &mut self.departments
            && failed.none_but(Failed::DEPARTMENT)
        {
            add(counts, columns.department.of(doc));
        }
        if let Some(counts) = &mut self.locales
            && failed.none_but(Failed::LOCALE)
        {
            add(counts, columns.locale.of(doc));
        }
        if let Some(counts) = &mut self.months
            && failed.none_but(Failed::DAY)
            && let Some(day) = columns.day.first(doc)
        {
            let month = (year_of(day) - self.first_year) * 12 + (day / 100 % 100).saturating_sub(1);
            add(counts, usize::try_from(month).ok());
        }
        if let Some(counts) = &mut self.values {
            for number in columns.values.all_of(doc) {
                if self.counted_values.get(number).copied().flatten().is_some_and(|field| failed.none_but(field)) {
                    add(counts, Some(number));
                }
            }
        }
    }

    /// The counts by name.
    pub(crate) fn named(self, columns: &Columns) -> NamedCounts {
        let Self { collections, departments, locales, values, counted_values: _, months, first_year } = self;
        let numbered = (0_u64..).zip(months.unwrap_or_default()).filter(|(_, count)| *count > 0);
        let months =
            numbered.map(|(number, count)| ((first_year + number / 12) * 100 + number % 12 + 1, count)).collect();
        NamedCounts {
            collections: columns.collection.counted(&collections.unwrap_or_default()),
            departments: columns.department.counted(&departments.unwrap_or_default()),
            locales: columns.locale.counted(&locales.unwrap_or_default()),
            values: columns.values.counted(&values.unwrap_or_default()),
            months,
        }
    }
}

impl NamedCounts {
    /// Adds another segment's.
    pub(crate) fn add(&mut self, other: Self) {
        let Self { collections, departments, locales, values, months } = other;
        add_all(&mut self.collections, collections);
        add_all(&mut self.departments, departments);
        add_all(&mut self.locales, locales);
        add_all(&mut self.values, values);
        for (month, count) in months {
            *self.months.entry(month).or_default() += count;
        }
    }

    /// The largest values of each facet.
    pub(crate) fn facets(self) -> Facets {
        let Self { collections, departments, locales, values, months } = self;
        let mut fields: BTreeMap<Handle, Vec<(String, u64)>> = BTreeMap::new();
        for (name, count) in values {
            if let Some((field, value)) = name.split_once(FACET_SEPARATOR)
                && let Ok(field) = field.parse()
            {
                fields.entry(field).or_default().push((value.to_owned(), count));
            }
        }
        let fields = fields.into_iter().map(|(field, values)| (field, largest(values))).collect();
        let mut months: Vec<(Month, u64)> =
            months.into_iter().rev().map(|(month, count)| (Month(month), count)).collect();
        months.truncate(FACET_MAX_VALUES);
        Facets {
            collections: largest(parsed::<Handle>(collections)),
            departments: largest(parsed::<DepartmentId>(departments)),
            locales: largest(parsed::<Locale>(locales)),
            months,
            fields,
        }
    }
}

/// Days are written by year * 10000; an empty column says more than any year.
fn year_of(day: u64) -> u64 {
    (day / 10_000).min(9_999)
}

fn add(counts: &mut [u64], number: Option<usize>) {
    if let Some(count) = number.and_then(|number| counts.get_mut(number)) {
        *count += 1;
    }
}

fn add_all(counts: &mut BTreeMap<String, u64>, more: BTreeMap<String, u64>) {
    for (name, count) in more {
        *counts.entry(name).or_default() += count;
    }
}

fn parsed<T: std::str::FromStr>(counts: BTreeMap<String, u64>) -> Vec<(T, u64)> {
    counts.into_iter().filter_map(|(name, count)| Some((name.parse().ok()?, count))).collect()
}

fn largest<T: Ord>(mut values: Vec<(T, u64)>) -> Vec<(T, u64)> {
    values.sort_by(|(one, one_count), (other, other_count)| other_count.cmp(one_count).then_with(|| one.cmp(other)));
    values.truncate(FACET_MAX_VALUES);
    values
}
