//! The process that reads one file: bounds first, then the bytes from standard input, then one line to standard output.

use std::io::{self, Read as _, Write as _};

use serde::{Deserialize, Serialize};

use super::{TEXT_FILE_MAX_BYTES, TextFailure, extract};
use crate::MediaType;

/// All memory that the process may map.
#[cfg(unix)]
const MEMORY_MAX_BYTES: u64 = 512 * 1024 * 1024;
/// Processor time.
#[cfg(unix)]
const CPU_MAX_SECONDS: u64 = 20;

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
/// it takes its rights away for good before it looks at the first byte.
///
/// It needs no settings, so its parent gives it no environment. On systems without such bounds it reads nothing.
pub fn run_reader(media_type: &str) -> u8 {
    let Some(media_type) = MediaType::parse(media_type) else { return CANNOT_BEGIN };
    if bound().is_err() {
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

/// Bounds on memory and time, then nothing may be opened or started any more. Standard input and output stay open.
#[cfg(unix)]
pub(super) fn bound() -> io::Result<()> {
    use rlimit::{Resource, getrlimit, setrlimit};

    let (_, memory) = getrlimit(Resource::AS)?;
    if memory > MEMORY_MAX_BYTES {
        setrlimit(Resource::CORE, 0, 0)?;
        setrlimit(Resource::FSIZE, 0, 0)?;
        // At the first bound the process is told that its time is over, at the second it is killed.
        setrlimit(Resource::CPU, CPU_MAX_SECONDS, CPU_MAX_SECONDS + 1)?;
        setrlimit(Resource::AS, MEMORY_MAX_BYTES, MEMORY_MAX_BYTES)?;
        return begin_again();
    }
    setrlimit(Resource::NPROC, 0, 0)?;
    setrlimit(Resource::NOFILE, STANDARD_STREAMS, STANDARD_STREAMS)
}

/// Input, output, errors: with so few descriptors no file and no connection can be opened.
#[cfg(unix)]
const STANDARD_STREAMS: u64 = 3;

/// The same program once more in this process. Allocators reserve memory when a program begins, which no later bound takes
/// back; so the bound has to be there before.
#[cfg(unix)]
fn begin_again() -> io::Result<()> {
    use std::{env, os::unix::process::CommandExt as _, process::Command};

    Err(Command::new(env::current_exe()?).args(env::args_os().skip(1)).exec())
}

#[cfg(not(unix))]
pub(super) fn bound() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
