//! What was worked out for the commonest words, so that it is not worked out again for each time that they stand in a text.
//!
//! The answers are those of the rules, whatever is remembered. A few words make up most of any text (Zipf's law), so a small
//! table serves most of them; a word that falls on another's place takes it.

use std::cell::RefCell;

use super::token::Views;

/// Places of one thread's table; a power of two.
const PLACES: usize = 8_192;
/// Longer words are rare.
const WORD_MAX_BYTES: usize = 40;

struct Known {
    word: Box<str>,
    views: Views,
}

thread_local! {
    static TABLE: RefCell<Vec<Option<Known>>> = const { RefCell::new(Vec::new()) };
}

/// The views of a word: as they were the last time, or as `work` finds them.
pub(crate) fn remembered(word: &str, work: impl FnOnce(&str) -> Views) -> Views {
    if word.len() > WORD_MAX_BYTES {
        return work(word);
    }
    let place = place_of(word);
    let known = TABLE.with_borrow(|table| {
        let known = table.get(place)?.as_ref()?;
        (*known.word == *word).then(|| known.views.clone())
    });
    known.unwrap_or_else(|| {
        let views = work(word);
        TABLE.with_borrow_mut(|table| {
            if table.is_empty() {
                table.resize_with(PLACES, || None);
            }
            table[place] = Some(Known { word: word.into(), views: views.clone() });
        });
        views
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

    fn views(word: &str) -> Views {
        Views { norm: format!("{word}n"), stem: format!("{word}s"), singulars: &[], readings: vec![word.into()] }
    }

    #[test]
    fn a_word_is_worked_out_once_and_told_alike() {
        let first = remembered("كلمة", views);
        assert_eq!(first, views("كلمة"));
        assert_eq!(remembered("كلمة", |_| panic!("it is known")), first);
        let long = "ا".repeat(WORD_MAX_BYTES);
        assert_eq!(remembered(&long, views).norm, format!("{long}n"));
    }

    #[test]
    fn words_on_one_place_displace_each_other() {
        for round in 0..2 {
            for number in 0..PLACES * 2 {
                let word = format!("w{number}");
                assert_eq!(remembered(&word, views), views(&word), "round {round}");
            }
        }
    }
}
