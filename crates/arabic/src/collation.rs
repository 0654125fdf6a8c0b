//! Collation keys: bytes whose order is the order that readers of a language expect.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use icu_collator::CollatorBorrowed;
use icu_collator::options::{CollatorOptions, Strength};
use icu_locale_core::Locale;

/// Version of the keys: the data of `icu_collator` and the options here. Another one means that stored keys are rebuilt.
pub const COLLATION_VERSION: u32 = 1;

/// Longest key, in bytes. Two texts that differ only behind it tie.
pub const COLLATION_KEY_MAX_BYTES: usize = 256;

/// The sort key of a text in a locale's order; compared byte by byte.
///
/// Strength is tertiary: letters first, then marks and hamza forms, then case. Both Arabic digit sets sort as ASCII digits,
/// digits before letters. An unknown locale has the root order of CLDR. Cutting keeps the order: where two keys differ
/// before the cut they compare as before, otherwise they tie or the shorter text, being a prefix, comes first.
pub fn collation_key(s: &str, locale: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(COLLATION_KEY_MAX_BYTES);
    if let Some(collator) = collator(locale) {
        let Ok(()) = collator.write_sort_key_to(head(s), &mut key);
    }
    key.truncate(COLLATION_KEY_MAX_BYTES);
    key
}

/// Texts are looked at no further than this; no key of 256 bytes needs more unless nearly all of it is ignorable.
const MAX_INPUT_CHARS: usize = 4_096;

/// Locales whose collators are kept; beyond, a collator is made at each call.
const MAX_CACHED_LOCALES: usize = 64;

type Collators = RwLock<HashMap<String, Arc<CollatorBorrowed<'static>>>>;

fn head(s: &str) -> &str {
    s.char_indices().nth(MAX_INPUT_CHARS).map_or(s, |(end, _)| &s[..end])
}

/// The collator of a locale, else of the root; `None` only if the compiled data lacked the root, which it has.
fn collator(locale: &str) -> Option<Arc<CollatorBorrowed<'static>>> {
    static CACHE: OnceLock<Collators> = OnceLock::new();
    let cache = CACHE.get_or_init(Collators::default);
    if let Some(found) = cache.read().unwrap_or_else(PoisonError::into_inner).get(locale) {
        return Some(Arc::clone(found));
    }
    let made = Arc::new(make(locale)?);
    let mut cache = cache.write().unwrap_or_else(PoisonError::into_inner);
    if cache.len() < MAX_CACHED_LOCALES && locale.len() <= MAX_LOCALE_BYTES {
        cache.insert(locale.to_owned(), Arc::clone(&made));
    }
    Some(made)
}

/// A locale's name is short; a longer one is not kept.
const MAX_LOCALE_BYTES: usize = 64;

fn make(locale: &str) -> Option<CollatorBorrowed<'static>> {
    let mut options = CollatorOptions::default();
    options.strength = Some(Strength::Tertiary);
    let locale = Locale::try_from_str(locale).unwrap_or(Locale::UNKNOWN);
    CollatorBorrowed::try_new((&locale).into(), options)
        .or_else(|_| CollatorBorrowed::try_new((&Locale::UNKNOWN).into(), options))
        .ok()
}
