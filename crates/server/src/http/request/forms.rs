//! What values parameters and members accept, and the Rust types they are read into.

use diwan_cms::{Order, TranslationState};
use diwan_content::{
    AssetId, CalendarDate, ContentHash, DepartmentId, EntryId, Expected, Fault, Locale, Rank, RevisionNumber, Sequence,
    Status, Timestamp, Version,
};
use uuid::Uuid;

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
    /// SHA-256 in hexadecimal digits.
    Hash,
    /// A place among siblings.
    Rank,
    /// A day.
    Date,
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
parsed!(String, EntryId, AssetId, DepartmentId, Locale, ContentHash, Rank, CalendarDate, Timestamp);

macro_rules! formed {
    ($($name:ty: $form:expr),* $(,)?) => {$(
        impl Formed for $name {
            const FORM: Form = $form;
        }
    )*};
}
formed! {
    EntryId: Form::Id, AssetId: Form::Id, DepartmentId: Form::Id, Locale: Form::Locale, ContentHash: Form::Hash,
    Rank: Form::Rank, CalendarDate: Form::Date, Timestamp: Form::PastTime,
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
