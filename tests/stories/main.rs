//! Stories over the whole system: one binary, one file per story, one harness.
//!
//! To add a story: a file beside this one, a line below, and [`harness::App`] to talk to a running server.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, which is what it is for")]

mod architecture;
mod attachments;
mod bad_input;
mod desk;
mod documents;
mod durability;
mod front_end;
mod generators;
mod harness;
mod keys;
mod kinds;
mod looking_back;
mod openapi;
mod operation;
mod pages;
mod searching;
mod stored_versions;
mod visibility;
mod walk;
