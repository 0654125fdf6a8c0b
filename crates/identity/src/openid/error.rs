//! Why a sign-in by an identity provider failed. No error holds a token, a code or a claim.

use crate::random::NoRandomness;

/// Why a sign-in by an identity provider failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenIdError {
    /// A URL of the settings or of the discovery document that is no URL, or not `https` outside of this machine.
    #[error("not an https URL: {what}")]
    BadUrl {
        /// Which one.
        what: &'static str,
    },
    /// The discovery document cannot be read, or lacks something needed.
    #[error("the discovery document is not usable: {what}")]
    BadDiscovery {
        /// What is wrong with it.
        what: &'static str,
    },
    /// The discovery document is of another issuer: OpenID Connect Discovery 1.0, 4.3.
    #[error("the discovery document names another issuer")]
    OtherIssuer,
    /// The key set cannot be read.
    #[error("the key set of the provider cannot be read")]
    BadKeys,
    /// The browser came back with another `state` or `iss` than it was sent with.
    #[error("the answer of the provider belongs to another sign-in")]
    OtherSignIn,
    /// The provider refused the code, with an `error` of RFC 6749 (5.2).
    #[error("the provider refused the sign-in: {code}")]
    Refused {
        /// The word of the provider, cut at 64 characters.
        code: String,
    },
    /// The answer to the request for tokens cannot be read, or has no ID token.
    #[error("the answer of the provider cannot be read")]
    BadAnswer,
    /// The ID token is signed with a key that is not in the key set: read the key set again, once, and verify again.
    #[error("the ID token is signed with an unknown key")]
    UnknownKey,
    /// The ID token is not valid for this sign-in.
    #[error("the ID token is not valid: {what}")]
    BadToken {
        /// What is wrong with it.
        what: &'static str,
    },
    /// There is no randomness.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}
