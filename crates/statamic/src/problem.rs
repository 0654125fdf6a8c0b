//! What is told about files.

use std::fmt;

/// Why a file cannot be read; the other files are not touched by it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file as it was named to the reader.
    pub file: String,
    /// Line in the file, from 1.
    pub line: usize,
    /// What is wrong, in English.
    pub what: String,
}

/// Something about a file that people should know and that stops nothing: a value that was converted or left aside.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// The key of the front matter, if it is about one.
    pub key: Option<String>,
    /// Line in the file, from 1.
    pub line: usize,
    /// What was done, in English.
    pub what: String,
}

impl Problem {
    pub(crate) fn new(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, what: what.into() }
    }
}

impl Note {
    /// About the whole file.
    pub(crate) fn on_file(line: usize, what: impl Into<String>) -> Self {
        Self { key: None, line, what: what.into() }
    }

    /// About one key.
    pub(crate) fn on_key(key: &str, line: usize, what: impl Into<String>) -> Self {
        Self { key: Some(key.to_owned()), line, what: what.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, what } = self;
        write!(f, "{file}:{line}: {what}")
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, line, what } = self;
        match key {
            Some(key) => write!(f, "{line}: {key}: {what}"),
            None => write!(f, "{line}: {what}"),
        }
    }
}
