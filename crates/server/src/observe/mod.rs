//! What operators see: log, metrics, health.

pub(crate) mod health;
mod logging;
pub(crate) mod metrics;

pub use self::logging::start_logging;
