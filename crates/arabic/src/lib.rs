#![doc = include_str!("../README.md")]
#![cfg_attr(test, expect(clippy::unwrap_used, reason = "a test that fails may panic"))]

#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod hijri;
mod html;
mod spelling;
mod stems;
mod words;

pub use self::{
    hijri::HijriDate,
    html::{PlainText, html_to_text},
    spelling::{
        characters::{is_blank, is_default_ignorable, is_direction_mark, is_mark_or_filler, to_ascii_digits},
        collation::{COLLATION_KEY_MAX_BYTES, COLLATION_VERSION, collation_key},
        fold::{FOLD_VERSION, fold_path, fold_text},
        keyboard::{typed_in_arabic, typed_in_latin},
        slug::{SLUG_MAX_CHARS, is_slug, slugify},
        tidy::tidy,
        transliterate::transliterate,
    },
    stems::{
        lexicon::{is_attested, is_function_word, lexicon_hash},
        stem::stem,
    },
    words::{
        distance::edit_distance,
        ngram::ngrams,
        token::{ANALYZER_VERSION, POSITION_GAP, TOKEN_MAX_CHARS, Token, TokenKind, Tokens, tokenize, tokens},
    },
};
