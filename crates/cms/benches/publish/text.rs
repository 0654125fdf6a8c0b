//! Made-up Arabic: the same on every machine.

const LETTERS: &str = "ابتثجحخدذرزسشصضطظعغفقكلمنهويةءأإ";
const VOCABULARY: usize = 20_000;

/// Texts of a fixed vocabulary, drawn by the generator SplitMix64 (Steele, Lea, Flood 2014).
pub(crate) struct Random {
    state: u64,
    vocabulary: Vec<String>,
}

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        let letters: Vec<char> = LETTERS.chars().collect();
        let mut random = Self { state: 0, vocabulary: Vec::new() };
        for _ in 0..VOCABULARY {
            let mut word: String = if random.below(3) == 0 { "ال".into() } else { String::new() };
            for _ in 0..3 + random.below(4) {
                word.push(letters[random.below(letters.len())]);
            }
            random.vocabulary.push(word);
        }
        random.state = seed;
        random
    }

    fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 1) as usize % limit
    }

    /// A rank whose logarithm is spread evenly has the frequencies of Zipf's law, near enough.
    fn word(&mut self) -> String {
        let exponent = self.below(10_000) as f64 / 10_000.0;
        let rank = (VOCABULARY as f64).powf(exponent) as usize;
        self.vocabulary[rank - 1].clone()
    }

    pub(crate) fn words(&mut self, count: usize) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    /// Markdown of about so many bytes: headings, paragraphs with strong words and links, lists.
    pub(crate) fn markdown(&mut self, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 400);
        while text.len() < bytes {
            let block = match self.below(8) {
                0 => format!("## {}\n\n", self.words(4)),
                1 => format!("- {}\n- {}\n- {}\n\n", self.words(5), self.words(6), self.words(4)),
                2 => format!("{} [{}](https://example.org/a) {}.\n\n", self.words(8), self.words(2), self.words(8)),
                _ => format!("{} **{}** {}.\n\n", self.words(15), self.words(2), self.words(15)),
            };
            text.push_str(&block);
        }
        text
    }
}
