//! What filters can ask of a value.

use strum::{EnumCount, VariantArray};

use crate::values::variants;

/// A comparison of a filter. With many values a field matches when one of them does; `ne` and `nin` are the opposites
/// of `eq` and `in`, so they also match where there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, EnumCount, VariantArray)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Lte,
    /// Greater.
    Gt,
    /// Greater or equal.
    Gte,
    /// Equal to one of several.
    In,
    /// Equal to none of several.
    Nin,
    /// Holds the text.
    Contains,
    /// Begins with the text.
    StartsWith,
    /// Has a value (`true`) or none (`false`).
    Exists,
}

impl Operator {
    /// All, in the order of the documentation.
    pub const ALL: [Self; Self::COUNT] = variants();

    /// The name in queries.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Lt => "lt",
            Self::Lte => "lte",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::In => "in",
            Self::Nin => "nin",
            Self::Contains => "contains",
            Self::StartsWith => "starts_with",
            Self::Exists => "exists",
        }
    }

    /// The operator of that name, if there is one.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operator| operator.as_str() == name)
    }

    /// Whether it takes several values.
    pub fn takes_many(self) -> bool {
        match self {
            Self::In | Self::Nin => true,
            Self::Eq
            | Self::Ne
            | Self::Lt
            | Self::Lte
            | Self::Gt
            | Self::Gte
            | Self::Contains
            | Self::StartsWith
            | Self::Exists => false,
        }
    }
}
