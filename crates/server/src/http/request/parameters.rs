//! What routes read of path and query string: constants with a name, a type and limits; the forms of values, which members of a
//! body have too. `reader.rs` reads a request by them, and documents describe it by them.

use std::marker::PhantomData;

use diwan_cms::{MAX_PAGE_SIZE, Order, TranslationState};
use diwan_content::{
    AssetId, CURSOR_MAX_CHARS, CalendarDate, ContentHash, DepartmentId, EntryId, Expected, Fault, Handle, KeyId,
    Locale, PersonId, Rank, RevisionNumber, Sequence, Status, Timestamp, Version,
    rights::{Action, Role},
};
use uuid::Uuid;

use super::reader::RequestReader;
use crate::http::problem::Problem;

/// A collection.
pub(crate) const COLLECTION: PathParameter<String> = PathParameter::text("collection");
/// A collection or a blueprint.
pub(crate) const HANDLE: PathParameter<String> = PathParameter::text("handle");
/// An entry.
pub(crate) const ENTRY: PathParameter<EntryId> = PathParameter::id("id");
/// An asset.
pub(crate) const ASSET: PathParameter<AssetId> = PathParameter::id("id");
/// A key.
pub(crate) const KEY: PathParameter<KeyId> = PathParameter::id("id");
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

impl Parameters for EntryId {
    fn read(request: &mut RequestReader<'_>) -> Self {
        request.path(&ENTRY)
    }
}

impl Parameters for KeyId {
    fn read(request: &mut RequestReader<'_>) -> Self {
        request.path(&KEY)
    }
}

impl Parameters for AssetId {
    fn read(request: &mut RequestReader<'_>) -> Self {
        request.path(&ASSET)
    }
}

/// Which page of a list that goes on by cursors.
pub(crate) struct Paging {
    /// Its size.
    pub(crate) size: Option<u32>,
    /// The cursor of the page before.
    pub(crate) after: Option<String>,
}

impl Parameters for Paging {
    fn read(request: &mut RequestReader<'_>) -> Self {
        Self { size: request.optional(&PAGE_SIZE), after: request.optional(&PAGE_AFTER) }
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

/// What a value looks like. Checks and documents use the same form.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// Text without control characters.
    Text {
        /// Most characters.
        max: usize,
    },
    /// The same, as long as a query string may be.
    AnyText,
    /// A language tag.
    Locale,
    /// A UUID.
    Id,
    /// A whole number.
    Number {
        /// The least.
        min: i64,
        /// The greatest; `i64::MAX` is documented as none.
        max: i64,
    },
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// A point in time with its offset, not in the future.
    PastTime,
    /// A point in time with its offset.
    Time,
    /// SHA-256 in hexadecimal digits.
    Hash,
    /// A place among siblings.
    Rank,
    /// A day.
    Date,
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

/// A type that is read from a text.
pub(crate) trait FromText: Sized + Send + 'static {
    /// The value of a text that has the form.
    fn from_text(text: &str) -> Option<Self>;
}

/// A type whose values all have one form; texts and numbers have limits of their own.
pub(crate) trait Formed: FromText {
    /// The form.
    const FORM: Form;
}

/// Takes the place of a required value that is missing or faulty, so that reading goes on and finds every fault. A request
/// with faults is refused, so no verb that changes something sees it.
pub(crate) trait Placeholder {
    /// Any value.
    fn placeholder() -> Self;
}

/// A closed set of words.
pub(crate) trait Word: Copy + Send + 'static {
    /// All of them; at least one.
    const ALL: &'static [Self];

    /// As in requests.
    fn word(self) -> &'static str;
}

impl<W: Word> FromText for W {
    fn from_text(text: &str) -> Option<Self> {
        W::ALL.iter().copied().find(|word| word.word() == text)
    }
}

impl<W: Word> Formed for W {
    const FORM: Form = Form::Word(|| W::ALL.iter().map(|word| word.word()).collect());
}

impl<W: Word> Placeholder for W {
    fn placeholder() -> Self {
        const { W::ALL[0] }
    }
}

