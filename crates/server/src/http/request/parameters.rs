//! What routes read of path, query string and conditions: constants with a name, a type and limits, and how documents
//! describe them. `reader.rs` reads a request by them.

use std::marker::PhantomData;

use diwan_cms::MAX_PAGE_SIZE;
use diwan_content::{AssetId, CURSOR_MAX_CHARS, EntryId, Expected, Locale, RevisionNumber, Version};

use super::{
    forms::{Form, Formed, FromText},
    reader::RequestReader,
};
use crate::http::problem::Problem;

/// A collection.
pub(crate) const COLLECTION: PathParameter<String> = PathParameter::text("collection");
/// A collection or a blueprint.
pub(crate) const HANDLE: PathParameter<String> = PathParameter::text("handle");
/// An entry.
pub(crate) const ENTRY: PathParameter<EntryId> = PathParameter::id("id");
/// An asset.
pub(crate) const ASSET: PathParameter<AssetId> = PathParameter::id("id");
/// A locale.
pub(crate) const LOCALE: PathParameter<Locale> = PathParameter::text("locale");
/// Size of a page.
pub(crate) const PAGE_SIZE: Parameter<u32> =
    Parameter::number("page[size]", 1, MAX_PAGE_SIZE as i64, "at most so many; 20 when absent");
/// Place of a page.
pub(crate) const PAGE_AFTER: Parameter<String> =
    Parameter::text("page[after]", CURSOR_MAX_CHARS, "cursor from `page.next` of the answer before");

/// A parameter of the query string: its name, what it accepts, and what it is read into.
pub(crate) struct Parameter<T> {
    pub(super) name: &'static str,
    pub(super) form: Form,
    pub(super) help: &'static str,
    pub(super) value: PhantomData<fn() -> T>,
}

/// A `{name}` in the path of a route.
pub(crate) struct PathParameter<T> {
    pub(super) name: &'static str,
    pub(super) form: PathForm,
    pub(super) read: fn(&str) -> Option<T>,
}

/// What a route reads of a request besides its body.
pub(crate) trait Parameters: Sized + Send + 'static {
    /// Reads every parameter, whatever is wrong with the others: a parameter that is read only sometimes would be declared
    /// only sometimes. Faults stay with the reader.
    fn read(request: &mut RequestReader<'_>) -> Self;
}

/// A route that reads nothing.
impl Parameters for () {
    fn read(_request: &mut RequestReader<'_>) -> Self {}
}

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

impl<T: Formed> Parameter<T> {
    /// A parameter whose type says what it accepts.
    pub(crate) const fn new(name: &'static str, help: &'static str) -> Self {
        Self { name, form: T::FORM, help, value: PhantomData }
    }
}

impl Parameter<String> {
    /// A text of at most `max` characters.
    pub(crate) const fn text(name: &'static str, max: usize, help: &'static str) -> Self {
        Self { name, form: Form::Text { max }, help, value: PhantomData }
    }

    /// Conditions, which are checked by what knows the fields.
    pub(crate) const fn conditions(name: &'static str, help: &'static str) -> Self {
        Self { name, form: Form::AnyText, help, value: PhantomData }
    }
}

impl<T> Parameter<T> {
    /// Its name.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }
}

impl<T: FromText> Parameter<T> {
    /// A whole number within bounds, both included.
    pub(crate) const fn number(name: &'static str, min: i64, max: i64, help: &'static str) -> Self {
        Self { name, form: Form::Number { min, max }, help, value: PhantomData }
    }

    /// A problem of this parameter alone, found by what looks behind its form.
    pub(crate) fn problem(&self, expected: Expected) -> Problem {
        Problem::parameter(self.name, expected)
    }

    /// A problem of this parameter alone: its value is not one of those that it accepts.
    pub(crate) fn not_one_of(&self, allowed: Vec<&str>) -> Problem {
        Problem::not_one_of(self.name, allowed)
    }
}

impl<T: FromText> PathParameter<T> {
    /// A segment that is a UUID.
    pub(crate) const fn id(name: &'static str) -> Self {
        Self { name, form: PathForm::Id, read: T::from_text }
    }

    /// A segment of any other form.
    pub(crate) const fn text(name: &'static str) -> Self {
        Self { name, form: PathForm::Text, read: T::from_text }
    }
}

impl PathParameter<RevisionNumber> {
    /// A segment that is the number of a revision.
    pub(crate) const fn number(name: &'static str) -> Self {
        let read = |text: &str| if text.bytes().all(|b| b.is_ascii_digit()) { FromText::from_text(text) } else { None };
        Self { name, form: PathForm::Number, read }
    }
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

impl Parameters for EntryId {
    fn read(request: &mut RequestReader<'_>) -> Self {
        request.path(&ENTRY)
    }
}

impl Parameters for AssetId {
    fn read(request: &mut RequestReader<'_>) -> Self {
        request.path(&ASSET)
    }
}

/// A collection or a blueprint in the path, as sent.
pub(crate) struct Named(pub(crate) String);

impl Parameters for Named {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self(request.path(&HANDLE))
    }
}

/// An entry in one locale.
pub(crate) struct InLocale {
    /// The entry.
    pub(crate) entry: EntryId,
    /// The locale.
    pub(crate) locale: Locale,
}

impl Parameters for InLocale {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self { entry: request.path(&ENTRY), locale: request.path(&LOCALE) }
    }
}

/// Something at the version that `If-Match` names.
pub(crate) struct AtVersion<T> {
    /// What.
    pub(crate) of: T,
    /// The version.
    pub(crate) version: Version,
}

impl<T: Parameters> Parameters for AtVersion<T> {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self { of: T::read(request), version: request.version() }
    }
}
