//! What a command says: results on standard output, failures with their causes on standard error.

use std::{error::Error, io::Write as _, process::ExitCode};

use diwan_cms::CmsError;
use diwan_content::Language;

use crate::{config::Mistake, observe::finish_logging};

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
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            let cause_text = cause.to_string();
            // Some errors tell their cause in their own words.
            if !text.contains(&cause_text) {
                text.push_str(": ");
                text.push_str(&cause_text);
            }
            source = cause.source();
        }
        Self::new(format!("error: {text}"))
    }
}

/// A verb's error with all its faults.
pub(super) fn of_verb(error: CmsError) -> Failure {
    if let CmsError::Faults(faults) | CmsError::BadParameters(faults) = &error {
        let lines = faults.iter().map(|fault| format!("error: {}: {}", fault.pointer, fault.text(Language::En)));
        return Failure { lines: lines.collect(), code: 1 };
    }
    Failure::from(error)
}
