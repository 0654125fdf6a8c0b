#![doc = include_str!("../README.md")]
// Verbs are futures in futures in futures; optimized builds look through more layers than the compiler takes by default.
#![recursion_limit = "256"]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test that cannot go on fails"))]

pub mod cli;
mod clock;
pub mod config;
mod delivery;
mod error_text;
pub mod guide;
mod health;
mod http;
mod jobs;
mod management;
mod observe;
mod openapi;
mod pages;
mod schemas;
mod start;
mod surfaces;

pub use self::{
    clock::{SystemClock, TimeOrderedIds},
    http::problem::ProblemCode,
    observe::start_logging,
    openapi::openapi_documents,
    schemas::{SchemasError, embedded_registry, load_registry},
    start::{RunningServer, StartError, Surroundings, open_installation, start},
};
