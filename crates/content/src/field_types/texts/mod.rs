//! Texts, with and without markup.

mod code;
mod markdown;
mod text;

pub(crate) use self::markdown::refers_in_markdown;
pub use self::{code::CodeType, markdown::MarkdownType, text::TextType};
