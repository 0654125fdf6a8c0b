//! The verbs over real databases.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod demo;
mod support;
