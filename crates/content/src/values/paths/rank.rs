//! Fractional places among siblings: a move is one revision of one entry.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};

/// A place among siblings: small letters and digits, ordered as bytes, never ending in `0`.
/// Between two different ranks there is always another (fractional indexing; the text is read as a fraction in base 36).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Rank(String);

/// A text that is no rank.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a rank: 1 to 128 small letters and digits that do not end in 0")]
pub struct NotARank;

const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";

impl Rank {
    /// Longest rank in bytes.
    pub const MAX_BYTES: usize = 128;

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first place of an empty row of siblings.
    pub fn first() -> Self {
        Self("i".into())
    }

    /// The place of an integer given from outside, keeping the order of integers; for samples and imports.
    pub fn from_place(place: u32) -> Self {
        Self(format!("{place:010}i"))
    }

    /// A place behind this one.
    pub fn after(&self) -> Self {
        Self::between(Some(self), None)
    }

    /// A place between two (`None`: the border). Where the two are not in order, the place behind the first.
    pub fn between(low: Option<&Self>, high: Option<&Self>) -> Self {
        let low_digits: Vec<u32> = low.map(|rank| digits(&rank.0)).unwrap_or_default();
        let high_digits = high.filter(|high| low.is_none_or(|low| low < *high)).map(|rank| digits(&rank.0));
        Self(middle(&low_digits, high_digits.as_deref()).into_iter().map(|d| DIGITS[d as usize] as char).collect())
    }
}

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|c| c.to_digit(36)).collect()
}

/// A fraction strictly between two, with the fewest digits that this walk finds.
fn middle(low: &[u32], high: Option<&[u32]>) -> Vec<u32> {
    let mut out = Vec::new();
    let mut bounded = high;
    for i in 0.. {
        let from = low.get(i).copied().unwrap_or(0);
        let to = bounded.map_or(36, |high| high.get(i).copied().unwrap_or(0));
        if to > from + 1 {
            out.push(from.midpoint(to));
            return out;
        }
        out.push(from);
        if to > from {
            bounded = None;
        }
    }
    out
}

impl FromStr for Rank {
    type Err = NotARank;

    fn from_str(text: &str) -> Result<Self, NotARank> {
        let letters_ok = text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
        if letters_ok && !text.is_empty() && !text.ends_with('0') && text.len() <= Self::MAX_BYTES {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotARank)
        }
    }
}

impl fmt::Display for Rank {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Rank {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn there_is_always_a_place_between(a in "[0-9a-z]{0,6}[1-9a-z]", b in "[0-9a-z]{0,6}[1-9a-z]") {
            let (a, b): (Rank, Rank) = (a.parse().expect("made so"), b.parse().expect("made so"));
            if a != b {
                let (low, high) = if a < b { (&a, &b) } else { (&b, &a) };
                let middle = Rank::between(Some(low), Some(high));
                prop_assert!(*low < middle && middle < *high, "{low} {middle} {high}");
                prop_assert!(middle.as_str().parse::<Rank>().is_ok());
            }
            let after = a.after();
            prop_assert!(after > a && Rank::between(None, Some(&a)) < a);
        }
    }

    #[test]
    fn places_keep_the_order_of_integers() {
        assert!(Rank::from_place(2) < Rank::from_place(10) && Rank::from_place(0).as_str().parse::<Rank>().is_ok());
    }
}
