//! The process that reads one file: bounds first, then the bytes from standard input, then one line to standard output.

use std::io::{self, Read as _, Write as _};

use serde::{Deserialize, Serialize};

use super::{TEXT_FILE_MAX_BYTES, TextFailure, confine::confine, extract};
use crate::MediaType;

/// What the process ends with when it could not even begin: no word about the file.
pub(super) const CANNOT_BEGIN: u8 = 70;

/// What the process says of a file, as one line of JSON.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    Text(String),
    Failure(TextFailure),
}

/// Reads one file of a media type from standard input, answers on standard output, and says what to end with. This is the whole life of a process:
/// it takes its rights away permanently before it looks at the first byte.
///
/// It needs no settings, so its parent gives it no environment. On systems without such bounds it reads nothing.
pub fn run_reader(media_type: &str) -> u8 {
    let Some(media_type) = MediaType::parse(media_type) else { return CANNOT_BEGIN };
    if confine().is_err() {
        return CANNOT_BEGIN;
    }
    let mut bytes = Vec::new();
    if io::stdin().lock().take(TEXT_FILE_MAX_BYTES + 1).read_to_end(&mut bytes).is_err() {
        return CANNOT_BEGIN;
    }
    let answer = if bytes.len() as u64 > TEXT_FILE_MAX_BYTES {
        Answer::Failure(TextFailure::TooLarge)
    } else {
        match extract(media_type, bytes) {
            Ok(text) => Answer::Text(text),
            Err(failure) => Answer::Failure(failure),
        }
    };
    if tell(&answer).is_ok() { 0 } else { CANNOT_BEGIN }
}

/// On a line of its own, whatever was printed before.
fn tell(answer: &Answer) -> io::Result<()> {
    let line = serde_json::to_string(answer)?;
    let mut output = io::stdout().lock();
    write!(output, "\n{line}\n")?;
    output.flush()
}
