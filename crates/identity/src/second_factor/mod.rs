//! The second factor: one-time codes of an authenticator app, and recovery codes for a lost one.

pub(crate) mod recovery;
pub(crate) mod totp;
