//! Characters that texts and names of hosts may hold.

use diwan_arabic::is_default_ignorable;

/// The first character of a text that no text of one line may hold: a line break or another control character, and those
/// that show nothing. Joiners and marks of direction are taken, since Arabic and Persian are written with them; embeddings,
/// overrides and isolates of direction are not, since they change how the text around them is read.
pub fn find_refused(text: &str) -> Option<char> {
    let is_taken = |c| matches!(c, '\u{200C}'..='\u{200F}' | '\u{061C}');
    let breaks_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().find(|c| breaks_line(*c) || (is_default_ignorable(*c) && !is_taken(*c)))
}

/// Control characters other than line ends and tabs (PostgreSQL cannot store NUL), and Unicode's noncharacters.
pub(crate) fn is_forbidden(character: char) -> bool {
    let code = u32::from(character);
    let control = code < 0x20 && !matches!(character, '\n' | '\r' | '\t');
    control || (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}

/// Longest label of a domain, in bytes.
const MAX_LABEL_BYTES: usize = 63;

/// Letters and digits of any script, and hyphens inside.
pub(crate) fn is_label(label: &str) -> bool {
    (1..=MAX_LABEL_BYTES).contains(&label.len())
        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_non_characters_are_forbidden() {
        for bad in ['\0', '\u{1}', '\u{1b}', '\u{fdd0}', '\u{ffff}', '\u{1fffe}'] {
            assert!(is_forbidden(bad), "{bad:?}");
        }
        for good in ['\n', '\r', '\t', 'ا', '\u{200f}', '\u{fffd}', '\u{10fffd}'] {
            assert!(!is_forbidden(good), "{good:?}");
        }
    }
}
