//! What a route reads besides its body, as its documents say it.

use crate::http::request::forms::Form;

/// What a route's [`Parameters`] read, for checks and documents.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    /// Names of the path's parameters.
    pub(crate) path: Vec<(&'static str, PathForm)>,
    /// Parameters of the query string; no other is accepted.
    pub(crate) query: Vec<DeclaredParameter>,
    /// Which version the request must name.
    pub(crate) condition: Condition,
}

/// A parameter of the query string as a route reads it.
#[derive(Debug)]
pub(crate) struct DeclaredParameter {
    /// Its name, without brackets.
    pub(crate) name: &'static str,
    /// What each value looks like.
    pub(crate) form: Form,
    /// How many values there may be.
    pub(crate) number: Number,
    /// What it is for.
    pub(crate) help: &'static str,
}

/// How documents describe a segment of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathForm {
    /// Any text.
    Text,
    /// A UUID.
    Id,
    /// A whole number.
    Number,
}

/// How many values a parameter may have, and how they are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    /// At most one.
    Optional,
    /// Exactly one.
    Required,
    /// Any number: the name may be repeated, and values may be separated by commas.
    Many,
    /// One for each `name[…]`.
    Bracketed,
    /// Any number for each `name[…]`.
    ManyBracketed,
    /// A tree of conditions `name[…][…]`, checked by what knows the fields.
    Conditions,
}

/// Which version a request must name in its headers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Condition {
    /// None.
    #[default]
    None,
    /// `If-Match` with the version.
    Version,
    /// The same, or `If-None-Match: *` for what does not exist yet.
    VersionOrAbsent,
}

impl DeclaredParameter {
    /// Its name as lists of allowed parameters show it.
    pub(crate) fn shown_name(&self) -> String {
        match self.number {
            Number::Bracketed | Number::ManyBracketed => format!("{}[]", self.name),
            Number::Optional | Number::Required | Number::Many | Number::Conditions => self.name.to_owned(),
        }
    }
}

impl Number {
    /// Whether a name in a query string is that of a parameter.
    pub(super) fn covers(self, declared: &str, name: &str) -> bool {
        let Some(rest) = name.strip_prefix(declared) else { return false };
        match self {
            Self::Optional | Self::Required | Self::Many => rest.is_empty(),
            Self::Bracketed | Self::ManyBracketed => rest.len() > 2 && rest.starts_with('[') && rest.ends_with(']'),
            Self::Conditions => rest.is_empty() || rest.starts_with('['),
        }
    }

    pub(super) fn takes_lists(self) -> bool {
        matches!(self, Self::Many | Self::ManyBracketed)
    }

    pub(super) fn is_repeatable(self) -> bool {
        // Filters tell repeated items of a list from what is given twice.
        self.takes_lists() || self == Self::Conditions
    }
}
