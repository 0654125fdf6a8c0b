//! Faults and messages to people, in Arabic and English.
//!
//! | file | contains |
//! |---|---|
//! | `fault.rs` | faults, and the table of their codes with their sentences |
//! | `message.rs` | how a message is written, and filling its sentences |
//! | `expected.rs` | what a value must be: the sentences of `wrong_type` and `invalid_parameter` |
//! | `shown.rs` | parameters that people read in words: rights, roles, languages, dates |

mod expected;
mod fault;
mod message;
mod shown;

pub use self::{
    expected::Expected,
    fault::{Fault, FaultCode},
    message::{Sentences, fill_message},
};
