//! The log on standard error: pretty for people or one JSON object a line.

use std::{
    io::Write as _,
    sync::{LazyLock, OnceLock},
    time::Duration,
};

use prometheus_client::metrics::counter::Counter;
use tracing_subscriber::{EnvFilter, fmt};

use super::log_writer::LogWriter;
use crate::config::{Config, LogFormat};

/// How long the end of the process waits for a standard error that takes nothing.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Lines of the log that could not be written. The log belongs to the process, and so does this count.
pub(crate) static LOST_LINES: LazyLock<Counter> = LazyLock::new(Counter::default);

static WRITER: OnceLock<LogWriter> = OnceLock::new();

/// Starts the log of the process; a second call changes nothing. A log that cannot be written stops nothing: its lines are
/// dropped, counted, and their number logged later.
pub fn start_logging(config: &Config) {
    if WRITER.get().is_some() {
        return;
    }
    let report = |lines| tracing::warn!(lines, "lines of the log were lost: standard error did not take them");
    // Without a thread there is no log; the server serves all the same.
    let Ok(writer) = LogWriter::start(std::io::stderr(), LOST_LINES.clone(), report) else { return };
    let writer = WRITER.get_or_init(|| writer);
    let filter = EnvFilter::try_new(&config.log_filter).unwrap_or_else(|_| EnvFilter::new("info"));
    // The subscriber would print its own errors with a macro that panics where standard error is gone.
    let builder = fmt().with_env_filter(filter).with_writer(writer.clone()).log_internal_errors(false);
    let started = match config.log_format {
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).try_init(),
        LogFormat::Pretty => {
            builder.compact().with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init()
        }
    };
    if started.is_err() {
        tracing::debug!("the log was started before");
    }
    for warning in &config.warnings {
        tracing::warn!(place = warning.place, what = warning.what, "the configuration may not be as it is meant");
    }
    // A panic's own words may hold content: the log names only the place. The writer neither panics nor waits, so neither
    // does this hook.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
}

/// Writes out what the log still holds and then these lines, before the process ends. A standard error that takes nothing
/// holds up the end for a second at most.
pub(crate) fn finish_logging(last_lines: &[String]) {
    let started = WRITER.get().cloned();
    let Some(mut writer) = started.or_else(|| LogWriter::start(std::io::stderr(), LOST_LINES.clone(), |_| {}).ok())
    else {
        return;
    };
    for line in last_lines {
        // The writer takes everything.
        let _ = writer.write_all(format!("{line}\n").as_bytes());
    }
    writer.flush_within(LAST_WORDS);
}
