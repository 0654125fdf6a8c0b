//! From an entry's published texts, and those of the documents that it refers to, to a document of the index; and back to what
//! a hit needs. Words of attachments are found with the entry, far below its own words.

use std::collections::HashSet;

use diwan_arabic::{Token, ngrams, tokenize};
use diwan_content::{
    Access, AssetId, CalendarDate, ContentHash, DepartmentId, EntryId, Handle, Locale, PublicPath, Timestamp,
};
use serde::{Deserialize, Serialize};
use tantivy::{TantivyDocument, Term, schema::Value as _};

use super::{
    joined::joined,
    schema::{FACET_SEPARATOR, Fields, GRAM_CHARS, day_number},
    stored_text::{StretchWriter, Stretches, packed, unpacked},
    terms::TermText,
    title_terms::title_terms,
    written::written_otherwise,
};
use crate::error::SearchError;

/// How much of one text is kept to be shown and looked at for it; words further on are found but not shown.
pub(crate) const TEXT_MAX_BYTES: usize = 100_000;
/// How much of all texts of one document is kept to show fragments of; all of them is searched.
const SHOWN_MAX_BYTES: usize = 300_000;
/// Most attachments of one entry that are searched.
pub const ATTACHMENTS_MAX: usize = 20;
/// How much of one attachment, and of all of an entry, is kept to show fragments of; all of them is searched.
const ATTACHMENT_SHOWN_MAX_BYTES: usize = 100_000;
const ATTACHMENTS_SHOWN_MAX_BYTES: usize = 300_000;

/// A published localization as search sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchDocument {
    /// The entry.
    pub entry: EntryId,
    /// The localization's locale.
    pub locale: Locale,
    /// Its collection.
    pub collection: Handle,
    /// Its owner.
    pub department: DepartmentId,
    /// Where it lives, if it has a page.
    pub path: Option<PublicPath>,
    /// What names it to people, plain.
    pub title: String,
    /// What people call such an entry («تعميم»), in all languages; it is found by that in queries that name a number.
    pub kind: String,
    /// Everything that is searched, as plain text with its weight, the title first: 3 and more as a title, 2 as a summary,
    /// 1 and less as body. A newline parts blocks, and no phrase reaches over it. A text equal to the title is no fragment.
    pub texts: Vec<(u8, String)>,
    /// What stands in the documents that it refers to, at most [`ATTACHMENTS_MAX`](crate::ATTACHMENTS_MAX).
    pub attachments: Vec<Attachment>,
    /// When its revision became public.
    pub published_at: Timestamp,
    /// The day that it is of: its own date where it has one.
    pub day: CalendarDate,
    /// Values of fields that hits are counted and filtered by.
    pub values: Vec<(Handle, String)>,
    /// Who may find it.
    pub public: Access,
}

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

/// One change of the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexChange {
    /// The localization is public with this content, be it new or changed.
    Put(SearchDocument),
    /// The localization is not public any more; nothing happens if it is not in the index.
    Remove {
        /// The entry.
        entry: EntryId,
        /// The localization's locale.
        locale: Locale,
    },
}

/// What a hit is answered from beside its texts, kept in the index as JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredHit {
    pub(crate) entry: EntryId,
    pub(crate) locale: Locale,
    pub(crate) collection: Handle,
    pub(crate) department: DepartmentId,
    pub(crate) path: Option<String>,
    pub(crate) title: String,
    pub(crate) published_at: Timestamp,
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

/// A text that fragments are shown of.
pub(crate) struct ShownText {
    pub(crate) text: String,
    pub(crate) stretches: Stretches,
}

impl SearchDocument {
    /// About how many bytes the document that the engine indexes has: pieces of words are most of it.
    pub(crate) fn indexed_bytes(&self) -> usize {
        const VIEWS_OF_TEXTS: usize = 10;
        const VIEWS_OF_ATTACHMENTS: usize = 2;
        let texts: usize = self.texts.iter().map(|(_, text)| text.len()).sum();
        let attachments: usize = self.attachments.iter().map(|attachment| attachment.text.len()).sum();
        texts * VIEWS_OF_TEXTS + attachments * VIEWS_OF_ATTACHMENTS
    }

