//! The character encoding of text files, found by their bytes alone.
//!
//! Excel saves tables in what Windows is set to: Windows-1256 in Arabic countries, and UTF-16 for "Unicode text". UTF-8 and
//! UTF-16 have rules that other bytes break. In Windows-1256 every byte is a character, so there a detector of encodings
//! must agree, and most letters must be Arabic.

use std::borrow::Cow;

use chardetng::EncodingDetector;
use diwan_content::variants;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1256};
use strum::{EnumCount, VariantArray};

/// A character encoding in which texts are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumCount, VariantArray)]
pub enum Charset {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16 with a byte order mark, which says the order.
    Utf16,
    /// UTF-16 without a mark, the lower byte first.
    Utf16Le,
    /// UTF-16 without a mark, the higher byte first.
    Utf16Be,
    /// Arabic letters of Windows in one byte each.
    Windows1256,
}

impl Charset {
    /// All of them.
    pub const ALL: [Self; Self::COUNT] = variants();

    /// The name as registered with IANA.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Windows1256 => "windows-1256",
        }
    }

    /// Finds the encoding of a whole file. `None` if it is no text in any of them.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let mut check = CharsetCheck::new();
        check.feed(bytes);
        check.finish()
    }

    /// Reads bytes, of a file or of its beginning, without the byte order mark. What is no character becomes U+FFFD.
    pub(crate) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        let encoding: &Encoding = match self {
            Self::Utf8 => UTF_8,
            Self::Utf16 if bytes.starts_with(&BIG_ENDIAN_MARK) => UTF_16BE,
            Self::Utf16 | Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
            Self::Windows1256 => WINDOWS_1256,
        };
        match self {
            Self::Windows1256 => encoding.decode_without_bom_handling(bytes).0,
            Self::Utf8 | Self::Utf16 | Self::Utf16Le | Self::Utf16Be => encoding.decode_with_bom_removal(bytes).0,
        }
    }
}

const BIG_ENDIAN_MARK: [u8; 2] = [0xFE, 0xFF];

/// Checks, chunk by chunk, whether a whole file is text, and in which encoding. The chunks' sizes make no difference.
#[derive(Debug)]
pub(crate) struct CharsetCheck {
    utf8: Utf8Check,
    utf16: [Utf16Check; 2],
    single_byte: SingleByteCheck,
}

impl CharsetCheck {
    pub(crate) fn new() -> Self {
        let utf16 = [Utf16Check::new(Endian::Little), Utf16Check::new(Endian::Big)];
        Self { utf8: Utf8Check::default(), utf16, single_byte: SingleByteCheck::default() }
    }

    pub(crate) fn feed(&mut self, chunk: &[u8]) {
        self.utf8.feed(chunk);
        for check in &mut self.utf16 {
            check.feed(chunk);
        }
        self.single_byte.feed(chunk);
    }

    pub(crate) fn finish(self) -> Option<Charset> {
        let Self { utf8, utf16: [little, big], single_byte } = self;
        if utf8.finish() {
            return Some(Charset::Utf8);
        }
        let utf16 = little.finish().or_else(|| big.finish());
        utf16.or_else(|| single_byte.finish().then_some(Charset::Windows1256))
    }
}

/// UTF-8 without the bytes that only binary files have.
#[derive(Debug, Default)]
struct Utf8Check {
    failed: bool,
    /// A character that a chunk began and the next one must complete; at most three bytes.
    unfinished: Vec<u8>,
}

impl Utf8Check {
    fn feed(&mut self, chunk: &[u8]) {
        if self.failed {
            return;
        }
        let mut bytes = Cow::Borrowed(chunk);
        if !self.unfinished.is_empty() {
            self.unfinished.extend_from_slice(chunk);
            bytes = Cow::Owned(std::mem::take(&mut self.unfinished));
        }
        if bytes.iter().any(|byte| is_binary(*byte)) {
            self.failed = true;
            return;
        }
        let Err(error) = std::str::from_utf8(&bytes) else { return };
        match error.error_len() {
            Some(_) => self.failed = true,
            None => self.unfinished = bytes[error.valid_up_to()..].to_vec(),
        }
    }

