//! Reading a request into typed values.
//!
//! A parameter, a path segment or a member of a body is a constant ([`parameters::Parameter`], [`parameters::PathParameter`],
//! [`members::Member`]) with its name, its type and its limits. Reading it is declaring it: a route accepts, checks and
//! documents exactly what its `read` function reads, so there is no second list to keep in step.
//!
//! | file | contains |
//! |---|---|
//! | `parameters.rs` | what routes read of path and query string, the forms of values, and the parameters that both APIs use |
//! | `reader.rs` | reading those, or declaring them for documents |
//! | `conditions.rs` | the version that a request must name |
//! | `members.rs` | the members of a JSON body |
//! | `body.rs` | the bytes of a body: limits, deadlines, memory, JSON |

pub(crate) mod body;
pub(crate) mod conditions;
pub(crate) mod members;
pub(crate) mod parameters;
pub(crate) mod reader;
