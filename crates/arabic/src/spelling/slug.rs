//! Slugs: the last segment of a path, made from a title or as typed.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::characters::{ascii_digit, is_arabic_letter, is_filler, is_mark_or_filler};

/// Longest slug, in characters. Arabic is sent as six bytes a letter, and a path has several segments.
pub const SLUG_MAX_CHARS: usize = 120;

/// The slug of a title, or of a slug as somebody typed it; empty where nothing is left.
///
/// NFC (Arabic presentation forms as plain letters), letters and digits of any script in lower case, both Arabic digit
/// sets as ASCII; Arabic marks, tatweel, zero-width and bidi characters dropped; all else becomes a single `-`, none at the
/// ends. At most [`SLUG_MAX_CHARS`], cut at a `-` where the second half has one. A slug's slug is itself.
pub fn slugify(s: &str) -> String {
    let mut slug = slug_once(s);
    // As in `fold_path`: lower case can decompose, cutting can bare a `-`; a second round settles it, the bound is a belt.
    for _ in 0..MAX_ROUNDS {
        let again = slug_once(&slug);
        if again == slug {
            break;
        }
        slug = again;
    }
    slug
}

/// Whether a segment is a slug as it stands, in any script: not empty, and its own [`slugify`].
pub fn is_slug(s: &str) -> bool {
    !s.is_empty() && slugify(s) == s
}

const MAX_ROUNDS: usize = 8;

fn slug_once(s: &str) -> String {
    let plain = s.chars().filter(|c| !is_filler(*c)).flat_map(plain_form);
    let mut out = String::with_capacity(s.len().min(SLUG_MAX_CHARS * 4));
    let mut chars = 0;
    for c in plain.nfc() {
        if is_mark_or_filler(c) {
            continue;
        }
        let at_border = out.is_empty() || out.ends_with('-');
        if c.is_alphanumeric() || (is_combining_mark(c) && !at_border) {
            for lower in ascii_digit(c).to_lowercase() {
                out.push(lower);
                chars += 1;
            }
        } else if !at_border {
            out.push('-');
            chars += 1;
        }
        if chars > SLUG_MAX_CHARS {
            break;
        }
    }
    cut(&mut out);
    out
}

/// Arabic presentation forms (as copied out of a PDF) as the letters that they show; any other character as it is.
fn plain_form(c: char) -> impl Iterator<Item = char> {
    let shaped = c >= '\u{FB50}' && is_arabic_letter(c);
    let (shown, kept) = if shaped { (Some(c), None) } else { (None, Some(c)) };
    shown.into_iter().nfkc().chain(kept)
}

/// Cuts at most [`SLUG_MAX_CHARS`], at a `-` where that loses no more than half, and no `-` at the end.
fn cut(slug: &mut String) {
    let trim = |s: &mut String| s.truncate(s.trim_end_matches('-').len());
    trim(slug);
    let Some((limit, next)) = slug.char_indices().nth(SLUG_MAX_CHARS) else { return };
    let border = if next == '-' { Some(limit) } else { slug[..limit].rfind('-') };
    let half = slug.char_indices().nth(SLUG_MAX_CHARS / 2).map_or(0, |(index, _)| index);
    slug.truncate(border.filter(|border| *border >= half).unwrap_or(limit));
    trim(slug);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(title: &str, slug: &str) {
        assert_eq!(slugify(title), slug, "{title}");
    }

    #[test]
    fn titles_become_slugs() {
        check("الإدارة العامة للموازنة", "الإدارة-العامة-للموازنة");
        check("  مُوَازَنَة «عـــام» ٢٠٢٢/۲۳! ", "موازنة-عام-2022-23");
        check("Annual Report — 2022 (PDF)", "annual-report-2022-pdf");
        check("École d’été", "école-d-été");
        check("a_b.c\u{200F}d", "a-b-cd");
        check("ﺍﻟﻤﺎﻟﻴﺔ", "المالية");
        check("财政 预算", "财政-预算");
        check("हिन्दी", "हिन्दी");
        check("ـــ \u{200F}ّ", "");
        check("?!", "");
    }

    #[test]
    fn a_long_title_is_cut_between_words() {
        let title = "وزارة المالية والتخطيط ".repeat(20);
        let slug = slugify(&title);
        assert!(slug.chars().count() <= SLUG_MAX_CHARS);
        assert!(slug.ends_with("وزارة") || slug.ends_with("المالية") || slug.ends_with("والتخطيط"), "{slug}");
        assert_eq!(slugify(&"x".repeat(500)), "x".repeat(SLUG_MAX_CHARS));
        assert_eq!(slugify(&format!("a {}", "x".repeat(500))).chars().count(), SLUG_MAX_CHARS);
        assert_eq!(slugify(&format!("{} b", "x".repeat(120))), "x".repeat(120));
    }

    #[test]
    fn a_slug_is_its_own_slug() {
        for slug in ["الموازنة-العامة", "a", "2022", "é", "财政"] {
            assert!(is_slug(slug), "{slug}");
        }
        for other in ["", "-", "a-", "-a", "a--b", "A", "a b", "a/b", "..", "٢٠٢٢", "عـام", "e\u{0301}"] {
            assert!(!is_slug(other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn slugs_are_stable_and_safe(s in "\\PC*|[ا-يA-Z\u{640}-\u{655}\u{200B}-\u{200F}İKſﷺﻼ\u{300}-\u{345} /.-]{0,140}") {
            let slug = slugify(&s);
            prop_assert_eq!(&slugify(&slug), &slug);
            prop_assert!(slug.is_empty() || is_slug(&slug));
            prop_assert!(slug.chars().count() <= SLUG_MAX_CHARS);
            prop_assert!(!slug.contains(['/', '.', ' ', '%', '?', '#']));
        }
    }
}
