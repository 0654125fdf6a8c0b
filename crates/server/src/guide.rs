//! The guides for people who use Diwan. The server shows the same texts at `/docs/guide/{name}`.

#[doc = include_str!("../guide/reading.md")]
pub mod reading {}

#[doc = include_str!("../guide/writing.md")]
pub mod writing {}

#[doc = include_str!("../guide/searching.md")]
pub mod searching {}

#[doc = include_str!("../guide/operating.md")]
pub mod operating {}
