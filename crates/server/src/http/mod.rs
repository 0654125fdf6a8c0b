//! HTTP without content: reading requests strictly, answering problems, serving connections.

pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod body_budget;
pub(crate) mod budgets;
pub(crate) mod bytes;
pub(crate) mod call;
pub(crate) mod client_address;
pub(crate) mod conditions;
pub(crate) mod connections;
pub(crate) mod cors;
pub(crate) mod deadlines;
pub(crate) mod envelope;
pub(crate) mod frame;
pub(crate) mod heads;
pub(crate) mod language;
pub(crate) mod listen;
#[cfg(test)]
mod messages;
pub(crate) mod problem;
pub(crate) mod problem_codes;
pub(crate) mod problem_details;
mod problem_of;
pub(crate) mod query;
pub(crate) mod request_id;
pub(crate) mod route;
pub(crate) mod strict_json;
pub(crate) mod surface;
