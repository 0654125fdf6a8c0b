//! What is one thing though it is written as several: numbers of a year («15/2026» and «رقم 15 لسنة 2026»), phone numbers,
//! abbreviations («ض.ق.م»).
//!
//! Each has a term of its own, in texts beside the terms of its parts and in queries in their place.

use diwan_arabic::{Token, TokenKind, is_direction_mark};

/// Numbers or letters next to each other that have a term together.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Joined {
    /// The first token and the one after the last.
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) term: String,
}

/// Number of digits in a phone number.
const PHONE_DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
const PHONE_GROUPS_MAX: usize = 6;
/// Number of letters in an abbreviation: two may be initials, or «و» beside another letter.
const LETTERS: std::ops::RangeInclusive<usize> = 3..=6;
/// What may stand between the groups of a phone number, as it is written in texts.
const BETWEEN_GROUPS_MAX_BYTES: usize = 3;

/// What is joined in a text, none over another.
pub(crate) fn joined(text: &str, tokens: &[Token<'_>]) -> Vec<Joined> {
    let mut found = Vec::new();
    let mut from = 0;
    while from < tokens.len() {
        let numbers = of_year(text, tokens, from).or_else(|| phone(text, tokens, from));
        let joined = numbers.or_else(|| abbreviation(text, tokens, from));
        from = joined.as_ref().map_or(from + 1, |joined| joined.to);
        found.extend(joined);
    }
    found
}

/// «15/2026», «15 لسنة 2026».
fn of_year(text: &str, tokens: &[Token<'_>], from: usize) -> Option<Joined> {
    let [number, next, ..] = &tokens[from..] else { return None };
    if !is_whole(number) {
        return None;
    }
    let (year, to) = if matches!(&*next.norm, "لسنه" | "لعام" | "سنه" | "عام") {
        (tokens.get(from + 2)?, from + 3)
    } else if text[number.end..next.start].trim_matches(is_direction_mark) == "/" {
        (next, from + 2)
    } else {
        return None;
    };
    let number = number.norm.trim_start_matches('0');
    (is_whole(year) && is_year(&year.norm)).then(|| Joined { from, to, term: format!("{number}/{}", year.norm) })
}

/// «02-297 8830», «+970 2 297 8830».
fn phone(text: &str, tokens: &[Token<'_>], from: usize) -> Option<Joined> {
    let first = tokens.get(from).filter(|token| is_whole(token))?;
    let before = text[..first.start].trim_end_matches(is_direction_mark);
    let begins_as_phone = first.norm.starts_with('0') || before.ends_with('+') || before.ends_with('(');
    let mut to = from + 1;
    let mut by_hyphens = false;
    while to - from < PHONE_GROUPS_MAX
        && let Some(next) = tokens.get(to).filter(|token| is_whole(token))
    {
        let between = text[tokens[to - 1].end..next.start].trim_matches(is_direction_mark);
        if between.len() > BETWEEN_GROUPS_MAX_BYTES || !between.chars().all(|c| " -‑–().".contains(c)) {
            break;
        }
        by_hyphens |= between.contains(['-', '‑', '–']);
        to += 1;
    }
    let groups = &tokens[from..to];
    let term: String = groups.iter().map(|token| token.norm.as_str()).collect();
    let is_phone = (begins_as_phone || by_hyphens) && groups.len() > 1 && PHONE_DIGITS.contains(&term.len());
    (is_phone && !groups.iter().any(|group| is_year(&group.norm))).then_some(Joined { from, to, term })
}

/// «ض.ق.م», «ض ق م».
fn abbreviation(text: &str, tokens: &[Token<'_>], from: usize) -> Option<Joined> {
    let is_letter = |token: &Token<'_>| {
        matches!(token.kind, TokenKind::Arabic | TokenKind::Latin) && token.norm.chars().nth(1).is_none()
    };
    let mut to = from;
    while tokens.get(to).is_some_and(|token| is_letter(token) && token.kind == tokens[from].kind)
        && (to == from || matches!(text[tokens[to - 1].end..tokens[to].start].trim(), "" | "."))
    {
        to += 1;
    }
    let term = tokens[from..to].iter().map(|token| token.norm.as_str()).collect();
    (LETTERS.contains(&(to - from))).then_some(Joined { from, to, term })
}

fn is_whole(token: &Token<'_>) -> bool {
    token.kind == TokenKind::Number && token.norm.bytes().all(|byte| byte.is_ascii_digit())
}

/// A year of either calendar.
fn is_year(norm: &str) -> bool {
    norm.len() == 4 && norm.parse().is_ok_and(|year: u32| (1300..1500).contains(&year) || (1900..2100).contains(&year))
}

#[cfg(test)]
mod tests {
    use diwan_arabic::tokenize;

    use super::*;
    use crate::samples::{index_of, news, numbers, request};

    #[test]
    fn numbers_that_are_one_thing_have_one_term() {
        for (text, expected) in [
            ("قرار رقم (15) لسنة 2026 بشأن", &["15/2026"][..]),
            ("القانون ٠١٥/٢٠٢٦", &["15/2026"]),
            ("هاتف: 02-297 8830 أو +970 2 297 8830", &["022978830", "97022978830"]),
            ("1800-500-500", &["1800500500"]),
            ("بتاريخ 12-03-2026", &[]),
            ("2024 2025", &[]),
            ("12 34 567", &[]),
            ("المادة 15", &[]),
            ("رسوم ض.ق.م والرسوم", &["ضقم"]),
            ("ض ق م", &["ضقم"]),
            ("أ. د. محمد و ب", &[]),
        ] {
            let found: Vec<String> = joined(text, &tokenize(text)).into_iter().map(|joined| joined.term).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn numbers_are_found_as_they_are_meant() {
        let (_folder, index) = index_of([
            news(1, "قرار", "القرار رقم (15) لسنة 2026 بشأن الرسوم"),
            news(2, "قرار", "القرار رقم (2026) وفيه 15 مادة"),
            news(3, "بلاغ", "هاتف الدائرة 02-297 8830"),
            news(5, "بلاغ", "تسجيل ض.ق.م للشركات"),
            news(4, "موازنة", "بلغت 4,321,000 دينار بزيادة 11.8 بالمئة"),
        ]);
        let found = |query: &str| {
            let answer = index.search(&request(query)).unwrap();
            let all = answer.hits.iter().filter(|hit| !hit.fewer_words).count();
            numbers(&answer)[..all].to_vec()
        };
        for query in ["15/2026", "قرار 15/2026", "رقم 15 لسنة 2026", "قرار رقم ١٥ لسنة ٢٠٢٦"]
        {
            assert_eq!(found(query), [1], "{query}");
        }
        for query in ["022978830", "02 2978830", "٠٢٢٩٧٨٨٣٠"] {
            assert_eq!(found(query), [3], "{query}");
        }
        for query in ["4321000", "٤٬٣٢١٬٠٠٠", "11.8"] {
            assert_eq!(found(query), [4], "{query}");
        }
        for query in ["ضقم", "ض ق م", "ض.ق.م"] {
            assert_eq!(found(query), [5], "{query}");
        }
        assert_eq!(found("11"), Vec::<u128>::new());
        assert_eq!(found(&"7".repeat(900)), Vec::<u128>::new());
    }
}
