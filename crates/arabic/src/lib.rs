#![doc = include_str!("../README.md")]
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
mod number;
mod pattern;
mod plurals;
mod readings;
mod slug;
mod stem;
mod tidy;
mod token;
mod transliterate;
mod verbs;

pub use characters::{is_blank, is_default_ignorable, is_direction_mark, to_ascii_digits};
pub use collation::{COLLATION_KEY_MAX_BYTES, COLLATION_VERSION, collation_key};
pub use distance::edit_distance;
pub use fold::{FOLD_VERSION, fold_path, fold_text};
pub use hijri::HijriDate;
pub use html::{PlainText, html_to_text};
pub use lexicon::{is_attested, is_function_word, lexicon_hash};
pub use ngram::ngrams;
pub use slug::{SLUG_MAX_CHARS, is_slug, slugify};
pub use stem::stem;
pub use tidy::tidy;
pub use token::{ANALYZER_VERSION, POSITION_GAP, TOKEN_MAX_CHARS, Token, TokenKind, Tokens, tokenize, tokens};
pub use transliterate::transliterate;
