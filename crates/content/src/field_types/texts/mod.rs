//! Texts, with and without markup.

mod code;
mod markdown;
mod text;
mod textarea;

pub use self::{code::CodeType, markdown::MarkdownType, text::TextType, textarea::TextareaType};
