//! What a command says: results on standard output, failures with their causes on standard error.

use std::{error::Error, io::Write as _, process::ExitCode};

use diwan_cms::CmsError;

use crate::{
    config::Mistake,
    error_text::{lines_of_verb, with_causes},
    observe::finish_logging,
};

/// Why a command failed.
#[derive(Debug)]
pub(super) struct Failure {
    lines: Vec<String>,
    code: u8,
}

/// Writes a line to standard output. Nobody may be reading any more: that is no failure.
pub(super) fn say(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stdout(), "{}", text.as_ref());
}

impl Failure {
    /// One line of what went wrong.
    pub(super) fn new(line: impl Into<String>) -> Self {
        Self { lines: vec![line.into()], code: 1 }
    }

    /// What went wrong, by line.
    pub(super) fn of_lines(lines: Vec<String>) -> Self {
        Self { lines, code: 1 }
    }

    /// Everything was done, and damage was found on the way.
    pub(super) fn of_damage(lines: Vec<String>) -> Self {
        Self { lines, code: 2 }
    }

    /// Mistakes in the configuration: nothing was started.
    pub(super) fn of_config(mistakes: Vec<Mistake>) -> Self {
        let lines = std::iter::once("the configuration has mistakes:".to_owned())
            .chain(mistakes.iter().map(|mistake| format!("  {mistake}")));
        Self { lines: lines.collect(), code: 2 }
    }

    /// The same with an exit code of its own.
    pub(super) fn with_code(self, code: u8) -> Self {
        Self { code, ..self }
    }

    /// Tells it and gives the exit code.
    pub(super) fn tell(self) -> ExitCode {
        finish_logging(&self.lines);
        ExitCode::from(self.code)
    }
}

impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(with_causes(&error))
    }
}

/// A verb's error with all its faults.
pub(super) fn of_verb(error: CmsError) -> Failure {
    Failure::of_lines(lines_of_verb(&error))
}
