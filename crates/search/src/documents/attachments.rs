//! Texts of the documents that an entry refers to: found with the entry, far below its own words.

use std::collections::HashSet;

use diwan_arabic::tokenize;
use diwan_content::AssetId;
use serde::{Deserialize, Serialize};
use tantivy::{TantivyDocument, schema::Value as _};

use super::{schema::Fields, terms::TermText};
use crate::error::SearchError;

/// Most attachments of one entry that are searched.
pub const ATTACHMENTS_MAX: usize = 20;
/// How much of one attachment, and of all of an entry, is kept to show fragments of; all of them is searched.
const SHOWN_MAX_BYTES: usize = 100_000;
const SHOWN_OF_ALL_MAX_BYTES: usize = 300_000;

/// A document that an entry refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// The asset.
    pub asset: AssetId,
    /// Its file name.
    pub name: String,
    /// Its text; a newline parts blocks.
    pub text: String,
}

/// An attachment as the index keeps it for hits.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredAttachment {
    pub(crate) asset: AssetId,
    pub(crate) name: String,
    /// The beginning of its text.
    pub(crate) text: String,
    /// There is more of it.
    pub(crate) cut: bool,
}

/// Adds the words of attachments, and what hits show of them.
pub(crate) fn add_attachments(
    document: &mut TantivyDocument,
    fields: &Fields,
    attachments: &[Attachment],
) -> Result<(), SearchError> {
    if attachments.is_empty() {
        return Ok(());
    }
    let mut terms = TermText::default();
    let mut stored = Vec::new();
    let mut left = SHOWN_OF_ALL_MAX_BYTES;
    for Attachment { asset, name, text } in attachments.iter().take(ATTACHMENTS_MAX) {
        let mut singulars: HashSet<&'static str> = HashSet::new();
        let mut readings: HashSet<Box<str>> = HashSet::new();
        for token in tokenize(text) {
            terms.push_at(token.position, &token.stem);
            singulars.extend(token.singulars.iter().map(|singular| -> &'static str { singular }));
            readings.extend(token.readings);
        }
        terms.part();
        singulars.iter().for_each(|lemma| terms.push(lemma));
        readings.iter().for_each(|reading| terms.push(reading));
        terms.part();
        let shown = &text[..text.floor_char_boundary(left.min(SHOWN_MAX_BYTES))];
        left -= shown.len();
        let cut = shown.len() < text.len();
        stored.push(StoredAttachment { asset: *asset, name: name.clone(), text: shown.to_owned(), cut });
    }
    let stored = serde_json::to_vec(&stored).map_err(|source| SearchError::DamagedDocument { source: Some(source) })?;
    document.add_text(fields.attached, terms.as_str());
    document.add_bytes(fields.attachments, &stored);
    Ok(())
}

/// Reads back what hits show.
pub(crate) fn stored_attachments(
    document: &TantivyDocument,
    fields: &Fields,
) -> Result<Vec<StoredAttachment>, SearchError> {
    let Some(bytes) = document.get_first(fields.attachments).and_then(|value| value.as_bytes()) else {
        return Ok(Vec::new());
    };
    serde_json::from_slice(bytes).map_err(|source| SearchError::DamagedDocument { source: Some(source) })
}
