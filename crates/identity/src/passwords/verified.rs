//! The outcome of a check.

/// Whether a password is the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Verified {
    /// Another password.
    No,
    /// The right one.
    Yes {
        /// The stored hash was made with weaker settings than today's: hash the password again and store that.
        rehash_is_due: bool,
    },
}

impl Verified {
    /// Whether it is the right password.
    pub fn is_right(self) -> bool {
        match self {
            Self::No => false,
            Self::Yes { rehash_is_due: _ } => true,
        }
    }
}
