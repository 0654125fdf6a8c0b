//! Sign-in by an identity provider: OpenID Connect Core 1.0 with the authorization code flow, PKCE (RFC 7636), state and
//! nonce. Its HTTP is the caller's: this room makes requests and reads answers.
//!
//! | file | contains |
//! |---|---|
//! | `provider.rs` | discovery and keys; where the browser is sent; the request for tokens; their verification |
//! | `pending.rs` | what is kept between leaving for the provider and coming back |
//! | `proved.rs` | whom a verified ID token names |
//! | `rules.rs` | from claims to roles |
//! | `error.rs` | why a sign-in failed |

pub(crate) mod error;
pub(crate) mod pending;
pub(crate) mod proved;
pub(crate) mod provider;
pub(crate) mod rules;
#[cfg(test)]
mod tests;