impl Word for Status {
    const ALL: &'static [Self] = &Self::ALL;

    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Word for Role {
    const ALL: &'static [Self] = &Self::ALL;

    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Word for Action {
    const ALL: &'static [Self] = Self::ALL;

    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Word for TranslationState {
    const ALL: &'static [Self] = &Self::ALL;

    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Word for Order {
    const ALL: &'static [Self] = &[Self::Relevance, Self::NewestFirst, Self::OldestFirst];

    fn word(self) -> &'static str {
        match self {
            Self::Relevance => "relevance",
            Self::NewestFirst => "-date",
            Self::OldestFirst => "date",
        }
    }
}

macro_rules! parsed {
    ($($name:ty),*) => {$(
        impl FromText for $name {
            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )*};
}
parsed!(
    String,
    EntryId,
    AssetId,
    DepartmentId,
    KeyId,
    PersonId,
    Handle,
    Locale,
    ContentHash,
    Rank,
    CalendarDate,
    Timestamp
);

macro_rules! formed {
    ($($name:ty: $form:expr),* $(,)?) => {$(
        impl Formed for $name {
            const FORM: Form = $form;
        }
    )*};
}
formed! {
    EntryId: Form::Id, AssetId: Form::Id, DepartmentId: Form::Id, KeyId: Form::Id, PersonId: Form::Id,
    Locale: Form::Locale, ContentHash: Form::Hash, Rank: Form::Rank, CalendarDate: Form::Date, Timestamp: Form::PastTime,
}

macro_rules! counted {
    ($($name:ident),*) => {$(
        impl FromText for $name {
            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok().map($name)
            }
        }

        impl Placeholder for $name {
            fn placeholder() -> Self {
                Self(0)
            }
        }
    )*};
}
counted!(RevisionNumber, Version, Sequence);

/// A number beyond the range is as good as the greatest.
impl FromText for u32 {
    fn from_text(text: &str) -> Option<Self> {
        text.parse::<i64>().ok().map(|number| Self::try_from(number).unwrap_or(Self::MAX))
    }
}

macro_rules! placeholders {
    ($($name:ty: $value:expr),* $(,)?) => {$(
        impl Placeholder for $name {
            fn placeholder() -> Self {
                $value
            }
        }
    )*};
}
placeholders! {
    String: Self::new(), u32: 0, EntryId: Self(Uuid::nil()), AssetId: Self(Uuid::nil()), DepartmentId: Self(Uuid::nil()),
    KeyId: Self(Uuid::nil()), PersonId: Self(Uuid::nil()), Timestamp: Self::MAX,
    Locale: Self::undetermined(), ContentHash: Self::of(b""),
}

impl Form {
    /// Whether a text has the form.
    pub(crate) fn accepts(self, text: &str, now: Timestamp) -> bool {
        match self {
            Self::Text { max } => text.chars().count() <= max && !has_control(text),
            Self::AnyText => !has_control(text),
            Self::Locale => text.parse::<Locale>().is_ok(),
            Self::Id => is_id(text),
            Self::Number { min, max } => text.parse::<i64>().is_ok_and(|number| (min..=max).contains(&number)),
            Self::Word(words) => words().contains(&text),
            Self::PastTime => text.parse::<Timestamp>().is_ok_and(|time| time <= now),
            Self::Time => text.parse::<Timestamp>().is_ok(),
            Self::Hash => text.parse::<ContentHash>().is_ok(),
            Self::Rank => text.parse::<Rank>().is_ok(),
            Self::Date => text.parse::<CalendarDate>().is_ok(),
        }
    }

    /// The same fault with what is allowed.
    pub(crate) fn explain(self, fault: Fault) -> Fault {
        match self {
            Self::Text { max } => fault.expecting(Expected::TextUpTo).with("max", max),
            Self::AnyText => fault.expecting(Expected::PlainText),
            Self::Locale => fault.expecting(Expected::Locale),
            Self::Id => fault.expecting(Expected::Id),
            Self::Number { min, max } => fault.expecting(Expected::IntegerWithin).with("min", min).with("max", max),
            Self::Word(words) => fault.expecting(Expected::OneOf).with("allowed", words()),
            Self::PastTime => fault.expecting(Expected::PastDatetime),
            Self::Time => fault.expecting(Expected::Datetime),
            Self::Hash => fault.expecting(Expected::Hash),
            Self::Rank => fault.expecting(Expected::Rank),
            Self::Date => fault.expecting(Expected::Date),
        }
    }
}

/// Whether a text is a hyphenated UUID.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() == 36 && text.parse::<Uuid>().is_ok()
}

/// The first control character that is neither a tab nor a line break.
pub(crate) fn find_control(text: &str) -> Option<char> {
    text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// Whether a text has such a character.
pub(crate) fn has_control(text: &str) -> bool {
    find_control(text).is_some()
}
