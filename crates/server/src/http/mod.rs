//! HTTP without content: reading requests strictly, answering problems, serving connections.
//!
//! # Why there is a table of routes
//!
//! A route is a row ([`route::Route`]) and not a method of an `OpenApi` implementation, for two reasons:
//!
//! * *Serving, checking and documenting share it.* The row holds the path, the handler, and what the handler reads and
//!   answers. poem serves it, unknown parameters are refused by it, and poem-openapi writes the document from it.
//! * *All faults of a request are reported at once.* Extractors stop at the first bad parameter. Here a handler gets one
//!   value that was read from the whole request ([`request::parameters::Parameters`], [`request::members::JsonBody`]), or the
//!   client gets every fault with its exact place.
//!
//! # The way of a request
//!
//! `connections/listen.rs` → `frame.rs` (id, log, headers) → poem's router → `call.rs` (key, parameters, body) → handler.
//!
//! | file | contains |
//! |---|---|
//! | `route.rs` | the rows, and who may use them |
//! | `call.rs`, `request/` | from a request to the typed call of a handler |
//! | `app.rs` | what all requests share |
//! | `answer/` | good answers: views, bytes of assets |
//! | `problem/` | problems, and those of verbs' errors |
//! | `frame.rs`, `request_id.rs`, `language.rs`, `cors.rs`, `percent.rs` | what surrounds every request |
//! | `client_address.rs`, `budgets.rs` | clients, and what each may ask |
//! | `connections/` | accepting and closing connections, deadlines |

pub(crate) mod answer;
pub(crate) mod app;
pub(crate) mod budgets;
pub(crate) mod call;
mod client_address;
pub(crate) mod connections;
mod cors;
pub(crate) mod frame;
mod language;
mod percent;
pub(crate) mod problem;
pub(crate) mod request;
mod request_id;
pub(crate) mod route;
#[cfg(test)]
mod testing;
