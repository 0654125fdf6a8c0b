//! What a request leaves out, read against the columns of one segment.

use tantivy::{DocId, columnar::Cardinality};

use super::columns::{Columns, Names};
use crate::{documents::schema::FACET_SEPARATOR, query::request::SearchRequest};

/// Most facet fields of one request; more have no place in [`Failed`].
pub(crate) const FACET_FIELDS_MAX: usize = 24;

/// The filters that keep a document out, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Failed(u32);

/// The filters of a request in one segment.
pub(crate) struct Filters {
    allowed_collections: Chosen,
    chosen_collections: Chosen,
    chosen_departments: Chosen,
    chosen_locales: Chosen,
    /// For each facet value the bit of its field, if the request may see that field.
    facets: Vec<Option<Failed>>,
    /// For each facet value whether it is asked for.
    chosen_values: Vec<bool>,
    /// The fields that a value is asked of.
    filtered_fields: Vec<Failed>,
    from_day: u64,
    to_day: u64,
    dated: bool,
    keyed: bool,
    /// Every document of the segment says whether it needs a key, and the asker needs none that he lacks.
    open: bool,
}

/// Which names of a column pass; nothing needs to be read where every document has one and all pass.
enum Chosen {
    Everything,
    Some(Vec<bool>),
}

impl Failed {
    /// By the filter on collections.
    pub(crate) const COLLECTION: Self = Self(1);
    /// By the filter on departments.
    pub(crate) const DEPARTMENT: Self = Self(1 << 1);
    /// By the filter on locales.
    pub(crate) const LOCALE: Self = Self(1 << 2);
    /// By the filter on days.
    pub(crate) const DAY: Self = Self(1 << 3);

    const NOTHING: Self = Self(0);

    fn field(number: usize) -> Self {
        Self(1 << (4 + number.min(FACET_FIELDS_MAX)))
    }

    /// Whether no filter but this one keeps the document out.
    pub(crate) fn none_but(self, one: Self) -> bool {
        self.0 & !one.0 == 0
    }

    /// Whether a filter keeps the document out.
    pub(crate) fn has(self, one: Self) -> bool {
        self.0 & one.0 != 0
    }

    /// Whether no filter keeps the document out.
    pub(crate) fn is_nothing(self) -> bool {
        self == Self::NOTHING
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Filters {
    /// Those of a request.
    pub(crate) fn new(request: &SearchRequest, columns: &Columns) -> Self {
        let departments: Vec<String> = request.departments.iter().map(ToString::to_string).collect();
        let chosen_collection = |name: &str| {
            request.collections.is_empty() || request.collections.iter().any(|handle| handle.as_str() == name)
        };
        let facet = |name: &str| {
            let (field, _) = name.split_once(FACET_SEPARATOR)?;
            request.facet_fields.iter().position(|handle| handle.as_str() == field)
        };
        let chosen_value = |name: &str| {
            let Some((field, value)) = name.split_once(FACET_SEPARATOR) else { return false };
            let filter = request.values.iter().find(|filter| filter.field.as_str() == field);
            filter.is_some_and(|filter| filter.values.iter().any(|other| other == value))
        };
        let filtered = request.values.iter().map(|filter| {
            // A field that the request may not see holds no value for it.
            let place = request.facet_fields.iter().position(|field| *field == filter.field);
            Failed::field(place.unwrap_or(FACET_FIELDS_MAX))
        });
        Self {
            allowed_collections: Chosen::of(&columns.collection, |name| {
                request.allowed_collections.iter().any(|handle| handle.as_str() == name)
            }),
            chosen_collections: Chosen::of(&columns.collection, chosen_collection),
            chosen_departments: Chosen::of(&columns.department, |name| {
                departments.is_empty() || departments.iter().any(|other| other == name)
            }),
            chosen_locales: Chosen::of(&columns.locale, |name| {
                request.locale.as_ref().is_none_or(|locale| locale.as_str() == name)
            }),
            facets: columns.values.map(|name| facet(name).map(Failed::field)),
            chosen_values: columns.values.map(chosen_value),
            filtered_fields: filtered.collect(),
            from_day: request.from_day.map_or(0, u64::from),
            to_day: request.to_day.map_or(u64::MAX, u64::from),
            dated: request.from_day.is_some() || request.to_day.is_some(),
            keyed: request.scope.is_keyed(),
            open: columns.needs_key.get_cardinality() == Cardinality::Full
                && (request.scope.is_keyed() || !columns.needs_key.max_value()),
        }
    }

    /// Whether the caller may see every document of the segment.
    pub(crate) fn allow_all(&self) -> bool {
        self.open && matches!(self.allowed_collections, Chosen::Everything)
    }

    /// Whether the asker may see a document at all. One without its values is never seen.
    pub(crate) fn allows(&self, doc: DocId, columns: &Columns) -> bool {
        self.allowed_collections.has(doc, &columns.collection)
            && (self.open || columns.needs_key.first(doc).is_some_and(|needs_key| self.keyed || !needs_key))
    }

    /// The filters that keep a document out.
    pub(crate) fn failed(&self, doc: DocId, columns: &Columns) -> Failed {
        let mut failed = Failed::NOTHING;
        if !self.chosen_collections.has(doc, &columns.collection) {
            failed = failed.with(Failed::COLLECTION);
        }
        if !self.chosen_departments.has(doc, &columns.department) {
            failed = failed.with(Failed::DEPARTMENT);
        }
        if !self.chosen_locales.has(doc, &columns.locale) {
            failed = failed.with(Failed::LOCALE);
        }
        if self.dated && columns.day.first(doc).is_none_or(|day| day < self.from_day || day > self.to_day) {
            failed = failed.with(Failed::DAY);
        }
        for field in &self.filtered_fields {
            let found = |number: usize| {
                self.facet_of(number) == Some(*field) && self.chosen_values.get(number).copied().unwrap_or(false)
            };
            if !columns.values.all_of(doc).any(found) {
                failed = failed.with(*field);
            }
        }
        failed
    }

    /// The bit of a facet value's field.
    pub(crate) fn facet_of(&self, number: usize) -> Option<Failed> {
        self.facets.get(number).copied().flatten()
    }
}

impl Chosen {
    fn of(column: &Names, chosen: impl Fn(&str) -> bool) -> Self {
        let chosen = column.map(chosen);
        if column.is_full() && chosen.iter().all(|chosen| *chosen) { Self::Everything } else { Self::Some(chosen) }
    }

    fn has(&self, doc: DocId, column: &Names) -> bool {
        match self {
            Self::Everything => true,
            Self::Some(chosen) => column.of(doc).and_then(|number| chosen.get(number)).copied().unwrap_or(false),
        }
    }
}
