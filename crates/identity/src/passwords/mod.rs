//! Passwords: how they are prepared, which are refused, how they are hashed.
//!
//! | file | contains |
//! |---|---|
//! | `password.rs` | a password as it was entered, prepared for comparison |
//! | `policy.rs` | which passwords are refused, and why |
//! | `guessing.rs` | how much of a password is not easily guessed |
//! | `blocked.rs` | the list of blocked words (`data/blocked_words.txt`) |
//! | `keyboards.rs` | rows of keys, and the same keys in the other layout |
//! | `hashing.rs` | hashes with argon2id |
//! | `verified.rs` | the outcome of a check |

mod blocked;
mod guessing;
pub(crate) mod hashing;
mod keyboards;
pub(crate) mod password;
pub(crate) mod policy;
pub(crate) mod verified;
