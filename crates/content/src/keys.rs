//! Order-preserving keys: every list of published entries is a scan over bytes, the same on both databases.
//!
//! A key is a run of parts and the entry's id. A part is a type byte, the value with `00` escaped as `00 FF`, and the
//! terminator `00 01`; for a descending part these bytes are inverted. Null sorts last in both directions. Numbers are
//! written so that unsigned byte order is their order. (Tuple encoding after the FoundationDB tuple layer.)

use uuid::Uuid;

use crate::calendar_date::CalendarDate;

/// Version of the encoding and of the collation beneath it; another one rebuilds the stored keys.
pub const KEY_VERSION: u32 = diwan_arabic::COLLATION_VERSION * 1_000 + 1;

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
    /// A text, as the collation's sort key.
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
    fn a_prefix_begins_just_the_keys_with_its_parts() {
        let part = |text: &[u8]| (KeyPart::Text(text.to_vec()), false);
        let prefix = encode_prefix(&[part(b"a")]);
        assert!(encode_key(&[part(b"a"), part(b"b")], ID).starts_with(&prefix));
        assert!(!encode_key(&[part(b"ab"), part(b"b")], ID).starts_with(&prefix));
        assert!(!encode_key(&[part(b"a\0"), part(b"b")], ID).starts_with(&prefix));
    }
}
