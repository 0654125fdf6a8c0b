//! What was worked out for the commonest words, so that it is not worked out again for each time that they stand in a text.
//!
//! The answers are those of the rules, whatever is remembered. A few words make up most of any text (Zipf's law), so a small
//! table serves most of them; a word that falls on another's place takes it.

use std::cell::RefCell;

/// Places of one thread's table; a power of two.
const PLACES: usize = 8_192;
/// Longer words are rare.
const WORD_MAX_BYTES: usize = 40;

struct Known {
    word: Box<str>,
    norm: Box<str>,
    stem: Box<str>,
}

thread_local! {
    static TABLE: RefCell<Vec<Option<Known>>> = const { RefCell::new(Vec::new()) };
}

/// Norm and stem of a word: as they were the last time, or as `work` finds them.
pub(crate) fn remembered(word: &str, work: impl FnOnce(&str) -> (String, String)) -> (String, String) {
    if word.len() > WORD_MAX_BYTES {
        return work(word);
    }
    let place = place_of(word);
    let known = TABLE.with_borrow(|table| {
        let known = table.get(place)?.as_ref()?;
        (*known.word == *word).then(|| (known.norm.to_string(), known.stem.to_string()))
    });
    known.unwrap_or_else(|| {
        let (norm, stem) = work(word);
        TABLE.with_borrow_mut(|table| {
            if table.is_empty() {
                table.resize_with(PLACES, || None);
            }
            let known = Known { word: word.into(), norm: norm.as_str().into(), stem: stem.as_str().into() };
            table[place] = Some(known);
        });
        (norm, stem)
    })
}

/// FNV-1a (Fowler, Noll, Vo): short words, and nobody gains by making them collide.
fn place_of(word: &str) -> usize {
    let hash = word
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3));
    (hash ^ (hash >> 32)) as usize % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_worked_out_once_and_told_alike() {
        let work = |word: &str| (format!("{word}n"), format!("{word}s"));
        let first = remembered("كلمة", work);
        assert_eq!(first, ("كلمةn".to_owned(), "كلمةs".to_owned()));
        assert_eq!(remembered("كلمة", |_| panic!("it is known")), first);
        let long = "ا".repeat(WORD_MAX_BYTES);
        assert_eq!(remembered(&long, work).0, format!("{long}n"));
    }

    #[test]
    fn words_on_one_place_displace_each_other() {
        for round in 0..2 {
            for number in 0..PLACES * 2 {
                let word = format!("w{number}");
                assert_eq!(remembered(&word, |word| (word.into(), word.into())).0, word, "round {round}");
            }
        }
    }
}
