//! Numbers, and yes or no.

mod boolean;
mod integer;
mod number;

pub use self::{boolean::BooleanType, integer::IntegerType, number::NumberType};
