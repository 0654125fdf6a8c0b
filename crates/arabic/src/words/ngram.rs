//! N-grams: a word cut into overlapping pieces, for what no rule foresees.

use std::collections::VecDeque;

/// The overlapping runs of `n` characters within each word (parted by white space) of a normalised text.
///
/// A word shorter than `n` is its own single piece. With `n` of zero there is none.
pub fn ngrams(norm: &str, n: usize) -> impl Iterator<Item = &str> {
    norm.split_whitespace().take(if n == 0 { 0 } else { usize::MAX }).flat_map(move |word| Pieces::of(word, n))
}

/// Walks over one word with the starts of the last `n` characters in a queue, so that work is linear for any `n`.
struct Pieces<'a> {
    word: &'a str,
    starts: VecDeque<usize>,
    ends: std::str::CharIndices<'a>,
    n: usize,
    done: bool,
}

impl<'a> Pieces<'a> {
    fn of(word: &'a str, n: usize) -> Self {
        Self { word, starts: VecDeque::new(), ends: word.char_indices(), n, done: false }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.done {
            return None;
        }
        for (start, c) in self.ends.by_ref() {
            self.starts.push_back(start);
            if self.starts.len() == self.n {
                let first = self.starts.pop_front()?;
                self.done = start + c.len_utf8() == self.word.len();
                return Some(&self.word[first..start + c.len_utf8()]);
            }
        }
        self.done = true;
        Some(self.word)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(norm: &str, n: usize, pieces: &[&str]) {
        assert_eq!(ngrams(norm, n).collect::<Vec<_>>(), pieces, "{norm}");
    }

    #[test]
    fn pieces_stay_within_words() {
        check("موازنه", 4, &["مواز", "وازن", "ازنه"]);
        check("عام موازنه", 5, &["عام", "موازن", "وازنه"]);
        check("عام", 3, &["عام"]);
        check("عام", 1, &["ع", "ا", "م"]);
        check("", 4, &[]);
        check("عام", 0, &[]);
        check("عام", usize::MAX, &["عام"]);
    }

    proptest! {
        #[test]
        fn pieces_are_parts_of_the_text(s in "\\PC*", n in 0_usize..6) {
            for piece in ngrams(&s, n) {
                prop_assert!(s.contains(piece) && piece.chars().count() <= n && !piece.is_empty());
            }
        }
    }
}
