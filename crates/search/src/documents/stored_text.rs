//! Texts as the index stores them: in one byte for each Arabic letter, with a mark every few words, by which a word is found from
//! its position in the index.
//!
//! UTF-8 has two bytes for a letter, and the engine's compression does not see that the first is nearly always the same. A hit
//! is marked by analysing the few stretches of its texts that have a found word, instead of all of them.

use diwan_arabic::{Token, tokens};

/// Before a character that has no byte of its own, which follows in UTF-8.
const OTHER: u8 = 0x0E;
/// First of the 128 characters that have the bytes 0x80 to 0xFF: Arabic letters, vowel signs, digits and punctuation.
const ARABIC: u32 = 0x0600;
const HIGH: u8 = 0x80;
/// Words after which a stretch ends at the next white space. A mark costs the index two bytes or three, and a found word
/// costs a search the analysis of one stretch.
const STRETCH_WORDS: usize = 8;

/// The stretches of a text, in order. Each has at least one word.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Stretches {
    beginnings: Vec<Beginning>,
    /// After the last word.
    end: Beginning,
}

/// A position in the index and its byte in the text.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Beginning {
    position: u32,
    byte: usize,
}

/// Collects the stretches of a text while its words are indexed.
#[derive(Debug, Default)]
pub(crate) struct StretchWriter {
    stretches: Stretches,
    words: usize,
}

impl StretchWriter {
    /// Adds the next word of the text, with its position in the index.
    pub(crate) fn add(&mut self, text: &str, word: &Token<'_>, position: u32) {
        let Stretches { beginnings, end } = &mut self.stretches;
        // What a stretch begins with must be the same word when what is before it is not seen: «1.5» is one number.
        let after_white = text[..word.start].ends_with(char::is_whitespace);
        let follows = position == end.position && self.words < STRETCH_WORDS;
        if beginnings.is_empty() || after_white && !follows {
            beginnings.push(Beginning { position, byte: word.start });
            self.words = 0;
        }
        self.words += 1;
        *end = Beginning { position: position.saturating_add(1), byte: word.end };
    }

    /// The bytes that the index stores.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let Stretches { beginnings, end } = &self.stretches;
        let mut bytes = Vec::new();
        let mut last = Beginning::default();
        for next in beginnings.iter().chain([end]) {
            write_number(&mut bytes, u64::from(next.position.saturating_sub(last.position)));
            write_number(&mut bytes, next.byte.saturating_sub(last.byte) as u64);
            last = *next;
        }
        bytes
    }
}

impl Stretches {
    /// Reads what was stored. Damaged bytes give stretches that are not where they were; no text is read outside of its
    /// bounds.
    pub(crate) fn from_bytes(mut bytes: &[u8]) -> Self {
        let mut beginnings = Vec::new();
        let mut last = Beginning::default();
        while let (Some(position), Some(byte)) = (read_number(&mut bytes), read_number(&mut bytes)) {
            let position = last.position.saturating_add(u32::try_from(position).unwrap_or(u32::MAX));
            last = Beginning { position, byte: last.byte.saturating_add(usize::try_from(byte).unwrap_or(usize::MAX)) };
            beginnings.push(last);
        }
        let end = beginnings.pop().unwrap_or_default();
        Self { beginnings, end }
    }

    /// The words of the stretches that have one of these positions, with their positions in the index. Positions are in
    /// order. The text may be cut anywhere.
    pub(crate) fn words_near<'a>(&self, text: &'a str, positions: &[u32]) -> Vec<Token<'a>> {
        let mut words = Vec::new();
        let mut next = 0;
        for (number, from) in self.beginnings.iter().enumerate() {
            let to = self.beginnings.get(number + 1).unwrap_or(&self.end);
            let before = next;
            next += positions[next..].partition_point(|position| *position < to.position);
            if next == before || positions[next - 1] < from.position {
                continue;
            }
            let Some(stretch) = text.get(from.byte..to.byte.min(text.len())) else { continue };
            words.extend(tokens(stretch).map(|word| Token {
                start: from.byte + word.start,
                end: from.byte + word.end,
                position: from.position.saturating_add(word.position),
                ..word
            }));
        }
        words
    }
}

/// Seven bits a byte, the lowest first; all but the last have the highest bit.
fn write_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7F {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

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
    use diwan_arabic::tokenize;
    use proptest::prelude::*;

    use super::*;

    /// The stretches of a text whose words have the positions that the analysis gives them.
    fn stored(text: &str) -> Vec<u8> {
        let mut writer = StretchWriter::default();
        tokenize(text).iter().for_each(|word| writer.add(text, word, word.position));
        writer.to_bytes()
    }

    #[test]
    fn words_are_found_by_their_positions() {
        let text = "كلمة ".repeat(20) + "\nخطة 3.5 1.1.2026";
        let stretches = Stretches::from_bytes(&stored(&text));
        let found = |positions: &[u32]| {
            let words = stretches.words_near(&text, positions);
            words.iter().map(|word| (word.original, word.position)).collect::<Vec<_>>()
        };
        assert_eq!(found(&[]), []);
        assert_eq!(found(&[36]), [("خطة", 36), ("3.5", 37), ("1", 38), ("1", 39), ("2026", 40)]);
        assert_eq!(found(&[3, 17, 19]).len(), 8 + 4);
        assert_eq!(found(&[41, 900]), [], "after the end");
        assert_eq!(stored(&text).len(), 2 * 5, "four beginnings and the end");
    }

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
        fn all_positions_give_all_words(text in "\\PC{0,300}|([ا-د0-9a'.,\u{64B}\n ]|موازنة |'s ){0,200}", cut in 0_usize..400) {
            let stretches = Stretches::from_bytes(&stored(&text));
            let words = tokenize(&text);
            let positions: Vec<u32> = words.iter().map(|word| word.position).collect();
            prop_assert_eq!(&stretches.words_near(&text, &positions), &words);
            let cut = &text[..text.floor_char_boundary(cut)];
            prop_assert_eq!(stretches.words_near(cut, &positions), tokenize(cut));
        }

        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..60), positions in prop::collection::vec(0_u32..200, 0..20)) {
            let mut positions = positions;
            positions.sort_unstable();
            Stretches::from_bytes(&bytes).words_near(&"موازنة 12 ".repeat(20), &positions);
        }

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