    /// How many bytes of text it has.
    pub fn text_bytes(&self) -> usize {
        let texts = self.texts.iter().map(|(_, text)| text.len());
        texts.chain(self.attachments.iter().map(|attachment| attachment.text.len())).sum()
    }

    /// The document that the engine indexes.
    pub(crate) fn to_indexed(&self, fields: &Fields) -> Result<TantivyDocument, SearchError> {
        let Self {
            entry,
            locale,
            collection,
            department,
            path,
            title,
            kind,
            texts,
            attachments,
            published_at,
            day,
            values,
            public,
        } = self;
        let stored = StoredHit {
            entry: *entry,
            locale: locale.clone(),
            collection: collection.clone(),
            department: *department,
            path: path.as_ref().map(|path| path.as_str().to_owned()),
            title: title.clone(),
            published_at: *published_at,
        };
        let source =
            serde_json::to_vec(&stored).map_err(|source| SearchError::DamagedDocument { source: Some(source) })?;
        let mut document = TantivyDocument::new();
        document.add_text(fields.key, key_text(*entry, locale));
        document.add_text(fields.collection, collection.as_str());
        document.add_text(fields.department, department.to_string());
        document.add_text(fields.locale, locale.as_str());
        document.add_bool(fields.needs_key, needs_key(*public));
        document.add_u64(fields.day, u64::from(day_number(*day)));
        for (field, value) in values {
            document.add_text(fields.facet, format!("{field}{FACET_SEPARATOR}{value}"));
        }
        document.add_i64(fields.published_ms, published_at.unix_ms());
        document.add_u64(fields.identity, identity(*entry, locale));
        for term in title_terms(title) {
            document.add_text(fields.suggest, term);
        }
        document.add_bytes(fields.source, &source);
        let mut kinds = TermText::default();
        tokenize(kind).iter().for_each(|token| push_with_singulars(&mut kinds, token));
        document.add_text(fields.kind, kinds.as_str());
        add_views(&mut document, fields, title, texts);
        add_attachments(&mut document, fields, attachments)?;
        Ok(document)
    }
}

impl StoredHit {
    /// Reads it back.
    pub(crate) fn from_indexed(document: &TantivyDocument, fields: &Fields) -> Result<Self, SearchError> {
        let bytes = document.get_first(fields.source).and_then(|value| value.as_bytes());
        let bytes = bytes.ok_or(SearchError::DamagedDocument { source: None })?;
        serde_json::from_slice(bytes).map_err(|source| SearchError::DamagedDocument { source: Some(source) })
    }
}

/// The attachments of a document as hits show them.
pub(crate) fn stored_attachments(
    document: &TantivyDocument,
    fields: &Fields,
) -> Result<Vec<StoredAttachment>, SearchError> {
    let Some(bytes) = document.get_first(fields.attachments).and_then(|value| value.as_bytes()) else {
        return Ok(Vec::new());
    };
    serde_json::from_slice(bytes).map_err(|source| SearchError::DamagedDocument { source: Some(source) })
}

/// The texts of a document that fragments are shown of.
pub(crate) fn shown_texts(document: &TantivyDocument, fields: &Fields) -> Vec<ShownText> {
    let mut stretches = document.get_all(fields.stretches).map(|value| value.as_bytes().unwrap_or_default());
    let texts = document.get_all(fields.text).filter_map(|value| value.as_bytes());
    let shown = texts.map(|text| ShownText {
        text: unpacked(text),
        stretches: Stretches::from_bytes(stretches.next().unwrap_or_default()),
    });
    shown.collect()
}

/// The term that names one localization.
pub(crate) fn key_term(fields: &Fields, entry: EntryId, locale: &Locale) -> Term {
    Term::from_field_text(fields.key, &key_text(entry, locale))
}

fn key_text(entry: EntryId, locale: &Locale) -> String {
    format!("{entry}:{locale}")
}

