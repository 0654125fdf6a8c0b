//! Order-preserving keys: every list of published entries is a scan over bytes, the same on both databases.
//!
//! A key is a run of parts and the entry's id. A part is a type byte, the value with `00` escaped as `00 FF`, and the
//! terminator `00 01`; for a descending part these bytes are inverted. Null sorts last in both directions. Numbers are
//! written so that unsigned byte order is their order. (Tuple encoding after the FoundationDB tuple layer.)

use uuid::Uuid;

use crate::values::{identity::ContentHash, languages::Locale, times::CalendarDate};

/// Version of the encoding and of the collation beneath it; another one rebuilds the stored keys.
pub const KEY_VERSION: u32 = diwan_arabic::COLLATION_VERSION * 1_000 + 2;

/// One value to sort by.
#[derive(Debug, Clone, PartialEq)]
pub enum KeyPart {
    /// No value: last.
    Null,
    /// False before true.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A text: the collation's sort key where lists are sorted by it, else one of [`equality_key`] or [`option_key`].
    Text(Vec<u8>),
    /// Milliseconds since 1970.
    Time(i64),
    /// A day.
    Date(CalendarDate),
    /// An identity, for equality alone.
    Id(Uuid),
}

const NULL_LAST: u8 = 0xFF;
const ESCAPED_ZERO: [u8; 2] = [0x00, 0xFF];
const TERMINATOR: [u8; 2] = [0x00, 0x01];

/// Longest text in a key that serves equality, in bytes, and how much of a longer one stands before its hash.
const MAX_EQUALITY_BYTES: usize = 256;
const EQUALITY_HEAD_BYTES: usize = MAX_EQUALITY_BYTES - 32;

/// Bytes that are equal just for equal folded texts; those of the beginning of a text begin the bytes of the text as long
/// as they are at most [`EQUALITY_PREFIX_MAX_BYTES`].
pub fn equality_key(folded: &str) -> Vec<u8> {
    let bytes = folded.as_bytes();
    if bytes.len() < MAX_EQUALITY_BYTES {
        return bytes.to_vec();
    }
    let mut key = bytes[..EQUALITY_HEAD_BYTES].to_vec();
    key.extend_from_slice(ContentHash::of(bytes).as_bytes());
    key
}

/// Longest beginning of a folded text that [`equality_key`] keeps as it is, in bytes.
pub const EQUALITY_PREFIX_MAX_BYTES: usize = EQUALITY_HEAD_BYTES;

/// Bytes that sort declared options by the locale's collation and are equal just for equal options.
pub fn option_key(value: &str, locale: &Locale) -> Vec<u8> {
    let mut key = diwan_arabic::collation_key(value, locale.as_str());
    key.push(0);
    key.extend_from_slice(value.as_bytes());
    key
}

/// The key of an entry in a list: its parts, each with whether it is descending, and its id as tie-break.
pub fn encode_key(parts: &[(KeyPart, bool)], id: Uuid) -> Vec<u8> {
    let mut key = encode_prefix(parts);
    key.extend_from_slice(id.as_bytes());
    key
}

/// What all keys begin with that have these parts first.
pub fn encode_prefix(parts: &[(KeyPart, bool)]) -> Vec<u8> {
    let mut key = Vec::with_capacity(64);
    for (part, descending) in parts {
        encode_part(&mut key, part, *descending);
    }
    key
}

/// What all keys begin with whose first part is a text that begins with these bytes.
pub(crate) fn encode_beginning(bytes: &[u8]) -> Vec<u8> {
    let mut key = encode_prefix(&[(KeyPart::Text(bytes.to_vec()), false)]);
    key.truncate(key.len() - TERMINATOR.len());
    key
}

fn encode_part(key: &mut Vec<u8>, part: &KeyPart, descending: bool) {
    let (type_byte, bytes) = match part {
        KeyPart::Null => {
            key.push(NULL_LAST);
            return;
        }
        KeyPart::Boolean(value) => (0x10, vec![u8::from(*value)]),
        KeyPart::Integer(value) => (0x20, ordered_integer(*value).to_vec()),
        KeyPart::Number(value) => (0x30, ordered_number(*value).to_vec()),
        KeyPart::Text(bytes) => (0x40, bytes.clone()),
        KeyPart::Time(value) => (0x50, ordered_integer(*value).to_vec()),
        KeyPart::Date(date) => (0x60, date.to_string().into_bytes()),
        KeyPart::Id(id) => (0x70, id.as_bytes().to_vec()),
    };
    let start = key.len();
    key.push(type_byte);
    for byte in bytes {
        if byte == 0 { key.extend(ESCAPED_ZERO) } else { key.push(byte) }
    }
    key.extend(TERMINATOR);
    if descending {
        for byte in &mut key[start..] {
            *byte = !*byte;
        }
    }
}

