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
/// Strength is tertiary: letters first, then marks and letter forms, then case. As CLDR has it, both Arabic digit sets sort
/// as ASCII digits, and digits come before letters. The Arabic locale puts Arabic letters before Latin ones and lets forms
/// of one letter differ only where all else is the same (ء أ ؤ إ ئ ا; ة ت; ى ي; آ is two alefs); in the root order they are
/// letters of their own. An unknown locale has the root order.
///
/// Cutting keeps the order: where two keys differ before the cut they compare as before, otherwise they tie or the shorter
/// one, being the beginning of the other, comes first.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn ascending(locale: &str, texts: &[&str]) {
        for pair in texts.windows(2) {
            assert!(
                collation_key(pair[0], locale) < collation_key(pair[1], locale),
                "{locale}: {} {}",
                pair[0],
                pair[1]
            );
        }
    }

    #[test]
    fn the_arabic_alphabet_is_in_its_order() {
        let alphabet: Vec<String> = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي".chars().map(String::from).collect();
        let alphabet: Vec<&str> = alphabet.iter().map(String::as_str).collect();
        ascending("ar", &alphabet);
        ascending("en", &alphabet);
    }

    #[test]
    fn hamza_forms_stand_among_alefs_in_arabic() {
        ascending("ar", &["اا", "آب", "ءب", "أب", "ؤب", "إب", "ئب", "اب", "أت", "ات", "بب"]);
        ascending("ar", &["سنة", "سنت", "مستوى", "مستوي"]);
        ascending("en", &["ءب", "آب", "أب", "أت", "ؤب", "إب", "ئب", "اب", "ات", "بب"]);
        ascending("ar", &["بدء", "بدا", "بدر"]);
        ascending("ar", &["مساء", "مسؤول", "مسئول", "مسجد"]);
    }

    #[test]
    fn digits_come_before_letters_and_both_sets_are_one() {
        ascending("ar", &["", " ", "-", "1", "2", "ا", "ي", "a", "z"]);
        ascending("en", &["", "1", "a", "A", "b", "z", "ا"]);
        assert_eq!(collation_key("2022", "ar")[..4], collation_key("٢٠٢٢", "ar")[..4]);
    }

    #[test]
    fn case_and_marks_decide_last() {
        ascending("en", &["resume", "Resume", "résumé", "resumes"]);
        ascending("ar", &["علم", "عَلم", "علمي"]);
    }

    #[test]
    fn an_unknown_locale_has_the_root_order() {
        for locale in ["", "xx", "not a locale", "zz-ZZ-x-y", "\0"] {
            assert_eq!(collation_key("وزارة Z", locale), collation_key("وزارة Z", "und"), "{locale}");
        }
    }

    #[test]
    fn a_long_text_has_a_short_key() {
        let text = "وزارة المالية ".repeat(10_000);
        assert_eq!(collation_key(&text, "ar").len(), COLLATION_KEY_MAX_BYTES);
        assert_eq!(collation_key(&text, "ar"), collation_key(&format!("{text}ب"), "ar"));
    }

    proptest! {
        #[test]
        fn keys_compare_as_the_collator_does(a in "[ا-يa-zA-Z0-9٠-٩ ]{0,80}|\\PC{0,40}", b in "[ا-يa-zA-Z0-9٠-٩ ]{0,80}|\\PC{0,40}") {
            let full = make("ar").unwrap().compare(&a, &b);
            let cut = collation_key(&a, "ar").cmp(&collation_key(&b, "ar"));
            prop_assert!(cut == full || cut.is_eq(), "{:?} {:?}", full, cut);
        }
    }
}
