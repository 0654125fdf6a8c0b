//! Folds: two texts with one fold are one text to a path or a text filter.

use unicode_normalization::UnicodeNormalization;

use super::characters::{ascii_digit, is_arabic_mark, is_filler, one_hamza, plain_letter, plain_seat};

/// Version of [`fold_path`]; another one is a migration of the stored paths that reports collisions.
pub const FOLD_VERSION: u32 = 1;

/// The form in which a path or segment must be unique.
///
/// NFKC, without Arabic marks, tatweel, zero-width and bidi characters; أإآٱ→ا ى→ي ة→ه ک→ك ی→ي; both Arabic digit sets as
/// ASCII; lower case. The seats of hamza are kept: ؤ, ئ and ء stay three letters. Folding twice is folding once.
pub fn fold_path(s: &str) -> String {
    if s.is_ascii() {
        // Nothing else happens to these, and most paths of other languages have no other characters.
        return s.to_ascii_lowercase();
    }
    let mut folded = fold_once(s);
    // Lower-casing or dropping can bring characters together that compose; a second round settles all that is known.
    // The bound is for the unknown: no text may loop here.
    for _ in 0..MAX_ROUNDS {
        let again = fold_once(&folded);
        if again == folded {
            break;
        }
        folded = again;
    }
    folded
}

/// The form in which text filters (contains, starts with) compare: [`fold_path`] with one key for all hamza seats,
/// runs of white space as one space, no white space at the ends.
pub fn fold_text(s: &str) -> String {
    let folded = fold_path(s);
    let mut out = String::with_capacity(folded.len());
    for word in folded.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().map(one_hamza));
    }
    out
}

const MAX_ROUNDS: usize = 8;

/// One round. Order matters: what stands between a letter and its hamza goes first, then they compose, then alef folds
/// and the marks that found no letter go.
fn fold_once(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    let composed = s.chars().filter(|c| !is_filler(*c)).nfkc();
    // Composing may bring tatweel to light, and Persian letters that a hamza sits on only once they are Arabic ones.
    for c in composed.filter(|c| !is_filler(*c)).map(plain_seat).nfkc() {
        if !is_arabic_mark(c) {
            out.extend(ascii_digit(plain_letter(c)).to_lowercase());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn one(spellings: &[&str], folded: &str) {
        for spelling in spellings {
            assert_eq!(fold_path(spelling), folded, "{spelling}");
        }
    }

    #[test]
    fn everyday_spellings_of_one_path_are_one() {
        one(&["إدارة", "ادارة", "أداره", "اِدَارَة", "إدا\u{200D}رة", "إدا\u{0640}\u{0640}رة", "ٱدارة", "آدارة"], "اداره");
        one(&["مستشفى", "مستشفي", "مستشفی"], "مستشفي");
        one(&["كتاب", "کتاب", "ﻛﺘﺎﺏ"], "كتاب");
        one(&["٢٠٢٢", "۲۰۲۲", "2022", "２０２２"], "2022");
        one(&["News", "NEWS", "ｎｅｗｓ"], "news");
        one(&["لا", "ﻻ"], "لا");
    }

    #[test]
    fn a_decomposed_hamza_finds_its_letter() {
        one(&["سؤال", "سو\u{0654}ال", "سو\u{0640}\u{0654}ال", "سو\u{064E}\u{0654}ال", "سو\u{200D}\u{0654}ال"], "سؤال");
        one(&["أمن", "ا\u{0654}من", "إمن", "ا\u{0655}من"], "امن");
        one(&["قرآن", "قرا\u{0653}ن"], "قران");
        one(&["فئة", "في\u{0654}ة", "فی\u{0654}ة", "فى\u{0654}ة"], "فئه");
    }

    #[test]
    fn hamza_seats_are_kept_in_paths_and_one_in_text() {
        assert_ne!(fold_path("مسئول"), fold_path("مسؤول"));
        assert_eq!(fold_text("مسئول"), fold_text("مسؤول"));
        assert_eq!(fold_text("  المسؤول \n\t المالي\u{00A0}"), "المسءول المالي");
    }

    #[test]
    fn accents_stay_in_paths() {
        one(&["École", "E\u{0301}cole"], "école");
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(s in "\\PC*|[ا-يa-zA-Z\u{640}-\u{655}\u{200B}-\u{200F}İKſﷺﻼ\u{300}-\u{345}]{0,12}") {
            prop_assert_eq!(fold_path(&fold_path(&s)), fold_path(&s));
            prop_assert_eq!(fold_text(&fold_text(&s)), fold_text(&s));
        }
    }
}
