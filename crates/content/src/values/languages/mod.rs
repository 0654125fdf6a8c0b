//! The languages of messages and the locales of content.

mod language;
mod locale;

pub use self::{
    language::{Label, Language},
    locale::{Direction, Locale, NotALocale},
};
