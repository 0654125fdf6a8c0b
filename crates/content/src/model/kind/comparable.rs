//! Values that filters compare.

use std::cmp::Ordering;

use uuid::Uuid;

use crate::values::{CalendarDate, EntryId, KeyPart, Locale, equality_key, option_key};

/// A value of a field, or of a filter, in the form in which filters compare it.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparable {
    /// A text in its folded form: spellings that readers take for one are one.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number; never NaN.
    Number(f64),
    /// Yes or no.
    Boolean(bool),
    /// A day.
    Date(CalendarDate),
    /// A point in time, in milliseconds since 1970.
    Time(i64),
    /// A declared option, as it is written.
    Option(String),
    /// An identity.
    Id(Uuid),
}

impl Comparable {
    /// The order of two values of one kind; `None` for values of different kinds, and of kinds that have no order.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) | (Self::Time(a), Self::Time(b)) => Some(a.cmp(b)),
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(b),
            (Self::Boolean(a), Self::Boolean(b)) => Some(a.cmp(b)),
            (Self::Date(a), Self::Date(b)) => Some(a.cmp(b)),
            (
                Self::Text(_)
                | Self::Integer(_)
                | Self::Number(_)
                | Self::Boolean(_)
                | Self::Date(_)
                | Self::Time(_)
                | Self::Option(_)
                | Self::Id(_),
                _,
            ) => None,
        }
    }

    /// The folded text, of a text.
    pub fn folded(&self) -> Option<&str> {
        match self {
            Self::Text(folded) => Some(folded),
            Self::Integer(_)
            | Self::Number(_)
            | Self::Boolean(_)
            | Self::Date(_)
            | Self::Time(_)
            | Self::Option(_)
            | Self::Id(_) => None,
        }
    }

    /// The entry that an identity names, of an identity.
    pub fn entry(&self) -> Option<EntryId> {
        match self {
            Self::Id(id) => Some(EntryId(*id)),
            Self::Text(_)
            | Self::Integer(_)
            | Self::Number(_)
            | Self::Boolean(_)
            | Self::Date(_)
            | Self::Time(_)
            | Self::Option(_) => None,
        }
    }

    /// The part of a key that stands for just this value.
    pub fn key_part(&self, locale: &Locale) -> KeyPart {
        match self {
            Self::Text(folded) => KeyPart::Text(equality_key(folded)),
            Self::Integer(value) => KeyPart::Integer(*value),
            Self::Number(value) => KeyPart::Number(*value),
            Self::Boolean(value) => KeyPart::Boolean(*value),
            Self::Date(date) => KeyPart::Date(*date),
            Self::Time(ms) => KeyPart::Time(*ms),
            Self::Option(value) => KeyPart::Text(option_key(value, locale)),
            Self::Id(id) => KeyPart::Id(*id),
        }
    }
}
