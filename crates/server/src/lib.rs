//! The HTTP server of Diwan: configuration, authentication, requests and answers, OpenAPI, and the command line.
//!
//! Knows HTTP and the verbs of `diwan_cms`; knows no database, no index and no files of content.
//!
//! Rules that hold here:
//! * A route is one row of a table (`http::route::Route`): serving, checking and documenting use the same row.
//! * A handler parses, makes one call, and answers a view. What is allowed is decided by the verbs.
//! * Whatever goes wrong becomes a problem in one place, and every code stands in one table.
//! * Nothing is read without a limit and a deadline.
//!
//! To add a route: a file (or a row) under `delivery/` or `management/` with its handler, and its name in that folder's table.
// Verbs are futures in futures in futures; optimized builds look through more layers than the compiler takes by default.
#![recursion_limit = "256"]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test that cannot go on fails"))]

mod app;
pub mod cli;
mod clock;
pub mod config;
mod delivery;
mod http;
mod management;
mod observe;
mod openapi;
mod pages;
mod schemas;
mod start;

pub use self::{
    clock::{SystemClock, TimeOrderedIds},
    http::problem_codes::ProblemCode,
    observe::start_logging,
    openapi::openapi_documents,
    schemas::{SchemasError, embedded_registry, load_registry},
    start::{RunningServer, StartError, Surroundings, open_installation, start},
};
