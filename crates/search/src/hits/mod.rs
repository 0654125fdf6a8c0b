//! Which documents a query finds: filtered, counted and ranked in one pass.

pub(crate) mod collector;
pub(crate) mod facets;
pub(crate) mod filters;
pub(crate) mod phrase_cost;
