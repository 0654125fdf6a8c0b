//! Texts in one byte for each Arabic letter, as the index stores them.
//!
//! UTF-8 has two bytes for a letter, and the engine's compression does not see that the first is nearly always the same.

/// Before a character that has no byte of its own, which follows in UTF-8.
const OTHER: u8 = 0x0E;
/// First of the 128 characters that have the bytes 0x80 to 0xFF: Arabic letters, vowel signs, digits and punctuation.
const ARABIC: u32 = 0x0600;
const HIGH: u8 = 0x80;

/// A text in packed bytes.
pub(crate) fn packed(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 2 + 16);
    for c in text.chars() {
        match u8::try_from(c) {
            Ok(byte) if byte < HIGH && byte != OTHER => bytes.push(byte),
            _ => match u8::try_from(u32::from(c).wrapping_sub(ARABIC)) {
                Ok(low) if low < HIGH => bytes.push(low | HIGH),
                _ => {
                    bytes.push(OTHER);
                    bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
            },
        }
    }
    bytes
}

/// The text of packed bytes. In the place of damaged ones is the replacement character.
pub(crate) fn unpacked(mut bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    while let Some((byte, rest)) = bytes.split_first() {
        bytes = rest;
        let c = match *byte {
            OTHER => other(&mut bytes),
            ascii @ ..HIGH => Some(char::from(ascii)),
            arabic => char::from_u32(ARABIC + u32::from(arabic & !HIGH)),
        };
        text.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    text
}

/// The character in UTF-8 that bytes begin with.
fn other(bytes: &mut &[u8]) -> Option<char> {
    let length = match bytes.first()? {
        ..0xC0 => 1,
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0.. => 4,
    };
    let (character, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(character).ok()?.chars().next()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_arabic_letter_is_one_byte() {
        for (text, length) in [("", 0), ("الموازنة العامّة ٢٠٢٦، 12%", 26), ("«نص»", 8), ("café", 6), ("\u{E}", 2)]
        {
            let bytes = packed(text);
            assert_eq!((bytes.len(), unpacked(&bytes).as_str()), (length, text));
        }
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(text in "(?s).{0,200}|[\u{5F0}-\u{690}\u{0}-\u{20}€]{0,200}") {
            prop_assert_eq!(unpacked(&packed(&text)), text);
        }

        #[test]
        fn any_bytes_are_unpacked(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            unpacked(&bytes);
        }
    }
}
