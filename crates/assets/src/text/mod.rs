//! The text of documents: from the bytes of a PDF, Word or plain-text file to words that search can find.
//!
//! [`extract`] is a pure function, but what it reads was made by anybody. So a server never calls it itself: it asks
//! [`read_text`], which starts a process of its own for each file ([`run_reader`] is that process), with no environment, no
//! file, no network, and bounds on memory, processor time and real time that the kernel keeps. Whatever a hostile file does
//! there ends as a [`TextFailure`].
//!
//! | file | holds |
//! |---|---|
//! | `pdf.rs`, `pdf/` | pages to glyphs with their places, glyphs to lines and paragraphs |
//! | `order.rs` | lines of a page in the order in which they are read: Arabic runs there from right to left |
//! | `direction.rs`, `bidi.rs` | the direction of a paragraph; the Unicode bidirectional algorithm inverted |
//! | `brackets.rs`, `numbers.rs` | what the algorithm alone does not tell: brackets' sides, numbers set apart from their line |
//! | `word.rs`, `plain.rs` | Word documents; text and tables |
//! | `tidy.rs` | presentation forms to letters, without control characters |
//! | `reader.rs`, `process.rs` | the process that reads, and the one that asks it |
//! | `confine.rs` | what the process that reads may not do |
//!
//! To read one more type: a file here, an arm in [`extract`] and in [`has_text`], and a raised [`TEXT_VERSION`].

mod bidi;
mod brackets;
mod confine;
mod direction;
mod numbers;
mod order;
mod pdf;
mod plain;
mod process;
mod reader;
#[cfg(test)]
mod samples;
mod tidy;
mod word;

use diwan_content::variants;
use serde::{Deserialize, Serialize};
use strum::{EnumCount, VariantArray};

pub use self::{
    process::{ReaderCommand, read_text},
    reader::run_reader,
};
use crate::MediaType;

/// Raised whenever texts are read better; texts of another version are read again.
pub const TEXT_VERSION: u32 = 2;
/// Longest text of one file in bytes of UTF-8; what comes behind it is left out.
pub const TEXT_MAX_BYTES: usize = 1024 * 1024;
/// Largest file that is read.
pub const TEXT_FILE_MAX_BYTES: u64 = 128 * 1024 * 1024;

/// Why there is no text of a file.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error, EnumCount, VariantArray,
)]
#[serde(rename_all = "snake_case")]
pub enum TextFailure {
    /// It is damaged, or not what it says it is.
    #[error("the file cannot be read")]
    Unreadable,
    /// It opens only with a password.
    #[error("the file is encrypted")]
    Encrypted,
    /// It is, or unpacks to, more than is read: in bytes, pages, or memory.
    #[error("the file is too large to be read")]
    TooLarge,
    /// Reading it took too long.
    #[error("reading the file took too long")]
    TimedOut,
    /// It was read and holds no text: a scan, say.
    #[error("the file holds no text")]
    NoText,
}

impl TextFailure {
    /// All of them.
    pub const ALL: [Self; Self::COUNT] = variants();

    /// The name in database and API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Encrypted => "encrypted",
            Self::TooLarge => "too_large",
            Self::TimedOut => "timed_out",
            Self::NoText => "no_text",
        }
    }

    /// Reads a stored name back.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|failure| failure.as_str() == name)
    }
}

/// Whether files of a type hold text that is read.
pub fn has_text(media_type: MediaType) -> bool {
    match media_type {
        MediaType::Pdf | MediaType::Docx | MediaType::Plain | MediaType::Csv => true,
        MediaType::Jpeg
        | MediaType::Png
        | MediaType::Gif
        | MediaType::Webp
        | MediaType::Avif
        | MediaType::Xlsx
        | MediaType::Pptx
        | MediaType::Mp3
        | MediaType::M4a
        | MediaType::Ogg
        | MediaType::Wav
        | MediaType::Mp4
        | MediaType::Webm
        | MediaType::Zip => false,
    }
}

/// The text of a file: paragraphs parted by newlines, at most [`TEXT_MAX_BYTES`], with letters in place of presentation
/// forms and in the order in which they are read.
///
/// Not to be called on files of strangers in a process that must go on: see the module.
pub fn extract(media_type: MediaType, bytes: Vec<u8>) -> Result<String, TextFailure> {
    if !has_text(media_type) {
        return Err(TextFailure::NoText);
    }
    let text = match media_type {
        MediaType::Pdf => pdf::text_of(bytes)?,
        MediaType::Docx => word::text_of(bytes)?,
        MediaType::Csv => plain::table_text(bytes)?,
        MediaType::Plain
        | MediaType::Jpeg
        | MediaType::Png
        | MediaType::Gif
        | MediaType::Webp
        | MediaType::Avif
        | MediaType::Xlsx
        | MediaType::Pptx
        | MediaType::Mp3
        | MediaType::M4a
        | MediaType::Ogg
        | MediaType::Wav
        | MediaType::Mp4
        | MediaType::Webm
        | MediaType::Zip => plain::text_of(bytes)?,
    };
    let mut text = tidy::tidy(&text);
    text.truncate(text.floor_char_boundary(TEXT_MAX_BYTES));
    if text.chars().any(char::is_alphanumeric) { Ok(text) } else { Err(TextFailure::NoText) }
}
