//! What happened: events with their chain, refusals, answers that repeats get, and what was searched for.

pub(crate) mod events;
pub(crate) mod idempotency;
pub(crate) mod refusals;
pub(crate) mod search_log;
