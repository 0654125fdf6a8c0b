//! Text of PDF documents (ISO 32000): pages to glyphs with their places, glyphs to lines and paragraphs.

mod layout;
mod page;
mod placed;

use hayro_syntax::{DecryptionError, LoadPdfError, Pdf};

use self::{layout::Layout, page::PageReader};
use super::{TEXT_MAX_BYTES, TextFailure};

/// Most pages of one document that are read.
const PAGES_MAX: usize = 5_000;

/// The text of a document, in the order in which its pages draw it.
pub(super) fn text_of(bytes: Vec<u8>) -> Result<String, TextFailure> {
    let pdf = Pdf::new(bytes).map_err(failure_of)?;
    let mut reader = PageReader::new();
    let mut layout = Layout::default();
    for page in pdf.pages().iter().take(PAGES_MAX) {
        layout.add_page(reader.read(page)?);
        if layout.bytes() > TEXT_MAX_BYTES {
            break;
        }
    }
    Ok(layout.into_text())
}

fn failure_of(error: LoadPdfError) -> TextFailure {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected | DecryptionError::UnsupportedAlgorithm) => {
            TextFailure::Encrypted
        }
        LoadPdfError::Decryption(DecryptionError::MissingIDEntry | DecryptionError::InvalidEncryption)
        | LoadPdfError::Invalid => TextFailure::Unreadable,
    }
}

#[cfg(test)]
mod tests;
