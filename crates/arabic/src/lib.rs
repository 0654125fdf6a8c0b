//! Arabic text: normalise, tokenise, stem, fold, slug, collation keys.
//!
//! Readers type «الموازنه» for a page called «الموازنة», «مسئول» for «مسؤول», and Persian or Eastern digits for Western ones.
//! This crate decides, in one place, which spellings are the same. It is pure: no input or output, no clock, no state but
//! the word lists of `data/` and a bounded cache of collators. It knows nothing of CMS, and it serves Latin text as well.
//!
//! # Rules
//!
//! * No function panics, whatever the text; every function gives the same answer for the same text.
//! * Byte offsets always lie on character borders of the text that was passed in.
//! * Folds and slugs are fixed points: to fold twice is to fold once.
//! * What is stored by others carries a version: [`FOLD_VERSION`] (paths), [`COLLATION_VERSION`] (list keys),
//!   [`ANALYZER_VERSION`] (index terms). Whoever changes an answer raises the version, so that stored forms are rebuilt.
//! * Rules are general. What is true of one word alone stands in `data/`, where a linguist corrects it without Rust.
//!
//! # Map
//!
//! | want | use | file |
//! |---|---|---|
//! | uniqueness of paths | [`fold_path`] | `fold.rs` |
//! | text filters (contains, starts with) | [`fold_text`] | `fold.rs` |
//! | slugs | [`slugify`], [`is_slug`] | `slug.rs` |
//! | order of lists | [`collation_key`] | `collation.rs` |
//! | numerals | [`to_ascii_digits`] | `characters.rs` |
//! | short texts in one spelling | [`tidy`] | `tidy.rs` |
//! | Hijri dates (Umm al-Qura) | [`HijriDate`] | `hijri.rs` |
//! | text out of HTML, with a byte map | [`html_to_text`] | `html.rs` |
//! | words of a text | [`tokenize`], [`tokens`] | `token.rs`, `normalize.rs` |
//! | stems | [`stem`] | `stem.rs`, `english.rs` |
//! | stop and question words, words spelt well | [`is_function_word`], [`is_attested`] | `lexicon.rs` |
//! | n-grams, typos | [`ngrams`], [`edit_distance`] | `ngram.rs`, `distance.rs` |
//!
//! # To add one more view of a word
//!
//! A lemma, say: give it a function from [`Token::norm`] in a file of its own with its data beside the other lists, a field
//! on [`Token`] filled in `token.rs`, and raise [`ANALYZER_VERSION`]. Terms of the existing views do not change.

#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test that fails may panic"))]

mod characters;
mod collation;
mod distance;
mod english;
mod fold;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod hijri;
mod html;
mod lexicon;
mod ngram;
mod normalize;
mod slug;
mod stem;
mod tidy;
mod token;

pub use characters::to_ascii_digits;
pub use collation::{COLLATION_KEY_MAX_BYTES, COLLATION_VERSION, collation_key};
pub use distance::edit_distance;
pub use fold::{FOLD_VERSION, fold_path, fold_text};
pub use hijri::HijriDate;
pub use html::{PlainText, html_to_text};
pub use lexicon::{is_attested, is_function_word};
pub use ngram::ngrams;
pub use slug::{SLUG_MAX_CHARS, is_slug, slugify};
pub use stem::stem;
pub use tidy::tidy;
pub use token::{ANALYZER_VERSION, POSITION_GAP, TOKEN_MAX_CHARS, Token, TokenKind, Tokens, tokenize, tokens};