    fn finish(self) -> bool {
        !self.failed && self.unfinished.is_empty()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Endian {
    Little,
    Big,
}

/// UTF-16 of one byte order: whole pairs of bytes, surrogates in pairs, no control characters. Without a mark, only
/// characters of Arabic and Latin texts, ASCII ones among them: those read in the other order would be Chinese.
#[derive(Debug)]
struct Utf16Check {
    endian: Endian,
    failed: bool,
    /// The first byte of a pair whose second one is in the next chunk.
    half: Option<u8>,
    /// Whether a low surrogate must come next.
    in_pair: bool,
    units: u64,
    has_mark: bool,
    /// Whether there are characters that Arabic and Latin texts seldom have.
    has_foreign: bool,
    has_ascii: bool,
}

/// Code units of the shortest file that is taken for UTF-16 without a mark.
const UNMARKED_MIN_UNITS: u64 = 4;

impl Utf16Check {
    fn new(endian: Endian) -> Self {
        Self {
            endian,
            failed: false,
            half: None,
            in_pair: false,
            units: 0,
            has_mark: false,
            has_foreign: false,
            has_ascii: false,
        }
    }

    fn feed(&mut self, chunk: &[u8]) {
        for byte in chunk {
            if self.failed {
                return;
            }
            match self.half.take() {
                None => self.half = Some(*byte),
                Some(first) => self.unit(match self.endian {
                    Endian::Little => u16::from_le_bytes([first, *byte]),
                    Endian::Big => u16::from_be_bytes([first, *byte]),
                }),
            }
        }
    }

    fn unit(&mut self, unit: u16) {
        if self.units == 0 && unit == 0xFEFF {
            self.has_mark = true;
        }
        self.units += 1;
        let is_low = (0xDC00..=0xDFFF).contains(&unit);
        let is_high = (0xD800..=0xDBFF).contains(&unit);
        let is_control = u8::try_from(unit).is_ok_and(is_binary) || matches!(unit, 0x80..=0x9F | 0xFFFE | 0xFFFF);
        self.failed = is_low != self.in_pair || is_control;
        self.in_pair = is_high;
        match unit {
            0x00..=0x7F => self.has_ascii = true,
            0xA0..=0x17F
            | 0x600..=0x6FF
            | 0x750..=0x77F
            | 0x8A0..=0x8FF
            | 0x2000..=0x206F
            | 0x20A0..=0x20CF
            | 0xFB50..=0xFDFF
            | 0xFE70..=0xFEFF => {}
            _ => self.has_foreign = true,
        }
    }

    fn finish(self) -> Option<Charset> {
        if self.failed || self.half.is_some() || self.in_pair {
            return None;
        }
        match (self.has_mark, self.endian) {
            (true, _) => (self.units > 1).then_some(Charset::Utf16),
            (false, _) if self.has_foreign || !self.has_ascii || self.units < UNMARKED_MIN_UNITS => None,
            (false, Endian::Little) => Some(Charset::Utf16Le),
            (false, Endian::Big) => Some(Charset::Utf16Be),
        }
    }
}

/// Texts of one byte for each character, from the first one on that is not ASCII.
#[derive(Debug, Default)]
struct SingleByteCheck {
    is_binary: bool,
    sample: Vec<u8>,
    /// Whether the sample leaves something out.
    is_cut: bool,
}

/// What is looked at of a text to tell its encoding.
const SAMPLE_MAX_BYTES: usize = 64 * 1024;

impl SingleByteCheck {
    fn feed(&mut self, chunk: &[u8]) {
        self.is_binary = self.is_binary || chunk.iter().any(|byte| is_binary(*byte));
        if self.is_binary {
            return;
        }
        let first = match self.sample.is_empty() {
            true => chunk.iter().position(|byte| !byte.is_ascii()).unwrap_or(chunk.len()),
            false => 0,
        };
        let room = SAMPLE_MAX_BYTES - self.sample.len();
        let (taken, left) = chunk[first..].split_at(room.min(chunk.len() - first));
        self.sample.extend_from_slice(taken);
        self.is_cut = self.is_cut || !left.is_empty();
    }

    fn finish(self) -> bool {
        if self.is_binary || !is_arabic(&self.sample) {
            return false;
        }
        let mut detector = EncodingDetector::new();
        detector.feed(&self.sample, !self.is_cut);
        // Names of countries whose texts are looked for decide where several encodings are as likely.
        detector.guess(Some(b"ps"), false) == WINDOWS_1256
    }
}

/// Whether most of what is not ASCII are Arabic letters, and words are made of them.
fn is_arabic(bytes: &[u8]) -> bool {
    let (text, _) = WINDOWS_1256.decode_without_bom_handling(bytes);
    let is_letter = |c: char| matches!(c, '\u{620}'..='\u{64A}');
    let letters = text.chars().filter(|c| is_letter(*c)).count();
    let others =
        text.chars().filter(|c| !c.is_ascii() && !matches!(*c, '\u{600}'..='\u{6FF}' | '\u{A0}' | '«' | '»')).count();
    let in_words: usize = text
        .split(|c: char| !is_letter(c) && !matches!(c, '\u{64B}'..='\u{652}'))
        .map(|word| word.chars().count())
        .filter(|length| *length > 1)
        .sum();
    letters > 1 && others * 10 <= letters && in_words * 2 > letters
}

/// The "binary data bytes" of the WHATWG MIME Sniffing standard.
fn is_binary(byte: u8) -> bool {
    matches!(byte, 0x00..=0x08 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn little(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn big(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }

    fn windows(text: &str) -> Vec<u8> {
        let (bytes, _, lossy) = WINDOWS_1256.encode(text);
        assert!(!lossy);
        bytes.into_owned()
    }

    #[track_caller]
    fn check(bytes: &[u8], charset: Option<Charset>) {
        assert_eq!(Charset::of(bytes), charset);
        for size in 1..=5 {
            let mut check = CharsetCheck::new();
            bytes.chunks(size).for_each(|chunk| check.feed(chunk));
            assert_eq!(check.finish(), charset, "chunks of {size}");
        }
    }

    #[track_caller]
    fn check_read(bytes: &[u8], charset: Charset, text: &str) {
        check(bytes, Some(charset));
        assert_eq!(charset.decode(bytes), text);
    }

    const TABLE: &str = "الرقم;المدينة;المبلغ\r\n1;أريحا;1,250.50\r\n2;رام الله;300\r\n";

    #[test]
    fn each_encoding_is_found_and_read() {
        for text in [TABLE, "Year;Amount\r\n2026;5\r\n", "الموازنة 🙂 العامة"] {
            check_read(text.as_bytes(), Charset::Utf8, text);
            check_read(format!("\u{FEFF}{text}").as_bytes(), Charset::Utf8, text);
            check_read(&little(&format!("\u{FEFF}{text}")), Charset::Utf16, text);
            check_read(&big(&format!("\u{FEFF}{text}")), Charset::Utf16, text);
        }
        check_read(&little(TABLE), Charset::Utf16Le, TABLE);
        check_read(&big(TABLE), Charset::Utf16Be, TABLE);
    }

    #[test]
    fn arabic_tables_of_windows_are_found_and_read() {
        let texts = [
            TABLE,
            "الموازنة",
            "Name;City\r\nأحمد;Ramallah\r\n",
            "Id,Name,Amount\n1,محمد علي,500\n2,سارة,«600»\n",
            "تقرير عن أعمال الوزارة في عام 2026، وما أنجز منها؛ هل اكتمل؟\r\n",
            "المادة (3): يُعمل بهذا القرار بقانون",
        ];
        for text in texts {
            check_read(&windows(text), Charset::Windows1256, text);
        }
    }

    #[test]
    fn what_is_text_in_none_of_them_is_refused() {
        check(&little("\u{FEFF}نص")[..5], None);
        check(&[0xFF, 0xFE, 0x00, 0xD8, 0x41, 0x00], None);
        check(&[0xFF, 0xFE, 0x00, 0xDC, 0x41, 0x00], None);
        check(&[0xFF, 0xFE, 0x41, 0x00, 0x00, 0xD8], None);
        check(&[0xFF, 0xFE], None);
        check(&little("\u{FEFF}a\0b"), None);
        check(b"text with a \0 in it", None);
        check(b"half a character \xd8", None);
        check(b"\xe9t\xe9 fran\xe7ais, d\xe9j\xe0 vu", None);
        check("Привет, как дела".chars().map(|c| (u32::from(c) as u8) | 0x80).collect::<Vec<u8>>().as_slice(), None);
        check(&[0xFF; 100], None);
        check(&(0x80..=0xFF).collect::<Vec<u8>>(), None);
    }

    #[test]
    fn one_line_of_eight_megabytes_is_text() {
        assert_eq!(Charset::of(&windows("ضريبة").repeat(1_700_000)), Some(Charset::Windows1256));
        let utf16 = [little("\u{FEFF}"), little("ضريبة").repeat(850_000)].concat();
        assert_eq!(Charset::of(&utf16), Some(Charset::Utf16));
    }
}
