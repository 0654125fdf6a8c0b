//! Letters as they are typed, in place of the shapes that a page shows.

use unicode_normalization::UnicodeNormalization as _;

/// A text with letters for presentation forms and ligatures, without control, formatting and private characters; white
/// space runs become one space or one newline.
pub(super) fn tidy(text: &str) -> String {
    let mut tidied = String::with_capacity(text.len());
    // White space that stands before the next character, if one comes.
    let mut gap = None;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            let newline = matches!(c, '\n' | '\u{2029}');
            gap = if newline || gap == Some('\n') { Some('\n') } else { Some(' ') };
            continue;
        }
        if is_dropped(c) {
            continue;
        }
        if let Some(gap) = gap.take()
            && !tidied.is_empty()
        {
            tidied.push(gap);
        }
        push_letters(&mut tidied, c);
    }
    tidied
}

/// Letters of a shape; other characters as they are.
pub(super) fn push_letters(text: &mut String, c: char) {
    match c {
        // Shapes of marks stand on a space or a tatweel of their own, which would part a word.
        '\u{FE70}'..='\u{FE7F}' => text.extend(std::iter::once(c).nfkc().filter(|part| !matches!(part, ' ' | 'ـ'))),
        '\u{FB00}'..='\u{FB4F}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE80}'..='\u{FEFC}' => {
            text.extend(std::iter::once(c).nfkc());
        }
        _ => text.push(c),
    }
}

/// Bidi controls, zero-width characters, soft hyphens, what stands for nothing. The joiners stay: they part letters of words.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFD}' | '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{10FFFF}')
        || (u32::from(c) & 0xFFFE) == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_become_letters() {
        let cases =
            [("ﺍﻟﻤﻮﺍﺯﻧﺔ", "الموازنة"), ("ﻻ ﻷﻥ", "لا لأن"), ("ﷲ", "الله"), ("oﬃce", "office"), ("مﹷدرسة", "م\u{64E}درسة")];
        for (shapes, letters) in cases {
            assert_eq!(tidy(shapes), letters);
        }
    }

    #[test]
    fn nothing_stays_that_is_not_read() {
        assert_eq!(tidy("\u{FEFF}\u{202B}مو\u{AD}ازنة\u{202C}\u{0}العا\u{E001}مة\u{FFFD}\u{FFFF}"), "موازنة العامة");
        assert_eq!(tidy("  سطر \r\n\r\n \t سطر  آخر \u{2029} "), "سطر\nسطر آخر");
        assert_eq!(tidy("نمی\u{200C}خواهم"), "نمی\u{200C}خواهم");
    }
}
