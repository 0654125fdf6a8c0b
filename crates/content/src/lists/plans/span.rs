//! Runs of keys.

use crate::values::KeyPart;

/// Keys from `from` on and before `until`, which all begin with the same `prefix_bytes` bytes. What follows them orders
/// the entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The first possible key.
    pub from: Vec<u8>,
    /// The first key behind.
    pub until: Vec<u8>,
    /// How many bytes are the same in all.
    pub prefix_bytes: usize,
}

/// Behind every key: none begins with so many bytes `FF`.
const END: [u8; 64] = [0xFF; 64];

impl Span {
    /// All keys that begin with a prefix.
    pub fn of_prefix(prefix: Vec<u8>) -> Self {
        Self { until: end_of_prefix(&prefix), prefix_bytes: prefix.len(), from: prefix }
    }

    /// Those of its keys that stand behind an entry whose key has these bytes behind the prefix.
    #[must_use]
    pub fn behind(&self, position: &[u8]) -> Self {
        let mut from = self.from[..self.prefix_bytes].to_vec();
        from.extend_from_slice(position);
        // The next possible key.
        from.push(0);
        Self { from: from.max(self.from.clone()), until: self.until.clone(), prefix_bytes: self.prefix_bytes }
    }
}

/// The first key behind all that begin with a prefix.
pub(super) fn end_of_prefix(prefix: &[u8]) -> Vec<u8> {
    let Some(last) = prefix.iter().rposition(|byte| *byte != 0xFF) else { return END.to_vec() };
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    end
}

/// A bound of a range over one part.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bound {
    pub(super) part: KeyPart,
    pub(super) inclusive: bool,
}

/// The keys behind a prefix whose next part lies within bounds; a part without a value never does.
pub(super) fn range_span(prefix: &[u8], low: Option<&Bound>, high: Option<&Bound>, descending: bool) -> Option<Span> {
    let (first, last) = if descending { (high, low) } else { (low, high) };
    let encoded = |bound: &Bound| {
        let mut key = prefix.to_vec();
        key.extend(crate::values::encode_prefix(&[(bound.part.clone(), descending)]));
        key
    };
    let kind = low.or(high).map(encoded)?.get(prefix.len()).copied()?;
    let of_kind = |byte: u8| [prefix, &[byte]].concat();
    let from = match first {
        Some(bound) if bound.inclusive => encoded(bound),
        Some(bound) => end_of_prefix(&encoded(bound)),
        None => of_kind(kind),
    };
    let until = match last {
        Some(bound) if bound.inclusive => end_of_prefix(&encoded(bound)),
        Some(bound) => encoded(bound),
        None => end_of_prefix(&of_kind(kind)),
    };
    Some(Span { from, until, prefix_bytes: prefix.len() })
}

/// The keys behind a prefix whose next part is a text that begins with these bytes.
pub(super) fn beginning_span(prefix: &[u8], beginning: &[u8]) -> Span {
    let mut key = prefix.to_vec();
    key.extend(crate::values::encode_beginning(beginning));
    Span { until: end_of_prefix(&key), from: key, prefix_bytes: prefix.len() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::values::encode_key;

    fn key(number: Option<i64>, descending: bool) -> Vec<u8> {
        let part = number.map_or(KeyPart::Null, KeyPart::Integer);
        encode_key(&[(KeyPart::Boolean(true), false), (part, descending)], Uuid::max())
    }

    proptest! {
        #[test]
        fn a_range_holds_just_the_values_within_its_bounds(
            low: Option<(i8, bool)>, high: Option<(i8, bool)>, values: Vec<Option<i8>>, descending: bool,
        ) {
            prop_assume!(low.is_some() || high.is_some());
            let bound = |bound: Option<(i8, bool)>| {
                bound.map(|(value, inclusive)| Bound { part: KeyPart::Integer(value.into()), inclusive })
            };
            let prefix = crate::values::encode_prefix(&[(KeyPart::Boolean(true), false)]);
            let span = range_span(&prefix, bound(low).as_ref(), bound(high).as_ref(), descending).unwrap();
            for value in values {
                let within = value.is_some_and(|value| {
                    low.is_none_or(|(low, inclusive)| value > low || (inclusive && value == low))
                        && high.is_none_or(|(high, inclusive)| value < high || (inclusive && value == high))
                });
                let key = key(value.map(i64::from), descending);
                prop_assert_eq!(key >= span.from && key < span.until, within, "{:?}", value);
            }
        }

        #[test]
        fn what_stands_behind_a_key_is_every_later_one(keys: Vec<Vec<u8>>, at: Vec<u8>) {
            let span = Span::of_prefix(vec![7, 0xFF]);
            let behind = span.behind(&at);
            for key in keys {
                let whole = [&[7, 0xFF], key.as_slice()].concat();
                prop_assert_eq!(whole >= behind.from && whole < behind.until, key > at);
            }
        }
    }

    #[test]
    fn a_prefix_ends_before_the_next_one_of_its_length() {
        assert_eq!(end_of_prefix(&[1, 2]), [1, 3]);
        assert_eq!(end_of_prefix(&[1, 0xFF]), [2]);
        assert_eq!(end_of_prefix(&[0xFF, 0xFF]), END);
        assert_eq!(end_of_prefix(&[]), END);
    }

    #[test]
    fn a_beginning_begins_just_the_texts_with_it() {
        let text = |text: &str| encode_key(&[(KeyPart::Text(text.as_bytes().to_vec()), false)], Uuid::nil());
        let span = beginning_span(&[], "وزا".as_bytes());
        for (candidate, within) in [("وزارة", true), ("وزا", true), ("وز", false), ("وزير", false), ("ازا", false)]
        {
            assert_eq!(text(candidate) >= span.from && text(candidate) < span.until, within, "{candidate}");
        }
    }
}