/// The last tie-break of the order: 64 bits of a hash, since entries and locales have no order that means anything.
fn identity(entry: EntryId, locale: &Locale) -> u64 {
    let hash = ContentHash::of_parts(&[entry.0.as_bytes(), locale.as_str().as_bytes()]);
    hash.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn needs_key(access: Access) -> bool {
    match access {
        Access::Public => false,
        Access::Key | Access::Internal => true,
    }
}

fn push_with_singulars(terms: &mut TermText, token: &Token<'_>) {
    terms.push(&token.stem);
    token.singulars.iter().for_each(|singular| terms.push(singular));
}

/// Analyses each text once and adds all its views. Texts other than the title are stored as well, up to a bound for all.
fn add_views(document: &mut TantivyDocument, fields: &Fields, title: &str, texts: &[(u8, String)]) {
    let (mut stems, mut norms, mut grams) = (TermText::default(), TermText::default(), TermText::default());
    let (mut singulars, mut readings, mut written) = (TermText::default(), TermText::default(), TermText::default());
    let (mut title_stems, mut summary_stems) = (TermText::default(), TermText::default());
    let mut left = SHOWN_MAX_BYTES;
    for (weight, text) in texts {
        let tokens = tokenize(text);
        let mut joined = joined(text, &tokens).into_iter().peekable();
        let shown = if text == title { "" } else { &text[..text.floor_char_boundary(left.min(TEXT_MAX_BYTES))] };
        let mut stretches = StretchWriter::default();
        for (number, token) in tokens.iter().enumerate() {
            stems.push_at(token.position, &token.stem);
            let position = stems.last_position();
            if token.start < shown.len() {
                stretches.add(shown, token, position);
            }
            norms.push(&token.norm);
            let joined = joined.next_if(|joined| joined.from == number);
            singulars.push_all_at(position, joined.iter().map(|joined| joined.term.as_str()));
            singulars.push_all_at(position, token.singulars.iter().map(AsRef::as_ref));
            readings.push_all_at(position, token.readings.iter().map(AsRef::as_ref));
            if let Some(word) = written_otherwise(token) {
                written.push(&word);
            }
            ngrams(&token.norm, GRAM_CHARS).for_each(|gram| grams.push(gram));
            let more = match weight {
                0 | 1 => continue,
                2 => &mut summary_stems,
                3.. => &mut title_stems,
            };
            push_with_singulars(more, token);
            joined.iter().for_each(|joined| more.push(&joined.term));
        }
        stems.part();
        if text != title {
            left -= shown.len();
            document.add_bytes(fields.text, &packed(shown));
            document.add_bytes(fields.stretches, &stretches.to_bytes());
        }
    }
    document.add_text(fields.stem, stems.as_str());
    document.add_text(fields.norm, norms.as_str());
    document.add_text(fields.written, written.as_str());
    document.add_text(fields.lemma, singulars.as_str());
    document.add_text(fields.reading, readings.as_str());
    document.add_text(fields.gram, grams.as_str());
    document.add_text(fields.title_stem, title_stems.as_str());
    document.add_text(fields.summary_stem, summary_stems.as_str());
}

/// Adds the words of attachments, and what hits show of them.
fn add_attachments(
    document: &mut TantivyDocument,
    fields: &Fields,
    attachments: &[Attachment],
) -> Result<(), SearchError> {
    if attachments.is_empty() {
        return Ok(());
    }
    let mut terms = TermText::default();
    let mut stored = Vec::new();
    let mut left = ATTACHMENTS_SHOWN_MAX_BYTES;
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
        let shown = &text[..text.floor_char_boundary(left.min(ATTACHMENT_SHOWN_MAX_BYTES))];
        left -= shown.len();
        let cut = shown.len() < text.len();
        stored.push(StoredAttachment { asset: *asset, name: name.clone(), text: shown.to_owned(), cut });
    }
    let stored = serde_json::to_vec(&stored).map_err(|source| SearchError::DamagedDocument { source: Some(source) })?;
    document.add_text(fields.attached, terms.as_str());
    document.add_bytes(fields.attachments, &stored);
    Ok(())
}
