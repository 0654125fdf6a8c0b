//! How fast text is analysed, in bytes of UTF-8 a second: `cargo bench -p diwan-arabic`.
//!
//! The text is made up from a seed: words of the letters and endings of Arabic, drawn with the frequencies of Zipf's law,
//! some of them with marks, digits or Latin letters, as pages of a ministry have them.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use diwan_arabic::{collation_key, fold_path, html_to_text, ngrams, slugify, tokenize};

fn main() {
    divan::main();
}

const SEED: u64 = 20_261_123;
const TEXT_BYTES: usize = 200_000;

#[divan::bench]
fn tokenize_text(bencher: Bencher<'_, '_>) {
    let text = text();
    bencher.counter(BytesCount::of_str(&text)).bench(|| tokenize(black_box(&text)).len());
}

#[divan::bench]
fn html_to_plain_text(bencher: Bencher<'_, '_>) {
    let html = format!("<p>{}</p>", text().replace('\n', "</p>\n<p class=\"a\">"));
    bencher.counter(BytesCount::of_str(&html)).bench(|| html_to_text(black_box(&html)).text.len());
}

#[divan::bench]
fn ngrams_of_text(bencher: Bencher<'_, '_>) {
    let text = text();
    bencher.counter(BytesCount::of_str(&text)).bench(|| ngrams(black_box(&text), 4).map(str::len).sum::<usize>());
}

#[divan::bench]
fn fold_of_text(bencher: Bencher<'_, '_>) {
    let text = text();
    bencher.counter(BytesCount::of_str(&text)).bench(|| fold_path(black_box(&text)).len());
}

#[divan::bench]
fn slug_of_title(bencher: Bencher<'_, '_>) {
    bencher.bench(|| slugify(black_box("الإدارة العامة للموازنة ٢٠٢٢")));
}

#[divan::bench]
fn key_of_title(bencher: Bencher<'_, '_>) {
    bencher.bench(|| collation_key(black_box("الإدارة العامة للموازنة ٢٠٢٢"), "ar"));
}

fn text() -> String {
    let mut random = Random(SEED);
    let vocabulary: Vec<String> = (0..20_000).map(|_| word(&mut random)).collect();
    let mut text = String::with_capacity(TEXT_BYTES + 64);
    while text.len() < TEXT_BYTES {
        // A rank whose logarithm is spread evenly has the frequencies of Zipf's law, near enough.
        let exponent = random.below(1_000) as f64 / 1_000.0;
        let rank = (vocabulary.len() as f64).powf(exponent) as usize - 1;
        text.push_str(&vocabulary[rank.min(vocabulary.len() - 1)]);
        text.push_str(match random.below(40) {
            0 => ".\n",
            1 | 2 => "، ",
            _ => " ",
        });
    }
    text
}

fn word(random: &mut Random) -> String {
    const LETTERS: &str = "اابتجحخدذرزسشصضطعغفقكللممننوهويي";
    const HEADS: &[&str] = &["", "", "", "ال", "ال", "وال", "و", "ب", "لل"];
    const TAILS: &[&str] = &["", "", "", "ة", "ات", "ها", "ية", "ين", "ُ"];
    match random.below(30) {
        0 => return random.below(3_000).to_string(),
        1 => return (0..3 + random.below(6)).map(|_| char::from(b'a' + random.below(26) as u8)).collect(),
        _ => {}
    }
    let letters: Vec<char> = LETTERS.chars().collect();
    let root = (0..3 + random.below(3)).map(|_| letters[random.below(letters.len())]);
    let root: String = root.collect();
    format!("{}{root}{}", HEADS[random.below(HEADS.len())], TAILS[random.below(TAILS.len())])
}

/// A linear congruential generator with Knuth's constants for MMIX; the same text on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}
