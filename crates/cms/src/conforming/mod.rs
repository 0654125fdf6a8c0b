//! What was stored under older blueprints, seen with today's. Nothing that is stored is changed here: values are converted
//! where that is certain, and otherwise left out and named.

pub(crate) mod older_targets;
pub(crate) mod today;
