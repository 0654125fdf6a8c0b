//! Reading a request into typed values.
//!
//! A parameter, a path segment or a member of a body is a constant ([`parameters::Parameter`], [`parameters::PathParameter`],
//! [`members::Member`]) with its name, its type and its limits. Reading it is declaring it: a route accepts, checks and
//! documents exactly what its `read` function reads, so there is no second list to keep in step.
//!
//! | file | contains |
//! |---|---|
//! | `forms.rs` | what values there are, and their Rust types |
//! | `parameters/` | path, query string and conditions |
//! | `segments.rs` | segments of paths that both APIs use |
//! | `paging.rs` | parameters of lists that both APIs use |
//! | `members.rs` | the members of a JSON body |
//! | `query.rs` | a query string split and decoded |
//! | `conditions.rs` | entity tags and `If-Match` |
//! | `body.rs`, `body_budget.rs`, `strict_json.rs` | the bytes of a body: limits, deadlines, memory, JSON |

pub(crate) mod body;
pub(crate) mod body_budget;
pub(crate) mod conditions;
pub(crate) mod forms;
pub(crate) mod members;
pub(crate) mod paging;
pub(crate) mod parameters;
pub(crate) mod query;
pub(crate) mod segments;
pub(crate) mod strict_json;
