//! Texts, with and without markup.

mod code;
mod markdown;
mod text;

pub use self::{code::CodeType, markdown::MarkdownType, text::TextType};
