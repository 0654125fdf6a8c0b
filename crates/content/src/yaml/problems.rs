//! Mistakes in schema files.

use std::{cell::RefCell, fmt};

/// One mistake in a schema file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SchemaProblem {
    /// The file as it was named to [`crate::Registry::load`].
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Dotted place, such as `fields.title.max_chars`; the empty one is the whole file.
    pub field: String,
    /// What is wrong and what is allowed, in English.
    pub what: String,
}

impl fmt::Display for SchemaProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, field, what } = self;
        let field = if field.is_empty() { "file" } else { field };
        write!(f, "{file}:{line}: {field}: {what}")
    }
}

/// Where the readers of one file put its mistakes. Shared, because readers of nested mappings live side by side.
#[derive(Debug)]
pub(crate) struct Problems {
    file: String,
    list: RefCell<Vec<SchemaProblem>>,
}

impl Problems {
    /// None yet.
    pub(crate) fn of(file: &str) -> Self {
        Self { file: file.to_owned(), list: RefCell::new(Vec::new()) }
    }

    /// One more.
    pub(crate) fn add(&self, line: usize, field: impl Into<String>, what: impl Into<String>) {
        let problem = SchemaProblem { file: self.file.clone(), line, field: field.into(), what: what.into() };
        self.list.borrow_mut().push(problem);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.list.borrow().len()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.count() == 0
    }

    /// All of them.
    pub(crate) fn into_list(self) -> Vec<SchemaProblem> {
        self.list.into_inner()
    }
}

/// Joins two parts of a dotted place.
pub(crate) fn join(place: &str, key: &str) -> String {
    if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") }
}

/// `a, b or c`.
pub(crate) fn any_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}
