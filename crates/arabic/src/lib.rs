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
//!   [`ANALYZER_VERSION`] with [`lexicon_hash`] (index terms). Whoever changes an answer raises the version, so that stored forms are rebuilt.
//! * Rules are general. What is true of one word alone stands in `data/`, where a linguist corrects it without Rust.
//!
//! # Map
//!
//! | want | use | file |
//! |---|---|---|
//! | uniqueness of paths | [`fold_path`] | `fold.rs` |
//! | text filters (contains, starts with) | [`fold_text`] | `fold.rs` |
//! | slugs | [`slugify`], [`is_slug`] | `slug.rs` |
//! | slugs in ASCII | [`transliterate`] | `transliterate.rs` |
//! | order of lists | [`collation_key`] | `collation.rs` |
//! | numerals, marks of direction | [`to_ascii_digits`], [`is_direction_mark`] | `characters.rs` |
//! | texts that show nothing | [`is_blank`], [`is_default_ignorable`] | `characters.rs` |
//! | short texts in one spelling | [`tidy`] | `tidy.rs` |
//! | Hijri dates (Umm al-Qura) | [`HijriDate`] | `hijri.rs` |
//! | text out of HTML, with a byte map | [`html_to_text`] | `html.rs` |
//! | words of a text | [`tokenize`], [`tokens`] | `token.rs`, `normalize.rs` |
//! | stems | [`stem`] | `stem.rs`, `english.rs` |
//! | stop and question words, words spelt well | [`is_function_word`], [`is_attested`] | `lexicon.rs` |
//! | singulars of broken plurals | [`lemmas`] | `plurals.rs` |
//! | n-grams, typos | [`ngrams`], [`edit_distance`] | `ngram.rs`, `distance.rs` |
//!
//! # To correct a word
//!
//! All that is true of single words stands in `data/`; each list begins with what it does and how it is corrected, and
//! `data/README.md` leads a linguist from what is wrong to the list. `examples/words.rs` shows what becomes of words.
//!
//! | list | says |
//! |---|---|
//! | `attested.txt` | these are whole words: nothing is cut off them, and they are what is left when something is cut off others |
//! | `plurals.tsv` | the broken plurals of these singulars, where each is known from, and what to keep apart |
//! | `exceptions.tsv` | the stem of this word is that one |
//! | `function_words.txt` | these carry the sentence and not its subject |
//!
//! # Example
//!
//! ```
//! use diwan_arabic::{edit_distance, lemmas, tokenize};
//!
//! let tokens = tokenize("وبالقوانين الـUNDP");
//! assert_eq!((tokens[0].norm.as_str(), tokens[0].stem.as_str()), ("وبالقوانين", "قوانين"));
//! assert_eq!(lemmas(&tokens[0].stem), [Box::from("قانون")]);
//! assert_eq!((tokens[2].norm.as_str(), tokens[2].original), ("undp", "UNDP"));
//! assert_eq!(edit_distance("الفلسطنيه", "الفلسطينيه", 1), Some(1));
//! ```

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
mod memo;
mod ngram;
mod normalize;
mod plurals;
mod slug;
mod stem;
mod tidy;
mod token;
mod transliterate;

pub use characters::{is_blank, is_default_ignorable, is_direction_mark, to_ascii_digits};
pub use collation::{COLLATION_KEY_MAX_BYTES, COLLATION_VERSION, collation_key};
pub use distance::edit_distance;
pub use fold::{FOLD_VERSION, fold_path, fold_text};
pub use hijri::HijriDate;
pub use html::{PlainText, html_to_text};
pub use lexicon::{forget_exceptions, is_attested, is_function_word, lexicon_hash};
pub use ngram::ngrams;
pub use plurals::lemmas;
pub use slug::{SLUG_MAX_CHARS, is_slug, slugify};
pub use stem::stem;
pub use tidy::tidy;
pub use token::{ANALYZER_VERSION, POSITION_GAP, TOKEN_MAX_CHARS, Token, TokenKind, Tokens, tokenize, tokens};
pub use transliterate::transliterate;
