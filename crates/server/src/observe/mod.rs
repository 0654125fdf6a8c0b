//! What operators see: log and metrics.

mod log_writer;
mod logging;
pub(crate) mod metrics;

pub(crate) use self::logging::finish_logging;
pub use self::logging::start_logging;
