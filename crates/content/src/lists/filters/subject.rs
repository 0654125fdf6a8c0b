//! What lists know of a published entry: what it is ordered by, filtered by, and found under.

use serde_json::{Map, Value};

use crate::{
    model::{Blueprint, Comparable, Field, SortBy, SortKey},
    values::{CalendarDate, DepartmentId, EntryId, KeyPart, Locale, Rank, Slug, Timestamp, encode_key, equality_key},
};

/// What a filter can name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FilterBy {
    /// The entry's id.
    Id,
    /// What indexes can hold too.
    Part(SortBy),
}

/// A published localization as lists see it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The entry.
    pub entry: EntryId,
    /// The locale in which it is public.
    pub locale: &'a Locale,
    /// Its blueprint.
    pub blueprint: &'a Blueprint,
    /// Its presented values.
    pub presented: &'a Map<String, Value>,
    /// Its owner.
    pub department: DepartmentId,
    /// Parent in a tree.
    pub parent: Option<EntryId>,
    /// Last segment of its path.
    pub slug: &'a Slug,
    /// Place among siblings in a tree.
    pub rank: Option<&'a Rank>,
    /// Date of dated entries.
    pub date: Option<CalendarDate>,
    /// When this revision became public.
    pub published_at: Timestamp,
    /// When it first became public.
    pub first_published_at: Timestamp,
}

impl FilterBy {
    /// The name in queries.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Id => "id",
            Self::Part(by) => by.as_str(),
        }
    }
}

impl Subject<'_> {
    /// The key in an order: one part for each step, and the id.
    pub fn sort_key(&self, order: &[SortKey]) -> Vec<u8> {
        let parts: Vec<(KeyPart, bool)> = order
            .iter()
            .map(|key| (self.key_parts(&key.by).into_iter().next().unwrap_or(KeyPart::Null), key.descending))
            .collect();
        encode_key(&parts, self.entry.0)
    }

    /// What filters compare. Of fields only those that are public and filterable in the entry's own blueprint.
    pub fn comparables(&self, by: &FilterBy) -> Vec<Comparable> {
        let by = match by {
            FilterBy::Id => return vec![Comparable::Id(self.entry.0)],
            FilterBy::Part(by) => by,
        };
        let time = |time: Timestamp| vec![Comparable::Time(time.unix_ms())];
        match by {
            SortBy::Field(handle) => self
                .public_field(handle.as_str())
                .filter(|field| field.filterable)
                .map(|field| field.field_type.comparables(self.value(handle.as_str())))
                .unwrap_or_default(),
            SortBy::Department => vec![Comparable::Id(self.department.0)],
            SortBy::Parent => self.parent.map(|parent| Comparable::Id(parent.0)).into_iter().collect(),
            SortBy::Blueprint => vec![Comparable::Option(self.blueprint.handle.to_string())],
            SortBy::Slug => vec![Comparable::Text(diwan_arabic::fold_text(self.slug.as_str()))],
            SortBy::Date => self.date.map(Comparable::Date).into_iter().collect(),
            SortBy::PublishedAt => time(self.published_at),
            SortBy::FirstPublishedAt => time(self.first_published_at),
            SortBy::Rank => Vec::new(),
        }
    }

    /// The parts of keys in an index.
    pub(crate) fn key_parts(&self, by: &SortBy) -> Vec<KeyPart> {
        let one = match by {
            SortBy::Field(handle) => {
                let field = self.public_field(handle.as_str());
                return field.map_or(vec![KeyPart::Null], |field| {
                    field.field_type.key_parts(self.value(handle.as_str()), self.locale)
                });
            }
            SortBy::Slug => KeyPart::Text(diwan_arabic::collation_key(self.slug.as_str(), self.locale.as_str())),
            SortBy::Rank => self.rank.map_or(KeyPart::Null, |rank| KeyPart::Text(rank.as_str().as_bytes().to_vec())),
            SortBy::Department
            | SortBy::Parent
            | SortBy::Blueprint
            | SortBy::Date
            | SortBy::PublishedAt
            | SortBy::FirstPublishedAt => {
                let values = self.comparables(&FilterBy::Part(by.clone()));
                values.first().map_or(KeyPart::Null, |value| value.key_part(self.locale))
            }
        };
        vec![one]
    }

    /// The part of a key that serves equality of a text, instead of its order.
    pub(crate) fn folded_part(&self, by: &SortBy) -> KeyPart {
        match self.comparables(&FilterBy::Part(by.clone())).first() {
            Some(Comparable::Text(folded)) => KeyPart::Text(equality_key(folded)),
            Some(other) => other.key_part(self.locale),
            None => KeyPart::Null,
        }
    }

    fn public_field(&self, handle: &str) -> Option<&Field> {
        self.blueprint.find_field(handle).filter(|field| !field.private)
    }

    fn value(&self, handle: &str) -> &Value {
        self.presented.get(handle).unwrap_or(&Value::Null)
    }
}
