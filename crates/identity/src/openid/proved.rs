//! Whom a verified ID token names.

use std::fmt;

use serde_json::Value;

/// Most characters of a subject (OpenID Connect Core 1.0, 2).
pub const SUBJECT_MAX_CHARS: usize = 255;

/// Whom a verified ID token names. A person is matched by issuer and subject together, and by nothing else: addresses and
/// names change and are given again. `Debug` shows the issuer alone.
#[derive(Clone, PartialEq)]
pub struct ProvedIdentity {
    /// The provider.
    pub issuer: String,
    /// The person, as the provider knows them. Compared by its bytes.
    pub subject: String,
    /// All claims of the ID token, for [`matching_rules`](crate::matching_rules).
    pub claims: Value,
}

impl ProvedIdentity {
    /// The address, if the provider says that it is verified.
    pub fn verified_email(&self) -> Option<&str> {
        let is_verified = self.claims.get("email_verified").and_then(Value::as_bool) == Some(true);
        self.claims.get("email").and_then(Value::as_str).filter(|_| is_verified)
    }

    /// The name to show.
    pub fn name(&self) -> Option<&str> {
        self.claims.get("name").and_then(Value::as_str).filter(|name| !diwan_arabic::is_blank(name))
    }
}

impl fmt::Debug for ProvedIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProvedIdentity({}, …)", self.issuer)
    }
}
