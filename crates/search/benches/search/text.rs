//! Made-up Arabic text whose words are as frequent as in real texts.

/// Different words.
const WORDS: usize = 60_000;
/// Flattens the head of the curve (Mandelbrot's correction of Zipf's law).
const SHIFT: f64 = 2.7;

/// Words with their frequencies: the n-th is about n times rarer than the first.
pub(crate) struct Text {
    pub(crate) words: Vec<String>,
    /// Sums of the frequencies up to each word.
    sums: Vec<f64>,
}

/// The generator SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Text {
    pub(crate) fn new(seed: u64) -> Self {
        let letters: Vec<char> = "ابتثجحخدذرزسشصضطظعغفقكلمنهويةءأإ".chars().collect();
        let mut random = Random(seed);
        let (mut words, mut sums) = (Vec::with_capacity(WORDS), Vec::with_capacity(WORDS));
        let mut sum = 0.0;
        for rank in 1..=WORDS {
            let length = 3 + random.below(5);
            let mut word: String = if random.below(3) == 0 { "ال".into() } else { String::new() };
            word.extend((0..length).map(|_| letters[random.below(letters.len())]));
            words.push(word);
            sum += (rank as f64 + SHIFT).powf(-1.07);
            sums.push(sum);
        }
        Self { words, sums }
    }

    /// A word, drawn by its frequency.
    pub(crate) fn word(&self, random: &mut Random) -> &str {
        let total = self.sums.last().copied().unwrap_or_default();
        let point = random.next() as f64 / u64::MAX as f64 * total;
        let rank = self.sums.partition_point(|sum| *sum < point);
        &self.words[rank.min(self.words.len() - 1)]
    }

    /// So many bytes of text, with full stops and paragraphs.
    pub(crate) fn of_bytes(&self, bytes: usize, random: &mut Random) -> String {
        let mut text = String::with_capacity(bytes + 32);
        while text.len() < bytes {
            text.push_str(self.word(random));
            text.push_str(match random.below(60) {
                0 => ".\n",
                1..=4 => ". ",
                5..=8 => "، ",
                _ => " ",
            });
        }
        text
    }
}

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}
