//! The path, the query string and the conditions of a request, read into one typed value with all faults at once.
//!
//! | file | contains |
//! |---|---|
//! | `mod.rs` | the constants that routes read by, and the trait of what is read |
//! | `declarations.rs` | what a route reads, as its documents say it |
//! | `reader.rs` | reading a request, or describing a route, by the same code |

mod declarations;
mod reader;

pub(crate) use self::{
    declarations::{Condition, Declared, DeclaredParameter, Number, PathForm},
    reader::{Reading, RequestReader, Sent, declared, read},
};

use std::marker::PhantomData;

use diwan_content::{Expected, RevisionNumber};

use super::forms::{Form, Formed, FromText};
use crate::http::problem::Problem;

/// A parameter of the query string: its name, what it accepts, and what it is read into.
pub(crate) struct Parameter<T> {
    name: &'static str,
    form: Form,
    help: &'static str,
    value: PhantomData<fn() -> T>,
}

/// A `{name}` in the path of a route.
pub(crate) struct PathParameter<T> {
    name: &'static str,
    form: PathForm,
    read: fn(&str) -> Option<T>,
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
