//! Where a hit is in the order of hits, and its bytes in a cursor.

use super::step::Step;

/// The place of a hit in the order of one query's hits. What changes in the index between two pages may move hits, but a hit
/// that stays as good is neither repeated nor left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchPosition {
    /// How far the query was relaxed, which all pages share.
    pub(crate) step: u8,
    pub(crate) key: OrderKey,
}

/// What hits are ordered by, the largest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct OrderKey {
    /// What was pinned stands before what was ranked to the end, and that before all others.
    pub(crate) tier: u8,
    /// The score in thousandths, so that a difference in the last bits of a sum is none; the day, where days order.
    pub(crate) score: u32,
    /// The time of publication where it counts.
    pub(crate) recency: i64,
    /// From entry and locale; the same in every index.
    pub(crate) identity: u64,
}

impl OrderKey {
    /// Tiers: pinned, ranked to the end, others.
    pub(crate) const PINNED: u8 = 2;
    pub(crate) const RANKED: u8 = 1;
    pub(crate) const OTHER: u8 = 0;
}

impl SearchPosition {
    const BYTES: usize = 22;

    /// Whether hits there have only some of the words that were asked for.
    pub fn has_fewer_words(self) -> bool {
        Step::from_number(self.step).is_some_and(Step::has_fewer_words)
    }

    /// To be carried in a cursor.
    pub fn to_bytes(self) -> Vec<u8> {
        let Self { step, key: OrderKey { tier, score, recency, identity } } = self;
        let mut bytes = Vec::with_capacity(Self::BYTES);
        bytes.push(step);
        bytes.push(tier);
        bytes.extend_from_slice(&score.to_be_bytes());
        bytes.extend_from_slice(&recency.to_be_bytes());
        bytes.extend_from_slice(&identity.to_be_bytes());
        bytes
    }

    /// From a cursor; `None` when it is not one of ours.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (step, rest) = bytes.split_first()?;
        let (tier, rest) = rest.split_first()?;
        let (score, rest) = rest.split_first_chunk::<4>()?;
        let (recency, rest) = rest.split_first_chunk::<8>()?;
        let identity: &[u8; 8] = rest.try_into().ok()?;
        let key = OrderKey {
            tier: *tier,
            score: u32::from_be_bytes(*score),
            recency: i64::from_be_bytes(*recency),
            identity: u64::from_be_bytes(*identity),
        };
        Some(Self { step: *step, key })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_survives_the_way_through_a_cursor() {
        let position = SearchPosition { step: 2, key: OrderKey { tier: 1, score: 7, recency: -3, identity: u64::MAX } };
        assert_eq!(SearchPosition::from_bytes(&position.to_bytes()), Some(position));
        for bad in [&b""[..], b"1", &[0; 21], &[0; 23]] {
            assert_eq!(SearchPosition::from_bytes(bad), None);
        }
    }
}