fn ordered_integer(value: i64) -> [u8; 8] {
    (value.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

/// IEEE 754 totally ordered as bytes; minus zero counts as zero.
fn ordered_number(value: f64) -> [u8; 8] {
    let bits = if value == 0.0 { 0 } else { value.to_bits() };
    let ordered = if bits >> 63 == 1 { !bits } else { bits | (1 << 63) };
    ordered.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;

    use super::*;

    const ID: Uuid = Uuid::nil();

    fn order(a: KeyPart, b: KeyPart, descending: bool) -> Ordering {
        encode_key(&[(a, descending)], ID).cmp(&encode_key(&[(b, descending)], ID))
    }

    proptest! {
        #[test]
        fn byte_order_is_the_order_of_values(a: i64, b: i64, x in -1e300..1e300f64, y in -1e300..1e300f64, s: Vec<u8>, t: Vec<u8>) {
            prop_assert_eq!(order(KeyPart::Integer(a), KeyPart::Integer(b), false), a.cmp(&b));
            prop_assert_eq!(order(KeyPart::Integer(a), KeyPart::Integer(b), true), b.cmp(&a));
            prop_assert_eq!(Some(order(KeyPart::Number(x), KeyPart::Number(y), false)), x.partial_cmp(&y));
            prop_assert_eq!(order(KeyPart::Text(s.clone()), KeyPart::Text(t.clone()), false), s.cmp(&t));
            prop_assert_eq!(order(KeyPart::Text(s.clone()), KeyPart::Text(t.clone()), true), t.cmp(&s));
        }

        #[test]
        fn null_is_last_in_both_directions(a: i64, s: Vec<u8>, descending: bool) {
            prop_assert_eq!(order(KeyPart::Integer(a), KeyPart::Null, descending), Ordering::Less);
            prop_assert_eq!(order(KeyPart::Text(s), KeyPart::Null, descending), Ordering::Less);
        }

        #[test]
        fn a_later_part_decides_only_among_equals(s: Vec<u8>, t: Vec<u8>, a: i64, b: i64) {
            let key = |text: &Vec<u8>, number| encode_key(&[(KeyPart::Text(text.clone()), false), (KeyPart::Integer(number), true)], ID);
            prop_assert_eq!(key(&s, a).cmp(&key(&t, b)), s.cmp(&t).then(b.cmp(&a)));
        }
    }

    #[test]
    fn texts_are_equal_by_their_keys_however_long_they_are() {
        let (long, longer) = ("م".repeat(200), format!("{}ب", "م".repeat(200)));
        assert_ne!(equality_key(&long), equality_key(&longer));
        assert_eq!(equality_key(&longer).len(), MAX_EQUALITY_BYTES);
        assert!(equality_key(&longer).starts_with("م".repeat(EQUALITY_PREFIX_MAX_BYTES / 2).as_bytes()));
        let edge = "a".repeat(MAX_EQUALITY_BYTES);
        assert_ne!(equality_key(&edge), equality_key(&edge[1..]));
    }

    #[test]
    fn options_sort_by_collation_and_differ_where_they_are_written_differently() {
        let ar = "ar".parse().unwrap();
        assert!(option_key("ب", &ar) < option_key("ت", &ar));
        assert_ne!(option_key("a\u{200f}", &ar), option_key("a", &ar));
    }

    #[test]
    fn a_prefix_begins_just_the_keys_with_its_parts() {
        let part = |text: &[u8]| (KeyPart::Text(text.to_vec()), false);
        let prefix = encode_prefix(&[part(b"a")]);
        assert!(encode_key(&[part(b"a"), part(b"b")], ID).starts_with(&prefix));
        assert!(!encode_key(&[part(b"ab"), part(b"b")], ID).starts_with(&prefix));
        assert!(!encode_key(&[part(b"a\0"), part(b"b")], ID).starts_with(&prefix));
    }
}
