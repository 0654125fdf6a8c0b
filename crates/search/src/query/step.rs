//! The steps by which a query is relaxed.

/// How far a query is relaxed; tried in this order until something is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// As typed: all words of a short query, most of a longer one.
    AsTyped,
    /// The same with similar words for those that are nowhere.
    SimilarWords,
    /// Half of the words, similar ones included.
    HalfOfWords,
    /// One word; where whole sentences are asked, pieces of words too.
    AnyWord,
    /// Most pieces of the words.
    Pieces,
}

impl Step {
    pub(crate) const ALL: [Self; 5] =
        [Self::AsTyped, Self::SimilarWords, Self::HalfOfWords, Self::AnyWord, Self::Pieces];

    /// Whether hits have all that is asked for, be it in other words.
    pub(crate) fn has_all_words(self) -> bool {
        match self {
            Self::AsTyped | Self::SimilarWords => true,
            Self::HalfOfWords | Self::AnyWord | Self::Pieces => false,
        }
    }

    /// Whether hits have only some of the words.
    pub(crate) fn has_fewer_words(self) -> bool {
        match self {
            Self::HalfOfWords | Self::AnyWord => true,
            Self::AsTyped | Self::SimilarWords | Self::Pieces => false,
        }
    }

    /// As positions carry it.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::AsTyped => 0,
            Self::SimilarWords => 1,
            Self::HalfOfWords => 2,
            Self::AnyWord => 3,
            Self::Pieces => 4,
        }
    }

    /// The step of a position.
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.number() == number)
    }
}
