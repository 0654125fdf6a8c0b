//! The list of blocked words.

use std::{collections::HashSet, sync::LazyLock};

/// The list as it is written; its head says how.
const LIST: &str = include_str!("../../data/blocked_words.txt");

/// Fewest characters of a word that is looked for.
pub(super) const WORD_MIN_CHARS: usize = 3;

static BLOCKED: LazyLock<BlockedWords> = LazyLock::new(BlockedWords::read);

/// Folded words.
pub(super) struct BlockedWords {
    words: HashSet<String>,
    longest_chars: usize,
}

impl BlockedWords {
    /// The list, folded at first use.
    pub(super) fn get() -> &'static Self {
        &BLOCKED
    }

    /// Whether a folded text is a blocked word.
    pub(super) fn contains(&self, folded: &str) -> bool {
        self.words.contains(folded)
    }

    /// Number of characters of the longest word.
    pub(super) fn longest_chars(&self) -> usize {
        self.longest_chars
    }

    fn read() -> Self {
        let words: HashSet<String> = written().map(|word| fold(&word)).collect();
        let longest_chars = words.iter().map(|word| word.chars().count()).max().unwrap_or_default();
        Self { words, longest_chars }
    }
}

/// A text in the form in which it is compared: `fold_text` of `diwan-arabic` without white space.
pub(super) fn fold(text: &str) -> String {
    diwan_arabic::fold_text(text).split_whitespace().collect()
}

/// The words of the list as they are written, without `_`.
fn written() -> impl Iterator<Item = String> {
    let lines = LIST.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).map(|word| word.replace('_', ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_there_once_and_long_enough() {
        let mut seen = HashSet::new();
        let mut wrong = Vec::new();
        for word in written() {
            let folded = fold(&word);
            let is_word = folded.chars().all(char::is_alphanumeric) && folded.chars().count() >= WORD_MIN_CHARS;
            if !is_word || !seen.insert(folded) {
                wrong.push(word);
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
        assert!(seen.len() > 1_000, "{}", seen.len());
    }

    #[test]
    fn spelling_does_not_matter() {
        for text in ["وزارة الماليّة", "وزاره الماليه", "كلمة السر", "PassWord", "باسورد١"]
        {
            assert!(BlockedWords::get().contains(&fold(text)), "{text}");
        }
    }
}
