//! What lists are asked: filters, orders, and how they are answered from stored keys. Pure: it plans, others scan.

mod comparable;
mod filtering;
mod numerals;
mod operator;

pub(crate) use self::numerals::{strict_integer, strict_number};
pub use self::{comparable::Comparable, filtering::Filtering, operator::Operator};
