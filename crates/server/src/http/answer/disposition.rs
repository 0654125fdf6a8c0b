//! The `Content-Disposition` header of RFC 6266.

use std::fmt::Write;

/// The longest name that is sent; file systems end at 255 bytes, and Arabic takes two bytes a letter.
const MAX_NAME_CHARS: usize = 120;

/// The longest ending that counts as an extension when a name is cut.
const MAX_EXTENSION_CHARS: usize = 10;

/// What a file without a usable name is called.
const FALLBACK_STEM: &str = "download";

/// The value of a `Content-Disposition` header: `inline` or `attachment`, with the name once in ASCII for old
/// clients and, where that loses something, once in UTF-8 (RFC 8187). Whatever the name holds, the value is visible
/// ASCII: no line breaks, no quotes that end early, no folders, and no characters that turn the direction of
/// reading, with which `gpj.exe` can be made to look like `exe.jpg`.
pub(crate) fn content_disposition(name: &str, inline: bool) -> String {
    let name = cleaned(name);
    let fallback = ascii_fallback(&name);
    let mut header = format!("{}; filename=\"{fallback}\"", if inline { "inline" } else { "attachment" });
    if fallback != name {
        header.push_str("; filename*=UTF-8''");
        percent_encode(&name, &mut header);
    }
    header
}

/// The name as a person would want it on disk.
fn cleaned(name: &str) -> String {
    let mut kept = String::new();
    for character in name.chars() {
        if character.is_control() || is_invisible(character) {
            continue;
        }
        kept.push(if matches!(character, '/' | '\\') { '_' } else { character });
    }
    // Leading dots hide a file, trailing ones are dropped by Windows.
    let trimmed = kept.trim_matches(|character: char| character == '.' || character.is_whitespace());
    if trimmed.is_empty() {
        return FALLBACK_STEM.to_owned();
    }
    shortened(trimmed)
}

/// Bidirectional controls, line and paragraph separators, zero-width space and byte order mark. The joiners
/// U+200C and U+200D stay: Persian and some Arabic names are spelt with them.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{061c}'
            | '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= MAX_NAME_CHARS {
        return name.to_owned();
    }
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension)
        .filter(|extension| extension.chars().count() <= MAX_EXTENSION_CHARS);
    let cut = |chars: usize| name.chars().take(chars).collect::<String>();
    match extension {
        Some(extension) => format!("{}.{extension}", cut(MAX_NAME_CHARS - MAX_EXTENSION_CHARS - 1)),
        None => cut(MAX_NAME_CHARS),
    }
}

/// Every letter that is not plain becomes `_`; a name of which nothing would be left keeps its extension only.
/// `%` goes too: some clients decode it where they should not (RFC 6266, appendix D).
fn ascii_fallback(name: &str) -> String {
    let mut fallback = String::new();
    for character in name.chars() {
        let plain = matches!(character, ' '..='~') && !matches!(character, '"' | '\\' | '%');
        fallback.push(if plain { character } else { '_' });
    }
    let is_extension = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let (stem, extension) = match fallback.rsplit_once('.') {
        Some((stem, extension)) if is_extension(extension) => (stem, extension),
        Some(_) | None => (fallback.as_str(), ""),
    };
    if stem.bytes().any(|byte| byte.is_ascii_alphanumeric()) {
        return fallback;
    }
    if extension.is_empty() { FALLBACK_STEM.to_owned() } else { format!("{FALLBACK_STEM}.{extension}") }
}

/// Percent-encodes all but the `attr-char` of RFC 8187.
fn percent_encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            into.push(char::from(byte));
        } else {
            write!(into, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_is_sent_once() {
        assert_eq!(content_disposition("report 2026.pdf", false), "attachment; filename=\"report 2026.pdf\"");
        assert_eq!(content_disposition("a.png", true), "inline; filename=\"a.png\"");
    }

    #[test]
    fn an_arabic_name_is_sent_in_utf_8_with_a_fallback() {
        assert_eq!(
            content_disposition("الميزانية.pdf", false),
            "attachment; filename=\"download.pdf\"; filename*=UTF-8''\
             %D8%A7%D9%84%D9%85%D9%8A%D8%B2%D8%A7%D9%86%D9%8A%D8%A9.pdf"
        );
        assert_eq!(
            content_disposition("تقرير Q1.csv", true),
            "inline; filename=\"_____ Q1.csv\"; filename*=UTF-8''%D8%AA%D9%82%D8%B1%D9%8A%D8%B1%20Q1.csv"
        );
        assert_eq!(
            content_disposition("شعار", true),
            "inline; filename=\"download\"; filename*=UTF-8''%D8%B4%D8%B9%D8%A7%D8%B1"
        );
    }

    #[test]
    fn nothing_in_a_name_ends_the_header_or_leaves_its_quotes() {
        assert_eq!(
            content_disposition("a\r\nSet-Cookie: b=\"c\"; d\\e%.png", false),
            "attachment; filename=\"aSet-Cookie: b=_c_; d_e_.png\"; filename*=UTF-8''\
             aSet-Cookie%3A%20b%3D%22c%22%3B%20d_e%25.png"
        );
        for character in (0..=0x1_0000).filter_map(char::from_u32) {
            let header = content_disposition(&format!("a{character}b.png"), false);
            assert!(header.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{character:?}");
            assert_eq!(header.matches('"').count(), 2, "{character:?}");
        }
    }

    #[test]
    fn folders_hidden_names_and_turned_text_are_undone() {
        let cases = [
            ("../../etc/passwd", "_.._etc_passwd"),
            ("..\\a.txt", "_a.txt"),
            (".htaccess", "htaccess"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("\u{2067}a\u{2069}\u{200f}\u{feff}.txt", "a.txt"),
            ("a.txt. . ", "a.txt"),
            ("", "download"),
            ("...", "download"),
            ("\u{202e}\0", "download"),
        ];
        for (name, expected) in cases {
            assert_eq!(content_disposition(name, true), format!("inline; filename=\"{expected}\""), "{name:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let header = content_disposition(&format!("{}.pdf", "a".repeat(5000)), false);
        assert_eq!(header, format!("attachment; filename=\"{}.pdf\"", "a".repeat(109)));
    }
}
